package cwlogs

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecode(t *testing.T) {
	data, control := zip(t, dataDoc), zip(t, controlDoc)
	for name, tt := range map[string]struct {
		in   []byte
		want []*Batch
	}{
		"plain":                             {[]byte(dataDoc), []*Batch{dataBatch}},
		"gzip":                              {data, []*Batch{dataBatch}},
		"case 72 control message":           {control, []*Batch{controlBatch}},
		"case 70 documents glued":           {zip(t, dataDoc+dataDoc+dataDoc), []*Batch{dataBatch, dataBatch, dataBatch}},
		"case 71 control and data glued":    {zip(t, controlDoc+dataDoc), []*Batch{controlBatch, dataBatch}},
		"case 70 documents with newlines":   {zip(t, "\n"+dataDoc+"\r\n \t"+controlDoc+"\n"), []*Batch{dataBatch, controlBatch}},
		"case 82 members, control and data": {slices.Concat(control, data, data), []*Batch{controlBatch, dataBatch, dataBatch}},
		"case 82 plain, control and data":   {[]byte(controlDoc + dataDoc), []*Batch{controlBatch, dataBatch}},
		"document across members":           {slices.Concat(zip(t, dataDoc[:100]), zip(t, ""), zip(t, dataDoc[100:])), []*Batch{dataBatch}},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			for range 2 { // reused
				got, err := all(t, &d, tt.in)
				require.NoError(t, err)
				assert.Equal(t, tt.want, got)
			}
		})
	}
}

func TestDecodeLambda(t *testing.T) {
	var e events.CloudwatchLogsEvent
	e.AWSLogs.Data = base64.StdEncoding.EncodeToString(zip(t, controlDoc+dataDoc))
	var d Decoder
	var got []*Batch
	for b, err := range d.DecodeLambda(e) {
		require.NoError(t, err)
		got = append(got, b)
	}
	assert.Equal(t, []*Batch{controlBatch, dataBatch}, got)
}
