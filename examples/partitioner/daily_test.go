package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

// folders is a fake S3 with one bucket, whose keys it lists two at a time.
type folders struct {
	keys []string
	err  error
}

func (f *folders) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	if f.err != nil || *in.Bucket != "amzn-s3-demo-bucket" {
		return nil, cmp.Or(f.err, errors.New("NoSuchBucket"))
	}
	var found []string
	for _, k := range f.keys {
		if below, ok := strings.CutPrefix(k, *in.Prefix); ok {
			if folder, _, ok := strings.Cut(below, "/"); ok && !slices.Contains(found, *in.Prefix+folder+"/") {
				found = append(found, *in.Prefix+folder+"/")
			}
		}
	}
	at, _ := strconv.Atoi(aws.ToString(in.ContinuationToken))
	out := &s3.ListObjectsV2Output{}
	for _, folder := range found[at:min(at+2, len(found))] {
		out.CommonPrefixes = append(out.CommonPrefixes, s3types.CommonPrefix{Prefix: &folder})
	}
	if at+2 < len(found) {
		out.IsTruncated, out.NextContinuationToken = aws.Bool(true), aws.String(strconv.Itoa(at+2))
	}
	return out, nil
}

// A scheduled event adds a partition whose only S3 event failed.
func TestReconcile(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	bucket := &folders{keys: []string{
		"vpc/2026/11/20/05/a.gz", "vpc/2026/11/20/06/a.gz", "vpc/2026/11/20/07/a.gz", "vpc/2026/11/21/05/a.gz", "vpc/2026/10/30/05/a.gz",
		"vpc/2026/10/01/05/expired.gz", "vpc/failed/x/2026/11/22/05/a.gz", "vpc/odd.gz", "other/2026/11/22/05/a.gz",
	}}
	p.list = bucket
	f.partitions = []string{"datehour=2026%2F11%2F20%2F06"}
	res, err := p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 4}, res)
	assert.ElementsMatch(t, []string{"datehour=2026%2F11%2F20%2F05", "datehour=2026%2F11%2F20%2F06", "datehour=2026%2F11%2F20%2F07",
		"datehour=2026%2F11%2F21%2F05", "datehour=2026%2F10%2F30%2F05"}, f.partitions)
	assert.Len(t, f.ran(t), 2)

	bucket.err = errors.New("AccessDenied")
	_, err = p.handle(t.Context(), json.RawMessage(schedule))
	assert.ErrorIs(t, err, bucket.err)

	p = function(t, f, map[string]string{"LAYOUT": "s3-hive-hourly"})
	p.list = &folders{keys: []string{"vpc/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=11/day=22/hour=05/x.log.parquet"}}
	f.partitions = nil
	res, err = p.handle(t.Context(), json.RawMessage(schedule))
	require.NoError(t, err)
	assert.Equal(t, result{Added: 1}, res)
}

// Removals and restores add nothing. The response to a queue names the failed
// messages.
func TestEvents(t *testing.T) {
	f := newFake(t)
	p := function(t, f, nil)
	created := string(s3Event("amzn-s3-demo-bucket", "vpc/2026/11/22/05/a.gz"))
	for _, name := range []string{"ObjectRemoved:Delete", "ObjectRestore:Completed", "ObjectTagging:Put"} {
		res, err := p.handle(t.Context(), json.RawMessage(strings.Replace(created, "ObjectCreated:Put", name, 1)))
		require.NoError(t, err)
		assert.Equal(t, result{Skipped: 1}, res)
	}
	assert.Empty(t, f.ran(t))

	var log bytes.Buffer
	p.log = lambdakit.NewLogger(&log)
	body, err := json.Marshal(created)
	require.NoError(t, err)
	queue := fmt.Sprintf(`{"Records":[{"messageId":"m0","eventSource":"aws:sqs","body":%s},{"messageId":"m1","eventSource":"aws:sqs","body":"x"}]}`, body)
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request"})
	f.fail = "denied"
	_, err = p.handle(ctx, json.RawMessage(queue))
	require.ErrorContains(t, err, "denied")
	assert.Contains(t, log.String(), `"level":"ERROR","msg":"failed","key":"vpc/2026/11/22/05/a.gz","query_id":"query-1","error":"add partitions: query query-1 FAILED: denied","request_id":"request"`)
	assert.Contains(t, log.String(), `"RejectedPayloads":2`)
	res, err := p.handle(ctx, json.RawMessage(queue))
	require.NoError(t, err)
	assert.Equal(t, events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: "m1"}}}, res)
	assert.Len(t, f.partitions, 1)
}
