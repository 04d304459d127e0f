package firehose_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose"
)

// sdkClient returns a client of the SDK whose endpoint is the handler.
func sdkClient(t *testing.T, handle http.HandlerFunc) *sdk.Client {
	endpoint := httptest.NewServer(handle)
	t.Cleanup(endpoint.Close)
	return sdk.New(sdk.Options{
		BaseEndpoint: &endpoint.URL, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

var atOnce = func(int) time.Duration { return 0 }

// The service's Date header corrects a wrong clock within the same Flush, and the second
// attempt counts as a retry. If the clock is right, the same errors are not retried.
func TestClockSkew(t *testing.T) {
	for _, code := range []string{"InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"} {
		for _, skew := range []time.Duration{time.Hour, -time.Hour, 0} {
			t.Run(code+" "+skew.String(), func(t *testing.T) {
				calls := int64(0)
				client := sdkClient(t, func(w http.ResponseWriter, r *http.Request) {
					calls++
					now := time.Now().UTC().Add(skew)
					w.Header().Set("Date", now.Format(http.TimeFormat))
					signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
					assert.NoError(t, err)
					if skew == 0 || now.Sub(signed).Abs() > 5*time.Minute {
						w.Header().Set("X-Amzn-ErrorType", code)
						w.WriteHeader(http.StatusBadRequest)
						_, _ = io.WriteString(w, `{"__type":"`+code+`","message":"Signature not yet current"}`)
						return
					}
					_, _ = io.WriteString(w, `{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"}]}`)
				})
				b := firehose.NewBatcher(client, "s", &firehose.Options{Backoff: atOnce})
				require.NoError(t, b.AddString(t.Context(), "a"))
				err := b.Flush(t.Context())
				st := b.Stats()
				if skew == 0 {
					require.ErrorContains(t, err, code)
					assert.Equal(t, []int64{1, 1, 0, 1}, []int64{calls, st.Calls, st.Retried, st.Failed}, "invalid credentials are not retried")
					return
				}
				require.NoError(t, err)
				assert.Equal(t, []int64{2, 2, 1, 1, 0}, []int64{calls, st.Calls, st.Retried, st.Lines, st.Ambiguous})
			})
		}
	}
}

// An endless answer is read up to a limit.
func TestEndlessAnswer(t *testing.T) {
	for name, status := range map[string]int{"good": http.StatusOK, "error": http.StatusInternalServerError} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			client := sdkClient(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `{"RequestResponses":[{"RecordId":"`)
				for block := strings.Repeat("x", 1<<16); sent.Load() < 1<<30; {
					n, err := io.WriteString(w, block)
					sent.Add(int64(n))
					if err != nil {
						return
					}
				}
			})
			b := firehose.NewBatcher(client, "s", &firehose.Options{Backoff: atOnce, MaxAttempts: 2})
			require.NoError(t, b.AddString(t.Context(), "a"))
			err := b.Flush(t.Context())
			require.ErrorIs(t, err, firehose.ErrResponse)
			assert.Less(t, sent.Load(), int64(64<<20))
			assert.Positive(t, b.Stats().AmbiguousLines)
		})
	}
}

// The error of an answer that begins before the request is sent is the service's, not that
// of a connection that the client closed.
func TestEarlyAnswer(t *testing.T) {
	client := sdkClient(t, func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		assert.NoError(t, c.EnableFullDuplex())
		w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
		w.WriteHeader(http.StatusBadRequest)
		assert.NoError(t, c.Flush())
		n, err := io.Copy(io.Discard, r.Body)
		assert.NoError(t, err)
		assert.Equal(t, r.ContentLength, n)
		_, _ = io.WriteString(w, `{"message":"no"}`)
	})
	b := firehose.NewBatcher(client, "s", &firehose.Options{Backoff: atOnce, MaxAttempts: 2})
	for range 4 {
		require.NoError(t, b.Add(t.Context(), make([]byte, firehose.MaxRecordBytes-1)))
	}
	require.ErrorContains(t, b.Flush(t.Context()), "api error AccessDeniedException: no")
	assert.Equal(t, []int64{1, 0}, []int64{b.Stats().Calls, b.Stats().Ambiguous})
}

