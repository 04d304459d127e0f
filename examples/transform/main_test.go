package main

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

const line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"

// data returns a payload with n events.
func data(n int) []byte {
	return cwlogstest.Document(cwlogstest.DataMessage(slices.Repeat([]string{line}, n)...))
}

// The executable, run as Lambda does. The response is JSON for Firehose.
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
		e := cwlogstest.FirehoseEventOf(records...)
		event, err := json.Marshal(e)
		require.NoError(t, err)
		answer, err := function.Invoke(t.Context(), event)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(answer, &res))
		require.Len(t, res.Records, len(records))
		for i, r := range res.Records {
			assert.Equal(t, e.Records[i].RecordID, r.RecordID)
		}
		// One line per invocation. Another would be read as that of the next.
		text, err := logs.ReadBytes('\n')
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &log))
		assert.InDelta(t, len(records), log["records"], 0)
		return res, len(answer), log
	}

	control := cwlogstest.ControlMessage()
	t.Run("records", func(t *testing.T) {
		res, _, log := invoke(cwlogstest.Document(control), slices.Concat(data(2), cwlogstest.Document(control)), []byte(`{"message":"`+line+`"}`), data(1)[:90])
		assert.Equal(t, "Dropped", res.Records[0].Result)
		assert.Equal(t, "Ok", res.Records[1].Result)
		assert.Equal(t, line+"\n"+line+"\n", string(res.Records[1].Data))
		assert.Equal(t, "Ok", res.Records[2].Result)
		assert.Equal(t, line+"\n", string(res.Records[2].Data))
		assert.Equal(t, "ProcessingFailed", res.Records[3].Result)
		assert.Empty(t, res.Records[3].Data)

		assert.Equal(t, "ERROR", log["level"])
		assert.Equal(t, "cwlogs: gzip: document 1, offset 90: unexpected EOF", log["error"])
		assert.NotEmpty(t, log["request_id"])
		for key, want := range map[string]float64{"records": 4, "ok": 2, "dropped": 1, "failed": 1, "no_room": 0,
			"Lines": 4, "FailedLines": 1, "RejectedPayloads": 1,
			"bytes_out": float64(3 * len(line+"\n"))} {
			assert.Equal(t, want, log[key], key)
		}
	})
	t.Run("all is well", func(t *testing.T) {
		res, _, log := invoke(data(3))
		assert.Equal(t, "Ok", res.Records[0].Result)
		assert.Equal(t, "INFO", log["level"])
		assert.NotContains(t, log, "error")
	})
	t.Run("too much", func(t *testing.T) {
		res, size, log := invoke(data(20_000), data(30_000), data(10_000))
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
	t.Run("another service's event", func(t *testing.T) {
		for _, event := range []string{`{"Records":[{"eventSource":"aws:s3"}]}`, `{}`, `[]`, `null`} {
			// The line of the function, and that of aws-lambda-go.
			done := make(chan [2]map[string]any, 1)
			go func() {
				var l [2]map[string]any
				for i := range l {
					text, _ := logs.ReadBytes('\n')
					_ = json.Unmarshal(text, &l[i])
				}
				done <- l
			}()
			_, err := function.Invoke(t.Context(), []byte(event))
			assert.ErrorContains(t, err, "not the event of a Firehose transformation", event)
			for _, l := range <-done {
				assert.Equal(t, "ERROR", l["level"], event)
				assert.NotEmpty(t, l["request_id"], event)
			}
		}
	})
}
