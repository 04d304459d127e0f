package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/examples/internal/s3event"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// environment is the environment for the table of the tests.
func environment(change map[string]string) func(string) string {
	env := map[string]string{
		"DATABASE": "logs", "TABLE": "vpc_flow_logs", "LOCATION": "s3://amzn-s3-demo-bucket/vpc/", "WORKGROUP": "flow-logs", "EXPIRES_AFTER_DAYS": "30",
	}
	return func(name string) string {
		if v, ok := change[name]; ok {
			return v
		}
		return env[name]
	}
}

// function returns the function with a fake Athena.
func function(t *testing.T, f *fake, change map[string]string) *partitioner {
	t.Helper()
	p, err := fromEnvironment(environment(change))
	require.NoError(t, err)
	client := f.client()
	p.run.start, p.run.get, p.run.results = client, client, client
	p.list = &folders{}
	p.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	p.now = func() time.Time { return time.Date(2026, time.November, 22, 6, 30, 0, 0, time.UTC) }
	return p
}

// s3Event returns a notification of S3. Its keys are encoded.
func s3Event(bucket string, keys ...string) json.RawMessage {
	var records []string
	for _, k := range keys {
		records = append(records, fmt.Sprintf(`{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":%q},"object":{"key":%q,"size":1}}}`, bucket, url.QueryEscape(k)))
	}
	return json.RawMessage(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

const schedule = `{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}`

// case 123: a partition is added once for any number of objects and events, and
// several partitions in one statement.
func TestAddOnce(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	const bucket = "amzn-s3-demo-bucket"
	res, err := p.handle(t.Context(), s3Event(bucket, "vpc/2026/11/22/05/a.gz", "vpc/2026/11/22/05/b.gz", "vpc/2026/11/22/06/a.gz"))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 2}, res)
	assert.Equal(t, []string{"ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/11/22/05') LOCATION 's3://amzn-s3-demo-bucket/vpc/2026/11/22/05/'" +
		" PARTITION (`datehour`='2026/11/22/06') LOCATION 's3://amzn-s3-demo-bucket/vpc/2026/11/22/06/'"}, f.ran(t))
	res, err = p.handle(t.Context(), s3Event(bucket, "vpc/2026/11/22/05/c.gz"))
	require.NoError(t, err)
	assert.Equal(t, result{}, res)
	assert.Empty(t, f.ran(t))

	// The event of EventBridge for the same object. Its key is not encoded.
	res, err = p.handle(t.Context(), json.RawMessage(`{"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"amzn-s3-demo-bucket"},"object":{"key":"vpc/2026/11/22/07/a.gz"}}}`))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1}, res)
	assert.Len(t, f.ran(t), 1)
}

// case 60: keys are encoded, in particular those of the Hive-compatible layout.
func TestEncodedKeys(t *testing.T) {
	f := newFake(t)
	p := function(t, f, map[string]string{"LAYOUT": "s3-hive-hourly"})
	res, err := p.handle(t.Context(), s3Event("amzn-s3-demo-bucket",
		"vpc/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=11/day=22/hour=05/x.log.parquet"))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1}, res)
	assert.Equal(t, []string{"aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=11/day=22/hour=05"}, f.partitions)
}

// TestServiceKey adds the partitions of transit gateways, whose service folder has
// another name.
func TestServiceKey(t *testing.T) {
	f := newFake(t)
	p := function(t, f, map[string]string{"LAYOUT": "s3-hive-daily", "SERVICE_KEY": "service"})
	const folder = "vpc/AWSLogs/aws-account-id=123456789012/%sservice=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=22/x.log.gz"
	res, err := p.handle(t.Context(), s3Event("amzn-s3-demo-bucket", fmt.Sprintf(folder, ""), fmt.Sprintf(folder, "aws-")))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1, Skipped: 1}, res)
	assert.Equal(t, []string{"aws-account-id=123456789012/service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=22"}, f.partitions)
}

// case 62: objects that are not of the table are skipped, and the others added.
func TestOddKeys(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	res, err := p.handle(t.Context(), s3Event("amzn-s3-demo-bucket", "vpc/odd", "other/2026/11/22/05/a.gz", "vpc/2026/11/22/05/", "vpc/2026/11/22/05/a.gz", "vpc/2026/02/30/05/a.gz"))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1, Skipped: 4}, res)
	f.ran(t)
	res, err = p.handle(t.Context(), s3Event("another-bucket", "vpc/2026/11/22/09/a.gz"))
	require.NoError(t, err)
	assert.Equal(t, result{Skipped: 1}, res)
	assert.Empty(t, f.ran(t))
}

