package firehose

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the options are invalid, every method returns the error.
func TestInvalid(t *testing.T) {
	good := newInstant()
	for _, tt := range []struct {
		name   string
		client PutRecordBatchAPIClient
		stream string
		opts   *Options
		text   string
	}{
		{"no client", nil, "s", nil, "no client"},
		{"nil client of the SDK", (*firehose.Client)(nil), "s", nil, "no client"},
		{"no stream", good, "", nil, "empty stream name"},
		{"stream with a space", good, "a b", nil, `stream name "a b"`},
		{"stream that is an ARN", good, "arn:aws:firehose", nil, "stream name"},
		{"long stream", good, strings.Repeat("a", 65), nil, "65 characters"},
		{"many records", good, "s", &Options{BatchRecords: 501}, "BatchRecords 501"},
		{"large records", good, "s", &Options{RecordBytes: 1024001}, "RecordBytes 1024001"},
		{"large batches", good, "s", &Options{BatchBytes: 4<<20 + 1}, "BatchBytes 4194305"},
		{"records larger than batches", good, "s", &Options{RecordBytes: 2, BatchBytes: 1}, "RecordBytes 2"},
		{"negative RecordBytes", good, "s", &Options{RecordBytes: -1}, "RecordBytes -1"},
		{"negative RecordLines", good, "s", &Options{RecordLines: -1}, "RecordLines -1"},
		{"negative BatchBytes", good, "s", &Options{BatchBytes: -1}, "BatchBytes -1"},
		{"negative BatchRecords", good, "s", &Options{BatchRecords: -1}, "BatchRecords -1"},
		{"negative MaxAttempts", good, "s", &Options{MaxAttempts: math.MinInt}, "MaxAttempts"},
		{"negative Concurrency", good, "s", &Options{Concurrency: -1}, "Concurrency -1"},
		{"negative Reserve", good, "s", &Options{Reserve: -1}, "Reserve -1ns"},
		{"negative CallTimeout", good, "s", &Options{CallTimeout: -time.Second}, "CallTimeout -1s"},
		{"long delimiter", good, "s", &Options{BatchBytes: 2, Delimiter: []byte("\r\n")}, "Delimiter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := NewBatcher(tt.client, tt.stream, tt.opts)
			for _, err := range []error{b.AddString(t.Context(), "a"), b.Add(t.Context(), nil), b.Flush(t.Context())} {
				require.ErrorIs(t, err, ErrOptions)
				assert.ErrorContains(t, err, tt.text)
			}
			assert.Zero(t, b.Stats())
		})
	}
	t.Run("zero Batcher", func(t *testing.T) {
		var b Batcher
		require.ErrorIs(t, b.AddString(t.Context(), "a"), ErrOptions)
		require.ErrorIs(t, b.Flush(t.Context()), ErrOptions)
		lines, size := b.Buffered()
		assert.Zero(t, lines+size)
	})
}

// The largest and smallest valid options are accepted.
func TestValid(t *testing.T) {
	for _, opts := range []*Options{
		nil,
		{},
		{RecordBytes: MaxRecordBytes, BatchBytes: MaxBatchBytes, BatchRecords: MaxBatchRecords, Concurrency: 1000},
		{RecordBytes: 2, BatchBytes: 2, BatchRecords: 1, RecordLines: 1, MaxAttempts: 1, Reserve: 1, CallTimeout: time.Nanosecond},
		{BatchBytes: 3, Delimiter: []byte("\r\n")},
	} {
		b := NewBatcher(newInstant(), strings.Repeat("aZ0_.-", 10), opts)
		require.NoError(t, b.AddString(t.Context(), "a"))
		require.NoError(t, b.Flush(t.Context()))
	}
}

// Options are copied: a later change has no effect.
func TestOptionsAreCopied(t *testing.T) {
	c := &fakeClient{t: t}
	opts := &Options{Delimiter: []byte(";"), RecordLines: 1}
	b := NewBatcher(c, "s", opts)
	opts.Delimiter[0], opts.RecordLines = '!', 7
	addAll(t, b, "a", "b")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, "a;|b;||", c.String())
}

func TestDefaults(t *testing.T) {
	assert.Equal(t, 102400, DefaultRecordBytes)
	assert.Equal(t, 4193280, DefaultBatchBytes)
	assert.Equal(t, 1024000, MaxRecordBytes)
}
