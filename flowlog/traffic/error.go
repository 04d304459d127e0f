package traffic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// These are the causes of errors. Test for them with errors.Is.
var (
	// ErrFormat is the cause when an input is not of the expected kind.
	ErrFormat = errors.New("invalid format")
	// ErrAddr is the cause when a value is not an IP address or a prefix but
	// must be one.
	ErrAddr = errors.New("not an IP address or prefix")
	// ErrName is the cause when the name of an address or a prefix is missing.
	ErrName = errors.New("no name")
	// ErrService is the cause when a text is not a service such as "443/TCP".
	ErrService = errors.New("not a service such as 443/TCP")
	// ErrTooLarge is the cause when an input has more than MaxInput bytes.
	ErrTooLarge = errors.New("input too large")
)

// MaxInput is the maximum size in bytes of an input of ReadAWSRanges, ReadNames and
// ReadInterfaces, 256 MiB. AWS's ip-ranges.json and the interfaces of a large account are
// much smaller.
const MaxInput = 256 << 20

// ParseError tells which part of an input is invalid, and why.
type ParseError struct {
	Line  int    // line number in the input, starting at 1; 0 if it is not known
	Value string // a copy of the invalid text, cut at 64 bytes; may be empty
	Err   error  // the cause, such as ErrAddr
}

// Error returns one line of text. The wording may change between versions.
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString("traffic: ")
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	if e.Value != "" {
		fmt.Fprintf(&b, "%q: ", e.Value)
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// maxQuote is the maximum number of bytes of input that an error quotes.
const maxQuote = 64

// clip returns a copy of the first maxQuote bytes of s.
func clip(s string) string { return strings.Clone(s[:min(len(s), maxQuote)]) }

// readAll reads an input of at most MaxInput bytes and removes a byte-order mark.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return nil, fmt.Errorf("traffic: read: %w", err)
	}
	if len(data) > MaxInput {
		return nil, &ParseError{Err: ErrTooLarge}
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// lineAt returns the line number, starting at 1, of an offset in data.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int64(len(data)), max(0, offset))], []byte("\n"))
}

// jsonError returns err, an error of package json, as a *ParseError with its line. start
// is the offset in data of the JSON document that err is about.
func jsonError(data []byte, start int64, err error) error {
	end := start
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		end += e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		end += e.Offset
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		end = int64(len(data))
	}
	return &ParseError{Line: lineAt(data, end), Err: wrap(ErrFormat, err.Error())}
}

// wrap returns an error that wraps cause and ends with the text why.
func wrap(cause error, why string) error { return fmt.Errorf("%w: %s", cause, why) }
