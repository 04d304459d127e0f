package firehose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/smithy-go"
)

// sender sends batches to a stream, retries and counts. It is safe for concurrent use.
type sender struct {
	client PutRecordBatchAPIClient
	stream string
	opts   *Options // resolved

	mu    sync.Mutex
	stats Stats
}

// newSender returns a sender, or an error that wraps ErrOptions.
func newSender(client PutRecordBatchAPIClient, stream string, opts *Options) (*sender, error) {
	err := checkStream(stream)
	if c, ok := client.(*firehose.Client); client == nil || ok && c == nil {
		err = errors.New("no client")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	resolved, err := opts.resolve()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return &sender{client: client, stream: stream, opts: &resolved}, nil
}

// Stats returns the counts so far.
func (s *sender) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// count adds st to the counts.
func (s *sender) count(st *Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.add(st)
}

// withReserve returns a context whose deadline is earlier by Options.Reserve.
func (s *sender) withReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	reserve := s.opts.Reserve
	if reserve == 0 {
		reserve = min(time.Until(deadline)/10, DefaultReserve)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}

// send sends the records of q until each is accepted or given up, and returns those given
// up. If the client panics or calls runtime.Goexit, q keeps the records that were not
// accepted and can be sent again.
func (s *sender) send(ctx context.Context, q *batch) *DeliveryError {
	var st Stats
	defer func() { s.count(&st) }()
	return s.handBack(q, s.try(ctx, q, &st), &st)
}

// handBack returns an error with the records of q that were not accepted, or nil if all
// were.
func (s *sender) handBack(q *batch, cause error, st *Stats) *DeliveryError {
	failed := append(q.lost, q.records...)
	if len(failed) == 0 {
		return nil
	}
	slices.SortFunc(failed, func(x, y record) int { return x.start - y.start })
	e := &DeliveryError{Stream: s.stream, Failed: make([]FailedRecord, len(failed)), Err: cause}
	for i := range failed {
		r := &failed[i]
		e.Failed[i] = FailedRecord{Data: bytes.Clone(q.buf[r.start:r.end]), Lines: r.lines, Code: r.code, Message: r.message}
		st.Failed += int64(r.lines)
	}
	return e
}

// try makes the attempts. Afterwards q.records and q.lost hold the records that were not
// accepted, and the error is the reason.
func (s *sender) try(ctx context.Context, q *batch, st *Stats) error {
	var lost error
	for attempt := 1; ; attempt++ {
		if err := done(ctx); err != nil {
			return untried(q, err)
		}
		if attempt > 1 {
			st.Retried += int64(len(q.records))
		}
		answered, err := s.call(ctx, q, st)
		if len(q.lost) > 0 && lost == nil {
			lost = refusal(&q.lost[0])
		}
		if len(q.records) == 0 {
			return lost
		}
		if stop := done(ctx); stop != nil {
			return fmt.Errorf("%w after %s: %w", stop, count(attempt, "attempt"), err)
		}
		if !answered && !classify(err).retriable {
			return err
		}
		if attempt == s.opts.MaxAttempts {
			return fmt.Errorf("given up after %s: %w", count(attempt, "attempt"), err)
		}
		if stop := pause(ctx, s.opts.Backoff(attempt)); stop != nil {
			return fmt.Errorf("%w after %s: %w", stop, count(attempt, "attempt"), err)
		}
	}
}

// untried sets err as the message of the records that were not sent, and returns it.
func untried(q *batch, err error) error {
	for i := range q.records {
		if r := &q.records[i]; r.code == "" && r.message == "" {
			r.message = err.Error()
		}
	}
	return err
}

// call sends the records of q once. It counts and removes those accepted and moves those
// that are not retried to q.lost. The error is the reason for the rest. If the call was
// answered for each record, the rest can be sent again.
func (s *sender) call(parent context.Context, q *batch, st *Stats) (answered bool, err error) {
	ctx, cancel := context.WithTimeout(parent, s.opts.CallTimeout)
	defer cancel()
	st.Calls++
	returned := false
	defer func() {
		if !returned { // the client panicked or called runtime.Goexit
			q.fail(code{ambiguous: true}, "the client did not return", st)
		}
	}()
	out, err := s.client.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{
		DeliveryStreamName: aws.String(s.stream),
		Records:            q.input(),
	}, forOneCall)
	returned = true
	if err == nil {
		err = checkResponse(out, len(q.records))
	}
	if err == nil {
		return true, q.settle(out, st)
	}

	if ctx.Err() != nil && parent.Err() == nil {
		err = fmt.Errorf("no answer within %v: %w", s.opts.CallTimeout, err)
	}
	message := oneLine(err.Error())
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		message = api.ErrorMessage()
	}
	q.fail(classify(err), message, st)
	return false, err
}

// forOneCall turns off the client's own retries, which would not be counted, and limits
// the size of the answer.
func forOneCall(o *firehose.Options) {
	o.Retryer = aws.NopRetryer{}
	if o.HTTPClient != nil {
		o.HTTPClient = limitedClient{o.HTTPClient}
	}
}
