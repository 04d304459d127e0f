package firehose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow is a client that takes a while to accept a call.
func slow(c *fakeClient, d time.Duration) PutRecordBatchAPIClient {
	return clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		select {
		case <-time.After(d):
			return c.PutRecordBatch(ctx, in)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
}

// refuseAll is a client that never accepts anything.
var refuseAll = clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
	positions := make([]int, len(in.Records))
	for i := range positions {
		positions[i] = i
	}
	return refusing(in, "ServiceUnavailableException", positions...), nil
})

// oneLane returns a Producer with a single lane, so that its packing does not depend on
// processors.
func oneLane(client PutRecordBatchAPIClient, stream string, opts *ProducerOptions) *Producer {
	p := NewProducer(client, stream, opts)
	p.lanes = p.lanes[:min(1, len(p.lanes))]
	return p
}

// Lines that are not added at the same time are packed together, from any goroutine and
// processor. So are lines that are added slowly after many were added at the same time.
func TestProducerPacksTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		p := NewProducer(c, "s", nil)
		add := func() {
			var turn sync.Mutex
			var wg sync.WaitGroup
			for range 500 {
				wg.Go(func() {
					turn.Lock()
					defer turn.Unlock()
					assert.NoError(t, p.AddString(t.Context(), "x"))
				})
			}
			wg.Wait()
			time.Sleep(DefaultMaxAge)
			synctest.Wait()
		}
		add()
		assert.EqualValues(t, 1, p.Stats().Calls)
		p.active.Store(int32(len(p.lanes)))
		add()
		calls := p.Stats().Calls
		add()
		assert.Equal(t, calls+1, p.Stats().Calls)
		require.NoError(t, p.Close(t.Context()))
	})
}

// Goroutines that add at the same time use several lanes.
func TestProducerLanes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	p := NewProducer(&fakeClient{t: t}, "s", nil)
	require.Len(t, p.lanes, 3)
	var held []*lane
	for range 3 {
		held = append(held, p.lane())
		p.own.Put(held[0])
	}
	assert.Subset(t, []*lane{&p.lanes[0], &p.lanes[1], &p.lanes[2]}, held)
	assert.Len(t, map[*lane]bool{held[0]: true, held[1]: true, held[2]: true}, 3)
	for _, l := range held {
		l.mu.Unlock()
	}
	require.NoError(t, p.Close(t.Context()))
}

// A line waits at most MaxAge, and a full batch does not wait.
func TestProducerAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		p := oneLane(c, "s", &ProducerOptions{MaxAge: 3 * time.Second, Options: Options{BatchRecords: 2, RecordLines: 1}})
		require.NoError(t, p.AddString(t.Context(), "a"))
		time.Sleep(2999 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "", c.String())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "a\n||", c.String(), "after MaxAge")

		require.NoError(t, p.AddString(t.Context(), "b"))
		require.NoError(t, p.AddString(t.Context(), "c"))
		require.NoError(t, p.AddString(t.Context(), "d"))
		synctest.Wait()
		assert.Equal(t, "a\n||b\n|c\n||", c.String(), "full")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		assert.Equal(t, "a\n||b\n|c\n||d\n||", c.String(), "the age is that of the first line of the batch")
		require.NoError(t, p.Close(t.Context()))
		assert.EqualValues(t, 4, p.Stats().Lines)
	})
}

// While all calls are in flight, an old batch grows, instead of many small ones waiting.
func TestProducerGrowsWhileBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		p := oneLane(slow(c, 10*time.Second), "s", &ProducerOptions{Options: Options{Concurrency: 1}})
		for i := range 5 {
			require.NoError(t, p.AddString(t.Context(), fmt.Sprint(i)))
			time.Sleep(1500 * time.Millisecond)
		}
		require.NoError(t, p.Close(t.Context()))
		assert.Equal(t, "0\n||1\n2\n3\n4\n||", c.String())
	})
}

