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
	events := s.d.events[:0]
	var seen uint
	var message string
	var hasType, hasEvents, hasMessage bool
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
			events, hasEvents = s.events(events, name)
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
	if hasEvents {
		b.Events = make([]Event, len(events))
		copy(b.Events, events)
	} else if hasMessage && !hasType {
		b.Type = DataMessage
		b.Events = []Event{{Message: message}}
	}
	// The scratch must not keep the text of a payload alive.
	clear(events)
	if s.d.events = events[:0]; cap(events) > keepEvents {
		s.d.events = nil
	}
	if s.err != nil {
		return nil
	}
	return b
}

// events reads the value of logEvents, appending to dst. The result is false
// for null, which leaves the field out.
func (s *scanner) events(dst []Event, name string) ([]Event, bool) {
	if !s.open('[', name) {
		return dst, false
	}
	for s.next(']') {
		if s.budget -= eventBytes; s.budget < 0 {
			s.fail(s.pos, fmt.Errorf("%w: too many events for their text", ErrTooLarge))
			break
		}
		dst = append(dst, Event{})
		if s.open('{', "event") {
			s.event(&dst[len(dst)-1])
		}
	}
	return dst, s.err == nil
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
