package cwlogs

import "fmt"

// What Batches take of the heap beside the text, in bytes.
const (
	batchBytes        = 144 // with room for one filter
	eventBytes        = 54  // 48, and an eighth for the allocator's size classes
	filterBytes       = 48  // each after the first, while the slice grows
	mapBytes          = 64  // an empty ExtractedFields
	firstEntries      = 8
	firstEntriesBytes = 304 // the first eight entries
	entryBytes        = 76  // each entry after those
	growingBytes      = 40  // of each entry, while the map grows
)

// minBudget is what the Batches of any payload may take.
const minBudget = 64 << 10

// newBudget returns how much memory the Batches of one payload may take beside
// their text: twice as much as the text.
func (d *Decoder) newBudget() int64 { return max(minBudget, 2*d.maxBytes()) }

// charge takes n bytes out of the budget and reports whether it holds them. If
// it does not, the scanner fails.
func (s *scanner) charge(n int64, what string) bool {
	if s.budget -= n; s.budget >= 0 {
		return true
	}
	s.fail(s.pos, fmt.Errorf("%w: its %s take more than %d bytes", ErrTooLarge, what, s.d.newBudget()))
	return false
}

// lend is charge for memory that is soon free again.
func (s *scanner) lend(n int64, what string) bool {
	ok := s.charge(n, what)
	s.budget += n
	return ok
}
