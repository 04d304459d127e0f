package firehosetest_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// Each fault has the documented effect on the client and on the records.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault firehosetest.Fault
		taken string
		check func(t *testing.T, out *sdk.PutRecordBatchOutput, err error)
	}{
		{"none", firehosetest.Fault{}, "abc", func(t *testing.T, out *sdk.PutRecordBatchOutput, err error) {
			require.NoError(t, err)
			assert.Zero(t, *out.FailedPutCount)
		}},
		{"Throttle", firehosetest.Throttle(), "", func(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
			var e *types.ServiceUnavailableException
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "Slow down.", e.ErrorMessage())
			assert.Equal(t, 500, status(err))
		}},
		{"InternalFailure", firehosetest.InternalFailure(), "", func(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
			assert.Equal(t, "InternalFailure", code(err))
			assert.Equal(t, 500, status(err))
		}},
		{"any error", firehosetest.Fault{Code: "AccessDeniedException", Message: "User is not authorized", Status: 403}, "", func(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
			assert.Equal(t, "AccessDeniedException", code(err))
			assert.ErrorContains(t, err, "User is not authorized")
			assert.Equal(t, 403, status(err))
		}},
		{"RefuseRecords", firehosetest.RefuseRecords(0, 2, 7), "b", func(t *testing.T, out *sdk.PutRecordBatchOutput, err error) {
			require.NoError(t, err)
			assert.Equal(t, int32(2), *out.FailedPutCount)
			require.Len(t, out.RequestResponses, 3)
			assert.Equal(t, "ServiceUnavailableException", *out.RequestResponses[0].ErrorCode)
			assert.Equal(t, "Slow down.", *out.RequestResponses[2].ErrorMessage)
			assert.Nil(t, out.RequestResponses[0].RecordId)
			assert.NotNil(t, out.RequestResponses[1].RecordId)
			assert.Nil(t, out.RequestResponses[1].ErrorCode)
		}},
		{"refused for another reason", firehosetest.Fault{Records: []int{1}, RecordCode: "InternalFailure", RecordMessage: "Internal service failure."}, "ac", func(t *testing.T, out *sdk.PutRecordBatchOutput, err error) {
			require.NoError(t, err)
			assert.Equal(t, "InternalFailure", *out.RequestResponses[1].ErrorCode)
			assert.Equal(t, "Internal service failure.", *out.RequestResponses[1].ErrorMessage)
		}},
		{"Slow", firehosetest.Slow(50 * time.Millisecond), "abc", func(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
			require.NoError(t, err)
		}},
		{"slower than the client", firehosetest.Slow(time.Hour), "", deadline},
		{"Hang", firehosetest.Hang(), "", deadline},
		{"ResetConnection", firehosetest.ResetConnection(), "", reset},
		{"LostAnswer", firehosetest.LostAnswer(), "abc", reset},
		{"taken and hanging", firehosetest.Fault{Hang: true, Accept: true}, "abc", deadline},
		{"taken and late", firehosetest.Fault{Delay: time.Hour, Accept: true}, "abc", deadline},
		{"taken and an error", firehosetest.Fault{Code: "InternalFailure", Accept: true}, "abc", func(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
			assert.Equal(t, "InternalFailure", code(err))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, nil)
			s.Script(tt.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			begun := time.Now()
			out, err := putBatch(ctx, once(s), "s", "a", "b", "c")
			tt.check(t, out, err)
			if tt.fault.Delay > 0 {
				assert.GreaterOrEqual(t, time.Since(begun), min(tt.fault.Delay, 300*time.Millisecond))
			}
			// The next call is served, and the Server has noticed the end of the
			// previous one.
			_, err = putBatch(t.Context(), once(s), "s", ".")
			require.NoError(t, err)
			assert.Eventually(t, func() bool {
				st := s.Stats("s")
				return st.Records+st.RefusedRecords == 4
			}, 5*time.Second, time.Millisecond)
			assert.Equal(t, tt.taken+".", string(s.Data("s")))
			st := s.Stats("s")
			assert.Equal(t, int64(2), st.Calls)
			if tt.fault.Accept {
				assert.Equal(t, int64(3), st.Unanswered)
			}
		})
	}
}

func deadline(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func reset(t *testing.T, _ *sdk.PutRecordBatchOutput, err error) {
	_, ok := errors.AsType[*net.OpError](err)
	assert.True(t, ok || errors.Is(err, syscall.ECONNRESET), "%v", err)
	_, ok = errors.AsType[*smithyhttp.RequestSendError](err)
	assert.True(t, ok, "%v", err)
}

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

func status(err error) int {
	if e, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return e.HTTPStatusCode()
	}
	return 0
}

