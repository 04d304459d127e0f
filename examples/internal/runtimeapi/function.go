package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// The limits of Lambda on the size of an event, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxAsyncPayload = 1 << 20 // asynchronous invocations, such as those of a CloudWatch Logs subscription
	MaxSyncPayload  = 6 << 20 // synchronous invocations, such as those of a Kinesis event source
)

const (
	defaultTimeout = 3 * time.Second // the default of Lambda
	initTimeout    = 10 * time.Second
	maxStarts      = 2 // processes that an invocation may start, if they end before taking it
)

// Options says how a Function runs. The zero value, or a nil pointer, is the
// default.
type Options struct {
	// Env are environment variables, "KEY=value", in addition to those of
	// Lambda, which they override. The process inherits no others, so that no
	// AWS profile, proxy or credentials of the user affect it.
	Env []string
	// Timeout is the maximum duration of an invocation. The default is 3 s, as
	// in Lambda.
	Timeout time.Duration
	// Concurrency is the maximum number of processes. The default is 1.
	Concurrency int
	// MaxPayload is the maximum size of an event in bytes. The default is
	// MaxSyncPayload.
	MaxPayload int
	// Output gets the standard output and error of the processes, from one
	// goroutine at a time. Nil discards them.
	Output io.Writer
}

// A Function invokes an executable. Create one with New. It is safe for
// concurrent use.
type Function struct {
	path   string
	opts   Options // with the defaults filled in
	output *sharedWriter
	slots  chan struct{} // limits the concurrency

	mu     sync.Mutex
	warm   []*instance // idle processes, the last used at the end
	closed bool
}

// An Error is the error that a function returned, or the error that Lambda
// reports about its process.
type Error struct {
	// Type is the name of the Go type of the error that the function returned,
	// or Timedout or ExitError.
	Type string `json:"errorType"`
	// Message is the text of the error.
	Message string `json:"errorMessage"`
}

// The types of errors about the process.
const (
	Timedout  = "Sandbox.Timedout"
	ExitError = "Runtime.ExitError"
)

// Error returns the type and the message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// ErrPayloadTooLarge is the cause when an event exceeds the limit of Lambda.
var ErrPayloadTooLarge = errors.New("runtimeapi: payload too large")

// New returns a Function that runs the executable at path, which is "bootstrap"
// in a deployment package. It starts no process before the first invocation.
func New(path string, opts *Options) *Function {
	f := &Function{path: path}
	if opts != nil {
		f.opts = *opts
	}
	if f.opts.Timeout <= 0 {
		f.opts.Timeout = defaultTimeout
	}
	if f.opts.MaxPayload <= 0 {
		f.opts.MaxPayload = MaxSyncPayload
	}
	if f.opts.Output == nil {
		f.opts.Output = io.Discard
	}
	f.output = &sharedWriter{w: f.opts.Output}
	f.slots = make(chan struct{}, max(1, f.opts.Concurrency))
	return f
}

// Invoke passes the event to a process and returns its response. It waits until a
// process is free. An error of the function or of its process is an *Error. When
// ctx is done, Invoke kills the process.
func (f *Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > f.opts.MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes, want at most %d", ErrPayloadTooLarge, len(event), f.opts.MaxPayload)
	}
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for starts := 0; ; {
		in, err := f.take(&starts)
		if err != nil {
			return nil, err
		}
		response, err := in.invoke(ctx, event, f.opts.Timeout)
		if errors.Is(err, errNotTaken) {
			if starts < maxStarts {
				continue
			}
			return nil, in.exitError()
		}
		f.put(in)
		return response, err
	}
}

// Close kills all processes and waits until they have ended. It must not be
// called during Invoke.
func (f *Function) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, in := range f.warm {
		in.kill()
	}
	f.warm = nil
	return nil
}

// take returns an idle process, or starts one if there is none.
func (f *Function) take(starts *int) (*instance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errors.New("runtimeapi: the function is closed")
	}
	for n := len(f.warm); n > 0; n-- {
		in := f.warm[n-1]
		f.warm = f.warm[:n-1]
		if in.alive() {
			return in, nil
		}
		in.kill() // the process has ended; this closes its server
	}
	*starts++
	return start(f.path, f.opts.Env, f.output)
}

// put keeps a process for the next invocation, unless it has ended.
func (f *Function) put(in *instance) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || !in.alive() {
		in.kill()
		return
	}
	f.warm = append(f.warm, in)
}

// sharedWriter is an io.Writer for several goroutines.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *sharedWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
