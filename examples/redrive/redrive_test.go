package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
)

// environment configures the SDK for a local Firehose and S3.
func environment(t *testing.T, firehose, s3 string) {
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_FIREHOSE": firehose, "AWS_ENDPOINT_URL_S3": s3, "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func stream(t *testing.T) *firehosetest.Server {
	server, err := firehosetest.Start(nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	environment(t, server.URL(), "http://127.0.0.1:1")
	return server
}

// command runs redrive.
func command(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

func zipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func quoted(t *testing.T, s string) string {
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return string(b)
}

// inputs are one object of each kind. Each has two lines with its name.
func inputs(t *testing.T) map[string]string {
	payload := func(name string) string {
		return string(cwlogstest.Payload(cwlogstest.ControlMessage(), cwlogstest.DataMessage("2 "+name+" a", "2 "+name+" b")))
	}
	encoded := func(name string) string { return base64.StdEncoding.EncodeToString([]byte(payload(name))) }
	invocation := func(name string) string {
		return `{"version":"1.0","timestamp":"2026-11-22T05:00:00.000Z","requestContext":{"requestId":"r","functionArn":"arn","condition":"RetriesExhausted","approximateInvokeCount":3},` +
			`"requestPayload":{"awslogs":{"data":"` + encoded(name) + `"}},"responseContext":{"statusCode":200},"responsePayload":{"errorMessage":"x"}}`
	}
	return map[string]string{
		"invocation": invocation("invocation"),
		"kinesis":    `{"requestContext":{},"requestPayload":{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"` + encoded("kinesis") + `"}}]}}`,
		"error-object": `{"attemptsMade":4,"arrivalTimestamp":1,"errorCode":"Lambda.FunctionError","errorMessage":"x","attemptEndingTimestamp":2,"rawData":"` + encoded("error-object") + `","lambdaArn":"arn"}` + "\n" +
			`{"rawData":"` + base64.StdEncoding.EncodeToString(cwlogstest.Payload(cwlogstest.ControlMessage())) + `","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"x","attemptsMade":1,"arrivalTimestamp":1,"attemptEndingTimestamp":2,"lambdaARN":"arn"}`,
		"error-lines":     zipped(t, `{"rawData":"`+base64.StdEncoding.EncodeToString([]byte("2 error-lines a\n2 error-lines b\n"))+`"}`),
		"sqs":             `{"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":` + quoted(t, invocation("sqs")) + `}]}`,
		"sqs-event":       `{"Records":[{"messageId":"m","eventSource":"aws:sqs","body":` + quoted(t, invocation("sqs-event")) + `}]}`,
		"untransformed":   payload("untransformed"),
		"export.gz":       zipped(t, "2026-11-22T05:00:00.000Z 2 export.gz a\n2026-11-22T05:00:01Z 2 export.gz b\n"),
		"lines":           "2 lines a\n2 lines b",
		"direct":          `{"message":"2 direct a"}{"message":"2 direct b"}`,
		"decompressed.js": `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1,"message":"2 decompressed.js a"},{"id":"2","timestamp":1,"message":"2 decompressed.js b"}]}`,
	}
}

func sorted(data []byte) []string {
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	slices.Sort(lines)
	return lines
}

func expected(in map[string]string) []string {
	var lines []string
	for name := range in {
		lines = append(lines, "2 "+name+" a", "2 "+name+" b")
	}
	slices.Sort(lines)
	return lines
}

func TestFiles(t *testing.T) {
	server := stream(t)
	dir := t.TempDir()
	in := inputs(t)
	for name, text := range in {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	code, out, errs := command(t, "", "-dry-run", dir)
	require.Zero(t, code, errs)
	assert.Equal(t, len(in), strings.Count(out, "readable"))
	assert.Contains(t, errs, "redrive: 11 objects read, 22 lines, 0 header lines and 7 control messages in them; nothing sent")
	assert.Empty(t, server.Data("flow-logs"))

	code, out, errs = command(t, "", "-stream", "flow-logs", dir)
	require.Zero(t, code, errs)
	assert.Equal(t, len(in), strings.Count(out, "delivered"))
	assert.Contains(t, errs, "22 delivered, 0 not; 11 done, 0 failed")
	assert.Equal(t, expected(in), sorted(server.Data("flow-logs")))
	for _, kind := range []string{onFailure, errorObject, queueMessage, subscription, exported, plain} {
		assert.Contains(t, out, kind)
	}

	// A second run finds nothing, and the moved objects are unchanged.
	code, _, errs = command(t, "", "-stream", "flow-logs", dir)
	require.Zero(t, code, errs)
	assert.Equal(t, expected(in), sorted(server.Data("flow-logs")))
	for name, text := range in {
		got, err := os.ReadFile(filepath.Join(dir, "redriven", name))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}

	// An existing file is not replaced.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lines"), []byte("new\n"), 0o600))
	code, _, errs = command(t, "", "-stream", "flow-logs", filepath.Join(dir, "lines"))
	require.Zero(t, code, errs)
	assert.FileExists(t, filepath.Join(dir, "redriven", "lines.1"))
}

// Header lines are sent, and not counted as lines.
func TestHeaders(t *testing.T) {
	server := stream(t)
	for _, tt := range []struct{ text, want string }{
		{flowlog.V2.Header() + "\n2 a\n" + flowlog.V2.Header() + "\r\n2 b\n", "1 object read, 2 lines, 2 header lines and 0 control messages in them; 2 delivered, 0 not"},
		{"version srcaddr\n", "0 lines, 1 header line and 0"},
		{"${version} new-field\n2 x\n", "1 line, 1 header line and 0"},
		{"\n\nhello world\nACCEPT\n", "4 lines, 0 header lines and 0"},
		{`{"message":"version srcaddr\n2 a"}`, "1 line, 1 header line and 0"},
	} {
		before := len(server.Data("flow-logs"))
		code, _, errs := command(t, tt.text, "-stream", "flow-logs", "-")
		require.Zero(t, code, errs)
		assert.Contains(t, errs, tt.want)
		if !strings.HasPrefix(tt.text, "{") {
			assert.Equal(t, strings.ReplaceAll(tt.text, "\r", ""), string(server.Data("flow-logs")[before:]))
		}
	}
}

func TestStandardInput(t *testing.T) {
	server := stream(t)
	code, _, errs := command(t, inputs(t)["sqs"], "-stream", "flow-logs", "-message", "-")
	require.Zero(t, code, errs)
	assert.Equal(t, []string{`{"message":"2 sqs a"}`, `{"message":"2 sqs b"}`}, sorted(server.Data("flow-logs")))
}

// An invalid or unknown object is not sent in part and not moved, and the command
// fails.
func TestRefused(t *testing.T) {
	server := stream(t)
	dir := t.TempDir()
	whole := inputs(t)["untransformed"]
	bad := map[string]string{
		"cut":      whole[:len(whole)-4],
		"event":    `{"requestContext":{},"requestPayload":{"Records":[{"eventSource":"aws:s3","s3":{}}]}}`,
		"object":   `{"a":1}`,
		"list":     `[1]`,
		"json":     `{"message":"2 a"}{"message":`,
		"base64":   `{"rawData":"!"}`,
		"parquet":  "PAR1\x00\x01\x02",
		"type":     `{"messageType":"OTHER","logEvents":[]}`,
		"null":     `{"Messages":[{"MessageId":"m"}]}`,
		"partial":  `{"message":"2 a"}{"a":1}`,
		"of twice": `{"rawData":"` + base64.StdEncoding.EncodeToString([]byte(`{"b":2}`)) + `"}`,
	}
	for name, text := range bad {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "good"), []byte("2 good\n"), 0o600))
	code, out, errs := command(t, "", "-stream", "flow-logs", dir)
	assert.Equal(t, 1, code)
	assert.Equal(t, "2 good\n", string(server.Data("flow-logs")))
	assert.Equal(t, len(bad), strings.Count(out, "failed"))
	for name := range bad {
		assert.FileExists(t, filepath.Join(dir, name))
		assert.Contains(t, errs, filepath.Join(dir, name)+": ")
	}
	code, _, errs = command(t, "", filepath.Join(dir, "good"))
	assert.Equal(t, 2, code, errs)
	code, _, _ = command(t, "", "-dry-run")
	assert.Equal(t, 2, code)
	code, out, _ = command(t, "", "-h")
	assert.Zero(t, code)
	assert.Contains(t, out, "-dry-run")
	code, _, _ = command(t, "", "-stream", "x", filepath.Join(dir, "nowhere"))
	assert.Equal(t, 1, code)
}

// A standard input that blocks does not delay the end.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stdin, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	go func() {
		_, _ = io.WriteString(w, "2 a\n")
		cancel()
	}()
	var out, errs bytes.Buffer
	assert.Equal(t, 130, run(ctx, []string{"-dry-run", "-"}, stdin, &out, &errs))
	assert.True(t, strings.HasSuffix(errs.String(), "redrive: interrupted\n"), errs.String())
}

