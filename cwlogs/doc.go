// Package cwlogs decodes the payloads that a CloudWatch Logs subscription
// delivers to a Lambda function, a Kinesis data stream or a Firehose stream. It
// also transforms the records of a Firehose stream. It knows nothing of flow
// logs: a message is a string.
//
// # The payload
//
// A subscription delivers JSON documents. A document has events of one log
// stream (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html):
//
//	{
//	  "messageType": "DATA_MESSAGE",
//	  "owner": "111111111111",
//	  "logGroup": "vpc-flow-logs",
//	  "logStream": "eni-0c19436730cc350ae-all",
//	  "subscriptionFilters": ["Destination"],
//	  "logEvents": [
//	    {"id": "3195310660696698…", "timestamp": 1432826855000, "message": "2 123456789010 eni-… OK"}
//	  ]
//	}
//
// An account-level policy adds "policyLevel", and a filter pattern with named
// fields adds "extractedFields" to each event. With a document of messageType
// CONTROL_MESSAGE, CloudWatch Logs checks that the destination is reachable; its
// event is not a log event. A document is compressed with gzip. It arrives like
// this:
//
//	Lambda     as {"awslogs":{"data":"…"}}, in base64           Decoder.DecodeLambda
//	Kinesis    as the data of a record; the event type of       Decoder.Decode
//	           aws-lambda-go has decoded the base64
//	Firehose   as the data of a record, as with Kinesis         Decoder.Decode, Transform
//	S3         through Firehose without a transformation:       Decoder.Decode
//	           gzip members or documents, concatenated
//
// Logs that AWS delivers directly to a Firehose stream ("vended" logs) arrive as
// {"message":"…"}, with one such document in each record. Decode returns a
// DataMessage with one Event. AWS documents only that the format is plain text;
// this form is known from samples.
//
// CloudWatch Logs delivers at least once: an event can arrive again, with the
// same id.
//
// # Valid and invalid input
//
// A payload is any number of gzip members, or plain text. The text is any number
// of documents, with or without white space between them. The keys of a document
// may have any order, and unknown keys are skipped with their values. Otherwise
// the rules are those of encoding/json: names match in any case, null leaves a
// field unchanged, an escaped half of a surrogate pair becomes U+FFFD, and
// values nest at most 10,000 levels deep. Some values of other types are
// accepted: a value that is not a string, such as a number as an id or an owner,
// is kept as its JSON text, and a timestamp may be in quotes.
//
// The following are a *DecodeError, after the Batches before them:
//
//   - a payload that is empty, not base64, or neither gzip nor JSON;
//   - a gzip member that is truncated, does not match the length and checksum in
//     its trailer, or is followed by anything but another member;
//   - text longer than Decoder.MaxBytes, or text whose Batches would take more
//     than twice that;
//   - a document that is not JSON, or not an object;
//   - logEvents that is not an array, an event or extractedFields that is not an
//     object, or a timestamp that is not a 64-bit integer;
//   - invalid UTF-8, which encoding/json would replace;
//   - a known name, or a name in extractedFields, that occurs twice in an
//     object, where encoding/json would lose one of the values.
//
// A missing or unknown messageType is not an error of Decode: Batch.Type has it.
// AppendLines and Transform return an error for it, and callers that read Events
// should not treat them as log events.
//
// # Memory
//
// Batches, events and strings belong to the caller and stay valid; see Batch.
// With a reused Decoder, a usual payload takes three allocations: its text, the
// Batch and the Events. Escapes take a few more.
//
// # Why this package has a JSON scanner
//
// encoding/json allocates each string, and is five times slower. The scanner
// will be replaced by encoding/json/v2 when that is no longer experimental, if
// it is fast enough in BenchmarkLambda.
package cwlogs
