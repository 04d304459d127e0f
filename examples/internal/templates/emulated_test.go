package templates

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// lacks are the features that the emulator lacks, by a part of the text of their
// resources. The test leaves those resources out. DEPLOY.md lists them, and what
// else only AWS can show.
var lacks = map[string]string{
	"Type: AWS::EC2::FlowLog\n":         "flow logs: the test puts the events into the log group itself",
	"Type: AWS::Athena::NamedQuery\n":   "named queries: package athena's tests run them on real engines",
	"          Expression: SUM(METRICS": "alarms on sums of metrics",
}

// emulator is an emulated AWS on the loopback interface.
type emulator struct {
	t        *testing.T
	aws, url string
	env      []string
	dir      string
}

// startMinistack starts ministack, from PyPI.
func startMinistack(t *testing.T) *emulator {
	return start(t, "VPCFLOW_MINISTACK", "/_ministack/health", func(port string) (args, env []string) {
		return nil, []string{"GATEWAY_PORT=" + port, "BIND_HOST=127.0.0.1", "MINISTACK_HOST=127.0.0.1", "IOT_MTLS_ENABLED=0", "LAMBDA_EXECUTOR=local"}
	})
}

// start starts an emulator on a free port. The environment variable name names
// its command, and VPCFLOW_AWS_CLI the aws command. Without them the test is
// skipped; the script of the CI makes sure that it ran. The emulator is ready when
// it answers a request for the path health.
func start(t *testing.T, name, health string, arguments func(port string) (args, env []string)) *emulator {
	command, aws := os.Getenv(name), os.Getenv("VPCFLOW_AWS_CLI")
	if command == "" || aws == "" {
		t.Skip(name + " and VPCFLOW_AWS_CLI are not set")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, l.Close())
	e := &emulator{t: t, aws: aws, url: "http://127.0.0.1:" + port, dir: t.TempDir()}
	base := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + e.dir, "TMPDIR=" + e.dir, "NO_PROXY=127.0.0.1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1"}
	e.env = append(base, "AWS_ENDPOINT_URL="+e.url, "AWS_PAGER=", "AWS_DEFAULT_OUTPUT=json", "AWS_EC2_METADATA_DISABLED=true")

	log, err := os.Create(filepath.Join(e.dir, "emulator.log"))
	require.NoError(t, err)
	args, env := arguments(port)
	cmd := exec.Command(command, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.dir, log, log
	cmd.Env = slices.Concat(base, env)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with the functions it runs
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the emulator:\n%s", text)
		}
	})
	e.eventually("the emulator", func() bool {
		res, err := http.Get(e.url + health)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return true
	})
	return e
}

func (e *emulator) eventually(what string, ok func() bool) {
	e.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(250 * time.Millisecond) {
		require.True(e.t, time.Now().Before(deadline), what)
	}
}

// run runs the aws command and returns what it prints.
func (e *emulator) run(args ...string) string {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), 2*time.Minute)
	defer cancel()
	// Version 1 of the command ignores AWS_ENDPOINT_URL for SQS.
	cmd := exec.CommandContext(ctx, e.aws, append([]string{"--endpoint-url", e.url}, args...)...)
	cmd.Env, cmd.Dir = e.env, e.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(e.t, err, "aws %s\n%s", strings.Join(args, " "), stderr.String())
	return strings.TrimSpace(string(out))
}

