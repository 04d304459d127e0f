package flowlog

import (
	"fmt"
	"strings"
)

// ParseFormat parses a format string or a header line: names separated by white space
// or commas. It accepts names in AWS's spelling (pkt-srcaddr), with underscores
// (pkt_srcaddr), in the syntax of the EC2 API (${pkt-srcaddr}), and as escaped for
// Terraform ($${pkt-srcaddr}) and for CloudFormation's Fn::Sub (${!pkt-srcaddr}).
// Quotes around the whole string or around a name are ignored.
//
// Names that this version does not know become columns too. ParseFormat then returns a
// usable Format together with an error that wraps ErrUnknownField; the caller may
// ignore that error. For a name that differs from a field by one letter, the error
// suggests that field.
//
// Any other error wraps ErrFormat, and the Format is nil: the format is empty, has a
// column twice in any spelling, has more than 1024 columns, or has an invalid name. A
// name starts with a letter and has up to 255 letters, digits, hyphens and underscores.
func ParseFormat(s string) (*Format, error) {
	s = unquote(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")))
	s = strings.NewReplacer("}${", "} ${", "}$${", "} $${").Replace(s)
	tokens := strings.FieldsFunc(s, func(c rune) bool {
		return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','
	})
	if len(tokens) > maxColumns {
		return nil, fmt.Errorf("flowlog: %w: %d columns, want at most %d", ErrFormat, len(tokens), maxColumns)
	}
	var unknown []string // quoted
	names := make([]string, len(tokens))
	fields := make([]Field, len(tokens))
	for i, t := range tokens {
		t = cutBraces(unquote(t))
		if !isName(t) {
			return nil, fmt.Errorf("flowlog: %w: column %d, %q, is not a name", ErrFormat, i+1, clip(t))
		}
		names[i] = strings.Clone(t)
		fields[i] = fieldByName(t)
		if fields[i] == 0 && len(unknown) < 8 {
			unknown = append(unknown, quoteUnknown(t))
		}
	}
	f, err := newFormat(names, fields)
	if err != nil {
		return nil, err
	}
	if unknown != nil {
		return f, fmt.Errorf("flowlog: %w %s", ErrUnknownField, strings.Join(unknown, ", "))
	}
	return f, nil
}

// unquote removes quotes around s, unless s contains more quotes of that kind.
func unquote(s string) string {
	if n := len(s); n >= 2 && s[0] == s[n-1] && strings.IndexByte("\"'`", s[0]) >= 0 && strings.Count(s, s[:1]) == 2 {
		return strings.TrimSpace(s[1 : n-1])
	}
	return s
}

// cutBraces returns the name in "${name}", "$${name}" or "${!name}". It returns any
// other text unchanged.
func cutBraces(s string) string {
	name := strings.TrimPrefix(s, "$")
	if !strings.HasPrefix(name, "${") {
		name = s
	}
	if !strings.HasPrefix(name, "${") || !strings.HasSuffix(name, "}") {
		return s
	}
	return strings.TrimPrefix(name[2:len(name)-1], "!")
}

// isName reports whether s is a valid name of a column: a letter, followed by letters,
// digits, hyphens and underscores.
func isName(s string) bool {
	if len(s) == 0 || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return true
}

// quoteUnknown quotes an unknown name for an error, with a suggestion if there is one.
func quoteUnknown(name string) string {
	s := fmt.Sprintf("%q", clip(name))
	if f := suggest(name); f != 0 {
		s += fmt.Sprintf(" (did you mean %s?)", f)
	}
	return s
}

// suggest returns a field whose name differs from s by at most one letter: added,
// removed, replaced or swapped with its neighbor. Letter case, hyphens and underscores
// are ignored. It returns zero if there is no such field, and also if the only
// difference is in trailing digits, because AWS numbers its fields.
func suggest(s string) Field {
	if len(s) > maxQuote {
		return 0
	}
	s = letters(s)
	for f := range Fields() {
		if fieldLetters[f] == s {
			return f
		}
	}
	for f := range Fields() {
		name := fieldLetters[f]
		if near(s, name) && strings.TrimRight(s, "0123456789") != strings.TrimRight(name, "0123456789") {
			return f
		}
	}
	return 0
}

// letters returns s in lower case and without hyphens and underscores.
func letters(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(s), "-", ""), "_", "")
}

// fieldLetters holds the result of letters for the name of each field.
var fieldLetters = func() (t [fieldEnd]string) {
	for f := range Fields() {
		t[f] = letters(f.String())
	}
	return t
}()

// near reports whether a and b differ by one letter or by a swap of two adjacent
// letters.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && (a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	}
	return len(a)+1 == len(b) && a[i:] == b[i+1:]
}
