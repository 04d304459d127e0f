package flowlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// message is a line from an object {"message":"…"}. Flow logs that are published
// directly to Firehose have this form.
type message struct {
	line  string // the line without JSON escapes
	start int    // offset of the line in the object
	raw   string // the line with JSON escapes, "" if it has none
}

// offset returns the offset in the object of byte n of the line.
func (m *message) offset(n int) int {
	if m.raw != "" {
		_, n = unescape(m.raw, n)
	}
	return m.start + n
}

// parseMessage parses an object with a string "message". It ignores other keys. If
// "message" occurs more than once, the last one is used, as in encoding/json. The line
// is a substring of s unless it has escapes.
func parseMessage(s string) (m message, err error) {
	const head = `{"message":"`
	if strings.HasPrefix(s, head) {
		line, rest, _ := strings.Cut(s[len(head):], `"`)
		if rest == "}" && strings.IndexByte(line, '\\') < 0 {
			return message{line: line, start: len(head)}, nil
		}
	}
	var object json.RawMessage
	if err := json.Unmarshal([]byte(s), &object); err != nil {
		return m, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	found := false
	d := json.NewDecoder(strings.NewReader(s))
	_, _ = d.Token() // the brace
	for d.More() {
		key, _ := d.Token()
		var value json.RawMessage
		_ = d.Decode(&value)
		if key != "message" {
			continue
		}
		if found = bytes.HasPrefix(value, []byte{'"'}); !found {
			continue
		}
		m.start = int(d.InputOffset()) - len(value) + 1
		m.line, m.raw = s[m.start:m.start+len(value)-2], ""
		if strings.Contains(m.line, `\`) {
			m.raw = m.line
			m.line, _ = unescape(m.raw, math.MaxInt)
		}
	}
	if !found {
		return m, ErrMessage
	}
	return m, nil
}

// unescape decodes the escapes in s, the inside of a valid JSON string, until the
// result has n bytes. It returns the result and the number of bytes of s consumed. It
// keeps bytes that are not UTF-8.
func unescape(s string, n int) (string, int) {
	b := make([]byte, 0, len(s))
	i := 0
	for i < len(s) && len(b) < n {
		if s[i] != '\\' {
			b = append(b, s[i])
			i++
			continue
		}
		i += 2
		switch c := s[i-1]; c {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r := unit(s, i)
			i += 4
			if utf16.IsSurrogate(r) {
				if pair := utf16.DecodeRune(r, unit(s, i+2)); strings.HasPrefix(s[i:], `\u`) && pair != utf8.RuneError {
					r = pair
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return string(b), i
}

// unit returns the UTF-16 code unit with the four hexadecimal digits at s[i:], or 0 if
// there are none.
func unit(s string, i int) rune {
	if i+4 > len(s) {
		return 0
	}
	v, _ := strconv.ParseUint(s[i:i+4], 16, 16)
	return rune(v)
}

// cutExportTime removes the timestamp at the start of a line from a CloudWatch Logs
// export task, such as "2025-02-25T12:25:04.000Z 2 123456789012 …". It reports false
// for any other line.
func cutExportTime(line string) (rest string, ok bool) {
	const layout = "0000-00-00T00:00:00"
	if len(line) < len(layout)+2 || line[4] != '-' || line[10] != 'T' {
		return "", false
	}
	for i := range len(layout) {
		if c := line[i]; layout[i] == '0' && (c < '0' || c > '9') || layout[i] != '0' && c != layout[i] {
			return "", false
		}
	}
	i := len(layout)
	if line[i] == '.' {
		for i++; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		}
	}
	if i+1 >= len(line) || line[i] != 'Z' || !separator(line[i+1]) {
		return "", false
	}
	return line[i+2:], true
}
