// Package firehosetest is an Amazon Data Firehose for tests: it speaks the
// service's protocol, so that the real SDK and the real aws command talk to it,
// holds the service's limits, fails on command, and delivers objects as
// Firehose delivers them to S3.
//
// [Start] returns a [Server] on a loopback port. [Server.Client] is a client for
// it; a program of its own finds it by AWS_ENDPOINT_URL_FIREHOSE, set to
// [Server.URL], in its environment. [Server.Data], [Server.Records] and
// [Server.Stats] say what arrived.
//
// # Protocol and limits
//
// A Server serves PutRecord, PutRecordBatch and DescribeDeliveryStream in
// JSON 1.1 over HTTP, as any http.Handler does. It refuses what the service
// refuses, with the service's codes, statuses and texts where they are known:
// more than 500 records, a record above 1,024,000 bytes, more than 4 MiB in a
// call, a stream that does not exist, a name that no stream can have, an
// operation it does not know, a body that it cannot read. Signatures,
// permissions and throughput quotas are not checked.
//
// The 4 MiB are counted before base64, which AWS does not say and every report
// suggests. The text for a list of more than 500 records names their number
// where the service prints the list. A body above 32 MiB is answered with 413;
// the service's own limit is not documented.
//
// # Faults
//
// [Server.Script] says what happens to the calls that come next, [Faults] what
// goes wrong by chance, with a seed, or by a function that looks at each call
// or record, and [Server.SetDown] begins and ends an outage. A [Fault] can
// throttle, answer with any error, refuse single records in an answer that is
// otherwise good, be slow, hang, reset the connection, and take the records
// before it fails, so that the client cannot know.
//
// # Delivery
//
// A [Stream] puts the records it takes together, without delimiters, as
// Firehose does, and delivers an object when it is large or old enough: to a
// directory, to a bucket of any S3 endpoint, or to a function. Prefixes, their
// expressions, the default YYYY/MM/DD/HH/, names, GZIP and metadata are
// Firehose's. Dynamic partitioning and format conversion are not supported.
// With a [Clock] the test says when an object is old enough; Close and
// [Server.Deliver] deliver the rest.
//
// A stream that delivers nowhere keeps its records for [Server.Records].
// Memory then grows with the data; with a destination, or a Stream.OnRecord
// that looks at the records and lets go, it does not.
//
// https://docs.aws.amazon.com/firehose/latest/APIReference/Welcome.html
// https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
// https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
package firehosetest