// file writes a file and returns its name.
func (e *emulator) file(name, text string) string {
	path := filepath.Join(e.dir, name)
	require.NoError(e.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// upload builds an example for this machine and uploads its zip file.
func (e *emulator) upload(name string) {
	path := e.build(name, "lambda.norpc")
	text, err := os.ReadFile(path)
	require.NoError(e.t, err)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	require.NoError(e.t, err)
	_, err = w.Write(text)
	require.NoError(e.t, err)
	require.NoError(e.t, z.Close())
	e.run("s3", "cp", "--quiet", e.file(name+".zip", b.String()), "s3://code/"+name+".zip")
}

func (e *emulator) build(name, tags string) string {
	path := filepath.Join(e.dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-tags", tags, "-ldflags=-s -w", "-o", path, ".")
	cmd.Dir, cmd.Env = "../../"+name, append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(e.t, err, string(out))
	return path
}

// deploy deploys a template without what the emulator lacks, and returns its
// outputs. The functions get the address of the emulator.
func (e *emulator) deploy(path, stack string, parameters ...string) map[string]string {
	e.t.Helper()
	text, err := os.ReadFile("../../" + path)
	require.NoError(e.t, err)
	head, _, ok := strings.Cut(string(text), "\nResources:\n")
	require.True(e.t, ok)
	_, outputs, ok := strings.Cut(string(text), "\nOutputs:\n")
	require.True(e.t, ok)
	var kept strings.Builder
	for _, r := range resources(e.t, string(text)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(lacks)), func(s string) bool { return strings.Contains(r, s) }) {
			kept.WriteString(r)
		}
	}
	variables := "        Variables:\n"
	body := strings.ReplaceAll(kept.String(), variables, variables+"          AWS_ENDPOINT_URL: "+e.url+"\n")
	template := e.file(stack+".yaml", head+"\nResources:\n"+body+"\nOutputs:\n"+outputs)
	e.run(append([]string{"cloudformation", "deploy", "--stack-name", stack, "--template-file", template,
		"--capabilities", "CAPABILITY_IAM", "--parameter-overrides"}, parameters...)...)
	var out []struct{ OutputKey, OutputValue string }
	e.json(&out, "cloudformation", "describe-stacks", "--stack-name", stack, "--query", "Stacks[0].Outputs")
	got := make(map[string]string)
	for _, o := range out {
		got[o.OutputKey] = o.OutputValue
	}
	return got
}

func (e *emulator) json(to any, args ...string) {
	e.t.Helper()
	out := e.run(args...)
	require.NoError(e.t, json.Unmarshal([]byte(out), to), out)
}

// objects returns the objects of a bucket under a prefix.
func (e *emulator) objects(bucket, prefix string) map[string][]byte {
	e.t.Helper()
	dir := filepath.Join(e.dir, "sync", bucket, prefix)
	require.NoError(e.t, os.RemoveAll(dir))
	e.run("s3", "cp", "--quiet", "--recursive", "s3://"+bucket+"/"+prefix, dir)
	out := make(map[string][]byte)
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[path], err = os.ReadFile(path)
		}
		return err
	})
	return out
}

// lines returns the lines of the objects, sorted.
func (e *emulator) lines(bucket, prefix string) []string {
	e.t.Helper()
	var all []string
	for _, data := range e.objects(bucket, prefix) {
		if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
			z, err := gzip.NewReader(bytes.NewReader(data))
			require.NoError(e.t, err)
			data, err = io.ReadAll(z)
			require.NoError(e.t, err)
		}
		for line := range strings.Lines(string(data)) {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	slices.Sort(all)
	return all
}

// rows returns the rows of the Parquet objects as lines, sorted.
func (e *emulator) rows(bucket, prefix string) []string {
	e.t.Helper()
	var all []string
	for _, data := range e.objects(bucket, prefix) {
		r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), nil)
		require.NoError(e.t, err)
		for rec, err := range r.All() {
			require.NoError(e.t, err)
			all = append(all, rec.String())
		}
		require.NoError(e.t, r.Close())
	}
	slices.Sort(all)
	return all
}

