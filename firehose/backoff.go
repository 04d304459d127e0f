package firehose

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// The limits of the default backoff. The first wait is at most backoffBase. The limit
// doubles with each attempt, up to backoffLimit.
const (
	backoffBase  = 50 * time.Millisecond
	backoffLimit = 5 * time.Second
)

// fullJitter is the default Options.Backoff. The wait is random from zero to the limit,
// so that senders that failed at the same time do not retry at the same time.
func fullJitter(attempt int) time.Duration {
	limit := backoffLimit
	if shift := attempt - 1; shift < 10 {
		limit = min(limit, backoffBase<<max(shift, 0))
	}
	return rand.N(limit)
}

// pause waits for d. It returns an error when ctx is done first. If the deadline of ctx
// is earlier than d, it returns immediately.
func pause(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	if d <= 0 {
		return done(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return done(ctx)
	}
}

// done returns the error of ctx if it is done, together with its cause if that does not
// wrap it.
func done(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil // the usual case, in which looking for the cause would slow every Add
	}
	cause := context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
