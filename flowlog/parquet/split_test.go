package parquet

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The parts have all rows that were not read before Split, in order.
func TestSplit(t *testing.T) {
	records := makeRecords(t, flowlog.V2, 10_000)
	var file bytes.Buffer
	w := NewWriter(&file, flowlog.V2, &Options{RowGroupRows: 1500, Workers: 1})
	for i := range records {
		require.NoError(t, w.Write(&records[i]))
	}
	require.NoError(t, w.Close())
	opts := &ReaderOptions{}
	for _, read := range []int{0, 1, 700, 1500, 1501, 9999, 10_000} {
		for _, n := range []int{1, 2, 3, 7, 100} {
			r := open(t, file.Bytes(), opts)
			var rec flowlog.Record
			for range read {
				require.NoError(t, r.Read(&rec))
			}
			if read == 10_000 {
				require.Equal(t, io.EOF, r.Read(&rec))
			}
			parts, err := r.Split(n)
			require.NoError(t, err)
			require.LessOrEqual(t, len(parts), n)
			require.NotEmpty(t, parts)
			if read == 0 {
				assert.Len(t, parts, min(n, 7), "as many as there are row groups")
			}
			require.ErrorIs(t, r.Read(&rec), ErrClosed)
			got := make([][]flowlog.Record, len(parts))
			var wg sync.WaitGroup
			for i, part := range parts {
				wg.Go(func() {
					for rec, err := range part.All() {
						assert.NoError(t, err)
						got[i] = append(got[i], *rec)
					}
					assert.NoError(t, part.Close())
				})
			}
			wg.Wait()
			rest := records[read:]
			for _, g := range got {
				require.LessOrEqual(t, len(g), len(rest))
				for i := range g {
					require.Equal(t, string(flowlog.V2.Append(nil, &rest[i])), string(flowlog.V2.Append(nil, &g[i])))
				}
				rest = rest[len(g):]
			}
			require.Empty(t, rest, "%d read, %d parts", read, n)
		}
	}
	r := open(t, file.Bytes(), nil)
	_, err := r.Split(0)
	require.ErrorIs(t, err, ErrOptions)
	require.NoError(t, r.Close())
	_, err = r.Split(2)
	require.ErrorIs(t, err, ErrClosed)
}

// An error of a part has the number of the row in the file.
func TestSplitLines(t *testing.T) {
	values := make([][]any, 100)
	for i := range values {
		values[i] = []any{int32(i)}
	}
	values[70] = []any{int32(70_000)} // not a port number
	data := foreign(t, []string{"dstport"}, []parquet.Node{parquet.Int(32)}, values, parquet.MaxRowsPerRowGroup(10))
	parts, err := open(t, data, nil).Split(4)
	require.NoError(t, err)
	require.Len(t, parts, 4)
	lines := 0
	for _, part := range parts {
		for _, err := range part.All() {
			if pe, ok := err.(*flowlog.ParseError); ok {
				assert.Equal(t, 71, pe.Line)
				lines++
			}
		}
	}
	assert.Equal(t, 1, lines)
}

// A part keeps the filters of the Reader.
func TestSplitWithin(t *testing.T) {
	data := write(t, flowlog.V2, &Options{RowGroupRows: 500}, records(t, sampleText(4000, false), nil))
	opts := &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {netip.MustParsePrefix("10.0.0.0/9")}}}
	var want []flowlog.Record
	for rec, err := range open(t, data, opts).All() {
		require.NoError(t, err)
		want = append(want, *rec)
	}
	require.NotEmpty(t, want)
	for _, n := range []int{3, math.MaxInt} {
		parts, err := open(t, data, opts).Split(n)
		require.NoError(t, err)
		assert.Len(t, parts, min(n, 8))
		var got []flowlog.Record
		for _, part := range parts {
			for rec, err := range part.All() {
				require.NoError(t, err)
				got = append(got, *rec)
			}
			require.NoError(t, part.Close())
		}
		assert.Equal(t, want, got)
	}
}

// brokenAt is a file whose bytes from at on cannot be read.
type brokenAt struct {
	io.ReaderAt
	at     int64
	broken atomic.Bool
}

func (b *brokenAt) ReadAt(p []byte, off int64) (int, error) {
	if b.broken.Load() && off+int64(len(p)) > b.at {
		return 0, errBroken
	}
	return b.ReaderAt.ReadAt(p, off)
}

var errBroken = errors.New("broken")

func TestSplitFileError(t *testing.T) {
	recs := records(t, sampleText(4000, false), nil)
	data := write(t, flowlog.V2, &Options{RowGroupRows: 1000}, recs)
	src := &brokenAt{ReaderAt: bytes.NewReader(data), at: int64(len(data)) / 2}
	r, err := NewReader(src, int64(len(data)), nil)
	require.NoError(t, err)
	parts, err := r.Split(2)
	require.NoError(t, err)
	require.Len(t, parts, 2)
	src.broken.Store(true)
	var rec flowlog.Record
	require.NoError(t, parts[0].Read(&rec))
	assert.Equal(t, recs[0], rec)
	assert.ErrorIs(t, parts[1].Read(&rec), errBroken)
	_, err = parts[1].Split(2)
	assert.ErrorIs(t, err, errBroken, "as Read does")
	assert.ErrorIs(t, parts[1].Read(&rec), errBroken, "not closed")
}
