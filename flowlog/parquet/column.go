package parquet

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go/format"
)

// plainDictionary is what older writers call the encoding of a dictionary and
// of the indices into it.
//
//lint:ignore SA1019 deprecated for writers; a reader has to know it
const plainDictionary = format.PlainDictionary

const (
	// chunkAhead is how much of a column is read at a time, if its pages are
	// not larger.
	chunkAhead = 64 << 10
	// maxHeader bounds the header of a page, which holds two bounds at most.
	maxHeader = 16 << 20
	// batchRows is how many rows are decoded at a time.
	batchRows = 2048
	// maxFixed bounds the size of values that are all of one size.
	maxFixed = 16 << 20
)

// columnReader reads one column, batch by batch.
type columnReader struct {
	leaf
	src    io.ReaderAt
	budget *int // bytes that all columns may still take
	unpack *decompressor

	// The chunk.
	codec  format.CompressionCodec
	pos    int64 // in src, of what comes behind window
	end    int64 // in src, of the chunk
	window []byte
	buf    []byte // that window is a part of
	held   int    // taken off the budget for the dictionary and what is known of its values
	begun  bool   // a data page has been read

	// The page.
	body     []byte // decompressed, if it has to be
	rows     int    // left
	levels   hybrid
	optional bool
	encoding format.Encoding
	plain    []byte // values
	text     string // plain as a string, if the values are text
	heldText int    // taken off the budget for text
	delta    *deltaReader
	suffixes *deltaReader
	prefix   string // the last value, of which the next one may begin with a part
	indices  hybrid
	scratch  []uint32

	// The dictionary of the chunk.
	dictInts []int64
	dictText string   // texts, or numbers in floating point, dictGap bytes before each
	dictEnds []uint32 // end of each
	dictGap  uint32   // its length
	hasDict  bool

	// The batch.
	batch struct {
		n       int
		nulls   bool     // some rows are null: those whose level is 0
		levels  []uint32 // of each row
		coded   bool     // the values are codes, also if they are numbers
		codes   []uint32 // of each row: a place in the dictionary, or, of text, behind it in spans
		spans   []span   // texts that are not in the dictionary
		pages   []string // that spans are parts of
		lengths []int64  // of texts
		ints    []int64  // of each row, if the column has numbers and they are not codes
		held    int      // taken off the budget for pages that were made for a text each
	}
}

// span is a text, or a number in floating point, as a part of one of the pages of
// a batch.
type span struct{ page, start, end uint32 }

// isText reports whether the column's values are given as text.
func (c *columnReader) isText() bool { return c.typ != format.Int32 && c.typ != format.Int64 }

// width returns the bytes of a value of the column, 0 if they differ.
func (c *columnReader) width() int {
	switch c.typ {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.FixedLenByteArray:
		return c.size
	}
	return 0
}

// open begins a chunk.
func (c *columnReader) open(m *chunkMeta) error {
	switch m.typ {
	case format.Int32, format.Int64, format.Float, format.Double, format.ByteArray:
	case format.FixedLenByteArray:
		if c.size <= 0 || c.size > maxFixed {
			return fmt.Errorf("%w: values of %d bytes", ErrCorrupt, c.size)
		}
	default:
		return fmt.Errorf("%w: values of type %v", ErrUnsupported, m.typ)
	}
	c.release()
	c.codec = m.codec
	c.pos = m.start()
	c.end = c.pos + m.size
	c.window = nil
	c.rows = 0
	c.hasDict, c.begun = false, false
	return nil
}

// hold takes n bytes off the budget.
func (c *columnReader) hold(n int) error {
	if n > *c.budget {
		return fmt.Errorf("%w: its pages take more memory than ReaderOptions.MaxMemory", ErrUnsupported)
	}
	*c.budget -= n
	return nil
}

// release lets go of the dictionary and of the page's text.
func (c *columnReader) release() {
	*c.budget += c.held + c.heldText
	c.held, c.heldText = 0, 0
	c.dictInts, c.dictText, c.dictEnds, c.text = nil, "", nil, ""
}

