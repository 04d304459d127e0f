package firehose

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// The defaults of ProducerOptions.
const (
	// DefaultMaxAge is how long a line waits for a call to be filled.
	DefaultMaxAge = time.Second
	// DefaultConcurrency is how many calls a Producer has in flight.
	DefaultConcurrency = 4
	// DefaultQueueBytes is twice the data of DefaultConcurrency calls: those in
	// flight, and those being filled.
	DefaultQueueBytes = 2 * DefaultConcurrency * DefaultBatchBytes
)

// ErrClosed reports a method called on a Producer that is closed. Nothing is added.
var ErrClosed = errors.New("firehose: producer closed")

// ErrPanic is in the Err of a DeliveryError when the client or OnFailed panicked in a
// goroutine of a Producer. After a panic of the client the records may have been accepted:
// see Stats.Ambiguous.
var ErrPanic = errors.New("panic")

// ProducerOptions configure how a Producer packs, waits and sends. The zero value and a
// nil *ProducerOptions are the defaults.
type ProducerOptions struct {
	Options // Concurrency is DefaultConcurrency if zero

	// MaxAge is the longest time that a line waits for a call to be filled. Zero is
	// DefaultMaxAge. While all Concurrency calls are in flight, a line waits longer, until
	// one of them ends.
	MaxAge time.Duration

	// QueueBytes is the most data that a Producer holds: data added, data being sent, and
	// data in the error of an OnFailed that has not returned. While that much is held, Add
	// waits. Zero is DefaultQueueBytes. Data larger than QueueBytes is added when nothing
	// else is held. The buffers take at most twice QueueBytes, plus BatchBytes for
	// each processor. The client needs additional memory for each call in flight.
	QueueBytes int

	// OnFailed, if not nil, is called with the records that could not be delivered, each
	// record once. The goroutines of the Producer call it, up to Concurrency of them at the
	// same time. OnFailed may keep the error. It must not call the Producer: an Add could
	// wait indefinitely for the room that the failed records still take. If OnFailed
	// panics, a method returns the error as if OnFailed were nil.
	//
	// If OnFailed is nil, the next Add, Flush or Close returns the error, once.
	OnFailed func(*DeliveryError)
}

// Validate returns an error that wraps ErrOptions and names the first invalid option. A
// program can call it when it starts. Nil options are valid. NewProducer checks the same.
func (o *ProducerOptions) Validate() error {
	_, err := o.resolve()
	return err
}

// resolve returns a copy of o with the defaults filled in, or an error if an option is
// invalid. It leaves the defaults of Options to newSender.
func (o *ProducerOptions) resolve() (ProducerOptions, error) {
	var r ProducerOptions
	if o != nil {
		r = *o
	}
	orDefault(&r.MaxAge, DefaultMaxAge)
	orDefault(&r.QueueBytes, DefaultQueueBytes)
	orDefault(&r.Concurrency, DefaultConcurrency)
	err := r.Options.Validate()
	switch {
	case err != nil:
	case r.MaxAge < 0:
		err = fmt.Errorf("%w: option MaxAge %v is negative", ErrOptions, r.MaxAge)
	case r.QueueBytes < 0:
		err = fmt.Errorf("%w: option QueueBytes %d is negative", ErrOptions, r.QueueBytes)
	}
	return r, err
}

// Producer takes lines from any number of goroutines, packs them as a Batcher does, and
// sends them in the background. Create one with NewProducer. At the end call Close, which
// sends the lines that are still held. The methods are safe for concurrent use.
//
// A Producer runs a goroutine for each call in flight, at most Options.Concurrency. An idle
// Producer has none, and after Close there are none. A timer sends a batch that does not
// fill up.
//
// Every line added is accepted, or still held, or in exactly one DeliveryError. OnFailed
// gets that error; if OnFailed is nil, a method returns it. Lines of several goroutines are
// in no particular order, and Firehose keeps no order of records.
type Producer struct {
	sender  *sender // nil if the stream or an option is invalid
	invalid error   // the reason
	opts    ProducerOptions

	lanes  []lane
	active atomic.Int32  // how many of lanes are in use, from the first
	turn   atomic.Uint32 // counts the lanes given out by nextLane
	own    sync.Pool     // *lane, the one that a processor used last

	queue queue
}

// NewProducer returns a Producer that sends to the named stream. Nil opts are the
// defaults. If the client is nil, or the stream name or an option is invalid, Add, Flush
// and Close return an error that wraps ErrOptions. The Producer itself retries. It turns
// off the retries of the SDK's client for its calls, because they would not be counted.
func NewProducer(client PutRecordBatchAPIClient, stream string, opts *ProducerOptions) *Producer {
	p := new(Producer)
	if p.opts, p.invalid = opts.resolve(); p.invalid != nil {
		return p
	}
	if p.sender, p.invalid = newSender(client, stream, &p.opts.Options); p.invalid != nil {
		return p
	}
	p.queue.init(p)
	p.active.Store(1)
	p.lanes = make([]lane, runtime.GOMAXPROCS(0))
	for i := range p.lanes {
		p.lanes[i] = lane{p: p, index: i, pack: packer{opts: p.sender.opts, cur: new(batch)}}
	}
	return p
}