// A throttled call delays neither adders nor other calls.
func TestProducerThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		c.answer = func(_ int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			if string(in.Records[0].Data) == "slow\n" && time.Since(epoch) < 30*time.Second {
				return refusing(in, "ServiceUnavailableException", 0), nil
			}
			return accept(in), nil
		}
		p := oneLane(c, "s", &ProducerOptions{Options: Options{
			BatchRecords: 1, RecordLines: 1, Concurrency: 2, MaxAttempts: 100,
			Backoff: func(int) time.Duration { return time.Second },
		}})
		require.NoError(t, p.AddString(t.Context(), "slow"))
		for i := range 1000 {
			require.NoError(t, p.AddString(t.Context(), fmt.Sprint(i)))
		}
		synctest.Wait()
		assert.Zero(t, time.Since(epoch), "no Add has waited")
		assert.EqualValues(t, 1000, p.Stats().Lines)
		require.NoError(t, p.Close(t.Context()))
		assert.Equal(t, 30*time.Second, time.Since(epoch))
		assert.EqualValues(t, 1001, p.Stats().Lines)
		assert.EqualValues(t, 30, p.Stats().Retried)
	})
}

// epoch is the start time of a synctest bubble.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Add waits while the queue is full, until its context is done.
func TestProducerQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		line := strings.Repeat("x", 99)
		p := oneLane(slow(c, 20*time.Second), "s", &ProducerOptions{QueueBytes: 1000})
		for range 10 {
			require.NoError(t, p.AddString(t.Context(), line))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, p.AddString(ctx, line), context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(epoch))
		require.NoError(t, p.AddString(t.Context(), line))
		assert.Equal(t, 20*time.Second, time.Since(epoch), "a full queue is sent immediately")
		require.NoError(t, p.AddString(t.Context(), strings.Repeat("y", 5000)), "more than the queue, when it is empty")
		require.NoError(t, p.Close(t.Context()))
		assert.EqualValues(t, 12, p.Stats().Lines)
	})
}

// An Add that waits for room returns ErrClosed when the Producer is closed, and adds
// nothing.
func TestProducerCloseWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		p := oneLane(slow(c, 20*time.Second), "s", &ProducerOptions{QueueBytes: 4})
		require.NoError(t, p.AddString(t.Context(), "a"))
		require.NoError(t, p.AddString(t.Context(), "b"))
		waited := make(chan error)
		go func() { waited <- p.AddString(t.Context(), "c") }()
		synctest.Wait()
		closed := make(chan error)
		go func() { closed <- p.Close(t.Context()) }()
		assert.Equal(t, ErrClosed, <-waited)
		assert.Equal(t, ErrClosed, p.Close(t.Context()), "a second Close, during the first")
		require.NoError(t, <-closed)
		assert.Equal(t, ErrClosed, p.AddString(t.Context(), "d"))
		assert.Equal(t, ErrClosed, p.Flush(t.Context()))
		assert.Equal(t, "a\nb\n", strings.Join(c.accepted, ""))
	})
}

// Close gives up when its context is done, and hands everything back.
func TestProducerCloseGivesUp(t *testing.T) {
	for name, told := range map[string]bool{"to OnFailed": true, "to the caller": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failed []*DeliveryError
				opts := &ProducerOptions{Options: Options{BatchRecords: 1, RecordLines: 1, Concurrency: 1}}
				if told {
					opts.OnFailed = func(e *DeliveryError) { failed = append(failed, e) }
				}
				p := oneLane(slow(&fakeClient{t: t}, time.Hour), "s", opts)
				for _, s := range []string{"a", "b", "c"} {
					require.NoError(t, p.AddString(t.Context(), s))
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				err := p.Close(ctx)
				assert.Equal(t, 4500*time.Millisecond, time.Since(epoch), "with a tenth of the time left")
				assert.Equal(t, 3, failedOf(t, err).Lines())
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				if told {
					lines := 0
					for _, e := range failed {
						lines += e.Lines()
					}
					assert.Equal(t, 3, lines)
				}
				assert.Equal(t, Stats{Calls: 1, Failed: 3, Ambiguous: 1, AmbiguousLines: 1}, p.Stats())
			})
		})
	}
	t.Run("done before it starts", func(t *testing.T) {
		p := oneLane(&fakeClient{t: t}, "s", nil)
		require.NoError(t, p.AddString(t.Context(), "a"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, p.AddString(ctx, "b"), context.Canceled)
		require.ErrorIs(t, p.Flush(ctx), context.Canceled)
		require.NoError(t, p.Flush(t.Context()))
		require.NoError(t, p.AddString(t.Context(), "c"))
		err := p.Close(ctx)
		assert.Equal(t, "c\n", string(failedOf(t, err).Failed[0].Data))
		assert.Equal(t, Stats{Lines: 1, Records: 1, Calls: 1, Bytes: 2, BilledBytes: 5120, Failed: 1}, p.Stats())
	})
}

