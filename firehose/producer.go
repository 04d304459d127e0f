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
	// DefaultMaxAge is how long a line waits for others.
	DefaultMaxAge = time.Second
	// DefaultConcurrency is how many calls a Producer has in flight.
	DefaultConcurrency = 4
	// DefaultQueueBytes is twice the data of DefaultConcurrency calls: those in
	// flight, and those being filled.
	DefaultQueueBytes = 2 * DefaultConcurrency * DefaultBatchBytes
)

// ErrClosed reports a Producer that has been closed. Nothing is added.
var ErrClosed = errors.New("firehose: producer closed")

// ErrPanic is the cause of a DeliveryError when a client or an OnFailed panicked in a
// goroutine of a Producer. After a panic of the client the records may have been accepted:
// see Stats.Ambiguous.
var ErrPanic = errors.New("firehose: panic")

// ProducerOptions change how a Producer packs, waits and sends. The zero value, and a
// nil *ProducerOptions, are the defaults.
type ProducerOptions struct {
	Options // Concurrency is DefaultConcurrency if zero

	// MaxAge is the longest time that a line waits for a call to be filled. Zero is
	// DefaultMaxAge. When all Concurrency calls are in flight a line waits longer,
	// for one of them to end.
	MaxAge time.Duration

	// QueueBytes is the most data that a Producer holds: added, being sent, and
	// handed to an OnFailed that has not returned. When it is full, Add waits. Zero is
	// DefaultQueueBytes. A line larger than QueueBytes is taken when the queue is
	// empty. Buffers take at most twice QueueBytes, and BatchBytes for each
	// processor; the client needs memory of its own for each call in flight.
	QueueBytes int

	// OnFailed, if not nil, is called with what could not be delivered, each
	// record once, from a goroutine of the Producer, one call at a time for each
	// call in flight. The error is OnFailed's to keep. OnFailed must not call the
	// Producer: Add may wait for the room that the failed records still take. If it
	// panics, a method returns the error as if OnFailed were nil.
	//
	// If OnFailed is nil, the next Add, Flush or Close returns the error, once.
	OnFailed func(*DeliveryError)
}

// Validate returns an error that wraps ErrOptions and names the first invalid option.
// Nil options are valid. NewProducer makes the same checks.
func (o *ProducerOptions) Validate() error {
	_, err := o.resolve()
	return err
}

// resolve fills in the defaults.
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
// sends them while more are added. Create one with NewProducer. Close it at the end: Close
// sends the lines that are still held.
//
// The Producer runs its own goroutines: one for each call in flight, at most
// Options.Concurrency. A goroutine ends when nothing is left to send, so an idle Producer
// has none, and after Close there are none. A batch that is not full has a timer.
//
// Every line added is accepted, or still held, or in exactly one DeliveryError, which
// OnFailed gets, or a method returns if OnFailed is nil. Lines that several goroutines add
// are in no particular order, and Firehose keeps no order of records.
type Producer struct {
	sender  *sender // nil if nothing can be sent
	invalid error   // why
	opts    ProducerOptions

	lanes  []lane
	active atomic.Int32  // number of lanes in use, the first ones
	turn   atomic.Uint32 // counts the lanes given out by nextLane
	own    sync.Pool     // of *lane: the one that a processor used last

	queue queue
}

// NewProducer returns a Producer that sends to the named stream. Nil opts are the
// defaults. If the client is nil, the stream name is invalid or an option is invalid, each
// method returns an error that wraps ErrOptions. Like a Batcher, the Producer asks the
// SDK's client for a single attempt per call, and retries itself.
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

// Add copies data, and ends it with the delimiter unless it already ends with one. Data
// of several lines is split at delimiters only, and empty data adds nothing. Add waits
// while the queue is full, until ctx is done. Otherwise it does not wait for calls.
//
// If Add returns an error that wraps ErrRecordTooLarge (a line is too long to be sent),
// ErrClosed, ErrOptions or the cause of ctx, it has added nothing of data. Without OnFailed
// the error may also be a *DeliveryError for earlier lines: then data has been added.
func (p *Producer) Add(ctx context.Context, data []byte) error {
	if p.sender == nil {
		return p.ready()
	}
	if ctx.Err() != nil {
		return fmt.Errorf("firehose: add: %w", context.Cause(ctx))
	}
	if len(data) == 0 {
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
// or given up. If ctx is done earlier, Flush returns its cause and the Producer continues to
// send. Nil means that every record is accepted. A *DeliveryError holds the records given up
// since Flush began; OnFailed, if there is one, has been given the same records.
func (p *Producer) Flush(ctx context.Context) error {
	if err := p.ready(); err != nil {
		return err
	}
	if p.queue.isClosed() {
		return ErrClosed
	}
	return p.queue.flush(ctx, p.sendAll)
}

// Close sends all that is held and returns when every record of it is accepted or given
// up. When ctx is done, or its deadline is near (see Options.Reserve), Close cuts off the
// calls and gives up the rest. The error is a *DeliveryError with the records that were not
// accepted; OnFailed, if there is one, has been given the same records.
//
// An Add that waits returns ErrClosed, and so does every later method except Stats. No
// goroutine of the Producer is left, provided that the client returns when its context is
// done and that OnFailed returns. If one of them does not, Close no longer waits one second
// after ctx is done. The error then wraps the cause of ctx; if it is a *DeliveryError, it
// holds the records that were not sent, which OnFailed does not get. The records of calls
// that have not returned are handed to OnFailed when they do.
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
	if reserved.Err() != nil {
		p.queue.cancel(reserved.Err()) // before anything is sent
	}
	defer context.AfterFunc(reserved, func() { p.queue.cancel(reserved.Err()) })()
	// Calls that are cut off end soon, and hand back what they had. What does not
	// end, such as an OnFailed that blocks, is not waited for.
	late, giveUp := context.WithCancelCause(context.Background())
	defer giveUp(nil)
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(DefaultReserve, func() { giveUp(context.Cause(ctx)) })
	})()
	err := p.queue.flush(late, p.sendAll)
	p.queue.cancel(nil)
	if late.Err() != nil {
		return p.queue.abandon(err)
	}
	return err
}

// Stats returns what has been done so far. A batch is counted when it has been accepted
// or given up.
func (p *Producer) Stats() Stats {
	if p.sender == nil {
		return Stats{}
	}
	return p.sender.Stats()
}

// ready reports a Producer that cannot send.
func (p *Producer) ready() error {
	if p.sender == nil && p.invalid == nil {
		return fmt.Errorf("%w: use NewProducer", ErrOptions)
	}
	return p.invalid
}

// lane returns a locked lane: the one that this processor used last, if it is active
// and not locked by another goroutine. If it is, one more lane becomes active, and lane
// returns the next active one that is not locked, or waits for one.
func (p *Producer) lane() *lane {
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

// otherLane is lane for a goroutine that found its lane locked.
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

// nextLane returns the active lanes in turn.
func (p *Producer) nextLane() *lane {
	return &p.lanes[int(p.turn.Add(1)-1)%int(p.active.Load())]
}

// sendAll queues what the lanes hold.
func (p *Producer) sendAll() {
	for i := range p.lanes {
		l := &p.lanes[i]
		l.mu.Lock()
		l.send()
		l.mu.Unlock()
	}
}
