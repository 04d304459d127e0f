package engines

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// created is the event S3 sends for new objects: keys come URL-encoded.
func created(t testing.TB, bucket string, keys ...string) []byte {
	t.Helper()
	type object map[string]any
	var records []object
	for _, key := range keys {
		records = append(records, object{
			"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": begin.Format(time.RFC3339),
			"s3": object{"bucket": object{"name": bucket}, "object": object{
				"key": strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"), "size": 1,
			}},
		})
	}
	event, err := json.Marshal(object{"Records": records})
	require.NoError(t, err)
	return event
}

// TestToParquetLambda runs the executable of examples/toparquet as Lambda does,
// against a real S3 server: signatures, keys with signs in them, gzip objects
// with the header Content-Encoding.
func TestToParquetLambda(t *testing.T) {
	server := startS3(t, "flows")
	dir := t.TempDir()
	bin := filepath.Join(dir, "toparquet")
	build := exec.Command("go", "build", "-o", bin, "./examples/toparquet")
	build.Dir = "../.."
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	function := func(secret string) *runtimeapi.Function {
		fn := runtimeapi.New(bin, &runtimeapi.Options{Timeout: time.Minute, Env: []string{
			"TMPDIR=" + dir, "AWS_ENDPOINT_URL_S3=" + server.URL, "AWS_REGION=" + s3Region,
			"AWS_ACCESS_KEY_ID=" + s3Key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_SESSION_TOKEN=", "AWS_EC2_METADATA_DISABLED=true",
		}})
		t.Cleanup(func() { assert.NoError(t, fn.Close()) })
		return fn
	}
	fn := function(s3Secret)

	// A log of each format, each with its header line and a key with signs of
	// its own.
	folders := []string{
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/",
		"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=22/hour=05/",
		"with space/and+plus/",
		"é/(x)!'*~@&$,;:?/",
		"100%/%2F/",
	}
	var keys []string
	lines := make(map[string][]string)
	for i, f := range logFormats(t) {
		key := folders[i%len(folders)] + "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261122T0500Z_fe123456.log.gz"
		lines[key] = newGenerator(f.Format, 41).lines(300)
		_, err := server.client().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("flows"), Key: aws.String(key), ContentEncoding: aws.String("gzip"),
			Body: bytes.NewReader(gzipFile(t, slices.Insert(slices.Clone(lines[key]), 0, f.Header()))),
		})
		require.NoError(t, err, key)
		keys = append(keys, key)
	}
	_, err = fn.Invoke(t.Context(), created(t, "flows", keys...))
	require.NoError(t, err)
	var written []string
	for i, f := range logFormats(t) {
		key := "parquet/" + keys[i] + ".parquet"
		o, err := server.client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("flows"), Key: aws.String(key)})
		require.NoError(t, err, key)
		assert.Empty(t, aws.ToString(o.ContentEncoding))
		data, err := io.ReadAll(o.Body)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "a.parquet")
		require.NoError(t, os.WriteFile(path, data, 0o644))
		equalLines(t, tableOf(f.Format, lines[keys[i]]).rows(), ourTable(t, path).rows())
		written = append(written, key)
	}

	// Its own output is skipped.
	all := server.keys(t, "flows", "")
	require.Len(t, all, 2*len(keys))
	_, err = fn.Invoke(t.Context(), created(t, "flows", written...))
	require.NoError(t, err)
	assert.Equal(t, all, server.keys(t, "flows", ""))

	// What cannot be had is an error, and the others of the event are done.
	_, err = server.client().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("flows"), Key: aws.String(written[0])})
	require.NoError(t, err)
	_, err = fn.Invoke(t.Context(), created(t, "flows", "missing.log.gz", keys[0]))
	require.ErrorContains(t, err, (&types.NoSuchKey{}).ErrorCode())
	assert.Contains(t, server.keys(t, "flows", ""), written[0])
	_, err = function("wrong").Invoke(t.Context(), created(t, "flows", keys[0]))
	assert.ErrorContains(t, err, "SignatureDoesNotMatch")
}
