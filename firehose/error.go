package firehose

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrRecordTooLarge reports data with a line that is too long to be sent
	// on its own: more than MaxRecordBytes, or than Options.BatchBytes, with
	// its delimiter. Nothing of that data is added.
	ErrRecordTooLarge = errors.New("firehose: record too large")

	// ErrOptions reports a Batcher that cannot send: no client, a stream name
	// that the service would refuse, or an invalid option. Nothing is added.
	ErrOptions = errors.New("firehose: invalid options")

	// ErrResponse reports an answer that does not say of each record whether
	// it was accepted, or that does not end. Its records may have been accepted:
	// see Stats.Ambiguous. Records of which an answer says nothing are sent
	// again; if it has another number of entries, all are handed back.
	ErrResponse = errors.New("firehose: response does not match its request")
)

// DeliveryError holds the records that Firehose did not accept. The Batcher or
// Producer no longer holds them: to try again, add each Failed.Data.
type DeliveryError struct {
	Stream string
	// Failed are the undelivered records. The records of one call are in the
	// order in which they were added.
	Failed []FailedRecord
	// Err is why sending stopped: context.Canceled or
	// context.DeadlineExceeded, the error of the last call (a
	// smithy.APIError if the service answered), or, when records were refused
	// until the attempts were used up, a smithy.APIError with the code of the
	// first of them.
	Err error
	// Held is the number of lines that a Batcher still held when it returned
	// this error: lines added after those that failed, not yet tried. The next
	// Flush sends them. A program that ends or starts again here, such as a
	// handler whose whole event is tried again, drops the Batcher with them.
	Held int
}

// FailedRecord is a record that was not accepted.
type FailedRecord struct {
	// Data is the record as it was sent, delimiters included. It is a copy
	// and the caller's to keep.
	Data []byte
	// Lines is the number of lines in Data.
	Lines int
	// Code is the service's error code at the last attempt, empty if there
	// was no answer or no attempt.
	Code string
	// Message is the service's text for the code, or what the code means if the
	// service sent no text, or the text of the error if there was no answer.
	Message string
}

// Lines returns the number of lines in Failed.
func (e *DeliveryError) Lines() int {
	n := 0
	for i := range e.Failed {
		n += e.Failed[i].Lines
	}
	return n
}

// Error returns one line with the number of lines and records and the cause,
// and none of the data.
func (e *DeliveryError) Error() string {
	s := fmt.Sprintf("firehose: stream %s: %s in %s not delivered", e.Stream, count(e.Lines(), "line"), count(len(e.Failed), "record"))
	if e.Held > 0 {
		s += fmt.Sprintf(", %s still held", count(e.Held, "line"))
	}
	if e.Err != nil {
		s += ": " + oneLine(e.Err.Error())
	}
	return s
}

// Unwrap returns Err.
func (e *DeliveryError) Unwrap() error { return e.Err }

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// oneLine keeps an error readable in a log that is read by line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
