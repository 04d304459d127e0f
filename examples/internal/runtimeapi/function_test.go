package runtimeapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// TestMain makes the test executable a function, if it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	if text := os.Getenv("DIE"); text != "" {
		fmt.Println(text)
		os.Exit(3)
	}
	lambda.Start(handle)
}

type input struct {
	Do    string
	Value string
}

type output struct {
	Value     string
	PID       int
	RequestID string
	ARN       string
	Left      time.Duration // until the deadline
	Stray     string        // an environment variable of the test
}

func handle(ctx context.Context, in input) (*output, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	out := &output{in.Value, os.Getpid(), lc.AwsRequestID, lc.InvokedFunctionArn, time.Until(deadline), os.Getenv("STRAY")}
	switch in.Do {
	case "print":
		fmt.Println(in.Value)
	case "fail":
		return nil, errors.New(in.Value)
	case "panic":
		panic(in.Value)
	case "exit":
		fmt.Fprintln(os.Stderr, in.Value)
		os.Exit(7)
	case "sleep":
		d, err := time.ParseDuration(in.Value)
		if err != nil {
			return nil, err
		}
		time.Sleep(d)
	}
	return out, nil
}

func newFunction(t *testing.T, opts *runtimeapi.Options) *runtimeapi.Function {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	f := runtimeapi.New(self, opts)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func TestInvoke(t *testing.T) {
	t.Setenv("STRAY", "must not be seen")
	var printed bytes.Buffer
	f := newFunction(t, &runtimeapi.Options{Timeout: time.Minute, Output: &printed})
	first := invoke(t, f, "", "a \"b\" ü")
	assert.Equal(t, "a \"b\" ü", first.Value)
	assert.NotEmpty(t, first.RequestID)
	assert.Contains(t, first.ARN, "arn:aws:lambda:")
	assert.InDelta(t, time.Minute, first.Left, float64(2*time.Second))
	assert.Empty(t, first.Stray)

	second := invoke(t, f, "print", "seen")
	assert.Equal(t, first.PID, second.PID, "the process is kept")
	assert.NotEqual(t, first.RequestID, second.RequestID)
	require.NoError(t, f.Close())
	assert.Contains(t, printed.String(), "seen\n")
}

func TestReturnedErrorKeepsTheProcess(t *testing.T) {
	f := newFunction(t, nil)
	before := invoke(t, f, "", "")
	err := invokeError(t, f, "fail", "not today")
	assert.Equal(t, &runtimeapi.Error{Type: "errorString", Message: "not today"}, err)
	assert.Equal(t, before.PID, invoke(t, f, "", "").PID)
}

func TestProcessThatEndsIsReplaced(t *testing.T) {
	f := newFunction(t, nil)
	before := invoke(t, f, "", "")

	err := invokeError(t, f, "exit", "last words")
	assert.Equal(t, runtimeapi.ExitError, err.Type)
	assert.Contains(t, err.Message, "exit status 7: last words")
	after := invoke(t, f, "", "x")
	assert.NotEqual(t, before.PID, after.PID)

	err = invokeError(t, f, "panic", "oh")
	assert.Equal(t, "oh", err.Message)
	assert.NotEqual(t, after.PID, invoke(t, f, "", "y").PID)
}

func TestDeadlineKills(t *testing.T) {
	f := newFunction(t, &runtimeapi.Options{Timeout: 300 * time.Millisecond})
	before := invoke(t, f, "", "")
	began := time.Now()
	err := invokeError(t, f, "sleep", "1m")
	assert.Equal(t, runtimeapi.Timedout, err.Type)
	assert.Contains(t, err.Message, "Task timed out after 0.30 seconds")
	assert.Less(t, time.Since(began), 10*time.Second)
	assert.NotEqual(t, before.PID, invoke(t, f, "", "").PID)
}

func TestCancelKills(t *testing.T) {
	f := newFunction(t, &runtimeapi.Options{Timeout: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := f.Invoke(ctx, []byte(`{"Do":"sleep","Value":"1m"}`))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestProcessThatCannotBegin(t *testing.T) {
	f := newFunction(t, &runtimeapi.Options{Env: []string{"DIE=no stream"}})
	err := invokeError(t, f, "", "")
	assert.Equal(t, runtimeapi.ExitError, err.Type)
	assert.Contains(t, err.Message, "exit status 3: no stream")

	none := runtimeapi.New("/does/not/exist", nil)
	_, e := none.Invoke(t.Context(), []byte("{}"))
	assert.ErrorIs(t, e, os.ErrNotExist)
	assert.NoError(t, none.Close())
}

func TestPayloadLimit(t *testing.T) {
	f := newFunction(t, &runtimeapi.Options{MaxPayload: 100})
	_, err := f.Invoke(t.Context(), bytes.Repeat([]byte{'x'}, 101))
	assert.ErrorIs(t, err, runtimeapi.ErrPayloadTooLarge)
}

func TestConcurrency(t *testing.T) {
	f := newFunction(t, &runtimeapi.Options{Concurrency: 2, Timeout: time.Minute})
	var wg sync.WaitGroup
	var mu sync.Mutex
	pids := map[int]int{}
	for range 6 {
		wg.Go(func() {
			out := invoke(t, f, "sleep", "100ms")
			mu.Lock()
			defer mu.Unlock()
			pids[out.PID]++
		})
	}
	wg.Wait()
	assert.Len(t, pids, 2)
}

func TestClosed(t *testing.T) {
	f := newFunction(t, nil)
	pid := invoke(t, f, "", "").PID
	require.NoError(t, f.Close())
	_, err := f.Invoke(t.Context(), []byte(`{}`))
	assert.ErrorContains(t, err, "closed")
	p, err := os.FindProcess(pid)
	if err == nil {
		assert.Error(t, p.Signal(os.Interrupt), "the process is gone")
	}
}

func TestBuildWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	assert.ErrorContains(t, err, "the go command is needed")
}

func TestBuildError(t *testing.T) {
	_, err := runtimeapi.Build(t.Context(), t.TempDir(), "./nowhere")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "\n")
	assert.Contains(t, err.Error(), "nowhere")
}