// fill makes the window n bytes long at least, if the chunk has them.
func (c *columnReader) fill(n int) error {
	if len(c.window) >= n {
		return nil
	}
	left := c.end - c.pos
	if int64(n-len(c.window)) > left {
		return fmt.Errorf("%w: page longer than its column", ErrCorrupt)
	}
	size := max(n, int(min(left+int64(len(c.window)), chunkAhead)))
	if cap(c.buf) < size {
		if err := c.hold(size - cap(c.buf)); err != nil {
			return err
		}
		buf := make([]byte, size)
		copy(buf, c.window)
		c.buf = buf
	} else {
		copy(c.buf[:cap(c.buf)], c.window)
	}
	have := len(c.window)
	c.window = c.buf[:size]
	if err := readAt(c.src, c.window[have:], c.pos); err != nil {
		return err
	}
	c.pos += int64(size - have)
	return nil
}

// header reads the header of the next page.
func (c *columnReader) header() (pageHeader, error) {
	for n := 1 << 8; ; n *= 4 {
		n = int(min(int64(n), int64(len(c.window))+c.end-c.pos))
		if err := c.fill(n); err != nil {
			return pageHeader{}, err
		}
		h, size, err := decodePageHeader(c.window)
		if err != nil {
			return h, err
		}
		if size > 0 {
			c.window = c.window[size:]
			return h, nil
		}
		if c.pos == c.end || n > maxHeader {
			return h, fmt.Errorf("%w: page header cut short", ErrCorrupt)
		}
		n = max(n, len(c.window))
	}
}

// nextPage begins the next data page, reading the dictionary if it comes
// first.
func (c *columnReader) nextPage() error {
	for {
		if len(c.window) == 0 && c.pos == c.end {
			return fmt.Errorf("%w: fewer rows than the row group has", ErrCorrupt)
		}
		h, err := c.header()
		if err != nil {
			return err
		}
		if int64(h.size) > int64(len(c.window))+c.end-c.pos {
			return fmt.Errorf("%w: page longer than its column", ErrCorrupt)
		}
		if err := c.fill(h.size); err != nil {
			return err
		}
		packed := c.window[:h.size]
		c.window = c.window[h.size:]
		if h.hasCRC && crc32.ChecksumIEEE(packed) != h.crc {
			return fmt.Errorf("%w: wrong checksum of a page", ErrCorrupt)
		}
		switch h.typ {
		case format.DictionaryPage:
			if c.hasDict || c.begun {
				return fmt.Errorf("%w: a dictionary behind another page", ErrCorrupt)
			}
			if err := c.readDict(h, packed); err != nil {
				return err
			}
		case format.DataPage, format.DataPageV2:
			if h.values == 0 {
				continue
			}
			c.begun = true
			return c.beginPage(h, packed)
		case format.IndexPage:
		default:
			return fmt.Errorf("%w: page of type %v", ErrUnsupported, h.typ)
		}
	}
}

// decompress decompresses a part of a page, which will be size bytes long.
func (c *columnReader) decompress(packed []byte, size int) ([]byte, error) {
	if c.codec == format.Uncompressed {
		return packed, nil
	}
	if cap(c.body) < size {
		if err := c.hold(size - cap(c.body)); err != nil {
			return nil, err
		}
		c.body = make([]byte, 0, size)
	}
	b, err := c.unpack.append(c.body[:0], packed, c.codec, size)
	if err != nil {
		return nil, err
	}
	if len(b) != size {
		return nil, fmt.Errorf("%w: page of %d bytes, not %d", ErrCorrupt, len(b), size)
	}
	return b, nil
}

// readDict reads a dictionary.
func (c *columnReader) readDict(h pageHeader, packed []byte) error {
	b, err := c.decompress(packed, h.full)
	if err != nil {
		return err
	}
	c.hasDict = true
	if h.encoding != format.Plain && h.encoding != plainDictionary {
		return fmt.Errorf("%w: dictionary in %v", ErrUnsupported, h.encoding)
	}
	if !c.isText() {
		if h.values > len(b)/c.width() {
			return errDict
		}
		if err := c.hold(8 * h.values); err != nil {
			return err
		}
		c.held = 8 * h.values
		c.dictInts = make([]int64, h.values)
		c.plainInts(c.dictInts, b)
		return nil
	}
	if h.values > len(b) {
		return errDict
	}
	// An end for each, and whether it is within prefixes.
	if err := c.hold(5*h.values + len(b)); err != nil {
		return err
	}
	c.held = 5*h.values + len(b)
	c.dictEnds = make([]uint32, h.values)
	c.dictText, c.dictGap = string(b), 0
	if width := c.width(); width > 0 {
		if h.values > len(b)/width {
			return errDict
		}
		for i := range c.dictEnds {
			c.dictEnds[i] = uint32(width * (i + 1))
		}
		return nil
	}
	c.dictGap = 4
	at := 0
	for i := range c.dictEnds {
		if len(b)-at < 4 {
			return errDict
		}
		size := binary.LittleEndian.Uint32(b[at:])
		at += 4
		if uint64(size) > uint64(len(b)-at) {
			return errDict
		}
		at += int(size)
		c.dictEnds[i] = uint32(at)
	}
	return nil
}

