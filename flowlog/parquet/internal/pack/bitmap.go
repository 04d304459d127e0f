package pack

import "math/bits"

// Bitmap is a set of rows. Rows after its end are not in the set.
type Bitmap []uint64

// add adds a row.
func (b *Bitmap) add(row int) {
	for len(*b) <= row>>6 {
		*b = append(*b, 0)
	}
	(*b)[row>>6] |= 1 << (row & 63)
}

// Has reports whether a row is in the set.
func (b Bitmap) Has(row int) bool { return b.Bit(row) != 0 }

// Bit returns 1 if a row is in the set, and 0 otherwise.
func (b Bitmap) Bit(row int) uint64 {
	if i := uint(row) >> 6; i < uint(len(b)) {
		return b[i] >> (row & 63) & 1
	}
	return 0
}

// Word returns the bits of the 64 rows from row on, the first in the lowest bit.
func (b Bitmap) Word(row int) uint64 {
	i, shift := row>>6, row&63
	var w uint64
	if i < len(b) {
		w = b[i] >> shift
	}
	if shift > 0 && i+1 < len(b) {
		w |= b[i+1] << (64 - shift)
	}
	return w
}

// Before returns the last row of the set that is before the given one. There must be one.
func (b Bitmap) Before(row int) int {
	for row--; ; row = row&^63 - 1 {
		if w := b[row>>6] << (63 - row&63); w != 0 {
			return row - bits.LeadingZeros64(w)
		}
	}
}

// set adds those of the 64 rows from row on whose bit is set in w, the first in the lowest
// bit. They must be before the end of the Bitmap.
func (b Bitmap) set(row int, w uint64) {
	i, shift := row>>6, row&63
	b[i] |= w << shift
	if w = w >> 1 >> (63 - shift); w != 0 {
		b[i+1] |= w
	}
}
