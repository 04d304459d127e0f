package input

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bucket is a fake S3 with a bucket named logs. It records the requests, and refuses
// those for which deny returns a code.
type bucket struct {
	backend *s3mem.Backend
	deny    func(r *http.Request) string
	handler http.Handler

	mu       sync.Mutex
	requests []string
}

// serve starts the server and configures the SDK to use it.
func serve(t *testing.T, objects map[string]string) *bucket {
	t.Helper()
	b := &bucket{backend: s3mem.New(), deny: func(*http.Request) string { return "" }}
	require.NoError(t, b.backend.CreateBucket("logs"))
	for key, text := range objects {
		_, err := b.backend.PutObject("logs", key, nil, strings.NewReader(text), int64(len(text)), nil)
		require.NoError(t, err)
	}
	b.handler = gofakes3.New(b.backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.requests = append(b.requests, r.URL.Path+"?"+r.URL.Query().Get("prefix"))
		b.mu.Unlock()
		if code := b.deny(r); code != "" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>" + code + "</Code><Message>not for\nyou</Message></Error>"))
			return
		}
		b.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", "none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
	return b
}

func TestS3(t *testing.T) {
	b := serve(t, map[string]string{
		"flow/2026/11/22/05/a.gz": gz(t, line1),
		"flow/2026/11/22/06/b":    line2,
		"flow/2026/11/23/00/c":    parquetOf(t, line1),
		"flow/ä + =%.log":         line2,
		"flow/_SUCCESS":           "x",
		"flow/_temporary/x":       text,
		"flow/empty":              "",
		"flow/folder/":            "",
		"flow/AWSLogs/123456789012/CloudTrail/us-east-1/x.json.gz": "x",
		"flow/aws-logs-write-test":                                 "Permission Check Successful",
		"flow/trail":                                               `{"Records":[]}`,
		"flow2":                                                    text,
		"other":                                                    text,
	})
	for _, arg := range []string{"s3://logs/flow/", "s3://logs/flow"} {
		s := &Source{}
		names, got, errs := all(t, s, arg)
		assert.Empty(t, errs)
		assert.Equal(t, []string{"s3://logs/flow/2026/11/22/05/a.gz", "s3://logs/flow/2026/11/22/06/b", "s3://logs/flow/2026/11/23/00/c", "s3://logs/flow/ä + =%.log"}, names)
		assert.Equal(t, line1+line2+line1+line2, got)
		_, why := s.Skipped()
		assert.Equal(t, "1 empty, 2 hidden, 1 written to test permissions, 1 of other services, 1 JSON that is not a log", why)
	}
	for arg, want := range map[string][]string{
		"s3://logs/flow/2026/11/22/06/b": {"s3://logs/flow/2026/11/22/06/b"},
		"s3://logs/flow/_temporary/x":    {"s3://logs/flow/_temporary/x"},
		"s3://logs/flow/_temporary/":     {"s3://logs/flow/_temporary/x"},
	} {
		names, _, errs := all(t, &Source{}, arg)
		assert.Empty(t, errs)
		assert.Equal(t, want, names)
	}

	// Folders outside the time are not listed.
	b.requests = nil
	s := &Source{Since: time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	names, _, errs := all(t, s, "s3://logs/flow/")
	assert.Empty(t, errs)
	assert.ElementsMatch(t, []string{"s3://logs/flow/2026/11/22/06/b", "s3://logs/flow/ä + =%.log"}, names)
	assert.NotContains(t, strings.Join(b.requests, " "), "22/05")
	assert.NotContains(t, strings.Join(b.requests, " "), "2026/11/23")
	assert.NotContains(t, strings.Join(b.requests, " "), "CloudTrail/us")
}

// An object or prefix that cannot be read is an error of one line with its name, and
// the others are read.
func TestS3Errors(t *testing.T) {
	b := serve(t, map[string]string{"flow/2026/a": line1, "flow/2026/b": line2, "flow/2025/c": line1, "gone": line1})
	b.deny = func(r *http.Request) string {
		switch {
		case r.URL.Query().Get("prefix") == "flow/2025/" || r.URL.Query().Get("prefix") == "secret/":
			return "AccessDenied"
		case r.URL.Path == "/logs/flow/2026/a":
			return "InvalidObjectState"
		}
		return ""
	}
	s := &Source{Since: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	names, got, errs := all(t, s, "s3://logs/secret/", "s3://logs/flow/", "s3://logs/none/", "s3://", "s3://a b/")
	assert.Equal(t, []string{"s3://logs/flow/2026/b"}, names[len(names)-1:])
	assert.Equal(t, line2, got)
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	assert.Equal(t, []string{
		"s3://logs/secret/: AccessDenied: not for\nyou",
		"s3://logs/flow/2025/: AccessDenied: not for\nyou",
		"s3://logs/flow/2026/a: InvalidObjectState: not for\nyou",
		"s3://logs/none/: there are no objects",
		"s3://: want s3://bucket/prefix/",
		"s3://a b/: want s3://bucket/prefix/",
	}, texts)

	// An object that is deleted after it was listed.
	for l, err := range (&Source{}).Logs(t.Context(), []string{"s3://logs/gone"}) {
		require.NoError(t, err)
		_, err := b.backend.DeleteObject("logs", "gone")
		require.NoError(t, err)
		_, err = l.Open(t.Context())
		assert.ErrorContains(t, err, "s3://logs/gone: NoSuchKey")
	}
}

// A bucket in another Region is requested there, after the first response with its
// Region.
func TestS3Region(t *testing.T) {
	b := serve(t, map[string]string{"flow/a": line1, "flow/b": line2})
	handler := b.handler
	var redirects atomic.Int64
	b.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
		if !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/s3/") {
			redirects.Add(1)
			w.WriteHeader(http.StatusMovedPermanently)
			_, _ = w.Write([]byte("<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"))
			return
		}
		handler.ServeHTTP(w, r)
	})
	_, got, errs := all(t, &Source{}, "s3://logs/flow/")
	assert.Empty(t, errs)
	assert.Equal(t, line1+line2, got)
	assert.EqualValues(t, 1, redirects.Load())
	_, _, errs = all(t, &Source{}, "s3://logs/none/key")
	require.Len(t, errs, 1)
	assert.EqualError(t, errs[0], "s3://logs/none/key: there are no objects")
}

