package decode

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// columnPage is the current data page.
type columnPage struct {
	Body      []byte      // memory of the decompressed page
	rows      int         // rows left
	levels    pack.Hybrid // definition levels: 0 for a row that is null, otherwise 1
	hasLevels bool        // a row may be null
	encoding  format.Encoding
	plain     []byte       // values that have not been read
	text      string       // the values of a text column as a string
	HeldText  int          // bytes taken from the budget for text
	delta     *deltaReader // numbers; for text, its lengths or the lengths of shared prefixes
	suffixes  *deltaReader // lengths of the parts after shared prefixes
	prefix    string       // the last text; the next one may share a prefix with it
	indices   pack.Hybrid  // indices in the dictionary
	scratch   []uint32
}

// header reads the header of the next page.
func (c *Column) header() (pageHeader, error) {
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
			return h, fmt.Errorf("%w: truncated page header", pack.ErrCorrupt)
		}
		n = max(n, len(c.window))
	}
}

// nextPage starts the next data page. It reads the dictionary page if that comes first.
func (c *Column) nextPage() error {
	for {
		if len(c.window) == 0 && c.pos == c.end {
			return fmt.Errorf("%w: fewer rows than the row group has", pack.ErrCorrupt)
		}
		h, err := c.header()
		if err != nil {
			return err
		}
		if int64(h.size) > int64(len(c.window))+c.end-c.pos {
			return fmt.Errorf("%w: page longer than its column", pack.ErrCorrupt)
		}
		if err := c.fill(h.size); err != nil {
			return err
		}
		packed := c.window[:h.size]
		c.window = c.window[h.size:]
		if h.hasCRC && crc32.ChecksumIEEE(packed) != h.crc {
			return fmt.Errorf("%w: wrong checksum of a page", pack.ErrCorrupt)
		}
		switch h.typ {
		case format.DictionaryPage:
			if c.hasDict || c.begun {
				return fmt.Errorf("%w: a dictionary after another page", pack.ErrCorrupt)
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
			return fmt.Errorf("%w: page of type %v", pack.ErrUnsupported, h.typ)
		}
	}
}

// decompress decompresses a part of a page. The result must have size bytes; it is valid
// until the next call.
func (c *Column) decompress(packed []byte, size int) ([]byte, error) {
	if c.codec == format.Uncompressed {
		return packed, nil
	}
	if cap(c.Body) < size {
		if err := c.Hold(size - cap(c.Body)); err != nil {
			return nil, err
		}
		c.Body = make([]byte, 0, size)
	}
	b, err := c.Unpack.append(c.Body[:0], packed, c.codec, size)
	if err != nil {
		return nil, err
	}
	if len(b) != size {
		return nil, fmt.Errorf("%w: page of %d bytes, not %d", pack.ErrCorrupt, len(b), size)
	}
	return b, nil
}

// beginPage starts a data page.
func (c *Column) beginPage(h pageHeader, packed []byte) error {
	c.rows = h.values
	c.encoding = h.encoding
	var body []byte
	var err error
	c.hasLevels = c.Leaf.optional
	if h.typ == format.DataPageV2 {
		if h.repeated+h.defined > len(packed) || h.repeated+h.defined > h.full {
			return fmt.Errorf("%w: levels longer than their page", pack.ErrCorrupt)
		}
		c.levels = pack.Hybrid{Width: 1, B: packed[h.repeated : h.repeated+h.defined]}
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
		if c.hasLevels {
			if h.levels != format.RLE {
				return fmt.Errorf("%w: levels in %v", pack.ErrUnsupported, h.levels)
			}
			if len(body) < 4 || uint64(binary.LittleEndian.Uint32(body)) > uint64(len(body)-4) {
				return fmt.Errorf("%w: levels longer than their page", pack.ErrCorrupt)
			}
			n := int(binary.LittleEndian.Uint32(body))
			c.levels = pack.Hybrid{Width: 1, B: body[4 : 4+n]}
			body = body[4+n:]
		}
	}
	return c.beginValues(body)
}

// beginValues starts the values of a data page, which are b.
func (c *Column) beginValues(b []byte) (err error) {
	c.plain, c.text, c.delta, c.suffixes, c.prefix = b, "", nil, nil, ""
	switch c.encoding {
	case format.Plain:
		if c.IsText() {
			return c.ownText()
		}
		return nil
	case plainDictionary, format.RLEDictionary:
		if !c.hasDict {
			return fmt.Errorf("%w: indices without a dictionary", pack.ErrCorrupt)
		}
		c.indices = pack.Hybrid{}
		if len(b) > 0 { // a page of nulls has no indices, and may have no width
			c.indices = pack.Hybrid{Width: int(b[0]), B: b[1:]}
		}
		if c.indices.Width > 32 {
			return fmt.Errorf("%w: indices of %d bits", pack.ErrCorrupt, c.indices.Width)
		}
		return nil
	case format.DeltaBinaryPacked:
		if c.IsText() {
			break
		}
		c.delta, err = newDeltaReader(b, c.rows)
		return err
	case format.DeltaLengthByteArray:
		if c.Type != format.ByteArray {
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
		if c.Type != format.ByteArray {
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
	return fmt.Errorf("%w: values in %v", pack.ErrUnsupported, c.encoding)
}

// ownText copies the values of the page to a string, because the memory of the page is
// reused and records refer to parts of the string.
func (c *Column) ownText() error {
	*c.Budget += c.HeldText
	c.HeldText = 0
	if err := c.Hold(len(c.plain)); err != nil {
		return err
	}
	c.HeldText = len(c.plain)
	c.text = string(c.plain)
	return nil
}

// plainInts decodes len(dst) plain numbers from b.
func (c *Column) plainInts(dst []int64, b []byte) {
	switch {
	case c.Type == format.Int64:
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

// errText is the error for values that end too early.
var errText = fmt.Errorf("%w: truncated values", pack.ErrCorrupt)

// floatText returns a number as text. It returns "" for NaN, which some tools write for
// null.
func floatText(v float64, bits int) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, bits)
}
