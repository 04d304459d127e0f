package firehose

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// If an answer refuses some records, only these are sent again, as often as necessary.
func TestOnlyFailedRecordsAreResent(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		switch call {
		case 1:
			return refusing(in, "ServiceUnavailableException", 0, 2, 3), nil
		case 2:
			return refusing(in, "InternalFailure", 1), nil
		}
		return accept(in), nil
	}
	b := NewBatcher(c, "s", perLine())
	addAll(t, b, "a", "b", "c", "d")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, "a\n|b\n|c\n|d\n||a\n|c\n|d\n||c\n||", c.String())
	assert.Equal(t, []string{"b\n", "a\n", "d\n", "c\n"}, c.accepted)
	assert.Equal(t, Stats{Lines: 4, Records: 4, Calls: 3, Bytes: 8, BilledBytes: 4 * 5120, Retried: 4, Ambiguous: 1, AmbiguousLines: 1}, b.Stats())
}

// An answer that refuses every record.
func TestEveryRecordRefused(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		if call < 3 {
			return refusing(in, "ServiceUnavailableException", 0, 1), nil
		}
		return accept(in), nil
	}
	b := NewBatcher(c, "s", perLine())
	addAll(t, b, "a", "b")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, "a\n|b\n||a\n|b\n||a\n|b\n||", c.String())
}

// An answer that does not match its request is an error. Its records are handed back once.
func TestResponseMismatch(t *testing.T) {
	for _, tt := range []struct {
		name string
		out  func(*firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput
		ok   bool
	}{
		{"too short", func(in *firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			out := accept(in)
			out.RequestResponses = out.RequestResponses[:1]
			return out
		}, false},
		{"too long", func(in *firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			out := accept(in)
			out.RequestResponses = append(out.RequestResponses, out.RequestResponses[0])
			return out
		}, false},
		{"nothing at all", func(*firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput { return nil }, false},
		{"empty", func(*firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			return new(firehose.PutRecordBatchOutput)
		}, false},
		{"failures and no entries", func(*firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			return &firehose.PutRecordBatchOutput{FailedPutCount: aws.Int32(1)}
		}, false},
		{"more failures than entries with one", func(in *firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			out := refusing(in, "InternalFailure", 0)
			out.FailedPutCount = aws.Int32(2)
			return out
		}, false},
		{"no failures and no entries", func(*firehose.PutRecordBatchInput) *firehose.PutRecordBatchOutput {
			return &firehose.PutRecordBatchOutput{FailedPutCount: aws.Int32(0)}
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calls := 0
			b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
				calls++
				return tt.out(in), nil
			}), "s", perLine())
			addAll(t, b, "a", "b")
			err := b.Flush(t.Context())
			assert.Equal(t, 1, calls)
			if tt.ok {
				require.NoError(t, err)
				assert.Equal(t, int64(2), b.Stats().Lines)
				return
			}
			require.ErrorIs(t, err, ErrResponse)
			assert.Len(t, failedOf(t, err).Failed, 2)
			assert.Equal(t, Stats{Calls: 1, Failed: 2, Ambiguous: 2, AmbiguousLines: 2}, b.Stats())
		})
	}
}

// If an answer says nothing about a record, the record is sent again, and it may have been
// stored.
func TestSilentAnswer(t *testing.T) {
	for _, tt := range []struct {
		name    string
		silence func(out *firehose.PutRecordBatchOutput)
		resent  string
	}{
		{"one entry", func(out *firehose.PutRecordBatchOutput) {
			out.RequestResponses[1] = types.PutRecordBatchResponseEntry{}
		}, "b\n|"},
		{"all entries, no count", func(out *firehose.PutRecordBatchOutput) {
			*out = firehose.PutRecordBatchOutput{RequestResponses: make([]types.PutRecordBatchResponseEntry, 3)}
		}, "a\n|b\n|c\n|"},
		{"empty texts", func(out *firehose.PutRecordBatchOutput) {
			out.RequestResponses[0] = types.PutRecordBatchResponseEntry{RecordId: aws.String(""), ErrorCode: aws.String("")}
		}, "a\n|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeClient{t: t}
			c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
				out := accept(in)
				if call == 1 {
					tt.silence(out)
				}
				return out, nil
			}
			b := NewBatcher(c, "s", perLine())
			addAll(t, b, "a", "b", "c")
			require.NoError(t, b.Flush(t.Context()))
			assert.Equal(t, "a\n|b\n|c\n||"+tt.resent+"|", c.String())
			resent := int64(strings.Count(tt.resent, "|"))
			st := b.Stats()
			assert.Equal(t, []int64{3, resent, resent, resent}, []int64{st.Lines, st.Retried, st.Ambiguous, st.AmbiguousLines})
		})
	}
	t.Run("always", func(t *testing.T) {
		b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			return &firehose.PutRecordBatchOutput{RequestResponses: make([]types.PutRecordBatchResponseEntry, len(in.Records))}, nil
		}), "s", &Options{MaxAttempts: 2, Backoff: atOnce})
		addAll(t, b, "a")
		err := b.Flush(t.Context())
		require.ErrorIs(t, err, ErrResponse)
		assert.Len(t, failedOf(t, err).Failed, 1)
		assert.Equal(t, Stats{Calls: 2, Retried: 1, Failed: 1, Ambiguous: 2, AmbiguousLines: 2}, b.Stats())
	})
}

