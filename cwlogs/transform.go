package cwlogs

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// MaxResponseBytes is the size that Transform keeps its response within, as
// the JSON that Lambda sends: base64, record ids and all. A Lambda function may
// answer with 6 MB, of 1,024 KB each
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html);
// six million bytes are within that under either meaning of MB.
const MaxResponseBytes = 6_000_000

// DefaultTransformBytes is the bound on the decompressed text of a record of a
// Transformer whose MaxBytes is zero: 24 MB, four times what the response can
// hold. The messages of a flow log are about half of their text.
const DefaultTransformBytes = 4 * MaxResponseBytes

// ErrNoRoom is what Transformer.OnFailed gets for a record whose output does
// not fit into the response. The rest of such a record is not decoded.
var ErrNoRoom = errors.New("cwlogs: no room left in the response")

// A Transformer answers the events of a Lambda function that transforms the
// records of a Firehose stream; see Transform, which is the same for the zero
// value with Append set. It keeps no state and may be used concurrently, if its
// functions permit.
type Transformer struct {
	// Append makes the output of a data message, by appending to the slice it
	// is given, which is empty and not to be kept, and returning the result.
	// Nil stands for (*Batch).AppendLines: the messages, one to a line.
	Append func(*Batch, []byte) ([]byte, error)

	// OnFailed, unless nil, is called for every record that is answered with
	// ProcessingFailed, in their order, and told why: a *DecodeError, an error
	// that wraps ErrFormat for a message of unknown type, ErrNoRoom, what Append
	// returned, or the cause of the end of TransformContext's context. Firehose
	// is not told; AWS advises to log it.
	OnFailed func(recordID string, err error)

	// MaxBytes bounds the decompressed text of each record, like
	// Decoder.MaxBytes, but zero or less means DefaultTransformBytes.
	MaxBytes int64
}

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
//     message of unknown type, or fn returned an error; and if its output does
//     not fit. Transformer.OnFailed learns which.
//
// # What does not fit
//
// The response is kept within MaxResponseBytes. Records are taken in order;
// one whose output no longer fits is answered with ProcessingFailed, and
// smaller ones after it may still fit. For a record that failed, Firehose
// writes the original, unchanged, under the error output prefix of the
// stream's bucket (processing-failed/ by default), as JSON with the record in
// rawData
// (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
// It is not given to the function again: what Firehose repeats is an
// invocation that fails as a whole. So nothing is lost, nothing can loop, the
// other records are not held up, and what is under that prefix can be
// replayed: decode its rawData with Decoder.Decode.
//
// The other ways out do worse. A response above the limit fails the
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
func Transform(e events.KinesisFirehoseEvent, fn func(*Batch, []byte) ([]byte, error)) events.KinesisFirehoseResponse {
	return (&Transformer{Append: fn}).Transform(e)
}

// Transform answers e as the function Transform does.
func (t *Transformer) Transform(e events.KinesisFirehoseEvent) events.KinesisFirehoseResponse {
	return t.TransformContext(context.Background(), e)
}

// TransformContext is Transform until ctx is done. The records that are left
// then are answered with ProcessingFailed. Pass a context that ends before the
// function's deadline, so that there is time to return the response: without
// one, Firehose repeats the invocation.
func (t *Transformer) TransformContext(ctx context.Context, e events.KinesisFirehoseEvent) events.KinesisFirehoseResponse {
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
	w := transformation{decoder: Decoder{MaxBytes: t.MaxBytes}, append: t.Append}
	if t.MaxBytes <= 0 {
		w.decoder.MaxBytes = DefaultTransformBytes
	}
	for i, r := range e.Records {
		answer := &res.Records[i]
		out, err := w.record(ctx, r.Data, max(0, left+okSaves)/4*3)
		switch {
		case err != nil:
			if t.OnFailed != nil {
				t.OnFailed(r.RecordID, err)
			}
		case len(out) == 0:
			answer.Result = events.KinesisFirehoseTransformedStateDropped
		default:
			left -= base64.StdEncoding.EncodedLen(len(out)) - okSaves
			answer.Result = events.KinesisFirehoseTransformedStateOk
			answer.Data = out
		}
	}
	return res
}

// okSaves is by how much an Ok with empty data is shorter than a failure.
const okSaves = len(events.KinesisFirehoseTransformedStateProcessingFailed+"null") -
	len(events.KinesisFirehoseTransformedStateOk+`""`)

// A transformation turns the records of one event into output.
type transformation struct {
	decoder Decoder
	append  func(*Batch, []byte) ([]byte, error) // nil: AppendLines
	buf     []byte                               // for append, always empty
}

// record returns the output for one record, which the caller owns. It is at
// most room bytes long.
func (w *transformation) record(ctx context.Context, data []byte, room int) ([]byte, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var out []byte
	for b, err := range w.decoder.Decode(data) {
		if err == nil {
			err = context.Cause(ctx)
		}
		switch {
		case err != nil:
			return nil, err
		case b.Type == ControlMessage:
			continue
		case b.Type != DataMessage:
			return nil, b.unknownType()
		}
		if out, err = w.add(out, b, room); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add appends the output for b to out, which stays within room.
func (w *transformation) add(out []byte, b *Batch, room int) ([]byte, error) {
	if w.append == nil {
		size := len(out)
		for i := range b.Events {
			if size++; strings.HasSuffix(b.Events[i].Message, "\n") {
				size--
			}
			size += len(b.Events[i].Message)
		}
		if size > room {
			return nil, ErrNoRoom
		}
		return b.AppendLines(out)
	}
	lines, err := w.append(b, w.buf)
	if err != nil || len(lines) == 0 {
		return out, err
	}
	end := ""
	if lines[len(lines)-1] != '\n' {
		end = "\n"
	}
	if len(out)+len(lines)+len(end) > room {
		return nil, ErrNoRoom
	}
	out = append(append(out, lines...), end...)
	// What was returned may be memory of append's own, so a larger buffer is
	// made for the next one and not taken from it.
	if len(lines) > cap(w.buf) {
		w.buf = make([]byte, 0, len(lines))
	}
	return out, nil
}

// jsonLen is the length of v as the Lambda runtime sends it.
func jsonLen(v any) int {
	b, _ := json.Marshal(v) // strings and maps of strings cannot fail
	return len(b)
}
