package decode

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// FileMeta is the part of a footer that reading needs.
type FileMeta struct {
	Columns []Leaf
	Groups  []groupMeta
	Rows    int64
	Keys    map[string]string
}

// groupMeta is a row group.
type groupMeta struct {
	Rows   int64
	Chunks []chunkMeta
}

// chunkMeta is one column of a row group.
type chunkMeta struct {
	typ     format.Type
	codec   format.CompressionCodec
	values  int64
	size    int64 // in the file
	data    int64 // offset of the first data page
	dict    int64 // offset of the dictionary page, 0 if there is none
	outside bool  // the chunk is in another file
	locked  bool  // the chunk is encrypted
}

// start returns the offset of the chunk.
func (c *chunkMeta) start() int64 {
	if c.dict > 0 && c.dict < c.data {
		return c.dict
	}
	return c.data
}

// maxFooter is the maximum size of the footer. A row group with all 72 fields takes about
// 12 KB of it.
const maxFooter = 32 << 20

// ReadFileMeta reads and checks the footer of a file.
func ReadFileMeta(r io.ReaderAt, size int64) (*FileMeta, error) {
	const tail = 8 // the length of the footer, and the magic
	if size < int64(len(pack.Magic))+tail {
		return nil, fmt.Errorf("%w: %d bytes are not a Parquet file", pack.ErrCorrupt, size)
	}
	var b [tail]byte
	if err := readAt(r, b[:len(pack.Magic)], 0); err != nil {
		return nil, err
	}
	head := string(b[:len(pack.Magic)])
	if err := readAt(r, b[:], size-tail); err != nil {
		return nil, err
	}
	switch foot := string(b[4:]); {
	case head == "PARE" || foot == "PARE":
		return nil, fmt.Errorf("%w: encrypted", pack.ErrUnsupported)
	case head != pack.Magic:
		return nil, fmt.Errorf("%w: not a Parquet file", pack.ErrCorrupt)
	case foot != pack.Magic:
		return nil, fmt.Errorf("%w: truncated: no footer", pack.ErrCorrupt)
	}
	n := int64(binary.LittleEndian.Uint32(b[:]))
	if n > size-tail-int64(len(pack.Magic)) {
		return nil, fmt.Errorf("%w: footer of %d bytes in a file of %d", pack.ErrCorrupt, n, size)
	}
	if n > maxFooter {
		return nil, fmt.Errorf("%w: footer of %d bytes, the limit is %d", pack.ErrUnsupported, n, maxFooter)
	}
	footer := make([]byte, n)
	if err := readAt(r, footer, size-tail-n); err != nil {
		return nil, err
	}
	m, err := decodeFileMeta(footer)
	if err != nil {
		return nil, err
	}
	return m, m.check(size - tail - n)
}

// readAt reads all of b.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = fmt.Errorf("%w: %w", pack.ErrCorrupt, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("reading at %d: %w", offset, gunzip.NoEOF(err))
}

// decodeFileMeta decodes a footer.
func decodeFileMeta(b []byte) (*FileMeta, error) {
	r := &compact{b: b}
	m := &FileMeta{Keys: make(map[string]string)}
	var schema []schemaNode
	locked := false
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 2 && typ == ThriftList:
			r.structs(func() {
				if len(schema) > maxColumns {
					r.fail("more than %d columns", maxColumns)
					return
				}
				schema = append(schema, decodeNode(r))
			})
		case id == 3 && typ == thriftI64:
			m.Rows = r.i64()
		case id == 4 && typ == ThriftList:
			r.structs(func() { m.Groups = append(m.Groups, decodeGroup(r)) })
		case id == 5 && typ == ThriftList:
			r.structs(func() {
				key, value := decodeKey(r)
				m.Keys[key] = value
			})
		case id == 8:
			locked = true
			return false
		default:
			return false
		}
		return true
	})
	if r.err != nil {
		return nil, r.err
	}
	if locked {
		return nil, fmt.Errorf("%w: encrypted", pack.ErrUnsupported)
	}
	return m, m.flatten(schema)
}

