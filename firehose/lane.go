package firehose

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// lane fills a batch. A Producer has a lane for each processor, so that processors do not
// wait for each other. It uses more than one only while goroutines add at the same time
// and batches are full before they are MaxAge old. Otherwise few lines in many lanes
// would become many small records, each billed as 5 KB.
type lane struct {
	p     *Producer
	index int // in Producer.lanes

	mu     sync.Mutex
	pack   packer
	credit int         // bytes of room taken from the queue and not yet used
	timer  *time.Timer // calls expire; nil before the first batch
	born   time.Time   // when the batch got its first line
	due    bool        // the batch is MaxAge old and waits for a call to end
	closed bool

	_ [64]byte // keeps lanes out of each other's cache lines
}

// add adds data to the lane, which is locked, and unlocks it. Most data fits into the open
// record. All work for it is done here while the lane is locked: a processor does not
// overlap the work before an atomic instruction with the work after it.
func (l *lane) add(ctx context.Context, data []byte) error {
	lines, ending := l.pack.opts.measure(data)
	n := len(data) + len(ending)
	queued := false
	if l.pack.fits(n, lines) && l.credit >= n && !l.closed {
		queued = l.put(data, ending, lines)
	} else {
		var err error
		if queued, err = l.addOutside(ctx, data, ending, lines); err != nil {
			return err
		}
	}
	l.mu.Unlock()
	if queued {
		// Let a goroutine send the batch. While all processors are busy adding, it
		// would start late, and batches would pile up in ever more memory.
		runtime.Gosched()
	}
	return nil
}

// addOutside is add for data that does not fit into the open record or has no credit. If
// it returns an error, it has unlocked the lane.
func (l *lane) addOutside(ctx context.Context, data, ending []byte, lines int) (queued bool, err error) {
	opts := l.pack.opts
	n := len(data) + len(ending)
	if err := opts.checkData(data, n, lines); err != nil {
		l.mu.Unlock()
		return false, err
	}
	if err := l.reserve(ctx, n); err != nil {
		return false, err
	}
	if opts.whole(n, lines) {
		return l.place(data, ending, lines), nil
	}
	for line := range opts.split(data) {
		lines, ending := opts.measure(line)
		queued = l.place(line, ending, lines) || queued
	}
	return queued, nil
}

// reserve waits until there is credit for n bytes. The lane is locked. If reserve returns
// an error, it has unlocked the lane.
func (l *lane) reserve(ctx context.Context, n int) error {
	for ; ; l.mu.Lock() {
		if l.closed {
			l.mu.Unlock()
			return ErrClosed
		}
		if l.credit >= n {
			return nil
		}
		got, more := l.p.queue.take(n-l.credit, max(n, l.pack.opts.RecordBytes))
		l.credit += got
		if got > 0 {
			return nil
		}
		l.mu.Unlock()
		if more == nil {
			return ErrClosed
		}
		if l.p.queue.idle() {
			l.p.sendAll() // the room is taken by batches of other lanes
		}
		select {
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("firehose: add: %w", done(ctx))
		}
	}
}

// place puts data, for which there is credit, into the open record, or into a new one if
// that has no room. It reports whether it queued a batch.
func (l *lane) place(data, ending []byte, lines int) (queued bool) {
	n := len(data) + len(ending)
	if !l.pack.fits(n, lines) {
		if !l.pack.open(n) {
			l.queue()
			l.pack.open(n)
			queued = true
		}
		if len(l.pack.cur.buf) == 0 {
			l.start()
		}
	}
	return l.put(data, ending, lines) || queued
}

// put puts data into the open record, which has room for it. If the batch is then full,
// put queues it and returns true.
func (l *lane) put(data, ending []byte, lines int) (queued bool) {
	l.credit -= len(data) + len(ending)
	if !l.pack.put(data, ending, lines) {
		return false
	}
	l.queue()
	return true
}

// start records the time of the batch's first line and starts the timer.
func (l *lane) start() {
	l.born = time.Now()
	if l.timer == nil {
		l.timer = time.AfterFunc(l.p.opts.MaxAge, l.expire)
		return
	}
	l.timer.Reset(l.p.opts.MaxAge)
}

// expire queues a batch that is MaxAge old. If all calls are in flight, it leaves the batch
// to grow until one of them ends: see queue.next.
func (l *lane) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pack.cur.records) == 0 {
		return
	}
	if left := l.p.opts.MaxAge - time.Since(l.born); left > 0 {
		l.timer.Reset(left) // the timer was set for an earlier batch
		return
	}
	l.p.active.Store(1) // one lane is enough
	if l.due = l.p.queue.busy(); !l.due {
		l.queue()
	}
}

// sendDue queues a batch that is due.
func (l *lane) sendDue() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.due {
		l.queue()
	}
}

// send queues the batch, unless it is empty, and returns the credit.
func (l *lane) send() {
	if len(l.pack.cur.records) > 0 {
		l.queue()
	}
	l.p.queue.giveBack(l.credit)
	l.credit = 0
}

// queue queues the batch and starts a new one. If the buffer is much larger than its data,
// queue queues a copy and keeps the buffer, so that queued batches take little more memory
// than their data.
func (l *lane) queue() {
	l.due = false
	if l.timer != nil {
		l.timer.Stop()
	}
	l.pack.finish()
	b := l.pack.cur
	if n := len(b.buf); cap(b.buf)-n <= n/4 {
		l.p.queue.put(l.pack.take(l.p.queue.batch()))
		return
	}
	l.p.queue.put(&batch{buf: bytes.Clone(b.buf), records: slices.Clone(b.records)})
	b.reset()
	l.pack.take(b)
}
