package flowlog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The causes of errors, besides strconv.ErrSyntax and strconv.ErrRange for
// numbers. Test for them with errors.Is.
var (
	// ErrFieldCount is the cause when a line has more or fewer fields than
	// its format has columns.
	ErrFieldCount = errors.New("wrong number of fields")
	// ErrLineTooLong is the cause when a line is longer than the Reader's
	// bound. Only that line is lost to the caller.
	ErrLineTooLong = errors.New("line too long")
	// ErrFormat is the cause when a format string is empty, names a field
	// twice or holds what cannot be a name; when a line is plainly of
	// another log than its format says, a transit gateway record in a VPC
	// flow log or the reverse; and when a line is a JSON object that is
	// broken or has no message.
	ErrFormat = errors.New("not of this format")
	// ErrAddr is the cause when a field should be an IP address and is not.
	ErrAddr = errors.New("not an IP address")
)

var errOtherLog = fmt.Errorf("%w: VPC and transit gateway records mixed", ErrFormat)

// ParseError tells which part of a line is bad, and why.
type ParseError struct {
	Line   int    // line in the input, from 1; 0 if the line was given by itself
	Column int    // byte in the line where the bad part starts, from 1; 0 if a value was given by itself
	Field  Field  // the field, zero if the line as a whole or a column of unknown name is bad
	Value  string // a copy of the bad text, cut at 64 bytes
	Err    error  // the cause, such as ErrFieldCount or strconv.ErrRange
}

// Error returns one line that quotes the bad text. Its wording may change.
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString("flowlog: ")
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", e.Line)
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, "column %d, ", e.Column)
	}
	if e.Field != 0 {
		fmt.Fprintf(&b, "%s, ", e.Field)
	}
	fmt.Fprintf(&b, "%q: %v", e.Value, e.Err)
	return b.String()
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// maxQuote bounds the text an error quotes: a log must not pour into a log.
const maxQuote = 64

// clip returns a copy of s, cut at maxQuote bytes, so that an error neither
// keeps the input in memory nor makes it escape.
func clip(s string) string { return strings.Clone(s[:min(len(s), maxQuote)]) }

// parseInt is strconv.ParseInt for decimal numbers without a plus sign. The
// error is strconv.ErrSyntax or strconv.ErrRange alone.
func parseInt(s string, bits int) (int64, error) {
	if strings.HasPrefix(s, "+") {
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		return 0, errors.Unwrap(err)
	}
	return v, nil
}
