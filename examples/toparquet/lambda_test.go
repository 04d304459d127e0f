package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/examples/internal/s3event"
	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// bucket is a fake S3 with one bucket, in memory.
type bucket struct {
	objects map[string]string
	putErr  error
}

func (b *bucket) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	text, ok := b.objects[*in.Key]
	if !ok || *in.Bucket != "logs" {
		return nil, &types.NoSuchKey{}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(text))}, nil
}

func (b *bucket) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if b.putErr != nil {
		return nil, b.putErr
	}
	if _, ok := in.Body.(io.Seeker); !ok {
		return nil, errors.New("unseekable stream is not supported")
	}
	text, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	if *in.Bucket != "logs" || *in.ContentLength != int64(len(text)) {
		return nil, errors.New("IncompleteBody")
	}
	b.objects[*in.Key] = string(text)
	return &s3.PutObjectOutput{}, nil
}

// ServeHTTP implements the two operations in the protocol of S3.
func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, ok := strings.CutPrefix(r.URL.Path, "/logs/")
	text, found := b.objects[key]
	switch {
	case ok && r.Method == http.MethodPut && r.ContentLength > 0:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.objects[key] = string(body)
	case found && r.Method == http.MethodGet:
		_, _ = io.WriteString(w, text)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>")
	}
}

// created returns the JSON of an event for the keys. It encodes them as S3 does.
func created(name string, keys ...string) string {
	var records []string
	for _, k := range keys {
		records = append(records, fmt.Sprintf(`{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-01-01T00:00:00.000Z","eventName":%q,"s3":{"bucket":{"name":"logs"},"object":{"key":%q,"size":1}}}`,
			name, strings.ReplaceAll(url.QueryEscape(k), "%2F", "/")))
	}
	return `{"Records":[` + strings.Join(records, ",") + `]}`
}

// invoke runs the function for an event and returns its log without the last line,
// which is that of the whole invocation.
func invoke(t *testing.T, b *bucket, env map[string]string, payload string) ([]map[string]any, error) {
	t.Helper()
	lines, _, err := invocation(t, b, env, payload)
	return lines[:len(lines)-1], err
}

// invocation is invoke with all of the log, and with the response as JSON.
func invocation(t *testing.T, b *bucket, env map[string]string, payload string) ([]map[string]any, string, error) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	var log bytes.Buffer
	f, err := fromEnvironment(func(name string) string { return env[name] }, lambdakit.NewLogger(&log))
	require.NoError(t, err)
	f.get, f.put = b, b
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request"})
	answer, err := f.handle(ctx, json.RawMessage(payload))
	assert.Empty(t, entries(t, os.TempDir()), "temporary files")
	var lines []map[string]any
	for line := range strings.Lines(log.String()) {
		var m map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &m))
		assert.Equal(t, "request", m["request_id"])
		lines = append(lines, m)
	}
	text, jsonErr := json.Marshal(answer)
	require.NoError(t, jsonErr)
	require.Equal(t, "invocation", lines[len(lines)-1]["msg"])
	return lines, string(text), err
}

func TestLambda(t *testing.T) {
	text := sample(t, flowlog.V2, 200)
	// case 60: a key of the Hive layout, which S3 encodes, with a space
	const hive = "AWSLogs/aws-account-id=1/year=2026/a b+c.log.gz"
	payload := created("ObjectCreated:Put", hive, "plain.log")
	require.Contains(t, payload, "aws-account-id%3D1/year%3D2026/a+b%2Bc.log.gz")
	b := &bucket{objects: map[string]string{hive: zipped(t, flowlog.V2.Header()+"\nno record\n"+text), "plain.log": text}}
	for range 2 { // case 129: an event that is tried again changes nothing
		log, err := invoke(t, b, nil, payload)
		require.NoError(t, err)
		require.Len(t, b.objects, 4)
		same(t, flowlog.V2, text, []byte(b.objects["parquet/AWSLogs/aws-account-id=1/year=2026/a b+c.log.gz.parquet"]))
		same(t, flowlog.V2, text, []byte(b.objects["parquet/plain.log.parquet"]))
		require.Len(t, log, 2)
		assert.Equal(t, "converted", log[0]["msg"])
		assert.Equal(t, hive, log[0]["key"])
		assert.EqualValues(t, 200, log[0]["records"])
		assert.EqualValues(t, 1, log[0]["bad"])
		assert.EqualValues(t, len(b.objects[hive]), log[0]["bytes_in"])
		assert.Contains(t, log[0]["first_bad"], "line 2")
	}

	v5 := format(t, 5)
	text = sample(t, v5, 50)
	b = &bucket{objects: map[string]string{"x": text}}
	_, err := invoke(t, b, map[string]string{"LOG_FORMAT": v5.String(), "TARGET_PREFIX": "p"}, created("s3:ObjectCreated:Copy", "x"))
	require.NoError(t, err)
	same(t, v5, text, []byte(b.objects["p/x.parquet"]))
}

