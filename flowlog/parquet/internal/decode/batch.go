package decode

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// batch is rows that were decoded.
type batch struct {
	n       int
	Nulls   bool     // some rows are null: those whose level is 0
	Levels  []uint32 // of each row
	coded   bool     // the values are codes; text always is, numbers may be
	Codes   []uint32 // of each row: a place in the dictionary, or, for text, after it in spans
	Spans   []span   // texts that are not in the dictionary
	Pages   []string // that spans are parts of
	lengths []int64  // of texts
	ints    []int64  // of each row, for numbers that are not codes
	Held    int      // taken off the budget for pages that were made for one text
}

// span is a text, or a number in floating point, as a part of one of the pages of
// a batch.
type span struct{ Page, Start, End uint32 }

// Read decodes the next n rows, at most batchRows, into batch.
func (c *Column) Read(n int) error {
	b := &c.Batch
	*c.Budget += b.Held
	b.n, b.Nulls, b.Spans, b.Held = n, false, b.Spans[:0], 0
	clear(b.Pages) // so that nothing is kept in memory
	b.Pages = b.Pages[:0]
	b.Levels = pack.Resize(b.Levels, n)
	if c.rows == 0 {
		if err := c.nextPage(); err != nil {
			return err
		}
	}
	// The numbers of most rows may never be asked for.
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
		if err := c.readPart(at, at+k); err != nil {
			return err
		}
		c.rows -= k
		at += k
	}
	return nil
}

// readPart decodes rows of the page into rows of the batch.
func (c *Column) readPart(from, to int) error {
	b := &c.Batch
	levels := b.Levels[from:to]
	present := len(levels)
	if c.hasLevels {
		var err error
		if present, err = c.levels.ReadLevels(levels); err != nil {
			return err
		}
	}
	b.Nulls = b.Nulls || present < len(levels)
	if b.coded {
		codes := b.Codes[from:to]
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
func (c *Column) inDict() bool {
	return c.encoding == plainDictionary || c.encoding == format.RLEDictionary
}

// readInts decodes numbers.
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

// readIndices decodes indices of the dictionary.
func (c *Column) readIndices(n int) ([]uint32, error) {
	c.scratch = pack.Resize(c.scratch, n)
	return c.scratch, c.readIndicesTo(c.scratch)
}

// readIndicesTo decodes indices of the dictionary into dst.
func (c *Column) readIndicesTo(dst []uint32) error {
	if err := c.indices.Read(dst); err != nil {
		return err
	}
	if last, n := greatest(dst), c.DictLen(); len(dst) > 0 && int64(last) >= int64(n) {
		return fmt.Errorf("%w: index %d in a dictionary of %d", pack.ErrCorrupt, last, n)
	}
	return nil
}

// greatest returns the greatest of s, 0 if it is empty. It keeps four of them, so that no
// comparison waits for the one before.
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

// readCodes decodes texts.
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

// readSpans decodes n values that stand in the page: all of one size, behind
// their sizes, or each behind its own.
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

// readPrefixed decodes n texts that are written as the rest behind what they have
// in common with the text before. That makes pages much smaller than their texts,
// so every text is held.
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

// Numbers returns the numbers of the batch: that of each row if codes is nil, otherwise
// those of the dictionary, and of each row its place there.
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
