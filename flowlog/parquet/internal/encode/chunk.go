package encode

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

const (
	// PageRows is the number of rows of a page. Readers can skip small pages by
	// their statistics. Large pages compress better and have less overhead.
	PageRows = 1 << 15
	// maxBound is the maximum length, in bytes, of a minimum or maximum in
	// statistics. A chunk with a longer one has neither.
	maxBound = 1 << 10
)

// Chunk is an encoded column of a row group.
type Chunk struct {
	data      []byte // the dictionary page, if there is one, and the data pages
	Meta      format.ColumnMetaData
	Pages     []Page // the data pages
	rows      int
	unbounded bool   // a minimum or maximum was longer than maxBound
	Bloom     []byte // header and bits of the bloom filter, nil without one
}

// Page is the page index entry of a data page.
type Page struct {
	offset   int    // in Chunk.data
	size     int    // bytes in the file, with the header
	row      int    // the first row, counted from the start of the chunk
	nulls    int    // number of null values
	Values   int    // number of other values
	Min, Max []byte // as PLAIN encodes them; nil if all values are null
}

// reset empties the chunk but keeps its memory.
func (c *Chunk) reset() {
	*c = Chunk{data: c.data[:0], Pages: c.Pages[:0]}
}

// plan is the encoding of the values of a chunk.
type plan uint8

const (
	planDict  plan = iota // RLE_DICTIONARY
	planPlain             // PLAIN
	planDelta             // DELTA_BINARY_PACKED, for text DELTA_LENGTH_BYTE_ARRAY
)

// Encoder encodes chunks, one at a time. It reuses its memory.
type Encoder struct {
	Comp *compressor

	// Scratch space for one page.
	body   []byte   // the page before compression
	packed []byte   // the page after compression
	levels []uint32 // definition levels
	index  []uint32 // indices into the dictionary of the file
	codes  []uint32 // numbers in the dictionary of the vector
	delta  []byte   // DELTA_BINARY_PACKED values

	ints32 intScratch[int32]
	ints64 intScratch[int64]
	texts  textScratch
}

// AppendLevels appends the definition levels of the rows from to to: 0 for null,
// 1 for a value. It returns the number of nulls. order is the order of the rows
// in the file, or nil if it is that of the vector.
func (e *Encoder) AppendLevels(b []byte, v *pack.Vector, order []uint32, from, to int) ([]byte, int) {
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	nulls, n := 0, to-from
	switch {
	case v.Null == 0:
	case order != nil:
		e.levels = e.levels[:0]
		for _, row := range order[from:to] {
			level := uint32(1)
			if v.Nulls.Has(int(row)) {
				level = 0
				nulls++
			}
			e.levels = append(e.levels, level)
		}
	default:
		for row := from; row < to; row += 64 {
			nulls += bits.OnesCount64(v.Nulls.Word(row) & firstBits(to-row))
		}
	}
	switch {
	case nulls == 0:
		b = append(binary.AppendUvarint(b, uint64(n)<<1), 1)
	case nulls == n:
		b = append(binary.AppendUvarint(b, uint64(n)<<1), 0)
	case order != nil:
		b = pack.AppendHybrid(b, e.levels, 1)
	default:
		// The packed run is the bitmap of nulls, inverted.
		groups := (n + 7) / 8
		b = binary.AppendUvarint(b, uint64(groups)<<1|1)
		end := len(b) + groups
		for row := from; row < to; row += 64 {
			b = binary.LittleEndian.AppendUint64(b, ^v.Nulls.Word(row)&firstBits(to-row))
		}
		b = b[:end]
	}
	binary.LittleEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b, nulls
}

// firstBits returns a word with its lowest min(n, 64) bits set.
func firstBits(n int) uint64 { return ^uint64(0) >> (64 - min(n, 64)) }

// Gather returns the values of the rows from to to that are not null. values are
// those of v, one for each row. The result is appended to dst, or is a part of
// values if no copy is needed.
func Gather[T any](dst, values []T, v *pack.Vector, order []uint32, from, to int) []T {
	if order != nil {
		for _, row := range order[from:to] {
			if v.Null == 0 || !v.Nulls.Has(int(row)) {
				dst = append(dst, values[row])
			}
		}
		return dst
	}
	if v.Null == 0 {
		return values[from:to]
	}
	start := from // of the run of rows that are not null
	for row := from; row < to; row += 64 {
		for w := v.Nulls.Word(row); w != 0; w &= w - 1 {
			if at := row + bits.TrailingZeros64(w); at < to {
				dst = append(dst, values[start:at]...)
				start = at + 1
			}
		}
	}
	return append(dst, values[start:to]...)
}

// appendDataPage compresses the page in e.body and appends it to the chunk.
func (e *Encoder) appendDataPage(c *Chunk, p Page, enc format.Encoding) error {
	p.offset = len(c.data)
	err := e.appendPage(c, &format.PageHeader{
		Type: format.DataPage,
		DataPageHeader: thrift.New(format.DataPageHeader{
			NumValues:               int32(p.nulls + p.Values),
			Encoding:                enc,
			DefinitionLevelEncoding: format.RLE,
			RepetitionLevelEncoding: format.RLE,
			Statistics:              format.Statistics{NullCount: int64(p.nulls)},
		}),
	})
	p.size = len(c.data) - p.offset
	c.Pages = append(c.Pages, p)
	return err
}

