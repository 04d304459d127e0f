package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// The operations of S3 that the function uses, an interface each. The SDK's
// client is both.
type (
	getObjectAPIClient interface {
		GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	}
	putObjectAPIClient interface {
		PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	}
)

var (
	_ getObjectAPIClient = (*s3.Client)(nil)
	_ putObjectAPIClient = (*s3.Client)(nil)
)

// function is the Lambda function: for each object that an S3 event
// notification names, it writes a Parquet object in the same bucket, whose key
// is a prefix, the whole key of the source and ".parquet". So no two sources have
// one target, and package athena reads the target's partition from its key as it
// does from the source's. A source whose key leaves no room for that in the 1,024
// bytes of a key is an error of S3.
//
// It never works on what it wrote: keys under its prefix, and those that end in
// ".parquet", are passed over, and so are folders and events of anything but the
// creation of objects. An object that cannot be converted is an error, after the
// others of the event are done, and Lambda tries the event again: the same
// objects are then written over with the same rows. Lines that are no records
// are counted in the log; the source keeps them.
//
// The environment variables TARGET_PREFIX ("parquet/" if it is not set) and
// LOG_FORMAT (of logs without a header line, AWS's default format if it is not
// set) say how; credentials, Region and endpoint are found the way the AWS SDK
// finds them.
type function struct {
	get    getObjectAPIClient
	put    putObjectAPIClient
	prefix string          // ends in a slash
	format *flowlog.Format // of logs without a header line
	log    *slog.Logger
}

// startLambda is the main of the function.
func startLambda() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	f, err := fromEnvironment(os.Getenv, log)
	if err != nil {
		log.Error("wrong environment", "error", err)
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg)
	f.get, f.put = client, client
	lambda.Start(f.handle)
}

// fromEnvironment returns the function that the environment describes, without
// its clients.
func fromEnvironment(env func(string) string, log *slog.Logger) (*function, error) {
	f := &function{prefix: env("TARGET_PREFIX"), log: log}
	if f.prefix == "" {
		f.prefix = "parquet/"
	}
	if !strings.HasSuffix(f.prefix, "/") {
		f.prefix += "/"
	}
	if s := env("LOG_FORMAT"); s != "" {
		var err error
		f.format, err = ports.ParseFormat(s)
		if errors.Is(err, flowlog.ErrUnknownField) {
			log.Warn("LOG_FORMAT", "error", err)
		} else if err != nil {
			return nil, fmt.Errorf("LOG_FORMAT: %w", err)
		}
	}
	return f, nil
}

// event is an S3 event notification, or the one with which S3 tries a new
// configuration.
type event struct {
	events.S3Event
	Event string
}

var errEvent = errors.New("not an event of S3")

// handle converts the objects of an event.
func (f *function) handle(ctx context.Context, e event) error {
	if e.Event == "s3:TestEvent" {
		f.log.Info("test event")
		return nil
	}
	if e.Records == nil {
		return errEvent
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, deadline.Add(-time.Second), errors.New("a second is left of the function's time"))
		defer cancel()
	}
	var errs []error
	for _, r := range e.Records {
		bucket, key := r.S3.Bucket.Name, r.S3.Object.URLDecodedKey
		log := f.log.With("bucket", bucket, "key", key)
		if why := f.skip(r.EventName, key); why != "" {
			log.Info("skipped", "why", why)
			continue
		}
		start := time.Now()
		target := f.target(key)
		res, err := f.convert(ctx, bucket, key, target)
		log = log.With("target", target, "records", res.stats.Records, "bad", res.stats.Bad,
			"bytes_in", res.read, "bytes_out", res.written, "ms", time.Since(start).Milliseconds())
		if len(res.bad) > 0 {
			log = log.With("first_bad", res.bad[0])
		}
		if err != nil {
			log.Error("failed", "error", err)
			errs = append(errs, fmt.Errorf("s3://%s/%s: %w", bucket, key, err))
			continue
		}
		log.Info("converted")
	}
	return errors.Join(errs...)
}

// target returns the key of the Parquet object of a source, a different one for
// each.
func (f *function) target(key string) string { return f.prefix + key + ".parquet" }

// skip says why an object is passed over, if it is.
func (f *function) skip(eventName, key string) string {
	switch {
	case !strings.HasPrefix(strings.TrimPrefix(eventName, "s3:"), "ObjectCreated:"):
		return "no object was created"
	case strings.HasPrefix(key, f.prefix):
		return "under the target prefix"
	case strings.HasSuffix(key, ".parquet"):
		return "Parquet already"
	case key == "" || strings.HasSuffix(key, "/"):
		return "a folder"
	}
	return ""
}

// convert converts one object. The Parquet file is complete before any of it is
// sent: sending takes a body of known length that can be sent again.
func (f *function) convert(ctx context.Context, bucket, key, target string) (res result, err error) {
	file, err := os.CreateTemp("", "toparquet-*.parquet")
	if err != nil {
		return res, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	obj, err := f.get.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return res, fmt.Errorf("getting it: %w", err)
	}
	defer obj.Body.Close()
	m := &meter{}
	res.stats, err = parquet.Convert(ctx, file, &measured{obj.Body, m}, &parquet.ConvertOptions{AppendOptions: parquet.AppendOptions{Format: f.format, OnBad: func(pe *flowlog.ParseError) error {
		if len(res.bad) == 0 {
			res.bad = append(res.bad, pe.Error())
		}
		return nil
	}}})
	res.read = m.done.Load()
	if err == nil && res.stats.Records == 0 && res.stats.Bad > 0 {
		err = fmt.Errorf("%w: %s", errNoLog, res.bad[0])
	}
	if err != nil {
		return res, err
	}
	if res.written, err = file.Seek(0, io.SeekCurrent); err != nil {
		return res, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return res, err
	}
	_, err = f.put.PutObject(ctx, &s3.PutObjectInput{
		Bucket:        &bucket,
		Key:           &target,
		Body:          file,
		ContentLength: &res.written,
		ContentType:   aws.String("application/vnd.apache.parquet"),
	})
	if err != nil {
		return res, fmt.Errorf("putting %s: %w", target, err)
	}
	return res, nil
}
