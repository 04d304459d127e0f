package firehose

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Batcher packs lines into records and records into calls of PutRecordBatch,
// and accounts for every line. Create one with NewBatcher.
//
// Like a bufio.Writer, a Batcher is for one goroutine at a time. Only Stats may be
// called at any time from any goroutine. A Batcher sends and waits only inside Add and
// Flush. It leaves no goroutine running and needs no Close. It holds at most
// Options.BatchBytes for each of Options.Concurrency calls.
//
// In a handler, such as that of a Lambda function, make a new Batcher for each
// invocation, add the lines, call Flush at the end, and return the first error. Do not
// share a Batcher between invocations: after an error it still holds lines of the failed
// invocation (see DeliveryError.Held), and would send them in addition to those of the
// retry. For many goroutines use a Producer.
type Batcher struct {
	sender  *sender // nil if nothing can be sent
	invalid error   // why

	pack    packer
	full    []*batch // full and not yet sent, fewer than Concurrency
	free    []*batch // to be reused
	scratch []byte   // the bytes of AddString

	failed *DeliveryError // to be returned by the method that runs, or the next one after a panic
}

// NewBatcher returns a Batcher that sends to the named stream. Nil opts are the
// defaults. If the client is nil, or the stream name or an option is invalid, Add and
// Flush return an error that wraps ErrOptions. Options.Validate reports an invalid option
// earlier.
//
// The Batcher itself retries. It turns off the retries of the SDK's client for its
// calls, because they would not be counted.
func NewBatcher(client PutRecordBatchAPIClient, stream string, opts *Options) *Batcher {
	s, err := newSender(client, stream, opts)
	if err != nil {
		return &Batcher{invalid: err}
	}
	return &Batcher{sender: s, pack: packer{opts: s.opts, cur: new(batch)}}
}

// Add copies data, one line or several, into the current record. It appends the
// delimiter unless data ends with it, and sends when a limit is reached. Each delimiter
// within data ends a line. Empty data adds nothing.
//
// Data that does not fit into one record is split, at delimiters only. A line longer than
// Options.RecordBytes becomes a record of its own. If a line of data is too long to be
// sent, Add returns an error that wraps ErrRecordTooLarge and adds nothing of data. Lines
// added earlier are not affected.
//
// Any other error, except ErrOptions, is a *DeliveryError. Then data has been added, and
// each line that is not in DeliveryError.Failed is accepted, or held for the next Add or
// Flush. Add uses ctx only when it sends.
func (b *Batcher) Add(ctx context.Context, data []byte) error {
	if err := b.ready(); err != nil {
		return err
	}
	if len(data) == 0 {
		return nil
	}
	if err := b.add(ctx, data); err != nil {
		return err
	}
	return b.failure()
}

// add is Add without the result of what it sends.
func (b *Batcher) add(ctx context.Context, data []byte) error {
	lines, ending := b.pack.opts.measure(data)
	if n := len(data) + len(ending); !b.pack.fits(n, lines) {
		return b.addOutside(ctx, data, ending, lines)
	}
	b.put(ctx, data, ending, lines)
	return nil
}

// AddString is Add for a string.
func (b *Batcher) AddString(ctx context.Context, s string) error {
	b.scratch = append(b.scratch[:0], s...)
	err := b.Add(ctx, b.scratch)
	if cap(b.scratch) > MaxRecordBytes {
		b.scratch = nil
	}
	return err
}

// Flush sends all that is held and returns when every record is accepted or given up.
// Nil means that every line added is accepted, except those that earlier errors handed
// back. Otherwise the error is ErrOptions or a *DeliveryError with the records that this
// Flush could not deliver. After Flush nothing is held.
func (b *Batcher) Flush(ctx context.Context) error {
	if err := b.ready(); err != nil {
		return err
	}
	if len(b.pack.cur.records) > 0 {
		b.next()
	}
	b.sendAll(ctx)
	return b.failure()
}

// Stats returns the counts so far. A batch is counted when all of it is accepted or given
// up. Stats may be called at any time from any goroutine.
func (b *Batcher) Stats() Stats {
	if b.sender == nil {
		return Stats{}
	}
	return b.sender.Stats()
}

// Buffered returns the number of lines held and their size in bytes, with delimiters.
func (b *Batcher) Buffered() (lines, size int) {
	if b.ready() != nil {
		return 0, 0
	}
	b.pack.finish()
	for _, q := range append(b.full[:len(b.full):len(b.full)], b.pack.cur) {
		l, n := q.held()
		lines, size = lines+l, size+n
	}
	return lines, size
}

