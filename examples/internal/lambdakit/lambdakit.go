// Package lambdakit holds what the Lambda functions among the examples have in
// common: one JSON object per line of log, metrics in it, a bound on memory,
// and an end before the deadline.
package lambdakit

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// A Handler handles one invocation. It takes the event as it came, so that an
// event of the wrong shape is an error of the handler, with its own log line,
// and not of aws-lambda-go. What it returns is the answer, as JSON.
type Handler func(ctx context.Context, event json.RawMessage) (any, error)

// Start hands every invocation to h and does not return. It makes log the
// process's log, see NewLogger, and lets the garbage collector work harder
// before the function's memory ends.
func Start(log *slog.Logger, h Handler) {
	slog.SetLogLoggerLevel(slog.LevelError) // aws-lambda-go logs errors only
	slog.SetDefault(log)                    // also the output of package log
	debug.SetMemoryLimit(Memory() / 10 * 9)
	lambda.Start(func(ctx context.Context, event json.RawMessage) (any, error) {
		if lc, ok := lambdacontext.FromContext(ctx); ok {
			noteInvocation(log, lc.AwsRequestID)
		}
		return h(ctx, event)
	})
}

// Memory returns the function's memory in bytes, as
// AWS_LAMBDA_FUNCTION_MEMORY_SIZE tells it in MB of 1,024 KB; 128 MB, the least
// that Lambda gives, without that variable.
func Memory() int64 {
	mb, err := strconv.ParseInt(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 32)
	if err != nil || mb <= 0 {
		mb = 128
	}
	return mb << 20
}

// errReserve is the cause of the end of a context of WithReserve.
var errReserve = errors.New("the function's time is nearly over")

// WithReserve returns a context that ends before the deadline of ctx, so that
// there is time to answer: by reserve, or by half of what is left if that is
// less. Without a deadline it ends with ctx.
func WithReserve(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	reserve = max(0, min(reserve, time.Until(deadline)/2))
	return context.WithDeadlineCause(ctx, deadline.Add(-reserve), errReserve)
}
