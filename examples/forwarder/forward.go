package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/firehose"
)

// forwarder is the function. It may be invoked concurrently.
type forwarder struct {
	client firehose.PutRecordBatchAPIClient
	stream string
	log    *slog.Logger
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
	in := f.begin(ctx)
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, in.report(ctx, "unknown", fmt.Errorf("%w: %w", errEvent, err))
	}
	switch {
	case e.AWSLogs != nil:
		return nil, in.report(ctx, "cloudwatch", in.subscription(ctx, *e.AWSLogs))
	case len(e.Records) > 0 && e.Records[0].EventSource == kinesisSource:
		answer, err := in.kinesis(ctx, e.Records)
		_ = in.report(ctx, "kinesis", err) // the answer says where to come back to
		return answer, nil
	}
	return nil, in.report(ctx, "unknown", errEvent)
}

// invocation is the state of one invocation.
type invocation struct {
	*forwarder
	began   time.Time
	decoder cwlogs.Decoder
	batcher *firehose.Batcher

	events, control int
	lines           int64 // to be delivered
}

func (f *forwarder) begin(ctx context.Context) *invocation {
	in := &invocation{forwarder: f, began: time.Now()}
	reserve := time.Second // to answer in
	if deadline, ok := ctx.Deadline(); ok {
		reserve = max(1, min(reserve, time.Until(deadline)/2))
	}
	in.batcher = firehose.NewBatcher(f.client, f.stream, &firehose.Options{
		MaxAttempts: 1 << 20, // the deadline ends the attempts
		Reserve:     reserve,
	})
	return in
}

// subscription delivers the event of a subscription, or nothing of it if it is
// broken.
func (in *invocation) subscription(ctx context.Context, data events.CloudwatchLogsRawData) error {
	messages, err := in.decode(in.decoder.DecodeLambda(events.CloudwatchLogsEvent{AWSLogs: data}))
	if err != nil {
		return fmt.Errorf("forwarder: nothing of the event forwarded, %d lines read of it: %w", countLines(messages), err)
	}
	return in.deliver(ctx, messages)
}

// kinesis delivers the records in order up to the first that is broken. The
// answer names the first that is not delivered.
func (in *invocation) kinesis(ctx context.Context, records []events.KinesisEventRecord) (events.KinesisEventResponse, error) {
	var all []string
	parts := make([][]string, 0, len(records))
	var broken error
	for _, r := range records {
		messages, err := in.decode(in.decoder.Decode(r.Kinesis.Data))
		if err != nil {
			broken = fmt.Errorf("forwarder: record %s and those behind it not forwarded: %w", r.Kinesis.SequenceNumber, err)
			break
		}
		parts = append(parts, messages)
		all = append(all, messages...)
	}
	err := in.deliver(ctx, all)
	first := len(parts)
	if err != nil {
		first = firstUndelivered(parts, err)
	}
	if first == len(records) {
		return events.KinesisEventResponse{}, nil
	}
	return events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{
		{ItemIdentifier: records[first].Kinesis.SequenceNumber},
	}}, errors.Join(err, broken)
}

// decode returns the messages of a payload. If it is broken they are those
// before the fault.
func (in *invocation) decode(batches iter.Seq2[*cwlogs.Batch, error]) ([]string, error) {
	var messages []string
	for b, err := range batches {
		if err != nil {
			return messages, err
		}
		switch b.Type {
		case cwlogs.DataMessage:
			in.events += len(b.Events)
			for i := range b.Events {
				messages = append(messages, b.Events[i].Message)
			}
		case cwlogs.ControlMessage:
			in.control++
		default:
			return messages, fmt.Errorf("message type %.64q with %d events is not known", b.Type, len(b.Events))
		}
	}
	return messages, nil
}

// deliver sends the messages. The error counts the lines that were not
// accepted; a *deliveryError in it tells which.
func (in *invocation) deliver(ctx context.Context, messages []string) error {
	in.lines += countLines(messages)
	e := &deliveryError{}
	for _, m := range messages {
		if m == "" {
			m = "\n" // an empty line is a line
		}
		e.note(m, in.batcher.AddString(ctx, m))
	}
	e.note("", in.batcher.Flush(ctx))
	if e.err == nil {
		return nil
	}
	e.failed, e.of = in.failed(), in.lines
	return e
}

// failed is the number of lines not accepted.
func (in *invocation) failed() int64 { return in.lines - in.batcher.Stats().Lines }

// report writes the log line of the invocation and returns its error.
func (in *invocation) report(ctx context.Context, source string, err error) error {
	s := in.batcher.Stats()
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("source", source),
		slog.Int("events", in.events),
		slog.Int("control", in.control),
		slog.Int64("lines", in.lines),
		slog.Int64("records", s.Records),
		slog.Int64("calls", s.Calls),
		slog.Int64("bytes", s.Bytes),
		slog.Int64("billed", s.BilledBytes),
		slog.Int64("retried", s.Retried),
		slog.Int64("ambiguous", s.AmbiguousLines),
		slog.Int64("failed", in.failed()),
		slog.Int64("duration_ms", time.Since(in.began).Milliseconds()),
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		attrs = append(attrs, slog.String("request_id", lc.AwsRequestID))
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	in.log.LogAttrs(ctx, level, "invocation", attrs...)
	return err
}

// countLines counts the lines of messages as the Batcher does; an empty message
// is one.
func countLines(messages []string) int64 {
	n := 0
	for _, m := range messages {
		n += strings.Count(m, "\n")
		if !strings.HasSuffix(m, "\n") {
			n++
		}
	}
	return int64(n)
}
