package firehose

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/smithy-go"
)

// The default backoff: the first wait is at most backoffBase, each further one
// at most twice the one before, none more than backoffLimit.
const (
	backoffBase  = 50 * time.Millisecond
	backoffLimit = 5 * time.Second
)

// fullJitter is the default Options.Backoff. The wait is drawn from the whole
// range, so that senders that failed together do not come back together.
func fullJitter(attempt int) time.Duration {
	limit := backoffLimit
	if shift := attempt - 1; shift < 10 {
		limit = min(limit, backoffBase<<max(shift, 0))
	}
	return rand.N(limit)
}

// deliver sends the batches set aside, side by side, and waits for all of
// them. They are empty afterwards.
func (b *Batcher) deliver(ctx context.Context) error {
	if len(b.full) == 0 {
		return nil
	}
	ctx, cancel := b.withReserve(ctx)
	defer cancel()

	results := make([]*DeliveryError, len(b.full))
	if len(b.full) == 1 {
		results[0] = b.send(ctx, b.full[0])
	} else {
		var wg sync.WaitGroup
		for i, q := range b.full {
			wg.Go(func() { results[i] = b.send(ctx, q) })
		}
		wg.Wait()
	}
	for _, q := range b.full {
		q.reset()
	}
	b.free = append(b.free, b.full...)
	b.full = b.full[:0]
	if b.cur == nil {
		b.cur = b.take()
	}

	var err error
	for _, r := range results {
		if r != nil {
			err = joinDelivery(err, r)
		}
	}
	return err
}

// withReserve brings the deadline of ctx forward by the reserve.
func (b *Batcher) withReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	reserve := b.opts.Reserve
	if reserve == 0 {
		reserve = min(time.Until(deadline)/10, DefaultReserve)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}

// send sends the records of q until each is accepted or given up, and returns
// those given up.
func (b *Batcher) send(ctx context.Context, q *batch) *DeliveryError {
	var st Stats
	cause := b.try(ctx, q, &st)
	failed := append(q.lost, q.records...)
	slices.SortFunc(failed, func(x, y record) int { return x.start - y.start })
	var e *DeliveryError
	if len(failed) > 0 {
		e = &DeliveryError{Stream: b.stream, Failed: make([]FailedRecord, len(failed)), Err: cause}
		for i := range failed {
			r := &failed[i]
			e.Failed[i] = FailedRecord{Data: bytes.Clone(q.buf[r.start:r.end]), Lines: r.lines, Code: r.code, Message: r.message}
			st.Failed += int64(r.lines)
		}
	}
	b.mu.Lock()
	b.stats.add(&st)
	b.mu.Unlock()
	return e
}

// try makes the attempts. Afterwards q.records and q.lost hold what was not
// accepted, and the error says why, if there is any.
func (b *Batcher) try(ctx context.Context, q *batch, st *Stats) error {
	var lost error
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return untried(q, err)
		}
		if attempt > 1 {
			st.Retried += int64(len(q.records))
		}
		err := b.call(ctx, q, st)
		if len(q.lost) > 0 && lost == nil {
			lost = refusal(&q.lost[0])
		}
		if len(q.records) == 0 {
			return lost
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w after %s: %w", ctx.Err(), count(attempt, "attempt"), err)
		}
		if !classify(err).retriable {
			return err
		}
		if attempt == b.opts.MaxAttempts {
			return fmt.Errorf("given up after %s: %w", count(attempt, "attempt"), err)
		}
		if stop := pause(ctx, b.opts.Backoff(attempt)); stop != nil {
			return fmt.Errorf("%w after %s: %w", stop, count(attempt, "attempt"), err)
		}
	}
}

// untried marks records that a done context kept from being sent.
func untried(q *batch, err error) error {
	for i := range q.records {
		if r := &q.records[i]; r.code == "" && r.message == "" {
			r.message = err.Error()
		}
	}
	return err
}