// case 129: a failed query is an error, so that Lambda retries the event, and the
// partition does not count as added.
func TestFailures(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	event := s3Event("amzn-s3-demo-bucket", "vpc/2026/11/22/05/a.gz")
	f.fail = "HIVE_METASTORE_ERROR: Table vpc_flow_logs not found"
	_, err := p.handle(t.Context(), event)
	require.ErrorContains(t, err, "query-1 FAILED: HIVE_METASTORE_ERROR")
	f.refuse = "Queries of this type are not supported"
	_, err = p.handle(t.Context(), event)
	require.ErrorContains(t, err, "Queries of this type are not supported")
	res, err := p.handle(t.Context(), event)
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1}, res)

	for name, event := range map[string]string{
		"no JSON": "x", "nothing": "{}", "a list": "[]", "records": `{"Records":[{"s3":1}]}`, "detail": `{"detail-type":"Object Created","detail":1}`, "no event": "null",
		"a queue": `{"Records":[{"messageId":"m","eventSource":"aws:sqs","body":"{\"Records\":[]}"}]}`, "a topic": `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"{}"}}]}`,
	} {
		_, err := p.handle(t.Context(), json.RawMessage(event))
		assert.ErrorIs(t, err, s3event.ErrEvent, name)
	}
	res, err = p.handle(t.Context(), json.RawMessage(`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"amzn-s3-demo-bucket"}`))
	require.NoError(t, err)
	assert.Equal(t, result{}, res)
}

// TestExpire drops partitions that ended 30 days ago and keeps all others,
// including rows that do not parse.
func TestExpire(t *testing.T) {
	f := newFake(t)
	f.pageRows = 20
	p := function(t, f, nil)
	for part := range p.table.Partitions(p.now().AddDate(0, 0, -60), p.now()) {
		f.partitions = append(f.partitions, "datehour="+url.PathEscape(part.Time.Format("2006/01/02/15")))
	}
	f.partitions = append(f.partitions, "datehour=__HIVE_DEFAULT_PARTITION__")
	before := len(f.partitions)
	res, err := p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.Equal(t, result{Dropped: 30 * 24, Skipped: 1}, res)
	assert.Len(t, f.partitions, before-30*24)
	assert.Contains(t, f.partitions, "datehour=2026%2F10%2F23%2F06", "ended at 7, not yet 30 days ago at half past 6")
	assert.NotContains(t, f.partitions, "datehour=2026%2F10%2F23%2F05")
	assert.Contains(t, f.partitions, "datehour=__HIVE_DEFAULT_PARTITION__")
	assert.Len(t, f.ran(t), 2, "SHOW PARTITIONS and one ALTER TABLE")

	res, err = p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.Zero(t, res.(result).Dropped)
	assert.Len(t, f.ran(t), 1)

	// A late object adds a dropped partition again.
	late := s3Event("amzn-s3-demo-bucket", "vpc/2026/10/01/00/late.gz")
	_, err = p.handle(t.Context(), late)
	require.NoError(t, err)
	_, err = p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	res, err = p.handle(t.Context(), late)
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1}, res)

	f.fail = "denied"
	_, err = p.handle(t.Context(), json.RawMessage(schedule))
	assert.ErrorContains(t, err, "list partitions: query")
	p = function(t, f, map[string]string{"EXPIRES_AFTER_DAYS": ""})
	before = len(f.partitions)
	res, err = p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.Equal(t, result{Skipped: 1}, res)
	assert.Len(t, f.partitions, before)
}

// TestManyPartitions adds more partitions than fit into one statement.
func TestManyPartitions(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	var keys []string
	for part := range p.table.Partitions(p.now().AddDate(0, 0, -150), p.now()) {
		keys = append(keys, "vpc/"+part.Time.Format("2006/01/02/15")+"/x.gz")
	}
	res, err := p.handle(t.Context(), s3Event("amzn-s3-demo-bucket", keys...))
	require.NoError(t, err)
	assert.Equal(t, result{Added: len(keys)}, res)
	assert.Equal(t, len(keys), len(f.partitions))
	assert.Equal(t, 2, len(f.ran(t)))
}

