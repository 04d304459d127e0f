package cwlogs

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

const (
	line1 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	line2 = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"

	// The documented form, with all its keys.
	dataDoc = `{"messageType":"DATA_MESSAGE","owner":"111111111111","logGroup":"vpc-flow-logs",` +
		`"logStream":"eni-1235b8ca123456789-all","subscriptionFilters":["Destination"],"logEvents":[` +
		`{"id":"31953106606966983378809025079804211143289615424298221568","timestamp":1432826855000,"message":"` + line1 + `"},` +
		`{"id":"31953106606966983378809025079804211143289615424298221569","timestamp":1432826855001,"message":"` + line2 + `"}]}`
	// A captured control message.
	controlDoc = `{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"",` +
		`"subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1432826855000,` +
		`"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`
)

var (
	dataBatch = &Batch{
		Type: DataMessage, Owner: "111111111111", LogGroup: "vpc-flow-logs", LogStream: "eni-1235b8ca123456789-all",
		SubscriptionFilters: []string{"Destination"},
		Events: []Event{
			{ID: "31953106606966983378809025079804211143289615424298221568", Timestamp: 1432826855000, Message: line1},
			{ID: "31953106606966983378809025079804211143289615424298221569", Timestamp: 1432826855001, Message: line2},
		},
	}
	controlBatch = &Batch{
		Type: ControlMessage, Owner: "CloudwatchLogs", SubscriptionFilters: []string{},
		Events: []Event{{Timestamp: 1432826855000, Message: "CWL CONTROL MESSAGE: Checking health of destination Firehose."}},
	}
)

// zip compresses text as one gzip member.
func zip(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 6)
	require.NoError(t, err)
	_, err = w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// all decodes data with d. It checks that an error comes last and without a
// Batch.
func all(t testing.TB, d *Decoder, data []byte) ([]*Batch, error) {
	t.Helper()
	var batches []*Batch
	var last error
	for b, err := range d.Decode(data) {
		require.NoError(t, last, "something after the error")
		if err != nil {
			require.Nil(t, b)
			last = err
			continue
		}
		require.NotNil(t, b)
		batches = append(batches, b)
	}
	return batches, last
}