// pause waits, unless ctx ends first or would end before the wait does.
func pause(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call sends the records of q once, counts and removes those accepted, moves
// those refused for good to q.lost, and returns the error that stands for the
// rest.
func (b *Batcher) call(parent context.Context, q *batch, st *Stats) error {
	ctx, cancel := context.WithTimeout(parent, b.opts.CallTimeout)
	defer cancel()
	out, err := b.client.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{
		DeliveryStreamName: aws.String(b.stream),
		Records:            q.input(),
	}, singleAttempt)
	st.Calls++
	if err == nil {
		err = checkResponse(out, len(q.records))
	}
	if err == nil {
		return q.settle(out, st)
	}

	if ctx.Err() != nil && parent.Err() == nil {
		err = fmt.Errorf("no answer within %v: %w", b.opts.CallTimeout, err)
	}
	c := classify(err)
	message := oneLine(err.Error())
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		message = api.ErrorMessage()
	}
	for i := range q.records {
		q.records[i].fail(c, message, st)
	}
	return err
}

// singleAttempt keeps the client from sending again on its own: a resend
// that nobody counts is a double that nobody knows of.
func singleAttempt(o *firehose.Options) { o.Retryer = aws.NopRetryer{} }

// checkResponse reports an answer that does not say of each record whether it
// was accepted.
func checkResponse(out *firehose.PutRecordBatchOutput, sent int) error {
	if out == nil {
		return fmt.Errorf("%w: no response and no error", ErrResponse)
	}
	entries, counted := len(out.RequestResponses), int(aws.ToInt32(out.FailedPutCount))
	if entries == 0 && out.FailedPutCount != nil && counted == 0 {
		return nil // not what the service sends, but it leaves no doubt
	}
	if entries != sent {
		return fmt.Errorf("%w: %d entries for %s", ErrResponse, entries, count(sent, "record"))
	}
	found := 0
	for i := range out.RequestResponses {
		if refused(out, i) {
			found++
		}
	}
	if counted > found {
		return fmt.Errorf("%w: %s counted, %d found", ErrResponse, count(counted, "failure"), found)
	}
	return nil
}

// refused reports whether the record at position i was not accepted. An entry
// with neither code nor id is a failure if the answer counts any.
func refused(out *firehose.PutRecordBatchOutput, i int) bool {
	if len(out.RequestResponses) == 0 {
		return false
	}
	entry := &out.RequestResponses[i]
	return aws.ToString(entry.ErrorCode) != "" || entry.RecordId == nil && aws.ToInt32(out.FailedPutCount) > 0
}

// settle applies the answer to a call that was served.
func (q *batch) settle(out *firehose.PutRecordBatchOutput, st *Stats) error {
	kept := q.records[:0]
	for i, r := range q.records {
		if !refused(out, i) {
			st.Lines += int64(r.lines)
			st.Records++
			st.Bytes += int64(r.size())
			st.BilledBytes += billed(r.size())
			continue
		}
		entry := &out.RequestResponses[i]
		c, _ := lookup(aws.ToString(entry.ErrorCode))
		r.fail(c, aws.ToString(entry.ErrorMessage), st)
		if c.retriable {
			kept = append(kept, r)
		} else {
			q.lost = append(q.lost, r)
		}
	}
	q.records = kept
	if len(kept) == 0 {
		return nil
	}
	return refusal(&kept[0])
}

// fail notes the answer that a record got.
func (r *record) fail(c code, message string, st *Stats) {
	r.code, r.message = c.name, cmp.Or(message, c.meaning)
	if c.ambiguous {
		st.Ambiguous++
		st.AmbiguousLines += int64(r.lines)
	}
}

// refusal is the error of a record that was refused in an answer.
func refusal(r *record) error {
	return &smithy.GenericAPIError{Code: r.code, Message: r.message, Fault: smithy.FaultServer}
}

// joinDelivery makes one error of two, either of which may be nil and neither
// of which is anything but a *DeliveryError.
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