// ready returns an error if the Batcher cannot send.
func (b *Batcher) ready() error {
	if b.sender == nil && b.invalid == nil {
		return fmt.Errorf("%w: use NewBatcher", ErrOptions)
	}
	return b.invalid
}

// failure returns what could not be delivered and has not been returned, or nil.
func (b *Batcher) failure() error {
	e := b.failed
	if e == nil {
		return nil
	}
	b.failed = nil
	e.Held, _ = b.Buffered()
	return e
}

// addOutside adds data that does not fit into the open record.
func (b *Batcher) addOutside(ctx context.Context, data, ending []byte, lines int) error {
	n := len(data) + len(ending)
	if !b.pack.opts.whole(n, lines) {
		return b.addLines(ctx, data)
	}
	if err := b.pack.opts.checkLine(n, 1); lines == 1 && err != nil {
		return err
	}
	if !b.pack.open(n) {
		b.next()
		if len(b.full) >= b.pack.opts.Concurrency {
			b.sendAll(ctx)
		}
		b.pack.open(n)
	}
	b.put(ctx, data, ending, lines)
	return nil
}

// addLines adds data of several lines line by line. If a line is too long it adds
// nothing.
func (b *Batcher) addLines(ctx context.Context, data []byte) error {
	if err := b.pack.opts.checkLines(data); err != nil {
		return err
	}
	for line := range b.pack.opts.split(data) {
		_ = b.add(ctx, line) // checkLines has checked it
	}
	return nil
}

// put adds data to the open record, which has room for it, and sends the batch if it is
// full.
func (b *Batcher) put(ctx context.Context, data, ending []byte, lines int) {
	if !b.pack.put(data, ending, lines) {
		return
	}
	b.next()
	if len(b.full) >= b.pack.opts.Concurrency {
		b.sendAll(ctx)
	}
}

// next moves the current batch to full and starts a new one. If full then has
// Concurrency batches, next does not start one: the caller calls sendAll, which does.
func (b *Batcher) next() {
	b.full = append(b.full, b.pack.take(nil))
	if len(b.full) < b.pack.opts.Concurrency {
		b.pack.cur = b.take()
	}
}

// take returns an empty batch. It reuses an earlier one if possible.
func (b *Batcher) take() *batch {
	n := len(b.free)
	if n == 0 {
		return new(batch)
	}
	q := b.free[n-1]
	b.free = b.free[:n-1]
	return q
}

// sendAll sends the full batches concurrently and waits for all of them. If the client
// panics or calls runtime.Goexit, so does sendAll, and unfinished batches are still held.
func (b *Batcher) sendAll(ctx context.Context) {
	if len(b.full) == 0 {
		return
	}
	ctx, cancel := b.sender.withReserve(ctx)
	defer cancel()

	sent := make([]sending, len(b.full))
	defer func() {
		kept := b.full[:0]
		for i, q := range b.full {
			if !sent[i].done {
				kept = append(kept, q)
				continue
			}
			q.reset()
			b.free = append(b.free, q)
		}
		b.full = kept
		if b.pack.cur == nil {
			b.pack.cur = b.take()
		}
	}()
	if len(b.full) == 1 {
		sent[0].run(ctx, b.sender, b.full[0])
	} else {
		var wg sync.WaitGroup
		for i, q := range b.full {
			wg.Go(func() {
				defer func() { sent[i].panicked = recover() }()
				sent[i].run(ctx, b.sender, q)
			})
		}
		wg.Wait()
	}
	for i := range sent {
		b.failed = joinFailed(b.failed, sent[i].err)
	}
	for i := range sent {
		switch r := &sent[i]; {
		case r.panicked != nil:
			panic(r.panicked)
		case !r.done:
			runtime.Goexit()
		}
	}
}

// sending is the result of sending a batch.
type sending struct {
	done     bool           // the client returned from each call
	err      *DeliveryError // records that were not accepted
	panicked any            // value of a panic of the client
}

func (r *sending) run(ctx context.Context, s *sender, q *batch) {
	r.err = s.send(ctx, q)
	r.done = true
}

// joinDelivery joins two errors, each of which is nil or a *DeliveryError.
func joinDelivery(a, b error) error {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	x, y := a.(*DeliveryError), b.(*DeliveryError)
	joined := &DeliveryError{Stream: x.Stream, Failed: append(x.Failed, y.Failed...), Err: x.Err}
	if x.Err.Error() != y.Err.Error() {
		joined.Err = fmt.Errorf("%w; %w", x.Err, y.Err)
	}
	return joined
}

// joinFailed is joinDelivery for the concrete type.
func joinFailed(a, b *DeliveryError) *DeliveryError {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return joinDelivery(a, b).(*DeliveryError)
}
