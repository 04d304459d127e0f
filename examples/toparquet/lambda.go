package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
	"github.com/vpcflow/vpcflow/examples/internal/s3event"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// The operations of S3 that the function uses. The client of the SDK implements
// both.
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

// function is the Lambda function. For each object in an event of S3, it writes a
// Parquet object to the same bucket. The key of that object is a prefix, the
// whole key of the source, and ".parquet". So each source has a target of its
// own, and package athena finds the same partition in both keys. If the key of
// the target is longer than 1,024 bytes, S3 returns an error.
//
// The event arrives from S3 directly, or through SNS, SQS or EventBridge, or is a
// task of S3 Batch Operations, which converts objects that are already in a
// bucket. Package s3event describes the events and the responses. Any other event
// is an error.
//
// The function skips its own objects: keys under its prefix and keys that end in
// ".parquet". It also skips folders, and events that are not the creation of an
// object. If an object cannot be converted, the function converts the other
// objects of the event and then returns an error. The event is then retried, and
// overwrites the same objects with the same rows. Lines that do not parse are
// counted in the log of the function; the source keeps them.
//
// The environment variable TARGET_PREFIX is the prefix, "parquet/" by default.
// LOG_FORMAT is the format of logs without a header line, the default format of
// AWS by default. The AWS SDK finds the credentials, the Region and the endpoint.
type function struct {
	get    getObjectAPIClient
	put    putObjectAPIClient
	prefix string          // ends in a slash
	format *flowlog.Format // of logs without a header line
	log    *slog.Logger
}

// startLambda runs the Lambda function.
func startLambda() {
	log := lambdakit.NewLogger(os.Stderr)
	f, err := fromEnvironment(os.Getenv, log)
	if err != nil {
		log.Error("invalid environment", "error", err)
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithLogger(lambdakit.SDKLogger(log)))
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg)
	f.get, f.put = client, client
	lambdakit.Start(log, f.handle)
}

// fromEnvironment returns the function with the settings of the environment, but
// without clients.
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
		f.format, err = cli.ParseFormat(s)
		if errors.Is(err, flowlog.ErrUnknownField) {
			log.Warn("LOG_FORMAT", "error", err)
		} else if err != nil {
			return nil, fmt.Errorf("LOG_FORMAT: %w", err)
		}
	}
	return f, nil
}

// handle converts the objects of an event.
func (f *function) handle(ctx context.Context, raw json.RawMessage) (any, error) {
	began := time.Now()
	inner, cancel := lambdakit.WithReserve(ctx, time.Second)
	defer cancel()
	var sum totals
	answer, err := f.event(inner, raw, &sum)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.Int("objects", sum.objects),
		slog.Int("skipped", sum.skipped),
		slog.Int64("duration_ms", time.Since(began).Milliseconds()),
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	attrs = append(attrs, lambdakit.Metrics(
		lambdakit.Metric{Name: lambdakit.Lines, Value: sum.lines},
		lambdakit.Metric{Name: lambdakit.BadLines, Value: sum.bad},
		lambdakit.Metric{Name: lambdakit.RejectedPayloads, Value: sum.rejected},
	)...)
	f.log.LogAttrs(ctx, level, "invocation", attrs...)
	return answer, err
}

// totals are the counts of an invocation.
type totals struct {
	objects, skipped     int
	lines, bad, rejected int64
}

func (f *function) event(ctx context.Context, raw json.RawMessage, sum *totals) (any, error) {
	e, err := s3event.Read(raw)
	if err != nil {
		sum.rejected++
		return nil, err
	}
	if e.Test {
		f.log.InfoContext(ctx, "test event")
	}
	errs := make([]error, len(e.Messages))
	for i, m := range e.Messages {
		if m.Err != nil {
			sum.rejected++
			f.log.ErrorContext(ctx, "not understood", "message", m.ID, "error", m.Err)
		}
		for _, o := range m.Objects {
			if err := f.object(ctx, o, sum); err != nil {
				sum.rejected++
				errs[i] = errors.Join(errs[i], err)
			}
		}
	}
	return e.Answer(errs, permanent)
}

