package cwlogs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is the maximum nesting depth of JSON, as in encoding/json.
const maxDepth = 10000

// A scanner reads documents from a text. It accepts the JSON that encoding/json
// accepts, and uses encoding/json to check unknown values. It is stricter in two
// ways: text must be valid UTF-8, and a known name must not occur twice in an
// object.
//
// After a failure, err is set, and all methods do nothing.
type scanner struct {
	text   string
	pos    int   // offset in text of the next byte
	err    error // the first error
	errPos int   // offset in text of err

	d      *Decoder        // owner of the buffers
	budget int64           // bytes that Batches may still take, see newBudget
	last   int             // number of events of the previous document, or -1
	arena  strings.Builder // memory for unescaped strings
}

// open reads the opening bracket c and returns true, or reads null and returns
// false. what names the value in errors.
func (s *scanner) open(c byte, what string) bool {
	switch {
	case s.peek() == c:
		s.pos++
		return true
	case !s.null():
		kind := "an object"
		if c == '[' {
			kind = "an array"
		}
		s.failf(s.pos, "%s: expected %s, found %s", quote(what), kind, s.found())
	}
	return false
}

// next moves to the next member or element of an object or array and returns
// true. At the closing bracket it moves past it and returns false.
func (s *scanner) next(closing byte) bool {
	// No value ends in an opening bracket, so this is the start.
	first := s.text[s.pos-1] == '{' || s.text[s.pos-1] == '['
	s.space()
	switch c := s.peek(); {
	case s.err != nil:
		return false
	case c == closing:
		s.pos++
		return false
	case first:
		return true
	case c == ',':
		s.pos++
		s.space()
		return true
	}
	s.failf(s.pos, "expected a comma or %q, found %s", closing, s.found())
	return false
}

// name reads the name of a member and the colon after it.
func (s *scanner) name() string {
	if s.peek() != '"' {
		s.failf(s.pos, "expected a name, found %s", s.found())
		return ""
	}
	name := s.quoted()
	s.space()
	if s.peek() != ':' {
		s.failf(s.pos, "expected a colon, found %s", s.found())
		return ""
	}
	s.pos++
	s.space()
	return name
}

// value sets dst to the string at pos, or to the JSON text of any other value.
// Null leaves dst unchanged. value returns false for null or after a failure.
// depth is the number of objects and arrays around the value.
func (s *scanner) value(dst *string, depth int) bool {
	switch {
	case s.peek() == '"':
		*dst = s.quoted()
	case s.null():
		return false
	default:
		from := s.pos
		s.skip(depth)
		*dst = s.text[from:s.pos]
	}
	return s.err == nil
}

// int sets dst to the integer at pos, which may be in quotes or have a fraction
// of zeros. Null leaves dst unchanged. what names the value in errors, and depth
// is that of value.
func (s *scanner) int(dst *int64, what string, depth int) {
	from := s.pos
	var n int64
	for s.pos < len(s.text) && s.pos < from+18 && s.text[s.pos]-'0' < 10 {
		n = n*10 + int64(s.text[s.pos]-'0')
		s.pos++
	}
	if s.pos > from && (s.text[from] != '0' || s.pos == from+1) {
		switch s.peek() {
		case ',', '}', ' ', '\t', '\r', '\n':
			*dst = n
			return
		}
	}
	s.pos = from
	found := s.found()
	var text string
	if !s.value(&text, depth) {
		return
	}
	if whole, fraction, ok := strings.Cut(text, "."); ok && fraction != "" && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		cause := errors.Unwrap(err) // does not repeat the input
		s.fail(from, fmt.Errorf("%s: expected a 64-bit integer, found %s: %w", quote(what), found, cause))
		return
	}
	*dst = n
}

// null reads null and returns true, or returns false if pos is at another value.
func (s *scanner) null() bool {
	if s.err != nil {
		return false
	}
	rest := s.text[s.pos:]
	if strings.HasPrefix(rest, "null") {
		s.pos += len("null")
		return true
	}
	if rest != "" && strings.HasPrefix("null", rest) {
		s.fail(len(s.text), io.ErrUnexpectedEOF)
	}
	return false
}

// skip reads a value of any type and checks it. depth is the number of objects
// and arrays around it.
func (s *scanner) skip(depth int) {
	from := s.pos
	switch s.peek() {
	case '"':
		s.quotedEnd()
		return
	case '{', '[':
		outer := depth
		for {
			switch s.peek() {
			case '"':
				s.quotedEnd()
				s.pos--
			case '{', '[':
				if depth++; depth > maxDepth {
					s.failf(s.pos, "nested more than %d deep", maxDepth)
				}
			case '}', ']':
				depth--
			}
			if s.err != nil {
				return
			}
			if s.pos == len(s.text) {
				s.fail(s.pos, io.ErrUnexpectedEOF)
				return
			}
			if s.pos++; depth == outer {
				break
			}
		}
	default:
		for !strings.ContainsRune(",:{}[]\" \t\r\n\x00", rune(s.peek())) {
			s.pos++
		}
		if s.pos == from {
			s.failf(from, "expected a value, found %s", s.found())
			return
		}
		if s.pos == len(s.text) {
			s.fail(s.pos, io.ErrUnexpectedEOF)
			return
		}
	}
	s.judge(from)
}

// judge checks the value between from and pos with encoding/json.
func (s *scanner) judge(from int) {
	if !s.lend(int64(s.pos-from), "values") {
		return
	}
	value := append(s.d.json[:0], s.text[from:s.pos]...)
	if s.d.json = value; cap(value) > keepBytes {
		s.d.json = nil
	}
	if json.Valid(value) {
		return
	}
	var v json.RawMessage
	err := json.Unmarshal(value, &v) // for the offset and the cause
	at := from
	if e, ok := errors.AsType[*json.SyntaxError](err); ok && e.Offset > 0 {
		at += int(e.Offset) - 1
	}
	s.fail(at, err)
}

// space skips white space.
func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the byte at pos, or 0 at the end of the text or after a failure.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) && s.err == nil {
		return s.text[s.pos]
	}
	return 0
}

// fail sets the error of the scanner, unless it is set.
func (s *scanner) fail(at int, err error) {
	if s.err == nil {
		s.err, s.errPos = err, at
	}
}

// failf is fail with a formatted error. The error wraps io.ErrUnexpectedEOF if
// at is the end of the text.
func (s *scanner) failf(at int, format string, args ...any) {
	if s.err != nil {
		return
	}
	err := fmt.Errorf(format, args...)
	if at == len(s.text) {
		err = fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
	}
	s.fail(at, err)
}

// found describes the character at pos for an error.
func (s *scanner) found() string {
	if s.pos >= len(s.text) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return strconv.QuoteRune(r)
}

// quote returns a name in quotes, escaped and truncated for an error.
func quote(name string) string {
	return strconv.Quote(name[:min(len(name), maxQuote)])
}
