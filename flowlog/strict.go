package flowlog

import (
	"strconv"
	"strings"
)

// space is the white space that is ignored around a line.
const space = " \t\r\n"

// separator reports whether c separates fields.
func separator(c byte) bool { return c == ' ' || c == '\t' }

// decodeStrict is Decode without the fast paths. It defines the meaning of a line.
//
// A wrong number of fields takes precedence over other errors, because after a missing
// field all fields are in the wrong columns.
func (f *Format) decodeStrict(r *Record, line string) error {
	*r = Record{}
	line = strings.TrimRight(line, space)
	extra := extras{line: line}
	var bad *ParseError // the first invalid value
	n := 0
	for i := len(line) - len(strings.TrimLeft(line, space)); ; n++ {
		for i < len(line) && separator(line[i]) {
			i++
		}
		if i == len(line) {
			break
		}
		start := i
		for i < len(line) && !separator(line[i]) {
			i++
		}
		if n >= len(f.fields) || bad != nil {
			continue // only count the remaining fields
		}
		field, value := f.fields[n], line[start:i]
		var err error
		switch {
		case strings.ContainsAny(value, "\r\n"):
			err = strconv.ErrSyntax
		case field == 0:
			extra.add(start, i)
		case value != "-":
			if err = r.parse(field, value); err == nil {
				r.Fields = r.Fields.With(field)
			}
		}
		if err != nil {
			bad = &ParseError{Column: start + 1, Field: field, Value: clip(value), Err: err}
		}
	}
	r.Extra = extra.text()
	switch {
	case n != len(f.fields) || n == 0:
		err := &fieldCountError{got: n, want: len(f.fields), otherLog: bad != nil && bad.Err == ErrOtherLog}
		return &ParseError{Column: 1, Value: clip(line), Err: err}
	case bad != nil:
		return bad
	}
	return nil
}

// extras collects the values of unknown columns. Values that are next to each other
// remain a substring of the line; others are copied.
type extras struct {
	line       string
	start, end int    // the values in line, if none was copied
	copied     []byte // the values, separated by spaces; nil if none was copied
}

// add adds the value line[start:end].
func (e *extras) add(start, end int) {
	switch {
	case e.copied == nil && e.end == 0:
		e.start, e.end = start, end
		return
	case e.copied == nil && start == e.end+1 && e.line[e.end] == ' ':
		e.end = end
		return
	case e.copied == nil:
		e.copied = append(make([]byte, 0, len(e.line)), e.line[e.start:e.end]...)
	}
	e.copied = append(append(e.copied, ' '), e.line[start:end]...)
}

// text returns the values, separated by spaces.
func (e *extras) text() string {
	if e.copied != nil {
		return string(e.copied)
	}
	return e.line[e.start:e.end]
}