// The memory of a Producer is bounded by QueueBytes while the service is down and however
// calls end.
func TestProducerMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const queueBytes = 1 << 20
		c := &fakeClient{t: t}
		calls := 0
		c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			calls++
			if down := time.Since(epoch)%(10*time.Second) < 3*time.Second; down || calls%10 == 0 {
				return nil, errors.New("no connection")
			}
			return accept(in), nil
		}
		p := NewProducer(slow(c, 100*time.Millisecond), "s", &ProducerOptions{
			QueueBytes: queueBytes, Options: Options{BatchBytes: queueBytes / 8, RecordBytes: queueBytes / 64}})
		line := strings.Repeat("x", 999)
		var wg sync.WaitGroup
		for g := range 32 {
			wg.Go(func() {
				for i := range 1000 {
					assert.NoError(t, p.AddString(t.Context(), line))
					if i%100 == g {
						assert.NoError(t, p.Flush(t.Context()))
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		most := 0
		for adding := true; adding; {
			select {
			case <-done:
				adding = false
			case <-time.After(50 * time.Millisecond):
				most = max(most, memory(p))
			}
		}
		require.NoError(t, p.Close(t.Context()))
		assert.EqualValues(t, 32000, p.Stats().Lines)
		assert.Greater(t, most, queueBytes/2)
		assert.LessOrEqual(t, most, 2*queueBytes+len(p.lanes)*queueBytes/8)
		t.Logf("at most %d KB, for a queue of %d KB", most>>10, queueBytes>>10)
	})
}

// memory returns the size of the buffers of p.
func memory(p *Producer) int {
	size := 0
	for i := range p.lanes {
		l := &p.lanes[i]
		l.mu.Lock()
		size += cap(l.pack.cur.buf)
		l.mu.Unlock()
	}
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	for j := range p.queue.open {
		size += cap(j.batch.buf)
	}
	for _, b := range p.queue.free {
		size += cap(b.buf)
	}
	return size
}

// stuckProducer returns a Producer whose client ignores its context and waits for stuck. It
// has the lines, each in a call of its own, one call at a time.
func stuckProducer(t *testing.T, c *fakeClient, stuck <-chan struct{}, lines ...string) *Producer {
	p := oneLane(clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		<-stuck
		return c.PutRecordBatch(ctx, in)
	}), "s", &ProducerOptions{Options: Options{BatchRecords: 1, RecordLines: 1, Concurrency: 1}})
	for _, s := range lines {
		require.NoError(t, p.AddString(t.Context(), s))
	}
	return p
}

// A client that ignores its context does not block Close, which hands back what was not
// sent.
func TestProducerCloseWithStuckClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{t: t}
		stuck := make(chan struct{})
		p := stuckProducer(t, c, stuck, "a", "b", "c")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := p.Close(ctx)
		assert.Equal(t, 6*time.Second, time.Since(epoch))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		e := failedOf(t, err)
		require.Len(t, e.Failed, 2)
		assert.Equal(t, "b\nc\n", string(e.Failed[0].Data)+string(e.Failed[1].Data))
		assert.NotEmpty(t, e.Failed[0].Message)
		close(stuck)
		synctest.Wait()
		st := p.Stats()
		assert.Equal(t, []int64{1, 2}, []int64{st.Lines, st.Failed})
		assert.Equal(t, "a\n", strings.Join(c.accepted, ""))
	})
}

// A Flush that waits returns when Close gives up its lines.
func TestProducerCloseEndsFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		p := stuckProducer(t, &fakeClient{t: t}, stuck, "a", "b")
		flushed := make(chan error)
		go func() { flushed <- p.Flush(context.Background()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		e := failedOf(t, p.Close(ctx))
		require.Len(t, e.Failed, 1)
		assert.Equal(t, "b\n", string(e.Failed[0].Data))
		close(stuck)
		assert.ErrorIs(t, <-flushed, ErrClosed)
	})
}

