package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// The tests run the executable of the function over the Runtime API, as Lambda
// does. It calls a local Firehose with the AWS SDK.

var (
	buildDir string
	build    = sync.OnceValues(func() (string, error) {
		return runtimeapi.Build(context.Background(), buildDir, ".")
	})
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "forwarder")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const stream = "flow-logs"

// fixture is the function and its Firehose.
type fixture struct {
	*runtimeapi.Function
	t        *testing.T
	firehose *firehosetest.Server
	output   bytes.Buffer
	took     time.Duration // duration of the last invocation
}

func start(t *testing.T, timeout time.Duration, env ...string) *fixture {
	t.Helper()
	path, err := build()
	require.NoError(t, err)
	server, err := firehosetest.Start(&firehosetest.Options{Streams: []firehosetest.Stream{{Name: stream, Keep: true}}})
	require.NoError(t, err)
	x := &fixture{t: t, firehose: server}
	x.Function = runtimeapi.New(path, &runtimeapi.Options{
		Env:     append([]string{"DELIVERY_STREAM_NAME=" + stream, "AWS_ENDPOINT_URL_FIREHOSE=" + server.URL()}, env...),
		Timeout: timeout,
		Output:  &x.output,
	})
	t.Cleanup(func() {
		assert.NoError(t, x.Close())
		assert.NoError(t, server.Close())
	})
	return x
}

// must invokes the function, which must succeed, and returns its response.
func (x *fixture) must(event []byte) string {
	x.t.Helper()
	began := time.Now()
	answer, err := x.Invoke(x.t.Context(), event)
	x.took = time.Since(began)
	require.NoError(x.t, err)
	return string(answer)
}

// fail invokes the function, which must fail, and returns the message.
func (x *fixture) fail(event []byte) string {
	x.t.Helper()
	began := time.Now()
	_, err := x.Invoke(x.t.Context(), event)
	x.took = time.Since(began)
	e, ok := errors.AsType[*runtimeapi.Error](err)
	require.True(x.t, ok, "%v", err)
	require.NotContains(x.t, []string{runtimeapi.Timedout, runtimeapi.ExitError}, e.Type, e.Message)
	return e.Message
}

// delivered returns the lines that Firehose has accepted, sorted.
func (x *fixture) delivered() []string {
	text := string(x.firehose.Data(stream))
	if text == "" {
		return nil
	}
	require.True(x.t, strings.HasSuffix(text, "\n"), "each line ends in a newline")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.Sort(lines)
	return lines
}

// logLine is a line of the function's log about an invocation.
type logLine struct {
	Level, Msg, Source, Error            string
	RequestID                            string `json:"request_id"`
	Events, Control                      int
	Records, Calls, Bytes                int64
	Lines, FailedLines, RejectedPayloads int64
	Retried, AmbiguousLines, BilledBytes int64
	FunctionName                         string
	DurationMS                           *int64 `json:"duration_ms"`
}

// logged ends the function and returns the log lines of its invocations.
func (x *fixture) logged() []logLine {
	require.NoError(x.t, x.Close())
	var lines []logLine
	for text := range strings.Lines(x.output.String()) {
		var l logLine
		require.NoError(x.t, json.Unmarshal([]byte(text), &l), text)
		require.NotEmpty(x.t, l.RequestID, text)
		if l.Msg == "invocation" {
			require.NotNil(x.t, l.DurationMS)
			require.Contains(x.t, text, `"_aws":{"Timestamp":`)
			require.NotEmpty(x.t, l.FunctionName)
			lines = append(lines, l)
		}
	}
	return lines
}

func numbered(n int, format string) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(format, i)
	}
	return lines
}

var data = cwlogstest.DataMessage

// marshal returns the JSON of an event.
func marshal(t *testing.T, e any) []byte {
	t.Helper()
	b, err := json.Marshal(e)
	require.NoError(t, err)
	return b
}

func lambdaEvent(t *testing.T, batches ...*cwlogs.Batch) []byte {
	t.Helper()
	return marshal(t, cwlogstest.LambdaEventOf(cwlogstest.Payload(batches...)))
}

const flowLine = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 %05d 22 6 20 4249 1418530010 1418530070 ACCEPT OK"