// errDict is the error of a dictionary that ends too early.
var errDict = fmt.Errorf("%w: dictionary cut short", ErrCorrupt)

// dict returns a text of the dictionary.
func (c *columnReader) dict(i uint32) string {
	start := uint32(0)
	if i > 0 {
		start = c.dictEnds[i-1]
	}
	return c.show(c.dictText[start+c.dictGap : c.dictEnds[i]])
}

// show returns a value of the column as text: floating point is not text yet.
func (c *columnReader) show(s string) string {
	switch c.typ {
	case format.Float:
		return floatText(float64(math.Float32frombits(uint32(load32(s, 0)))), 32)
	case format.Double:
		return floatText(math.Float64frombits(load64(s, 0)), 64)
	}
	return s
}

// dictLen returns the number of values in the dictionary.
func (c *columnReader) dictLen() int {
	if c.isText() {
		return len(c.dictEnds)
	}
	return len(c.dictInts)
}

// beginPage begins a data page.
func (c *columnReader) beginPage(h pageHeader, packed []byte) error {
	c.rows = h.values
	c.encoding = h.encoding
	var body []byte
	var err error
	c.optional = c.leaf.optional
	if h.typ == format.DataPageV2 {
		if h.repeated+h.defined > len(packed) || h.repeated+h.defined > h.full {
			return fmt.Errorf("%w: levels longer than their page", ErrCorrupt)
		}
		c.levels = hybrid{width: 1, b: packed[h.repeated : h.repeated+h.defined]}
		body = packed[h.repeated+h.defined:]
		if !h.raw {
			body, err = c.decompress(body, h.full-h.repeated-h.defined)
		}
		if err != nil {
			return err
		}
	} else {
		if body, err = c.decompress(packed, h.full); err != nil {
			return err
		}
		if c.optional {
			if h.levels != format.RLE {
				return fmt.Errorf("%w: levels in %v", ErrUnsupported, h.levels)
			}
			if len(body) < 4 || uint64(binary.LittleEndian.Uint32(body)) > uint64(len(body)-4) {
				return fmt.Errorf("%w: levels longer than their page", ErrCorrupt)
			}
			n := int(binary.LittleEndian.Uint32(body))
			c.levels = hybrid{width: 1, b: body[4 : 4+n]}
			body = body[4+n:]
		}
	}
	return c.beginValues(body)
}

// beginValues begins the values of a data page.
func (c *columnReader) beginValues(b []byte) (err error) {
	c.plain, c.text, c.delta, c.suffixes, c.prefix = b, "", nil, nil, ""
	switch c.encoding {
	case format.Plain:
		if c.isText() {
			return c.ownText()
		}
		return nil
	case plainDictionary, format.RLEDictionary:
		if !c.hasDict {
			return fmt.Errorf("%w: indices without a dictionary", ErrCorrupt)
		}
		c.indices = hybrid{}
		if len(b) > 0 { // a page of nulls has no indices, and need not have a width
			c.indices = hybrid{width: int(b[0]), b: b[1:]}
		}
		if c.indices.width > 32 {
			return fmt.Errorf("%w: indices of %d bits", ErrCorrupt, c.indices.width)
		}
		return nil
	case format.DeltaBinaryPacked:
		if c.isText() {
			break
		}
		c.delta, err = newDeltaReader(b, c.rows)
		return err
	case format.DeltaLengthByteArray:
		if c.typ != format.ByteArray {
			break
		}
		if c.delta, err = newDeltaReader(b, c.rows); err != nil {
			return err
		}
		if c.plain, err = c.delta.end(); err != nil {
			return err
		}
		return c.ownText()
	case format.DeltaByteArray:
		if c.typ != format.ByteArray {
			break
		}
		if c.delta, err = newDeltaReader(b, c.rows); err != nil {
			return err
		}
		if b, err = c.delta.end(); err != nil {
			return err
		}
		if c.suffixes, err = newDeltaReader(b, c.rows); err != nil {
			return err
		}
		if c.plain, err = c.suffixes.end(); err != nil {
			return err
		}
		return c.ownText()
	}
	return fmt.Errorf("%w: values in %v", ErrUnsupported, c.encoding)
}

