package engines

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// The only keys the S3 server takes.
const (
	s3Key    = "test"
	s3Secret = "testsecret"
	s3Region = "us-east-1"
)

// s3Server is versitygw: an S3 server that checks signatures and keeps the
// object bucket/key as the file Folder/bucket/key, so that engines without S3
// read the same bytes.
type s3Server struct {
	*process
	Folder, URL string
}

// startS3 starts the server with empty buckets.
func startS3(t testing.TB, buckets ...string) *s3Server {
	t.Helper()
	bin := filepath.Join(need(t, "s3"), "versitygw")
	folder, port := t.TempDir(), freePort(t)
	cmd := exec.Command(bin, "--port", fmt.Sprintf("127.0.0.1:%d", port), "--quiet", "posix", folder)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s3Key, "ROOT_SECRET_KEY="+s3Secret)
	s := &s3Server{start(t, "versitygw", cmd), folder, fmt.Sprintf("http://127.0.0.1:%d", port)}
	s.ready(t, 20*time.Second, func() error {
		r, err := http.Get(s.URL)
		if err == nil {
			r.Body.Close()
		}
		return err
	})
	for _, b := range buckets {
		_, err := s.client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(b)})
		require.NoError(t, err)
	}
	return s
}

// client returns an SDK client of the server.
func (s *s3Server) client() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(s.URL),
		Region:       s3Region,
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider(s3Key, s3Secret, ""),
	})
}

// put stores an object.
func (s *s3Server) put(t testing.TB, bucket, key string, data []byte) {
	t.Helper()
	_, err := s.client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(data),
	})
	require.NoError(t, err, key)
}

// keys returns the keys of a bucket below a prefix.
func (s *s3Server) keys(t testing.TB, bucket, prefix string) []string {
	t.Helper()
	var keys []string
	pages := s3.NewListObjectsV2Paginator(s.client(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	return keys
}
