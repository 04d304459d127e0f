package firehose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
)

// Batcher packs lines into records and records into calls of PutRecordBatch,
// and accounts for every line. Create one with NewBatcher.
//
// A Batcher is used by one goroutine at a time, like a bufio.Writer; only
// Stats may be called at any time from any goroutine. It has no goroutine of
// its own: all that it sends is sent, and all that it waits for is waited for,
// inside Add and Flush. It needs no Close. Its memory grows with use to at most
// Options.BatchBytes for each call that may be in flight, and is used again.
type Batcher struct {
	client  PutRecordBatchAPIClient
	stream  string
	opts    Options
	invalid error // why nothing can be sent; nil if it can

	cur      *batch   // the batch being filled
	room     int      // bytes left in its last record, 0 if that is closed
	lineRoom int      // lines left in it
	full     []*batch // filled and not yet sent, fewer than Concurrency
	free     []*batch // sent
	scratch  []byte   // the bytes of AddString

	mu    sync.Mutex
	stats Stats
}

// NewBatcher returns a Batcher that sends to the named stream. A nil opts is
// the default Options. If the client is nil, the name is not a stream's name
// or an option is impossible, each call of the Batcher returns an error that
// wraps ErrOptions, a Flush with nothing to send included.
//
// The Batcher does the retrying: it asks the SDK's client for a single attempt
// per call, whatever the client's own settings, because only then is each
// resend counted.
func NewBatcher(client PutRecordBatchAPIClient, stream string, opts *Options) *Batcher {
	b := &Batcher{client: client, stream: stream}
	err := checkStream(stream)
	if c, ok := client.(*firehose.Client); client == nil || ok && c == nil {
		err = errors.New("no client")
	}
	if err == nil {
		b.opts, err = opts.resolve()
	}
	if err != nil {
		b.invalid = fmt.Errorf("%w: %w", ErrOptions, err)
		return b
	}
	if b.opts.RecordLines == 0 {
		b.opts.RecordLines = math.MaxInt
	}
	b.cur = new(batch)
	return b
}

// Add copies data into the current record, ends it with the delimiter unless
// it already ends with one, and sends when a limit is reached. Delimiters
// within data are left as they are and each counts a line; empty data adds
// nothing.
//
// Data goes into one record as a whole if it fits into one; otherwise it is
// divided, at delimiters only. A line longer than Options.RecordBytes becomes
// a record of its own. If data has a line that cannot be sent at all, Add
// returns an error that wraps ErrRecordTooLarge, adds nothing of data, and
// nothing else is affected.
//
// Any other error but ErrOptions is a *DeliveryError: data has been taken, and
// what is not in DeliveryError.Failed is accepted or still held for the next
// Add or Flush. The context matters only if Add sends.
func (b *Batcher) Add(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return b.ready()
	}
	delimiter := b.opts.Delimiter
	lines := 1
	if len(delimiter) > 0 {
		lines = bytes.Count(data, delimiter)
		if bytes.HasSuffix(data, delimiter) {
			delimiter = nil
		} else {
			lines++
		}
	}
	if n := len(data) + len(delimiter); n > b.room || lines > b.lineRoom {
		return b.addOutside(ctx, data, delimiter, lines)
	}
	return b.append(ctx, data, delimiter, lines)
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

// Flush sends all that is held and returns when every record of it is accepted
// or given up. Nil means that all that was added is accepted, but for what
// earlier calls have handed back; otherwise the error is a *DeliveryError with
// what this one could not deliver. Either way nothing is held any more.
func (b *Batcher) Flush(ctx context.Context) error {
	if err := b.ready(); err != nil {
		return err
	}
	if len(b.cur.records) > 0 {
		b.next()
	}
	return b.deliver(ctx)
}

// Stats returns what has been done so far. It may be called at any time from
// any goroutine; a batch is counted when it has been accepted or given up.
func (b *Batcher) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stats
}

// Buffered returns the number of lines and bytes that are held and not yet
// sent. A record that is being sent is neither held nor counted by Stats.
func (b *Batcher) Buffered() (lines, size int) {
	if b.ready() != nil {
		return 0, 0
	}
	for _, q := range append(b.full[:len(b.full):len(b.full)], b.cur) {
		size += len(q.buf)
		for i := range q.records {
			lines += q.records[i].lines
		}
	}
	return lines, size
}