// sample returns lines of a flow log.
func sample(t *testing.T, n int, seed uint64) []string {
	text, err := io.ReadAll(flowlogtest.NewReader(flowlog.V2, n, seed))
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// put puts lines into the log group.
func (e *emulator) put(lines []string) {
	e.t.Helper()
	type event struct {
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
	}
	var events []event
	for _, line := range lines {
		events = append(events, event{time.Now().UnixMilli(), line})
	}
	b, err := json.Marshal(events)
	require.NoError(e.t, err)
	e.run("logs", "put-log-events", "--log-group-name", "flow", "--log-stream-name", "eni-1", "--log-events", "file://"+e.file("events.json", string(b)))
}

// TestEmulated deploys every template. Lines that are put into the log group arrive
// unchanged in S3 and in Parquet, and lines that failed arrive after redrive, once
// each.
func TestEmulated(t *testing.T) {
	e := startMinistack(t)
	for part, why := range lacks {
		t.Logf("left out: %s (%s)", why, strings.TrimSpace(part))
	}
	e.run("s3", "mb", "s3://code")
	for _, name := range []string{"forwarder", "toparquet", "partitioner", "transform"} {
		e.upload(name)
	}
	for _, name := range []string{"flow", "other", "third"} {
		e.run("logs", "create-log-group", "--log-group-name", name)
	}
	e.run("logs", "create-log-stream", "--log-group-name", "flow", "--log-stream-name", "eni-1")

	code := []string{"CodeBucket=code", "Architecture=x86_64"}
	stack := e.deploy("article.yaml", "article", append(code, "ExistingLogGroup=flow")...)
	bucket := stack["Bucket"]
	require.NotEmpty(t, bucket)
	sent := sample(t, 500, 1)
	e.put(sent)
	want := func() []string { return slices.Sorted(slices.Values(sent)) }
	e.eventually("lines in S3", func() bool { return len(e.lines(bucket, "flowlogs/")) >= len(sent) })
	assert.Equal(t, want(), e.lines(bucket, "flowlogs/"))
	e.eventually("rows of Parquet", func() bool { return len(e.rows(bucket, "parquet/")) >= len(sent) })
	assert.Equal(t, want(), e.rows(bucket, "parquet/"))
	e.eventually("a partition", func() bool {
		var ids []string
		e.json(&ids, "athena", "list-query-executions", "--work-group", stack["WorkGroup"], "--query", "QueryExecutionIds")
		return slices.ContainsFunc(ids, func(id string) bool {
			return strings.Contains(e.run("athena", "get-query-execution", "--query-execution-id", id), "ADD IF NOT EXISTS PARTITION (`datehour`='")
		})
	})
	for _, table := range []string{"vpc_flow_logs", "vpc_flow_logs_parquet"} {
		assert.Contains(t, e.run("glue", "get-table", "--database-name", stack["Database"], "--name", table), "s3://"+bucket+"/")
	}

	// The stream is gone. The emulator retries only events that are invoked
	// asynchronously by hand, and its only on-failure destination is a queue: what
	// the forwarder gives up goes there.
	var queue struct{ QueueUrl string }
	e.json(&queue, "sqs", "create-queue", "--queue-name", "failed")
	arn := e.run("sqs", "get-queue-attributes", "--queue-url", queue.QueueUrl, "--attribute-names", "QueueArn", "--query", "Attributes.QueueArn", "--output", "text")
	e.run("lambda", "put-function-event-invoke-config", "--function-name", stack["FunctionName"], "--maximum-retry-attempts", "1",
		"--destination-config", `{"OnFailure":{"Destination":"`+arn+`"}}`)
	e.run("lambda", "update-function-configuration", "--function-name", stack["FunctionName"],
		"--environment", `{"Variables":{"DELIVERY_STREAM_NAME":"gone","AWS_ENDPOINT_URL":"`+e.url+`"}}`)
	more := func(n int, seed uint64) []string {
		lines := sample(t, n, seed)
		sent = append(sent, lines...)
		return lines
	}
	event, err := json.Marshal(cwlogstest.LambdaEvent(cwlogstest.DataMessage(more(100, 2)...)))
	require.NoError(t, err)
	e.run("lambda", "invoke", "--function-name", stack["FunctionName"], "--invocation-type", "Event",
		"--payload", "file://"+e.file("event.json", string(event)), e.file("answer.json", ""))
	failed := ""
	e.eventually("a message in the queue", func() bool {
		failed = e.run("sqs", "receive-message", "--queue-url", queue.QueueUrl, "--max-number-of-messages", "10")
		return failed != ""
	})
	assert.Len(t, e.lines(bucket, "flowlogs/"), 500)
	message := e.file("failed.json", failed)

	// The objects that the emulator does not write itself, where the template has
	// AWS write them.
	e.store(bucket, "aws/lambda/async/forwarder/2026/11/22/2026-11-22T05.00.00-r.json", invocation(t, more(100, 3)))
	e.store(bucket, "failed/processing-failed/2026/11/22/05/flow-logs-1-a", errorObject(t, "lambdaArn", "Lambda.FunctionError", more(50, 4))+
		"\n"+errorObject(t, "lambdaARN", "Lambda.ProcessingFailedStatus", more(50, 5)))
	redrive := e.build("redrive", "")
	places := []string{message, "s3://" + bucket + "/aws/lambda/async/", "s3://" + bucket + "/failed/"}
	assert.Contains(t, e.redrive(redrive, append([]string{"-stream", stack["StreamName"]}, places...)...), "300 delivered, 0 not; 3 done, 0 failed")
	e.eventually("the lines that had failed", func() bool { return len(e.lines(bucket, "flowlogs/")) >= len(sent) })
	// Nothing is left for a second run.
	assert.NoFileExists(t, message)
	assert.Contains(t, e.redrive(redrive, append([]string{"-stream", stack["StreamName"]}, places[1:]...)...), "0 delivered, 0 not; 0 done, 0 failed")
	assert.Equal(t, want(), e.lines(bucket, "flowlogs/"))
	assert.Len(t, e.objects(bucket, "redriven/"), 2)

	// The small templates, on the same bucket and on their own.
	e.deploy("forwarder/template.yaml", "forwarder", append(code, "ExistingLogGroup=other", "ExistingBucket="+bucket)...)
	e.deploy("toparquet/template.yaml", "toparquet", append(code, "ExistingBucket="+bucket)...)
	e.deploy("partitioner/template.yaml", "partitioner", append(code, "LogBucket="+bucket, "Folder=flowlogs/", "Database=flow_logs", "Table=vpc_flow_logs")...)
	e.deploy("s3.yaml", "straight", "ResourceId=vpc-1")

	// The emulator delivers neither subscriptions nor flow logs to Firehose: the test
	// puts a record there itself, as a flow log does. A record that the function
	// refuses comes back with redrive, once it can be read.
	for _, stack := range []map[string]string{
		e.deploy("firehose.yaml", "direct", append(code, "ResourceId=vpc-1")...),
		e.deploy("transform/template.yaml", "transform", append(code, "ExistingLogGroup=third")...),
	} {
		e.run("firehose", "put-record", "--delivery-stream-name", stack["StreamName"],
			"--record", `{"Data":"{\"message\":\"2 a\"}{\"message\":\"2 b\"}"}`)
		e.eventually("transformed lines", func() bool { return len(e.lines(stack["Bucket"], "flowlogs/")) > 0 })
		assert.Equal(t, []string{"2 a", "2 b"}, e.lines(stack["Bucket"], "flowlogs/"))

		e.store(stack["Bucket"], "failed/processing-failed/2026/11/22/05/a", errorObject(t, "lambdaARN", "Lambda.FunctionError", []string{"2 c", "2 d"}))
		for _, summary := range []string{"2 delivered, 0 not; 1 done, 0 failed", "0 delivered, 0 not; 0 done, 0 failed"} {
			assert.Contains(t, e.redrive(redrive, "-message", "-stream", stack["StreamName"], "s3://"+stack["Bucket"]+"/failed/"), summary)
		}
		e.eventually("redriven lines", func() bool { return len(e.lines(stack["Bucket"], "flowlogs/")) > 2 })
		assert.Equal(t, []string{"2 a", "2 b", "2 c", "2 d"}, e.lines(stack["Bucket"], "flowlogs/"))
	}
}

// store stores an object.
func (e *emulator) store(bucket, key, text string) {
	e.t.Helper()
	e.run("s3", "cp", "--quiet", e.file("object", text), "s3://"+bucket+"/"+key)
}

// redrive runs the command redrive and returns what it prints.
func (e *emulator) redrive(path string, args ...string) string {
	e.t.Helper()
	cmd := exec.CommandContext(e.t.Context(), path, args...)
	cmd.Env = e.env
	out, err := cmd.CombinedOutput()
	require.NoError(e.t, err, string(out))
	return string(out)
}

// invocation returns the record that Lambda writes to an on-failure destination
// for an event of the forwarder.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func invocation(t *testing.T, lines []string) string {
	payload, err := json.Marshal(cwlogstest.LambdaEvent(cwlogstest.DataMessage(lines...)))
	require.NoError(t, err)
	return `{"version":"1.0","timestamp":"2026-11-22T05:00:00.000Z",` +
		`"requestContext":{"requestId":"e4b46cbf-b738-xmpl-8880-a18cdf61200e","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:forwarder:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":3},` +
		`"requestPayload":` + string(payload) + `,"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` +
		`"responsePayload":{"errorMessage":"not delivered","errorType":"DeliveryError"}}`
}

// errorObject returns the document that Firehose writes for a record of a
// subscription which its function could not transform. Sources differ in the name
// of the field with the function's ARN.
func errorObject(t *testing.T, arn, code string, lines []string) string {
	data, err := json.Marshal(map[string]any{
		"rawData": cwlogstest.Payload(cwlogstest.DataMessage(lines...)), "errorCode": code, "errorMessage": "not transformed",
		"attemptsMade": 4, "arrivalTimestamp": int64(1795328400000), "attemptEndingTimestamp": int64(1795328401000),
		arn: "arn:aws:lambda:us-east-1:123456789012:function:transform",
	})
	require.NoError(t, err)
	return string(data)
}