// Add copies data, one line or several, and appends the delimiter unless data ends with it.
// Data of several lines is split at delimiters only. Empty data adds nothing. Add waits
// while QueueBytes are held, until ctx is done. It does not wait for calls otherwise.
//
// If the error wraps ErrRecordTooLarge, ErrClosed, ErrOptions, or the error and the cause of
// ctx, nothing of data has been added. If OnFailed is nil, the error may be a *DeliveryError
// with other lines, added earlier; then data has been added.
func (p *Producer) Add(ctx context.Context, data []byte) error {
	if p.sender == nil {
		return p.ready()
	}
	if err := done(ctx); err != nil {
		return fmt.Errorf("firehose: add: %w", err)
	}
	if len(data) == 0 {
		if p.queue.isClosed() {
			return ErrClosed
		}
		return nil
	}
	err := p.lane().add(ctx, data)
	if err == nil && p.queue.owes.Load() {
		err = p.queue.failure()
	}
	return err
}

// AddString is Add for a string.
func (p *Producer) AddString(ctx context.Context, s string) error {
	b, _ := scratch.Get().(*[]byte)
	if b == nil {
		b = new([]byte)
	}
	*b = append((*b)[:0], s...)
	err := p.Add(ctx, *b)
	if cap(*b) <= DefaultRecordBytes {
		scratch.Put(b)
	}
	return err
}

// scratch holds the bytes of AddString.
var scratch sync.Pool

// Flush sends all that was added before and returns when every record of it is accepted
// or given up. Nil means that every record is accepted. A *DeliveryError holds the records
// given up since Flush began; OnFailed, if not nil, has been called with the same records.
// If OnFailed is nil, the error holds the records given up that no method has returned, and
// nil means that every other record is accepted: an Add of another goroutine may have
// returned some that Flush waited for.
// If ctx is done earlier, Flush returns an error that wraps its error and its cause, and the
// Producer continues to send. If Close gives up such records, Flush returns an error that
// wraps ErrClosed.
func (p *Producer) Flush(ctx context.Context) error {
	if err := p.ready(); err != nil {
		return err
	}
	if p.queue.isClosed() {
		return ErrClosed
	}
	return p.queue.flush(ctx, done, p.sendAll)
}

// Close sends all that is held and returns when every record of it is accepted or given
// up. When ctx is done, or its deadline is near (see Options.Reserve), Close cancels the
// calls and gives up the rest. The error is a *DeliveryError with the records that were not
// accepted; OnFailed, if not nil, has been called with the same records.
//
// An Add that waits returns ErrClosed, and so does every later method except Stats.
//
// Afterwards no goroutine of the Producer is left, if the client returns when its context
// is done and OnFailed returns. If one of them does not return, Close returns one second
// after ctx is done, with an error that wraps the error and the cause of ctx. If that is a
// *DeliveryError, it holds the records that were not yet sent; OnFailed is not called with
// them. It is called with the records of the other calls when these return. Without
// OnFailed, the error also holds the records of calls that failed before.
func (p *Producer) Close(ctx context.Context) error {
	if err := p.ready(); err != nil {
		return err
	}
	if !p.queue.close() {
		return ErrClosed
	}
	for i := range p.lanes {
		l := &p.lanes[i]
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
	}
	reserved, cancel := p.sender.withReserve(ctx)
	defer cancel()
	if err := done(reserved); err != nil {
		p.queue.cancel(err) // before anything is sent
	}
	defer context.AfterFunc(reserved, func() { p.queue.cancel(done(reserved)) })()
	// Canceled calls end soon and hand back their records. Close does not wait longer
	// for what does not end, such as an OnFailed that blocks.
	late, giveUp := context.WithCancelCause(context.Background())
	defer giveUp(nil)
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(DefaultReserve, func() { giveUp(done(ctx)) })
	})()
	err := p.queue.flush(late, context.Cause, p.sendAll)
	p.queue.cancel(nil)
	if late.Err() != nil {
		return p.queue.abandon(err, context.Cause(late))
	}
	return err
}

// Stats returns the counts so far. A batch is counted when all of it is accepted or given
// up.
func (p *Producer) Stats() Stats {
	if p.sender == nil {
		return Stats{}
	}
	return p.sender.Stats()
}

// ready returns an error if the Producer cannot send.
func (p *Producer) ready() error {
	if p.sender == nil && p.invalid == nil {
		return fmt.Errorf("%w: use NewProducer", ErrOptions)
	}
	return p.invalid
}

// lane returns a lane and locks it. While one lane is enough for all goroutines, that is
// the first. Otherwise it is the lane that this processor used last, if it is active and
// not locked, or another.
func (p *Producer) lane() *lane {
	if l := &p.lanes[0]; p.active.Load() == 1 && l.mu.TryLock() {
		return l
	}
	l, ok := p.own.Get().(*lane)
	if !ok || l.index >= int(p.active.Load()) {
		l = p.nextLane()
	}
	if !l.mu.TryLock() {
		l = p.otherLane()
	}
	p.own.Put(l)
	return l
}

// otherLane makes one more lane active. It returns the next active lane that is not locked,
// or waits for one, and locks it.
func (p *Producer) otherLane() *lane {
	if n := p.active.Load(); int(n) < len(p.lanes) {
		p.active.CompareAndSwap(n, n+1)
	}
	for range p.active.Load() {
		if l := p.nextLane(); l.mu.TryLock() {
			return l
		}
	}
	l := p.nextLane()
	l.mu.Lock()
	return l
}

// nextLane returns each active lane in turn.
func (p *Producer) nextLane() *lane {
	return &p.lanes[int(p.turn.Add(1)-1)%int(p.active.Load())]
}

// sendAll queues the batches of all lanes.
func (p *Producer) sendAll() {
	for i := range p.lanes {
		l := &p.lanes[i]
		l.mu.Lock()
		l.send()
		l.mu.Unlock()
	}
}