func TestForward(t *testing.T) {
	x := start(t, time.Minute)
	first, second := numbered(5000, flowLine), numbered(5000, "second "+flowLine)
	assert.Equal(t, "null", x.must(lambdaEvent(t, data(first...))))
	// Cases 70 and 71: several documents in a payload, a control message among them.
	x.must(lambdaEvent(t, data(second[:10]...), cwlogstest.ControlMessage(), data(second[10:]...)))

	want := slices.Concat(first, second)
	slices.Sort(want)
	assert.Equal(t, want, x.delivered())

	logs := x.logged()
	require.Len(t, logs, 2)
	for i, l := range logs {
		assert.Equal(t, "INFO", l.Level)
		assert.Equal(t, "cloudwatch", l.Source)
		assert.EqualValues(t, 5000, l.Lines)
		assert.Equal(t, 5000, l.Events)
		assert.Equal(t, i, l.Control)
		assert.EqualValues(t, 1, l.Calls, "one call per 4 MiB")
		assert.LessOrEqual(t, float64(l.BilledBytes), 1.05*float64(l.Bytes))
		assert.Zero(t, l.FailedLines)
	}
	st := x.firehose.Stats(stream)
	assert.Equal(t, st.Bytes, logs[0].Bytes+logs[1].Bytes)
	assert.Equal(t, st.BilledBytes, logs[0].BilledBytes+logs[1].BilledBytes)
	assert.Equal(t, st.Records, logs[0].Records+logs[1].Records)
}

// Case 78: messages are forwarded unchanged, with newlines and without text.
func TestMessagesOfManyShapes(t *testing.T) {
	x := start(t, time.Minute)
	x.must(lambdaEvent(t, data("plain", "", "two\nlines", "ended\n", "\n", "{\"json\": 1}", " spaces ", "ü\u2028")))
	assert.Equal(t, "plain\n\ntwo\nlines\nended\n\n{\"json\": 1}\n spaces \nü\u2028\n", string(x.firehose.Data(stream)))
	logs := x.logged()
	require.Len(t, logs, 1)
	assert.EqualValues(t, 9, logs[0].Lines)
	assert.Equal(t, 8, logs[0].Events)
	assert.Zero(t, logs[0].FailedLines)
}

// Case 72: a control message is dropped without an error.
func TestControlMessage(t *testing.T) {
	x := start(t, time.Minute)
	assert.Equal(t, "null", x.must(lambdaEvent(t, cwlogstest.ControlMessage())))
	assert.Equal(t, "null", x.must(lambdaEvent(t, data())), "no events")
	assert.Zero(t, x.firehose.Stats(stream).Calls)
	logs := x.logged()
	require.Len(t, logs, 2)
	assert.Equal(t, 1, logs[0].Control)
}

// Cases 74, 75, 85 and 86: a payload that is invalid or of unknown type is an
// error, and nothing of it is sent. The next invocation works.
func TestBrokenPayload(t *testing.T) {
	x := start(t, time.Minute)
	whole := cwlogstest.Payload(data("a", "b"), data("c"))
	badSum := slices.Clone(whole)
	badSum[len(badSum)-5] ^= 1
	unknown := data("a", "b")
	unknown.Type = "NEW_MESSAGE"
	for name, event := range map[string][]byte{
		"truncated gzip": marshal(t, cwlogstest.LambdaEventOf(whole[:len(whole)-9])),
		"checksum":       marshal(t, cwlogstest.LambdaEventOf(badSum)),
		"empty payload":  marshal(t, cwlogstest.LambdaEventOf(nil)),
		"not gzip":       marshal(t, cwlogstest.LambdaEventOf([]byte("2 123456789010 eni-1"))),
		"not base64":     []byte(`{"awslogs":{"data":"!!"}}`),
		"broken second":  marshal(t, cwlogstest.LambdaEventOf(slices.Concat(whole, cwlogstest.Payload(data("d"))[:20]))),
		"unknown type":   lambdaEvent(t, data("a"), unknown),
	} {
		message := x.fail(event)
		assert.Contains(t, message, "event not forwarded", name)
		assert.NotContains(t, message, "\n", name)
		if name == "broken second" {
			assert.Contains(t, message, "3 lines before")
		}
		if name == "unknown type" {
			assert.Contains(t, message, `2 events: cwlogs: message type "NEW_MESSAGE"`)
		}
	}
	assert.Empty(t, x.delivered())
	x.must(lambdaEvent(t, data("good")))
	assert.Equal(t, []string{"good"}, x.delivered())
	logs := x.logged()
	require.Len(t, logs, 8)
	assert.Equal(t, "ERROR", logs[0].Level)
	assert.NotEmpty(t, logs[0].Error)
	for _, l := range logs[:7] {
		assert.EqualValues(t, 1, l.RejectedPayloads, l.Error)
		assert.Positive(t, l.FailedLines, l.Error)
		assert.Equal(t, l.Lines, l.FailedLines, l.Error)
	}
	assert.Zero(t, logs[7].RejectedPayloads)
}