// If an answer counts a failure and has one entry with neither code nor id, that entry is
// the failure.
func TestFailureWithoutCode(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		out := accept(in)
		if call == 1 {
			out.FailedPutCount = aws.Int32(1)
			out.RequestResponses[1] = types.PutRecordBatchResponseEntry{}
		}
		return out, nil
	}
	b := NewBatcher(c, "s", perLine())
	addAll(t, b, "a", "b", "c")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, "a\n|b\n|c\n||b\n||", c.String())
}

// A record with an undocumented error code is sent again. A record whose code says that it
// will never be accepted is not.
func TestRecordCodes(t *testing.T) {
	c := &fakeClient{t: t}
	c.answer = func(_ int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		out := accept(in)
		for i, r := range in.Records {
			switch string(r.Data) {
			case "new\n":
				out = refusing(in, "SomethingNew", i)
			case "bad\n":
				out.RequestResponses[i] = types.PutRecordBatchResponseEntry{ErrorCode: aws.String("InvalidKMSResourceException"), ErrorMessage: aws.String("key\nis gone")}
			}
		}
		return out, nil
	}
	opts := perLine()
	opts.MaxAttempts = 3
	t.Run("unknown", func(t *testing.T) {
		b := NewBatcher(c, "s", opts)
		addAll(t, b, "a", "new")
		e := failedOf(t, b.Flush(t.Context()))
		assert.Equal(t, []FailedRecord{{Data: []byte("new\n"), Lines: 1, Code: "SomethingNew", Message: "Slow down."}}, e.Failed)
		assert.Equal(t, "a\n|new\n||new\n||new\n||", c.String())
	})
	t.Run("permanent", func(t *testing.T) {
		c.calls = nil
		b := NewBatcher(c, "s", opts)
		addAll(t, b, "bad", "a")
		err := b.Flush(t.Context())
		assert.Equal(t, []FailedRecord{{Data: []byte("bad\n"), Lines: 1, Code: "InvalidKMSResourceException", Message: "key\nis gone"}}, failedOf(t, err).Failed)
		assert.Equal(t, "bad\n|a\n||", c.String())
		assert.EqualError(t, err, "firehose: stream s: 1 line in 1 record not delivered: api error InvalidKMSResourceException: key is gone")
		api, ok := errors.AsType[smithy.APIError](err)
		require.True(t, ok)
		assert.Equal(t, "InvalidKMSResourceException", api.ErrorCode())
	})
}

// Whether an error of the whole call is retried depends on the error.
func TestCallErrors(t *testing.T) {
	for _, tt := range []struct {
		err       error
		retried   bool
		ambiguous bool
	}{
		{&types.ServiceUnavailableException{Message: aws.String("Slow down.")}, true, false},
		{&types.LimitExceededException{}, true, false},
		{&smithy.GenericAPIError{Code: "ThrottlingException"}, true, false},
		{&smithy.GenericAPIError{Code: "InternalFailure"}, true, true},
		{&smithy.GenericAPIError{Code: "SomethingNew"}, true, true},
		{errors.New("connection reset by peer"), true, true},
		{&types.ResourceNotFoundException{Message: aws.String("Firehose s not found under account 1.")}, false, false},
		{&types.InvalidArgumentException{}, false, false},
		{&types.InvalidKMSResourceException{}, false, false},
		{&types.InvalidSourceException{}, false, false},
		{&smithy.GenericAPIError{Code: "AccessDeniedException"}, false, false},
		{&smithy.GenericAPIError{Code: "SomethingNew", Fault: smithy.FaultClient}, false, false},
		{&smithy.OperationError{Err: errors.New("no Region")}, false, false},
	} {
		t.Run(tt.err.Error(), func(t *testing.T) {
			c := &fakeClient{t: t}
			c.answer = func(call int, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
				if call == 1 {
					return nil, fmt.Errorf("wrapped: %w", tt.err)
				}
				return accept(in), nil
			}
			b := NewBatcher(c, "s", perLine())
			addAll(t, b, "a", "b")
			err := b.Flush(t.Context())
			st := b.Stats()
			if tt.retried {
				require.NoError(t, err)
				assert.Equal(t, "a\n|b\n||a\n|b\n||", c.String())
				assert.Equal(t, int64(2), st.Retried)
			} else {
				e := failedOf(t, err)
				require.ErrorIs(t, err, tt.err)
				assert.Len(t, e.Failed, 2)
				assert.Len(t, c.calls, 1)
				assert.Equal(t, Stats{Calls: 1, Failed: 2}, st)
			}
			assert.Equal(t, tt.ambiguous, st.Ambiguous == 2)
		})
	}
}

