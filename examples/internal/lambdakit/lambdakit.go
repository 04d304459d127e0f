// Package lambdakit holds what the Lambda functions of the examples share: logs
// with one JSON object per line, metrics in the logs, a memory limit, and a
// reserve of time before the deadline.
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

// A Handler handles one invocation. It gets the event unparsed, so that it can
// log an invalid event itself. The result is returned as JSON.
type Handler func(ctx context.Context, event json.RawMessage) (any, error)

// Start calls h for every invocation and does not return. It makes log, see
// NewLogger, the default logger. It sets the memory limit of the Go runtime to
// 90 % of the function's memory.
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

// Memory returns the memory of the function in bytes. It is that of the variable
// AWS_LAMBDA_FUNCTION_MEMORY_SIZE, which is in MB of 1,024 KB. Without the
// variable it is 128 MB, the minimum of Lambda.
func Memory() int64 {
	mb, err := strconv.ParseInt(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 32)
	if err != nil || mb <= 0 {
		mb = 128
	}
	return mb << 20
}

// errReserve is the cause of a context of WithReserve that is done.
var errReserve = errors.New("the function's time is nearly over")

// WithReserve returns a context that ends before the deadline of ctx, so that the
// function has time to respond. It ends earlier by reserve, or by half of the
// remaining time if that is less. If ctx has no deadline, it ends with ctx.
func WithReserve(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	reserve = max(0, min(reserve, time.Until(deadline)/2))
	return context.WithDeadlineCause(ctx, deadline.Add(-reserve), errReserve)
}