// Different sources have different targets, so that none replaces another.
func TestLambdaTargets(t *testing.T) {
	b := &bucket{objects: make(map[string]string)}
	sources := make(map[string]string)
	var keys []string
	for i, key := range []string{"d/x.log.gz", "d/x.gz", "d/x.log", "d/x", "d/x.gz.gz"} {
		sources[key] = sample(t, flowlog.V2, 10+i)
		b.objects[key] = zipped(t, sources[key])
		keys = append(keys, key)
	}
	_, err := invoke(t, b, nil, created("ObjectCreated:Put", keys...))
	require.NoError(t, err)
	assert.Len(t, b.objects, 2*len(keys))
	for key, text := range sources {
		same(t, flowlog.V2, text, []byte(b.objects["parquet/"+key+".parquet"]))
	}
}

// The keys of a target and its source have the same partition.
func TestLambdaPartitions(t *testing.T) {
	f, err := fromEnvironment(func(string) string { return "" }, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	const name = "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261122T0500Z_fe123456.log.gz"
	for _, folder := range []string{
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/05/",
		"AWSLogs/o-exampleorgid/123456789012/vpcflowlogs/us-east-1/2026/11/22/",
		"pre/fix/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=22/",
		"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=22/hour=05/",
		"2026/11/22/05/",
	} {
		name := name
		if strings.HasPrefix(folder, "2026") { // Firehose
			name = "stream-1-2026-11-22-05-12-08-1e3cd2f7-7c5d-4b4f-9d2e-0a1b2c3d4e5f.gz"
		}
		source, err := athena.ParseKey(folder + name)
		require.NoError(t, err)
		target, err := athena.ParseKey(f.target(folder + name))
		require.NoError(t, err)
		source.Key, source.Storage, source.Prefix = f.target(source.Key), athena.Parquet, f.prefix+source.Prefix
		assert.Equal(t, source, target)
	}
}

func TestLambdaSkips(t *testing.T) {
	b := &bucket{putErr: errors.New("no object is to be written")}
	for _, payload := range []string{
		created("ObjectCreated:Put", "parquet/a.log.gz"), // it would feed itself
		created("ObjectCreated:Put", "other/a.log.parquet"),
		created("ObjectCreated:Put", "folder/"),
		created("ObjectRemoved:Delete", "a.log.gz"),
		`{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"logs"}`,
	} {
		log, err := invoke(t, b, nil, payload)
		require.NoError(t, err, payload)
		assert.Len(t, log, 1)
	}
	_, err := fromEnvironment(func(string) string { return "srcaddr srcaddr" }, slog.New(slog.DiscardHandler))
	assert.ErrorIs(t, err, flowlog.ErrFormat)
}

// case 129: a failed object is an error, after the other objects are converted.
func TestLambdaErrors(t *testing.T) {
	text := sample(t, flowlog.V2, 200)
	gz := zipped(t, text)
	b := &bucket{objects: map[string]string{"cut.gz": gz[:len(gz)/2], "prose": "this is\nno log\n", "good.gz": gz}}
	log, _, err := invocation(t, b, nil, created("ObjectCreated:Put", "missing", "cut.gz", "prose", "good.gz"))
	var missing *types.NoSuchKey
	assert.ErrorAs(t, err, &missing)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.ErrorIs(t, err, errNoLog)
	assert.Contains(t, err.Error(), "s3://logs/cut.gz: ")
	assert.Len(t, b.objects, 4)
	same(t, flowlog.V2, text, []byte(b.objects["parquet/good.gz.parquet"]))
	require.Len(t, log, 5)
	assert.Equal(t, "failed", log[0]["msg"])
	assert.Equal(t, "ERROR", log[0]["level"])
	assert.Equal(t, "missing", log[0]["key"])
	assert.Equal(t, "ERROR", log[4]["level"])
	for name, want := range map[string]int{lambdakit.RejectedPayloads: 3, lambdakit.BadLines: 2} {
		assert.EqualValues(t, want, log[4][name], name)
	}
	assert.Contains(t, log[4], "_aws")

	b.putErr = errors.New("SlowDown")
	_, err = invoke(t, b, nil, created("ObjectCreated:Put", "good.gz"))
	assert.ErrorIs(t, err, b.putErr)
}

// Events that arrive through other services are converted. An event that is not
// understood is never a success.
func TestLambdaWrapped(t *testing.T) {
	text := sample(t, flowlog.V2, 20)
	put, removed := created("ObjectCreated:Put", "a b.gz"), created("ObjectRemoved:Delete", "a b.gz")
	missing := created("ObjectCreated:Put", "missing")
	quoted := func(s string) string {
		b, err := json.Marshal(s)
		require.NoError(t, err)
		return string(b)
	}
	sqs := func(bodies ...string) string {
		var records []string
		for i, b := range bodies {
			records = append(records, fmt.Sprintf(`{"messageId":"m%d","eventSource":"aws:sqs","body":%s}`, i, quoted(b)))
		}
		return `{"Records":[` + strings.Join(records, ",") + `]}`
	}
	const task = `{"invocationSchemaVersion":"1.0","invocationId":"i","tasks":[{"taskId":"t","s3Key":"%s","s3BucketArn":"arn:aws:s3:::logs"}]}`
	const result = `{"invocationSchemaVersion":"1.0","treatMissingKeysAs":"TemporaryFailure","invocationId":"i","results":[{"taskId":"t","resultCode":%q,"resultString":%q}]}`
	for name, c := range map[string]struct {
		event, answer string
		objects       int
		err           error
	}{
		"queue":               {sqs(put), `{"batchItemFailures":[]}`, 2, nil},
		"topic":               {`{"Records":[{"EventSource":"aws:sns","Sns":{"Message":` + quoted(put) + `}}]}`, "null", 2, nil},
		"topic in queue":      {sqs(`{"Type":"Notification","Message":` + quoted(put) + `}`), `{"batchItemFailures":[]}`, 2, nil},
		"EventBridge":         {`{"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"logs"},"object":{"key":"a b.gz"}}}`, "null", 2, nil},
		"batch":               {fmt.Sprintf(task, "a+b.gz"), fmt.Sprintf(result, "Succeeded", ""), 2, nil},
		"batch, missing":      {fmt.Sprintf(task, "missing"), fmt.Sprintf(result, "PermanentFailure", "s3://logs/missing: get: NoSuchKey: "), 1, nil},
		"part of a queue":     {sqs(missing, put, "x", removed), `{"batchItemFailures":[{"itemIdentifier":"m0"},{"itemIdentifier":"m2"}]}`, 2, nil},
		"all of a queue":      {sqs("{}", "x"), "null", 1, s3event.ErrEvent},
		"removed, in a queue": {sqs(removed), `{"batchItemFailures":[]}`, 1, nil},
		"a schedule":          {`{"detail-type":"Scheduled Event","source":"aws.events","detail":{}}`, "null", 1, s3event.ErrEvent},
		"Kinesis":             {`{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"eA=="}}]}`, "null", 1, s3event.ErrEvent},
		"nothing":             {`{}`, "null", 1, s3event.ErrEvent},
	} {
		b := &bucket{objects: map[string]string{"a b.gz": zipped(t, text)}}
		log, answer, err := invocation(t, b, nil, c.event)
		if c.err == nil {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorIs(t, err, c.err, name)
			assert.NotZero(t, log[len(log)-1][lambdakit.RejectedPayloads], name)
		}
		assert.JSONEq(t, c.answer, answer, name)
		assert.Len(t, b.objects, c.objects, name)
	}
}

// TestMain makes the test executable the function, if it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_TOPARQUET") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The executable, run as Lambda does, with a client of the SDK and S3 over HTTP.
func TestProcess(t *testing.T) {
	path, err := os.Executable()
	require.NoError(t, err)
	text := sample(t, flowlog.V2, 200)
	b := &bucket{objects: map[string]string{"a=1/b c.log.gz": zipped(t, text)}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	tmp := t.TempDir()
	fn := runtimeapi.New(path, &runtimeapi.Options{Env: []string{"RUN_TOPARQUET=1", "TMPDIR=" + tmp, "AWS_ENDPOINT_URL_S3=" + server.URL,
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_EC2_METADATA_DISABLED=true"}})
	t.Cleanup(func() { assert.NoError(t, fn.Close()) })
	_, err = fn.Invoke(t.Context(), json.RawMessage(created("ObjectCreated:Put", "missing.log.gz")))
	assert.ErrorContains(t, err, "NoSuchKey")
	_, err = fn.Invoke(t.Context(), json.RawMessage(created("ObjectCreated:Put", "a=1/b c.log.gz")))
	require.NoError(t, err)
	same(t, flowlog.V2, text, []byte(b.objects["parquet/a=1/b c.log.gz.parquet"]))
	assert.Empty(t, entries(t, tmp))
}
