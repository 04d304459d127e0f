package subscription

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// Packer gathers log events, one document per log stream at a time, and emits
// them as the events of a Lambda function. All events that were added before a
// Flush are emitted once. It is not safe for concurrent use.
type Packer struct {
	// Emit is given each event and the number of log events in it. An error
	// ends the call of the Packer that led to it.
	Emit func(lambdaEvent []byte, logEvents int) error
	// MaxEvents is the most log events in one document.
	MaxEvents int
	// MaxBytes is the most bytes of a Lambda event.
	MaxBytes int
	// MaxHeld is the most bytes of messages that are held for all streams
	// together; when it is reached, the largest documents are emitted, however
	// many events they have.
	MaxHeld int

	streams map[string]*held
	held    int
}

type held struct {
	doc  Document
	size int // of the messages
}

// perEvent is what an event costs besides its message, in memory.
const perEvent = 120

// Add adds an event to a log stream. A message that is not UTF-8 is an error,
// because no log event can be.
func (p *Packer) Add(stream string, timestamp int64, message string) error {
	if !utf8.ValidString(message) {
		return fmt.Errorf("not UTF-8, which CloudWatch Logs requires: %.40q", message)
	}
	h := p.streams[stream]
	if h == nil {
		if p.streams == nil {
			p.streams = make(map[string]*held)
		}
		h = &held{doc: Data(stream, timestamp)}
		p.streams[stream] = h
	}
	h.doc.LogEvents = append(h.doc.LogEvents, Event{EventID(timestamp, len(h.doc.LogEvents)), timestamp, message})
	size := len(message) + perEvent
	h.size += size
	p.held += size
	if len(h.doc.LogEvents) >= p.MaxEvents {
		return p.emit(h)
	}
	if p.held >= p.MaxHeld {
		return p.emitLargest()
	}
	return nil
}

// Flush emits all that is held, in the order of the streams' names.
func (p *Packer) Flush() error {
	for _, name := range slices.Sorted(maps.Keys(p.streams)) {
		if err := p.emit(p.streams[name]); err != nil {
			return err
		}
	}
	return nil
}

// emitLargest emits half of what is held.
func (p *Packer) emitLargest() error {
	all := slices.SortedFunc(maps.Values(p.streams), func(a, b *held) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.doc.LogStream, b.doc.LogStream))
	})
	for _, h := range all {
		if p.held <= p.MaxHeld/2 {
			break
		}
		if err := p.emit(h); err != nil {
			return err
		}
	}
	return nil
}

// emit emits what is held for a stream and forgets the stream.
func (p *Packer) emit(h *held) error {
	delete(p.streams, h.doc.LogStream)
	p.held -= h.size
	return p.emitDocument(h.doc)
}

// emitDocument emits a document, in halves if it is too large: its size is
// known only when it is compressed.
func (p *Packer) emitDocument(d Document) error {
	b := Lambda(Compress(d))
	if len(b) <= p.MaxBytes {
		return p.Emit(b, len(d.LogEvents))
	}
	n := len(d.LogEvents)
	if n < 2 {
		return fmt.Errorf("a log event of stream %s makes an event of %d bytes, the most is %d", d.LogStream, len(b), p.MaxBytes)
	}
	first, second := d, d
	first.LogEvents, second.LogEvents = d.LogEvents[:n/2], d.LogEvents[n/2:]
	if err := p.emitDocument(first); err != nil {
		return err
	}
	return p.emitDocument(second)
}
