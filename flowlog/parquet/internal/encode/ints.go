package encode

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

const (
	// directSpan is the number of different values up to which values are
	// counted in an array. Port numbers fit.
	directSpan = 1 << 16
	// maxDictInts is the maximum number of values in a dictionary. With more
	// values, a dictionary does not make a chunk smaller.
	maxDictInts = 1 << 17
)

// intScratch is the memory that encoding chunks of integers reuses.
type intScratch[T int32 | int64] struct {
	page     []T // the values of a page that are not null
	min, max T   // of the chunk

	// The dictionary. Each value has a number. In a direct dictionary it is
	// value-min; otherwise it counts the values in the order of the rows.
	direct  bool
	numbers []uint32     // the number of each row's value, if not direct
	values  []T          // the value of each number, if not direct
	table   []intSlot[T] // hash table of the numbers, if not direct
	counts  []uint32     // the frequency of each number
	order   []uint32     // the numbers in the order of the file's dictionary
	index   []uint32     // the index of each number in the file's dictionary
	sorter  keySorter
}

// intSlot is a slot of a hash table with open addressing.
type intSlot[T int32 | int64] struct {
	value  T
	number uint32 // plus 1; 0 if the slot is empty
}

// encodeInts encodes a vector of integers.
func encodeInts[T int32 | int64](e *Encoder, s *intScratch[T], c *Chunk, v *pack.Vector, values []T, order []uint32, h *Hint) error {
	s.bounds(values)
	p, known := h.known(v.Rows)
	dict := (!known || p == planDict) && v.Null < v.Rows && s.count(values, (v.Rows-v.Null)/2+1)
	if dict {
		s.arrange()
	}
	if !known || p == planDict && !dict {
		plans, extra := []plan{planDict, planPlain, planDelta}, []int{0, 0, 0}
		var err error
		switch {
		case !dict:
			plans, extra = plans[1:], extra[1:]
		case len(s.order) == 1:
			plans = plans[:1]
		default:
			s.plainDict(e)
			if extra[0], err = e.cost(); err != nil {
				return err
			}
		}
		from, to := middlePage(v.Rows)
		p, err = e.cheapest(h, v.Rows, from, to, plans, extra, func(p plan, from, to int) { s.encodePage(e, v, values, order, p, from, to) })
		if err != nil {
			return err
		}
	}
	enc, distinct := format.Plain, 0
	switch p {
	case planDict:
		enc, distinct = format.RLEDictionary, len(s.order)
		s.plainDict(e)
		if err := e.appendDictPage(c, distinct); err != nil {
			return err
		}
	case planDelta:
		enc = format.DeltaBinaryPacked
	}
	for from := 0; from < v.Rows; from += PageRows {
		info := s.encodePage(e, v, values, order, p, from, min(from+PageRows, v.Rows))
		if err := e.appendDataPage(c, info, enc); err != nil {
			return err
		}
	}
	typ := format.Int32
	if size[T]() == 8 {
		typ = format.Int64
	}
	c.finish(v, typ, e.Comp.codec, p, enc, distinct)
	if v.Null < v.Rows {
		c.Meta.Statistics.MinValue = appendInt(nil, s.min)
		c.Meta.Statistics.MaxValue = appendInt(nil, s.max)
	}
	return nil
}

// size returns the width of T in bytes.
func size[T int32 | int64]() int {
	if T(1)<<31 < 0 {
		return 4
	}
	return 8
}