// A Close that gives up returns what no method has returned before.
func TestProducerCloseReturnsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		defer close(stuck)
		p := oneLane(clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			if string(in.Records[0].Data) == "refused\n" {
				time.Sleep(time.Second)
			} else {
				<-stuck
			}
			return refuseAll(ctx, in)
		}), "s", &ProducerOptions{Options: Options{BatchRecords: 1, RecordLines: 1, Concurrency: 2, MaxAttempts: 1}})
		for _, s := range []string{"a", "refused"} {
			require.NoError(t, p.AddString(t.Context(), s))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := p.Close(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		e := failedOf(t, err)
		require.Len(t, e.Failed, 1)
		assert.Equal(t, "refused\n", string(e.Failed[0].Data))
	})
}

// Without OnFailed each failure is returned once, by the next method.
func TestProducerReturnsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := oneLane(refuseAll, "s", &ProducerOptions{Options: Options{MaxAttempts: 1}})
		require.NoError(t, p.AddString(t.Context(), "a"))
		time.Sleep(2 * time.Second)
		err := p.AddString(t.Context(), "b")
		assert.Equal(t, "a\n", string(failedOf(t, err).Failed[0].Data), "b has been added nevertheless")
		require.NoError(t, p.AddString(t.Context(), "c"))
		err = p.Flush(t.Context())
		assert.Equal(t, "b\nc\n", string(failedOf(t, err).Failed[0].Data))
		require.NoError(t, p.Flush(t.Context()))
		require.NoError(t, p.Close(t.Context()))
		assert.EqualValues(t, 3, p.Stats().Failed)
	})
}

// If a client or an OnFailed panics or calls runtime.Goexit, nothing is lost and the
// Producer continues.
func TestProducerPanics(t *testing.T) {
	for name, tt := range map[string]struct {
		client   func()
		onFailed func()
		why      string
	}{
		"client panics":   {client: func() { panic("boom") }, why: "the client: boom"},
		"client exits":    {client: runtime.Goexit, why: "the client called runtime.Goexit"},
		"OnFailed panics": {onFailed: func() { panic("boom") }, why: "OnFailed: boom"},
		"OnFailed exits":  {onFailed: runtime.Goexit},
		"both panic":      {client: func() { panic("boom") }, onFailed: func() { panic("bang") }, why: "OnFailed: bang"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
				c := &fakeClient{t: t}
				bad := true
				client := clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
					if bad && tt.client != nil {
						tt.client()
					}
					if bad {
						return refuseAll(ctx, in)
					}
					return c.PutRecordBatch(ctx, in)
				})
				opts := &ProducerOptions{Options: Options{MaxAttempts: 1}}
				if tt.onFailed != nil {
					opts.OnFailed = func(*DeliveryError) { tt.onFailed() }
				}
				p := oneLane(client, "s", opts)
				require.NoError(t, p.AddString(t.Context(), "a"))
				err := p.Flush(t.Context())
				assert.Equal(t, "a\n", string(failedOf(t, err).Failed[0].Data))
				if tt.why != "" {
					require.ErrorIs(t, err, ErrPanic)
					assert.ErrorContains(t, err, tt.why)
				}
				bad = false
				require.NoError(t, p.AddString(t.Context(), "b"))
				require.NoError(t, p.Close(t.Context()))
				assert.Equal(t, "b\n", strings.Join(c.accepted, ""))
				st := p.Stats()
				assert.Equal(t, []int64{1, 1, 2}, []int64{st.Lines, st.Failed, st.Calls})
				assert.Equal(t, tt.client != nil, st.AmbiguousLines == 1)
			})
		})
	}
}

// An OnFailed that blocks delays its own call, the adders when the queue is full, and Close
// until one second after its context is done.
func TestProducerOnFailedBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		block := make(chan struct{})
		p := oneLane(refuseAll, "s", &ProducerOptions{
			QueueBytes: 4, Options: Options{MaxAttempts: 1},
			OnFailed: func(*DeliveryError) { <-block },
		})
		require.NoError(t, p.AddString(t.Context(), "a"))
		require.NoError(t, p.AddString(t.Context(), "b"))
		reason := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, reason)
		defer cancel()
		for name, err := range map[string]error{
			"Add that waits": p.AddString(ctx, "c"), // until ctx is done
			"Add":            p.AddString(ctx, "d"),
			"Flush":          p.Flush(ctx),
			"Close":          p.Close(ctx),
		} {
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			require.ErrorIs(t, err, reason, name)
		}
		assert.Equal(t, 61*time.Second, time.Since(epoch))
		close(block)
	})
}

