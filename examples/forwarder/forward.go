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

// forwarder is the function. It is safe for concurrent use.
type forwarder struct {
	client   firehose.PutRecordBatchAPIClient
	stream   string
	log      *slog.Logger
	maxBytes int64 // limit on the text of a payload, and on the lines held before they are sent
}

// event is an event of a subscription or of Kinesis. Its keys tell them apart.
type event struct {
	AWSLogs *events.CloudwatchLogsRawData `json:"awslogs"`
	Records []events.KinesisEventRecord   `json:"Records"`
}

// kinesisSource is the eventSource of a Kinesis record. Events of S3, SNS and other
// services have Records too.
const kinesisSource = "aws:kinesis"

var errEvent = errors.New("forwarder: neither a CloudWatch Logs subscription nor a Kinesis event")

// handle handles one invocation. The response to a subscription is null.
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
		_ = in.report(ctx, "kinesis", err) // the response names the record to retry
		return answer, nil
	}
	in.reject(0)
	return nil, in.report(ctx, "unknown", errEvent)
}

// invocation is the state of one invocation. Each has a Batcher of its own, so
// that it does not send lines that an earlier invocation failed to send: Lambda
// retries those.
type invocation struct {
	*forwarder
	began   time.Time
	decoder cwlogs.Decoder
	batcher *firehose.Batcher

	events, control int   // log events and control messages
	lines           int64 // lines of the event
	rejected        int64 // payloads that could not be decoded
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

// reject counts a payload that is not sent. n lines of it could be decoded. It
// counts as at least one failed line, so that an alarm on failed lines sees it.
func (in *invocation) reject(n int64) {
	in.rejected++
	in.lines += max(1, n)
}

// subscription delivers the event of a subscription. If the event is invalid, it
// delivers nothing.
func (in *invocation) subscription(ctx context.Context, data events.CloudwatchLogsRawData) error {
	lines, err := in.decode(ctx, in.decoder.DecodeLambda(events.CloudwatchLogsEvent{AWSLogs: data}))
	if err != nil {
		n := countLines(lines)
		in.reject(n)
		return fmt.Errorf("forwarder: event not forwarded, with %d lines before the error: %w", n, err)
	}
	return in.deliver(ctx, lines)
}

// kinesis delivers the records in order, up to the first that is invalid or for
// which there is no time. The response names the first record that is not
// delivered. Lines are sent each time they reach maxBytes, so that memory does not
// depend on the size of the event.
func (in *invocation) kinesis(ctx context.Context, records []events.KinesisEventRecord) (events.KinesisEventResponse, error) {
	done := 0          // delivered records
	var parts [][]byte // the lines of each record after those
	var held int64     // bytes in parts
	var broken error
	for _, r := range records {
		if in.late(ctx) {
			broken = fmt.Errorf("forwarder: record %s and those after it left for the next invocation: no time to decode them", r.Kinesis.SequenceNumber)
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

// late reports whether half of the time has passed. The rest is needed to send
// lines.
func (in *invocation) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Since(in.began) > time.Until(deadline)
}

// failedFrom returns the response that makes Lambda retry r and the records after
// it.
func failedFrom(r events.KinesisEventRecord) events.KinesisEventResponse {
	return events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{
		{ItemIdentifier: r.Kinesis.SequenceNumber},
	}}
}

// decode returns the lines of a payload, or the lines before an error.
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

// deliver sends the lines of the parts. If lines were not accepted, the error is a
// *deliveryError.
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

// failed returns the number of lines that were not accepted.
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

// countLines returns the number of lines. Each ends in a newline.
func countLines(lines []byte) int64 { return int64(bytes.Count(lines, []byte{'\n'})) }
