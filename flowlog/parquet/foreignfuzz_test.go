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

// FuzzForeign reads files of another writer, in which start is a number or a TIMESTAMP and
// a column of unknown name stands before, between or after the known ones. Known columns are
// read whatever stands beside them.
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

// FuzzCompressed compresses a log in layers, members and with padding, and expects of Reader
// and of Convert, with one worker and with more, what the log itself gives.
func FuzzCompressed(f *testing.F) {
	for layers := range uint8(4) {
		f.Add(sample, layers, uint16(0), uint16(0))
		f.Add(sample, layers, uint16(100), uint16(511))
	}
	f.Fuzz(func(t *testing.T, text string, layers uint8, cut, padding uint16) {
		if strings.HasPrefix(text, "\x1f\x8b") || len(text) > 1<<16 {
			return
		}
		log := []byte(text)
		for range layers % 4 {
			var b bytes.Buffer
			at := min(int(cut), len(log))
			for _, part := range [][]byte{log[:at], log[at:]} {
				w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
				_, _ = w.Write(part)
				require.NoError(t, w.Close())
			}
			b.Write(make([]byte, padding%1024))
			log = b.Bytes()
		}
		want, wantErr := stats(text)
		got, err := stats(string(log))
		require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
		require.Equal(t, want, got)
		for _, workers := range []int{1, 3} {
			o := &ConvertOptions{Options: Options{Workers: workers}}
			want, wantErr := Convert(t.Context(), io.Discard, strings.NewReader(text), o)
			got, err := Convert(t.Context(), io.Discard, bytes.NewReader(log), o)
			require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
			require.Equal(t, want, got)
		}
	})
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