func TestProducerRefuses(t *testing.T) {
	c := &fakeClient{t: t}
	for name, p := range map[string]*Producer{
		"no client":      NewProducer(nil, "s", nil),
		"nil SDK client": NewProducer((*firehose.Client)(nil), "s", nil),
		"no name":        NewProducer(c, "", nil),
		"MaxAge":         NewProducer(c, "s", &ProducerOptions{MaxAge: -1}),
		"QueueBytes":     NewProducer(c, "s", &ProducerOptions{QueueBytes: -1}),
		"Concurrency":    NewProducer(c, "s", &ProducerOptions{Options: Options{Concurrency: -1}}),
		"zero":           {},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, p.AddString(t.Context(), "a"), ErrOptions)
			require.ErrorIs(t, p.Add(t.Context(), nil), ErrOptions)
			require.ErrorIs(t, p.Flush(t.Context()), ErrOptions)
			require.ErrorIs(t, p.Close(t.Context()), ErrOptions)
			assert.Zero(t, p.Stats())
		})
	}
	require.ErrorIs(t, (&ProducerOptions{MaxAge: -1}).Validate(), ErrOptions)
	require.ErrorIs(t, (&Options{BatchRecords: 501}).Validate(), ErrOptions)
	require.NoError(t, (*Options)(nil).Validate())
	require.NoError(t, (*ProducerOptions)(nil).Validate())

	p := oneLane(c, "s", nil)
	require.ErrorIs(t, p.Add(t.Context(), make([]byte, MaxRecordBytes)), ErrRecordTooLarge)
	require.ErrorIs(t, p.AddString(t.Context(), "good\n"+strings.Repeat("x", MaxRecordBytes)), ErrRecordTooLarge)
	require.NoError(t, p.Add(t.Context(), nil))
	require.NoError(t, p.Close(t.Context()))
	assert.Empty(t, c.calls)
}

// All that several goroutines add arrives once, with its delimiters, in records and calls
// within the limits of the options.
func TestProducerPacks(t *testing.T) {
	c := &fakeClient{t: t}
	p := NewProducer(c, "s", &ProducerOptions{QueueBytes: 3000, Options: Options{RecordBytes: 50, BatchBytes: 200, BatchRecords: 3}})
	var added sync.Map
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for i := range 500 {
				var block []byte
				for range 1 + r.IntN(4) {
					line := fmt.Sprintf("%d-%d-%d %s\n", g, i, len(block), strings.Repeat("x", r.IntN(80)))
					added.Store(line, true)
					block = append(block, line...)
				}
				if r.IntN(2) == 0 {
					block = bytes.TrimSuffix(block, []byte("\n"))
				}
				assert.NoError(t, p.Add(t.Context(), block))
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Close(t.Context()))
	lines := int64(0)
	for line := range strings.Lines(strings.Join(c.accepted, "")) {
		_, ok := added.LoadAndDelete(line)
		assert.True(t, ok, line)
		lines++
	}
	added.Range(func(line, _ any) bool { return assert.Fail(t, "lost", line) })
	assert.Equal(t, lines, p.Stats().Lines)
	for _, records := range c.calls {
		size := 0
		for _, r := range records {
			size += len(r)
		}
		assert.LessOrEqual(t, size, 200)
		assert.LessOrEqual(t, len(records), 3)
	}
}

// Flush returns the records that were not delivered, and OnFailed gets them too.
func TestProducerFlush(t *testing.T) {
	var told []byte
	p := oneLane(refuseAll, "s", &ProducerOptions{
		Options:  Options{MaxAttempts: 2, Backoff: atOnce},
		OnFailed: func(e *DeliveryError) { told = append(told, e.Failed[0].Data...) },
	})
	require.NoError(t, p.AddString(t.Context(), "a"))
	err := p.Flush(t.Context())
	assert.Equal(t, "a\n", string(failedOf(t, err).Failed[0].Data))
	assert.Equal(t, "a\n", string(told))
	require.NoError(t, p.Flush(t.Context()), "once")
	require.NoError(t, p.Close(t.Context()))
}