// The object with which an export task tests its permission is not a line.
func TestPermissionTest(t *testing.T) {
	server := stream(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "aws-logs-write-test"), []byte("Permission Check Successful"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "000000.gz"), []byte(zipped(t, "2026-11-22T05:00:00.000Z 2 a\n")), 0o600))
	code, out, errs := command(t, "", "-stream", "flow-logs", dir)
	require.Zero(t, code, errs)
	assert.Equal(t, "2 a\n", string(server.Data("flow-logs")))
	assert.Regexp(t, "aws-logs-write-test +permission test +0 ", out)
}

// Lines that Firehose does not accept are kept, and no line is sent twice.
func TestRest(t *testing.T) {
	server := stream(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "2 line %d %s\n", i, strings.Repeat("x", 300_000))
	}
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	server.Script(firehosetest.Fault{}, firehosetest.Fault{Code: "ResourceNotFoundException"})
	code, _, errs := command(t, "", "-stream", "flow-logs", dir)
	require.Equal(t, 1, code, errs)
	require.NoFileExists(t, path)
	require.FileExists(t, path+".rest")
	assert.Contains(t, errs, "lines not accepted, now in "+path+".rest")
	code, _, errs = command(t, "", "-stream", "flow-logs", dir)
	require.Zero(t, code, errs)
	assert.Equal(t, sorted([]byte(text.String())), sorted(server.Data("flow-logs")))

	require.NoError(t, os.WriteFile(path, []byte("2 a\n"), 0o600))
	server.Script(firehosetest.Fault{Code: "ResourceNotFoundException"})
	code, _, _ = command(t, "", "-stream", "flow-logs", path)
	assert.Equal(t, 1, code)
	assert.FileExists(t, path, "nothing of it was accepted")
}

