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

// lane is a batch that is being filled. A Producer has a lane for each processor, so
// that processors do not wait for each other. It uses more than one only while
// goroutines add at the same time and batches are full before they are MaxAge old:
// few lines in many lanes would be many small records, each billed as 5 KB.
type lane struct {
	p     *Producer
	index int // in Producer.lanes

	mu     sync.Mutex
	pack   packer
	credit int         // bytes taken from the queue and not yet used
	timer  *time.Timer // of the batch; nil until the first one
	born   time.Time   // when the batch got its first line
	due    bool        // the batch is MaxAge old and waits until a call ends
	closed bool

	_ [64]byte // keeps lanes out of each other's cache lines
}

// add adds data to the lane, which is locked, and unlocks it. Most data fits into the open
// record. The work for it is done here, all of it between locking and unlocking, because a
// processor does not overlap what comes before an atomic instruction with what comes after.
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

// addOutside is add for data that does not fit into the open record, or for which there
// is no credit. With an error it unlocks the lane.
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

// reserve waits until there is room for n bytes. The lane is locked; with an error it
// is unlocked.
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
			return fmt.Errorf("firehose: add: %w", context.Cause(ctx))
		}
	}
}

// place opens a record for data, if the open one has no room, and puts data into it. There
// is credit for data. It reports whether a batch was queued.
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

// put puts data into the open record, which has room for it. It reports whether that
// filled the batch, which is then queued.
func (l *lane) put(data, ending []byte, lines int) (queued bool) {
	l.credit -= len(data) + len(ending)
	if !l.pack.put(data, ending, lines) {
		return false
	}
	l.queue()
	return true
}

// start starts the clock of a batch that gets its first line.
func (l *lane) start() {
	l.born = time.Now()
	if l.timer == nil {
		l.timer = time.AfterFunc(l.p.opts.MaxAge, l.expire)
		return
	}
	l.timer.Reset(l.p.opts.MaxAge)
}

// expire queues a batch that is MaxAge old. If all calls are in flight, the batch can
// grow until one of them ends: see queue.next.
func (l *lane) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pack.cur.records) == 0 {
		return
	}
	if left := l.p.opts.MaxAge - time.Since(l.born); left > 0 {
		l.timer.Reset(left) // the timer is that of an earlier batch
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

// send queues what the lane holds and gives back its credit.
func (l *lane) send() {
	if len(l.pack.cur.records) > 0 {
		l.queue()
	}
	l.p.queue.giveBack(l.credit)
	l.credit = 0
}

// queue queues the batch and starts another. If the batch has much more memory than data,
// a copy is queued, so that the memory of the queue is about that of its data.
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
