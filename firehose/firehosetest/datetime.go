package firehosetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dateTime is a compiled pattern of java.time.format.DateTimeFormatter, the
// language of !{timestamp:…}: the letters y u M L d D H k K h m s S a E Z X x,
// quoted text, and any character that is neither a letter nor reserved.
type dateTime []func(b []byte, t time.Time) []byte

func parseDateTime(pattern string) (dateTime, error) {
	if pattern == "" {
		return nil, errors.New("empty timestamp pattern")
	}
	var f dateTime
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			text, n, err := quoted(pattern[i:])
			if err != nil {
				return nil, err
			}
			f = append(f, literalText(text))
			i += n
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			part := letter(c, n)
			if part == nil {
				return nil, fmt.Errorf("timestamp pattern letters %q are not supported", pattern[i:i+n])
			}
			f = append(f, part)
			i += n
		case strings.IndexByte("[]{}#", c) >= 0:
			return nil, fmt.Errorf("timestamp pattern character %q is reserved", c)
		default:
			f = append(f, literalText(string(c)))
			i++
		}
	}
	return f, nil
}

// quoted reads a quoted text, in which two quotes stand for one.
func quoted(s string) (text string, n int, err error) {
	if strings.HasPrefix(s, "''") {
		return "'", 2, nil
	}
	for n = 1; n < len(s); n++ {
		if s[n] != '\'' {
			text += s[n : n+1]
			continue
		}
		if !strings.HasPrefix(s[n:], "''") {
			return text, n + 1, nil
		}
		text += "'"
		n++
	}
	return "", 0, errors.New("timestamp pattern has an open quote")
}

func literalText(s string) func([]byte, time.Time) []byte {
	return func(b []byte, _ time.Time) []byte { return append(b, s...) }
}

// letter returns the function for n times the letter c, or nil if that is not supported.
func letter(c byte, n int) func([]byte, time.Time) []byte {
	number := func(value func(time.Time) int, most int) func([]byte, time.Time) []byte {
		if n > most {
			return nil
		}
		return func(b []byte, t time.Time) []byte { return appendPadded(b, value(t), n) }
	}
	layout := func(l string) func([]byte, time.Time) []byte {
		return func(b []byte, t time.Time) []byte { return t.AppendFormat(b, l) }
	}
	switch c {
	case 'y', 'u':
		if n == 2 {
			return layout("06")
		}
		return number(time.Time.Year, 9)
	case 'M', 'L':
		switch n {
		case 3:
			return layout("Jan")
		case 4:
			return layout("January")
		}
		return number(func(t time.Time) int { return int(t.Month()) }, 2)
	case 'd':
		return number(time.Time.Day, 2)
	case 'D':
		return number(time.Time.YearDay, 3)
	case 'H':
		return number(time.Time.Hour, 2)
	case 'k':
		return number(func(t time.Time) int { return (t.Hour()+23)%24 + 1 }, 2)
	case 'K':
		return number(func(t time.Time) int { return t.Hour() % 12 }, 2)
	case 'h':
		return number(func(t time.Time) int { return (t.Hour()+11)%12 + 1 }, 2)
	case 'm':
		return number(time.Time.Minute, 2)
	case 's':
		return number(time.Time.Second, 2)
	case 'S':
		if n > 9 {
			return nil
		}
		return func(b []byte, t time.Time) []byte {
			return append(b, fmt.Sprintf("%09d", t.Nanosecond())[:n]...)
		}
	case 'a':
		if n == 1 {
			return layout("PM")
		}
	case 'E':
		switch {
		case n <= 3:
			return layout("Mon")
		case n == 4:
			return layout("Monday")
		}
	case 'Z':
		if n <= 3 {
			return layout("-0700")
		}
	case 'X':
		return zone(n, "Z")
	case 'x':
		return zone(n, "-")
	}
	return nil
}

// zone returns the offset patterns X and x, which differ only for UTC.
func zone(n int, utc string) func([]byte, time.Time) []byte {
	layouts := []string{"", "07", "0700", "07:00"}
	if n >= len(layouts) {
		return nil
	}
	return func(b []byte, t time.Time) []byte { return t.AppendFormat(b, utc+layouts[n]) }
}

func appendPadded(b []byte, v, width int) []byte {
	s := strconv.Itoa(v)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// append appends t as f writes it.
func (f dateTime) append(b []byte, t time.Time) []byte {
	for _, part := range f {
		b = part(b, t)
	}
	return b
}
