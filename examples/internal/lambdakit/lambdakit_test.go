package lambdakit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/smithy-go/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// TestMain makes the test executable a function, if it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	l := lambdakit.NewLogger(os.Stderr)
	lambdakit.Start(l, func(ctx context.Context, event json.RawMessage) (any, error) {
		switch string(event) {
		case `"error"`:
			return nil, errors.New("first\nsecond")
		case `"panic"`:
			panic("oh")
		}
		log.Print("by package log")
		slog.InfoContext(ctx, "by slog")
		lambdakit.SDKLogger(l).(logging.ContextLogger).WithContext(ctx).Logf(logging.Warn, "by the %s\n", "SDK")
		l.LogAttrs(ctx, slog.LevelInfo, "invocation", lambdakit.Metrics(
			lambdakit.Metric{Name: lambdakit.Lines, Value: 3}, lambdakit.Metric{Name: lambdakit.BilledBytes, Value: 5120})...)
		return debug.SetMemoryLimit(-1), nil
	})
}

// Every line of a function's log is a JSON object with the id of the invocation,
// also the lines of other packages.
func TestEveryLineIsJSON(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	var out bytes.Buffer
	f := runtimeapi.New(self, &runtimeapi.Options{Output: &out, Env: []string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=200"}})
	t.Cleanup(func() { assert.NoError(t, f.Close()) })

	answer, err := f.Invoke(t.Context(), []byte(`{}`))
	require.NoError(t, err)
	var limit int64
	require.NoError(t, json.Unmarshal(answer, &limit))
	assert.Less(t, limit, int64(200<<20))
	assert.Greater(t, limit, int64(150<<20))
	_, err = f.Invoke(t.Context(), []byte(`"error"`))
	require.ErrorContains(t, err, "first\nsecond")
	_, err = f.Invoke(t.Context(), []byte(`"panic"`))
	require.ErrorContains(t, err, "oh")
	require.NoError(t, f.Close())

	var lines []map[string]any
	for text := range strings.Lines(out.String()) {
		var l map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &l), text)
		assert.NotEmpty(t, l["request_id"], text)
		_, err := time.Parse(time.RFC3339, l["timestamp"].(string))
		require.NoError(t, err)
		lines = append(lines, l)
	}
	require.GreaterOrEqual(t, len(lines), 6)
	for i, want := range []struct{ level, msg string }{
		{"ERROR", "by package log"}, {"INFO", "by slog"}, {"WARN", "by the SDK"}, {"INFO", "invocation"},
	} {
		assert.Equal(t, want.level, lines[i]["level"])
		assert.Equal(t, want.msg, lines[i]["msg"])
		assert.Equal(t, lines[0]["request_id"], lines[i]["request_id"])
	}
	for _, l := range lines[4:] {
		assert.Equal(t, "ERROR", l["level"])
		assert.NotEqual(t, lines[0]["request_id"], l["request_id"])
	}
	assert.Contains(t, lines[4]["msg"], `first\nsecond`)

	metrics := lines[3]
	assert.EqualValues(t, 3, metrics["Lines"])
	assert.Equal(t, "function", metrics["FunctionName"])
	directive, err := json.Marshal(metrics["_aws"].(map[string]any)["CloudWatchMetrics"])
	require.NoError(t, err)
	assert.JSONEq(t, `[{"Namespace":"vpcflow","Dimensions":[["FunctionName"]],
		"Metrics":[{"Name":"Lines","Unit":"Count"},{"Name":"BilledBytes","Unit":"Bytes"}]}]`, string(directive))
	assert.InDelta(t, time.Now().UnixMilli(), metrics["_aws"].(map[string]any)["Timestamp"], 60_000)
}

func TestRequestIDOfTheContext(t *testing.T) {
	var out bytes.Buffer
	l := lambdakit.NewLogger(&out)
	l.Info("none")
	assert.NotContains(t, out.String(), "request_id")
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "id-1"})
	l.With("a", 1).InfoContext(ctx, "with")
	assert.Contains(t, out.String(), `"a":1,"request_id":"id-1"`)
}

func TestMemory(t *testing.T) {
	for value, want := range map[string]int64{"": 128, "256": 256, "10240": 10240, "-1": 128, "many": 128} {
		t.Setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", value)
		assert.Equal(t, want<<20, lambdakit.Memory(), value)
	}
}

func TestWithReserve(t *testing.T) {
	none, cancel := lambdakit.WithReserve(t.Context(), time.Second)
	defer cancel()
	_, ok := none.Deadline()
	assert.False(t, ok)

	for left, want := range map[time.Duration]time.Duration{
		time.Minute: 59 * time.Second, time.Second: time.Second / 2, -time.Second: -time.Second,
	} {
		parent, cancel := context.WithTimeout(t.Context(), left)
		ctx, cancel2 := lambdakit.WithReserve(parent, time.Second)
		deadline, _ := ctx.Deadline()
		assert.InDelta(t, want, time.Until(deadline), float64(200*time.Millisecond))
		cancel2()
		cancel()
	}

	parent, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	ctx, cancel := lambdakit.WithReserve(parent, time.Second)
	defer cancel()
	<-ctx.Done()
	assert.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	assert.ErrorContains(t, context.Cause(ctx), "nearly over")
}
