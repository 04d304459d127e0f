package firehose

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrRecordTooLarge reports a line that is too long to be sent as one record:
	// with its delimiter it is longer than MaxRecordBytes or Options.BatchBytes.
	// Nothing of the data given to Add is added.
	ErrRecordTooLarge = errors.New("firehose: record too large")

	// ErrOptions reports a Batcher or Producer that cannot send: it has no client,
	// a stream name that the service would refuse, or an invalid option. Nothing is
	// added.
	ErrOptions = errors.New("firehose: invalid options")

	// ErrResponse reports an answer that does not match its request, or that is too
	// large. The records may have been accepted: see Stats.Ambiguous. If the answer
	// says nothing about some records, these are sent again. If it has the wrong number
	// of entries, all records are handed back.
	ErrResponse = errors.New("response does not match its request")
)

// DeliveryError holds the records that were not accepted. The Batcher or Producer no
// longer holds them. To try again, add the Data of each.
type DeliveryError struct {
	// Stream is the name of the stream.
	Stream string
	// Failed holds the records that were not accepted. Records of the same call are in
	// the order in which they were added.
	Failed []FailedRecord
	// Err is the reason. It wraps context.Canceled or context.DeadlineExceeded if
	// there was no time left, otherwise the error of the last call. That is a
	// smithy.APIError if the service answered; if it refused single records, the error
	// has the code of the first of them.
	Err error
	// Held is the number of lines that a Batcher still held when it returned this
	// error: lines added after those that failed and not yet sent. The next Flush sends
	// them. A handler whose whole event is retried must drop the Batcher instead. A
	// Producer leaves Held zero.
	Held int
}

// FailedRecord is a record that was not accepted.
type FailedRecord struct {
	// Data is the record as it was sent, delimiters included. The caller may keep and
	// change it.
	Data []byte
	// Lines is the number of lines in Data.
	Lines int
	// Code is the service's error code of the last attempt. It is empty if there was no
	// answer or no attempt.
	Code string
	// Message is the service's text. It is the meaning of Code if the service sent no
	// text, and the text of the error if there was no answer.
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

// Error returns a single line with the number of lines and records and the cause. It
// contains none of the data.
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

// oneLine replaces the newlines of an error text, so that it is one line in a log.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
