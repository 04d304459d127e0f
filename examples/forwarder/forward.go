package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
	"github.com/vpcflow/vpcflow/firehose"
)

// forwarder is the function. It may be invoked concurrently.
type forwarder struct {
	client   firehose.PutRecordBatchAPIClient
	stream   string
	log      *slog.Logger
	maxBytes int64 // of a payload's text, and of lines held before they are sent
}

// event is either event, told apart by its keys.
type event struct {
	AWSLogs *events.CloudwatchLogsRawData `json:"awslogs"`
	Records []events.KinesisEventRecord   `json:"Records"`
}

// kinesisSource is the eventSource of a Kinesis record. S3, SNS and others
// have Records too.
const kinesisSource = "aws:kinesis"

var errEvent = errors.New("forwarder: neither a CloudWatch Logs subscription nor a Kinesis event")

// handle is one invocation. The answer to a subscription is null.
func (f *forwarder) handle(ctx context.Context, raw json.RawMessage) (any, error) {
	ctx, cancel := lambdakit.WithReserve(ctx, time.Second)
	defer cancel()
	in := f.begin()
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		in.reject(0)
		return nil, in.report(ctx, "unknown", fmt.Errorf("%w: %w", errEvent, err))
	}
	switch {
	case e.AWSLogs != nil:
		return nil, in.report(ctx, "cloudwatch", in.subscription(ctx, *e.AWSLogs))
	case len(e.Records) > 0 && e.Records[0].EventSource == kinesisSource:
		answer, err := in.kinesis(ctx, e.Records)
		_ = in.report(ctx, "kinesis", err) // the answer names the record to come back to
		return answer, nil
	}
	in.reject(0)
	return nil, in.report(ctx, "unknown", errEvent)
}

// invocation is the state of one invocation. It has a Batcher of its own, so
// that an invocation never sends what an earlier one failed to send: Lambda
// tries that again itself.
type invocation struct {
	*forwarder
	began   time.Time
	decoder cwlogs.Decoder
	batcher *firehose.Batcher

	events, control int
	lines           int64 // read of the event
	rejected        int64 // payloads that could not be read
}

func (f *forwarder) begin() *invocation {
	return &invocation{
		forwarder: f,
		began:     time.Now(),
		decoder:   cwlogs.Decoder{MaxBytes: f.maxBytes},
		batcher: firehose.NewBatcher(f.client, f.stream, &firehose.Options{
			MaxAttempts: 1 << 20, // the deadline ends the attempts
			Reserve:     1,       // the context ends before the function's deadline
		}),
	}
}

// reject counts a payload of which nothing is sent although n lines of it could
// be read. It counts as one failed line at least, so that an alarm on failed
// lines sees it.
func (in *invocation) reject(n int64) {
	in.rejected++
	in.lines += max(1, n)
}

// subscription delivers the event of a subscription, or nothing of it if it is
// broken.
func (in *invocation) subscription(ctx context.Context, data events.CloudwatchLogsRawData) error {
	lines, err := in.decode(ctx, in.decoder.DecodeLambda(events.CloudwatchLogsEvent{AWSLogs: data}))
	if err != nil {
		n := countLines(lines)
		in.reject(n)
		return fmt.Errorf("forwarder: nothing of the event forwarded, %d lines read of it: %w", n, err)
	}
	return in.deliver(ctx, lines)
}

