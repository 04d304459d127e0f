package encode

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

const (
	// maxDictText is the maximum size in bytes of a dictionary. It may be larger
	// if the values without a dictionary would take maxDictTimes its size.
	maxDictText  = 16 << 20
	maxDictTimes = 4
	// maxWrittenOut is the number of bytes above which texts that repeat
	// maxDictTimes on average are always written with a dictionary.
	maxWrittenOut = 64 << 20
	// PageBytes is the maximum size in bytes of the texts of a page without a
	// dictionary. A page of a single text may be larger.
	PageBytes = 8 << 20
)

// fewTexts is the number of distinct texts up to which bound first finds the
// texts of a page, and then compares them.
const fewTexts = 1 << 8

// textScratch is the memory that encoding chunks of text reuses. The number of a
// text is its number in the vector's dictionary.
type textScratch struct {
	seen     [fewTexts]bool // for each number, whether a page has the text
	some     []uint32       // the numbers that are set in seen
	lengths  []int32        // the lengths of the texts of a page
	prefixes []uint64       // for each number, pack.Prefix of the text
	longest  int            // length in bytes of the longest text
	sorter   keySorter
	counts   []uint32 // the frequency of each number
	order    []uint32 // the numbers in the order of the file's dictionary
	index    []uint32 // the index of each number in the file's dictionary
}

// encodeText encodes a vector of text.
func (e *Encoder) encodeText(c *Chunk, v *pack.Vector, order []uint32, h *Hint, bloom bool) error {
	s, d := &e.texts, &v.Dict
	s.prefix(d)
	p, known := h.known(v.Rows)
	values := v.Rows - v.Null
	out := s.writtenOut(v)
	// Without a dictionary, texts that repeat could take gigabytes. The plan of
	// another row group, or the cheapest plan of one page, must not lead there.
	heavy := out > maxWrittenOut && out/maxDictTimes >= len(d.Arena)
	dict := d.Len() > 0 && !d.Flat && (heavy || d.Len() <= values-values/8 && (len(d.Arena) <= maxDictText || out/maxDictTimes >= len(d.Arena)))
	if dict && p == planDelta && (heavy || d.Len() <= values/2) {
		known = false // texts repeat more than in the row groups before
	}
	dict = dict && (!known || p == planDict)
	if dict {
		s.arrange(v)
	}
	if !known || p == planDict && !dict {
		plans, extra := []plan{planDict, planDelta}, []int{0, 0}
		var err error
		switch {
		case !dict:
			plans, extra = plans[1:], extra[1:]
		case heavy || d.Len() < values/32:
			plans = plans[:1]
		default:
			s.plainDict(e, d)
			if extra[0], err = e.cost(); err != nil {
				return err
			}
		}
		from, _ := middlePage(v.Rows)
		to := s.pageEnd(v, order, planDelta, from)
		p, err = e.cheapest(h, v.Rows, from, to, plans, extra, func(p plan, from, to int) { s.encodePage(e, v, order, p, from, to) })
		if err != nil {
			return err
		}
	}
	enc, distinct := format.DeltaLengthByteArray, 0
	if p == planDict {
		enc, distinct = format.RLEDictionary, len(s.order)
		s.plainDict(e, d)
		if err := e.appendDictPage(c, distinct); err != nil {
			return err
		}
	}
	bounded := true
	for from, to := 0, 0; from < v.Rows; from = to {
		to = s.pageEnd(v, order, p, from)
		info := s.encodePage(e, v, order, p, from, to)
		bounded = bounded && len(info.Min) <= maxBound && len(info.Max) <= maxBound
		if err := e.appendDataPage(c, info, enc); err != nil {
			return err
		}
	}
	c.finish(v, format.ByteArray, e.Comp.codec, p, enc, distinct)
	if bounded {
		c.bound()
	} else {
		c.dropBounds()
	}
	if bloom && d.Len() > 0 {
		return c.addBloom(d)
	}
	return nil
}

// bound sets the chunk's minimum and maximum to those of its pages.
func (c *Chunk) bound() {
	m := &c.Meta.Statistics
	for _, p := range c.Pages {
		if p.Values == 0 {
			continue
		}
		if m.MinValue == nil || bytes.Compare(p.Min, m.MinValue) < 0 {
			m.MinValue = p.Min
		}
		if m.MaxValue == nil || bytes.Compare(p.Max, m.MaxValue) > 0 {
			m.MaxValue = p.Max
		}
	}
}

// dropBounds removes minimums and maximums from the pages. The chunk then has no
// column index.
func (c *Chunk) dropBounds() {
	for i := range c.Pages {
		c.Pages[i].Min, c.Pages[i].Max = nil, nil
	}
	c.unbounded = true
}

// prefix sets prefixes and longest.
func (s *textScratch) prefix(d *pack.Dictionary) {
	s.prefixes, s.longest = s.prefixes[:0], 0
	start := uint32(0)
	for _, end := range d.Ends {
		s.prefixes = append(s.prefixes, pack.Prefix(d.Arena[start:end]))
		s.longest = max(s.longest, int(end-start))
		start = end
	}
}

