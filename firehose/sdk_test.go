package firehose_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// Failures between the SDK's client and a server are classified: whether they are retried
// and whether the records may have been stored. Only the Batcher retries.
func TestSDK(t *testing.T) {
	for _, tt := range []struct {
		name      string
		fault     firehosetest.Fault
		calls     int64
		ambiguous int64
		err       any // target of errors.As, nil for success
	}{
		{"no fault", firehosetest.Fault{}, 1, 0, nil},
		{"throttled", firehosetest.Throttle(), 2, 0, nil},
		{"internal failure", firehosetest.InternalFailure(), 2, 1, nil},
		{"unknown error of the service", firehosetest.Fault{Code: "SomethingNew", Status: 500}, 2, 1, nil},
		{"refused record", firehosetest.RefuseRecords(0), 2, 0, nil},
		{"connection reset", firehosetest.ResetConnection(), 2, 1, nil},
		{"lost answer", firehosetest.LostAnswer(), 2, 1, nil},
		{"hanging", firehosetest.Hang(), 2, 1, nil},
		{"slow", firehosetest.Slow(50 * time.Millisecond), 1, 0, nil},
		{"invalid", firehosetest.Fault{Code: firehosetest.CodeInvalidArgument}, 1, 0, new(*types.InvalidArgumentException)},
		{"no key", firehosetest.Fault{Code: firehosetest.CodeInvalidKMSResource}, 1, 0, new(*types.InvalidKMSResourceException)},
		{"denied", firehosetest.Fault{Code: firehosetest.CodeAccessDenied}, 1, 0, new(*firehose.DeliveryError)},
		{"unknown error of the client", firehosetest.Fault{Code: "SomethingNew", Status: 400}, 1, 0, new(*firehose.DeliveryError)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := firehosetest.Start(nil)
			require.NoError(t, err)
			defer s.Close()
			s.Script(tt.fault)
			b := firehose.NewBatcher(s.Client(), "s", &firehose.Options{
				CallTimeout: 500 * time.Millisecond, Backoff: func(int) time.Duration { return 0 }})
			require.NoError(t, b.AddString(t.Context(), "a"))
			err = b.Flush(t.Context())
			if tt.err == nil {
				require.NoError(t, err)
				assert.Equal(t, int64(1), b.Stats().Lines)
			} else {
				require.ErrorAs(t, err, tt.err)
				assert.Equal(t, int64(1), b.Stats().Failed)
				assert.NotContains(t, err.Error(), "maximum number of attempts")
			}
			assert.Equal(t, tt.calls, b.Stats().Calls)
			assert.Equal(t, tt.calls, s.Stats("s").Calls)
			assert.Equal(t, tt.ambiguous, b.Stats().Ambiguous)
		})
	}
}

// Errors that do not come from Firehose.
func TestSDKWithoutFirehose(t *testing.T) {
	page := func(status int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>"))
		}
	}
	for _, tt := range []struct {
		name      string
		handle    http.HandlerFunc // nil if no server listens
		opts      func(*sdk.Options)
		calls     int64
		ambiguous int64
	}{
		{"no Region", page(200), func(o *sdk.Options) { o.Region, o.BaseEndpoint = "", nil }, 1, 0},
		{"no credentials", page(200), func(o *sdk.Options) {
			o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New("no role")
			})
		}, 1, 0},
		{"nobody listens", nil, nil, 3, 0},
		{"page of a proxy, forbidden", page(403), nil, 1, 0},
		{"page of a proxy, bad gateway", page(502), nil, 3, 3},
		{"page instead of an answer", page(200), nil, 3, 3},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"FailedPutCount":`))
		}, nil, 3, 3},
		{"answer to another request", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"},{"RecordId":"2"}]}`))
		}, nil, 1, 1},
		{"empty answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) }, nil, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			endpoint := httptest.NewServer(tt.handle)
			defer endpoint.Close()
			if tt.handle == nil {
				endpoint.Close()
			}
			client := sdk.New(sdk.Options{
				BaseEndpoint: &endpoint.URL, Region: "us-east-1",
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, nil
				}),
			}, func(o *sdk.Options) {
				if tt.opts != nil {
					tt.opts(o)
				}
			})
			b := firehose.NewBatcher(client, "s", &firehose.Options{MaxAttempts: 3, Backoff: func(int) time.Duration { return 0 }})
			require.NoError(t, b.AddString(t.Context(), "a"))
			err := b.Flush(t.Context())
			var failed *firehose.DeliveryError
			require.ErrorAs(t, err, &failed)
			t.Log(err)
			assert.Equal(t, "a\n", string(failed.Failed[0].Data))
			assert.NotEmpty(t, failed.Failed[0].Message)
			assert.NotContains(t, err.Error(), "\n")
			assert.Equal(t, firehose.Stats{Calls: tt.calls, Retried: tt.calls - 1, Failed: 1, Ambiguous: tt.ambiguous, AmbiguousLines: tt.ambiguous}, b.Stats())
		})
	}
}
