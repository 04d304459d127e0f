package pack

// bitmap is a set of rows. Rows after its end are not in the set.
type bitmap []uint64

// add adds a row.
func (b *bitmap) add(row int) {
	for len(*b) <= row>>6 {
		*b = append(*b, 0)
	}
	(*b)[row>>6] |= 1 << (row & 63)
}

// Has reports whether a row is in the set.
func (b bitmap) Has(row int) bool { return row>>6 < len(b) && b[row>>6]>>(row&63)&1 != 0 }

// Word returns the bits of the 64 rows from row on, the first in the lowest bit.
func (b bitmap) Word(row int) uint64 {
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
