package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

const (
	line    = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	control = `{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],` +
		`"logEvents":[{"id":"","timestamp":1418530000000,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`
)

// data is a subscription document of n events.
func data(n int) string {
	event := `{"id":"31953106606966983378809025079804211143289615424298221568","timestamp":1418530010000,"message":"` + line + `"}`
	return `{"messageType":"DATA_MESSAGE","owner":"123456789010","logGroup":"vpc-flow-logs","logStream":"eni-1235b8ca123456789-all",` +
		`"subscriptionFilters":["to-firehose"],"logEvents":[` + strings.TrimSuffix(strings.Repeat(event+",", n), ",") + `]}`
}

func compress(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// The executable, run as Lambda runs it: for Firehose it answers in JSON.
func TestFunction(t *testing.T) {
	path, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	require.NoError(t, err)
	output, w := io.Pipe()
	function := runtimeapi.New(path, &runtimeapi.Options{Output: w})
	t.Cleanup(func() {
		assert.NoError(t, output.Close())
		assert.NoError(t, function.Close())
	})
	logs := bufio.NewReader(output)

	invoke := func(records ...[]byte) (res events.KinesisFirehoseResponse, size int, log map[string]any) {
		t.Helper()
		e := events.KinesisFirehoseEvent{
			InvocationID:      "3b2d6e9c",
			DeliveryStreamArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/flow-logs",
		}
		for i, r := range records {
			e.Records = append(e.Records, events.KinesisFirehoseEventRecord{RecordID: fmt.Sprint("id-", i), Data: r})
		}
		event, err := json.Marshal(e)
		require.NoError(t, err)
		answer, err := function.Invoke(t.Context(), event)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(answer, &res))
		require.Len(t, res.Records, len(records))
		for i, r := range res.Records {
			assert.Equal(t, fmt.Sprint("id-", i), r.RecordID)
		}
		// One line per invocation: another would be read by the next.
		text, err := logs.ReadBytes('\n')
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &log))
		assert.InDelta(t, len(records), log["records"], 0)
		return res, len(answer), log
	}

	t.Run("records", func(t *testing.T) {
		res, _, log := invoke(compress(t, control), compress(t, data(2)+control), []byte(`{"message":"`+line+`"}`), compress(t, data(1))[:90])
		assert.Equal(t, "Dropped", res.Records[0].Result)
		assert.Equal(t, "Ok", res.Records[1].Result)
		assert.Equal(t, line+"\n"+line+"\n", string(res.Records[1].Data))
		assert.Equal(t, "Ok", res.Records[2].Result)
		assert.Equal(t, line+"\n", string(res.Records[2].Data))
		assert.Equal(t, "ProcessingFailed", res.Records[3].Result)
		assert.Empty(t, res.Records[3].Data)

		assert.Equal(t, "WARN", log["level"])
		assert.Equal(t, "cwlogs: gzip: document 1, offset 90: unexpected EOF", log["error"])
		assert.NotEmpty(t, log["request_id"])
		for key, want := range map[string]float64{"records": 4, "ok": 2, "dropped": 1, "failed": 1, "no_room": 0,
			"bytes_out": float64(3 * len(line+"\n"))} {
			assert.Equal(t, want, log[key], key)
		}
	})
	t.Run("all is well", func(t *testing.T) {
		res, _, log := invoke(compress(t, data(3)))
		assert.Equal(t, "Ok", res.Records[0].Result)
		assert.Equal(t, "INFO", log["level"])
		assert.NotContains(t, log, "error")
	})
	t.Run("too much", func(t *testing.T) {
		res, size, log := invoke(compress(t, data(20_000)), compress(t, data(30_000)), compress(t, data(10_000)))
		assert.Equal(t, "Ok", res.Records[0].Result)
		assert.Equal(t, "ProcessingFailed", res.Records[1].Result)
		assert.Equal(t, "Ok", res.Records[2].Result)
		assert.Less(t, size, 6_000_000)
		assert.InDelta(t, 1, log["no_room"], 0)
	})
	t.Run("nothing", func(t *testing.T) {
		res, _, _ := invoke()
		assert.NotNil(t, res.Records)
	})
}
