// Command transform is a Lambda function that turns the records of a Firehose
// stream into log lines, so that a CloudWatch Logs subscription can deliver
// flow logs to Firehose without a forwarder in between. It also takes flow logs
// that are delivered to Firehose directly.
//
// Control messages are dropped. A record that cannot be decoded, or whose lines
// do not fit into the response, is answered with ProcessingFailed: Firehose
// writes the original under the stream's error prefix, and nothing is lost. See
// cwlogs.Transform. The function itself fails for events of another service only.
//
// Every line of its log is one JSON object with the request id. Each invocation
// writes one with "msg":"invocation", which is at ERROR if records failed, with
// the first of the reasons, and holds the metrics Lines, FailedLines and
// RejectedPayloads in CloudWatch's embedded metric format. A record that failed
// is a rejected payload and counts as one line, because its lines are not known.
//
// The text of a record is bounded by an eighth of the function's memory and by
// cwlogs.DefaultTransformBytes. Records that are left a second before the
// function's deadline are answered with ProcessingFailed.
//
// template.yaml deploys the function and all that is around it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

func main() {
	log := lambdakit.NewLogger(os.Stderr)
	t := &transform{log: log, maxBytes: min(lambdakit.Memory()/8, cwlogs.DefaultTransformBytes)}
	lambdakit.Start(log, t.handle)
}

// transform is the function. It may be invoked concurrently.
type transform struct {
	log      *slog.Logger
	maxBytes int64 // of a record's text
}

var errEvent = errors.New("transform: not the event of a Firehose transformation")

func (t *transform) handle(ctx context.Context, raw json.RawMessage) (any, error) {
	var e events.KinesisFirehoseEvent
	err := json.Unmarshal(raw, &e)
	if err == nil && e.InvocationID == "" && e.DeliveryStreamArn == "" {
		err = errors.New("no invocationId and no deliveryStreamArn")
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", errEvent, err)
		t.log.LogAttrs(ctx, slog.LevelError, "invocation", append(counts(1, 1, 1), slog.String("error", err.Error()))...)
		return nil, err
	}
	return t.transform(ctx, e), nil
}

func (t *transform) transform(ctx context.Context, e events.KinesisFirehoseEvent) events.KinesisFirehoseResponse {
	began := time.Now()
	ctx, cancel := lambdakit.WithReserve(ctx, time.Second)
	defer cancel()
	var first error // why the first record failed
	var noRoom int
	tr := cwlogs.Transformer{MaxBytes: t.maxBytes, OnFailed: func(_ string, err error) {
		if first == nil {
			first = err
		}
		if errors.Is(err, cwlogs.ErrNoRoom) {
			noRoom++
		}
	}}
	res := tr.TransformContext(ctx, e)

	var in, out, lines int
	for _, r := range e.Records {
		in += len(r.Data)
	}
	results := map[string]int{}
	for _, r := range res.Records {
		results[r.Result]++
		out += len(r.Data)
		lines += bytes.Count(r.Data, []byte{'\n'})
	}
	failed := results[events.KinesisFirehoseTransformedStateProcessingFailed]
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("stream", e.DeliveryStreamArn),
		slog.String("invocation", e.InvocationID),
		slog.Int("records", len(e.Records)),
		slog.Int("ok", results[events.KinesisFirehoseTransformedStateOk]),
		slog.Int("dropped", results[events.KinesisFirehoseTransformedStateDropped]),
		slog.Int("failed", failed),
		slog.Int("no_room", noRoom),
		slog.Int("bytes_in", in),
		slog.Int("bytes_out", out),
		slog.Int64("duration_ms", time.Since(began).Milliseconds()),
	}
	attrs = append(attrs, counts(lines+failed, failed, failed)...)
	if first != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", first.Error()))
	}
	t.log.LogAttrs(ctx, level, "invocation", attrs...)
	return res
}

// counts returns the metrics of an invocation.
func counts(lines, failed, rejected int) []slog.Attr {
	return lambdakit.Metrics(
		lambdakit.Metric{Name: lambdakit.Lines, Value: int64(lines)},
		lambdakit.Metric{Name: lambdakit.FailedLines, Value: int64(failed)},
		lambdakit.Metric{Name: lambdakit.RejectedPayloads, Value: int64(rejected)},
	)
}
