package input

import (
	"context"
	"errors"
	"sync"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// regional is a client that finds the Region of each bucket. In another Region, S3
// returns an error with the Region of the bucket. See
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html.
type regional struct {
	client  S3
	regions sync.Map // the Regions of buckets that are in another Region than the client
}

// in calls call with the option for the Region of the bucket.
func (r *regional) in(bucket string, call func(...func(*s3.Options)) error) error {
	with := func() []func(*s3.Options) {
		region, ok := r.regions.Load(bucket)
		if !ok {
			return nil
		}
		return []func(*s3.Options){func(o *s3.Options) { o.Region = region.(string) }}
	}
	err := call(with()...)
	if err == nil {
		return nil
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok || answer.Response == nil {
		return err
	}
	region := answer.Response.Header.Get("X-Amz-Bucket-Region")
	if region == "" {
		return err
	}
	if before, _ := r.regions.Swap(bucket, region); before == region {
		return err // the Region is not the cause
	}
	return call(with()...)
}

func (r *regional) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, opts ...func(*s3.Options)) (out *s3.ListObjectsV2Output, err error) {
	err = r.in(*in.Bucket, func(region ...func(*s3.Options)) error {
		out, err = r.client.ListObjectsV2(ctx, in, append(opts[:len(opts):len(opts)], region...)...)
		return err
	})
	return out, err
}

func (r *regional) GetObject(ctx context.Context, in *s3.GetObjectInput, opts ...func(*s3.Options)) (out *s3.GetObjectOutput, err error) {
	err = r.in(*in.Bucket, func(region ...func(*s3.Options)) error {
		out, err = r.client.GetObject(ctx, in, append(opts[:len(opts):len(opts)], region...)...)
		return err
	})
	return out, err
}
