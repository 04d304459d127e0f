package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/vpcflow/vpcflow/firehose"
)

// deliveryError is the error for lines that were not accepted.
type deliveryError struct {
	failed, of int64           // number of lines that failed, and of all
	err        error           // the first cause
	lines      map[string]bool // the lines that failed, without newlines
}

func (e *deliveryError) Error() string {
	return fmt.Sprintf("forwarder: %d of %d lines not accepted: %v", e.failed, e.of, e.err)
}

func (e *deliveryError) Unwrap() error { return e.err }

// note adds the error, if any, of adding a line or of a flush.
func (e *deliveryError) note(line []byte, err error) {
	if err == nil {
		return
	}
	if e.err == nil {
		e.err, e.lines = err, make(map[string]bool)
	}
	d, ok := errors.AsType[*firehose.DeliveryError](err)
	if !ok { // the line was not added
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
// accepted. If several parts have the line, it is the first of them: a line is
// rather sent twice than lost.
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