func TestOtherEvents(t *testing.T) {
	x := start(t, time.Minute)
	for _, event := range []string{
		`{}`, `[]`, `null`, `"x"`, `{"Records":[]}`, `{"Records":[{"eventSource":"aws:s3","s3":{}}]}`,
	} {
		assert.Contains(t, x.fail([]byte(event)), "neither a CloudWatch Logs subscription nor a Kinesis event", event)
	}
	assert.Zero(t, x.firehose.Stats(stream).Calls)
}

// Cases 88 and 89: only the records that Firehose refuses are sent again.
func TestRefusedRecords(t *testing.T) {
	x := start(t, time.Minute)
	require.NoError(t, x.firehose.SetFaults(firehosetest.Faults{RecordRate: 0.3, CallRate: 0.3, Seed: 4}))
	want := numbered(5000, flowLine)
	x.must(lambdaEvent(t, data(want...)))
	assert.Equal(t, want, x.delivered(), "each line once")
	logs := x.logged()
	require.Len(t, logs, 1)
	assert.Positive(t, logs[0].Retried)
	assert.Equal(t, x.firehose.Stats(stream).Calls, logs[0].Calls, "the SDK makes no attempts of its own")
}

// If lines are not accepted by the deadline, the function returns an error in time.
// The next invocation works, and does not send those lines.
func TestOutage(t *testing.T) {
	const timeout = 2 * time.Second
	x := start(t, timeout)
	x.must(lambdaEvent(t, data("before")))

	x.firehose.SetDown(true)
	message := x.fail(lambdaEvent(t, data(numbered(700, flowLine)...)))
	assert.Contains(t, message, "700 of 700 lines not accepted")
	assert.Regexp(t, `Slow down\.|deadline exceeded`, message, "the cause of the last attempt")
	assert.Less(t, x.took, timeout-700*time.Millisecond, "a second is kept to answer in")
	x.firehose.SetDown(false)

	x.must(lambdaEvent(t, data("after")))
	assert.Equal(t, []string{"after", "before"}, x.delivered())
	logs := x.logged()
	require.Len(t, logs, 3)
	assert.EqualValues(t, 700, logs[1].FailedLines)
}

// Lambda retries an event after an error. If the first attempt delivered nothing,
// every line is stored once. If it delivered some lines, those are stored twice. No
// line is lost.
func TestRetryAfterOutage(t *testing.T) {
	x := start(t, 2*time.Second)
	lines := numbered(10, flowLine)
	x.firehose.SetDown(true)
	assert.Contains(t, x.fail(lambdaEvent(t, data(lines...))), "10 of 10 lines not accepted")
	x.firehose.SetDown(false)
	x.must(lambdaEvent(t, data(lines...)))
	assert.Equal(t, lines, x.delivered())

	y := start(t, 4*time.Second)           // also on a slow machine, "a" is sent before the deadline
	long := strings.Repeat("long", 50_000) // has a record of its own
	require.NoError(t, y.firehose.SetFaults(firehosetest.Faults{OnRecord: func(_ *firehosetest.Call, _ int, data []byte) string {
		if bytes.Contains(data, []byte("long")) {
			return firehosetest.CodeServiceUnavailable
		}
		return ""
	}}))
	event := lambdaEvent(t, data("a", long))
	assert.Contains(t, y.fail(event), "1 of 2 lines not accepted")
	require.NoError(t, y.firehose.SetFaults(firehosetest.Faults{}))
	y.must(event)
	assert.Equal(t, []string{"a", "a", long}, y.delivered())
}

// If Firehose does not respond, the function ends in time.
func TestDeadline(t *testing.T) {
	const timeout = 2 * time.Second
	x := start(t, timeout)
	x.must(lambdaEvent(t, data("before")))
	x.firehose.Script(firehosetest.Hang())
	message := x.fail(lambdaEvent(t, data("a", "b\nc")))
	assert.Contains(t, message, "3 of 3 lines not accepted")
	assert.Contains(t, message, "deadline exceeded")
	assert.Less(t, x.took, timeout-700*time.Millisecond)
	x.must(lambdaEvent(t, data("after")))
	assert.Equal(t, []string{"after", "before"}, x.delivered())
}

