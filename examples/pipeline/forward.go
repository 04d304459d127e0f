package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/examples/internal/subscription"
	"github.com/vpcflow/vpcflow/flowlog"
)

const (
	// eventsPerPayload is the maximum number of log events in a payload.
	eventsPerPayload = 5000
	// heldBytes is the maximum size of the lines in a payload, in bytes, before
	// compression.
	heldBytes = 8 << 20
	// controlEvery is the number of payloads for each control message.
	controlEvery = 8
	// functions is the number of function processes. If Firehose refuses many
	// records, they mostly wait.
	functions = 8
	// functionTimeout is the maximum that Lambda allows.
	functionTimeout = 15 * time.Minute
)

// forward sends the log through the forwarder to a Firehose that delivers to a
// directory. When it returns, all processes and servers have ended and all objects
// are complete.
func (o *options) forward(ctx context.Context, src *source, path, dir string, r *report) error {
	server, err := o.newFirehose(dir)
	if err != nil {
		return err
	}
	logs := new(logCounter)
	function := runtimeapi.New(path, &runtimeapi.Options{
		Env:         []string{"DELIVERY_STREAM_NAME=" + stream, "AWS_ENDPOINT_URL_FIREHOSE=" + server.URL()},
		Timeout:     functionTimeout,
		Concurrency: functions,
		MaxPayload:  runtimeapi.MaxAsyncPayload,
		Output:      logs,
	})
	err = o.invoke(ctx, src, function, r)
	err = errors.Join(err, function.Close(), server.Close())
	if err != nil {
		return err
	}
	r.Firehose = logs.sum.firehoseReport
	r.forwarded, r.accepted, r.invocations = logs.sum.Lines, logs.sum.Lines-logs.sum.Failed, logs.sum.invocations
	r.served = server.Stats(stream)
	return nil
}

// invoke makes the events of a subscription from the log and invokes the function
// with each.
func (o *options) invoke(ctx context.Context, src *source, function *runtimeapi.Function, r *report) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type payload struct {
		event  []byte
		events int
	}
	queue := make(chan payload)
	var done atomic.Int64
	var workers sync.WaitGroup
	for range functions {
		workers.Go(func() {
			for p := range queue {
				answer, err := function.Invoke(ctx, p.event)
				if err == nil && string(answer) != "null" {
					err = fmt.Errorf("the forwarder answered %.100q", answer)
				}
				if err != nil {
					cancel(err)
					continue // drain the queue
				}
				o.stage.set("forwarding to Firehose", done.Add(int64(p.events)), src.stats.Records+src.stats.Bad)
			}
		})
	}
	send := func(event []byte, events int) error {
		select {
		case queue <- payload{event, events}:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	control := func() error {
		r.ControlMessages++
		event, err := subscription.Event(cwlogstest.ControlMessage())
		if err != nil {
			return err
		}
		return send(event, 0)
	}
	packer := &subscription.Packer{
		MaxEvents: eventsPerPayload,
		MaxBytes:  runtimeapi.MaxAsyncPayload,
		MaxHeld:   heldBytes,
		Emit: func(event []byte, events int) error {
			if r.payloads%controlEvery == 0 {
				if err := control(); err != nil {
					return err
				}
			}
			r.payloads++
			r.Events += int64(events)
			return send(event, events)
		},
	}
	var id streamID
	err := src.lines(ctx, func(line string, at place, rec *flowlog.Record) error {
		r.LinesIn++
		r.in.add([]byte(line))
		name, timestamp := id.of(rec)
		if err := packer.Add(name, timestamp, line); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return nil
	})
	if err == nil {
		err = packer.Flush()
	}
	if err != nil {
		cancel(err)
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// streamID holds the log stream and the time of the last event. A line that does
// not parse gets those of the line before it.
type streamID struct {
	name      string
	timestamp int64
}

// of returns the log stream and the time, in milliseconds, for a record, which is
// nil for a line that does not parse.
func (s *streamID) of(rec *flowlog.Record) (string, int64) {
	if rec != nil {
		// There is one log stream per interface. Records of transit gateways and
		// regional NAT gateways have an attachment or a resource id instead.
		for _, f := range []flowlog.Field{flowlog.FieldInterfaceID, flowlog.FieldTGWAttachmentID, flowlog.FieldResourceID} {
			if rec.Has(f) {
				if v := rec.Value(f); len(s.name) != len(v)+len("-all") || s.name[:len(v)] != v {
					s.name = v + "-all"
				}
				break
			}
		}
		if rec.Has(flowlog.FieldStart) {
			s.timestamp = rec.Start.Time().UnixMilli()
		}
	}
	if s.name == "" {
		s.name = "unknown-all"
	}
	return s.name, s.timestamp
}

// logCounter is an io.Writer for the log of the forwarder. It adds up the counts
// of the invocations.
type logCounter struct {
	rest []byte // the start of an incomplete line
	sum  forwarded
}

// forwarded is the counts of one log line, or their sum.
type forwarded struct {
	Msg   string `json:"msg"`
	Lines int64  `json:"lines"`
	firehoseReport
	Billed      int64 `json:"BilledBytes"`
	Failed      int64 `json:"FailedLines"`
	invocations int64
}

func (c *logCounter) Write(p []byte) (int, error) {
	c.rest = append(c.rest, p...)
	for {
		n := bytes.IndexByte(c.rest, '\n')
		if n < 0 {
			return len(p), nil
		}
		var l forwarded
		if json.Unmarshal(c.rest[:n], &l) == nil && l.Msg == "invocation" {
			c.sum.invocations++
			c.sum.Lines += l.Lines
			c.sum.Failed += l.Failed
			c.sum.Calls += l.Calls
			c.sum.Records += l.Records
			c.sum.Bytes += l.Bytes
			c.sum.BilledBytes += l.Billed
			c.sum.Retried += l.Retried
		}
		c.rest = append(c.rest[:0], c.rest[n+1:]...)
	}
}
