package encode

import (
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// Sorter sorts the rows of row groups. It reuses its memory.
type Sorter struct {
	texts textScratch
	keys  []uint64 // for each row, a number that compares as its value does
	order []uint32 // the rows as sorted so far
	spare []uint32 // what order is next sorted into
}

// Sort returns the rows of the vectors sorted by the given columns, the most
// significant first. Nulls come last. The sort is stable. The slice is valid
// until the next call.
func (s *Sorter) Sort(vectors []pack.Vector, rows int, columns []int) []uint32 {
	s.order, s.spare = pack.Resize(s.order, rows), pack.Resize(s.spare, rows)
	for i := range s.order {
		s.order[i] = uint32(i)
	}
	for i := len(columns) - 1; i >= 0; i-- {
		s.by(s.key(&vectors[columns[i]]))
	}
	return s.order
}

// key sets keys to numbers that compare as the values of v do, with nulls last.
// It returns the largest key; the smallest is 0.
func (s *Sorter) key(v *pack.Vector) uint64 {
	v.Settle()
	s.keys = pack.Resize(s.keys, v.Rows)
	var last uint64
	switch v.Type {
	case format.Int32:
		last = intKeys(s.keys, v, v.Ints32)
	case format.Int64:
		last = intKeys(s.keys, v, v.Ints64)
	default:
		last = s.textKeys(v)
	}
	if v.Null > 0 {
		last++
		for row := range s.keys {
			if v.Nulls.Has(row) {
				s.keys[row] = last
			}
		}
	}
	return last
}

// intKeys sets the keys of integers and returns the largest.
func intKeys[T int32 | int64](keys []uint64, v *pack.Vector, values []T) uint64 {
	var s intScratch[T]
	s.bounds(values)
	for row, x := range values {
		keys[row] = uint64(x) - uint64(s.min)
	}
	return uint64(s.max) - uint64(s.min)
}

// textKeys sets the keys of texts and returns the largest. The key of a text is
// its rank among the distinct texts. A flat dictionary may hold a text several
// times.
func (s *Sorter) textKeys(v *pack.Vector) uint64 {
	d := &v.Dict
	if d.Len() == 0 {
		clear(s.keys)
		return 0
	}
	s.texts.prefix(d)
	s.texts.sorted(d)
	s.texts.index = pack.Resize(s.texts.index, d.Len())
	place := uint32(0)
	for i, n := range s.texts.order {
		if i > 0 && string(d.Text(n)) != string(d.Text(s.texts.order[i-1])) {
			place++
		}
		s.texts.index[n] = place
	}
	for row, n := range v.Codes {
		s.keys[row] = uint64(s.texts.index[n])
	}
	return uint64(place)
}

// by sorts order by keys. last is the largest key. It is a radix sort of 16 bits
// at a time, which is stable.
func (s *Sorter) by(last uint64) {
	const bits = 16
	for shift := 0; shift < 64 && last>>shift > 0; shift += bits {
		var starts [1<<bits + 1]uint32
		for _, k := range s.keys {
			starts[k>>shift&(1<<bits-1)+1]++
		}
		for i := range 1 << bits {
			starts[i+1] += starts[i]
		}
		for _, row := range s.order {
			digit := s.keys[row] >> shift & (1<<bits - 1)
			s.spare[starts[digit]] = row
			starts[digit]++
		}
		s.order, s.spare = s.spare, s.order
	}
}
