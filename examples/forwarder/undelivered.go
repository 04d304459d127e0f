package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/vpcflow/vpcflow/firehose"
)

// deliveryError is what an invocation could not deliver.
type deliveryError struct {
	failed, of int64           // lines
	err        error           // the first cause
	lines      map[string]bool // not accepted, without their newline
}

func (e *deliveryError) Error() string {
	return fmt.Sprintf("forwarder: %d of %d lines not accepted: %v", e.failed, e.of, e.err)
}

func (e *deliveryError) Unwrap() error { return e.err }

// note takes the error, if any, of adding a line or of a flush.
func (e *deliveryError) note(line []byte, err error) {
	if err == nil {
		return
	}
	if e.err == nil {
		e.err, e.lines = err, make(map[string]bool)
	}
	d, ok := errors.AsType[*firehose.DeliveryError](err)
	if !ok { // the line was not taken
		e.add(line)
		return
	}
	for i := range d.Failed {
		e.add(d.Failed[i].Data)
	}
}

func (e *deliveryError) add(lines []byte) {
	for line := range bytes.Lines(lines) {
		e.lines[string(bytes.TrimSuffix(line, []byte{'\n'}))] = true
	}
}

// firstUndelivered returns the index of the first part with a line that was not
// accepted. A line that several parts have counts for the first of them: a line
// sent twice is better than a line lost.
func firstUndelivered(parts [][]byte, err error) int {
	e, ok := errors.AsType[*deliveryError](err)
	if !ok {
		return 0
	}
	return max(0, slices.IndexFunc(parts, func(lines []byte) bool {
		for line := range bytes.Lines(lines) {
			if e.lines[string(bytes.TrimSuffix(line, []byte{'\n'}))] {
				return true
			}
		}
		return false
	}))
}
