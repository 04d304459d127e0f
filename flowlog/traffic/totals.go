package traffic

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Totals holds sums over records. A sum that overflows an int64 stays at the largest
// int64.
type Totals struct {
	Records  int64             `json:"records"`  // records added
	Openings int64             `json:"openings"` // records with Flow.Opening
	Accepted int64             `json:"accepted"` // records with the action ACCEPT; transit gateway records have no action
	Rejected int64             `json:"rejected"` // records with the action REJECT
	Packets  int64             `json:"packets"`  // sum of the field packets
	Bytes    int64             `json:"bytes"`    // sum of the field bytes
	First    flowlog.Timestamp `json:"first"`    // the earliest start, as logged; 0 if no record has one
	Last     flowlog.Timestamp `json:"last"`     // the latest end, as logged; 0 if no record has one
}

// Add adds a record, classified as f. It does not allocate.
func (t *Totals) Add(r *flowlog.Record, f Flow) {
	t.Records++
	if f.Opening {
		t.Openings++
	}
	switch r.Action {
	case flowlog.Accept:
		t.Accepted++
	case flowlog.Reject:
		t.Rejected++
	}
	t.Packets = add(t.Packets, r.Packets)
	t.Bytes = add(t.Bytes, r.Bytes)
	t.span(r.Start, r.End)
}

// Merge adds the sums of o to t.
func (t *Totals) Merge(o Totals) {
	t.Records = add(t.Records, o.Records)
	t.Openings = add(t.Openings, o.Openings)
	t.Accepted = add(t.Accepted, o.Accepted)
	t.Rejected = add(t.Rejected, o.Rejected)
	t.Packets = add(t.Packets, o.Packets)
	t.Bytes = add(t.Bytes, o.Bytes)
	t.span(o.First, o.Last)
}

// add returns a+b, or the largest int64 if the sum overflows. a and b must not be
// negative.
func add(a, b int64) int64 {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxInt64
}

// span extends the period from First to Last. A time of 0 means that it is not known.
func (t *Totals) span(first, last flowlog.Timestamp) {
	if first != 0 && (t.First == 0 || millis(first) < millis(t.First)) {
		t.First = first
	}
	if last != 0 && millis(last) > millis(t.Last) {
		t.Last = last
	}
}

// millis returns a timestamp in milliseconds, for comparisons. Like
// flowlog.Timestamp.Time, it takes values of 100,000,000,000 or more as milliseconds.
func millis(t flowlog.Timestamp) flowlog.Timestamp {
	if t < 100_000_000_000 {
		return t * 1000
	}
	return t
}

// Tally groups Totals by a key, such as a Service, a netip.Addr or your own struct. Its
// memory grows with the number of keys, which a hostile log can make large. It is not safe
// for concurrent use; give each goroutine its own Tally and combine them with Merge.
type Tally[K comparable] map[K]*Totals

// Add adds a record, classified as f, to the Totals of a key. It allocates only for a new
// key.
func (t Tally[K]) Add(key K, r *flowlog.Record, f Flow) { t.totals(key).Add(r, f) }

// Merge adds the Totals of o to those of t. It does not retain the Totals of o.
func (t Tally[K]) Merge(o Tally[K]) {
	for key, totals := range o {
		t.totals(key).Merge(*totals)
	}
}

// totals returns the Totals of a key and creates them if needed.
func (t Tally[K]) totals(key K) *Totals {
	totals := t[key]
	if totals == nil {
		totals = new(Totals)
		t[key] = totals
	}
	return totals
}

// Entry is a key of a Tally with its Totals.
type Entry[K comparable] struct {
	Key K `json:"key"`
	Totals
}

// Top returns the first n entries in the order of compare, or all entries if n is 0 or
// less. If compare is nil, entries with the most records come first. Entries that compare as
// equal are sorted by the text of their keys, so the result does not depend on the order of
// the map. The entries are copies that the caller owns.
func (t Tally[K]) Top(n int, compare func(a, b Entry[K]) int) []Entry[K] {
	if compare == nil {
		compare = func(a, b Entry[K]) int { return cmp.Compare(b.Records, a.Records) }
	}
	all := make([]Entry[K], 0, len(t))
	for key, totals := range t {
		all = append(all, Entry[K]{key, *totals})
	}
	slices.SortFunc(all, func(a, b Entry[K]) int {
		if c := compare(a, b); c != 0 {
			return c
		}
		return cmp.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key))
	})
	if n > 0 && n < len(all) {
		all = slices.Clip(all[:n])
	}
	return all
}
