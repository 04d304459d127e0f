package firehosetest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// A client whose clock is wrong is refused, learns the time from the answer and then
// succeeds. This is tested with the plain SDK, and with a Batcher in the same Flush.
func TestCheckDates(t *testing.T) {
	for _, skew := range []time.Duration{0, 4 * time.Minute, 6 * time.Minute, time.Hour, -6 * time.Minute, -24 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			s := start(t, &firehosetest.Options{CheckDates: true, Clock: firehosetest.NewClock(time.Now().Add(skew))})
			client := once(s)
			_, err := putBatch(t.Context(), client, "plain", "a\n")
			wrong := skew.Abs() > 5*time.Minute
			if wrong {
				var api smithy.APIError
				require.ErrorAs(t, err, &api)
				assert.Equal(t, firehosetest.CodeInvalidSignature, api.ErrorCode())
				assert.Contains(t, api.ErrorMessage(), map[bool]string{true: "Signature expired: ", false: "Signature not yet current: "}[skew > 0])
				assert.Empty(t, s.Records("plain"))
				_, err = putBatch(t.Context(), client, "plain", "a\n")
			}
			require.NoError(t, err)
			_, err = putBatch(t.Context(), s.Client(), "plain", "b\n")
			require.NoError(t, err, "with the SDK's own attempts")
			assert.Equal(t, "a\nb\n", string(s.Data("plain")))

			b := firehose.NewBatcher(s.Client(), "batcher", nil)
			require.NoError(t, b.AddString(t.Context(), "a"))
			require.NoError(t, b.Flush(t.Context()))
			assert.Equal(t, "a\n", string(s.Data("batcher")))
			assert.Equal(t, wrong, b.Stats().Retried == 1)
			assert.Zero(t, b.Stats().Ambiguous)
		})
	}
	t.Run("not signed", func(t *testing.T) {
		s, err := firehosetest.NewServer(&firehosetest.Options{CheckDates: true})
		require.NoError(t, err)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")))
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.JSONEq(t, `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`, w.Body.String())
	})
}