func decodeGroup(r *compact) groupMeta {
	g := groupMeta{}
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == ThriftList:
			r.structs(func() { g.Chunks = append(g.Chunks, decodeChunk(r)) })
		case id == 3 && typ == thriftI64:
			g.Rows = r.i64()
		default:
			return false
		}
		return true
	})
	if len(g.Chunks) == 0 {
		r.fail("a row group without columns")
	}
	return g
}

func decodeChunk(r *compact) chunkMeta {
	c := chunkMeta{typ: -1}
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == ThriftBinary:
			c.outside = len(r.bytes()) > 0
		case id == 3 && typ == ThriftStruct:
			r.fields(func(id int16, typ byte) bool { return c.decode(r, id, typ) })
		case id == 8 || id == 9:
			c.locked = true
			return false
		default:
			return false
		}
		return true
	})
	if c.typ < 0 {
		r.fail("a column chunk without metadata")
	}
	return c
}

// decode decodes a field of a chunk's metadata.
func (c *chunkMeta) decode(r *compact, id int16, typ byte) bool {
	switch {
	case id == 1 && typ == ThriftI32:
		c.typ = format.Type(r.i32())
	case id == 4 && typ == ThriftI32:
		c.codec = format.CompressionCodec(r.i32())
	case id == 5 && typ == thriftI64:
		c.values = r.i64()
	case id == 7 && typ == thriftI64:
		c.size = r.i64()
	case id == 9 && typ == thriftI64:
		c.data = r.i64()
	case id == 11 && typ == thriftI64:
		c.dict = r.i64()
	default:
		return false
	}
	return true
}

func decodeKey(r *compact) (key, value string) {
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == ThriftBinary:
			key = string(r.bytes())
		case id == 2 && typ == ThriftBinary:
			value = string(r.bytes())
		default:
			return false
		}
		return true
	})
	return key, value
}

// check checks that the row groups fit the schema and the file. end is the offset of the
// end of the pages.
func (m *FileMeta) check(end int64) error {
	rows := int64(0)
	for i, g := range m.Groups {
		if len(g.Chunks) != len(m.Columns) {
			if slices.ContainsFunc(m.Columns, func(l Leaf) bool { return l.Nested }) {
				return fmt.Errorf("%w: nested columns: row group %d has %d columns, the schema has %d", pack.ErrUnsupported, i, len(g.Chunks), len(m.Columns))
			}
			return fmt.Errorf("%w: row group %d has %d columns, not %d", pack.ErrCorrupt, i, len(g.Chunks), len(m.Columns))
		}
		if g.Rows < 0 || g.Rows > math.MaxInt64-rows {
			return fmt.Errorf("%w: row group %d has %d rows", pack.ErrCorrupt, i, g.Rows)
		}
		rows += g.Rows
		for j := range g.Chunks {
			if m.Columns[j].Nested {
				continue // it is not read
			}
			if err := m.checkChunk(&g.Chunks[j], g.Rows, end); err != nil {
				return fmt.Errorf("row group %d, column %.64q: %w", i, m.Columns[j].Name, err)
			}
			if g.Chunks[j].typ != m.Columns[j].Type {
				return fmt.Errorf("%w: row group %d, column %.64q: %v in a column of %v", pack.ErrCorrupt, i, m.Columns[j].Name, g.Chunks[j].typ, m.Columns[j].Type)
			}
		}
	}
	if rows != m.Rows {
		return fmt.Errorf("%w: %d rows in the row groups, %d in the file", pack.ErrCorrupt, rows, m.Rows)
	}
	return nil
}

func (m *FileMeta) checkChunk(c *chunkMeta, rows, end int64) error {
	start := c.start()
	switch {
	case c.locked:
		return fmt.Errorf("%w: encrypted", pack.ErrUnsupported)
	case c.outside:
		return fmt.Errorf("%w: in another file", pack.ErrUnsupported)
	case c.values != rows:
		return fmt.Errorf("%w: %d values in %d rows", pack.ErrCorrupt, c.values, rows)
	case rows == 0:
		return nil // there may be no page
	case start < int64(len(pack.Magic)) || c.size <= 0 || start > end || c.size > end-start:
		return fmt.Errorf("%w: %d bytes at %d, of %d", pack.ErrCorrupt, c.size, start, end)
	}
	return nil
}
