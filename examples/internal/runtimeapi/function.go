package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// The most an event may have, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxAsyncPayload = 1 << 20 // of an asynchronous invocation, which a CloudWatch Logs subscription makes
	MaxSyncPayload  = 6 << 20 // of a synchronous one, which a Kinesis event source makes
)

const (
	defaultTimeout = 3 * time.Second // Lambda's own default
	initTimeout    = 10 * time.Second
	maxStarts      = 2 // of processes that end before they take an invocation
)

// Options change how a Function runs. The zero value, and a nil *Options, are
// the defaults.
type Options struct {
	// Env are variables, "KEY=value", besides those Lambda sets. The process
	// inherits nothing else, so that no profile, proxy or credential of the
	// person at the keyboard changes what it does. They win over Lambda's.
	Env []string
	// Timeout is the time an invocation has, 3 s if zero, as in Lambda.
	Timeout time.Duration
	// Concurrency is how many processes may run side by side, 1 if zero.
	Concurrency int
	// MaxPayload is the largest event, MaxSyncPayload if zero.
	MaxPayload int
	// Output takes what the processes print, on standard output and error. It
	// is written to by one goroutine at a time. Nil is nowhere.
	Output io.Writer
}

// A Function invokes an executable. Create one with New. It is safe for
// concurrent use.
type Function struct {
	path   string
	opts   Options
	output *sharedWriter
	slots  chan struct{}

	mu     sync.Mutex
	warm   []*instance // waiting for work, the last used at the end
	closed bool
}

// An Error is the end of an invocation that is not a response: the error the
// function returned, or what Lambda would report about its process.
type Error struct {
	// Type is the name of the Go type of the error the function returned;
	// Sandbox.Timedout and Runtime.ExitError are Lambda's own.
	Type string `json:"errorType"`
	// Message is the error's text.
	Message string `json:"errorMessage"`
}

// The types of errors that the function did not return itself.
const (
	Timedout  = "Sandbox.Timedout"
	ExitError = "Runtime.ExitError"
)

// Error returns the type and the message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// ErrPayloadTooLarge reports an event that Lambda would not take.
var ErrPayloadTooLarge = errors.New("runtimeapi: payload too large")

// New returns a Function of the executable at path, which takes the place of
// "bootstrap" in a deployment package. No process is started before the first
// invocation.
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

// Invoke passes the event to a process and returns its response. It waits for
// a process that is free. The function's own errors, and those of its process,
// are an *Error. If ctx ends first the process is killed, because it cannot be
// told to stop.
func (f *Function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > f.opts.MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes, the most is %d", ErrPayloadTooLarge, len(event), f.opts.MaxPayload)
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

// Close kills every process and waits until it is gone. No Invoke may be under
// way.
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

// take returns a process that waits for work, a new one if there is none.
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
		in.kill() // it has ended; this releases its server
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

// sharedWriter lets several processes write to one writer.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *sharedWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
