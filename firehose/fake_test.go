package firehose

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeClient checks the service's limits and keeps a copy of every call. It accepts
// everything if answer is nil.
type fakeClient struct {
	t      *testing.T
	answer func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error)

	mu       sync.Mutex
	calls    [][]string
	accepted []string
}

func (c *fakeClient) PutRecordBatch(_ context.Context, in *firehose.PutRecordBatchInput, _ ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var records []string
	size := 0
	for _, r := range in.Records {
		assert.LessOrEqual(c.t, len(r.Data), 1024000)
		size += len(r.Data)
		records = append(records, string(r.Data))
	}
	assert.NotEmpty(c.t, records)
	assert.LessOrEqual(c.t, len(records), 500)
	assert.LessOrEqual(c.t, size, 4194304)
	c.calls = append(c.calls, records)
	out, err := accept(in), error(nil)
	if c.answer != nil {
		out, err = c.answer(len(c.calls), in)
	}
	if err == nil && out != nil && len(out.RequestResponses) == len(records) {
		for i, r := range out.RequestResponses {
			if r.ErrorCode == nil {
				c.accepted = append(c.accepted, records[i])
			}
		}
	}
	return out, err
}

// String returns the calls, with | after each record and another after each call.
func (c *fakeClient) String() string {
	var s strings.Builder
	for _, records := range c.calls {
		for _, r := range records {
			s.WriteString(r + "|")
		}
		s.WriteString("|")
	}
	return s.String()
}

// accept returns the answer that accepts every record.
func accept(in *firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
	out := &firehose.PutRecordBatchOutput{FailedPutCount: aws.Int32(0)}
	for range in.Records {
		out.RequestResponses = append(out.RequestResponses, types.PutRecordBatchResponseEntry{RecordId: aws.String("id")})
	}
	return out
}

// refusing returns the answer that refuses the records at the given positions.
func refusing(in *firehose.PutRecordBatchInput, code string, positions ...int) *firehose.PutRecordBatchOutput {
	out := accept(in)
	out.FailedPutCount = aws.Int32(int32(len(positions)))
	for _, i := range positions {
		out.RequestResponses[i] = types.PutRecordBatchResponseEntry{ErrorCode: aws.String(code), ErrorMessage: aws.String("Slow down.")}
	}
	return out
}

// clientFunc is a client that is a function.
type clientFunc func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error)

func (f clientFunc) PutRecordBatch(ctx context.Context, in *firehose.PutRecordBatchInput, _ ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error) {
	return f(ctx, in)
}

// atOnce is a backoff that does not wait.
func atOnce(int) time.Duration { return 0 }

// perLine returns options that send each line as a record.
func perLine() *Options { return &Options{RecordLines: 1, Backoff: atOnce} }

func addAll(t *testing.T, b *Batcher, lines ...string) {
	t.Helper()
	for _, l := range lines {
		require.NoError(t, b.AddString(t.Context(), l))
	}
}

func failedOf(t *testing.T, err error) *DeliveryError {
	t.Helper()
	e, ok := errors.AsType[*DeliveryError](err)
	require.True(t, ok, "%v", err)
	return e
}

// addEach is addAll for many lines.
func addEach(t *testing.T, b *Batcher, lines []string) {
	for _, l := range lines {
		if err := b.AddString(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
}

// flowLines returns n lines in the default format, without newlines and with
// lengths as in a real log: 119 bytes on average with the newline.
func flowLines(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	lines := make([]string, n)
	for i := range lines {
		start := 1700000000 + r.IntN(86400)
		action := "ACCEPT"
		if r.IntN(10) == 0 {
			action = "REJECT"
		}
		lines[i] = fmt.Sprintf("2 %012d eni-%017x 10.%d.%d.%d %d.%d.%d.%d %d %d %d %d %d %d %d %s OK",
			123456789010+r.Int64N(3), r.Int64N(200)*0x1235b8ca12345, r.IntN(256), r.IntN(256), r.IntN(256),
			1+r.IntN(223), r.IntN(256), r.IntN(256), r.IntN(256), 1024+r.IntN(64000), []int{22, 53, 80, 443, 8080, 32768 + r.IntN(28000)}[r.IntN(6)],
			[]int{6, 6, 6, 17, 1}[r.IntN(5)], 1+r.IntN(500), 40+r.IntN(900000), start, start+60, action)
	}
	return lines
}

// instant is a client that accepts everything and allocates almost nothing.
type instant struct {
	entries []types.PutRecordBatchResponseEntry
}

func newInstant() *instant {
	return &instant{accept(&firehose.PutRecordBatchInput{Records: make([]types.Record, MaxBatchRecords)}).RequestResponses}
}

func (c *instant) PutRecordBatch(_ context.Context, in *firehose.PutRecordBatchInput, _ ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error) {
	return &firehose.PutRecordBatchOutput{FailedPutCount: aws.Int32(0), RequestResponses: c.entries[:len(in.Records)]}, nil
}
