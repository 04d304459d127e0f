package athena

import (
	"strconv"
	"strings"
	"time"
)

// unit is a part of a time that a folder can name, the coarsest first.
type unit uint8

const (
	year unit = iota
	month
	day
	hour
	numUnits
)

// units describes each unit: its letters in a Java
// DateTimeFormatter pattern, its width in digits, its least and greatest value
// (of the years, see Table.yearRange), and its name as a column.
var units = [numUnits]struct {
	letters  string
	min, max int
	name     string
}{
	{"yyyy", 0, 9999, "year"},
	{"MM", 1, 12, "month"},
	{"dd", 1, 31, "day"},
	{"HH", 0, 23, "hour"},
}

// pattern is the part of Java's DateTimeFormatter patterns that sorts as time
// does: yyyy, MM, dd and HH, in that order without gaps, with separators
// between.
type pattern []patternItem

type patternItem struct {
	literal string // "" for a unit
	unit    unit
}

// parsePattern parses a pattern. The error is the rule that the pattern breaks.
func parsePattern(s string) (pattern, string) {
	var p pattern
	for s != "" {
		c := s[0]
		n := 1
		for n < len(s) && s[n] == c {
			n++
		}
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		switch {
		case letter:
			u := unit(0)
			for u < numUnits && units[u].letters != s[:n] {
				u++
			}
			if u == numUnits {
				return nil, "may hold yyyy, MM, dd and HH only (YYYY is the year of the week, DDD the day of the year)"
			}
			if prev, ok := p.last(); ok && u != prev+1 {
				return nil, "must name year, month, day and hour in that order without gaps, so that it sorts as time does"
			}
			p = append(p, patternItem{unit: u})
			s = s[n:]
		case strings.IndexByte("/-_.", c) >= 0:
			p = append(p, patternItem{literal: s[:1]})
			s = s[1:]
		default:
			return nil, "may hold / - _ . between year, month, day and hour only"
		}
	}
	if _, ok := p.last(); !ok {
		return nil, "must name a part of the time"
	}
	return p, ""
}

// first returns the coarsest unit of the pattern.
func (p pattern) first() unit {
	for _, item := range p {
		if item.literal == "" {
			return item.unit
		}
	}
	return numUnits
}

// last returns the finest unit of the pattern, false if it has none.
func (p pattern) last() (unit, bool) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].literal == "" {
			return p[i].unit, true
		}
	}
	return 0, false
}

// String returns the pattern as Java writes it.
func (p pattern) String() string {
	var b strings.Builder
	for _, item := range p {
		if item.literal != "" {
			b.WriteString(item.literal)
		} else {
			b.WriteString(units[item.unit].letters)
		}
	}
	return b.String()
}

// format writes a time, which is in UTC.
func (p pattern) format(t time.Time) string {
	var b strings.Builder
	for _, item := range p {
		if item.literal != "" {
			b.WriteString(item.literal)
			continue
		}
		s := strconv.Itoa(part(t, item.unit))
		for n := len(units[item.unit].letters) - len(s); n > 0; n-- {
			b.WriteByte('0')
		}
		b.WriteString(s)
	}
	return b.String()
}

// part returns a unit of a time.
func part(t time.Time, u unit) int {
	switch u {
	case year:
		return t.Year()
	case month:
		return int(t.Month())
	case day:
		return t.Day()
	}
	return t.Hour()
}

// parse reads what format wrote into the parts it names. It reports how many
// bytes it took, -1 if s does not begin with such a time.
func (p pattern) parse(s string, parts *[numUnits]int) int {
	n := 0
	for _, item := range p {
		if item.literal != "" {
			if !strings.HasPrefix(s[n:], item.literal) {
				return -1
			}
			n += len(item.literal)
			continue
		}
		u := units[item.unit]
		if len(s)-n < len(u.letters) {
			return -1
		}
		v := 0
		for _, c := range []byte(s[n : n+len(u.letters)]) {
			if c < '0' || c > '9' {
				return -1
			}
			v = v*10 + int(c-'0')
		}
		if v < u.min || v > u.max {
			return -1
		}
		parts[item.unit] = v
		n += len(u.letters)
	}
	return n
}

// offset returns the position of a unit in the result of format, counted from 1 as in
// SQL, and its width. It returns false if the pattern does not have the unit.
func (p pattern) offset(u unit) (at, width int, ok bool) {
	at = 1
	for _, item := range p {
		if item.literal != "" {
			at += len(item.literal)
			continue
		}
		width = len(units[item.unit].letters)
		if item.unit == u {
			return at, width, true
		}
		at += width
	}
	return 0, 0, false
}

// truncate returns the start of the unit that contains t, in UTC.
func truncate(t time.Time, u unit) time.Time {
	t = t.UTC()
	y, m, d, h := t.Year(), t.Month(), t.Day(), t.Hour()
	if u < hour {
		h = 0
	}
	if u < day {
		d = 1
	}
	if u < month {
		m = 1
	}
	return time.Date(y, m, d, h, 0, 0, 0, time.UTC)
}

// next returns the start of the unit after the one that t starts.
func next(t time.Time, u unit) time.Time {
	switch u {
	case year:
		return t.AddDate(1, 0, 0)
	case month:
		return t.AddDate(0, 1, 0)
	case day:
		return t.AddDate(0, 0, 1)
	}
	return t.Add(time.Hour)
}
