package decode

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// plainDictionary is the encoding that older writers give for a dictionary and for the
// indices in it.
//
//lint:ignore SA1019 deprecated for writers, but readers must know it
const plainDictionary = format.PlainDictionary

const (
	// chunkAhead is the number of bytes of a column that are read at a time, unless
	// a page is larger.
	chunkAhead = 64 << 10
	// maxHeader is the maximum size of a page header. It may hold a minimum and a
	// maximum value.
	maxHeader = 16 << 20
	// BatchRows is the maximum number of rows decoded at a time.
	BatchRows = 2048
	// maxFixed is the maximum size of fixed-length values.
	maxFixed = 16 << 20
)

// Column reads one column, batch by batch. Open starts a chunk, which is the column in one
// row group. Its pages are read in order, the dictionary first, and Read decodes rows of
// the current page into Batch.
type Column struct {
	Leaf
	Src    io.ReaderAt
	Budget *int // bytes that all columns together may still use
	Unpack *Decompressor

	columnChunk
	columnPage
	columnDict
	Batch batch
}

// columnChunk is the current chunk.
type columnChunk struct {
	codec  format.CompressionCodec
	pos    int64  // offset in Src of the bytes after window
	end    int64  // offset in Src of the end of the chunk
	window []byte // bytes read ahead
	Buf    []byte // memory of window
	begun  bool   // a data page has been read
}

// IsText reports whether the column's values are given as text.
func (c *Column) IsText() bool { return c.Type != format.Int32 && c.Type != format.Int64 }

// width returns the size of a value in bytes, or 0 if sizes differ.
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

// Open starts reading a chunk.
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

// Hold takes n bytes from the budget. It is an error if fewer are left.
func (c *Column) Hold(n int) error {
	if n > *c.Budget {
		return fmt.Errorf("%w: its pages take more memory than ReaderOptions.MaxMemory", pack.ErrUnsupported)
	}
	*c.Budget -= n
	return nil
}

// release releases the dictionary and the text of the page.
func (c *Column) release() {
	*c.Budget += c.Held + c.HeldText
	c.Held, c.HeldText = 0, 0
	c.dictInts, c.dictText, c.dictEnds, c.text = nil, "", nil, ""
}

// fill extends the window to at least n bytes. It is an error if the chunk has fewer.
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
