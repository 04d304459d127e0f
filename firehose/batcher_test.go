package firehose

import (
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/require"
)

// fakeClient takes what it is given, copying it, unless answer says otherwise.
type fakeClient struct {
	calls  [][][]byte
	answer func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error)
}

func (c *fakeClient) PutRecordBatch(_ context.Context, in *firehose.PutRecordBatchInput, _ ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error) {
	var records [][]byte
	for _, r := range in.Records {
		records = append(records, bytes.Clone(r.Data))
	}
	c.calls = append(c.calls, records)
	if c.answer != nil {
		return c.answer(len(c.calls), in)
	}
	return accept(in), nil
}

// accept is the answer that takes every record.
func accept(in *firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
	out := &firehose.PutRecordBatchOutput{FailedPutCount: aws.Int32(0)}
	for range in.Records {
		out.RequestResponses = append(out.RequestResponses, types.PutRecordBatchResponseEntry{RecordId: aws.String("id")})
	}
	return out
}

func TestAddPacks(t *testing.T) {
	c := new(fakeClient)
	b := NewBatcher(c, "s", &Options{RecordBytes: 10, BatchBytes: 40, BatchRecords: 3})
	for _, s := range []string{"aaaa", "bbbb", "cc\n", "dddddddddddd", "e\nf", ""} {
		require.NoError(t, b.AddString(t.Context(), s))
	}
	require.NoError(t, b.Flush(t.Context()))
	require.Equal(t, "aaaa\nbbbb\n|cc\n|dddddddddddd\n||e\nf\n||", render(c.calls))
	require.Equal(t, Stats{Lines: 6, Records: 4, Calls: 2, Bytes: 30, BilledBytes: 4 * 5120}, b.Stats())
}

// render writes calls with | behind each record and another behind each call.
func render(calls [][][]byte) string {
	var s []byte
	for _, records := range calls {
		for _, r := range records {
			s = append(append(s, r...), '|')
		}
		s = append(s, '|')
	}
	return string(s)
}
