package cwlogs

import "fmt"

// The memory of Batches, in bytes on the heap, besides the text.
const (
	batchBytes        = 144 // a Batch with one subscription filter
	eventBytes        = 54  // an Event: 48, and 1/8 for the size classes of the allocator
	filterBytes       = 48  // each further filter, while the slice grows
	mapBytes          = 64  // an empty ExtractedFields map
	firstEntries      = 8   // entries that a map allocates together
	firstEntriesBytes = 304 // those entries
	entryBytes        = 76  // each further entry
	growingBytes      = 40  // each entry, in addition, while the map grows
)

// minBudget is the smallest budget, in bytes.
const minBudget = 64 << 10

// newBudget returns the number of bytes that the Batches of one payload may take
// besides their text: twice the limit on the text.
func (d *Decoder) newBudget() int64 { return max(minBudget, 2*d.maxBytes()) }

// charge subtracts n bytes from the budget. If too few are left, the scanner
// fails and charge returns false. what names the things in the error.
func (s *scanner) charge(n int64, what string) bool {
	if s.budget -= n; s.budget >= 0 {
		return true
	}
	s.fail(s.pos, fmt.Errorf("%w: its %s take more than %d bytes", ErrTooLarge, what, s.d.newBudget()))
	return false
}

// lend is charge for memory that is needed for a short time only. It leaves the
// budget as it was.
func (s *scanner) lend(n int64, what string) bool {
	ok := s.charge(n, what)
	s.budget += n
	return ok
}
