// Command transform is a Lambda function that turns the records of a Firehose
// stream into log lines, so that a CloudWatch Logs subscription can deliver
// flow logs to Firehose without a forwarder in between. It also takes flow logs
// that are delivered to Firehose directly.
//
// Control messages are dropped. A record that cannot be decoded, or whose lines
// do not fit into the response, is answered with ProcessingFailed: Firehose
// writes the original under the stream's error prefix, and nothing is lost. See
// cwlogs.Transform. The function itself never fails.
//
// Every invocation writes one line of JSON to standard error. Its level is WARN
// if records failed, with the first of the reasons.
//
// template.yaml deploys the function and all that is around it.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/vpcflow/vpcflow/cwlogs"
)

func main() {
	t := &transform{log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	lambda.Start(t.handle)
}

// transform is the function. It may be invoked concurrently.
type transform struct{ log *slog.Logger }

func (t *transform) handle(ctx context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
	began := time.Now()
	var first error // why the first record failed
	var noRoom int
	tr := cwlogs.Transformer{OnFailed: func(_ string, err error) {
		if first == nil {
			first = err
		}
		if errors.Is(err, cwlogs.ErrNoRoom) {
			noRoom++
		}
	}}
	res := tr.Transform(e)

	var in, out int
	for _, r := range e.Records {
		in += len(r.Data)
	}
	results := map[string]int{}
	for _, r := range res.Records {
		results[r.Result]++
		out += len(r.Data)
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("stream", e.DeliveryStreamArn),
		slog.String("invocation", e.InvocationID),
		slog.Int("records", len(e.Records)),
		slog.Int("ok", results[events.KinesisFirehoseTransformedStateOk]),
		slog.Int("dropped", results[events.KinesisFirehoseTransformedStateDropped]),
		slog.Int("failed", results[events.KinesisFirehoseTransformedStateProcessingFailed]),
		slog.Int("no_room", noRoom),
		slog.Int("bytes_in", in),
		slog.Int("bytes_out", out),
		slog.Int64("duration_ms", time.Since(began).Milliseconds()),
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		attrs = append(attrs, slog.String("request_id", lc.AwsRequestID))
	}
	if first != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", first.Error()))
	}
	t.log.LogAttrs(ctx, level, "invocation", attrs...)
	return res, nil
}
