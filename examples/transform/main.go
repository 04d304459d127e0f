// Command transform is a Lambda function that transforms the records of a
// Firehose stream to log lines. With it, a CloudWatch Logs subscription delivers
// flow logs to Firehose without a forwarder. It also accepts flow logs that AWS
// delivers to Firehose directly.
//
// Control messages are dropped. If a record cannot be decoded, or its lines do
// not fit into the response, the result is ProcessingFailed. Firehose then writes
// the original under the error prefix of the stream, and nothing is lost. See
// cwlogs.Transform. The function returns an error only for events of other
// services.
//
// Every line of the function's log is a JSON object with the request id. For each
// invocation there is a line with "msg":"invocation". Its level is ERROR if
// records failed, and it then has the first error. The line has the metrics
// Lines, FailedLines and RejectedPayloads in CloudWatch's embedded metric format.
// A failed record is a rejected payload and counts as one line, because the
// number of its lines is not known.
//
// The text of a record is limited to an eighth of the function's memory and to
// cwlogs.DefaultTransformBytes. From one second before the deadline of the
// function, the result of the remaining records is ProcessingFailed.
//
// template.yaml deploys the function and the resources it needs.
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

const help = `transform is a Lambda function. It transforms the records of a Firehose stream
to log lines, so that a CloudWatch Logs subscription needs no forwarder.

It has no environment variables.

examples/DEPLOY.md shows how to build and deploy it. The zip has the program as
"bootstrap", for the runtime provided.al2023 on arm64. The template is
examples/transform/template.yaml.
`

func main() {
	lambdakit.Help("transform", help)
	log := lambdakit.NewLogger(os.Stderr)
	t := &transform{log: log, maxBytes: min(lambdakit.Memory()/8, cwlogs.DefaultTransformBytes)}
	lambdakit.Start(log, t.handle)
}

// transform is the function. It is safe for concurrent use.
type transform struct {
	log      *slog.Logger
	maxBytes int64 // limit on the text of a record, in bytes
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
	var first error // of the first failed record
	var noRoom int  // number of records that did not fit
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
