package input

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxResumes is the maximum number of times that reading an object resumes after a
// broken connection.
const maxResumes = 3

// object is the body of an object. When the connection breaks, it requests the rest
// of the same version.
type object struct {
	ctx    context.Context
	client S3
	in     s3.GetObjectInput
	body   io.ReadCloser
	read   int64 // bytes
	broken int   // number of broken connections
}

func openObject(ctx context.Context, client S3, bucket, key string) (*object, error) {
	o := &object{ctx: ctx, client: client, in: s3.GetObjectInput{Bucket: &bucket, Key: &key}}
	out, err := client.GetObject(ctx, &o.in)
	if err != nil {
		return nil, err
	}
	o.body, o.in.IfMatch = out.Body, out.ETag
	return o, nil
}

func (o *object) Read(p []byte) (int, error) {
	n, err := o.body.Read(p)
	o.read += int64(n)
	if err == nil || err == io.EOF || o.ctx.Err() != nil || o.broken == maxResumes || o.in.IfMatch == nil {
		return n, err
	}
	o.broken++
	o.in.Range = aws.String(fmt.Sprintf("bytes=%d-", o.read))
	out, again := o.client.GetObject(o.ctx, &o.in)
	if again != nil {
		return n, again
	}
	_ = o.body.Close()
	o.body = out.Body
	return n, nil
}

func (o *object) Close() error { return o.body.Close() }
