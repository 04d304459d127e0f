package cwlogs

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads the string whose opening quote is at pos and returns its value.
// Without escapes, the value is a part of the text.
func (s *scanner) quoted() string {
	from := s.pos + 1
	escaped := s.quotedEnd()
	if s.err != nil {
		return ""
	}
	v := s.text[from : s.pos-1]
	if escaped {
		v = s.unescape(v)
	}
	return v
}

// quotedEnd checks the string at pos, moves past it, and reports whether it has
// an escape.
func (s *scanner) quotedEnd() (escaped bool) {
	text := s.text
	for i := s.pos + 1; ; {
		i = plainEnd(text, i)
		if i == len(text) {
			s.failCut(i, true, "not closed")
			return false
		}
		switch c := text[i]; {
		case c == '"':
			s.pos = i + 1
			return escaped
		case c == '\\':
			escaped = true
			n := escapeLen(text[i:])
			if n <= 0 {
				s.failCut(i, n < 0, "invalid escape")
				return false
			}
			i += n
		case c < ' ':
			s.failCut(i, false, "control character")
			return false
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				s.failCut(i, !utf8.FullRuneInString(text[i:]), "invalid UTF-8")
				return false
			}
			i += n
		}
	}
}

// failCut fails for a string that is invalid at an offset. cut means that the
// text ends there.
func (s *scanner) failCut(at int, cut bool, what string) {
	err := errors.New("string: " + what)
	if cut {
		err = fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
	}
	s.fail(at, err)
}

// Masks for eight bytes in a uint64.
const (
	ones  = 0x0101010101010101 // the lowest bit of each byte
	highs = 0x8080808080808080 // the highest bit of each byte
)

// plainLen returns the length of the string whose opening quote is before t. It
// returns -1 if the string is not closed, or has an escape, a control character
// or a byte that is not ASCII. BenchmarkFastPaths measures its gain over
// plainEnd.
func plainLen(t string) int {
	n := strings.IndexByte(t, '"')
	if n < 8 {
		for i := range max(n, 0) {
			if c := t[i]; c < ' ' || c == '\\' || c >= utf8.RuneSelf {
				return -1
			}
		}
		return n
	}
	t = t[:n]
	m := special(t[n-8:])
	for len(t) >= 32 {
		m |= special(t) | special(t[8:]) | special(t[16:]) | special(t[24:])
		t = t[32:]
	}
	for len(t) >= 8 {
		m |= special(t)
		t = t[8:]
	}
	if m&highs != 0 {
		return -1
	}
	return n
}

// special returns a word for the first eight bytes of t. The highest bit of a
// byte is set if that byte of t is a control character, a backslash, or not
// ASCII. After the first such byte, the bits are not reliable.
func special(t string) uint64 {
	w := load(t)
	return w | (w - ' '*ones) | ((w ^ '\\'*ones) - ones)
}

// load returns the first eight bytes of t as a little-endian number.
func load(t string) uint64 {
	_ = t[7]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}

// digits13 parses the first 13 bytes of t as a decimal number. A timestamp in
// milliseconds has 13 digits. It returns false if a byte is not a digit or the
// first is zero. BenchmarkFastPaths measures its gain over strconv.
func digits13(t string) (int64, bool) {
	a, b := load(t), load(t[5:])
	// A byte below '0' borrows, and a byte above '9' carries into its highest
	// bit.
	if ((a-'0'*ones)|(a+0x46*ones)|(b-'0'*ones)|(b+0x46*ones))&highs != 0 || t[0] == '0' {
		return 0, false
	}
	return digits8(a)*100_000 + digits8(b)%100_000, true
}

// digits8 returns the value of eight decimal digits in a word of load. It
// combines them in pairs, then in groups of four, then in one number.
func digits8(w uint64) int64 {
	w -= '0' * ones
	w = w*10 + w>>8
	w = w&0x000000ff000000ff*(100+1_000_000<<32) + w>>16&0x000000ff000000ff*(1+10_000<<32)
	return int64(w >> 32)
}

// plainEnd returns the index of the first byte of text, from i on, that is a
// quote, a backslash, a control character, or not ASCII. It is len(text) if
// there is none.
func plainEnd(text string, i int) int {
	for ; len(text)-i >= 8; i += 8 {
		w := load(text[i:])
		if m := (special(text[i:]) | ((w ^ '"'*ones) - ones)) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// escapeLen returns the length of the escape at the start of s. It returns 0 if
// the escape is invalid, and -1 if s ends in it.
func escapeLen(s string) int {
	if len(s) < 2 {
		return -1
	}
	if s[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, s[1]) < 0 {
			return 0
		}
		return 2
	}
	for i := 2; i < 6; i++ {
		if i == len(s) {
			return -1
		}
		if hex(s[i]) < 0 {
			return 0
		}
	}
	return 6
}

// hex4 returns the value of the four hexadecimal digits at the start of s.
func hex4(s string) rune {
	return hex(s[0])<<12 | hex(s[1])<<8 | hex(s[2])<<4 | hex(s[3])
}

// hex returns the value of a hexadecimal digit, -1 for any other byte.
func hex(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c - 'a' + 10)
	case 'A' <= c && c <= 'F':
		return rune(c - 'A' + 10)
	}
	return -1
}

// unescape returns the value of a string with escapes. v is the string without
// its quotes, and quotedEnd has checked it. A surrogate without its other half
// becomes U+FFFD, as in encoding/json.
func (s *scanner) unescape(v string) string {
	// The result is never longer than v. Results share a piece of memory that is
	// never moved, so that earlier results stay valid.
	a := &s.arena
	if a.Cap()-a.Len() < len(v) {
		size := max(len(v), min(2*a.Cap(), maxArena))
		if !s.charge(int64(size), "escaped strings") {
			return ""
		}
		a.Reset()
		a.Grow(size)
	}
	from := a.Len()
	for {
		i := strings.IndexByte(v, '\\')
		if i < 0 {
			a.WriteString(v)
			return a.String()[from:]
		}
		a.WriteString(v[:i])
		n := 2
		switch c := v[i+1]; c {
		case 'b':
			a.WriteByte('\b')
		case 'f':
			a.WriteByte('\f')
		case 'n':
			a.WriteByte('\n')
		case 'r':
			a.WriteByte('\r')
		case 't':
			a.WriteByte('\t')
		case 'u':
			r := hex4(v[i+2:])
			n = 6
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if rest := v[i+6:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
					low = hex4(rest[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					n = 12
				}
			}
			a.WriteRune(r)
		default:
			a.WriteByte(c)
		}
		v = v[i+n:]
	}
}

// maxArena is the size of the largest piece of memory for unescaped strings,
// unless a single string needs more.
const maxArena = 256 << 10
