package flowlog

import "strings"

// mayBeHeader reports whether a line can be a header line, by its first byte.
// In most formats records begin with a digit or "-".
func mayBeHeader(line string) bool {
	return 'a' <= line[0]|0x20 && line[0]|0x20 <= 'z' || line[0] == '$'
}

// header returns the format of a header line, nil if the line is not one. A
// header consists of names only: a leading digit, a dot, a colon, a capital
// letter or a "-" show that a line is a record.
//
// A custom format may consist of text fields whose values look like names, such
// as tags, and AWS adds names that this version does not know. So at least half
// of the names must be known, or one if the line is not a valid record of the
// current format.
func header(line string, isRecord bool) *Format {
	if len(line) > maxColumns*(maxName+3) {
		return nil
	}
	columns, known := 0, 0
	for token := range strings.FieldsSeq(line) {
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
