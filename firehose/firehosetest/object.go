package firehosetest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// PutObjectAPIClient is the method of an S3 client that a Server delivers with.
// *s3.Client implements it.
type PutObjectAPIClient interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

var _ PutObjectAPIClient = (*s3.Client)(nil)

// Object is an object that a stream delivers.
type Object struct {
	Stream string
	Key    string // the evaluated prefix and the object's name
	Body   []byte // compressed, unless the stream is Uncompressed
	// ContentType and ContentEncoding are the object's metadata in S3:
	// application/octet-stream, and gzip if it is compressed.
	ContentType, ContentEncoding string
	Records                      int
	Arrived                      time.Time // of the first record
	Failed                       bool      // error output
}

// putTimeout is the time limit of the delivery of an object to S3.
const putTimeout = time.Minute

// processingFailed is the error-output-type of records that a transformation
// failed.
const processingFailed = "processing-failed"

// deliver delivers b and empties it. If that fails, b keeps its records. They are
// delivered again when b has grown by BufferBytes, or when it is due.
func (st *stream) deliver(s *Server, b *buffer) error {
	o, err := st.object(b, b == &st.failed)
	if err == nil {
		err = st.put(s, o)
	}
	if err != nil {
		b.full = len(b.data) + st.BufferBytes
		return fmt.Errorf("firehosetest: stream %s: delivery: %w", st.Name, err)
	}
	st.stats.Objects++
	st.stats.ObjectBytes += int64(len(o.Body))
	*b = buffer{data: b.data[:0]}
	return nil
}

// object builds the object of a buffer. Its key is the prefix in the stream's
// time zone and {stream}-{version}-{yyyy}-{MM}-{dd}-{HH}-{mm}-{ss}-{uuid} in
// UTC. Whether a custom time zone changes the name too is not documented.
// https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
func (st *stream) object(b *buffer, failed bool) (*Object, error) {
	o := &Object{Stream: st.Name, ContentType: "application/octet-stream", Records: b.records, Arrived: b.arrived, Failed: failed}
	p, errorType := st.prefix, ""
	if failed {
		p, errorType = st.errorPrefix, processingFailed
	}
	before, err := p.evaluate(b.arrived.In(st.zone), errorType)
	if err != nil {
		return nil, err
	}
	o.Key = fmt.Sprintf("%s%s-1-%s-%s", before, st.Name, b.arrived.UTC().Format("2006-01-02-15-04-05"), uuid())
	if st.Uncompressed {
		o.Body = bytes.Clone(b.data)
		o.Key += st.Extension
		return o, nil
	}
	var z bytes.Buffer
	if st.gzip == nil {
		st.gzip = gzip.NewWriter(&z)
	}
	st.gzip.Reset(&z)
	if _, err := st.gzip.Write(b.data); err != nil {
		return nil, err
	}
	if err := st.gzip.Close(); err != nil {
		return nil, err
	}
	o.Body, o.ContentEncoding = z.Bytes(), "gzip"
	o.Key += cmp.Or(st.Extension, ".gz")
	return o, nil
}

// put delivers an object to each destination of the stream.
func (st *stream) put(s *Server, o *Object) error {
	if st.Dir != "" {
		if err := writeFile(st.Dir, o); err != nil {
			return err
		}
	}
	if st.S3 != nil {
		in := &s3.PutObjectInput{
			Bucket:      aws.String(st.Bucket),
			Key:         aws.String(o.Key),
			Body:        bytes.NewReader(o.Body),
			ContentType: aws.String(o.ContentType),
		}
		if o.ContentEncoding != "" {
			in.ContentEncoding = aws.String(o.ContentEncoding)
		}
		// Close delivers after it has canceled the Server's context.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), putTimeout)
		defer cancel()
		if _, err := st.S3.PutObject(ctx, in); err != nil {
			return err
		}
	}
	if st.OnObject != nil {
		return st.OnObject(o)
	}
	return nil
}

// writeFile writes an object below dir. The file has a temporary name until it is
// complete.
func writeFile(dir string, o *Object) (err error) {
	if !filepath.IsLocal(filepath.FromSlash(o.Key)) {
		return fmt.Errorf("key %q leaves the directory", o.Key)
	}
	name := filepath.Join(dir, filepath.FromSlash(o.Key))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".firehose-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(o.Body); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// failedRecord returns the line of error output for a record whose transformation answered
// ProcessingFailed. The keys are in the service's order.
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
func (s *Server) failedRecord(data []byte, now time.Time) []byte {
	line, err := json.Marshal(struct {
		RawData       []byte `json:"rawData"`
		ErrorCode     string `json:"errorCode"`
		ErrorMessage  string `json:"errorMessage"`
		AttemptsMade  int    `json:"attemptsMade"`
		Arrival       int64  `json:"arrivalTimestamp"`
		AttemptEnding int64  `json:"attemptEndingTimestamp"`
		LambdaARN     string `json:"lambdaARN"`
	}{
		RawData:       data,
		ErrorCode:     "Lambda.ProcessingFailedStatus",
		ErrorMessage:  "ProcessingFailed status set for record",
		AttemptsMade:  1,
		Arrival:       now.UnixMilli(),
		AttemptEnding: now.UnixMilli(),
		LambdaARN:     fmt.Sprintf("arn:aws:lambda:%s:%s:function:transform", s.opts.Region, s.opts.Account),
	})
	if err != nil {
		panic(err) // strings, numbers and bytes always marshal
	}
	return append(line, '\n')
}

// uuid returns a random UUID, version 4.
func uuid() string {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
