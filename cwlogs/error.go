package cwlogs

import (
	"errors"
	"strconv"
)

var (
	// ErrTooLarge is the cause when the text of a payload, or the memory of its
	// Batches, exceeds a limit of Decoder.MaxBytes.
	ErrTooLarge = errors.New("payload too large")
	// ErrFormat is the cause of every other decoding error: the input is not
	// base64, not gzip, truncated, corrupt, or not the JSON of a subscription.
	ErrFormat = errors.New("not a CloudWatch Logs payload")
)

// maxQuote is the maximum number of bytes of its input that an error repeats.
const maxQuote = 64

// Stage is the layer of a payload in which decoding failed.
type Stage string

// The layers, the outermost first.
const (
	StageBase64 Stage = "base64"
	StageGzip   Stage = "gzip"
	StageJSON   Stage = "json"
)

// A DecodeError says where and why decoding a payload failed.
//
// It wraps ErrTooLarge or ErrFormat, and the cause: base64.CorruptInputError;
// gzip.ErrHeader, gzip.ErrChecksum or flate.CorruptInputError of
// github.com/klauspost/compress; strconv.ErrRange; or io.ErrUnexpectedEOF for
// truncated input.
type DecodeError struct {
	// Stage is the layer that failed.
	Stage Stage
	// Document is the number of the document that failed, from 1. The documents
	// before it were decoded.
	Document int
	// Offset is the position in bytes, from 0, in the input of the stage: in the
	// base64 text, in the compressed data (where reading stopped), or in the
	// decompressed text.
	Offset int64
	// Err is the cause.
	Err error
}

// Error returns one line with the stage, the document, the offset and the cause.
func (e *DecodeError) Error() string {
	b := append(make([]byte, 0, 128), "cwlogs: "...)
	b = append(b, e.Stage...)
	b = append(b, ": document "...)
	b = strconv.AppendInt(b, int64(e.Document), 10)
	b = append(b, ", offset "...)
	b = strconv.AppendInt(b, e.Offset, 10)
	b = append(b, ": "...)
	return string(append(b, e.Err.Error()...))
}

// Unwrap returns the cause, with ErrFormat before it unless the cause is
// ErrTooLarge.
func (e *DecodeError) Unwrap() []error {
	if errors.Is(e.Err, ErrTooLarge) {
		return []error{e.Err}
	}
	return []error{ErrFormat, e.Err}
}
