package runtimeapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const base = "/2018-06-01/runtime"

// functionName is the name of every function.
const functionName = "function"

// errNotTaken is the error of a process that ended before it took the
// invocation. Another process can take it.
var errNotTaken = errors.New("runtimeapi: the process ended")

// instance is a process and its server.
type instance struct {
	cmd     *exec.Cmd
	server  *http.Server
	output  *tail
	waiting chan chan *invocation // the process, when idle, sends a channel for its next invocation
	exited  chan struct{}         // closed when the process has ended and its output is written
	state   error                 // the error of cmd.Wait, set before exited is closed

	mu      sync.Mutex
	current *invocation // nil if the process is idle
}

// invocation is one event and the channel for its outcome.
type invocation struct {
	id       string
	event    []byte
	deadline time.Time
	done     chan outcome // has a capacity of one
}

type outcome struct {
	response []byte
	err      error
}

// start starts a process and its server.
func start(path string, env []string, output io.Writer) (*instance, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtimeapi: %w", err)
	}
	in := &instance{
		output:  &tail{w: output},
		waiting: make(chan chan *invocation),
		exited:  make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"/invocation/next", in.next)
	mux.HandleFunc("POST "+base+"/invocation/{id}/response", in.response)
	mux.HandleFunc("POST "+base+"/invocation/{id}/error", in.failure)
	mux.HandleFunc("POST "+base+"/init/error", in.initError)
	in.server = &http.Server{Handler: mux}

	in.cmd = exec.Command(path)
	in.cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(),
		"AWS_LAMBDA_FUNCTION_NAME=" + functionName,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + functionName,
		"AWS_LAMBDA_LOG_STREAM_NAME=local",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=local",
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_SESSION_TOKEN=local",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(path),
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
	}, env...)
	in.cmd.Stdout, in.cmd.Stderr = in.output, in.output
	in.cmd.WaitDelay = time.Second
	endWithParent(in.cmd)
	if err := in.cmd.Start(); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("runtimeapi: %w", err)
	}
	go func() {
		in.state = in.cmd.Wait()
		close(in.exited)
	}()
	go func() { _ = in.server.Serve(listener) }()
	return in, nil
}

// invoke passes an event to the process and waits for the outcome.
func (in *instance) invoke(ctx context.Context, event []byte, timeout time.Duration) ([]byte, error) {
	inv := &invocation{id: requestID(), event: event, done: make(chan outcome, 1)}
	init := time.NewTimer(initTimeout)
	defer init.Stop()
	select {
	case taker := <-in.waiting:
		inv.deadline = time.Now().Add(timeout)
		taker <- inv
	case <-in.exited:
		in.kill()
		return nil, errNotTaken
	case <-init.C:
		in.kill()
		return nil, &Error{Timedout, fmt.Sprintf("RequestId: %s Error: no request for work within %v", inv.id, initTimeout)}
	case <-ctx.Done():
		in.kill()
		return nil, ctx.Err()
	}
	deadline := time.NewTimer(time.Until(inv.deadline))
	defer deadline.Stop()
	select {
	case o := <-inv.done:
		return o.response, o.err
	case <-in.exited:
		select {
		case o := <-inv.done: // it responded, and then ended
			return o.response, o.err
		default:
			return nil, in.exitError()
		}
	case <-deadline.C:
		in.kill()
		return nil, &Error{Timedout, fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", inv.id, timeout.Seconds())}
	case <-ctx.Done():
		in.kill()
		return nil, ctx.Err()
	}
}

// alive reports whether the process runs.
func (in *instance) alive() bool {
	select {
	case <-in.exited:
		return false
	default:
		return true
	}
}

// kill ends the process and its server and waits for both.
func (in *instance) kill() {
	_ = in.cmd.Process.Kill() // an error means that the process has ended
	<-in.exited
	_ = in.server.Close()
}

// exitError returns the error for a process that ended during an invocation.
func (in *instance) exitError() *Error {
	<-in.exited
	reason := "Runtime exited without providing a reason"
	if in.state != nil {
		reason = "Runtime exited with error: " + in.state.Error()
	}
	if last := in.output.lastLine(); last != "" {
		reason += ": " + last
	}
	return &Error{ExitError, reason}
}

// next handles the request for the next invocation. It responds when there is
// one.
func (in *instance) next(w http.ResponseWriter, r *http.Request) {
	take := make(chan *invocation, 1)
	var inv *invocation
	select {
	case in.waiting <- take:
		inv = <-take
	case <-r.Context().Done():
		return
	}
	in.mu.Lock()
	in.current = inv
	in.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:"+functionName)
	h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0")
	_, _ = w.Write(inv.event)
}

// response handles the result of the function.
func (in *instance) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the process has ended, see invoke
	}
	o := outcome{response: body}
	if t := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); t != "" {
		o = outcome{err: &Error{t, "the response broke off"}}
	}
	in.settle(w, r, o)
}

// failure handles the error of the function.
func (in *instance) failure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in.settle(w, r, outcome{err: parseError(body)})
}

// settle ends the current invocation with an outcome.
func (in *instance) settle(w http.ResponseWriter, r *http.Request, o outcome) {
	in.mu.Lock()
	inv := in.current
	known := inv != nil && inv.id == r.PathValue("id")
	if known {
		in.current = nil
	}
	in.mu.Unlock()
	if !known {
		reply(w, http.StatusBadRequest, &Error{"InvalidRequestID", "Invalid request ID"})
		return
	}
	inv.done <- o
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

// initError handles the error of a process that could not start. The process
// then ends.
func (in *instance) initError(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = in.output.Write(append(bytes.TrimSpace(body), '\n'))
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// parseError parses the body of an error. A body of another form becomes the
// message.
func parseError(body []byte) *Error {
	var e Error
	if err := json.Unmarshal(body, &e); err != nil || e.Type == "" && e.Message == "" {
		return &Error{"Runtime.Unknown", string(body)}
	}
	return &e
}

// requestID returns a random UUID.
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// tail is an io.Writer that passes output on to w and keeps the end of it.
type tail struct {
	w   io.Writer
	mu  sync.Mutex
	end []byte // the last tailSize bytes
}

const tailSize = 1 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.end = append(t.end, p...)
	if n := len(t.end) - tailSize; n > 0 {
		t.end = append(t.end[:0], t.end[n:]...)
	}
	t.mu.Unlock()
	return t.w.Write(p)
}

func (t *tail) lastLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	end := bytes.TrimSpace(t.end)
	return string(end[bytes.LastIndexByte(end, '\n')+1:])
}
