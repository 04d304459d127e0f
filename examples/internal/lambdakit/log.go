package lambdakit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/smithy-go/logging"
)

// NewLogger returns a logger that writes one JSON object per line to w. Its keys
// are "timestamp" and "level", by which Lambda filters
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html),
// "msg", and "request_id", the id of the invocation in the context. Without such
// a context it is the id of the last invocation of Start.
func NewLogger(w io.Writer) *slog.Logger {
	return slog.New(&handler{
		Handler: slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				a.Key = "timestamp"
			}
			return a
		}}),
		last: new(atomic.Pointer[string]),
	})
}

// handler is a slog.Handler that adds the request id.
type handler struct {
	slog.Handler
	last *atomic.Pointer[string] // the id of the last invocation
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		r.AddAttrs(slog.String("request_id", lc.AwsRequestID))
	} else if id := h.last.Load(); id != nil {
		r.AddAttrs(slog.String("request_id", *id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.Handler.WithAttrs(attrs), h.last}
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.Handler.WithGroup(name), h.last}
}

// noteInvocation sets the request id for lines without a context.
func noteInvocation(log *slog.Logger, id string) {
	if h, ok := log.Handler().(*handler); ok {
		h.last.Store(&id)
	}
}

// SDKLogger returns log as a logger of the AWS SDK, for config.WithLogger.
func SDKLogger(log *slog.Logger) logging.Logger { return sdkLogger{context.Background(), log} }

type sdkLogger struct {
	ctx context.Context // of the call of the SDK
	log *slog.Logger
}

// Logf implements logging.Logger.
func (l sdkLogger) Logf(c logging.Classification, format string, v ...any) {
	level := slog.LevelInfo
	switch c {
	case logging.Warn:
		level = slog.LevelWarn
	case logging.Debug:
		level = slog.LevelDebug
	}
	l.log.Log(l.ctx, level, strings.TrimSpace(fmt.Sprintf(format, v...)), "source", "AWS SDK")
}

// WithContext implements logging.ContextLogger.
func (l sdkLogger) WithContext(ctx context.Context) logging.Logger { return sdkLogger{ctx, l.log} }
