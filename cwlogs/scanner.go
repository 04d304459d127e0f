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

// maxDepth is how deep JSON may nest, the same as in encoding/json.
const maxDepth = 10000

// A scanner reads documents from a text. It knows the shape of a subscription
// and takes from it what encoding/json would; values it does not know are
// checked by encoding/json itself. It is stricter in two things: text must be
// valid UTF-8, and a name that is read may not be given twice.
//
// After a failure, err is set and every method fails.
type scanner struct {
	text   string
	pos    int
	err    error
	errPos int

	d      *Decoder        // for its buffers
	budget int64           // bytes that Batches may still take, see newBudget
	last   int             // number of events in the previous document, or -1
	arena  strings.Builder // unescaped strings
}

// open reads the bracket c, or null, for which it returns false.
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

// next moves to the next member or element of an object or array, or past its
// closing bracket, for which it returns false.
func (s *scanner) next(closing byte) bool {
	// No value ends in an opening bracket.
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

// name reads a member's name and the colon after it.
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

// value reads a string into dst, or any other value as its text. Null leaves
// dst as it is. It reports whether there was a value. depth is the number of
// objects and arrays around it.
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

// int reads an integer into dst, also one in quotes or with a fraction of
// zeros. Null leaves dst as it is. depth is that of value.
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
		cause := errors.Unwrap(err) // without the text
		s.fail(from, fmt.Errorf("%s: expected a 64-bit integer, found %s: %w", quote(what), found, cause))
		return
	}
	*dst = n
}

// null reads null, if there is one.
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

// skip reads any value. depth is the number of objects and arrays around it.
// All values but strings are checked by encoding/json.
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

// judge lets encoding/json check the value from there to pos.
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
	err := json.Unmarshal(value, &v) // for the place and cause
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

// peek returns the byte at pos, 0 at the end of the text or after a failure.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) && s.err == nil {
		return s.text[s.pos]
	}
	return 0
}

// fail sets the scanner's error, unless there is one.
func (s *scanner) fail(at int, err error) {
	if s.err == nil {
		s.err, s.errPos = err, at
	}
}

// failf is fail with a formatted error, which wraps io.ErrUnexpectedEOF if the
// place is the end of the text.
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

// found describes what is at pos, for an error.
func (s *scanner) found() string {
	if s.pos >= len(s.text) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return strconv.QuoteRune(r)
}

// quote makes a name fit for an error.
func quote(name string) string {
	return strconv.Quote(name[:min(len(name), maxQuote)])
}
