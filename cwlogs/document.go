package cwlogs

import (
	"fmt"
	"slices"
	"strings"
)

// Estimates of the memory that lists take beside their text.
const (
	eventBytes  = 48
	mapBytes    = 320 // an ExtractedFields
	entryBytes  = 64  // of an ExtractedFields
	filterBytes = 16
)

// document reads the object at pos, and returns nil if it fails.
func (s *scanner) document() *Batch {
	if s.peek() != '{' {
		s.failf(s.pos, "expected an object, found %s", s.found())
		return nil
	}
	// One allocation for the Batch and its usual one filter.
	mem := new(struct {
		Batch
		filter [1]string
	})
	b := &mem.Batch
	var seen uint
	var message string
	var hasType, hasMessage bool
	budget := s.budget
	for s.pos++; s.next('}'); {
		at := s.pos
		switch name := s.name(); s.field(name, at, &seen, documentNames) {
		case "messageType":
			hasType = s.string((*string)(&b.Type), name)
		case "owner":
			s.string(&b.Owner, name)
		case "logGroup":
			s.string(&b.LogGroup, name)
		case "logStream":
			s.string(&b.LogStream, name)
		case "policyLevel":
			s.string(&b.PolicyLevel, name)
		case "subscriptionFilters":
			b.SubscriptionFilters = s.filters(mem.filter[:0], name)
		case "logEvents":
			b.Events = s.events(name)
		case "message":
			if s.peek() == '"' {
				hasMessage = s.string(&message, name)
			} else {
				s.skip(1)
			}
		default:
			s.skip(1)
		}
	}
	s.budget = budget
	if hasMessage && !hasType && b.Events == nil {
		b.Type = DataMessage
		b.Events = []Event{{Message: message}}
	}
	if s.err != nil {
		return nil
	}
	s.last = len(b.Events)
	return b
}

// events reads the value of logEvents: nil for null, which leaves it out.
func (s *scanner) events(name string) []Event {
	if !s.open('[', name) {
		return nil
	}
	// The first few go into the Decoder's buffer. By their size room is made
	// for all, or for a short document exactly as much as it needs.
	from := s.pos
	events := s.d.events[:0]
	for s.next(']') {
		if s.budget -= eventBytes; s.budget < 0 {
			s.fail(s.pos, fmt.Errorf("%w: too many events for their text", ErrTooLarge))
			break
		}
		if len(events) == fewEvents {
			more := s.estimate((s.pos - from) / fewEvents)
			events = append(make([]Event, 0, fewEvents+more), events...)
		}
		events = append(events, Event{})
		if s.open('{', "event") {
			s.event(&events[len(events)-1])
		}
	}
	if cap(events)-len(events) > len(events)/4 || len(events) <= fewEvents {
		events = append(make([]Event, 0, len(events)), events...)
	}
	clear(s.d.events[:]) // which must not keep the text alive
	return events
}

// fewEvents is how many events are read before their number is estimated.
const fewEvents = 64

// estimate returns how many more events of that average size there may be,
// with a little to spare: in the first document as many as the rest of the
// text holds, in another as many as the one before had, lest every one of many
// documents makes room for all.
func (s *scanner) estimate(size int) int {
	n := (len(s.text) - s.pos) / max(size, 2*eventBytes)
	if s.last >= 0 {
		n = min(n, s.last)
	}
	return n + n/16 + 1
}

// event reads the members of an event whose brace has been read.
func (s *scanner) event(e *Event) {
	for seen := s.usual(e); s.next('}'); {
		at := s.pos
		switch name := s.name(); s.field(name, at, &seen, eventNames) {
		case "id":
			s.string(&e.ID, name)
		case "timestamp":
			s.int(&e.Timestamp, name)
		case "message":
			s.string(&e.Message, name)
		case "extractedFields":
			e.ExtractedFields = s.extracted(name)
		default:
			s.skip(3)
		}
	}
}

// usual reads the members that CloudWatch Logs writes into every event, if they
// are written as it writes them, and returns which of eventNames it has read:
// those three or none. It reads nothing that event would read differently.
func (s *scanner) usual(e *Event) uint {
	const id, timestamp, message, digits = `"id":"`, `","timestamp":`, `,"message":"`, 13
	t := s.text[s.pos:]
	if !strings.HasPrefix(t, id) {
		return 0
	}
	t = t[len(id):]
	n := plainLen(t)
	if n < 0 {
		return 0
	}
	idText := t[:n]
	t = t[n:]
	if len(t) < len(timestamp)+digits+len(message) ||
		t[:len(timestamp)] != timestamp || t[len(timestamp)+digits:len(timestamp)+digits+len(message)] != message {
		return 0
	}
	ms, ok := digits13(t[len(timestamp):])
	if !ok {
		return 0
	}
	t = t[len(timestamp)+digits+len(message):]
	if n = plainLen(t); n < 0 {
		return 0
	}
	s.pos = len(s.text) - len(t) + n + 1
	e.ID, e.Timestamp, e.Message = idText, ms, t[:n]
	return 1<<0 | 1<<1 | 1<<2
}

// extracted reads the value of extractedFields.
func (s *scanner) extracted(name string) map[string]string {
	if !s.open('{', name) {
		return nil
	}
	s.budget -= mapBytes
	m := make(map[string]string)
	for s.next('}') {
		if s.budget -= entryBytes; s.budget < 0 {
			s.fail(s.pos, fmt.Errorf("%w: too many extracted fields for their text", ErrTooLarge))
			break
		}
		at := s.pos
		key := s.name()
		if _, ok := m[key]; ok {
			s.duplicate(at, key)
		}
		var value string
		switch s.peek() {
		case '"', 'n':
			s.string(&value, key)
		default:
			from := s.pos
			s.skip(4)
			value = s.text[from:s.pos]
		}
		m[key] = value
	}
	return m
}

// filters reads the value of subscriptionFilters, appending to dst.
func (s *scanner) filters(dst []string, name string) []string {
	if !s.open('[', name) {
		return nil
	}
	for s.next(']') {
		if s.budget -= filterBytes; s.budget < 0 {
			s.fail(s.pos, fmt.Errorf("%w: too many filters for their text", ErrTooLarge))
			break
		}
		var f string
		s.string(&f, name)
		dst = append(dst, f)
	}
	return dst
}

var (
	documentNames = []string{"messageType", "owner", "logGroup", "logStream",
		"subscriptionFilters", "policyLevel", "logEvents", "message"}
	eventNames = []string{"id", "timestamp", "message", "extractedFields"}
)

// field returns the one of names that name stands for, which as in
// encoding/json need not have the same case, or "". A name seen before fails.
func (s *scanner) field(name string, at int, seen *uint, names []string) string {
	i := slices.Index(names, name)
	if i < 0 {
		i = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	if i < 0 {
		return ""
	}
	if *seen&(1<<i) != 0 {
		s.duplicate(at, name)
	}
	*seen |= 1 << i
	return names[i]
}

func (s *scanner) duplicate(at int, name string) {
	s.failf(at, "duplicate name %s", quote(name))
}
