package firehose

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// The default backoff: the first wait is at most backoffBase, each further one
// at most twice the one before, none more than backoffLimit.
const (
	backoffBase  = 50 * time.Millisecond
	backoffLimit = 5 * time.Second
)

// fullJitter is the default Options.Backoff. The wait is drawn from the whole
// range, so that senders that failed at the same time do not retry at the same time.
func fullJitter(attempt int) time.Duration {
	limit := backoffLimit
	if shift := attempt - 1; shift < 10 {
		limit = min(limit, backoffBase<<max(shift, 0))
	}
	return rand.N(limit)
}

// pause waits for d. It returns an error if ctx is done first, and at once if the
// deadline of ctx comes first.
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

// done returns the error of ctx if it is done, with its cause if that is another.
func done(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || errors.Is(cause, err) {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