// The number of attempts is limited, with a wait after each.
func TestAttemptsAndBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		var asked []int
		start := time.Now()
		b := NewBatcher(clientFunc(func(context.Context, *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			at = append(at, time.Since(start))
			return nil, &types.ServiceUnavailableException{}
		}), "s", &Options{MaxAttempts: 4, Backoff: func(attempt int) time.Duration {
			asked = append(asked, attempt)
			return []time.Duration{time.Second, -1, 3 * time.Second}[attempt-1]
		}})
		addAll(t, b, "a")
		require.Error(t, b.Flush(t.Context()))
		assert.Equal(t, []int{1, 2, 3}, asked)
		assert.Equal(t, []time.Duration{0, time.Second, time.Second, 4 * time.Second}, at)
	})
}

// The default backoff is random, below a limit that doubles up to five seconds.
func TestFullJitter(t *testing.T) {
	for attempt, limit := range map[int]time.Duration{
		1: 50 * time.Millisecond, 2: 100 * time.Millisecond, 3: 200 * time.Millisecond, 6: 1600 * time.Millisecond,
		7: 3200 * time.Millisecond, 8: 5 * time.Second, 20: 5 * time.Second, math.MaxInt: 5 * time.Second,
	} {
		var waits []time.Duration
		for range 2000 {
			waits = append(waits, fullJitter(attempt))
		}
		assert.GreaterOrEqual(t, slices.Min(waits), time.Duration(0), attempt)
		assert.Less(t, slices.Min(waits), limit/20, attempt)
		assert.Less(t, slices.Max(waits), limit, attempt)
		assert.Greater(t, slices.Max(waits), limit-limit/20, attempt)
	}
}

// The defaults are enough for a stream that is throttled for ten seconds.
func TestDefaultsOutlastAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			if time.Since(start) < 10*time.Second {
				return nil, &types.ServiceUnavailableException{}
			}
			return accept(in), nil
		}), "s", nil)
		addAll(t, b, "a")
		require.NoError(t, b.Flush(t.Context()))
		assert.Less(t, time.Since(start), 16*time.Second)
	})
}

// A canceled context ends the wait immediately, and the rest is handed back.
func TestCancelDuringWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(time.Second, cancel)
		b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			return refusing(in, "ServiceUnavailableException", 1), nil
		}), "s", &Options{RecordLines: 1, Backoff: func(int) time.Duration { return time.Hour }})
		addAll(t, b, "a", "b")
		err := b.Flush(ctx)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, []FailedRecord{{Data: []byte("b\n"), Lines: 1, Code: "ServiceUnavailableException", Message: "Slow down."}}, failedOf(t, err).Failed)
		_, ok := errors.AsType[smithy.APIError](err)
		assert.True(t, ok, "the last answer is part of the error")
		assert.Equal(t, Stats{Lines: 1, Records: 1, Calls: 1, Bytes: 2, BilledBytes: 5120, Failed: 1}, b.Stats())
	})
}

// Nothing is sent if the context is done.
func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &fakeClient{t: t}
	b := NewBatcher(c, "s", nil)
	require.NoError(t, b.AddString(ctx, "a"), "adding alone needs no context")
	err := b.Flush(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []FailedRecord{{Data: []byte("a\n"), Lines: 1, Message: "context canceled"}}, failedOf(t, err).Failed)
	assert.Empty(t, c.calls)
	assert.Equal(t, Stats{Failed: 1}, b.Stats())
}

