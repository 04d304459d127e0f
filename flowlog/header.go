package flowlog

import (
	"strings"
	"unicode/utf8"
)

// mayBeHeader reports whether the first byte of a line can be that of a header line. In
// most formats, records start with a digit or "-".
func mayBeHeader(line string) bool {
	return 'a' <= line[0]|0x20 && line[0]|0x20 <= 'z' || line[0] == '$'
}

// header returns the format of a header line, or nil if the line is not a header line.
// A header line consists of names only. A leading digit, a dot, a colon, a capital
// letter or a "-" as a value indicates a record.
//
// The values of text fields, such as tags, can look like names, and AWS adds names that
// this version does not know. Therefore at least half of the names must be known if the
// line is also a valid record of the current format, and at least one otherwise.
// isRecord tells whether it is.
func header(line string, isRecord bool) *Format {
	if len(line) > maxColumns*(maxName+3) {
		return nil
	}
	columns, known := 0, 0
	for token := range strings.FieldsFuncSeq(line, func(c rune) bool { return c < utf8.RuneSelf && separator(byte(c)) }) {
		if strings.HasPrefix(token, "${") && strings.HasSuffix(token, "}") {
			token = token[2 : len(token)-1]
		}
		if !isName(token) || strings.ToLower(token) != token {
			return nil
		}
		if columns++; fieldByName(token) != 0 {
			known++
		}
	}
	if known == 0 || isRecord && 2*known < columns {
		return nil
	}
	f, _ := ParseFormat(line) // unknown names become columns too
	return f
}
