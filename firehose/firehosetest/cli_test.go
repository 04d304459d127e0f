package firehosetest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// The real aws command works with the Server. VPCFLOW_AWS_CLI is its path; without it the
// test is skipped. .ci/run installs the command and checks that the test ran.
func TestAWSCommand(t *testing.T) {
	command := os.Getenv("VPCFLOW_AWS_CLI")
	if command == "" {
		t.Skip("VPCFLOW_AWS_CLI is not set")
	}
	s := start(t, &firehosetest.Options{Streams: []firehosetest.Stream{{Name: "logs"}}})
	home := t.TempDir()
	environ := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	environ = append(environ, "HOME="+home, "NO_PROXY=127.0.0.1", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=", "AWS_DEFAULT_OUTPUT=json",
		"AWS_ENDPOINT_URL_FIREHOSE="+s.URL())
	run := func(args ...string) (stdout []byte, stderr string, err error) {
		var out, failure bytes.Buffer
		cmd := exec.CommandContext(t.Context(), command, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = environ, &out, &failure
		err = cmd.Run()
		return out.Bytes(), failure.String(), err
	}
	version, _, err := run("--version")
	require.NoError(t, err)
	t.Logf("%s", version)
	var binary []string // version 2 needs an option to take blobs unencoded, version 1 does not
	if strings.HasPrefix(string(version), "aws-cli/2") {
		binary = []string{"--cli-binary-format", "raw-in-base64-out"}
	}
	firehose := func(operation string, args ...string) (map[string]any, string, error) {
		stdout, stderr, err := run(append(append([]string{"firehose", operation}, args...), binary...)...)
		var out map[string]any
		if err == nil {
			require.NoError(t, json.Unmarshal(stdout, &out), "%s", stdout)
		}
		return out, stderr, err
	}
	batch := `[{"Data":"one\n"},{"Data":"two\n"},{"Data":"three\n"}]`

	t.Run("put-record-batch", func(t *testing.T) {
		out, stderr, err := firehose("put-record-batch", "--delivery-stream-name", "logs", "--records", batch)
		require.NoError(t, err, stderr)
		assert.EqualValues(t, 0, out["FailedPutCount"])
		assert.Equal(t, false, out["Encrypted"])
		require.Len(t, out["RequestResponses"], 3)
		taken := s.Records("logs")
		require.Len(t, taken, 3)
		for i, r := range out["RequestResponses"].([]any) {
			assert.Equal(t, map[string]any{"RecordId": taken[i].ID}, r)
		}
		assert.Equal(t, "one\ntwo\nthree\n", string(s.Data("logs")))
	})
	t.Run("partial failure", func(t *testing.T) {
		s.Script(firehosetest.RefuseRecords(1))
		out, stderr, err := firehose("put-record-batch", "--delivery-stream-name", "logs", "--records", batch)
		require.NoError(t, err, stderr)
		assert.EqualValues(t, 1, out["FailedPutCount"])
		assert.Equal(t, map[string]any{"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}, out["RequestResponses"].([]any)[1])
	})
	t.Run("put-record", func(t *testing.T) {
		out, stderr, err := firehose("put-record", "--delivery-stream-name", "logs", "--record", `{"Data":"four\n"}`, "--endpoint-url", s.URL())
		require.NoError(t, err, stderr)
		assert.NotEmpty(t, out["RecordId"])
		assert.True(t, bytes.HasSuffix(s.Data("logs"), []byte("four\n")))
	})
	t.Run("describe-delivery-stream", func(t *testing.T) {
		out, stderr, err := firehose("describe-delivery-stream", "--delivery-stream-name", "logs")
		require.NoError(t, err, stderr)
		d := out["DeliveryStreamDescription"].(map[string]any)
		assert.Equal(t, "ACTIVE", d["DeliveryStreamStatus"])
		assert.Equal(t, "arn:aws:firehose:us-east-1:123456789012:deliverystream/logs", d["DeliveryStreamARN"])
	})
	t.Run("errors", func(t *testing.T) {
		many := make([]map[string]string, 501)
		for i := range many {
			many[i] = map[string]string{"Data": "x"}
		}
		data, err := json.Marshal(many)
		require.NoError(t, err)
		file := filepath.Join(home, "many.json")
		require.NoError(t, os.WriteFile(file, data, 0o600))
		for _, tt := range []struct {
			fault           firehosetest.Fault
			stream, records string
			want            string
		}{
			{firehosetest.Fault{}, "other", batch, "(ResourceNotFoundException) when calling the PutRecordBatch operation: Firehose other not found under account 123456789012."},
			{firehosetest.Throttle(), "logs", batch, "(ServiceUnavailableException) when calling the PutRecordBatch operation"},
			{firehosetest.Fault{}, "logs", "file://" + file, "(ValidationException) when calling the PutRecordBatch operation: 1 validation error detected"},
		} {
			if tt.fault.Code != "" {
				s.Script(tt.fault)
			}
			_, stderr, err := firehose("put-record-batch", "--delivery-stream-name", tt.stream, "--records", tt.records)
			require.Error(t, err)
			assert.Contains(t, stderr, tt.want)
		}
	})
}
