// Package cwlogs decodes what a CloudWatch Logs subscription delivers, to a
// Lambda function, a Kinesis data stream or a Firehose stream, and transforms
// the records of a Firehose stream. It knows nothing of flow logs: a message
// is a string.
//
// # The payload
//
// A subscription delivers JSON documents. One holds the events of one log
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
// fields adds "extractedFields" to each event. A document of messageType
// CONTROL_MESSAGE checks that the destination is reachable; its event is not a
// log event. The document is compressed with gzip, and arrives
//
//	Lambda     as {"awslogs":{"data":"…"}}, in base64           Decoder.DecodeLambda
//	Kinesis    as a record's data; the event type of            Decoder.Decode
//	           aws-lambda-go has already undone the base64
//	Firehose   as a record's data; the same                     Decoder.Decode, Transform
//	S3         through Firehose that transforms nothing: gzip   Decoder.Decode
//	           members or documents, end to end
//
// Logs that AWS delivers straight to a Firehose stream ("vended" logs) come as
// {"message":"…"} without any of the rest, each record one document. Decode
// takes them for a DataMessage with one Event. AWS says no more than "plain
// text" of that shape, which is known from samples.
//
// CloudWatch Logs delivers at least once: the same event can come again, with
// the same id.
//
// # What is taken, and what is refused
//
// One payload may be any number of gzip members or plain text, and the text
// any number of documents, with or without white space between them. A
// document's keys may come in any order, and keys it does not know are skipped
// with all they hold. The rest follows encoding/json: names need not have the
// right case, null leaves a field as it is, half of a surrogate pair in an
// escape reads as U+FFFD, and values nest at most 10,000 deep. Where nothing is
// lost, values of another type than AWS's are taken: a number or any other value
// in the place of a string, such as an id or an owner, is kept as its text, and a
// timestamp may be in quotes.
//
// These are refused with a *DecodeError, after the Batches before them:
//
//   - a payload that is empty, not base64, or neither gzip nor JSON;
//   - gzip that is cut, does not have the length and checksum that its trailer
//     says, or is followed by something else;
//   - text of more than Decoder.MaxBytes, or text of which Batches would take
//     more than twice that;
//   - a document that is no object, or is not JSON;
//   - logEvents that is no array, an event or extractedFields that is no object,
//     or a timestamp that is not an integer of 64 bits;
//   - invalid UTF-8, which encoding/json would replace;
//   - a known name, or a name in extractedFields, given twice in one object,
//     where encoding/json would lose one of the values.
//
// A messageType that is missing or unknown is not refused: the Batch shows it,
// AppendLines and Transform do not take it for data, and a caller that reads
// Events should not either.
//
// # Memory
//
// Batches, events and strings belong to the caller and stay valid; see Batch. A
// payload of the usual shape takes three allocations with a reused Decoder: its
// text, the Batch and the Events. Escapes cost a few more.
//
// # Why it has a scanner of its own
//
// encoding/json decodes into structs with one allocation for each string, and
// five times slower. The scanner of this package is to give way to
// encoding/json/v2 when that leaves its experiment, if BenchmarkLambda allows.
package cwlogs
