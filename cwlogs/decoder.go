package cwlogs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/aws/aws-lambda-go/events"
)

// DefaultMaxBytes is the bound on decompressed text of a Decoder whose
// MaxBytes is zero: 64 MiB. AWS documents no maximum for a subscription's
// payload, but what carries it has one: an asynchronous Lambda invocation 1 MB
// of base64, a Firehose record 1,000 KiB.
const DefaultMaxBytes = 64 << 20

// keepBytes is the largest buffer that a Decoder keeps between payloads. Any
// payload of an asynchronous invocation fits into it.
const keepBytes = 1 << 20

// chunkSize is how much is decompressed at a time, the window of deflate, and
// how much base64 is decoded at a time. It is a multiple of four.
const chunkSize = 32 << 10

// A Decoder turns the payloads of CloudWatch Logs subscriptions into Batches.
// The zero value is ready for use. A Decoder reuses its gzip reader and its
// scratch buffers from payload to payload, keeping at most about 2 MiB, so one
// Decoder for many payloads is faster than a new one each. It is not for
// concurrent use and must not be copied after its first use. It keeps no
// reference to what it was given or has delivered.
type Decoder struct {
	// MaxBytes bounds the decompressed text of one payload, all gzip members
	// together; zero or less means DefaultMaxBytes. The bound is checked
	// before text is held: beyond 32 times the payload's size, the text's
	// length is first measured without keeping any of it.
	//
	// What the Batches of a payload take beside their text is bounded too, at
	// twice MaxBytes or 64 KiB if that is more. So a payload never takes more
	// than three times MaxBytes, even one of nothing but empty events or empty
	// documents. Payloads of the usual shape reach the bound on text first.
	// Both bounds are reported as ErrTooLarge.
	MaxBytes int64

	raw    []byte           // decoded base64
	member member           // the gzip reader
	text   text             // decompressed so far
	events [fewEvents]Event // the first events of the current document
	json   []byte           // a copy of a value, for encoding/json
}

// Decode returns the documents in data, which is what a Kinesis or Firehose
// record holds: gzip of any number of members, or plain JSON, told apart by
// the first byte. The text is JSON objects one after another, with or without
// white space between them; each is yielded as a Batch of its own, in order.
// Control messages and unknown message types are Batches, not errors.
//
// If the payload cannot be decoded to its end, the Batches before the fault are
// yielded, and last a nil Batch with a *DecodeError. Text is used only after the
// checksum and length of its gzip member have been verified, so nothing of a
// broken member is yielded, but the members before it are. An empty payload is
// an error. The loop may be left early.
//
// The work is done while the sequence is ranged over, once per range: data
// must stay unchanged until the first Batch has come, and is not used after.
func (d *Decoder) Decode(data []byte) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) { d.decode(data, yield) }
}

// DecodeLambda is Decode for the event of a Lambda function that is itself the
// subscription's destination: {"awslogs":{"data":"…"}}, base64 of gzip.
func (d *Decoder) DecodeLambda(e events.CloudwatchLogsEvent) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) { d.decodeBase64(e.AWSLogs.Data, yield) }
}

func (d *Decoder) decodeBase64(s string, yield func(*Batch, error) bool) {
	data, err := d.unbase64(s)
	if cap(d.raw) > keepBytes {
		d.raw = nil // data has it
	}
	if err != nil {
		yield(nil, err)
		return
	}
	d.decode(data, yield)
}

func (d *Decoder) decode(data []byte, yield func(*Batch, error) bool) {
	text, fault := d.inflate(data)
	s := scanner{text: text, d: d, budget: d.newBudget(), last: -1}
	for doc := 1; ; doc++ {
		if s.space(); s.pos == len(text) {
			if fault == nil && doc == 1 {
				fault = &DecodeError{Stage: StageJSON, Offset: int64(s.pos), Err: errEmpty}
			}
			if fault != nil {
				fault.Document = doc
				yield(nil, fault)
			}
			return
		}
		b := s.document()
		if b == nil {
			err := &DecodeError{Stage: StageJSON, Document: doc, Offset: int64(s.errPos), Err: s.err}
			// A document that is cut because its text was not to be had
			// is not at fault itself.
			if fault != nil && errors.Is(s.err, io.ErrUnexpectedEOF) {
				fault.Document = doc
				err = fault
			}
			yield(nil, err)
			return
		}
		if !yield(b, nil) {
			return
		}
	}
}

var errEmpty = fmt.Errorf("no document: %w", io.ErrUnexpectedEOF)

// unbase64 decodes s into d.raw. It goes in chunks because Encoding.Decode
// takes bytes and a copy of the whole string is not wanted. What chunks cannot
// decode (line breaks, which the standard permits, and errors) is left to
// DecodeString.
func (d *Decoder) unbase64(s string) ([]byte, error) {
	chunk := sized(d.member.chunk, chunkSize)
	d.member.chunk = chunk
	d.raw = sized(d.raw, base64.StdEncoding.DecodedLen(len(s)))
	n := 0
	for rest := s; rest != ""; {
		c := chunk[:copy(chunk, rest)]
		rest = rest[len(c):]
		m, err := base64.StdEncoding.Decode(d.raw[n:], c)
		if n += m; err != nil || rest != "" && m != len(c)/4*3 {
			return decodeString(s)
		}
	}
	return d.raw[:n], nil
}

func decodeString(s string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		at, _ := errors.AsType[base64.CorruptInputError](err)
		return nil, &DecodeError{Stage: StageBase64, Document: 1, Offset: int64(at), Err: err}
	}
	return data, nil
}

// sized returns a slice of n bytes, b's if they suffice.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