// appendDictPage compresses the dictionary in e.body and appends it to the
// chunk.
func (e *Encoder) appendDictPage(c *Chunk, values int) error {
	return e.appendPage(c, &format.PageHeader{
		Type:                 format.DictionaryPage,
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(values), Encoding: format.Plain}),
	})
}

// appendPage compresses e.body and appends the page to the chunk.
func (e *Encoder) appendPage(c *Chunk, h *format.PageHeader) error {
	var err error
	if e.packed, err = e.Comp.Append(e.packed[:0], e.body); err != nil {
		return err
	}
	if max(len(e.body), len(e.packed)) > math.MaxInt32 {
		return fmt.Errorf("parquet: page of %d bytes, want at most %d", len(e.body), math.MaxInt32)
	}
	h.UncompressedPageSize = int32(len(e.body))
	h.CompressedPageSize = int32(len(e.packed))
	h.CRC = int32(crc32.ChecksumIEEE(e.packed))
	header, err := thrift.Marshal(new(thrift.CompactProtocol), h)
	if err != nil {
		return fmt.Errorf("parquet: page header: %w", err)
	}
	c.data = append(append(c.data, header...), e.packed...)
	c.Meta.TotalUncompressedSize += int64(len(header) + len(e.body))
	return nil
}

// finish sets the metadata of the chunk after its pages are encoded. Offsets
// count from the start of the chunk.
func (c *Chunk) finish(v *pack.Vector, typ format.Type, codec format.CompressionCodec, p plan, enc format.Encoding, distinct int) {
	m := &c.Meta
	m.Type = typ
	m.PathInSchema = thrift.Slice[string]{v.Name}
	m.Codec = codec
	m.NumValues = int64(v.Rows)
	m.TotalCompressedSize = int64(len(c.data))
	m.Encoding = thrift.Slice[format.Encoding]{format.RLE, enc}
	m.EncodingStats = thrift.Slice[format.PageEncodingStats]{{PageType: format.DataPage, Encoding: enc, Count: int32(len(c.Pages))}}
	if p == planDict {
		m.Encoding = append(m.Encoding, format.Plain)
		m.EncodingStats = append(m.EncodingStats, format.PageEncodingStats{PageType: format.DictionaryPage, Encoding: format.Plain, Count: 1})
	}
	m.DataPageOffset = int64(c.Pages[0].offset)
	m.Statistics.NullCount = int64(v.Null)
	m.Statistics.DistinctCount = int64(distinct)
	c.rows = v.Rows
}

// Encode encodes a vector into c. order is the order of the rows in the file, or
// nil if it is that of the vector. bloom adds a bloom filter, if v holds text.
func (e *Encoder) Encode(c *Chunk, v *pack.Vector, order []uint32, h *Hint, bloom bool) error {
	c.reset()
	v.Settle()
	switch v.Type {
	case format.Int32:
		return encodeInts(e, &e.ints32, c, v, v.Ints32, order, h)
	case format.Int64:
		return encodeInts(e, &e.ints64, c, v, v.Ints64, order, h)
	}
	return e.encodeText(c, v, order, h, bloom)
}

// Hint is the cheapest plan of a column, as last measured. It saves measuring
// again for each row group, since row groups of a log are much alike.
type Hint struct {
	plan  plan
	rows  int // rows of the row group it was measured with, 0 if never
	since int // row groups since then
}

// hintFor is the number of row groups for which a hint is used.
const hintFor = 16

// known returns the plan of the hint, and whether it can be used for a row group
// of so many rows.
func (h *Hint) known(rows int) (plan, bool) {
	if h.rows == 0 || h.since >= hintFor || rows < h.rows/2 || rows > 2*h.rows {
		return 0, false
	}
	h.since++
	return h.plan, true
}

// middlePage returns the rows of a page in the middle of a chunk.
func middlePage(rows int) (from, to int) {
	n := min(rows, PageRows)
	from = (rows - n) / 2
	return from, from + n
}

// cheapest returns the plan with the lowest cost and stores it in h. It measures
// each plan with one page, the rows from to to, which try encodes into e.body.
// extra is the cost of each plan besides its data pages: that of the dictionary.
func (e *Encoder) cheapest(h *Hint, rows, from, to int, plans []plan, extra []int, try func(p plan, from, to int)) (plan, error) {
	best, least := plans[0], math.MaxInt
	for i, p := range plans {
		if len(plans) == 1 {
			break
		}
		try(p, from, to)
		cost, err := e.cost()
		if err != nil {
			return 0, err
		}
		if cost = int(int64(cost)*int64(rows)/int64(to-from)) + extra[i]; cost < least {
			best, least = p, cost
		}
	}
	*h = Hint{plan: best, rows: rows}
	return best, nil
}

// cost returns the cost of the page in e.body: its compressed size, and 1/32 of
// its size for the time to compress it. Of plans with similar results, the
// faster one so wins.
func (e *Encoder) cost() (_ int, err error) {
	e.packed, err = e.Comp.Append(e.packed[:0], e.body)
	return len(e.packed) + len(e.body)/32, err
}
