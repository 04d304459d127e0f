package flowlog

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoProcessors lets the test use two processors, and checks at its end that no goroutine
// is left.
func twoProcessors(t *testing.T) {
	procs, before := runtime.GOMAXPROCS(2), runtime.NumGoroutine()
	t.Cleanup(func() {
		runtime.GOMAXPROCS(procs)
		assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 5*time.Second, time.Millisecond) // one is of Eventually
	})
}

// TestReadAhead checks that loops that end early, and Read after them, return all records
// in their order, from every kind of source.
func TestReadAhead(t *testing.T) {
	twoProcessors(t)
	d := smallDataSets()[0]
	zipped := zipMembers(d.text)
	path := filepath.Join(t.TempDir(), "log.gz")
	require.NoError(t, os.WriteFile(path, []byte(zipped), 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	pipe := func() io.Reader {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		t.Cleanup(func() { _ = r.Close() })
		go func() {
			_, _ = w.WriteString(zipped)
			_ = w.Close()
		}()
		return r
	}
	r := NewReader(nil, nil)
	for name, tt := range map[string]struct {
		src    io.Reader
		asked  bool
		opened bool
	}{
		"bytes":         {bytes.NewReader([]byte(zipped)), false, true},
		"string":        {strings.NewReader(zipped), false, true},
		"file":          {file, false, true},
		"pipe":          {pipe(), false, false},
		"pipe, asked":   {pipe(), true, true},
		"slow":          {iotest.OneByteReader(strings.NewReader(zipped)), true, true},
		"plain":         {strings.NewReader(d.text), true, false},
		"many members":  {strings.NewReader(zipMembers(d.lines[0]+"\n"+d.lines[1], "\n"+strings.Join(d.lines[2:], "\n"))), false, true},
		"several times": {strings.NewReader(zipMembers(zipped)), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r.ReadAhead = tt.asked
			r.Reset(tt.src, nil)
			i := 0
			check := func(rec *Record, err error) {
				require.NoError(t, err)
				require.Equal(t, d.lines[i], string(V2.Append(nil, rec)), i)
				i++
			}
			opened := false
			for size := 0; i < len(d.lines); size = size*3 + 1 {
				for rec, err := range r.All() {
					check(rec, err)
					if i%(size+1) == 0 {
						break
					}
				}
				opened = opened || r.lines.ahead.opened
				var rec Record
				for range min(size, len(d.lines)-i) {
					err := r.Read(&rec)
					check(&rec, err)
				}
			}
			assert.Equal(t, tt.opened, opened)
			assert.EqualValues(t, len(d.lines), r.Stats().Records)
			assert.EqualValues(t, len(d.lines), r.Stats().Lines)
			for range r.All() {
				t.Fatal("a record after the last one")
			}
		})
	}
}

// TestReadAheadFails checks how a loop ends when its source fails, and when the Reader is
// given to another log.
func TestReadAheadFails(t *testing.T) {
	twoProcessors(t)
	d := smallDataSets()[0]
	zipped := zipMembers(d.text)
	half := zipped[:len(zipped)/2]
	broken := errors.New("broken")
	read := func(src io.Reader) (n int, end error) {
		r := NewReader(src, nil)
		r.ReadAhead = true
		for _, err := range r.All() {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	n, err := read(strings.NewReader(half))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Greater(t, n, len(d.lines)/3)
	m, err := read(io.MultiReader(strings.NewReader(half), iotest.ErrReader(broken)))
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, n, m)
	n = 0
	r := NewReader(nil, nil)
	r.ReadAhead = true
	for range 2 * aheadBlocks { // no block is lost
		n = 0
		r.Reset(io.MultiReader(strings.NewReader(half), readFunc(func([]byte) (int, error) { panic(broken) })), nil)
		assert.PanicsWithValue(t, broken, func() {
			for range r.All() {
				n++
			}
		})
		assert.Greater(t, n, len(d.lines)/3)
	}
	n = 0
	r.Reset(strings.NewReader(zipped), nil)
	for _, err := range r.All() {
		require.NoError(t, err)
		if n++; n == 2000 {
			require.True(t, r.lines.ahead.opened)
			r.Reset(strings.NewReader(zipped), nil)
		}
	}
	assert.Equal(t, 2000+len(d.lines), n)
}

// TestReadAheadNested checks that loops within a loop read the records in their order.
func TestReadAheadNested(t *testing.T) {
	twoProcessors(t)
	d := smallDataSets()[0]
	r := NewReader(strings.NewReader(zipMembers(strings.Repeat(d.text, 5))), nil)
	n := 0
	for rec, err := range r.All() {
		require.NoError(t, err)
		require.Equal(t, d.lines[n%len(d.lines)], string(V2.Append(nil, rec)), n)
		if n++; n%1000 > 0 {
			continue
		}
		for rec, err := range r.All() {
			require.NoError(t, err)
			require.Equal(t, d.lines[n%len(d.lines)], string(V2.Append(nil, rec)), n)
			if n++; n%300 == 0 {
				break
			}
		}
	}
	assert.Equal(t, 5*len(d.lines), n)
}

type readFunc func(b []byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// BenchmarkReadAhead compares a loop over a gzip log with decompressing it alone. It takes
// the best of the rounds of each, because on a busy machine other work slows the rest.
func BenchmarkReadAhead(b *testing.B) {
	d := dataSets()[0]
	zipped := []byte(zipMembers(d.text))
	r := NewReader(nil, nil)
	r.ReuseText = true
	var z gzip.Reader
	buf := make([]byte, 64<<10)
	best := make([]time.Duration, 3)
	for b.Loop() {
		for i, round := range []func() (int64, error){
			func() (int64, error) {
				err := z.Reset(bytes.NewReader(zipped))
				if err != nil {
					return 0, err
				}
				return io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{&z}, buf)
			},
			func() (int64, error) {
				r.Reset(bytes.NewReader(zipped), d.format)
				_, err := readAll(r)
				return r.Stats().Bytes, err
			},
			func() (int64, error) {
				r.Reset(struct{ io.Reader }{bytes.NewReader(zipped)}, d.format)
				_, err := readAll(r)
				return r.Stats().Bytes, err
			},
		} {
			start := time.Now()
			n, err := round()
			if took := time.Since(start); best[i] == 0 || took < best[i] {
				best[i] = took
			}
			if err != nil || n != int64(len(d.text)) {
				b.Fatal(n, err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(d.text))*1e3/float64(best[0]), "gunzip-MB/s")
	b.ReportMetric(float64(best[1])/float64(best[0]), "ahead/gunzip")
	b.ReportMetric(float64(best[2])/float64(best[0]), "alone/gunzip")
}
