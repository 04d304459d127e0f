package flowlog

// append is Append.
func (f *Format) append(b []byte, r *Record) []byte {
	extra := r.Extra
	for i, field := range f.fields {
		if i > 0 {
			b = append(b, ' ')
		}
		if field != 0 {
			b = r.AppendValue(b, field)
			continue
		}
		var value string
		if value, extra = cutExtra(extra); value == "" {
			value = "-"
		}
		b = append(b, value...)
	}
	return b
}

// cutExtra returns the first value of an Extra and the rest.
func cutExtra(s string) (value, rest string) {
	for len(s) > 0 && separator(s[0]) {
		s = s[1:]
	}
	for i := range len(s) {
		if separator(s[i]) {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
