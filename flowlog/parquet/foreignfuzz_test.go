package parquet

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// FuzzForeign reads files of another writer. start is a number or a TIMESTAMP, and a column
// of unknown name is before, between or after the known columns. Known columns must be read
// with any values in the unknown column.
func FuzzForeign(f *testing.F) {
	for bits := range uint16(64) {
		f.Add(bits, int64(1_700_000_000), "web server 1", int32(19_675))
	}
	f.Add(uint16(3), int64(-1), "", int32(-1))
	f.Fuzz(func(t *testing.T, bits uint16, second int64, text string, number int32) {
		if second < 0 || second > 4_000_000_000 { // a plain number above may be milliseconds
			return
		}
		start := [][2]any{
			{parquet.Int(64), second},
			{parquet.Timestamp(parquet.Millisecond), second*1e3 + 999},
			{parquet.Timestamp(parquet.Microsecond), second*1e6 + 1},
			{parquet.TimestampAdjusted(parquet.Nanosecond, false), second * 1e9},
		}[bits&3]
		extra := [][2]any{
			{parquet.String(), text},
			{parquet.Date(), number},
			{parquet.Time(parquet.Millisecond), number},
			{parquet.Decimal(2, 9, parquet.Int32Type), number},
			{parquet.Decimal(0, 9, parquet.Int32Type), number},
			{parquet.Group{"c": parquet.String()}, text},
			{parquet.Timestamp(parquet.Microsecond), int64(number) * 1e6},
			{parquet.Repeated(parquet.String()), text},
		}[bits>>2&7]
		names, nodes, values := []string{"dstport", "start"}, []parquet.Node{parquet.Int(32), start[0].(parquet.Node)}, []any{int32(443), start[1]}
		at := int(bits>>5) % 3
		insert := func(i int) {
			names = append(names[:i:i], append([]string{"seen"}, names[i:]...)...)
			nodes = append(nodes[:i:i], append([]parquet.Node{extra[0].(parquet.Node)}, nodes[i:]...)...)
			values = append(values[:i:i], append([]any{extra[1]}, values[i:]...)...)
		}
		insert(at)
		data := foreign(t, names, nodes, [][]any{values})
		r := open(t, data, nil)
		var rec flowlog.Record
		require.NoError(t, r.Read(&rec))
		require.Equal(t, uint16(443), rec.DstPort)
		require.Equal(t, flowlog.Timestamp(second), rec.Start)
		require.Less(t, time.Unix(int64(rec.Start), 0).Year(), 2100)
		want, _ := oneByOne(t, data, nil)
		require.Equal(t, want, []flowlog.Record{rec})
		require.Equal(t, io.EOF, r.Read(&rec))
	})
}

// FuzzCompressed compresses a log in layers of gzip, with several members, padding and other
// data after the last member. Reader and Convert, with one worker and with more, must give the
// same result as for the log itself, or an error where the rules of flowlog.Reader require one.
func FuzzCompressed(f *testing.F) {
	for layers := range uint8(5) {
		f.Add(sample, layers, uint16(0), uint16(0), "")
		f.Add(sample, layers, uint16(100), uint16(511), "")
		f.Add(sample, layers, uint16(100), uint16(3), "data")
	}
	records := flowlog.V2.Header() + "\n" + strings.Repeat(sample, 2)
	f.Add(records, uint8(2), uint16(0), uint16(0), "")   // an object that was compressed twice
	f.Add(records, uint8(1), uint16(0), uint16(512), "") // an object padded to a block size
	f.Add(records, uint8(1), uint16(0), uint16(0), "\x00\x1f")
	f.Fuzz(func(t *testing.T, text string, layers uint8, cut, padding uint16, trailing string) {
		layers %= 5
		other := strings.TrimLeft(trailing, "\x00")
		if strings.HasPrefix(text, "\x1f\x8b") || strings.HasPrefix(other, "\x1f\x8b") || len(text)+len(trailing) > 1<<16 {
			return
		}
		if layers == 0 {
			trailing, other = "", ""
		}
		log := []byte(text)
		for range layers {
			log = compressed(t, log, int(cut), int(padding%1024))
		}
		log = append(log, trailing...)
		fails := other != "" || layers == 4
		want, wantErr := stats(text)
		got, err := stats(string(log))
		switch {
		case layers == 4:
			require.ErrorContains(t, err, "gzip within gzip")
			require.Zero(t, got)
		case fails:
			require.Error(t, err)
			if strings.HasSuffix(text, "\n") { // otherwise the last line may be incomplete
				require.Equal(t, want, got)
			}
		default:
			require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
			require.Equal(t, want, got)
		}
		for _, workers := range []int{1, 3} {
			o := &ConvertOptions{Options: Options{Workers: workers}}
			want, wantErr := Convert(t.Context(), io.Discard, strings.NewReader(text), o)
			got, err := Convert(t.Context(), io.Discard, bytes.NewReader(log), o)
			if fails {
				require.Error(t, err)
				continue
			}
			require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
			require.Equal(t, want, got)
		}
	})
}

// compressed returns data as gzip with zeros after it: one member, or two if cut is an
// offset within data.
func compressed(t *testing.T, data []byte, cut, zeros int) []byte {
	var b bytes.Buffer
	member := func(data []byte) {
		w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	if 0 < cut && cut < len(data) {
		member(data[:cut])
		data = data[cut:]
	}
	member(data)
	b.Write(make([]byte, zeros))
	return b.Bytes()
}

// stats reads a log with a Reader.
func stats(log string) (flowlog.Stats, error) {
	r := flowlog.NewReader(strings.NewReader(log), nil)
	var rec flowlog.Record
	for {
		err := r.Read(&rec)
		if err == io.EOF {
			return r.Stats(), nil
		}
		if _, ok := err.(*flowlog.ParseError); err != nil && !ok {
			return r.Stats(), err
		}
	}
}
