package cwlogs

import (
	"encoding/base64"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
)

// MaxResponseBytes is the size that Transform keeps its response under, as the
// JSON that Lambda sends: base64, record ids and all. A Lambda function may
// answer with 6 MB, of 1,024 KB each
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html);
// six million bytes are within that under either meaning of MB.
const MaxResponseBytes = 6_000_000

// Transform answers the event of a Lambda function that transforms the records
// of a Firehose stream
// (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html).
// The stream's source may be a CloudWatch Logs subscription, or flow logs that
// are delivered to Firehose directly, as {"message":"…"}.
//
// Each record is decoded as by Decoder.Decode. For each of its data messages
// fn appends what Firehose shall deliver to the slice it is given, which is
// empty and not to be kept, and returns the result; where that does not end in
// a newline, one is added. A nil fn stands for (*Batch).AppendLines: the
// messages, one to a line. Control messages do not reach fn.
//
// Every record id of the event is answered once, in the event's order:
//
//   - Ok with what fn returned, if that is anything.
//   - Dropped if there is nothing to deliver: control messages alone, no
//     events, or fn returned nothing.
//   - ProcessingFailed if the record cannot be decoded to its end, holds a
//     message of unknown type, or fn returned an error; and if the answer does
//     not fit.
//
// # What does not fit
//
// The response is kept under MaxResponseBytes. Records are taken in order; one
// whose output no longer fits is answered with ProcessingFailed, and smaller
// ones after it may still fit. For a record that failed, Firehose writes the
// original, unchanged, under the error output prefix of the stream's bucket
// (processing-failed/ by default), as JSON with the record in rawData
// (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
// It does not call the function again for it. So nothing is lost, nothing can
// loop, the stream's other records are not held up, and what is under that
// prefix can be replayed: decode its rawData with Decoder.Decode.
//
// The other ways out do worse. A response above the limit fails the whole
// invocation: Firehose repeats it, three times by default, with the same
// result, and then treats all its records as failed. Dropped loses the record.
// To put the record back on its source, as AWS's blueprint used to, makes an
// endless loop of one that can never fit, and bills it on every turn.
//
// It is better that all fit. Flow logs compress about seven to one and base64
// adds a third, so what a subscription puts into the default buffer of 1 MB
// may not: set the Lambda processor's BufferSizeInMBs to 0.2, as
// examples/transform does, which leaves room for twenty to one.
//
// An answer takes about 250 bytes beside its data. Only an event of more than
// twenty thousand records, all very small, has a response above the limit
// whatever is in it; Lambda then fails the invocation, and Firehose keeps all
// its records as failed.
//
// Transform keeps no state and may be called concurrently; fn must then permit
// it too.
func Transform(e events.KinesisFirehoseEvent, fn func(*Batch, []byte) ([]byte, error)) events.KinesisFirehoseResponse {
	if fn == nil {
		fn = (*Batch).AppendLines
	}
	res := events.KinesisFirehoseResponse{
		Records: make([]events.KinesisFirehoseResponseRecord, len(e.Records)),
	}
	// Each record is first answered as failed, and the answer is changed if
	// there is room for what that adds.
	left := MaxResponseBytes - jsonLen(events.KinesisFirehoseResponse{Records: res.Records[:0]})
	for i, r := range e.Records {
		res.Records[i].RecordID = r.RecordID
		res.Records[i].Result = events.KinesisFirehoseTransformedStateProcessingFailed
		left -= jsonLen(res.Records[i]) + len(",")
	}
	var t transformer
	for i, r := range e.Records {
		answer := &res.Records[i]
		out, err := t.record(r.Data, fn)
		switch size := base64.StdEncoding.EncodedLen(len(out)) - okSaves; {
		case err != nil:
		case len(out) == 0:
			answer.Result = events.KinesisFirehoseTransformedStateDropped
		case size <= left:
			left -= size
			answer.Result = events.KinesisFirehoseTransformedStateOk
			answer.Data = out
		}
	}
	return res
}

// okSaves is by how much an Ok with empty data is shorter than a failure.
const okSaves = len(events.KinesisFirehoseTransformedStateProcessingFailed+"null") -
	len(events.KinesisFirehoseTransformedStateOk+`""`)

// A transformer turns the records of one event into output.
type transformer struct {
	d   Decoder
	buf []byte // for fn to append to, always empty
}

// record returns the output for one record, which the caller owns.
func (t *transformer) record(data []byte, fn func(*Batch, []byte) ([]byte, error)) ([]byte, error) {
	var out []byte
	for b, err := range t.d.Decode(data) {
		switch {
		case err != nil:
			return nil, err
		case b.Type == ControlMessage:
			continue
		case b.Type != DataMessage:
			return nil, b.unknownType()
		}
		lines, err := fn(b, t.buf)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			continue
		}
		out = append(out, lines...)
		if lines[len(lines)-1] != '\n' {
			out = append(out, '\n')
		}
		// What fn returned may be memory of its own, so it is not reused.
		if len(lines) > cap(t.buf) {
			t.buf = make([]byte, 0, len(lines))
		}
	}
	return out, nil
}

// jsonLen is the length of v as the Lambda runtime sends it.
func jsonLen(v any) int {
	b, _ := json.Marshal(v) // strings and maps of strings cannot fail
	return len(b)
}