// writtenOut returns the size in bytes of the values without a dictionary. It
// returns 0 if they are too small for it to matter.
func (s *textScratch) writtenOut(v *pack.Vector) int {
	if len(v.Dict.Arena) <= maxDictText && s.longest*v.Rows <= maxWrittenOut {
		return 0
	}
	out := 0
	for row, n := range v.Codes {
		if !v.Nulls.Has(row) {
			out += len(v.Dict.Text(n))
		}
	}
	return out
}

// pageEnd returns the row after the last row of the page that begins at from.
func (s *textScratch) pageEnd(v *pack.Vector, order []uint32, p plan, from int) int {
	to := min(from+PageRows, v.Rows)
	if p == planDict || s.longest <= PageBytes/PageRows {
		return to
	}
	size := 0
	for i := from; i < to; i++ {
		row := uint32(i)
		if order != nil {
			row = order[i]
		}
		if v.Nulls.Has(int(row)) {
			continue
		}
		if size += len(v.Dict.Text(v.Codes[row])); size > PageBytes && i > from {
			return i
		}
	}
	return to
}

// sorted sets order to the numbers of the dictionary in the order of the texts.
func (s *textScratch) sorted(d *pack.Dictionary) {
	s.order = pack.Resize(s.order, d.Len())
	for i := range s.order {
		s.order[i] = uint32(i)
	}
	slices.SortFunc(s.order, func(a, b uint32) int {
		if c := cmp.Compare(s.prefixes[a], s.prefixes[b]); c != 0 {
			return c
		}
		return bytes.Compare(d.Text(a), d.Text(b))
	})
}

// arrange sets order and index for the file's dictionary. It orders the texts by
// their first five bytes, which is exact enough. The other 24 bits of a sort key
// are the number of the text; a row group has at most 1<<24 rows.
func (s *textScratch) arrange(v *pack.Vector) {
	s.counts = pack.Resize(s.counts, v.Dict.Len())
	clear(s.counts)
	for _, n := range v.Codes {
		s.counts[n]++
	}
	keys := s.sorter.keys[:0]
	for n, p := range s.prefixes {
		if s.counts[n] > 0 { // 0 if only refused records have the text
			keys = append(keys, p&^(1<<24-1)|uint64(n))
		}
	}
	s.sorter.keys = keys
	s.sorter.sort(24)
	s.order = pack.Resize(s.order, len(keys))
	for i, key := range s.sorter.keys {
		s.order[i] = uint32(key & (1<<24 - 1))
	}
	arrange(s.order, s.counts)
	s.index = pack.Resize(s.index, len(s.counts))
	for i, n := range s.order {
		s.index[n] = uint32(i)
	}
}

// plainDict encodes the dictionary page into e.body.
func (s *textScratch) plainDict(e *Encoder, d *pack.Dictionary) {
	e.body = e.body[:0]
	for _, n := range s.order {
		text := d.Text(n)
		e.body = append(binary.LittleEndian.AppendUint32(e.body, uint32(len(text))), text...)
	}
}

// encodePage encodes the page of the rows from to to into e.body.
func (s *textScratch) encodePage(e *Encoder, v *pack.Vector, order []uint32, p plan, from, to int) Page {
	info := Page{row: from}
	e.body, info.nulls = e.AppendLevels(e.body[:0], v, order, from, to)
	info.Values = to - from - info.nulls
	codes := Gather(e.codes[:0], v.Codes, v, order, from, to)
	if v.Null > 0 || order != nil {
		e.codes = codes
	}
	if len(codes) > 0 {
		s.bound(&info, &v.Dict, codes)
	}
	if p == planDict {
		e.index = pack.Resize(e.index, len(codes))
		for i, n := range codes {
			e.index[i] = s.index[n]
		}
		width := pack.IndexWidth(len(s.order))
		e.body = pack.AppendHybrid(append(e.body, byte(width)), e.index, width)
		return info
	}
	s.lengths = s.lengths[:0]
	for _, n := range codes {
		s.lengths = append(s.lengths, int32(len(v.Dict.Text(n))))
	}
	e.body = AppendDelta(e, e.body, s.lengths)
	for _, n := range codes {
		e.body = append(e.body, v.Dict.Text(n)...)
	}
	return info
}

// bound sets info.Min and info.Max. codes are the numbers of the page's texts.
func (s *textScratch) bound(info *Page, d *pack.Dictionary, codes []uint32) {
	// With few texts it is faster to find first which of them the page has: the
	// branches of the loop below are hard to predict.
	if d.Len() <= len(s.seen) {
		clear(s.seen[:])
		for _, n := range codes {
			s.seen[n&(fewTexts-1)] = true
		}
		s.some = s.some[:0]
		for n := range uint32(d.Len()) {
			if s.seen[n] {
				s.some = append(s.some, n)
			}
		}
		codes = s.some
	}
	lo, hi := codes[0], codes[0]
	first, last := s.prefixes[lo], s.prefixes[hi]
	for _, n := range codes {
		p := s.prefixes[n]
		if p > first && p < last {
			continue
		}
		if p < first || p == first && n != lo && bytes.Compare(d.Text(n), d.Text(lo)) < 0 {
			lo, first = n, p
		}
		if p > last || p == last && n != hi && bytes.Compare(d.Text(n), d.Text(hi)) > 0 {
			hi, last = n, p
		}
	}
	info.Min, info.Max = bytes.Clone(d.Text(lo)), bytes.Clone(d.Text(hi))
}
