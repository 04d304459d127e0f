package cwlogs

import (
	"errors"
	"strconv"
)

var (
	// ErrTooLarge is wrapped by the error for a payload that decompresses to
	// more than Decoder.MaxBytes, or whose events would take several times
	// that.
	ErrTooLarge = errors.New("payload too large")
	// ErrFormat is wrapped by every other decoding error: the input is not
	// base64, not gzip, cut, corrupt, or not the JSON of a subscription.
	ErrFormat = errors.New("not a CloudWatch Logs payload")
)

// maxQuote bounds what an error repeats of its input.
const maxQuote = 64

// Stage names the layer of a payload in which decoding failed.
type Stage string

// The layers, from the outside in.
const (
	StageBase64 Stage = "base64"
	StageGzip   Stage = "gzip"
	StageJSON   Stage = "json"
)

// A DecodeError says where and why a payload could not be decoded.
//
// errors.Is finds ErrTooLarge or ErrFormat in it, and the cause:
// base64.CorruptInputError, gzip.ErrHeader, gzip.ErrChecksum,
// flate.CorruptInputError (klauspost/compress's), strconv.ErrRange, and
// io.ErrUnexpectedEOF for input that ends too early.
type DecodeError struct {
	// Stage is the layer at fault.
	Stage Stage
	// Document is the number of the document at fault, from 1. The documents
	// before it were delivered.
	Document int
	// Offset is the place in the stage's own input, from 0: the base64 text,
	// the compressed bytes (where reading stopped), or the decompressed text.
	Offset int64
	// Err is the cause.
	Err error
}

// Error returns one line with the stage, the place and the cause.
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

// Unwrap returns the sentinel, ErrTooLarge or ErrFormat, and the cause.
func (e *DecodeError) Unwrap() []error {
	if errors.Is(e.Err, ErrTooLarge) {
		return []error{e.Err}
	}
	return []error{ErrFormat, e.Err}
}
