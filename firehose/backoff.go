package firehose

import (
	"context"
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
// range, so that senders that failed together do not come back together.
func fullJitter(attempt int) time.Duration {
	limit := backoffLimit
	if shift := attempt - 1; shift < 10 {
		limit = min(limit, backoffBase<<max(shift, 0))
	}
	return rand.N(limit)
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
