package encode

import (
	"cmp"
	"slices"
)

// hotValues is how many of the most frequent values of a dictionary come first.
const hotValues = 1 << 10

// arrange puts the values of a dictionary, given by their numbers in the order
// of the values, in the order in which its pages become smallest: first the
// most frequent, so that the high bytes of most indices are zero; then the
// rest, neighbours sharing bytes. It works in place.
func arrange(numbers, counts []uint32) {
	// least is the count from which on values are hot; of those that have just
	// that count, quota are.
	const top = 1 << 12
	var histogram [top]int
	for _, n := range numbers {
		histogram[min(counts[n], top-1)]++
	}
	least, quota := uint32(top-1), hotValues
	for ; least > 0 && histogram[least] <= quota; least-- {
		quota -= histogram[least]
	}
	hot := make([]uint32, 0, hotValues)
	cold := numbers[:0]
	for _, n := range numbers {
		c := min(counts[n], top-1)
		switch {
		case c > least:
			hot = append(hot, n)
		case c == least && quota > 0:
			quota--
			hot = append(hot, n)
		default:
			cold = append(cold, n)
		}
	}
	slices.SortStableFunc(hot, func(a, b uint32) int { return cmp.Compare(counts[b], counts[a]) })
	copy(numbers[len(hot):], cold)
	copy(numbers, hot)
}
