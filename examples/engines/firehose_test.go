package engines

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
)

// TestFirehoseToS3 sends a log through the Batcher and a Firehose with faults
// to a real S3 server, hour by hour, and finds every line in the object of its
// hour.
func TestFirehoseToS3(t *testing.T) {
	server := startS3(t, "delivered")
	clock := firehosetest.NewClock(begin)
	f, err := firehosetest.Start(&firehosetest.Options{
		Clock:   clock,
		Streams: []firehosetest.Stream{{Name: "flows", S3: server.client(), Bucket: "delivered", Prefix: "logs/", BufferBytes: 1 << 20}},
		Faults:  firehosetest.Faults{RecordRate: 0.1, CallRate: 0.1},
	})
	require.NoError(t, err)
	defer f.Close()
	b := firehose.NewBatcher(f.Client(), "flows", &firehose.Options{
		RecordBytes: 5120, BatchRecords: 20,
		Backoff: func(int) time.Duration { return time.Millisecond },
	})
	lines := newGenerator(flowlog.V2, 31).lines(40_000)
	want := make(map[time.Time][]string) // by the hour of arrival
	for hour := range 4 {
		at := begin.Add(time.Duration(hour) * time.Hour)
		clock.Set(at)
		part := lines[hour*10_000 : (hour+1)*10_000]
		for _, line := range part {
			require.NoError(t, b.AddString(t.Context(), line))
		}
		require.NoError(t, b.Flush(t.Context()))
		want[at] = part
		clock.Set(at.Add(59 * time.Minute)) // past the buffer's time
	}
	stats := b.Stats()
	assert.EqualValues(t, len(lines), stats.Lines)
	assert.Zero(t, stats.Failed)
	assert.Positive(t, stats.Retried, "there were faults")

	table := &athena.Table{Name: "t", Location: "s3://delivered/logs/", Format: flowlog.V2, Layout: athena.Firehose}
	name := regexp.MustCompile(`^logs/\d{4}/\d\d/\d\d/\d\d/flows-1-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f-]{36}\.gz$`)
	got := make(map[time.Time][]string)
	keys := server.keys(t, "delivered", "")
	require.Greater(t, len(keys), 4, "more than one object in some hour")
	for _, key := range keys {
		assert.Regexp(t, name, key)
		p, err := table.Partition(key)
		require.NoError(t, err)
		o, err := server.client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("delivered"), Key: aws.String(key)})
		require.NoError(t, err)
		data, err := io.ReadAll(o.Body)
		require.NoError(t, err)
		z, err := gzip.NewReader(bytes.NewReader(data))
		require.NoError(t, err, key)
		text, err := io.ReadAll(z)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(string(text), "\n"))
		got[p.Time] = append(got[p.Time], strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	require.Len(t, got, len(want))
	for at, lines := range want {
		equalLines(t, slices.Sorted(slices.Values(lines)), slices.Sorted(slices.Values(got[at])))
	}
}
