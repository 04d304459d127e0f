package parquet

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// peakHeap returns the peak size of the heap while f runs, in bytes.
func peakHeap(f func()) uint64 {
	runtime.GC()
	done := make(chan struct{})
	peak := make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	f()
	close(done)
	return <-peak
}

// wideLines returns a log with lines of a megabyte, whose texts do not repeat. end is
// the last value of each line.
func wideLines(n int, end string) io.Reader {
	text := strings.Repeat("a", 1_000_000)
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "srcaddr vpc-id subnet-id\n")
		for i := range n {
			if _, err := fmt.Fprintf(w, "10.0.0.1 vpc-%d-%s %s\n", i, text, end); err != nil {
				return
			}
		}
		_ = w.Close()
	}()
	return r
}

// Memory is bounded if rows are a megabyte wide, and refused rows keep no memory.
func TestMemoryOfWideRows(t *testing.T) {
	for name, tt := range map[string]struct {
		end  string
		bad  int64
		most uint64
	}{
		"good":    {"subnet-1", 0, 400 << 20},
		"refused": {"\xff", 200, 160 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			var stats flowlog.Stats
			var err error
			peak := peakHeap(func() {
				stats, err = Convert(t.Context(), io.Discard, wideLines(200, tt.end), &ConvertOptions{Options: Options{Workers: 2}})
			})
			require.NoError(t, err)
			assert.Equal(t, tt.bad, stats.Bad)
			assert.Equal(t, 200-tt.bad, stats.Records)
			t.Logf("%d MB", peak>>20)
			assert.Less(t, peak, tt.most)
		})
	}
}

// The plan of a row group is not kept for the next if it would write gigabytes: after
// rows that do not repeat, half of the rows have the same long text.
func TestPlanOfLongTexts(t *testing.T) {
	const rows = 1 << 15
	long := strings.Repeat("x", 8000)
	f, err := flowlog.ParseFormat("vpc-id")
	require.NoError(t, err)
	written := &countingWriter{}
	w := NewWriter(written, f, &Options{Compression: Uncompressed, RowGroupRows: rows, Workers: 1})
	peak := peakHeap(func() {
		for i := range 2 * rows {
			text := fmt.Sprint("vpc-", i)
			if i >= rows && i%2 == 0 {
				text = long
			}
			r := flowlog.Record{VPCID: text, Fields: flowlog.FieldSetOf(flowlog.FieldVPCID)}
			require.NoError(t, w.Write(&r))
		}
		require.NoError(t, w.Close())
	})
	t.Logf("%d bytes, %d MB", written.n, peak>>20)
	assert.Less(t, written.n, 3<<20, "not half of the rows times 8,000 bytes, which is 131 MB")
	assert.Less(t, peak, uint64(100<<20))
}

type countingWriter struct{ n int }

func (w *countingWriter) Write(b []byte) (int, error) {
	w.n += len(b)
	return len(b), nil
}
