package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/firehose"
)

// deliveryError is what an invocation could not deliver.
type deliveryError struct {
	failed, of int64
	err        error           // the first cause
	lines      map[string]bool // what was not accepted; nil if nobody asks
}

func (e *deliveryError) Error() string {
	return fmt.Sprintf("forwarder: %d of %d lines not accepted: %v", e.failed, e.of, e.err)
}

func (e *deliveryError) Unwrap() error { return e.err }

// note takes the error, if any, of adding a message or of a flush.
func (e *deliveryError) note(message string, err error) {
	if err == nil {
		return
	}
	if e.err == nil {
		e.err, e.lines = err, make(map[string]bool)
	}
	d, ok := errors.AsType[*firehose.DeliveryError](err)
	if !ok { // nothing of the message was taken
		e.add(message)
		return
	}
	for i := range d.Failed {
		e.add(string(d.Failed[i].Data))
	}
}

func (e *deliveryError) add(text string) {
	for line := range strings.Lines(text) {
		e.lines[strings.TrimSuffix(line, "\n")] = true
	}
}

// firstUndelivered returns the index of the first part with a line that was not
// accepted. A line that several parts have counts for the first of them: to
// send a line twice is better than not at all.
func firstUndelivered(parts [][]string, err error) int {
	e, ok := errors.AsType[*deliveryError](err)
	if !ok {
		return 0
	}
	return max(0, slices.IndexFunc(parts, func(messages []string) bool {
		return slices.ContainsFunc(messages, func(m string) bool {
			if m == "" {
				return e.lines[""]
			}
			for line := range strings.Lines(m) {
				if e.lines[strings.TrimSuffix(line, "\n")] {
					return true
				}
			}
			return false
		})
	}))
}
