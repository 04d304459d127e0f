package parquet

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// FuzzWriteRead writes the records of any text in any format, and reads them back.
func FuzzWriteRead(f *testing.F) {
	for _, format := range formats(f) {
		var b []byte
		for _, r := range makeRecords(f, format, 5) {
			b = append(format.Append(b, &r), '\n')
		}
		f.Add(format.Header(), string(b), uint8(0), uint16(0))
	}
	f.Add(flowlog.V2.String(), sample, uint8(Snappy), uint16(2))
	f.Add(flowlog.V2.String(), sample, uint8(4+Gzip), uint16(3))
	f.Add("a srcaddr b", "\x00 ::1%eth0 \xff\n- - -\n", uint8(8+Uncompressed), uint16(1))
	f.Add("a version", "1\x18000\x10 2\n\x7f -\n", uint8(0), uint16(0))
	f.Add("a srcaddr", "1 ::1\n"+strings.Repeat("x", 1025)+" ::2\n3 ::3\n", uint8(8), uint16(2)) // without bounds
	f.Fuzz(func(t *testing.T, header, text string, bits uint8, group uint16) {
		format, _ := flowlog.ParseFormat(header)
		if format == nil || len(text) > 1<<16 {
			return
		}
		opts := &Options{Compression: Compression(bits % 4), Sort: bits&4 != 0, RowGroupRows: int(group), Workers: int(bits >> 3 % 3)}
		if bits&8 != 0 {
			for f := range format.FieldSet().All() {
				if f.Type() == flowlog.TypeString {
					opts.BloomFilters = opts.BloomFilters.With(f)
				}
			}
		}
		var recs []flowlog.Record
		start := 0
		for i := range text {
			if text[i] == '\n' {
				var rec flowlog.Record
				if utf8.ValidString(text[start:i]) && format.Decode(&rec, text[start:i]) == nil {
					recs = append(recs, rec)
				}
				start = i + 1
			}
		}
		data := write(t, format, opts, recs)
		r := open(t, data, nil)
		assert.Equal(t, format.Names(), r.Format().Names())
		want := make(map[string]int)
		for i := range recs {
			want[string(format.Append(nil, &recs[i]))]++
		}
		i := 0
		for rec, err := range r.All() {
			line := format.Append(nil, rec)
			require.NoError(t, err)
			if !opts.Sort {
				require.Equal(t, string(format.Append(nil, &recs[i])), string(line))
			}
			want[string(line)]--
			i++
		}
		require.Len(t, recs, i)
		for line, n := range want {
			require.Zero(t, n, "%q", line)
		}
		checkStatistics(t, openFile(t, data))
	})
}
