package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// S3 is the part of the client of the SDK that a Source uses.
type S3 interface {
	s3.ListObjectsV2APIClient
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

var _ S3 = (*s3.Client)(nil)

// NewS3 returns a client with the usual configuration of the SDK. The default
// Region is us-east-1. If AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_S3 sets an endpoint,
// the client uses path-style addresses.
func NewS3(ctx context.Context) (*s3.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	own := os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_S3") != ""
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.UsePathStyle || own
		// Objects of AWS services often have no checksum. The SDK would log each.
		o.DisableLogOutputChecksumValidationSkipped = true
	}), nil
}

// ParseS3 splits s3://bucket/key. The key may be empty.
func ParseS3(url string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(url, "s3://")
	bucket, key, _ = strings.Cut(rest, "/")
	if !ok || bucket == "" || strings.ContainsAny(bucket, " :?#@") {
		return "", "", errors.New("want s3://bucket/prefix/")
	}
	return bucket, key, nil
}

// apiError returns the code and the message of an error of a service, without
// request and host ids. It returns nil if err is not such an error.
func apiError(err error) error {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return nil
	}
	if api.ErrorMessage() == "" {
		return errors.New(api.ErrorCode())
	}
	return fmt.Errorf("%s: %s", api.ErrorCode(), api.ErrorMessage())
}

// objects returns the logs of an s3:// argument.
func (s *Source) objects(ctx context.Context, arg string) iter.Seq2[*Log, error] {
	return func(yield func(*Log, error) bool) {
		arglog := &Log{Name: arg}
		bucket, key, err := ParseS3(arg)
		if err == nil && s.S3 == nil {
			var client *s3.Client
			if client, err = NewS3(ctx); err == nil {
				s.S3 = &regional{client: client}
			}
		}
		if err != nil {
			yield(nil, arglog.Error(err))
			return
		}
		w := &listing{s: s, bucket: bucket, arg: key, yield: yield}
		w.exact = key != "" && !strings.HasSuffix(key, "/")
		if w.list(ctx, key) && w.seen == 0 {
			yield(nil, arglog.Error(errors.New("there are no objects")))
		}
	}
}

// listing lists the objects of one argument.
type listing struct {
	s      *Source
	bucket string
	arg    string // the key of the argument
	exact  bool   // arg names an object or a folder; otherwise it is a prefix
	seen   int    // objects and folders of the argument
	yield  func(*Log, error) bool
}

// list yields the objects whose keys begin with a prefix, and reports whether to go
// on. It lists folder by folder if some of them may be outside the time, and
// otherwise all keys at once.
func (w *listing) list(ctx context.Context, prefix string) bool {
	in := &s3.ListObjectsV2Input{Bucket: &w.bucket, Prefix: &prefix}
	if !w.s.bounded(prefix) {
		in.Delimiter = aws.String("/")
	}
	for pages := s3.NewListObjectsV2Paginator(w.s.S3, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			w.seen++
			return w.yield(nil, (&Log{Name: "s3://" + w.bucket + "/" + prefix}).Error(err))
		}
		for _, o := range page.Contents {
			if !w.object(aws.ToString(o.Key), aws.ToInt64(o.Size)) {
				return false
			}
		}
		for _, p := range page.CommonPrefixes {
			if !w.folder(ctx, aws.ToString(p.Prefix)) {
				return false
			}
		}
	}
	return true
}

func (w *listing) folder(ctx context.Context, key string) bool {
	if w.exact && !strings.HasPrefix(key, w.arg+"/") {
		return true
	}
	w.seen++
	why := w.s.skipFolder(key)
	if why == 0 && w.isHidden(key) {
		why = hidden
	}
	if why != 0 {
		w.s.skipped.add(why)
		return true
	}
	return w.list(ctx, key)
}

func (w *listing) object(key string, size int64) bool {
	argument := w.exact && key == w.arg
	if w.exact && !argument && !strings.HasPrefix(key, w.arg+"/") {
		return true // its key only begins with the argument
	}
	w.seen++
	if strings.HasSuffix(key, "/") {
		return true // a folder, which the console creates as an object
	}
	why := w.s.skipKey(key)
	switch {
	case argument:
		why = 0
	case why == 0 && w.isHidden(key):
		why = hidden
	}
	if why == 0 && size == 0 && !argument {
		why = isEmpty
	}
	if why != 0 {
		w.s.skipped.add(why)
		return true
	}
	return w.yield(w.s.object(w.bucket, key, size, !argument), nil)
}

// isHidden reports whether a name in the key, below the argument, is hidden.
func (w *listing) isHidden(key string) bool {
	for name := range strings.SplitSeq(strings.TrimPrefix(key, w.arg), "/") {
		if name != "" && isHidden(name) {
			return true
		}
	}
	return false
}

// object returns the log of an object.
func (s *Source) object(bucket, key string, size int64, found bool) *Log {
	return &Log{Name: "s3://" + bucket + "/" + key, Size: size, Found: found, source: s, open: func(ctx context.Context) (io.ReadCloser, error) {
		return openObject(ctx, s.S3, bucket, key)
	}}
}
