package subscription

import (
	"fmt"
	"unicode/utf8"
)

// Packer gathers log events and emits them as the events of a Lambda function:
// a payload has a document for each log stream that has events in it, one behind
// the other, as payloads of account-level subscriptions have been seen to. All
// events that were added before a Flush are emitted once. It is not safe for
// concurrent use.
type Packer struct {
	// Emit is given each event and the number of log events in it. An error
	// ends the call of the Packer that led to it.
	Emit func(lambdaEvent []byte, logEvents int) error
	// MaxEvents is the most log events in one payload.
	MaxEvents int
	// MaxBytes is the most bytes of a Lambda event.
	MaxBytes int
	// MaxHeld is the most bytes of messages that are held; a payload is emitted
	// when it is reached, however few events it has.
	MaxHeld int

	docs    []Document
	streams map[string]int // index in docs
	events  int
	size    int
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
		p.docs = append(p.docs, Data(stream, timestamp))
	}
	d := &p.docs[i]
	d.LogEvents = append(d.LogEvents, Event{EventID(timestamp, len(d.LogEvents)), timestamp, message})
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

// emit emits documents, in halves if they are too large: the size is known only
// when they are compressed.
func (p *Packer) emit(docs []Document) error {
	b := Lambda(Compress(docs...))
	if len(b) <= p.MaxBytes {
		n := 0
		for i := range docs {
			n += len(docs[i].LogEvents)
		}
		return p.Emit(b, n)
	}
	first, second := docs[:len(docs)/2], docs[len(docs)/2:]
	if len(docs) == 1 {
		d, n := docs[0], len(docs[0].LogEvents)
		if n == 1 {
			return fmt.Errorf("a log event of %d bytes makes a Lambda event of %d, the most is %d", len(d.LogEvents[0].Message), len(b), p.MaxBytes)
		}
		e := d
		d.LogEvents, e.LogEvents = d.LogEvents[:n/2], d.LogEvents[n/2:]
		first, second = []Document{d}, []Document{e}
	}
	if err := p.emit(first); err != nil {
		return err
	}
	return p.emit(second)
}
