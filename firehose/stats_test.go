package firehose

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// With any failures, each line is accepted or handed back once, and the counts agree.
func TestAccountsAdd(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		c := &fakeClient{t: t}
		c.answer = func(_ int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			switch r.IntN(10) {
			case 0:
				return nil, &types.ServiceUnavailableException{}
			case 1:
				return nil, &types.InvalidArgumentException{}
			}
			var bad []int
			for i := range in.Records {
				if r.IntN(4) == 0 {
					bad = append(bad, i)
				}
			}
			return refusing(in, []string{"ServiceUnavailableException", "InternalFailure", "AccessDenied"}[r.IntN(3)], bad...), nil
		}
		b := NewBatcher(c, "s", &Options{RecordBytes: 40, BatchBytes: 300, BatchRecords: 6, MaxAttempts: 3, Backoff: atOnce, Concurrency: int(seed % 4)})
		var back, accepted, want []string
		records := 0 // handed back
		take := func(err error) {
			if err != nil {
				for _, f := range failedOf(t, err).Failed {
					lines := linesOf(string(f.Data))
					assert.Len(t, lines, f.Lines)
					back = append(back, lines...)
					records++
				}
			}
		}
		for i := range 500 {
			line := fmt.Sprintf("line %d\n", i)
			want = append(want, line)
			take(b.AddString(t.Context(), line))
			if r.IntN(100) == 0 {
				take(b.Flush(t.Context()))
			}
		}
		take(b.Flush(t.Context()))
		for _, rec := range c.accepted {
			accepted = append(accepted, linesOf(rec)...)
		}
		sent := 0
		for _, call := range c.calls {
			sent += len(call)
		}
		st := b.Stats()
		assert.ElementsMatch(t, want, append(accepted, back...))
		assert.Equal(t, [2]int{len(accepted), len(back)}, [2]int{int(st.Lines), int(st.Failed)})
		assert.Equal(t, [2]int{len(c.accepted), len(c.calls)}, [2]int{int(st.Records), int(st.Calls)})
		assert.Equal(t, sent, len(c.accepted)+records+int(st.Retried))
	}
}

// Stats may be called while calls are in flight, for example by a progress display.
func TestStatsWhileSending(t *testing.T) {
	var b *Batcher
	b = NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		assert.LessOrEqual(t, b.Stats().Lines, int64(100))
		return accept(in), nil
	}), "s", &Options{RecordBytes: 2, BatchBytes: 2, Concurrency: 4})
	addEach(t, b, slices.Repeat([]string{"x"}, 100))
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, int64(100), b.Stats().Lines)
}

func linesOf(data string) []string { return slices.Collect(strings.Lines(data)) }
