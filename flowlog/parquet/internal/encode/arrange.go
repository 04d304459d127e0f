package encode

import (
	"cmp"
	"slices"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
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

// keySorter sorts numbers by keys. The keys and the numbers are in the same words: the
// lowest bits of a key are the number.
type keySorter struct {
	keys  []uint64
	spare []uint64 // what keys is next sorted into
}

// fewKeys is the number of keys up to which sorting by comparing them is as fast.
const fewKeys = 1 << 9

// sort sorts keys, of which the lowest low bits, the numbers, are in ascending order. It is
// a radix sort. It is faster than slices.Sort, whose branches are hard to predict.
func (s *keySorter) sort(low uint) {
	if len(s.keys) <= fewKeys {
		slices.Sort(s.keys)
		return
	}
	s.spare = pack.Resize(s.spare, len(s.keys))
	var differ uint64 // the bits that are not the same in all keys
	for _, k := range s.keys {
		differ |= k ^ s.keys[0]
	}
	const bits, mask = 11, 1<<11 - 1
	for shift := low; differ>>shift > 0; shift += bits {
		if differ>>shift&mask == 0 {
			continue
		}
		var starts [mask + 2]uint32
		for _, k := range s.keys {
			starts[k>>shift&mask+1]++
		}
		for i := range mask {
			starts[i+1] += starts[i]
		}
		for _, k := range s.keys {
			at := &starts[k>>shift&mask]
			s.spare[*at] = k
			*at++
		}
		s.keys, s.spare = s.spare, s.keys
	}
}
