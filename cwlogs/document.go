package cwlogs

import (
	"slices"
	"strings"
)

// document reads the object at pos. It returns nil if the scanner fails.
func (s *scanner) document() *Batch {
	if s.peek() != '{' {
		s.failf(s.pos, "expected an object, found %s", s.found())
		return nil
	}
	if !s.charge(batchBytes, "documents") {
		return nil
	}
	// Most documents have one filter: allocate it with the Batch.
	mem := new(struct {
		Batch
		filter [1]string
	})
	b := &mem.Batch
	var seen uint
	var message string
	var hasType, hasMessage bool
	for s.pos++; s.next('}'); {
		at := s.pos
		switch name := s.name(); s.field(name, at, &seen, documentNames) {
		case "messageType":
			hasType = s.value((*string)(&b.Type), 1)
		case "owner":
			s.value(&b.Owner, 1)
		case "logGroup":
			s.value(&b.LogGroup, 1)
		case "logStream":
			s.value(&b.LogStream, 1)
		case "policyLevel":
			s.value(&b.PolicyLevel, 1)
		case "subscriptionFilters":
			b.SubscriptionFilters = s.filters(mem.filter[:0])
		case "logEvents":
			b.Events = s.events(name)
		case "message":
			if s.peek() == '"' {
				hasMessage = s.value(&message, 1)
			} else {
				s.skip(1)
			}
		default:
			s.skip(1)
		}
	}
	if hasMessage && !hasType && b.Events == nil && s.charge(eventBytes, "events") {
		b.Type = DataMessage
		b.Events = []Event{{Message: message}}
	}
	if s.err != nil {
		return nil
	}
	s.last = len(b.Events)
	return b
}

// events reads the value of logEvents. It returns nil for null.
func (s *scanner) events(name string) []Event {
	if !s.open('[', name) {
		return nil
	}
	// The first events go into a buffer of the Decoder. From their size, the
	// number of all events is estimated. A short document gets exactly as many
	// as it has.
	from := s.pos
	events := s.d.events[:0]
	for s.next(']') {
		if len(events) == cap(events) {
			more := len(events) / 4
			if len(events) == fewEvents {
				more = s.estimate((s.pos - from) / fewEvents)
			}
			more = max(1, min(more, int(s.budget/eventBytes)-len(events)))
			events = s.resize(events, len(events)+more)
		}
		events = append(events, Event{})
		if s.open('{', "event") {
			s.event(&events[len(events)-1])
		}
	}
	tight := s.budget < eventBytes*int64(len(events))
	if len(events) <= fewEvents || cap(events)-len(events) > len(events)/4 && !tight {
		events = s.resize(events, len(events))
	}
	clear(s.d.events[:]) // do not keep the text alive
	return events
}

// fewEvents is the number of events after which the number of all is estimated.
const fewEvents = 64

// resize copies events to a new slice of capacity n. It charges for the new
// slice, and returns the charge for the old one unless that is the Decoder's.
func (s *scanner) resize(events []Event, n int) []Event {
	if !s.charge(eventBytes*int64(n), "events") {
		return nil
	}
	if len(events) > fewEvents {
		s.budget += eventBytes * int64(cap(events))
	}
	return append(make([]Event, 0, n), events...)
}

// estimate returns the expected number of further events, and a few more. size
// is the average size of the events so far, in bytes. The first document is
// expected to fill the rest of the text. A later one is expected to have at most
// as many events as the one before, so that each of many documents does not
// allocate for all of them.
func (s *scanner) estimate(size int) int {
	n := (len(s.text) - s.pos) / max(size, 2*eventBytes)
	if s.last >= 0 {
		n = min(n, s.last)
	}
	return n + n/16 + 1
}

// event reads the members of an event after its opening brace.
func (s *scanner) event(e *Event) {
	for seen := s.usual(e); s.next('}'); {
		at := s.pos
		switch name := s.name(); s.field(name, at, &seen, eventNames) {
		case "id":
			s.value(&e.ID, 3)
		case "timestamp":
			s.int(&e.Timestamp, name, 3)
		case "message":
			s.value(&e.Message, 3)
		case "extractedFields":
			e.ExtractedFields = s.extracted(name)
		default:
			s.skip(3)
		}
	}
}

// usual reads id, timestamp and message if they have the form that CloudWatch
// Logs always writes. It returns the set of eventNames it has read: all three or
// none. It is a fast path: event would read the same values. BenchmarkFastPaths
// measures its gain.
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
	s.charge(mapBytes, "extracted fields")
	m := make(map[string]string)
	for s.next('}') {
		switch {
		case len(m) == 0:
			s.charge(firstEntriesBytes, "extracted fields")
		case len(m) >= firstEntries:
			s.charge(entryBytes, "extracted fields")
			s.lend(growingBytes*int64(len(m)), "extracted fields")
		}
		at := s.pos
		key := s.name()
		if _, ok := m[key]; ok {
			s.duplicate(at, key)
		}
		var value string
		if s.value(&value, 4); s.err != nil {
			break
		}
		m[key] = value
	}
	return m
}

// filters reads the value of subscriptionFilters and appends it to dst, which
// has a capacity of one.
func (s *scanner) filters(dst []string) []string {
	if s.null() {
		return nil
	}
	if s.peek() != '[' {
		s.value(&dst[:1][0], 1)
		return dst[:1]
	}
	for s.pos++; s.next(']'); {
		if len(dst) > 0 && !s.charge(filterBytes, "filters") {
			break
		}
		var f string
		s.value(&f, 2)
		dst = append(dst, f)
	}
	return dst
}

var (
	documentNames = []string{"messageType", "owner", "logGroup", "logStream",
		"subscriptionFilters", "policyLevel", "logEvents", "message"}
	eventNames = []string{"id", "timestamp", "message", "extractedFields"}
)

// field returns the element of names that equals name, in any case as in
// encoding/json, or "" if there is none. The scanner fails if the name is in
// seen, the set of names before it. at is the offset of the name.
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