// ready reports a Batcher that cannot send.
func (b *Batcher) ready() error {
	if b.cur == nil && b.invalid == nil {
		return fmt.Errorf("%w: use NewBatcher", ErrOptions)
	}
	return b.invalid
}

// addOutside adds data that does not fit into the open record.
func (b *Batcher) addOutside(ctx context.Context, data, delimiter []byte, lines int) error {
	if err := b.ready(); err != nil {
		return err
	}
	n := len(data) + len(delimiter)
	if n <= b.opts.RecordBytes && lines <= b.opts.RecordLines {
		return b.addRecord(ctx, data, delimiter, lines)
	}
	if lines == 1 {
		if limit := b.opts.lineLimit(); n > limit {
			return fmt.Errorf("%w: a line of %d bytes with its delimiter, the limit is %d", ErrRecordTooLarge, n, limit)
		}
		return b.addRecord(ctx, data, delimiter, lines)
	}
	return b.addLines(ctx, data)
}

// addRecord adds data to a new record, in the next batch if this one is full.
func (b *Batcher) addRecord(ctx context.Context, data, delimiter []byte, lines int) error {
	n := len(data) + len(delimiter)
	var err error
	rest := b.opts.BatchBytes - len(b.cur.buf)
	if len(b.cur.records) == b.opts.BatchRecords || n > rest || rest < b.opts.BatchBytes && rest < min(BillingBytes, b.opts.RecordBytes) {
		b.next()
		if len(b.full) == b.opts.Concurrency {
			err = b.deliver(ctx)
		}
		rest = b.opts.BatchBytes
	}
	size := b.opts.RecordBytes
	if rest < size {
		// The last record of a call takes whole billing steps: the bytes
		// that are left fill the first step of the next call instead of
		// costing one of their own here.
		size = rest
		if size >= BillingBytes {
			size -= size % BillingBytes
		}
	}
	size = max(size, n)
	b.cur.open(size, b.opts.BatchBytes)
	b.room, b.lineRoom = size, b.opts.RecordLines
	return joinDelivery(err, b.append(ctx, data, delimiter, lines))
}

// append adds data to the open record, which has room for it, and sends if
// that fills the batch to the last byte.
func (b *Batcher) append(ctx context.Context, data, delimiter []byte, lines int) error {
	b.cur.append(data, delimiter, lines)
	b.room -= len(data) + len(delimiter)
	b.lineRoom -= lines
	if b.room > 0 && b.lineRoom > 0 {
		return nil
	}
	if len(b.cur.buf) < b.opts.BatchBytes && len(b.cur.records) < b.opts.BatchRecords {
		return nil
	}
	b.next()
	if len(b.full) < b.opts.Concurrency {
		return nil
	}
	return b.deliver(ctx)
}

// addLines adds data of several lines that do not fit into one record, line by
// line, or nothing of it if one line is too long.
func (b *Batcher) addLines(ctx context.Context, data []byte) error {
	limit := b.opts.lineLimit()
	number := 0
	for line := range splitAfter(data, b.opts.Delimiter) {
		number++
		n := len(line)
		if !bytes.HasSuffix(line, b.opts.Delimiter) {
			n += len(b.opts.Delimiter)
		}
		if n > limit {
			return fmt.Errorf("%w: line %d of %d bytes with its delimiter, the limit is %d", ErrRecordTooLarge, number, n, limit)
		}
	}
	var err error
	for line := range splitAfter(data, b.opts.Delimiter) {
		err = joinDelivery(err, b.Add(ctx, line))
	}
	return err
}

// splitAfter yields the lines of data with their delimiters.
func splitAfter(data, delimiter []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := len(data)
			if i := bytes.Index(data, delimiter); i >= 0 {
				n = i + len(delimiter)
			}
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// next sets the current batch aside and starts another, unless there are as
// many as may be in flight: then deliver follows, and starts it.
func (b *Batcher) next() {
	b.full = append(b.full, b.cur)
	b.cur, b.room, b.lineRoom = nil, 0, 0
	if len(b.full) < b.opts.Concurrency {
		b.cur = b.take()
	}
}

// take returns an empty batch, with the memory of an earlier one if it can.
func (b *Batcher) take() *batch {
	n := len(b.free)
	if n == 0 {
		return new(batch)
	}
	q := b.free[n-1]
	b.free = b.free[:n-1]
	return q
}
