package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/firehose"
)

// afterwards is the time limit for writing the lines that were not accepted.
const afterwards = 20 * time.Second

// send delivers the messages, and returns those that were not accepted.
func (r *redrive) send(ctx context.Context, messages []string) (rest []string, err error) {
	note := func(message string, e error) {
		if e == nil {
			return
		}
		if err == nil {
			err = e
		}
		d, ok := errors.AsType[*firehose.DeliveryError](e)
		if !ok { // nothing of the message was added
			rest = append(rest, message)
			return
		}
		for i := range d.Failed {
			for line := range strings.Lines(string(d.Failed[i].Data)) {
				rest = append(rest, r.unwrapped(strings.TrimSuffix(line, "\n")))
			}
		}
	}
	for _, m := range messages {
		text := m
		if r.wrap {
			text = wrapped(m)
		} else if m == "" {
			text = "\n" // an empty line is a line
		}
		note(m, r.batcher.AddString(ctx, text))
	}
	note("", r.batcher.Flush(ctx))
	if err == nil {
		return nil, nil
	}
	return rest, err
}

type wrapper struct {
	Message string `json:"message"`
}

func wrapped(message string) string {
	b, err := json.Marshal(wrapper{message})
	if err != nil {
		return message // never happens: any string can be encoded
	}
	return string(b)
}

// unwrapped returns the message of a line that was sent.
func (r *redrive) unwrapped(line string) string {
	var w wrapper
	if r.wrap && json.Unmarshal([]byte(line), &w) == nil {
		return w.Message
	}
	return line
}

// restOf returns messages as lines.
func restOf(messages []string) []byte {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m)
		if !strings.HasSuffix(m, "\n") {
			b.WriteByte('\n')
		}
	}
	return []byte(b.String())
}
