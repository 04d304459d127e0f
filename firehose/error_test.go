package firehose

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// The error holds exactly the lines that were not delivered. Its message is one line with
// the numbers and without data.
func TestDeliveryErrorListsLines(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(_ int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		var bad []int
		for i, r := range in.Records {
			if strings.Contains(string(r.Data), "bad") {
				bad = append(bad, i)
			}
		}
		return refusing(in, "ServiceUnavailableException", bad...), nil
	}
	b := NewBatcher(c, "s", &Options{RecordBytes: 12, MaxAttempts: 2, Backoff: atOnce})
	addAll(t, b, "one", "two", "bad1", "bad2", "three", "bad\nfour", "five")
	err := b.Flush(t.Context())
	e := failedOf(t, err)
	assert.Equal(t, "s", e.Stream)
	assert.Equal(t, 4, e.Lines())
	assert.Equal(t, []FailedRecord{
		{Data: []byte("bad1\nbad2\n"), Lines: 2, Code: "ServiceUnavailableException", Message: "Slow down."},
		{Data: []byte("bad\nfour\n"), Lines: 2, Code: "ServiceUnavailableException", Message: "Slow down."},
	}, e.Failed)
	assert.EqualError(t, err, "firehose: stream s: 4 lines in 2 records not delivered: given up after 2 attempts: api error ServiceUnavailableException: Slow down.")
	assert.Equal(t, []string{"one\ntwo\n", "three\n", "five\n"}, c.accepted)
	assert.Equal(t, Stats{Lines: 4, Records: 3, Calls: 2, Bytes: 19, BilledBytes: 3 * 5120, Retried: 2, Failed: 4}, b.Stats())

	// Nothing is held now, the caller may change the data, and the Batcher can be used.
	require.NoError(t, b.Flush(t.Context()))
	addAll(t, b, "six")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, "bad1\nbad2\n", string(e.Failed[0].Data))
	assert.Equal(t, "six\n", c.accepted[3])
}

// An Add returns the lines that it could not deliver. Its own data is held, and the next
// Flush is about what is held.
func TestFailingAddKeepsItsData(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		if call == 1 {
			return nil, &types.ResourceNotFoundException{}
		}
		return accept(in), nil
	}
	b := NewBatcher(c, "s", &Options{RecordBytes: 4, BatchBytes: 7})
	addAll(t, b, "aa", "bb")
	err := b.AddString(t.Context(), "cc")
	assert.Equal(t, "aa\n", string(failedOf(t, err).Failed[0].Data))
	assert.Equal(t, "bb\n", string(failedOf(t, err).Failed[1].Data))
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, []string{"cc\n"}, c.accepted)
	assert.Equal(t, Stats{Lines: 1, Records: 1, Calls: 2, Bytes: 3, BilledBytes: 5120, Failed: 2}, b.Stats())
}

// If some calls of the same data fail, their records are in one error.
func TestFailingAddOfManyLines(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		switch call {
		case 1:
			return nil, &types.ResourceNotFoundException{}
		case 3:
			return nil, &types.InvalidArgumentException{}
		}
		return accept(in), nil
	}
	b := NewBatcher(c, "s", &Options{RecordBytes: 2, BatchBytes: 2})
	err := b.AddString(t.Context(), "a\nb\nc\nd")
	var got []string
	for _, f := range failedOf(t, err).Failed {
		got = append(got, string(f.Data))
	}
	assert.Equal(t, []string{"a\n", "c\n"}, got)
	assert.Equal(t, []string{"b\n", "d\n"}, c.accepted)
	_, ok := errors.AsType[*types.ResourceNotFoundException](err)
	assert.True(t, ok)
	_, ok = errors.AsType[*types.InvalidArgumentException](err)
	assert.True(t, ok)
	assert.NotContains(t, err.Error(), "\n")
}

// Batches that fail concurrently are in one error, in order.
func TestConcurrentFailures(t *testing.T) {
	b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		switch string(in.Records[0].Data) {
		case "a\n":
			return nil, &types.ResourceNotFoundException{}
		case "c\n":
			return nil, &types.InvalidArgumentException{}
		}
		return accept(in), nil
	}), "s", &Options{RecordBytes: 2, BatchBytes: 2, Concurrency: 4})
	addAll(t, b, "a", "b", "c")
	err := b.AddString(t.Context(), "d")
	e := failedOf(t, err)
	require.Len(t, e.Failed, 2)
	assert.Equal(t, "a\nc\n", string(e.Failed[0].Data)+string(e.Failed[1].Data))
	assert.EqualError(t, err, "firehose: stream s: 2 lines in 2 records not delivered: ResourceNotFoundException: ; InvalidArgumentException:")
	assert.Equal(t, int64(2), b.Stats().Lines)
}