// object converts an object, or skips it.
func (f *function) object(ctx context.Context, o s3event.Object, sum *totals) error {
	log := f.log.With("bucket", o.Bucket, "key", o.Key)
	if why := f.skip(o); why != "" {
		sum.skipped++
		log.InfoContext(ctx, "skipped", "why", why, "event", o.Event)
		return nil
	}
	start := time.Now()
	target := f.target(o.Key)
	c, err := f.convert(ctx, o, target)
	sum.objects++
	sum.lines += c.stats.Lines
	sum.bad += c.stats.Bad
	log = log.With("target", target, "records", c.stats.Records, "bad", c.stats.Bad,
		"bytes_in", c.read, "bytes_out", c.written, "ms", time.Since(start).Milliseconds())
	if c.firstBad != nil {
		log = log.With("first_bad", c.firstBad.Error())
	}
	if err != nil {
		log.ErrorContext(ctx, "failed", "error", err)
		return fmt.Errorf("s3://%s/%s: %w", o.Bucket, o.Key, err)
	}
	log.InfoContext(ctx, "converted")
	return nil
}

// permanent reports whether a retry would fail again.
func permanent(err error) bool {
	_, missing := errors.AsType[*types.NoSuchKey](err)
	return missing || errors.Is(err, errNoLog)
}

// target returns the key of the Parquet object for the key of a source.
func (f *function) target(key string) string { return f.prefix + key + ".parquet" }

// skip returns the reason for which an object is skipped, or "".
func (f *function) skip(o s3event.Object) string {
	switch {
	case !o.Created():
		return "no object was created"
	case strings.HasPrefix(o.Key, f.prefix):
		return "under the target prefix"
	case strings.HasSuffix(o.Key, ".parquet"):
		return "already Parquet"
	case strings.HasSuffix(o.Key, "/"):
		return "a folder"
	}
	return ""
}

// converted is the result of converting an object.
type converted struct {
	stats         flowlog.Stats
	read, written int64 // bytes of the source and of the Parquet object
	firstBad      error // of the first bad line
}

// convert converts an object. It writes the complete Parquet file to disk first,
// because the SDK needs a body with a known length that it can send again.
func (f *function) convert(ctx context.Context, o s3event.Object, target string) (c converted, err error) {
	file, err := os.CreateTemp("", "toparquet-*.parquet")
	if err != nil {
		return c, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	obj, err := f.get.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key})
	if err != nil {
		return c, fmt.Errorf("get: %w", err)
	}
	defer obj.Body.Close()
	opts := &parquet.ConvertOptions{}
	opts.Format = f.format
	opts.OnBad = func(pe *flowlog.ParseError) error {
		if c.firstBad == nil {
			c.firstBad = pe
		}
		return nil
	}
	opts.RowGroupBytes = int(min(lambdakit.Memory()/12, 128<<20))
	c.stats, err = parquet.Convert(ctx, file, &counted{obj.Body, &c.read}, opts)
	if err == nil && c.stats.Records == 0 && c.stats.Bad > 0 {
		err = fmt.Errorf("%w: %w", errNoLog, c.firstBad)
	}
	if err != nil {
		return c, err
	}
	if c.written, err = file.Seek(0, io.SeekCurrent); err != nil {
		return c, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return c, err
	}
	_, err = f.put.PutObject(ctx, &s3.PutObjectInput{
		Bucket:        &o.Bucket,
		Key:           &target,
		Body:          file,
		ContentLength: &c.written,
		ContentType:   aws.String("application/vnd.apache.parquet"),
	})
	if err != nil {
		return c, fmt.Errorf("put %s: %w", target, err)
	}
	return c, nil
}

// counted is an io.Reader that counts bytes.
type counted struct {
	io.Reader
	n *int64
}

// Read implements io.Reader.
func (r *counted) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	*r.n += int64(n)
	return n, err
}
