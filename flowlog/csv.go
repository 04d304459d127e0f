package flowlog

import "bytes"

// AppendCSV appends the record as a line of CSV with the columns of the format,
// without a line end, and returns the extended buffer. An absent field is empty.
// Values are as AWS writes them, quoted only where CSV needs it (RFC 4180). For
// the header line, join the result of Columns with commas.
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