// Reading resumes after a broken connection, unless the object has changed.
func TestS3Resume(t *testing.T) {
	lines := strings.Repeat(line1+line2, 3000)
	b := serve(t, map[string]string{"x": lines})
	var breaks atomic.Int64
	var change atomic.Bool
	handler := b.handler
	b.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if breaks.Load() == 0 || r.URL.Path != "/logs/x" {
			handler.ServeHTTP(w, r)
			return
		}
		breaks.Add(-1)
		short := httptest.NewRecorder()
		handler.ServeHTTP(short, r)
		maps.Copy(w.Header(), short.Header())
		w.WriteHeader(short.Code)
		_, _ = w.Write(short.Body.Bytes()[:short.Body.Len()/2]) // then the connection is closed
		if change.Load() {
			_, err := b.backend.PutObject("logs", "x", nil, strings.NewReader("other"), 5, nil)
			assert.NoError(t, err)
		}
	})
	for want := range maxResumes + 2 {
		breaks.Store(int64(want))
		_, got, errs := all(t, &Source{}, "s3://logs/x")
		if want > maxResumes {
			require.Len(t, errs, 1)
			assert.ErrorContains(t, errs[0], "s3://logs/x: ")
			break
		}
		assert.Empty(t, errs)
		assert.True(t, got == lines, "%d bytes after %d breaks, want %d", len(got), want, len(lines))
	}
	breaks.Store(1)
	change.Store(true)
	_, _, errs := all(t, &Source{}, "s3://logs/x")
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "s3://logs/x: ")
}

// stuck is a fake S3 with one object that never arrives.
type stuck struct{ S3 }

func (stuck) GetObject(ctx context.Context, _ *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestS3Context(t *testing.T) {
	s := &Source{S3: stuck{}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := s.object("logs", "x", 1, true).Open(ctx)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Nil(t, apiError(errors.New("x")))
}
