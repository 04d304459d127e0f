package parquet

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// formats are the formats of the tests.
func formats(tb testing.TB) map[string]*flowlog.Format {
	m := map[string]*flowlog.Format{"v2": flowlog.V2, "transit gateway": flowlog.TransitGateway}
	for _, version := range []int{5, 11} {
		f, err := flowlog.FormatOf(version)
		require.NoError(tb, err)
		m[fmt.Sprintf("v%d", version)] = f
	}
	f, err := flowlog.ParseFormat("new-field srcaddr end start other_field dstport srcaddr-2")
	require.ErrorIs(tb, err, flowlog.ErrUnknownField)
	m["unknown"] = f
	f, err = flowlog.NewFormat(flowlog.FieldDstPort)
	require.NoError(tb, err)
	m["one column"] = f
	return m
}

// makeRecords returns records of a format. A fifth of the values is absent, and many
// are zero or repeated.
func makeRecords(tb testing.TB, f *flowlog.Format, n int) []flowlog.Record {
	rnd := rand.New(rand.NewPCG(7, uint64(n)))
	s := make([]flowlog.Record, n)
	for i := range s {
		var extra []byte
		for _, field := range f.Fields() {
			if field == 0 {
				if len(extra) > 0 {
					extra = append(extra, ' ')
				}
				extra = append(extra, []string{"-", "a", "0", "é", fmt.Sprint(rnd.Uint64())}[rnd.IntN(5)]...)
				continue
			}
			if rnd.IntN(5) == 0 {
				continue
			}
			var err error
			switch field.Kind() {
			case flowlog.KindText:
				text := fmt.Sprintf("%s-%d", field, rnd.IntN(20))
				if field == flowlog.FieldAccountID || field == flowlog.FieldResourceType {
					text = "unknown"
				}
				if rnd.IntN(10) == 0 {
					text += fmt.Sprint(rnd.Uint64())
				}
				err = s[i].Set(field, text)
			case flowlog.KindAddr:
				a := netip.AddrFrom4([4]byte{10, 0, byte(rnd.Uint32()), 1})
				if rnd.IntN(4) == 0 {
					var b [16]byte
					b[0], b[15] = 0x20, byte(rnd.Uint32())
					a = netip.AddrFrom16(b)
				}
				err = s[i].Set(field, a.String())
			case flowlog.KindTime:
				err = s[i].SetInt(field, 1700000000+rnd.Int64N(100))
			case flowlog.KindCount:
				err = s[i].SetInt(field, rnd.Int64N(1<<(1+rnd.IntN(62))))
			case flowlog.KindPort:
				err = s[i].SetInt(field, rnd.Int64N(1<<16)*rnd.Int64N(2))
			case flowlog.KindCode:
				err = s[i].SetInt(field, rnd.Int64N(10)-1)
			default:
				err = s[i].SetInt(field, rnd.Int64N(100))
			}
			require.NoError(tb, err)
		}
		s[i].Extra = string(extra)
	}
	return s
}

// write returns a file with the records.
func write(tb testing.TB, f *flowlog.Format, opts *Options, records []flowlog.Record) []byte {
	var b bytes.Buffer
	w := NewWriter(&b, f, opts)
	for i := range records {
		require.NoError(tb, w.Write(&records[i]))
	}
	require.NoError(tb, w.Close())
	require.EqualValues(tb, b.Len(), w.Written())
	return b.Bytes()
}

func open(tb testing.TB, data []byte, opts *ReaderOptions) *Reader {
	r, err := NewReader(bytes.NewReader(data), int64(len(data)), opts)
	require.NoError(tb, err)
	return r
}

// read returns the records of a file.
func read(tb testing.TB, data []byte, opts *ReaderOptions) []flowlog.Record {
	var s []flowlog.Record
	for r, err := range open(tb, data, opts).All() {
		require.NoError(tb, err)
		s = append(s, *r)
	}
	return s
}

// openFile opens a file with parquet-go, which also reads its page index and bloom
// filters.
func openFile(tb testing.TB, data []byte) *parquet.File {
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(tb, err)
	return f
}

// rows returns the rows of a file, read with parquet-go. Each value is null or its
// text.
func rows(tb testing.TB, f *parquet.File) [][]string {
	var s [][]string
	for _, g := range f.RowGroups() {
		r := g.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := r.ReadRows(buf)
			for _, row := range buf[:n] {
				var line []string
				for _, v := range row {
					line = append(line, v.String())
				}
				s = append(s, line)
			}
			if err == io.EOF {
				break
			}
			require.NoError(tb, err)
		}
		require.NoError(tb, r.Close())
	}
	return s
}
