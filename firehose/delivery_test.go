package firehose_test

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// TestDelivery sends lines through the SDK, HTTP and a Server that fails, and counts how
// often each line arrived. The environment variable VPCFLOW_FIREHOSE_LINES is the number of
// lines. The package must deliver 10000000.
func TestDelivery(t *testing.T) {
	n, outage := 100_000, 100*time.Millisecond
	if v := os.Getenv("VPCFLOW_FIREHOSE_LINES"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(t, err)
		outage = 3 * time.Second
	}
	refusals := firehosetest.Faults{Seed: 1, RecordRate: 0.1, CallRate: 0.05}
	lost := refusals
	lost.Calls = []firehosetest.Rate{{Share: 0.1, Fault: firehosetest.LostAnswer()}}
	for _, tt := range []struct {
		name       string
		faults     firehosetest.Faults
		opts       firehose.Options
		goroutines int // that use a Producer; 0 is a Batcher
	}{
		{"refusals", refusals, firehose.Options{}, 0},
		{"lost answers", lost, firehose.Options{Concurrency: 4}, 0},
		{"producer, refusals", refusals, firehose.Options{}, 32},
		{"producer, lost answers", lost, firehose.Options{}, 32},
	} {
		t.Run(tt.name, func(t *testing.T) {
			arrived := make([]uint8, n)
			strange := 0
			s, err := firehosetest.Start(&firehosetest.Options{Faults: tt.faults, Streams: []firehosetest.Stream{{Name: "s", OnRecord: func(data []byte) {
				for line := range bytes.Lines(data) {
					if i := lineNumber(line); i < 0 || i >= n {
						strange++
					} else {
						arrived[i]++
					}
				}
			}}}})
			require.NoError(t, err)
			defer s.Close()
			if len(tt.faults.Calls) > 0 {
				s.Script(tt.faults.Calls[0].Fault) // at least one
			}
			tt.opts.CallTimeout = 10 * time.Minute // on a slow machine no call times out
			if outage < time.Second {
				tt.opts.Backoff = func(attempt int) time.Duration { return time.Duration(attempt) * 5 * time.Millisecond }
			}

			start, size, heap := time.Now(), int64(0), uint64(0)
			outageAt := func(i int) {
				if i == n/2 {
					s.SetDown(true)
					time.AfterFunc(outage, func() { s.SetDown(false) })
				}
			}
			var stats func() firehose.Stats
			if tt.goroutines == 0 {
				b := firehose.NewBatcher(s.Client(), "s", &tt.opts)
				stats = b.Stats
				var line []byte
				for i := range n {
					outageAt(i)
					if i%(n/10) == 0 {
						heap = max(heap, liveHeap())
					}
					line = appendLine(line[:0], i)
					size += int64(len(line)) + 1
					if err := b.Add(t.Context(), line); err != nil {
						t.Fatal(err)
					}
				}
				require.NoError(t, b.Flush(t.Context()))
			} else {
				p := firehose.NewProducer(s.Client(), "s", &firehose.ProducerOptions{
					Options: tt.opts, QueueBytes: 8 << 20,
					OnFailed: func(e *firehose.DeliveryError) { t.Error(e) },
				})
				stats = p.Stats
				var next atomic.Int64
				var wg sync.WaitGroup
				for range tt.goroutines {
					wg.Go(func() {
						var line []byte
						for i := int(next.Add(1) - 1); i < n && !t.Failed(); i = int(next.Add(1) - 1) {
							outageAt(i)
							line = appendLine(line[:0], i)
							if err := p.Add(t.Context(), line); err != nil {
								t.Error(err)
							}
						}
					})
				}
				done := make(chan struct{})
				go func() { wg.Wait(); close(done) }()
				for adding := true; adding; {
					select {
					case <-done:
						adding = false
					case <-time.After(outage / 4):
					}
					heap = max(heap, liveHeap())
				}
				require.NoError(t, p.Close(t.Context()))
				size = int64(n) * int64(len(appendLine(nil, 0))+1)
			}
			took := time.Since(start)

			st, served := stats(), s.Stats("s")
			missing, duplicates := 0, int64(0)
			for _, c := range arrived {
				if c == 0 {
					missing++
				} else {
					duplicates += int64(c) - 1
				}
			}
			t.Logf("%d lines, %d MB, in %v: %+v; %d duplicates, %d MB live heap at most", n, size>>20, took.Round(time.Millisecond), st, duplicates, heap>>20)
			assert.Zero(t, missing)
			assert.Zero(t, strange)
			assert.Equal(t, [3]int64{int64(n), size, 0}, [3]int64{st.Lines, st.Bytes, st.Failed})
			assert.Equal(t, served.Calls, st.Calls)
			assert.Equal(t, served.Unanswered, st.Ambiguous)
			assert.Equal(t, served.Records-served.Unanswered, st.Records)
			assert.Equal(t, duplicates, st.AmbiguousLines, "each duplicate is counted")
			assert.Positive(t, st.Retried)
			if len(tt.faults.Calls) == 0 {
				assert.Zero(t, duplicates, "a refusal is never a duplicate")
			} else {
				assert.Positive(t, duplicates)
			}
			// The table of arrivals, and the data of a few calls. Each call in flight
			// takes several times its data in the SDK and in the Server, where calls
			// whose answer was lost may still be running.
			limit := uint64(n) + 64<<20
			if tt.goroutines > 0 {
				limit += firehose.DefaultConcurrency * 24 << 20
			}
			assert.Less(t, heap, limit, "memory does not grow with the lines")
		})
	}
}

// The lines differ only in their numbers, which have twelve digits.
const (
	lineHead = "2 "
	lineTail = " eni-1235b8ca123456789 172.31.16.139 203.0.113.12 20641 443 6 20 4249 1418530010 1418530070 ACCEPT OK"
)

// appendLine appends the ith line, without a newline.
func appendLine(b []byte, i int) []byte {
	b = append(b, lineHead...)
	for n := int64(1e11); n > 0; n /= 10 {
		b = append(b, '0'+byte(int64(i)/n%10))
	}
	return append(b, lineTail...)
}

// lineNumber returns the number of a line that appendLine made, with its newline, or -1 for
// any other line.
func lineNumber(line []byte) int {
	digits, ok := bytes.CutPrefix(line, []byte(lineHead))
	if !ok || len(digits) < 12 || string(digits[12:]) != lineTail+"\n" {
		return -1
	}
	i, err := strconv.Atoi(string(digits[:12]))
	if err != nil {
		return -1
	}
	return i
}

func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