// A call whose time ends before the SDK sends it, here while it waits for credentials, is
// repeated, and the line is not ambiguous.
func TestLateCredentials(t *testing.T) {
	calls := 0
	client := sdkClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"}]}`)
	})
	o := client.Options()
	good := o.Credentials
	o.Credentials = aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if calls++; calls == 1 {
			time.Sleep(500 * time.Millisecond) // longer than the call may take
		}
		return good.Retrieve(ctx)
	}))
	b := firehose.NewBatcher(sdk.New(o), "s", &firehose.Options{CallTimeout: 200 * time.Millisecond, Backoff: atOnce})
	require.NoError(t, b.AddString(t.Context(), "a"))
	require.NoError(t, b.Flush(t.Context()))
	st := b.Stats()
	assert.Equal(t, []int64{1, 0, 0}, []int64{st.Lines, st.Failed, st.AmbiguousLines})
	assert.Greater(t, st.Calls, int64(1))
}

// badOnce is a client that misbehaves in its first call.
type badOnce struct {
	mu        sync.Mutex
	misbehave func()
	got       []string
}

func (c *badOnce) PutRecordBatch(_ context.Context, in *sdk.PutRecordBatchInput, _ ...func(*sdk.Options)) (*sdk.PutRecordBatchOutput, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.misbehave; f != nil {
		c.misbehave = nil
		f()
	}
	out := &sdk.PutRecordBatchOutput{FailedPutCount: aws.Int32(0)}
	for _, r := range in.Records {
		c.got = append(c.got, string(r.Data))
		out.RequestResponses = append(out.RequestResponses, types.PutRecordBatchResponseEntry{RecordId: aws.String("1")})
	}
	return out, nil
}

// After a panic of its client, or runtime.Goexit in it, a Batcher still holds the lines and
// can be used.
func TestBatcherAfterPanic(t *testing.T) {
	for name, misbehave := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		for _, concurrency := range []int{1, 3} {
			t.Run(name, func(t *testing.T) {
				c := &badOnce{misbehave: misbehave}
				b := firehose.NewBatcher(c, "s", &firehose.Options{Concurrency: concurrency, BatchRecords: 1, RecordLines: 1})
				done := make(chan any)
				go func() {
					returned := false
					defer func() {
						assert.False(t, returned)
						done <- recover()
					}()
					for range concurrency {
						_ = b.AddString(t.Context(), "a")
					}
					_ = b.Flush(t.Context())
					returned = true
				}()
				if v := <-done; name == "panic" {
					assert.Equal(t, "boom", v)
				}
				lines, _ := b.Buffered()
				assert.EqualValues(t, concurrency, b.Stats().Lines+int64(lines), "each is accepted or held")
				assert.EqualValues(t, 1, b.Stats().AmbiguousLines)
				require.NoError(t, b.AddString(t.Context(), "b"))
				require.NoError(t, b.Flush(t.Context()))
				assert.EqualValues(t, concurrency+1, b.Stats().Lines)
				assert.Len(t, c.got, concurrency+1)
			})
		}
	}
}

// A Batcher that still holds lines when it reports a failure says so.
func TestHeldAfterFailure(t *testing.T) {
	client := sdkClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{}`)
	})
	b := firehose.NewBatcher(client, "s", &firehose.Options{BatchRecords: 1, RecordLines: 1})
	err := b.AddString(t.Context(), "a")
	var failed *firehose.DeliveryError
	require.ErrorAs(t, err, &failed)
	assert.Zero(t, failed.Held)

	b = firehose.NewBatcher(client, "s", &firehose.Options{RecordBytes: 2, BatchBytes: 2})
	require.ErrorAs(t, b.AddString(t.Context(), "a"), &failed, "full to the last byte")
	b = firehose.NewBatcher(client, "s", &firehose.Options{RecordBytes: 3, BatchBytes: 3})
	require.NoError(t, b.AddString(t.Context(), "a"))
	require.ErrorAs(t, b.AddString(t.Context(), "b"), &failed)
	assert.Equal(t, []int{1, 1}, []int{failed.Lines(), failed.Held})
	assert.ErrorContains(t, failed, "1 line in 1 record not delivered, 1 line still held")
	require.ErrorAs(t, b.Flush(t.Context()), &failed)
	assert.Equal(t, []int{1, 0}, []int{failed.Lines(), failed.Held})
}
