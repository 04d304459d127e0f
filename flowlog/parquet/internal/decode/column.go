package decode

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
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
	// BatchRows is how many rows are decoded at a time.
	BatchRows = 2048
	// maxFixed bounds the size of values that are all of one size.
	maxFixed = 16 << 20
)

// Column reads one column, batch by batch. A chunk is opened; its pages are
// begun one after the other, the dictionary first; rows of the page are decoded into
// the batch.
type Column struct {
	Leaf
	Src    io.ReaderAt
	Budget *int // bytes that all columns may still take
	Unpack *Decompressor

	columnChunk
	columnPage
	columnDict
	Batch batch
}

// columnChunk is the chunk that is read.
type columnChunk struct {
	codec  format.CompressionCodec
	pos    int64  // in src, of what follows window
	end    int64  // in src, of the chunk
	window []byte // what has been read ahead
	Buf    []byte // the memory of window
	begun  bool   // a data page has been read
}

// IsText reports whether the column's values are given as text.
func (c *Column) IsText() bool { return c.Type != format.Int32 && c.Type != format.Int64 }

// width returns the bytes of a value of the column, 0 if they differ.
func (c *Column) width() int {
	switch c.Type {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.FixedLenByteArray:
		return c.size
	}
	return 0
}

// Open begins a chunk.
func (c *Column) Open(m *chunkMeta) error {
	switch m.typ {
	case format.Int32, format.Int64, format.Float, format.Double, format.ByteArray:
	case format.FixedLenByteArray:
		if c.size <= 0 || c.size > maxFixed {
			return fmt.Errorf("%w: values of %d bytes", pack.ErrCorrupt, c.size)
		}
	default:
		return fmt.Errorf("%w: values of type %v", pack.ErrUnsupported, m.typ)
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

// Hold takes n bytes off the budget.
func (c *Column) Hold(n int) error {
	if n > *c.Budget {
		return fmt.Errorf("%w: its pages take more memory than ReaderOptions.MaxMemory", pack.ErrUnsupported)
	}
	*c.Budget -= n
	return nil
}

// release lets go of the dictionary and of the page's text.
func (c *Column) release() {
	*c.Budget += c.Held + c.HeldText
	c.Held, c.HeldText = 0, 0
	c.dictInts, c.dictText, c.dictEnds, c.text = nil, "", nil, ""
}

// fill makes the window n bytes long at least, if the chunk has them.
func (c *Column) fill(n int) error {
	if len(c.window) >= n {
		return nil
	}
	left := c.end - c.pos
	if int64(n-len(c.window)) > left {
		return fmt.Errorf("%w: page longer than its column", pack.ErrCorrupt)
	}
	size := max(n, int(min(left+int64(len(c.window)), chunkAhead)))
	if cap(c.Buf) < size {
		if err := c.Hold(size - cap(c.Buf)); err != nil {
			return err
		}
		buf := make([]byte, size)
		copy(buf, c.window)
		c.Buf = buf
	} else {
		copy(c.Buf[:cap(c.Buf)], c.window)
	}
	have := len(c.window)
	c.window = c.Buf[:size]
	if err := readAt(c.Src, c.window[have:], c.pos); err != nil {
		return err
	}
	c.pos += int64(size - have)
	return nil
}