// A call that is canceled may have been accepted.
func TestCancelDuringCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		b := NewBatcher(clientFunc(hang), "s", nil)
		addAll(t, b, "a\nb")
		err := b.Flush(ctx)
		require.ErrorIs(t, err, context.Canceled)
		assert.Len(t, failedOf(t, err).Failed, 1)
		assert.Equal(t, Stats{Calls: 1, Failed: 2, Ambiguous: 1, AmbiguousLines: 2}, b.Stats())
	})
}

func hang(ctx context.Context, _ *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
	<-ctx.Done()
	return nil, &smithy.OperationError{Err: &smithy.CanceledError{Err: ctx.Err()}}
}

// A call that is not answered is canceled and repeated.
func TestCallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		start := time.Now()
		b := NewBatcher(clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
			if calls++; calls == 1 {
				return hang(ctx, in)
			}
			return accept(in), nil
		}), "s", &Options{CallTimeout: 3 * time.Second, Backoff: atOnce})
		addAll(t, b, "a")
		require.NoError(t, b.Flush(t.Context()))
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.Equal(t, Stats{Lines: 1, Records: 1, Calls: 2, Bytes: 2, BilledBytes: 5120, Retried: 1, Ambiguous: 1, AmbiguousLines: 1}, b.Stats())
	})
	synctest.Test(t, func(t *testing.T) {
		b := NewBatcher(clientFunc(hang), "s", &Options{MaxAttempts: 2})
		addAll(t, b, "a")
		err := b.Flush(t.Context())
		assert.Contains(t, err.Error(), "given up after 2 attempts: no answer within 30s")
		assert.Equal(t, int64(2), b.Stats().Ambiguous)
	})
}

// The reserve is left before the deadline, whether the service refuses or hangs.
func TestReserve(t *testing.T) {
	throttle := func(context.Context, *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
		return nil, &types.ServiceUnavailableException{}
	}
	second := func(int) time.Duration { return time.Second }
	for _, tt := range []struct {
		name   string
		client clientFunc
		opts   Options
		want   time.Duration // when Flush returns, of 10 s
	}{
		{"no wait into the reserve", throttle, Options{Reserve: 2500 * time.Millisecond, Backoff: second}, 7 * time.Second},
		{"no wait up to the reserve", throttle, Options{Reserve: 2 * time.Second, Backoff: second}, 7 * time.Second},
		{"calls are cut off", hang, Options{Reserve: 2 * time.Second}, 8 * time.Second},
		{"the default is a second of ten", hang, Options{}, 9 * time.Second},
		{"longer than the deadline", hang, Options{Reserve: time.Minute}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				start := time.Now()
				b := NewBatcher(tt.client, "s", &tt.opts)
				addAll(t, b, "a")
				err := b.Flush(ctx)
				assert.Equal(t, tt.want, time.Since(start))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Len(t, failedOf(t, err).Failed, 1)
				require.NoError(t, ctx.Err())
			})
		})
	}
	t.Run("the default is a tenth of a short time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			b := NewBatcher(clientFunc(hang), "s", nil)
			addAll(t, b, "a")
			require.Error(t, b.Flush(ctx))
			assert.Equal(t, 900*time.Millisecond, time.Since(start))
		})
	})
}

// Flush makes up to Concurrency calls at a time and returns when every call is done.
func TestConcurrency(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
				var inFlight, most, done atomic.Int32
				b := NewBatcher(clientFunc(func(_ context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
					if now := inFlight.Add(1); now > most.Load() {
						most.Store(now)
					}
					time.Sleep(time.Second)
					inFlight.Add(-1)
					done.Add(1)
					return accept(in), nil
				}), "s", &Options{RecordBytes: 2, BatchBytes: 4, Concurrency: n})
				start := time.Now()
				for range 14 { // seven calls
					addAll(t, b, "x")
				}
				require.NoError(t, b.Flush(t.Context()))
				per := int32(max(n, 1))
				assert.Equal(t, int32(7), done.Load())
				assert.Equal(t, per, most.Load())
				assert.Equal(t, time.Duration((7+per-1)/per)*time.Second, time.Since(start))
				assert.Equal(t, Stats{Lines: 14, Records: 14, Calls: 7, Bytes: 28, BilledBytes: 14 * 5120}, b.Stats())
			})
		})
	}
}

// The SDK's own retries are turned off.
func TestSingleAttempt(t *testing.T) {
	var o firehose.Options
	forOneCall(&o)
	assert.Equal(t, 1, o.Retryer.MaxAttempts())
}
