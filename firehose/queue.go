package firehose

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// queue holds the batches of a Producer that are full and not yet finished. At most
// Concurrency goroutines send them, each one batch at a time.
type queue struct {
	p      *Producer
	ctx    context.Context // the context of all calls
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	closed  bool
	room    int                      // bytes that can be taken; negative after oversized data
	more    chan struct{}            // closed when there is more room
	waiting []*job                   // not yet begun, oldest first
	open    map[*job]bool            // not finished, including those waiting
	flushes map[**DeliveryError]bool // for each Flush, what was given up since it began
	running int                      // number of goroutines that run jobs
	free    []*batch                 // to be reused, the last one first
	failed  *DeliveryError           // to be returned by the next method
	owes    atomic.Bool              // failed is not nil
}

// job is a batch to be sent.
type job struct {
	batch *batch
	size  int            // size of its data in bytes
	err   *DeliveryError // what could not be delivered
	owed  bool           // err has not been handed to OnFailed
	done  chan struct{}  // closed when the job is finished, or given up by abandon
	gone  bool           // abandon gave it up
}

func (q *queue) init(p *Producer) {
	q.p = p
	q.ctx, q.cancel = context.WithCancelCause(context.Background())
	q.room = p.opts.QueueBytes
	q.more = make(chan struct{})
	q.open = map[*job]bool{}
	q.flushes = map[**DeliveryError]bool{}
}

// take takes want bytes of room. If there is less, it takes need bytes or none. If it takes
// none, more is closed when there is more room. On a closed queue more is nil.
func (q *queue) take(need, want int) (got int, more <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return 0, nil
	case q.room >= want:
		got = want
	case q.room >= need || q.room == q.p.opts.QueueBytes:
		got = need
	}
	q.room -= got
	return got, q.more
}

// release gives n bytes of room back. The queue is locked.
func (q *queue) release(n int) {
	if n > 0 {
		q.room += n
		q.wake()
	}
}

// giveBack is release for a queue that is not locked.
func (q *queue) giveBack(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.release(n)
}

// wake wakes the goroutines that wait for room. The queue is locked.
func (q *queue) wake() {
	close(q.more)
	q.more = make(chan struct{})
}

// close closes the queue. It reports whether the queue was open.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.closed
	q.closed = true
	q.wake()
	return !was
}

func (q *queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

// idle reports whether nothing is queued.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.open) == 0
}

// busy reports whether all calls are in flight.
func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running == q.p.sender.opts.Concurrency
}

// batch returns an empty batch.
func (q *queue) batch() *batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.free)
	if n == 0 {
		return new(batch)
	}
	b := q.free[n-1]
	q.free = q.free[:n-1]
	return b
}

// put queues a batch, and starts a goroutine for it if one more may run.
func (q *queue) put(b *batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := &job{batch: b, size: len(b.buf), done: make(chan struct{})}
	q.open[j] = true
	if q.running == q.p.sender.opts.Concurrency {
		q.waiting = append(q.waiting, j)
		return
	}
	q.running++
	go q.run(j)
}

// next is called when a job ends. It starts the oldest job that waits. If there is none,
// the lanes queue the batches that are due.
func (q *queue) next() {
	q.mu.Lock()
	if len(q.waiting) > 0 {
		defer q.mu.Unlock()
		go q.run(q.waiting[0])
		q.waiting[0] = nil
		q.waiting = q.waiting[1:]
		return
	}
	q.running--
	q.mu.Unlock()
	for i := range q.p.lanes {
		q.p.lanes[i].sendDue()
	}
}

// run sends a job and finishes it, even if the client or OnFailed panics or calls
// runtime.Goexit.
func (q *queue) run(j *job) {
	defer q.next()
	defer q.finish(j)
	returned := false
	defer func() {
		if returned {
			return
		}
		cause := fmt.Errorf("%w: the client called runtime.Goexit", ErrPanic)
		if v := recover(); v != nil {
			cause = fmt.Errorf("%w: the client: %v", ErrPanic, v)
		}
		var st Stats
		j.err = q.p.sender.handBack(j.batch, cause, &st)
		q.p.sender.count(&st)
	}()
	j.err = q.p.sender.send(q.ctx, j.batch)
	returned = true
}

// finish passes on the records that a job could not deliver, and removes the job from the
// queue.
func (q *queue) finish(j *job) {
	j.owed = j.err != nil
	defer func() {
		if v := recover(); v != nil {
			j.err.Err = fmt.Errorf("%w: OnFailed: %v: %w", ErrPanic, v, j.err.Err)
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		switch {
		case j.owed:
			q.failed = joinFailed(q.failed, j.err)
			q.owes.Store(true)
		case j.err != nil:
			for told := range q.flushes {
				*told = joinFailed(*told, j.err)
			}
		}
		delete(q.open, j)
		close(j.done)
		j.batch.reset()
		q.release(j.size)
		if (len(q.free)+1)*cap(j.batch.buf) <= q.room {
			q.free = append(q.free, j.batch)
		}
	}()
	if j.owed && q.p.opts.OnFailed != nil {
		q.p.opts.OnFailed(j.err)
		j.owed = false
	}
}

// abandon removes the jobs that wait from the queue. It returns a *DeliveryError with their
// records, those that no method has returned yet, and the cause. It returns err if there
// are none.
func (q *queue) abandon(err, cause error) error {
	q.mu.Lock()
	waiting := q.waiting
	q.waiting = nil
	q.mu.Unlock()
	var st Stats
	var e *DeliveryError
	for _, j := range waiting {
		e = joinFailed(e, q.p.sender.handBack(j.batch, untried(j.batch, cause), &st))
		j.gone = true
		close(j.done)
	}
	q.p.sender.count(&st)
	if failed, ok := q.failure().(*DeliveryError); ok {
		if e == nil {
			e = &DeliveryError{Err: cause}
		}
		e = joinFailed(failed, e)
	}
	if e == nil {
		return err
	}
	return e
}

// failure returns the error that the calling method must return, once.
func (q *queue) failure() error {
	if !q.owes.Load() {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed == nil {
		return nil
	}
	e := q.failed
	q.failed = nil
	q.owes.Store(false)
	return e
}

// flush calls send and waits until all that is then queued is finished. It returns what
// could not be delivered meanwhile, and what no method has returned yet. If ctx is done
// earlier, it returns why(ctx).
func (q *queue) flush(ctx context.Context, why func(context.Context) error, send func()) error {
	var told *DeliveryError // to OnFailed
	q.mu.Lock()
	q.flushes[&told] = true
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.flushes, &told)
	}()
	send()
	q.mu.Lock()
	jobs := slices.Collect(maps.Keys(q.open))
	q.mu.Unlock()
	for _, j := range jobs {
		select {
		case <-j.done:
			if j.gone {
				return fmt.Errorf("firehose: not all sent: %w", ErrClosed)
			}
		case <-ctx.Done():
			return fmt.Errorf("firehose: not all sent: %w", why(ctx))
		}
	}
	err := q.failure()
	q.mu.Lock()
	defer q.mu.Unlock()
	if told != nil {
		err = joinDelivery(told, err)
	}
	return err
}
