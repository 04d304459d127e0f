package engines

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
)

// TestRedrive runs the command redrive on a real S3 server: signatures, lists
// of several pages, copies of keys with special characters, and removal. Each
// line arrives once, also if the command runs again.
func TestRedrive(t *testing.T) {
	server := startS3(t, "logs")
	stream, err := firehosetest.Start(nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stream.Close()) })
	bin := filepath.Join(t.TempDir(), "redrive")
	build := exec.Command("go", "build", "-o", bin, "./examples/redrive")
	build.Dir = "../.."
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	redrive := func(secret string, args ...string) (string, error) { // returns the messages
		cmd := exec.CommandContext(t.Context(), bin, args...)
		cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_S3="+server.URL, "AWS_ENDPOINT_URL_FIREHOSE="+stream.URL(), "AWS_REGION="+s3Region,
			"AWS_ACCESS_KEY_ID="+s3Key, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_SESSION_TOKEN=", "AWS_EC2_METADATA_DISABLED=true")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		err := cmd.Run()
		return stderr.String(), err
	}

	// More objects than one page of a list has, most of them of one line.
	const objects = 1040
	lines := newGenerator(flowlog.V2, 17).lines(objects + 400)
	stored := make(map[string][]byte)
	rest := lines
	take := func(n int) []string {
		part := rest[:n]
		rest = rest[n:]
		return part
	}
	put := func(key string, data []byte) {
		stored[key] = data
		server.put(t, "logs", key, data)
	}
	const onFailure = "aws/lambda/async/forwarder/2026/11/22/"
	put(onFailure+"2026-11-22T05.00.00-r.json", invocation(t, take(100)))
	put("failed/processing-failed/2026/11/22/05/flow-logs-1-a", slices.Concat(
		failedRecord(t, "lambdaArn", "Lambda.FunctionError", cwlogstest.Payload(cwlogstest.DataMessage(take(50)...))), []byte("\n"),
		failedRecord(t, "lambdaARN", "Lambda.ProcessingFailedStatus", cwlogstest.Payload(cwlogstest.DataMessage(take(50)...)))))
	put("failed/with space/and+plus/é/(x)!'*~@&$,;:?.json", failedRecord(t, "lambdaARN", "Lambda.FunctionError", text(take(100))))
	put("failed/100%/%2F/export.gz", gzipFile(t, take(100)))
	for i := range objects {
		put(fmt.Sprintf("failed/one/%04d", i), text(take(1)))
	}
	server.put(t, "logs", "flowlogs/2026/11/22/05/a", []byte("2 elsewhere\n"))
	// An object that is not complete is refused, and stays.
	server.put(t, "logs", "failed/cut", stored[onFailure+"2026-11-22T05.00.00-r.json"][:200])

	message, err := redrive("wrong", "-stream", "flow-logs", "s3://logs/failed/")
	require.Error(t, err)
	assert.Contains(t, message, "SignatureDoesNotMatch")
	message, err = redrive(s3Secret, "-dry-run", "s3://logs/"+onFailure, "s3://logs/failed/")
	require.Error(t, err, "one is cut")
	assert.Contains(t, message, "1,045 objects read, 1,440 lines")
	assert.Contains(t, message, "not all objects are readable")
	require.Empty(t, stream.Data("flow-logs"))

	// Both a second and a third run send nothing.
	for run := range 3 {
		message, err = redrive(s3Secret, "-stream", "flow-logs", "s3://logs/"+onFailure, "s3://logs/failed/")
		require.Error(t, err, "one is cut")
		assert.Contains(t, message, "s3://logs/failed/cut: ")
		summary := "1,440 delivered, 0 not; 1,044 done, 1 failed"
		if run > 0 {
			summary = "0 delivered, 0 not; 0 done, 1 failed"
		}
		assert.Contains(t, message, summary)
		got := strings.Split(strings.TrimSuffix(string(stream.Data("flow-logs")), "\n"), "\n")
		slices.Sort(got)
		require.True(t, slices.Equal(slices.Sorted(slices.Values(lines)), got), "each line once: %d of %d", len(got), len(lines))
	}

	// What was sent is in the folder redriven, unchanged. All else is where it was.
	assert.Equal(t, []string{"failed/cut"}, server.keys(t, "logs", "failed/"))
	assert.Empty(t, server.keys(t, "logs", "aws/"))
	assert.Len(t, server.keys(t, "logs", "flowlogs/"), 1)
	assert.Len(t, server.keys(t, "logs", "redriven/"), len(stored))
	for key, data := range stored {
		o, err := server.client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("logs"), Key: aws.String("redriven/" + key)})
		require.NoError(t, err, key)
		got, err := io.ReadAll(o.Body)
		require.NoError(t, err, key)
		assert.True(t, bytes.Equal(data, got), key)
	}
}

// text returns lines as the text of an object.
func text(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

// invocation returns the record that Lambda writes to an on-failure destination
// when it gives up on an event of a subscription.
func invocation(t testing.TB, lines []string) []byte {
	t.Helper()
	type object map[string]any
	data, err := json.Marshal(object{
		"version": "1.0", "timestamp": "2026-11-22T05:00:00.000Z",
		"requestContext": object{
			"requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e", "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:forwarder:$LATEST",
			"condition": "RetriesExhausted", "approximateInvokeCount": 3,
		},
		"requestPayload":  cwlogstest.LambdaEvent(cwlogstest.DataMessage(lines...)),
		"responseContext": object{"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
		"responsePayload": object{"errorMessage": "firehose: not delivered", "errorType": "DeliveryError"},
	})
	require.NoError(t, err)
	return data
}

// failedRecord returns the document that Firehose writes below processing-failed/
// for a record. The name of the field with the ARN differs between sources.
func failedRecord(t testing.TB, arn, code string, record []byte) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{
		"attemptsMade": 4, "arrivalTimestamp": begin.UnixMilli(), "attemptEndingTimestamp": begin.UnixMilli() + 1000,
		"errorCode": code, "errorMessage": "ProcessingFailed status set for record",
		"rawData": base64.StdEncoding.EncodeToString(record), arn: "arn:aws:lambda:us-east-1:123456789012:function:transform",
	})
	require.NoError(t, err)
	return data
}
