package engines

import (
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/bytedance/sonic"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

// BenchmarkPayload decodes one subscription event of 5,000 lines: with cwlogs, with
// aws-lambda-go, and with the fastest gunzip and JSON decoder there are for Go. The three take
// turns, so that their ratios hold on a busy machine; each gives the same messages.
func BenchmarkPayload(b *testing.B) {
	text, err := io.ReadAll(flowlogtest.NewReader(flowlog.V2, 5000, 1))
	require.NoError(b, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	event := cwlogstest.LambdaEvent(cwlogstest.DataMessage(lines...))

	var decoder cwlogs.Decoder
	sides := []struct {
		name string
		run  func(messages []string) ([]string, error)
	}{
		{"cwlogs", func(messages []string) ([]string, error) {
			for batch, err := range decoder.DecodeLambda(event) {
				if err != nil {
					return nil, err
				}
				for i := range batch.Events {
					messages = append(messages, batch.Events[i].Message)
				}
			}
			return messages, nil
		}},
		{"aws-lambda-go", func(messages []string) ([]string, error) {
			data, err := event.AWSLogs.Parse()
			for i := range data.LogEvents {
				messages = append(messages, data.LogEvents[i].Message)
			}
			return messages, err
		}},
		{"sonic", func(messages []string) ([]string, error) {
			zipped, err := base64.StdEncoding.DecodeString(event.AWSLogs.Data)
			if err != nil {
				return nil, err
			}
			gz, err := gzip.NewReader(bytes.NewReader(zipped))
			if err != nil {
				return nil, err
			}
			plain, err := io.ReadAll(gz)
			if err != nil {
				return nil, err
			}
			var data events.CloudwatchLogsData
			err = sonic.Unmarshal(plain, &data)
			for i := range data.LogEvents {
				messages = append(messages, data.LogEvents[i].Message)
			}
			return messages, err
		}},
	}
	took := make([][]time.Duration, len(sides))
	var messages []string
	for b.Loop() {
		for i, s := range sides {
			begin := time.Now()
			messages, err = s.run(messages[:0])
			took[i] = append(took[i], time.Since(begin))
			require.NoError(b, err)
			require.Len(b, messages, len(lines))
			require.Equal(b, lines[len(lines)-1], messages[len(messages)-1])
		}
	}
	median := func(i int) time.Duration { return slices.Sorted(slices.Values(took[i]))[len(took[i])/2] }
	for i, s := range sides {
		b.ReportMetric(float64(median(i).Microseconds()), s.name+"-µs")
		if i > 0 {
			b.ReportMetric(median(i).Seconds()/median(0).Seconds(), s.name+"/cwlogs")
		}
	}
}