// ownText makes the page's values a string, of which records get parts: the
// page's memory is used again.
func (c *columnReader) ownText() error {
	*c.budget += c.heldText
	c.heldText = 0
	if err := c.hold(len(c.plain)); err != nil {
		return err
	}
	c.heldText = len(c.plain)
	c.text = string(c.plain)
	return nil
}

// plainInts reads plain numbers.
func (c *columnReader) plainInts(dst []int64, b []byte) {
	switch {
	case c.typ == format.Int64:
		for i := range dst {
			dst[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
		}
	case c.unsigned:
		for i := range dst {
			dst[i] = int64(binary.LittleEndian.Uint32(b[4*i:]))
		}
	default:
		for i := range dst {
			dst[i] = int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
		}
	}
}

// errText is the error of texts that end too early.
var errText = fmt.Errorf("%w: values cut short", ErrCorrupt)

// floatText writes a number as text, NaN, which some tools write for null, as
// none.
func floatText(v float64, bits int) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, bits)
}

// read decodes the next n rows, at most batchRows, into batch.
func (c *columnReader) read(n int) error {
	b := &c.batch
	*c.budget += b.held
	b.n, b.nulls, b.spans, b.held = n, false, b.spans[:0], 0
	clear(b.pages) // so that nothing is kept in memory
	b.pages = b.pages[:0]
	b.levels = resize(b.levels, n)
	if c.rows == 0 {
		if err := c.nextPage(); err != nil {
			return err
		}
	}
	// The numbers of most rows may never be asked for.
	if b.coded = c.isText() || c.inDict() && c.rows >= n; b.coded {
		b.codes = resize(b.codes, n)
	} else {
		b.ints = resize(b.ints, n)
	}
	for at := 0; at < n; {
		if c.rows == 0 {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(n-at, c.rows)
		if err := c.readPart(at, at+k); err != nil {
			return err
		}
		c.rows -= k
		at += k
	}
	return nil
}

// readPart decodes rows of the page into rows of the batch.
func (c *columnReader) readPart(from, to int) error {
	b := &c.batch
	levels := b.levels[from:to]
	present := len(levels)
	if c.optional {
		if err := c.levels.read(levels); err != nil {
			return err
		}
		present = 0
		for _, level := range levels {
			present += int(level)
		}
	}
	b.nulls = b.nulls || present < len(levels)
	if b.coded {
		codes := b.codes[from:to]
		if err := c.readCodes(codes[:present]); err != nil {
			return err
		}
		spread(codes, levels, present)
		return nil
	}
	ints := b.ints[from:to]
	if err := c.readInts(ints[:present]); err != nil {
		return err
	}
	spread(ints, levels, present)
	return nil
}

// spread moves the values, of which there are n, to the rows that are not null,
// run by run from behind, and makes those of null rows 0.
func spread[T uint32 | int64](values []T, levels []uint32, n int) {
	for end := len(values); n < end; {
		start := end
		for start > 0 && levels[start-1] != 0 {
			start--
		}
		n -= end - start
		copy(values[start:end], values[n:])
		end = start
		for end > 0 && levels[end-1] == 0 {
			end--
			values[end] = 0
		}
	}
}

// inDict reports whether the values of the page are indices of the dictionary.
func (c *columnReader) inDict() bool {
	return c.encoding == plainDictionary || c.encoding == format.RLEDictionary
}

// readInts decodes numbers.
func (c *columnReader) readInts(dst []int64) error {
	switch {
	case c.delta != nil:
		if err := c.delta.read(dst); err != nil {
			return err
		}
		switch {
		case c.typ == format.Int64:
		case c.unsigned:
			for i, v := range dst {
				dst[i] = int64(uint32(v))
			}
		default:
			for i, v := range dst {
				dst[i] = int64(int32(v))
			}
		}
	case c.encoding == format.Plain:
		n := c.width() * len(dst)
		if len(c.plain) < n {
			return errText
		}
		c.plainInts(dst, c.plain)
		c.plain = c.plain[n:]
	default:
		codes, err := c.readIndices(len(dst))
		if err != nil {
			return err
		}
		for i, code := range codes {
			dst[i] = c.dictInts[code]
		}
	}
	return nil
}

// readIndices decodes indices of the dictionary.
func (c *columnReader) readIndices(n int) ([]uint32, error) {
	c.scratch = resize(c.scratch, n)
	return c.scratch, c.readIndicesTo(c.scratch)
}

// readIndicesTo decodes indices of the dictionary into dst.
func (c *columnReader) readIndicesTo(dst []uint32) error {
	if err := c.indices.read(dst); err != nil {
		return err
	}
	var last uint32
	for _, code := range dst {
		last = max(last, code)
	}
	if n := c.dictLen(); len(dst) > 0 && int64(last) >= int64(n) {
		return fmt.Errorf("%w: index %d in a dictionary of %d", ErrCorrupt, last, n)
	}
	return nil
}

// readCodes decodes texts.
func (c *columnReader) readCodes(dst []uint32) error {
	if c.encoding == plainDictionary || c.encoding == format.RLEDictionary {
		return c.readIndicesTo(dst)
	}
	first := uint32(len(c.dictEnds) + len(c.batch.spans))
	for i := range dst {
		dst[i] = first + uint32(i)
	}
	if c.suffixes == nil {
		return c.readSpans(len(dst))
	}
	return c.readPrefixed(len(dst))
}

// readSpans decodes n values that stand in the page: all of one size, behind
// their sizes, or each behind its own.
func (c *columnReader) readSpans(n int) error {
	b := &c.batch
	page := uint32(len(b.pages))
	b.pages = append(b.pages, c.text)
	at := len(c.text) - len(c.plain)
	width := c.width()
	if c.delta != nil {
		b.lengths = resize(b.lengths, n)
		if err := c.delta.read(b.lengths); err != nil {
			return err
		}
	}
	for i := range n {
		size := uint64(width)
		switch {
		case c.delta != nil:
			size = uint64(b.lengths[i])
		case width == 0:
			if len(c.text)-at < 4 {
				return errText
			}
			size = uint64(load32(c.text, at))
			at += 4
		}
		if size > uint64(len(c.text)-at) {
			return errText
		}
		b.spans = append(b.spans, span{page, uint32(at), uint32(at) + uint32(size)})
		at += int(size)
	}
	c.plain = c.plain[len(c.plain)-(len(c.text)-at):]
	return nil
}

// readPrefixed decodes n texts that are written as the rest behind what they have
// in common with the text before. That makes pages much smaller than their texts,
// so every text is held.
func (c *columnReader) readPrefixed(n int) error {
	b := &c.batch
	for range n {
		common, err := c.delta.next()
		if err != nil {
			return err
		}
		size, err := c.suffixes.next()
		if err != nil {
			return err
		}
		at := len(c.text) - len(c.plain)
		if common < 0 || size < 0 || common > int64(len(c.prefix)) || size > int64(len(c.plain)) {
			return errText
		}
		s := c.text[at:][:size]
		c.plain = c.plain[size:]
		if common > 0 {
			if err := c.hold(int(common + size)); err != nil {
				return err
			}
			b.held += int(common + size)
			s = c.prefix[:common] + s
		}
		c.prefix = s
		b.pages = append(b.pages, s)
		b.spans = append(b.spans, span{uint32(len(b.pages) - 1), 0, uint32(len(s))})
	}
	return nil
}

// number returns the number of a row.
func (c *columnReader) number(row int) int64 {
	if c.batch.coded {
		return c.dictInts[c.batch.codes[row]]
	}
	return c.batch.ints[row]
}

// at returns the text of a code.
func (c *columnReader) at(code uint32) string {
	if n := uint32(len(c.dictEnds)); code >= n {
		s := c.batch.spans[code-n]
		return c.show(c.batch.pages[s.page][s.start:s.end])
	}
	return c.dict(code)
}
