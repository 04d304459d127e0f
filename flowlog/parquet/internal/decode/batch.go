package decode

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// batch holds decoded rows of a column.
type batch struct {
	n       int
	Nulls   pack.Bitmap // the rows that are null; empty if none is
	coded   bool        // the values are codes; text always is, numbers may be
	Codes   []uint32    // by row: an index in the dictionary, or for text, an index in Spans plus DictLen
	Spans   []span      // texts that are not in the dictionary
	Pages   []string    // the texts that Spans are parts of
	lengths []int64     // lengths of texts, before they become Spans
	ints    []int64     // by row: numbers that are not codes
	Held    int         // bytes taken from the budget for Pages that hold a single text
}

// span is a text, or the bytes of a floating-point number, as a part of one of the
// Pages of a batch.
type span struct{ Page, Start, End uint32 }

// Read decodes the next n rows, at most BatchRows, into Batch.
func (c *Column) Read(n int) error {
	b := &c.Batch
	*c.Budget += b.Held
	b.n, b.Spans, b.Held = n, b.Spans[:0], 0
	clear(b.Pages) // release the texts
	b.Pages = b.Pages[:0]
	b.Nulls = pack.Resize(b.Nulls, (n+63)/64)
	clear(b.Nulls)
	present := 0
	if c.rows == 0 {
		if err := c.nextPage(); err != nil {
			return err
		}
	}
	// Numbers stay codes where possible: most rows may not be read.
	if b.coded = c.IsText() || c.inDict() && c.rows >= n; b.coded {
		b.Codes = pack.Resize(b.Codes, n)
	} else {
		b.ints = pack.Resize(b.ints, n)
	}
	for at := 0; at < n; {
		if c.rows == 0 {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(n-at, c.rows)
		some, err := c.readPart(at, at+k)
		if err != nil {
			return err
		}
		present += some
		c.rows -= k
		at += k
	}
	if present == n {
		b.Nulls = b.Nulls[:0]
	}
	return nil
}

// readPart decodes the next rows of the page into rows from to to of the batch. It returns
// how many of them are not null.
func (c *Column) readPart(from, to int) (present int, err error) {
	b := &c.Batch
	present = to - from
	if c.hasLevels {
		if present, err = c.levels.ReadNulls(b.Nulls, from, present); err != nil {
			return 0, err
		}
	}
	if b.coded {
		if err = c.readCodes(b.Codes[from:][:present]); err == nil {
			spread(b.Codes[:to], b.Nulls, from, present)
		}
	} else if err = c.readInts(b.ints[from:][:present]); err == nil {
		spread(b.ints[:to], b.Nulls, from, present)
	}
	return present, err
}

// spread moves the n values from an index on to the rows that are not null, and sets those
// of null rows to 0. It works from the end to the start.
func spread[T uint32 | int64](values []T, nulls pack.Bitmap, from, n int) {
	for end := len(values); from+n < end; {
		null := nulls.Before(end)
		n -= end - null - 1
		copy(values[null+1:end], values[from+n:])
		values[null] = 0
		end = null
	}
}

// inDict reports whether the values of the page are indices in the dictionary.
func (c *Column) inDict() bool {
	return c.encoding == plainDictionary || c.encoding == format.RLEDictionary
}

// readInts decodes the next numbers of the page.
func (c *Column) readInts(dst []int64) error {
	switch {
	case c.delta != nil:
		if err := c.delta.read(dst); err != nil {
			return err
		}
		switch {
		case c.Type == format.Int64:
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

// readIndices decodes the next n indices in the dictionary. The result is valid until the
// next call.
func (c *Column) readIndices(n int) ([]uint32, error) {
	c.scratch = pack.Resize(c.scratch, n)
	return c.scratch, c.readIndicesTo(c.scratch)
}

// readIndicesTo decodes indices in the dictionary into dst, and checks them.
func (c *Column) readIndicesTo(dst []uint32) error {
	if err := c.indices.Read(dst); err != nil {
		return err
	}
	if last, n := greatest(dst), c.DictLen(); len(dst) > 0 && int64(last) >= int64(n) {
		return fmt.Errorf("%w: index %d in a dictionary of %d", pack.ErrCorrupt, last, n)
	}
	return nil
}

// greatest returns the greatest of s, 0 if it is empty. It tracks four
// maximums, so that a comparison does not depend on the one before.
func greatest(s []uint32) uint32 {
	var a, b, c, d uint32
	for ; len(s) >= 4; s = s[4:] {
		a, b, c, d = max(a, s[0]), max(b, s[1]), max(c, s[2]), max(d, s[3])
	}
	for _, v := range s {
		a = max(a, v)
	}
	return max(a, b, c, d)
}

// readCodes decodes the next texts of the page as codes.
func (c *Column) readCodes(dst []uint32) error {
	if c.encoding == plainDictionary || c.encoding == format.RLEDictionary {
		return c.readIndicesTo(dst)
	}
	first := uint32(len(c.dictEnds) + len(c.Batch.Spans))
	for i := range dst {
		dst[i] = first + uint32(i)
	}
	if c.suffixes == nil {
		return c.readSpans(len(dst))
	}
	return c.readPrefixed(len(dst))
}

// readSpans decodes n values that are stored in the page. Either all have the same size,
// or all sizes come first, or each value follows its size.
func (c *Column) readSpans(n int) error {
	b := &c.Batch
	page := uint32(len(b.Pages))
	b.Pages = append(b.Pages, c.text)
	at := len(c.text) - len(c.plain)
	width := c.width()
	if c.delta != nil {
		b.lengths = pack.Resize(b.lengths, n)
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
			size = uint64(pack.Load32(c.text, at))
			at += 4
		}
		if size > uint64(len(c.text)-at) {
			return errText
		}
		b.Spans = append(b.Spans, span{page, uint32(at), uint32(at) + uint32(size)})
		at += int(size)
	}
	c.plain = c.plain[len(c.plain)-(len(c.text)-at):]
	return nil
}

// readPrefixed decodes n texts of which the page stores only the part after the prefix
// that they share with the text before. A page can be much smaller than its texts, so
// each text is charged to the budget.
func (c *Column) readPrefixed(n int) error {
	b := &c.Batch
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
			if err := c.Hold(int(common + size)); err != nil {
				return err
			}
			b.Held += int(common + size)
			s = c.prefix[:common] + s
		}
		c.prefix = s
		b.Pages = append(b.Pages, s)
		b.Spans = append(b.Spans, span{uint32(len(b.Pages) - 1), 0, uint32(len(s))})
	}
	return nil
}

// Number returns the number of a row.
func (c *Column) Number(row int) int64 {
	if c.Batch.coded {
		return c.dictInts[c.Batch.Codes[row]]
	}
	return c.Batch.ints[row]
}

// Numbers returns the numbers of the batch. If codes is nil, ints has the number of each
// row. Otherwise ints is the dictionary, and codes has the index of each row in it.
func (c *Column) Numbers() (ints []int64, codes []uint32) {
	if c.Batch.coded {
		return c.dictInts, c.Batch.Codes
	}
	return c.Batch.ints, nil
}

// At returns the text of a code.
func (c *Column) At(code uint32) string {
	if n := uint32(len(c.dictEnds)); code >= n {
		s := c.Batch.Spans[code-n]
		return c.show(c.Batch.Pages[s.Page][s.Start:s.End])
	}
	return c.Dict(code)
}