func TestPermanentErrors(t *testing.T) {
	x := start(t, time.Minute, "DELIVERY_STREAM_NAME=other")
	assert.Contains(t, x.fail(lambdaEvent(t, data("a", "b"))), "2 of 2 lines not accepted")
	assert.Less(t, x.took, 10*time.Second, "no attempts to the end")

	y := start(t, time.Minute, "DELIVERY_STREAM_NAME=not a name")
	assert.Contains(t, y.fail(lambdaEvent(t, data("a", "b"))), "2 of 2 lines not accepted")
}

// Cases 92 and 95: a line that is too large for Firehose is an error, and the
// others are delivered.
func TestLineTooLong(t *testing.T) {
	x := start(t, time.Minute)
	event := lambdaEvent(t, data("a", strings.Repeat("x", 1024000), "b", strings.Repeat("y", 1023999)))
	message := x.fail(event)
	assert.Contains(t, message, "1 of 4 lines not accepted")
	assert.Contains(t, message, "too large")
	assert.Equal(t, []string{"a", "b", strings.Repeat("y", 1023999)}, x.delivered())
}

func TestKinesis(t *testing.T) {
	x := start(t, time.Minute)
	var answer events.KinesisEventResponse
	ask := func(payloads ...[]byte) []string {
		t.Helper()
		answer = events.KinesisEventResponse{}
		e := cwlogstest.KinesisEventOf(payloads...)
		require.NoError(t, json.Unmarshal([]byte(x.must(marshal(t, e))), &answer))
		var failed []string
		for _, f := range answer.BatchItemFailures {
			failed = append(failed, fmt.Sprint(1+slices.IndexFunc(e.Records, func(r events.KinesisEventRecord) bool {
				return r.Kinesis.SequenceNumber == f.ItemIdentifier
			})))
		}
		return failed
	}

	// Case 81: the data is gzip; only the JSON of the event has it in base64.
	assert.Empty(t, ask(
		cwlogstest.Payload(data("a1", "a2")),
		cwlogstest.Payload(cwlogstest.ControlMessage()),
		cwlogstest.Payload(data("a3"), data("a4")),
	))
	assert.Equal(t, []string{"a1", "a2", "a3", "a4"}, x.delivered())
	assert.EqualValues(t, 1, x.firehose.Stats(stream).Records, "lines of several payloads share a record")

	// The records before an invalid payload are delivered, and the others are not.
	assert.Equal(t, []string{"2"}, ask(
		cwlogstest.Payload(data("b1")),
		cwlogstest.Payload(data("b2"))[:15],
		cwlogstest.Payload(data("b3")),
	))
	assert.Equal(t, []string{"a1", "a2", "a3", "a4", "b1"}, x.delivered())
	assert.Equal(t, []string{"1"}, ask([]byte("no gzip")))

	// A line that Firehose refuses is traced to its payload. The long line has a
	// record of its own, so the lines before and after it are in different records.
	require.NoError(t, x.firehose.SetFaults(firehosetest.Faults{OnRecord: func(_ *firehosetest.Call, _ int, data []byte) string {
		if bytes.Contains(data, []byte("poison")) {
			return firehosetest.CodeInvalidArgument
		}
		return ""
	}}))
	long := strings.Repeat("long", 50_000)
	assert.Equal(t, []string{"3"}, ask(
		cwlogstest.Payload(data("c1")),
		cwlogstest.Payload(data(long)),
		cwlogstest.Payload(data("c2", "", "poison")),
		cwlogstest.Payload(data("c3")),
	))
	assert.Contains(t, x.delivered(), "c1")
	assert.NotContains(t, x.delivered(), "c2")

	x.firehose.SetDown(true)
	y := start(t, 2*time.Second, "AWS_ENDPOINT_URL_FIREHOSE="+x.firehose.URL())
	began := time.Now()
	e := cwlogstest.KinesisEvent(data("d1"), data("d2"))
	out := y.must(marshal(t, e))
	assert.JSONEq(t, `{"batchItemFailures":[{"itemIdentifier":"`+e.Records[0].Kinesis.SequenceNumber+`"}]}`, out)
	assert.Less(t, time.Since(began), 4*time.Second)
	assert.Equal(t, "ERROR", y.logged()[0].Level)
}

func TestWithoutStream(t *testing.T) {
	x := start(t, time.Minute, "DELIVERY_STREAM_NAME=")
	_, err := x.Invoke(t.Context(), lambdaEvent(t, data("a")))
	assert.ErrorContains(t, err, "DELIVERY_STREAM_NAME is not set")
}

func TestTemplateNamesTheVariable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("template.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "DELIVERY_STREAM_NAME:")
}