// The lines of standard input are nowhere else, so those of each run get a new file.
func TestRestOfStandardInput(t *testing.T) {
	server := stream(t)
	t.Chdir(t.TempDir())
	var want []byte
	for _, name := range []string{"a", "b"} {
		text := strings.Repeat("2 line "+name+" "+strings.Repeat("x", 300_000)+"\n", 50)
		want = append(want, text...)
		server.Script(firehosetest.Fault{}, firehosetest.Fault{Code: "ResourceNotFoundException"})
		code, _, errs := command(t, text, "-stream", "flow-logs", "-")
		require.Equal(t, 1, code, errs)
		_, file, _ := strings.Cut(errs, "lines not accepted, now in ")
		file, _, _ = strings.Cut(file, ":")
		assert.FileExists(t, file)
	}
	code, _, errs := command(t, "", "-stream", "flow-logs", ".")
	require.Zero(t, code, errs)
	assert.Equal(t, sorted(want), sorted(server.Data("flow-logs")))
}

// bucket is a fake S3 with one bucket.
type bucket struct {
	mu      sync.Mutex
	objects map[string]string
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, _ := strings.CutPrefix(r.URL.Path, "/logs")
	key = strings.TrimPrefix(key, "/")
	switch r.Method {
	case http.MethodGet:
		if key != "" {
			_, _ = io.WriteString(w, b.objects[key])
			return
		}
		type content struct{ Key string }
		var out struct {
			XMLName  xml.Name `xml:"ListBucketResult"`
			Contents []content
		}
		for k := range b.objects {
			if strings.HasPrefix(k, r.URL.Query().Get("prefix")) {
				out.Contents = append(out.Contents, content{k})
			}
		}
		_ = xml.NewEncoder(w).Encode(out)
	case http.MethodPut:
		source, _ := url.QueryUnescape(strings.TrimPrefix(r.Header.Get("X-Amz-Copy-Source"), "logs/"))
		body, _ := io.ReadAll(r.Body)
		if source != "" {
			text, ok := b.objects[source]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			body = []byte(text)
		}
		b.objects[key] = string(body)
		_, _ = io.WriteString(w, "<CopyObjectResult/>")
	case http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(http.StatusNoContent)
	}
}

func TestS3(t *testing.T) {
	server := stream(t)
	b := &bucket{objects: map[string]string{"failed/": "", "elsewhere/x": "2 x\n"}}
	s3 := httptest.NewServer(b)
	t.Cleanup(s3.Close)
	environment(t, server.URL(), s3.URL)
	in := inputs(t)
	for name, text := range in {
		b.objects["failed/a+b c=1/"+name] = text
	}
	for range 2 {
		code, _, errs := command(t, "", "-stream", "flow-logs", "s3://logs/failed/")
		require.Zero(t, code, errs)
		assert.Equal(t, expected(in), sorted(server.Data("flow-logs")))
	}
	for name, text := range in {
		assert.Equal(t, text, b.objects["redriven/failed/a+b c=1/"+name])
	}
	assert.Len(t, b.objects, len(in)+2)
	code, _, errs := command(t, "", "-stream", "flow-logs", "s3://logs/missing")
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, "no such object")
}
