package encode

import (
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// Sorter puts the rows of a row group in order.
type Sorter struct {
	texts textScratch
	keys  []uint64 // of each row, for one column
	order []uint32
	spare []uint32
}

// Sort returns the rows of the vectors in the order of the columns, nulls last, rows that
// compare equal in their own order. The slice is the sorter's.
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

// key fills in keys with numbers that compare as the values of a column do, the
// least being zero, and returns the greatest.
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

// intKeys makes keys of numbers.
func intKeys[T int32 | int64](keys []uint64, v *pack.Vector, values []T) uint64 {
	var s intScratch[T]
	s.bounds(values)
	for row, x := range values {
		keys[row] = uint64(x) - uint64(s.min)
	}
	return uint64(s.max) - uint64(s.min)
}

// textKeys makes keys of text: the place of each among the texts in order. In
// a flat dictionary a text can stand twice; equal texts then have one place.
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

// by sorts the order by keys, of which last is the greatest, and keeps the
// order of equal ones: a radix sort, 16 bits at a time.
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
