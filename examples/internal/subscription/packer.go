// Package subscription packs log lines into the events by which CloudWatch Logs
// delivers them to the Lambda function that is a subscription's destination.
package subscription

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
)

// A Packer gathers log events and emits them as the events of a Lambda function.
// A payload has one document for each log stream that has events in it, one
// after another, as payloads of account-level subscriptions have been seen to.
// All events that were added before a Flush are emitted once. It is not safe for
// concurrent use.
type Packer struct {
	// Emit is called with each event and the number of log events in it. The
	// Packer method that called it returns its error.
	Emit func(lambdaEvent []byte, logEvents int) error
	// MaxEvents is the most log events in one payload.
	MaxEvents int
	// MaxBytes is the largest Lambda event, in bytes.
	MaxBytes int
	// MaxHeld is the most bytes of messages that are held. A payload is emitted
	// when it is reached, however few events the payload has.
	MaxHeld int

	docs    []*cwlogs.Batch
	streams map[string]int // index in docs
	events  int            // held
	size    int            // bytes of messages held
}

// Add adds an event to a log stream. A message that is not UTF-8 is an error,
// because no log event can be.
func (p *Packer) Add(stream string, timestamp int64, message string) error {
	if !utf8.ValidString(message) {
		return fmt.Errorf("not UTF-8, which CloudWatch Logs requires: %.40q", message)
	}
	i, known := p.streams[stream]
	if !known {
		if p.streams == nil {
			p.streams = make(map[string]int)
		}
		i = len(p.docs)
		p.streams[stream] = i
		d := cwlogstest.DataMessage()
		d.LogStream = stream
		p.docs = append(p.docs, d)
	}
	d := p.docs[i]
	d.Events = append(d.Events, cwlogs.Event{ID: cwlogstest.EventID(timestamp, len(d.Events)), Timestamp: timestamp, Message: message})
	p.events++
	p.size += len(message)
	if p.events < p.MaxEvents && p.size < p.MaxHeld {
		return nil
	}
	return p.Flush()
}

// Flush emits all that is held.
func (p *Packer) Flush() error {
	if p.events == 0 {
		return nil
	}
	docs := p.docs
	p.docs, p.events, p.size = nil, 0, 0
	clear(p.streams)
	return p.emit(docs)
}

// emit emits documents, in halves if they are too large: their size is known
// only after compression.
func (p *Packer) emit(docs []*cwlogs.Batch) error {
	b, err := Event(docs...)
	if err != nil {
		return err
	}
	if len(b) <= p.MaxBytes {
		n := 0
		for _, d := range docs {
			n += len(d.Events)
		}
		return p.Emit(b, n)
	}
	first, second := docs[:len(docs)/2], docs[len(docs)/2:]
	if len(docs) == 1 {
		d, n := *docs[0], len(docs[0].Events)
		if n == 1 {
			return fmt.Errorf("a log event of %d bytes makes a Lambda event of %d, the most is %d", len(d.Events[0].Message), len(b), p.MaxBytes)
		}
		e := d
		d.Events, e.Events = d.Events[:n/2], d.Events[n/2:]
		first, second = []*cwlogs.Batch{&d}, []*cwlogs.Batch{&e}
	}
	if err := p.emit(first); err != nil {
		return err
	}
	return p.emit(second)
}

// Event returns the JSON of the Lambda event that delivers docs.
func Event(docs ...*cwlogs.Batch) ([]byte, error) {
	return json.Marshal(cwlogstest.LambdaEventOf(cwlogstest.Payload(docs...)))
}
