package parquet

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// A TIMESTAMP of any unit is read in whole seconds, also before 1970. A value that is not
// a time is an error.
func TestTimestamps(t *testing.T) {
	when := time.Date(2023, 11, 14, 22, 13, 20, 999_999_999, time.UTC)
	early := time.Date(1969, 12, 31, 23, 59, 59, 1, time.UTC)
	for name, tt := range map[string]struct {
		unit  parquet.TimeUnit
		ticks int64
	}{
		"milliseconds": {parquet.Millisecond, 1e3}, "microseconds": {parquet.Microsecond, 1e6}, "nanoseconds": {parquet.Nanosecond, 1e9},
	} {
		for zone, node := range map[string]parquet.Node{
			"": parquet.Timestamp(tt.unit), ", no zone": parquet.TimestampAdjusted(tt.unit, false),
		} {
			t.Run(name+zone, func(t *testing.T) {
				at := func(w time.Time) int64 { return w.Unix()*tt.ticks + int64(w.Nanosecond())*tt.ticks/1e9 }
				data := foreign(t, []string{"dstport", "start", "seen"}, []parquet.Node{parquet.Int(32), node, node}, [][]any{
					{int32(1), at(when), at(when)}, {int32(2), at(early), at(early)},
				})
				got := lines(t, data, nil)
				assert.True(t, strings.HasPrefix(got[0], "1 1700000000 2023-11-14T22:13:20.999"), got[0])
				assert.Contains(t, got[1], "-1", "before 1970")
			})
		}
	}
	for name, node := range map[string]parquet.Node{"DATE": parquet.Date(), "TIME": parquet.Time(parquet.Millisecond), "DECIMAL": parquet.Decimal(0, 9, parquet.Int32Type)} {
		t.Run(name, func(t *testing.T) {
			data := foreign(t, []string{"srcaddr", "start", "other"}, []parquet.Node{parquet.String(), node, node}, [][]any{{"10.0.0.1", int32(20000), int32(20000)}})
			_, err := readAll(data, nil)
			require.ErrorIs(t, err, ErrUnsupported)
			assert.ErrorContains(t, err, `"start"`)
			_, err = readAll(data, &ReaderOptions{Fields: flowlog.FieldSetOf(flowlog.FieldSrcAddr)})
			require.NoError(t, err, "nobody reads it")
		})
	}
	data := foreign(t, []string{"dstport", "day", "time", "cost"}, []parquet.Node{parquet.Int(32), parquet.Date(), parquet.Time(parquet.Millisecond), parquet.Decimal(2, 9, parquet.Int32Type)},
		[][]any{{int32(1), int32(19675), int32(3_723_004), int32(-150)}})
	assert.Equal(t, []string{"1 2023-11-14 01:02:03.004 -1.5"}, lines(t, data, nil), "columns of unknown name are carried as text")
	data = foreign(t, []string{"dstport", "hash", "id"}, []parquet.Node{parquet.Int(32), parquet.Uint(64), parquet.Uint(32)},
		[][]any{{int32(1), uint64(math.MaxUint64), uint32(math.MaxUint32)}})
	assert.Equal(t, []string{"1 18446744073709551615 4294967295"}, lines(t, data, nil))
}

// Typical files of other tools.
func TestForeignInputs(t *testing.T) {
	for _, tt := range []struct {
		file   string
		fields flowlog.FieldSet
		want   string // of the first row
	}{
		{"timestamp-us", flowlog.FieldSetOf(flowlog.FieldStart, flowlog.FieldEnd), "- - - - - - - - - - - - 1700000000 1700000000"},
		{"extra-space", flowlog.FieldSet{}, "2 123456789010 eni-1235b8ca123456789 10.0.1.5 203.0.113.12 49152 443 6 10 840 ACCEPT OK 1700000000 1700000000 web%20server%201"},
		{"extra-struct", flowlog.FieldSet{}, "2 123456789010 eni-1235b8ca123456789 10.0.1.5 203.0.113.12 49152 443 6 10 840 ACCEPT OK 1700000000 1700000000"},
		{"decimal", flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldDstPort), "- - - 10.0.1.5 - - 443 - - - - - - -"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.file+".parquet"))
			require.NoError(t, err)
			got := lines(t, data, &ReaderOptions{Fields: tt.fields})
			require.NotEmpty(t, got)
			assert.Equal(t, tt.want, got[0])
		})
	}
	data, err := os.ReadFile(filepath.Join("testdata", "decimal.parquet"))
	require.NoError(t, err)
	_, err = readAll(data, nil)
	require.ErrorIs(t, err, ErrUnsupported)
	assert.ErrorContains(t, err, `column "bytes" is a decimal number with 2 digits after the point`)
}

// A row is built once for any number of columns with unknown names, and within
// MaxMemory.
func TestManyUnknownColumns(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "many-unknown-columns.parquet"))
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := open(t, data, nil)
	var rec flowlog.Record
	require.NoError(t, r.Read(&rec))
	runtime.ReadMemStats(&after)
	assert.Greater(t, len(rec.Extra), 100_000_000, "a thousand values of 100 KB")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4*len(rec.Extra)), "the values, and what the row makes of them")
	require.NoError(t, r.Close())
	_, err = readAll(data, &ReaderOptions{MaxMemory: 8 << 20})
	require.ErrorIs(t, err, ErrUnsupported)
}
