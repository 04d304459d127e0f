package flowlog

import "strings"

// mayBeHeader reports whether a line could be a header line by its first byte
// alone. Records begin with a digit or a "-" in most formats.
func mayBeHeader(line string) bool {
	return 'a' <= line[0]|0x20 && line[0]|0x20 <= 'z' || line[0] == '$'
}

// header returns the format a header line names, nil if the line is none. A
// header consists of names alone; digits first, dots, colons, capitals and "-"
// tell most records apart at once.
//
// A custom format may consist of text fields whose values look like names, tags
// among them, and AWS adds names this version does not know. So half of the
// names have to be known, or, if the line is no record of the format in force,
// one.
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
		if columns++; byName[token] != 0 {
			known++
		}
	}
	if known == 0 || isRecord && 2*known < columns {
		return nil
	}
	f, _ := ParseFormat(line) // unknown names keep their columns
	return f
}
