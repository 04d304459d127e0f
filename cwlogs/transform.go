package cwlogs

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// MaxResponseBytes is the maximum size of a response of Transform, in bytes of
// the JSON that Lambda sends. The response of a Lambda function is limited to
// 6 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html),
// which is this or more in either meaning of MB.
const MaxResponseBytes = 6_000_000

// DefaultTransformBytes is the limit on the decompressed text of a record if
// Transformer.MaxBytes is zero: 24 MB, four times the size of a response. In a
// flow log, about half of the text is messages.
const DefaultTransformBytes = 4 * MaxResponseBytes

// ErrNoRoom is the error passed to Transformer.OnFailed for a record whose
// output does not fit into the response. The rest of the record is not decoded.
var ErrNoRoom = errors.New("cwlogs: no room left in the response")

// A Transformer transforms the records of a Firehose stream, with more options
// than the function Transform. The zero value is ready to use. It keeps no
// state, and is safe for concurrent use if its functions are.
type Transformer struct {
	// Append appends the output for a data message to dst and returns the
	// extended slice. dst is empty; Append must not keep it. A nil Append means
	// (*Batch).AppendLines: the messages, one per line.
	Append func(b *Batch, dst []byte) ([]byte, error)

	// OnFailed, if not nil, is called for every record with the result
	// ProcessingFailed, in order. The error is a *DecodeError, an error that
	// wraps ErrFormat for a message of unknown type, ErrNoRoom, the error of
	// Append, or the cause of the context of TransformContext. The response does
	// not have it, so OnFailed should log it.
	OnFailed func(recordID string, err error)

	// MaxBytes is the limit on the decompressed text of each record, in bytes,
	// as Decoder.MaxBytes. Zero or less means DefaultTransformBytes.
	MaxBytes int64
}

// Transform is the handler of a Lambda function that transforms the records of a
// Firehose stream
// (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html).
// The source of the stream is a CloudWatch Logs subscription, or flow logs that
// AWS delivers directly to Firehose as {"message":"…"}.
//
// Transform decodes each record as Decoder.Decode does. For each data message,
// fn appends the output to dst and returns the extended slice. dst is empty; fn
// must not keep it. If the output does not end in a newline, Transform adds one.
// A nil fn means (*Batch).AppendLines: the messages, one per line. fn is not
// called for control messages.
//
// The response has one result for each record, in the order of the event:
//
//   - Ok, with the output of fn, if it is not empty.
//   - Dropped, if there is no output: the record has only control messages or no
//     events, or fn returned nothing.
//   - ProcessingFailed, if the record cannot be decoded to its end or has a
//     message of unknown type, if fn returned an error, or if the output does
//     not fit into the response. Transformer.OnFailed gets the error.
//
// # Records that do not fit
//
// The response has at most MaxResponseBytes. Transform processes the records in
// order. If the output of a record does not fit, the result is ProcessingFailed;
// smaller records after it may still fit. Firehose writes a failed record,
// unchanged, under the error output prefix of the stream's bucket
// (processing-failed/ by default), as JSON with the record in rawData
// (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
// It does not pass the record to the function again. So nothing is lost, nothing
// loops, and the other records are delivered. To replay the records under the
// prefix, decode their rawData with Decoder.Decode.
//
// The alternatives are worse. A response above the limit fails the invocation.
// Firehose repeats it, three times by default, with the same outcome, and then
// treats all its records as failed. Dropped loses the record. Putting the record
// back on its source, as a blueprint of AWS did, loops endlessly for a record
// that never fits, and costs money each time.
//
// It is best if all records fit. Flow logs compress about 7:1, and base64 adds a
// third, so the records in the default buffer of 1 MB may not fit. Set
// BufferSizeInMBs of the Lambda processor to 0.2, as examples/transform does:
// then records that compress up to 20:1 fit.
//
// A result takes about 250 bytes besides its data. So only an event of more than
// 20,000 records, all very small, has a response above the limit in any case.
// Lambda then fails the invocation, and Firehose treats all its records as
// failed.
func Transform(e events.KinesisFirehoseEvent, fn func(b *Batch, dst []byte) ([]byte, error)) events.KinesisFirehoseResponse {
	return (&Transformer{Append: fn}).Transform(e)
}

// Transform transforms the records of e; see the function Transform.
func (t *Transformer) Transform(e events.KinesisFirehoseEvent) events.KinesisFirehoseResponse {
	return t.TransformContext(context.Background(), e)
}

// TransformContext is Transform with a context. When ctx is done, the result of
// all remaining records is ProcessingFailed. Use a context that ends some time
// before the deadline of the Lambda function, so that it can return the
// response: if the function times out, Firehose repeats the invocation.
func (t *Transformer) TransformContext(ctx context.Context, e events.KinesisFirehoseEvent) events.KinesisFirehoseResponse {
	res := events.KinesisFirehoseResponse{
		Records: make([]events.KinesisFirehoseResponseRecord, len(e.Records)),
	}
	// First all records are failed. A result is changed if there is room for the
	// additional bytes.
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

// okSaves is the number of bytes by which an Ok with empty data is shorter than
// a failure.
const okSaves = len(events.KinesisFirehoseTransformedStateProcessingFailed+"null") -
	len(events.KinesisFirehoseTransformedStateOk+`""`)

// A transformation is one call of TransformContext.
type transformation struct {
	decoder Decoder
	append  func(*Batch, []byte) ([]byte, error) // Transformer.Append
	buf     []byte                               // passed to append, always empty
}

// record returns the output for a record, at most room bytes. The caller owns
// it.
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

// add appends the output for b to out. The result has at most room bytes.
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
	// append may have returned memory of its own, so lines is not reused: the
	// next call gets a new, larger buffer.
	if len(lines) > cap(w.buf) {
		w.buf = make([]byte, 0, len(lines))
	}
	return out, nil
}

// jsonLen returns the length of v in the JSON that the Lambda runtime sends.
func jsonLen(v any) int {
	b, _ := json.Marshal(v) // never fails for strings and maps of strings
	return len(b)
}