func TestProducerAddDoesNotAllocate(t *testing.T) {
	c := clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		return nil, errors.New("not called")
	})
	p := oneLane(c, "s", &ProducerOptions{MaxAge: time.Hour})
	lines := flowLines(100)
	data := []byte(lines[0])
	require.NoError(t, p.Add(t.Context(), make([]byte, 1<<20-1<<16))) // room for the rest
	allocated := testing.AllocsPerRun(10, func() {
		for i := range 100 {
			if p.Add(context.Background(), data) != nil || p.AddString(context.Background(), lines[i]) != nil {
				t.Fail()
			}
		}
	})
	if !raceEnabled { // with it, sync.Pool drops things at random
		assert.Less(t, allocated, 3.0, "for 200 lines")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Positive(t, failedOf(t, p.Close(ctx)).Lines())
}

// BenchmarkProducer gives the same lines to a Batcher and to Producers with 1, 2 and 32
// goroutines in turn. It compares the best round of each, because on a busy machine other
// work slows the rest.
func BenchmarkProducer(b *testing.B) {
	const chunk, chunks = 500, 200
	lines, data, size := flowLines(10000), [][]byte(nil), int64(0)
	for i := range chunk * chunks {
		data = append(data, []byte(lines[i%len(lines)]))
		size += int64(len(data[i])) + 1
	}
	batcher := NewBatcher(newInstant(), "s", nil)
	best := map[int]time.Duration{} // by number of goroutines, 0 for the Batcher
	round := func(goroutines int, add func(ctx context.Context, data []byte) error) {
		start := time.Now()
		var next atomic.Int64
		var wg sync.WaitGroup
		for range max(1, goroutines) {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < chunks; i = int(next.Add(1)) - 1 {
					for _, d := range data[i*chunk : i*chunk+chunk] {
						if err := add(b.Context(), d); err != nil {
							b.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); best[goroutines] == 0 || took < best[goroutines] {
			best[goroutines] = took
		}
	}
	producers := map[int]*Producer{}
	for _, n := range []int{1, 2, 32} {
		producers[n] = NewProducer(newInstant(), "s", nil)
	}
	for b.Loop() {
		round(0, batcher.Add)
		for n, p := range producers {
			round(n, p.Add)
		}
	}
	for _, p := range producers {
		require.NoError(b, p.Close(b.Context()))
		require.Positive(b, p.Stats().Lines)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size)*1e3/float64(best[0]), "Batcher-MB/s")
	for n := range producers {
		b.ReportMetric(float64(size)*1e3/float64(best[n]), fmt.Sprintf("%d-MB/s", n))
		b.ReportMetric(float64(best[0])/float64(best[n]), fmt.Sprintf("%d/Batcher", n))
	}
	b.ReportMetric(float64(best[1])/float64(best[2]), "2/1")
}

// Errors have the cause of a context, also if it wraps the context's error, and the error
// of Close has it too.
func TestCauses(t *testing.T) {
	for name, cause := range map[string]error{
		"other":   errors.New("shutdown"),
		"wrapped": fmt.Errorf("shutdown: %w", context.Canceled),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(cause)
			once := Options{MaxAttempts: 1}
			p, b := NewProducer(clientFunc(refuseAll), "s", &ProducerOptions{Options: once}), NewBatcher(clientFunc(refuseAll), "s", &once)
			require.NoError(t, p.AddString(t.Context(), "a"))
			require.NoError(t, b.AddString(t.Context(), "a"))
			for _, err := range []error{p.AddString(ctx, "b"), p.Flush(ctx), b.Flush(ctx)} {
				assert.ErrorIs(t, err, cause)
				assert.ErrorIs(t, err, context.Canceled)
			}
			assert.Equal(t, 1, failedOf(t, p.Close(t.Context())).Lines())
			p = NewProducer(clientFunc(refuseAll), "s", nil)
			require.NoError(t, p.AddString(t.Context(), "a"))
			err := p.Close(ctx)
			assert.Equal(t, 1, failedOf(t, err).Lines())
			assert.ErrorIs(t, err, cause)
			assert.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, ErrClosed, p.Add(t.Context(), nil), "also without data")
		})
	}
}
