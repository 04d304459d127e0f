package encode

import (
	"cmp"
	"slices"
)

// hotValues is the number of most frequent values that come first in a
// dictionary.
const hotValues = 1 << 10

// arrange puts the values of a dictionary in the order that makes the pages
// smallest. The hotValues most frequent values come first, so that the high
// bytes of most indices are zero. The rest follows in the order of the values,
// where neighbors share bytes. numbers are the values' numbers in the order of
// the values, and are rearranged in place; counts has the frequency of each
// number.
func arrange(numbers, counts []uint32) {
	// Values with a count above least are hot, and the first quota of those
	// with the count least.
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