// kinesis delivers the records in order, up to the first that is broken or for
// which there is no time. The answer names the first that is not delivered.
// Lines are sent when they reach maxBytes, however large the event is.
func (in *invocation) kinesis(ctx context.Context, records []events.KinesisEventRecord) (events.KinesisEventResponse, error) {
	done := 0          // records that are delivered
	var parts [][]byte // the lines of the records after those
	var held int64     // bytes of lines in parts
	var broken error
	for _, r := range records {
		if in.late(ctx) {
			broken = fmt.Errorf("forwarder: record %s and those after it left for the next invocation: no time left to read them", r.Kinesis.SequenceNumber)
			break
		}
		lines, err := in.decode(ctx, in.decoder.Decode(r.Kinesis.Data))
		if err != nil {
			in.reject(countLines(lines))
			broken = fmt.Errorf("forwarder: record %s and those after it not forwarded: %w", r.Kinesis.SequenceNumber, err)
			break
		}
		parts = append(parts, lines)
		if held += int64(len(lines)); held < in.maxBytes {
			continue
		}
		if err := in.deliver(ctx, parts...); err != nil {
			return failedFrom(records[done+firstUndelivered(parts, err)]), err
		}
		done, parts, held = done+len(parts), nil, 0
	}
	if err := in.deliver(ctx, parts...); err != nil {
		return failedFrom(records[done+firstUndelivered(parts, err)]), errors.Join(err, broken)
	}
	if done += len(parts); done == len(records) {
		return events.KinesisEventResponse{}, nil
	}
	return failedFrom(records[done]), broken
}

// late reports whether half of the time is gone, so that the rest is needed to
// send what has been read.
func (in *invocation) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Since(in.began) > time.Until(deadline)
}

// failedFrom is the answer that makes Lambda come back with r and the records
// after it.
func failedFrom(r events.KinesisEventRecord) events.KinesisEventResponse {
	return events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{
		{ItemIdentifier: r.Kinesis.SequenceNumber},
	}}
}

// decode returns the lines of a payload. If it is broken they are those before
// the fault.
func (in *invocation) decode(ctx context.Context, batches iter.Seq2[*cwlogs.Batch, error]) ([]byte, error) {
	var lines []byte
	for b, err := range batches {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return lines, err
		}
		switch b.Type {
		case cwlogs.DataMessage:
			in.events += len(b.Events)
		case cwlogs.ControlMessage:
			in.control++
		}
		if lines, err = b.AppendLines(lines); err != nil {
			return lines, fmt.Errorf("%d events: %w", len(b.Events), err)
		}
	}
	return lines, nil
}

// deliver sends the lines. The error counts those that were not accepted; a
// *deliveryError in it tells which.
func (in *invocation) deliver(ctx context.Context, parts ...[]byte) error {
	e := &deliveryError{}
	for _, lines := range parts {
		in.lines += countLines(lines)
		for line := range bytes.Lines(lines) {
			e.note(line, in.batcher.Add(ctx, line))
		}
	}
	e.note(nil, in.batcher.Flush(ctx))
	if e.err == nil {
		return nil
	}
	e.failed, e.of = in.failed(), in.lines
	return e
}

// failed is the number of lines not accepted.
func (in *invocation) failed() int64 { return in.lines - in.batcher.Stats().Lines }

// report writes the log line of the invocation, with its metrics, and returns
// its error.
func (in *invocation) report(ctx context.Context, source string, err error) error {
	s := in.batcher.Stats()
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("source", source),
		slog.Int("events", in.events),
		slog.Int("control", in.control),
		slog.Int64("records", s.Records),
		slog.Int64("calls", s.Calls),
		slog.Int64("bytes", s.Bytes),
		slog.Int64("duration_ms", time.Since(in.began).Milliseconds()),
	}
	attrs = append(attrs, lambdakit.Metrics(
		lambdakit.Metric{Name: lambdakit.Lines, Value: in.lines},
		lambdakit.Metric{Name: lambdakit.FailedLines, Value: in.failed()},
		lambdakit.Metric{Name: lambdakit.RejectedPayloads, Value: in.rejected},
		lambdakit.Metric{Name: lambdakit.Retried, Value: s.Retried},
		lambdakit.Metric{Name: lambdakit.AmbiguousLines, Value: s.AmbiguousLines},
		lambdakit.Metric{Name: lambdakit.BilledBytes, Value: s.BilledBytes},
	)...)
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	in.log.LogAttrs(ctx, level, "invocation", attrs...)
	return err
}

// countLines counts lines that each end in a newline.
func countLines(lines []byte) int64 { return int64(bytes.Count(lines, []byte{'\n'})) }