// appendInt appends a value in PLAIN encoding.
func appendInt[T int32 | int64](b []byte, v T) []byte {
	if size[T]() == 4 {
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(b, uint64(v))
}

// bounds sets min and max.
func (s *intScratch[T]) bounds(values []T) {
	lo, hi := values[0], values[0]
	for _, x := range values {
		lo, hi = min(lo, x), max(hi, x)
	}
	s.min, s.max = lo, hi
}

// count numbers and counts the distinct values. It reports false if there are
// more than limit or maxDictInts.
func (s *intScratch[T]) count(values []T, limit int) bool {
	limit = min(limit, maxDictInts)
	if span := uint64(s.max) - uint64(s.min); span < directSpan {
		s.direct = true
		s.counts = pack.Resize(s.counts, int(span)+1)
		clear(s.counts)
		for _, x := range values {
			s.counts[uint64(x)-uint64(s.min)]++
		}
		distinct := 0
		for _, n := range s.counts {
			if n > 0 {
				distinct++
			}
		}
		return distinct <= limit
	}
	s.direct = false
	s.numbers = pack.Resize(s.numbers, len(values))
	s.values, s.counts = s.values[:0], s.counts[:0]
	if s.table == nil {
		s.table = make([]intSlot[T], 1<<12)
	}
	clear(s.table)
	for row, x := range values {
		n, ok := s.number(x)
		if !ok && len(s.values) > limit {
			return false
		}
		s.numbers[row] = n
		s.counts[n]++
	}
	return true
}

// number returns the number of a value, and whether it existed before.
func (s *intScratch[T]) number(x T) (uint32, bool) {
	mask := uint64(len(s.table) - 1)
	i := hashInt(uint64(x)) & mask
	for ; s.table[i].number != 0; i = (i + 1) & mask {
		if s.table[i].value == x {
			return s.table[i].number - 1, true
		}
	}
	n := uint32(len(s.values))
	s.values, s.counts = append(s.values, x), append(s.counts, 0)
	s.table[i] = intSlot[T]{x, n + 1}
	if 2*len(s.values) > len(s.table) {
		s.table = make([]intSlot[T], 2*len(s.table))
		mask = uint64(len(s.table) - 1)
		for n, x := range s.values {
			i := hashInt(uint64(x)) & mask
			for s.table[i].number != 0 {
				i = (i + 1) & mask
			}
			s.table[i] = intSlot[T]{x, uint32(n) + 1}
		}
	}
	return n, false
}

// hashInt returns a hash of x.
func hashInt(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

// value returns the value of a number.
func (s *intScratch[T]) value(n uint32) T {
	if s.direct {
		return s.min + T(n)
	}
	return s.values[n]
}

// arrange sets order and index.
func (s *intScratch[T]) arrange() {
	s.order = s.order[:0]
	for n, count := range s.counts {
		if count > 0 {
			s.order = append(s.order, uint32(n))
		}
	}
	if !s.direct {
		s.sort()
	}
	arrange(s.order, s.counts)
	s.index = pack.Resize(s.index, len(s.counts))
	for i, n := range s.order {
		s.index[n] = uint32(i)
	}
}

// sort sorts order by value.
func (s *intScratch[T]) sort() {
	const numberBits = 18 // maxDictInts numbers and one more
	if span := uint64(s.max) - uint64(s.min); span>>(64-numberBits) > 0 {
		slices.SortFunc(s.order, func(a, b uint32) int { return cmp.Compare(s.values[a], s.values[b]) })
		return
	}
	keys := s.sorter.keys[:0]
	for _, n := range s.order {
		keys = append(keys, (uint64(s.values[n])-uint64(s.min))<<numberBits|uint64(n))
	}
	s.sorter.keys = keys
	s.sorter.sort(numberBits)
	for i, key := range s.sorter.keys {
		s.order[i] = uint32(key & (1<<numberBits - 1))
	}
}

// plainDict encodes the dictionary page into e.body.
func (s *intScratch[T]) plainDict(e *Encoder) {
	e.body = e.body[:0]
	for _, n := range s.order {
		e.body = appendInt(e.body, s.value(n))
	}
}

// encodePage encodes the page of the rows from to to into e.body.
func (s *intScratch[T]) encodePage(e *Encoder, v *pack.Vector, values []T, order []uint32, p plan, from, to int) Page {
	info := Page{row: from}
	e.body, info.nulls = e.AppendLevels(e.body[:0], v, order, from, to)
	info.Values = to - from - info.nulls
	page := Gather(s.page[:0], values, v, order, from, to)
	if v.Null > 0 || order != nil {
		s.page = page
	}
	if len(page) > 0 {
		lo, hi := page[0], page[0]
		for _, x := range page {
			lo, hi = min(lo, x), max(hi, x)
		}
		info.Min, info.Max = appendInt(nil, lo), appendInt(nil, hi)
	}
	switch p {
	case planDict:
		e.index = pack.Resize(e.index, len(page))
		if s.direct {
			for i, x := range page {
				e.index[i] = s.index[uint64(x)-uint64(s.min)]
			}
		} else {
			e.codes = e.codes[:0]
			for i, n := range Gather(e.codes, s.numbers, v, order, from, to) {
				e.index[i] = s.index[n]
			}
		}
		width := pack.IndexWidth(len(s.order))
		e.body = pack.AppendHybrid(append(e.body, byte(width)), e.index, width)
	case planDelta:
		e.body = AppendDelta(e, e.body, page)
	default:
		e.body = appendInts(e.body, page)
	}
	return info
}

// appendInts appends values in PLAIN encoding.
func appendInts[T int32 | int64](b []byte, values []T) []byte {
	at := len(b)
	b = slices.Grow(b, len(values)*size[T]())
	b = b[:at+len(values)*size[T]()]
	if size[T]() == 4 {
		for i, x := range values {
			binary.LittleEndian.PutUint32(b[at+4*i:], uint32(x))
		}
		return b
	}
	for i, x := range values {
		binary.LittleEndian.PutUint64(b[at+8*i:], uint64(x))
	}
	return b
}

// AppendDelta appends values in DELTA_BINARY_PACKED encoding.
func AppendDelta[T int32 | int64](e *Encoder, b []byte, values []T) []byte {
	var enc delta.BinaryPackedEncoding
	switch values := any(values).(type) {
	case []int32:
		e.delta, _ = enc.EncodeInt32(e.delta[:0], values) // it never returns an error
	case []int64:
		e.delta, _ = enc.EncodeInt64(e.delta[:0], values)
	}
	return append(b, e.delta...)
}
