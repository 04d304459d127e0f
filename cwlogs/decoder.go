package cwlogs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/aws/aws-lambda-go/events"
)

// DefaultMaxBytes is the limit on the decompressed text of a payload if
// Decoder.MaxBytes is zero: 64 MiB. AWS documents no maximum for the payload of
// a subscription. The services that carry it have limits on the compressed size:
// 1 MB of base64 in an asynchronous Lambda invocation, 1,000 KiB in a Firehose
// record.
const DefaultMaxBytes = 64 << 20

// keepBytes is the size of the largest buffer that a Decoder keeps between
// payloads. The payload of any asynchronous Lambda invocation fits.
const keepBytes = 1 << 20

// chunkSize is the number of bytes that are decompressed, or decoded from
// base64, at a time. It is the window size of deflate, and a multiple of four.
const chunkSize = 32 << 10

// A Decoder decodes the payloads of CloudWatch Logs subscriptions. The zero
// value is ready to use. A Decoder reuses its gzip reader and its buffers, and
// keeps at most about 2 MiB between payloads, so using one Decoder for many
// payloads is faster than a new one for each. It is not safe for concurrent use
// and must not be copied after first use. It keeps no reference to its input or
// to the Batches.
type Decoder struct {
	// MaxBytes is the limit on the decompressed text of one payload, in bytes,
	// for all gzip members together. Zero or less means DefaultMaxBytes. The
	// text is not held in memory if it exceeds the limit: if it is more than 32
	// times the size of the payload, its length is measured first.
	//
	// The memory of the Batches of a payload, besides their text, has a limit of
	// twice MaxBytes, or 64 KiB if that is more. Even a payload of nothing but
	// empty events or empty documents so takes at most three times MaxBytes.
	// Usual payloads reach the limit on the text first. Beyond either limit, the
	// error wraps ErrTooLarge.
	MaxBytes int64

	raw    []byte           // decoded base64
	member member           // the gzip reader
	text   text             // the text of the current payload
	events [fewEvents]Event // the first events of the current document
	json   []byte           // a copy of a value for encoding/json
}

// Decode returns the documents in data, the data of a Kinesis or Firehose
// record: any number of gzip members, or plain JSON. The first byte tells them
// apart. The text is a sequence of JSON objects, with or without white space
// between them. Each becomes a Batch, in order. Control messages and unknown
// message types are Batches, not errors.
//
// If the payload cannot be decoded to its end, Decode yields the Batches before
// the error, and then a nil Batch and a *DecodeError. It uses the text of a gzip
// member only after verifying its checksum and length. So it yields nothing of a
// corrupt member, but all of the members before it. An empty payload is an
// error. The loop may be left early.
//
// Each range over the sequence decodes data again. data must not change until
// the first Batch is yielded, and is not used after that.
func (d *Decoder) Decode(data []byte) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) { d.decode(data, yield) }
}

// DecodeLambda is Decode for the event of a Lambda function that is the
// destination of a subscription: {"awslogs":{"data":"…"}}, where data is the
// payload in base64.
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
			// The document ends early because its gzip member is invalid:
			// report the member's error.
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

// unbase64 decodes s into d.raw, in chunks: base64.Encoding.Decode takes bytes,
// and a copy of all of s would take memory. Input with line breaks, which the
// standard permits, and invalid input are left to decodeString.
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

// sized returns a slice of n bytes, in the memory of b if its capacity is large
// enough.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
