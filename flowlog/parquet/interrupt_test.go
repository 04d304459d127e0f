package parquet

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// trap calls f at its nth use. Traps that share n count their uses together.
type trap struct {
	n *atomic.Int64
	f func()
}

func (t trap) spring() {
	if t.n.Add(-1) == 0 {
		t.f()
	}
}

type trapReader struct {
	trap
	r io.Reader
}

func (t trapReader) Read(b []byte) (int, error) {
	t.spring()
	return t.r.Read(b[:min(len(b), 512)])
}

type trapWriter struct {
	trap
	returned *atomic.Bool // Convert has returned
	late     atomic.Int64 // number of writes after that
}

func (t *trapWriter) Write(b []byte) (int, error) {
	if t.returned.Load() {
		t.late.Add(1)
	}
	t.spring()
	return len(b), nil
}

// badLog returns a log with lines that do not parse.
func badLog() string {
	return strings.Repeat("2 123456789010 eni-1 10.0.0.1 10.0.0.2 443 49152 6 1 40 1 2 ACCEPT OK\nnot a record\n", 25)
}

// convertUntil runs Convert, and calls f at the nth use of its source, destination
// or OnBad. It returns the error of Convert and the value of its panic. It checks
// that nothing is written after that, and that no goroutine is left.
func convertUntil(t *testing.T, ctx context.Context, n int64, workers int, f func()) (panicked any, used int64, err error) {
	var left atomic.Int64
	left.Store(n)
	var returned atomic.Bool
	tr := trap{&left, f}
	dst := &trapWriter{trap: tr, returned: &returned}
	before := runtime.NumGoroutine()
	done := make(chan struct{})
	go func() { // Goexit ends it
		defer close(done)
		defer returned.Store(true)
		defer func() { panicked = recover() }()
		_, err = Convert(ctx, dst, trapReader{tr, strings.NewReader(badLog())}, &ConvertOptions{
			Options:       Options{Workers: workers, RowGroupRows: 5},
			AppendOptions: AppendOptions{OnBad: func(*flowlog.ParseError) error { tr.spring(); return nil }},
		})
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		require.Fail(t, "Convert hangs")
	}
	for wait := 0; runtime.NumGoroutine() > before && wait < 200; wait++ {
		time.Sleep(time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before, "a goroutine is left")
	assert.Zero(t, dst.late.Load(), "writes after the end")
	return panicked, n - left.Load(), err
}

// The context of Convert can be cancelled, and its source, destination and OnBad can
// panic or call runtime.Goexit, at each of their uses.
func TestConvertInterrupted(t *testing.T) {
	_, uses, _ := convertUntil(t, t.Context(), 1<<40, 2, nil)
	require.Greater(t, uses, int64(30))
	for _, workers := range []int{1, 3} {
		for n := int64(1); n <= uses; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			_, _, err := convertUntil(t, ctx, n, workers, cancel)
			if err != nil { // the last uses may come too late
				require.ErrorIs(t, err, context.Canceled)
			}
			cancel()

			panicked, _, _ := convertUntil(t, t.Context(), n, workers, func() { panic(errors.ErrUnsupported) })
			require.Equal(t, errors.ErrUnsupported, panicked)

			panicked, _, err = convertUntil(t, t.Context(), n, workers, runtime.Goexit)
			require.NoError(t, err)
			require.Nil(t, panicked)
		}
	}
}

// After a panic of the underlying writer, a deferred Close writes nothing and does not
// panic.
func TestWriterPanics(t *testing.T) {
	rec, err := flowlog.Parse(strings.SplitN(sample, "\n", 2)[0])
	require.NoError(t, err)
	for _, workers := range []int{1, 2} {
		for n := 1; ; n++ {
			writes := 0
			w := NewWriter(writerFunc(func(b []byte) (int, error) {
				if writes++; writes == n {
					panic("write")
				}
				return len(b), nil
			}), nil, &Options{Workers: workers, RowGroupRows: 2})
			panicked := func() (panicked any) {
				defer func() { panicked = recover() }()
				for range 5 {
					require.NoError(t, w.Write(&rec))
				}
				require.NoError(t, w.Close())
				return nil
			}()
			if panicked == nil {
				require.Greater(t, n, 10)
				break
			}
			require.Equal(t, "write", panicked)
			require.NoError(t, w.Close())
			require.ErrorIs(t, w.Write(&rec), ErrClosed)
			require.Equal(t, n, writes)
		}
	}
}
