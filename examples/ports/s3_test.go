package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Objects are read as files are. A prefix without permission, and an object deleted
// after it was listed, are a line each.
func TestS3(t *testing.T) {
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("logs"))
	text := string(sample(t, flowlog.V2, 200))
	for key, body := range map[string]string{
		"flow/2026/11/02/09/a.gz":  string(zipped(t, []byte(text))),
		"flow/2026/11/02/10/b":     text,
		"flow/2026/11/03/00/c":     string(parquetOf(t, nil, []byte(text))),
		"flow/_SUCCESS":            "",
		"flow/aws-logs-write-test": "Permission Check Successful",
		"part/a":                   text,
		"part/gone":                text,
	} {
		_, err := backend.PutObject("logs", key, nil, strings.NewReader(body), int64(len(body)), nil)
		require.NoError(t, err)
	}
	handler := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Get("prefix") == "secret/":
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"))
			return
		case r.URL.Path == "/logs/part/gone":
			_, err := backend.DeleteObject("logs", "part/gone")
			assert.NoError(t, err)
		}
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none",
	} {
		t.Setenv(name, value)
	}

	a := ask(t, nil, "s3://logs/flow/")
	assert.Equal(t, 3, a.Files)
	assert.EqualValues(t, 600, a.Records)
	a = ask(t, nil, "s3://logs/flow/", "-since", "2026-11-02T10:00:00Z", "-until", "2026-11-02T11:00:00Z")
	assert.Equal(t, 1, a.Files, "the folder of an hour")

	code, stdout, stderr := command(t, t.Context(), nil, "-json", "s3://logs/secret/", "s3://logs/part/", "s3://logs/none/")
	assert.Equal(t, 1, code)
	assert.EqualValues(t, 200, decode(t, stdout).Records)
	assert.Contains(t, stderr, "ports: s3://logs/secret/: AccessDenied: Access Denied\n")
	assert.Contains(t, stderr, "ports: s3://logs/part/gone: NoSuchKey")
	assert.Contains(t, stderr, "ports: s3://logs/none/: there are no objects\n")
}
