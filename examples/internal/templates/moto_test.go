package templates

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// TestMoto has moto deliver two subscriptions that ministack does not: one to a
// Firehose stream and one to a Kinesis data stream. The functions get the records
// as moto made them, and all lines arrive. moto has no event sources, no
// transformations, and no compression, so the test invokes the functions itself. Its
// Glue also takes the tables that ddl prints.
func TestMoto(t *testing.T) {
	e := start(t, "VPCFLOW_MOTO", "/moto-api/", func(port string) (args, env []string) {
		return []string{"-H", "127.0.0.1", "-p", port}, nil
	})
	t.Run("glue", e.glue)
	const account, role = "123456789012", "arn:aws:iam::123456789012:role/delivery"
	e.run("s3", "mb", "s3://flow-logs")
	e.run("logs", "create-log-group", "--log-group-name", "flow")
	e.run("logs", "create-log-stream", "--log-group-name", "flow", "--log-stream-name", "eni-1")
	e.run("kinesis", "create-stream", "--stream-name", "lines", "--shard-count", "1")
	for _, name := range []string{"subscribed", "forwarded", "again"} {
		e.run("firehose", "create-delivery-stream", "--delivery-stream-name", name, "--extended-s3-destination-configuration",
			`{"RoleARN":"`+role+`","BucketARN":"arn:aws:s3:::flow-logs","Prefix":"`+name+`/"}`)
	}
	for name, arn := range map[string]string{
		"to-firehose": "firehose:us-east-1:" + account + ":deliverystream/subscribed",
		"to-kinesis":  "kinesis:us-east-1:" + account + ":stream/lines",
	} {
		e.run("logs", "put-subscription-filter", "--log-group-name", "flow", "--filter-name", name, "--filter-pattern", "",
			"--destination-arn", "arn:aws:"+arn, "--role-arn", role)
	}
	sent := sample(t, 1000, 7)
	for part := range slices.Chunk(sent, 400) {
		e.put(part)
	}
	want := slices.Sorted(slices.Values(sent))

	// The records of the Firehose stream are payloads, which transform decodes.
	request := events.KinesisFirehoseEvent{InvocationID: "i", DeliveryStreamArn: "arn:aws:firehose:us-east-1:" + account + ":deliverystream/subscribed"}
	objects := e.objects("flow-logs", "subscribed/")
	require.Len(t, objects, 3)
	for name, data := range objects {
		request.Records = append(request.Records, events.KinesisFirehoseEventRecord{RecordID: name, Data: data})
	}
	var response events.KinesisFirehoseResponse
	e.invoke("transform", request, &response)
	var got []string
	for i, r := range response.Records {
		assert.Equal(t, request.Records[i].RecordID, r.RecordID)
		assert.Equal(t, events.KinesisFirehoseTransformedStateOk, r.Result)
		got = append(got, strings.Split(strings.TrimSuffix(string(r.Data), "\n"), "\n")...)
	}
	slices.Sort(got)
	assert.Equal(t, want, got)

	// The same objects without a transformation are what redrive takes.
	redrive := e.build("redrive", "")
	for _, summary := range []string{"1,000 delivered, 0 not; 3 done, 0 failed", "0 delivered, 0 not; 0 done, 0 failed"} {
		assert.Contains(t, e.redrive(redrive, "-stream", "again", "s3://flow-logs/subscribed/"), summary)
	}
	assert.Equal(t, want, e.lines("flow-logs", "again/"))

	// The forwarder reads the data stream and sends the lines to a Firehose stream.
	var iterator struct{ ShardIterator string }
	e.json(&iterator, "kinesis", "get-shard-iterator", "--stream-name", "lines", "--shard-id", "shardId-000000000000", "--shard-iterator-type", "TRIM_HORIZON")
	var batch struct {
		Records []struct{ SequenceNumber, PartitionKey, Data string }
	}
	e.json(&batch, "kinesis", "get-records", "--shard-iterator", iterator.ShardIterator)
	require.Len(t, batch.Records, 3)
	var event events.KinesisEvent
	for _, r := range batch.Records {
		data, err := base64.StdEncoding.DecodeString(r.Data)
		require.NoError(t, err)
		event.Records = append(event.Records, events.KinesisEventRecord{
			EventSource: "aws:kinesis", EventName: "aws:kinesis:record", EventVersion: "1.0", AwsRegion: "us-east-1",
			EventID: "shardId-000000000000:" + r.SequenceNumber, EventSourceArn: "arn:aws:kinesis:us-east-1:" + account + ":stream/lines",
			Kinesis: events.KinesisRecord{SequenceNumber: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: data},
		})
	}
	var answer events.KinesisEventResponse
	e.invoke("forwarder", event, &answer)
	assert.Empty(t, answer.BatchItemFailures)
	assert.Equal(t, want, e.lines("flow-logs", "forwarded/"))
}

// invoke builds an example and invokes it under the Runtime API.
func (e *emulator) invoke(name string, event, to any) {
	e.t.Helper()
	fn := runtimeapi.New(e.build(name, "lambda.norpc"), &runtimeapi.Options{
		Timeout: time.Minute, Env: append(slices.Clone(e.env), "DELIVERY_STREAM_NAME=forwarded"),
	})
	defer func() { assert.NoError(e.t, fn.Close()) }()
	data, err := json.Marshal(event)
	require.NoError(e.t, err)
	out, err := fn.Invoke(e.t.Context(), data)
	require.NoError(e.t, err)
	require.NoError(e.t, json.Unmarshal(out, to), "%s", out)
}
