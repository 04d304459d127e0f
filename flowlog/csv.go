package flowlog

import "bytes"

// AppendCSV appends the record to b as one line of CSV with the columns of the format,
// without a newline, and returns the extended buffer. An absent field is empty. Values
// are written as in the log, and quoted only where RFC 4180 requires it. The header
// line is strings.Join(f.Columns(), ",").
func (f *Format) AppendCSV(b []byte, r *Record) []byte {
	extra := r.Extra
	for i, field := range f.fields {
		if i > 0 {
			b = append(b, ',')
		}
		start := len(b)
		if field != 0 {
			b = r.AppendValue(b, field)
		} else {
			var value string
			value, extra = cutExtra(extra)
			b = append(b, value...)
		}
		switch value := b[start:]; {
		case string(value) == "-":
			b = b[:start]
		case bytes.ContainsAny(value, ",\"\r\n"):
			quoted := bytes.ReplaceAll(value, []byte{'"'}, []byte{'"', '"'})
			b = append(append(append(b[:start], '"'), quoted...), '"')
		}
	}
	return b
}