func TestEnvironment(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"no database":  {"DATABASE": ""},
		"no table":     {"TABLE": ""},
		"hostile name": {"TABLE": "a; DROP TABLE b"},
		"no location":  {"LOCATION": ""},
		"no workgroup": {"WORKGROUP": ""},
		"layout":       {"LAYOUT": "x"},
		"no partition": {"LAYOUT": "unpartitioned"},
		"service key":  {"SERVICE_KEY": "service"},
		"prefix":       {"PREFIX": "!{timestamp:YYYY}/"},
		"days":         {"EXPIRES_AFTER_DAYS": "a month"},
		"no days":      {"EXPIRES_AFTER_DAYS": "0"},
	} {
		_, err := fromEnvironment(environment(change))
		assert.Error(t, err, name)
	}
}

// endless is an Athena whose queries never end. It uses no network, so that the
// clock of the test advances only when all goroutines wait.
type endless struct{ state types.QueryExecutionState }

func (e endless) StartQueryExecution(context.Context, *awsathena.StartQueryExecutionInput, ...func(*awsathena.Options)) (*awsathena.StartQueryExecutionOutput, error) {
	return &awsathena.StartQueryExecutionOutput{QueryExecutionId: aws.String("endless")}, nil
}

func (e endless) GetQueryExecution(context.Context, *awsathena.GetQueryExecutionInput, ...func(*awsathena.Options)) (*awsathena.GetQueryExecutionOutput, error) {
	return &awsathena.GetQueryExecutionOutput{QueryExecution: &types.QueryExecution{Status: &types.QueryExecutionStatus{State: e.state}}}, nil
}

// TestDeadline ends a second before the deadline of the function, with the id of
// the query that has not ended.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := fromEnvironment(environment(nil))
		require.NoError(t, err)
		p.log = slog.New(slog.NewTextHandler(io.Discard, nil))
		p.run.start, p.run.get = endless{types.QueryExecutionStateQueued}, endless{types.QueryExecutionStateQueued}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		_, err = p.handle(ctx, s3Event("amzn-s3-demo-bucket", "vpc/2026/11/22/05/a.gz"))
		require.ErrorContains(t, err, "query endless has not ended: the function's time is nearly over")
		assert.Equal(t, 59*time.Second, time.Since(began))
		var q *queryError
		require.ErrorAs(t, err, &q)

		p.run.get = endless{types.QueryExecutionStateCancelled}
		_, err = p.handle(t.Context(), s3Event("amzn-s3-demo-bucket", "vpc/2026/11/22/05/a.gz"))
		require.ErrorContains(t, err, "query endless CANCELLED")
	})
}

// TestProcess runs the built function as Lambda does.
func TestProcess(t *testing.T) {
	f := newFake(t)
	f.polls = 2
	path, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	require.NoError(t, err)
	env := []string{"AWS_ENDPOINT_URL_ATHENA=" + f.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_EC2_METADATA_DISABLED=true", "PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"DATABASE", "TABLE", "LOCATION", "WORKGROUP", "EXPIRES_AFTER_DAYS"} {
		env = append(env, name+"="+environment(nil)(name))
	}
	bucket := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)
	}))
	t.Cleanup(bucket.Close)
	env = append(env, "AWS_ENDPOINT_URL_S3="+bucket.URL)
	fn := runtimeapi.New(path, &runtimeapi.Options{Env: env})
	t.Cleanup(func() { assert.NoError(t, fn.Close()) })
	event := s3Event("amzn-s3-demo-bucket", "vpc/2015/11/22/05/a.gz")
	f.fail = "no such table"
	_, err = fn.Invoke(t.Context(), event)
	require.ErrorContains(t, err, "FAILED: no such table")
	out, err := fn.Invoke(t.Context(), event)
	require.NoError(t, err)
	assert.JSONEq(t, `{"added":1,"dropped":0,"skipped":0}`, string(out))
	out, err = fn.Invoke(t.Context(), event)
	require.NoError(t, err)
	assert.JSONEq(t, `{"added":0,"dropped":0,"skipped":0}`, string(out))
	out, err = fn.Invoke(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.JSONEq(t, `{"added":0,"dropped":1,"skipped":0}`, string(out))
	assert.Empty(t, f.partitions)
}