// Close ends the calls that hang.
func TestCloseEndsHangingCalls(t *testing.T) {
	s := start(t, nil)
	s.Script(firehosetest.Hang(), firehosetest.Slow(time.Hour))
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := putBatch(context.Background(), once(s), "s", "a")
			done <- err
		}()
	}
	require.Eventually(t, func() bool { return s.Stats("s").Calls == 2 }, 5*time.Second, time.Millisecond)
	require.NoError(t, s.Close())
	served := 0
	for range 2 {
		if err := <-done; err == nil {
			served++
		}
	}
	assert.Equal(t, 1, served, "a slow call is served, a hanging one is not")
}

// The script decides first, then the function, then the random numbers, which repeat.
func TestOrderOfFaults(t *testing.T) {
	run := func(seed uint64) string {
		s := start(t, &firehosetest.Options{Faults: firehosetest.Faults{
			Seed: seed, CallRate: 0.2, RecordRate: 0.3, Calls: []firehosetest.Rate{{Share: 0.2, Fault: firehosetest.InternalFailure()}},
			OnCall: func(c *firehosetest.Call) firehosetest.Fault {
				if c.Number == 4 {
					return firehosetest.Fault{Code: "FromFunction"}
				}
				return firehosetest.Fault{}
			},
		}})
		s.Script(firehosetest.Fault{}, firehosetest.Fault{Code: "FromScript"})
		s.Script(firehosetest.Fault{Code: "FromScriptToo"})
		var got []string
		for range 40 {
			out, err := putBatch(t.Context(), once(s), "s", "a", "b")
			if err != nil {
				got = append(got, code(err))
				continue
			}
			for _, r := range out.RequestResponses {
				got = append(got, map[bool]string{true: "-", false: "x"}[r.ErrorCode == nil])
			}
		}
		return strings.Join(got, " ")
	}
	first := run(1)
	assert.Equal(t, first, run(1))
	assert.NotEqual(t, first, run(2))
	assert.Regexp(t, `^[-x] [-x] FromScript FromScriptToo FromFunction `, first)
	for _, s := range []string{"ServiceUnavailableException", "InternalFailure", "x", "-"} {
		assert.Contains(t, first, s)
	}
}

// Rates must be shares between 0 and 1.
func TestRates(t *testing.T) {
	s, err := firehosetest.NewServer(&firehosetest.Options{Faults: firehosetest.Faults{CallRate: 0.1, RecordRate: 0.05}})
	require.NoError(t, err)
	url := s.Start()
	require.Equal(t, url, s.URL())
	require.Equal(t, url, s.Start())
	defer s.Close()
	data := strings.Split(strings.Repeat("x", 100), "")
	c := once(s)
	for range 400 {
		_, _ = putBatch(t.Context(), c, "s", data...)
	}
	st := s.Stats("s")
	assert.InDelta(t, 40, st.RefusedCalls, 20)
	inServed := st.RefusedRecords - 100*st.RefusedCalls
	assert.InDelta(t, 0.05, float64(inServed)/float64(100*(400-st.RefusedCalls)), 0.01)
	assert.Equal(t, int64(40000), st.Records+st.RefusedRecords)
}

// OnRecord can refuse a record because of its data.
func TestOnRecord(t *testing.T) {
	s := start(t, &firehosetest.Options{Faults: firehosetest.Faults{OnRecord: func(c *firehosetest.Call, position int, data []byte) string {
		assert.Equal(t, firehosetest.Call{Number: 1, Operation: "PutRecordBatch", Stream: "s", Records: 3, Bytes: 9}, *c)
		if position == 1 || string(data) == "bad" {
			return firehosetest.CodeInternalFailure
		}
		return ""
	}}})
	out, err := putBatch(t.Context(), once(s), "s", "bad", "two", "six")
	require.NoError(t, err)
	assert.Equal(t, int32(2), *out.FailedPutCount)
	assert.Equal(t, "six", string(s.Data("s")))
}

func TestSetDown(t *testing.T) {
	s := start(t, nil)
	s.Script(firehosetest.InternalFailure())
	s.SetDown(true)
	_, err := putBatch(t.Context(), once(s), "s", "a")
	assert.Equal(t, "ServiceUnavailableException", code(err))
	s.SetDown(false)
	_, err = putBatch(t.Context(), once(s), "s", "a")
	assert.Equal(t, "InternalFailure", code(err), "the script waits")
	_, err = putBatch(t.Context(), once(s), "s", "a")
	require.NoError(t, err)
}

func TestBadRates(t *testing.T) {
	for _, f := range []firehosetest.Faults{
		{RecordRate: 1.1}, {CallRate: -0.1}, {CallRate: 0.6, Calls: []firehosetest.Rate{{Share: 0.6}}}, {Calls: []firehosetest.Rate{{Share: -1}}},
	} {
		_, err := firehosetest.NewServer(&firehosetest.Options{Faults: f})
		require.ErrorContains(t, err, "between 0 and 1")
	}
}
