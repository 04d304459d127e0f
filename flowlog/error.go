package flowlog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// These are the causes of errors, in addition to strconv.ErrSyntax and
// strconv.ErrRange for numbers. Test for them with errors.Is.
var (
	// ErrFieldCount is the cause when a line has more or fewer fields than
	// its format has columns.
	ErrFieldCount = errors.New("wrong number of fields")
	// ErrLineTooLong is the cause when a line is longer than Reader.MaxLine.
	// The next line is read as usual.
	ErrLineTooLong = errors.New("line too long")
	// ErrAddr is the cause when a field must be an IP address and is not.
	ErrAddr = errors.New("not an IP address")
	// ErrUnknownField is the cause when a name is not one of the fields of
	// this version. AWS adds fields; a Format with unknown names is usable.
	ErrUnknownField = errors.New("unknown field")
	// ErrFormat is the cause when a format is invalid: it is empty, has a
	// column twice, has more than 1024 columns or has an invalid name, or its
	// version is unknown. ErrOtherLog and ErrMessage match ErrFormat too.
	ErrFormat = errors.New("invalid format")
	// ErrOtherLog is the cause when a line is of another kind of log than its
	// format: a transit gateway record in a VPC flow log, or the reverse.
	ErrOtherLog error = formatError("VPC and transit gateway records are mixed")
	// ErrMessage is the cause when a line that starts with a brace is not a
	// JSON object with a string "message".
	ErrMessage error = formatError("not a JSON object with a message")
)

// formatError is an error that matches itself and ErrFormat.
type formatError string

func (e formatError) Error() string { return string(e) }

// Is reports whether target is ErrFormat.
func (e formatError) Is(target error) bool { return target == ErrFormat }

// ParseError tells which part of a line is invalid, and why.
type ParseError struct {
	Line   int    // line number in the input, starting at 1; 0 if the line was not read by a Reader
	Column int    // position of the first invalid byte in the line, in bytes, starting at 1; 0 if only a value was given
	Field  Field  // the field; zero if the line as a whole or a column of unknown name is invalid
	Value  string // a copy of the invalid text, cut at 64 bytes
	Err    error  // the cause, such as ErrFieldCount or strconv.ErrRange
}

// Error returns one line of text that quotes the invalid value. The wording may
// change between versions.
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString("flowlog: ")
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", e.Line)
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, "byte %d, ", e.Column)
	}
	if e.Field != 0 {
		fmt.Fprintf(&b, "%s, ", e.Field)
	}
	fmt.Fprintf(&b, "%q: %v", e.Value, e.Err)
	return b.String()
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// fieldCountError is ErrFieldCount with the two numbers and the origin of the format.
type fieldCountError struct {
	got, want int          // number of fields and number of columns
	origin    formatOrigin // originUnknown if Format.Decode was called directly
	otherLog  bool         // a value belongs to the other kind of log, see otherLog
}

func (e *fieldCountError) Error() string {
	fields := "fields"
	if e.got == 1 {
		fields = "field"
	}
	s := fmt.Sprintf("%d %s, want %d%s", e.got, fields, e.want, e.origin)
	if e.otherLog {
		s += "; " + ErrOtherLog.Error()
	}
	return s
}

// Unwrap returns ErrFieldCount and, if otherLog is set, ErrOtherLog.
func (e *fieldCountError) Unwrap() []error {
	if e.otherLog {
		return []error{ErrFieldCount, ErrOtherLog}
	}
	return []error{ErrFieldCount}
}

// formatOrigin is the origin of a Reader's format: the number of a header line, or one
// of the constants.
type formatOrigin int

const (
	originUnknown formatOrigin = -iota
	originDefault              // and nothing read with it
	originFits                 // the default format, with which records were read
	originCaller
)

// String returns the origin as the end of an error text, such as " of the header in
// line 3".
func (o formatOrigin) String() string {
	switch o {
	case originUnknown:
		return ""
	case originDefault:
		return " of the default format; give the format or a header line"
	case originFits:
		return " of the default format"
	case originCaller:
		return " of the given format"
	}
	return fmt.Sprintf(" of the header in line %d", int(o))
}

// maxQuote is the maximum number of bytes of input that an error quotes.
const maxQuote = 64

// clip returns a copy of the first maxQuote bytes of s. Because it is a copy, an error
// does not keep the input in memory.
func clip(s string) string { return strings.Clone(s[:min(len(s), maxQuote)]) }

// parseInt is strconv.ParseInt for decimal numbers without a plus sign. The
// error is strconv.ErrSyntax or strconv.ErrRange itself.
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
