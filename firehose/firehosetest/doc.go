// Package firehosetest is an Amazon Data Firehose for tests. It implements the
// service's protocol, so that the real SDK and the real aws command work with it. It
// enforces the service's limits, fails on command, and delivers objects as Firehose
// delivers them to S3.
//
// [Start] returns a [Server] on a loopback port. [Server.Client] returns a client
// for it. For a separate program set the environment variable
// AWS_ENDPOINT_URL_FIREHOSE to [Server.URL]. [Server.Data], [Server.Records]
// and [Server.Stats] return what arrived.
//
// # Protocol and limits
//
// A Server serves PutRecord, PutRecordBatch and DescribeDeliveryStream in
// JSON 1.1 over HTTP. It refuses what the service refuses, with the service's
// codes, statuses and texts where they are known: more than 500 records, a record
// above 1,024,000 bytes, more than 4 MiB in a call, a stream that does not exist,
// an invalid stream name, an unknown operation, an invalid body. Signatures,
// permissions and throughput quotas are not checked. The signing time is checked only
// with Options.CheckDates.
//
// The 4 MiB are counted before base64. AWS does not document this, but every report
// suggests it. In the text for more than 500 records the service prints the list of
// records; a Server prints their number. A body above 32 MiB is answered with status 413; the
// service's own limit is not documented.
//
// # Faults
//
// [Server.Script] sets the faults of the next calls. [Faults] are random, with a
// seed, or chosen by a function that sees each call or record. [Server.SetDown] begins
// and ends an outage. A [Fault] can throttle, answer with any error, refuse single
// records in an answer that is otherwise good, be slow, hang, reset the connection,
// and accept the records before it fails, so that the client cannot know. With
// Options.CheckDates and a [Clock] a test can make the client's clock wrong.
//
// # Delivery
//
// A [Stream] concatenates its records without delimiters, as Firehose does, and
// delivers an object when it is large or old enough: to a directory, to a bucket
// of any S3 endpoint, or to a function. Prefixes, their expressions, the default
// YYYY/MM/DD/HH/, names, GZIP and metadata are those of Firehose. Dynamic
// partitioning and format conversion are not supported. With a [Clock] the test
// decides when an object is old enough. Close and [Server.Deliver] deliver the
// rest.
//
// A stream without a destination keeps its records for [Server.Records], so
// memory grows with the data. With a destination, or with Stream.OnRecord, it does
// not.
//
// https://docs.aws.amazon.com/firehose/latest/APIReference/Welcome.html
// https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
// https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
package firehosetest
