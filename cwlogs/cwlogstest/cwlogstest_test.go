package cwlogstest_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
)

func decode(t *testing.T, payload []byte) []*cwlogs.Batch {
	t.Helper()
	var batches []*cwlogs.Batch
	for b, err := range new(cwlogs.Decoder).Decode(payload) {
		require.NoError(t, err)
		batches = append(batches, b)
	}
	return batches
}

// wire returns v as a handler receives it: marshaled and unmarshaled.
func wire[E any](t *testing.T, v E) (got E) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &got))
	return got
}

var batches = map[string]*cwlogs.Batch{
	"data":    cwlogstest.DataMessage("2 1 eni-1 OK", "", "a\nb", `"quoted" \ <&> ü`, "\u2028\x00"),
	"none":    cwlogstest.DataMessage(),
	"control": cwlogstest.ControlMessage(),
	"bare":    {Type: cwlogs.DataMessage},
	"unknown": {Type: "NEW_MESSAGE", Events: []cwlogs.Event{{Message: "m"}}},
	"policy": {
		Type: cwlogs.DataMessage, Owner: "o", LogGroup: "g", LogStream: "s", SubscriptionFilters: []string{"a", "b"},
		PolicyLevel: "ACCOUNT_LEVEL_POLICY",
		Events: []cwlogs.Event{
			{ID: "1", Timestamp: -1, Message: "m", ExtractedFields: map[string]string{"a": "b", "c": ""}},
			{ExtractedFields: map[string]string{}},
		},
	},
}

// Each kind of event decodes to the Batches it was made from.
func TestRoundTrip(t *testing.T) {
	for name, b := range batches {
		t.Run(name, func(t *testing.T) {
			want := []*cwlogs.Batch{b}
			assert.Equal(t, want, decode(t, cwlogstest.Document(b)))

			var fromLambda []*cwlogs.Batch
			for b, err := range new(cwlogs.Decoder).DecodeLambda(wire(t, cwlogstest.LambdaEvent(b))) {
				require.NoError(t, err)
				fromLambda = append(fromLambda, b)
			}
			assert.Equal(t, want, fromLambda)
			_, err := cwlogstest.LambdaEvent(b).AWSLogs.Parse()
			require.NoError(t, err, "AWS's own decoder")

			k := wire(t, cwlogstest.KinesisEvent(b, b))
			require.Len(t, k.Records, 2)
			assert.Equal(t, want, decode(t, k.Records[1].Kinesis.Data))
			assert.Less(t, k.Records[0].Kinesis.SequenceNumber, k.Records[1].Kinesis.SequenceNumber)

			f := wire(t, cwlogstest.FirehoseEvent(b, b))
			require.Len(t, f.Records, 2)
			assert.Equal(t, want, decode(t, f.Records[1].Data))
			assert.NotEqual(t, f.Records[0].RecordID, f.Records[1].RecordID)
		})
	}
}

// Several documents in one member, and several members in one payload.
func TestPayloads(t *testing.T) {
	data, control := cwlogstest.DataMessage("a"), cwlogstest.ControlMessage()
	want := []*cwlogs.Batch{control, data, data}
	assert.Equal(t, want, decode(t, cwlogstest.Payload(control, data, data)))
	members := slices.Concat(cwlogstest.Document(control), cwlogstest.Document(data), cwlogstest.Document(data))
	assert.Equal(t, want, decode(t, members))

	payload := []byte("broken")
	assert.Equal(t, events.CloudwatchLogsRawData{Data: "YnJva2Vu"}, cwlogstest.LambdaEventOf(payload).AWSLogs)
	assert.Equal(t, payload, cwlogstest.KinesisEventOf(payload).Records[0].Kinesis.Data)
	assert.Equal(t, payload, cwlogstest.FirehoseEventOf(payload).Records[0].Data)
	assert.Empty(t, cwlogstest.KinesisEvent().Records)
	assert.Empty(t, cwlogstest.FirehoseEvent().Records)
}

func TestDefaults(t *testing.T) {
	b := &cwlogs.Batch{Events: []cwlogs.Event{{Message: "m"}}}
	got := decode(t, cwlogstest.Document(b))
	require.Len(t, got, 1)
	assert.Equal(t, cwlogs.DataMessage, got[0].Type)
	assert.Empty(t, b.Type, "the argument is left as it is")

	d := cwlogstest.DataMessage("a", "b")
	assert.Len(t, d.Events[0].ID, 56)
	assert.NotEqual(t, d.Events[0].ID, d.Events[1].ID)
}
