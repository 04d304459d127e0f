package encode

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// FileWriter writes the parts of a file in order, and collects the metadata for
// the footer. After an error it must not be used.
type FileWriter struct {
	w      io.Writer
	Offset int64 // bytes written
	meta   format.FileMetaData
	index  []chunkIndex // one for each chunk, written by Close
}

// chunkIndex is the page index of one chunk.
type chunkIndex struct {
	columns *format.ColumnIndex // nil if the chunk has no minimum and maximum
	offsets format.OffsetIndex
}

// NewFileWriter returns a FileWriter of a file with the given columns.
// createdBy is the created_by text of the footer.
func NewFileWriter(w io.Writer, columns []pack.Column, createdBy string) *FileWriter {
	f := &FileWriter{w: w}
	f.meta.Version = 2
	f.meta.Schema = schema(columns)
	f.meta.RowGroups = thrift.Slice[format.RowGroup]{}
	f.meta.CreatedBy = createdBy
	for range columns {
		f.meta.ColumnOrders = append(f.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	return f
}

// schema returns the schema of the columns: a root and, as its children, one
// optional leaf per column.
func schema(columns []pack.Column) thrift.Slice[format.SchemaElement] {
	s := thrift.Slice[format.SchemaElement]{{
		Name:        "flow_log",
		NumChildren: thrift.New(int32(len(columns))),
	}}
	for _, c := range columns {
		e := format.SchemaElement{
			Name:           c.Name,
			RepetitionType: thrift.New(format.Optional),
		}
		switch c.Type {
		case format.Int32:
			e.Type = thrift.New(format.Int32)
			e.ConvertedType = thrift.New(deprecated.Int32)
			e.LogicalType.Value = &format.IntType{BitWidth: 32, IsSigned: true}
		case format.Int64:
			e.Type = thrift.New(format.Int64)
			e.ConvertedType = thrift.New(deprecated.Int64)
			e.LogicalType.Value = &format.IntType{BitWidth: 64, IsSigned: true}
		default:
			e.Type = thrift.New(format.ByteArray)
			e.ConvertedType = thrift.New(deprecated.UTF8)
			e.LogicalType.Value = &format.StringType{}
		}
		s = append(s, e)
	}
	return s
}

func (f *FileWriter) write(b []byte) error {
	n, err := f.w.Write(b)
	f.Offset += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("parquet: write: %w", err)
	}
	return nil
}

// begin writes the magic bytes at the start of the file, once.
func (f *FileWriter) begin() error {
	if f.Offset > 0 {
		return nil
	}
	return f.write([]byte(pack.Magic))
}

// BeginRowGroup begins a row group. WriteChunk must follow for each column.
// sorted names the columns by which the rows are sorted, if they are.
func (f *FileWriter) BeginRowGroup(rows int, sorted thrift.Slice[format.SortingColumn]) error {
	if err := f.begin(); err != nil {
		return err
	}
	if len(f.meta.RowGroups) == math.MaxInt16 {
		return fmt.Errorf("parquet: more than %d row groups, the most a file can have", math.MaxInt16)
	}
	f.meta.RowGroups = append(f.meta.RowGroups, format.RowGroup{
		NumRows:        int64(rows),
		FileOffset:     f.Offset,
		Ordinal:        int16(len(f.meta.RowGroups)),
		SortingColumns: sorted,
	})
	f.meta.NumRows += int64(rows)
	return nil
}

// WriteChunk writes the chunk of the next column of the row group.
func (f *FileWriter) WriteChunk(c *Chunk) error {
	g := &f.meta.RowGroups[len(f.meta.RowGroups)-1]
	if c.Pages[0].offset > 0 {
		c.Meta.DictionaryPageOffset = f.Offset
	}
	c.Meta.DataPageOffset += f.Offset
	f.index = append(f.index, c.index(f.Offset))
	g.Columns = append(g.Columns, format.ColumnChunk{MetaData: c.Meta})
	g.TotalByteSize += c.Meta.TotalUncompressedSize
	g.TotalCompressedSize += c.Meta.TotalCompressedSize
	return f.write(c.data)
}

// WriteBloom writes the bloom filter of a column of the row group.
func (f *FileWriter) WriteBloom(column int, filter []byte) error {
	m := &f.meta.RowGroups[len(f.meta.RowGroups)-1].Columns[column].MetaData
	m.BloomFilterOffset = f.Offset
	m.BloomFilterLength = int32(len(filter))
	return f.write(filter)
}

// index returns the page index of a chunk at the given offset in the file.
func (c *Chunk) index(offset int64) chunkIndex {
	var x chunkIndex
	for _, p := range c.Pages {
		x.offsets.PageLocations = append(x.offsets.PageLocations, format.PageLocation{
			Offset:             offset + int64(p.offset),
			CompressedPageSize: int32(p.size),
			FirstRowIndex:      int64(p.row),
		})
	}
	if c.unbounded {
		return x
	}
	x.columns = &format.ColumnIndex{BoundaryOrder: c.BoundaryOrder()}
	for _, p := range c.Pages {
		x.columns.NullPages = append(x.columns.NullPages, p.Values == 0)
		x.columns.NullCounts = append(x.columns.NullCounts, int64(p.nulls))
		x.columns.MinValues = append(x.columns.MinValues, p.Min)
		x.columns.MaxValues = append(x.columns.MaxValues, p.Max)
	}
	return x
}

// BoundaryOrder returns the order of the minimums and maximums of the pages.
// Pages of nulls only do not count.
func (c *Chunk) BoundaryOrder() format.BoundaryOrder {
	up, down := true, true
	var last *Page
	for i := range c.Pages {
		p := &c.Pages[i]
		if p.Values == 0 {
			continue
		}
		if last != nil {
			lo, hi := c.compare(last.Min, p.Min), c.compare(last.Max, p.Max)
			up = up && lo <= 0 && hi <= 0
			down = down && lo >= 0 && hi >= 0
		}
		last = p
	}
	switch {
	case up:
		return format.Ascending
	case down:
		return format.Descending
	}
	return format.Unordered
}

// compare compares two values of the chunk, encoded as PLAIN.
func (c *Chunk) compare(a, b []byte) int {
	switch c.Meta.Type {
	case format.Int32:
		return cmp.Compare(int32(binary.LittleEndian.Uint32(a)), int32(binary.LittleEndian.Uint32(b)))
	case format.Int64:
		return cmp.Compare(int64(binary.LittleEndian.Uint64(a)), int64(binary.LittleEndian.Uint64(b)))
	}
	return bytes.Compare(a, b)
}

// Close writes the page index and the footer, with the given pairs of key and
// value. It does not close the underlying writer.
func (f *FileWriter) Close(metadata [][2]string) error {
	if err := f.begin(); err != nil {
		return err
	}
	chunks := func(yield func(*format.ColumnChunk, *chunkIndex) error) error {
		n := 0
		for i := range f.meta.RowGroups {
			for j := range f.meta.RowGroups[i].Columns {
				if err := yield(&f.meta.RowGroups[i].Columns[j], &f.index[n]); err != nil {
					return err
				}
				n++
			}
		}
		return nil
	}
	err := chunks(func(c *format.ColumnChunk, x *chunkIndex) (err error) {
		if x.columns != nil {
			c.ColumnIndexOffset = f.Offset
			c.ColumnIndexLength, err = f.writeThrift(x.columns)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = chunks(func(c *format.ColumnChunk, x *chunkIndex) (err error) {
		c.OffsetIndexOffset = f.Offset
		c.OffsetIndexLength, err = f.writeThrift(&x.offsets)
		return err
	})
	if err != nil {
		return err
	}
	for _, kv := range metadata {
		f.meta.KeyValueMetadata = append(f.meta.KeyValueMetadata, format.KeyValue{Key: kv[0], Value: kv[1]})
	}
	n, err := f.writeThrift(&f.meta)
	if err != nil {
		return err
	}
	return f.write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), pack.Magic...))
}

// writeThrift writes a Thrift structure and returns its size in bytes.
func (f *FileWriter) writeThrift(v any) (int32, error) {
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		return 0, fmt.Errorf("parquet: footer: %w", err)
	}
	return int32(len(b)), f.write(b)
}
