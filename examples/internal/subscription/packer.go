// Package subscription packs log lines into the events that CloudWatch Logs
// delivers to a Lambda function, the destination of a subscription.
package subscription

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
)

// A Packer collects log events and emits them as Lambda events. A payload has
// one document for each log stream, as in observed payloads of account-level
// subscriptions. After a Flush, all events added before it have been emitted
// once. A Packer is not safe for concurrent use.
type Packer struct {
	// Emit is called with each Lambda event and the number of log events in it.
	// Add or Flush returns its error.
	Emit func(lambdaEvent []byte, logEvents int) error
	// MaxEvents is the maximum number of log events in a payload.
	MaxEvents int
	// MaxBytes is the maximum size of a Lambda event in bytes.
	MaxBytes int
	// MaxHeld is the number of bytes of messages at which a payload is emitted,
	// even if it has fewer than MaxEvents.
	MaxHeld int

	docs    []*cwlogs.Batch // not emitted yet
	streams map[string]int  // the index in docs of each stream
	events  int             // in docs
	size    int             // bytes of messages in docs
}

// Add adds an event to a log stream. It returns an error if the message is not
// UTF-8, which CloudWatch Logs requires.
func (p *Packer) Add(stream string, timestamp int64, message string) error {
	if !utf8.ValidString(message) {
		return fmt.Errorf("log event is not UTF-8: %.40q", message)
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

// Flush emits all events that are not emitted yet.
func (p *Packer) Flush() error {
	if p.events == 0 {
		return nil
	}
	docs := p.docs
	p.docs, p.events, p.size = nil, 0, 0
	clear(p.streams)
	return p.emit(docs)
}

// emit emits documents. If their Lambda event is too large, which is known only
// after compression, it emits them in two halves.
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
			return fmt.Errorf("log event of %d bytes needs a Lambda event of %d bytes, want at most %d", len(d.Events[0].Message), len(b), p.MaxBytes)
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

// Event returns the JSON of a Lambda event with docs.
func Event(docs ...*cwlogs.Batch) ([]byte, error) {
	return json.Marshal(cwlogstest.LambdaEventOf(cwlogstest.Payload(docs...)))
}
