package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/encode"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// readAll reads the records of a file until its end or an error.
func readAll(data []byte, opts *ReaderOptions) (rows int, err error) {
	r, err := NewReader(bytes.NewReader(data), int64(len(data)), opts)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for _, err := range r.All() {
		var pe *flowlog.ParseError
		if err != nil && !errors.As(err, &pe) {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

// checkHostile reads any file, and requires that an error wraps ErrCorrupt or
// ErrUnsupported.
func checkHostile(tb testing.TB, data []byte) {
	_, err := readAll(data, &ReaderOptions{MaxMemory: 1 << 20})
	if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnsupported) {
		require.NoError(tb, err)
	}
}

// small returns small files with every codec, version and encoding.
func small(tb testing.TB) [][]byte {
	recs := makeRecords(tb, flowlog.V2, 20)
	var s [][]byte
	for c := range compressions {
		s = append(s, write(tb, flowlog.V2, &Options{Compression: Compression(c), RowGroupRows: 15}, recs))
	}
	for version := 1; version <= 2; version++ {
		s = append(s, foreign(tb, []string{"srcaddr", "bytes", "action", "vpc_id"}, []parquet.Node{
			parquet.Optional(parquet.Encoded(parquet.String(), &parquet.DeltaByteArray)),
			parquet.Optional(parquet.Encoded(parquet.Int(64), &parquet.DeltaBinaryPacked)),
			parquet.Encoded(parquet.String(), &parquet.DeltaLengthByteArray),
			parquet.Optional(parquet.Encoded(parquet.String(), &parquet.PlainDictionary)),
		}, [][]any{{"10.0.0.1", int64(1), "ACCEPT", "a"}, {"10.0.0.2", int64(1) << 40, "REJECT", nil}, {nil, nil, "-", "b"}}, parquet.DataPageVersion(version)))
	}
	return s
}

// A file truncated at any byte is an error, never a panic and never fewer rows.
func TestTruncated(t *testing.T) {
	for i, data := range small(t) {
		want, err := readAll(data, nil)
		require.NoError(t, err, "file %d", i)
		require.Positive(t, want)
		for n := range data {
			_, err := readAll(data[:n], nil)
			require.ErrorIs(t, err, ErrCorrupt, "file %d, %d of %d bytes", i, n, len(data))
		}
	}
}

// A file with a wrong byte is an error or another file, never a panic.
func TestFlipped(t *testing.T) {
	for n, data := range small(t) {
		bad := bytes.Clone(data)
		for i := n % 3; i < len(bad); i += 3 {
			bad[i] ^= []byte{1, 0x80, 0xff}[i%2+n%2]
			checkHostile(t, bad)
			bad[i] = data[i]
		}
	}
}

// The checksum detects a wrong byte in a page.
func TestChecksum(t *testing.T) {
	data := write(t, flowlog.V2, &Options{Compression: Uncompressed}, makeRecords(t, flowlog.V2, 50))
	for _, c := range openFile(t, data).Metadata().RowGroups[0].Columns {
		bad := bytes.Clone(data)
		bad[c.MetaData.DataPageOffset+c.MetaData.TotalCompressedSize-max(0, c.MetaData.DataPageOffset-c.MetaData.DictionaryPageOffset)*btoi64(c.MetaData.DictionaryPageOffset > 0)-1] ^= 1
		_, err := readAll(bad, nil)
		assert.ErrorIs(t, err, ErrCorrupt)
		assert.ErrorContains(t, err, "checksum")
		assert.ErrorContains(t, err, `column "`+c.MetaData.PathInSchema[0]+`"`)
	}
}

func btoi64(b bool) int64 { return int64(btoi(b)) }

// edit returns the file with its footer changed.
func edit(tb testing.TB, data []byte, change func(*format.FileMetaData)) []byte {
	meta := *openFile(tb, data).Metadata()
	change(&meta)
	n := len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	require.NoError(tb, err)
	return assemble(data[:n], footer)
}

func assemble(head, footer []byte) []byte {
	b := append(bytes.Clone(head), footer...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(footer))), pack.Magic...)
}

func TestBadFooters(t *testing.T) {
	data := write(t, flowlog.V2, nil, makeRecords(t, flowlog.V2, 20))
	column := func(m *format.FileMetaData) *format.ColumnMetaData { return &m.RowGroups[0].Columns[2].MetaData }
	for _, tt := range []struct {
		name   string
		change func(*format.FileMetaData)
		want   error
		text   string
	}{
		{"more rows than the row groups", func(m *format.FileMetaData) { m.NumRows++ }, ErrCorrupt, "rows"},
		{"more rows than the columns", func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 21, 21 }, ErrCorrupt, "20 values in 21 rows"},
		{"more rows than the pages", func(m *format.FileMetaData) {
			m.NumRows, m.RowGroups[0].NumRows = 21, 21
			for i := range m.RowGroups[0].Columns {
				m.RowGroups[0].Columns[i].MetaData.NumValues++
			}
		}, ErrCorrupt, "fewer rows"},
		{"negative rows", func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = -1, -1 }, ErrCorrupt, "-1 rows"},
		{"a column less", func(m *format.FileMetaData) { m.RowGroups[0].Columns = m.RowGroups[0].Columns[1:] }, ErrCorrupt, "13 columns"},
		{"before the file", func(m *format.FileMetaData) { column(m).DictionaryPageOffset, column(m).DataPageOffset = 0, 3 }, ErrCorrupt, `column "interface_id"`},
		{"negative offset", func(m *format.FileMetaData) {
			column(m).DictionaryPageOffset, column(m).DataPageOffset = 0, math.MinInt64
		}, ErrCorrupt, "interface_id"},
		{"after the file", func(m *format.FileMetaData) { column(m).TotalCompressedSize = math.MaxInt64 }, ErrCorrupt, "interface_id"},
		{"size zero", func(m *format.FileMetaData) { column(m).TotalCompressedSize = 0 }, ErrCorrupt, "interface_id"},
		{"cut in a page", func(m *format.FileMetaData) { column(m).TotalCompressedSize-- }, ErrCorrupt, "interface_id"},
		{"cut in a header", func(m *format.FileMetaData) { column(m).TotalCompressedSize = 5 }, ErrCorrupt, "interface_id"},
		{"in the middle of a page", func(m *format.FileMetaData) { column(m).DictionaryPageOffset += 2 }, ErrCorrupt, "interface_id"},
		{"without a dictionary", func(m *format.FileMetaData) {
			c := column(m)
			c.TotalCompressedSize -= c.DataPageOffset - c.DictionaryPageOffset
			c.DictionaryPageOffset = 0
		}, ErrCorrupt, "without a dictionary"},
		{"another type", func(m *format.FileMetaData) { column(m).Type = format.Int64 }, ErrCorrupt, "INT64"},
		{"no type", func(m *format.FileMetaData) { m.Schema[1].Type.Valid, m.Schema[1].Type.V = false, 0 }, ErrUnsupported, "nested"},
		{"a type that does not exist", func(m *format.FileMetaData) { column(m).Type, m.Schema[3].Type.V = 77, 77 }, ErrUnsupported, "interface_id"},
		{"INT96", func(m *format.FileMetaData) { column(m).Type, m.Schema[3].Type.V = format.Int96, format.Int96 }, ErrUnsupported, "INT96"},
		{"BOOLEAN", func(m *format.FileMetaData) { column(m).Type, m.Schema[3].Type.V = format.Boolean, format.Boolean }, ErrUnsupported, "BOOLEAN"},
		{"a codec out of use", func(m *format.FileMetaData) { column(m).Codec = format.LZO }, ErrUnsupported, "LZO"},
		{"another codec", func(m *format.FileMetaData) { column(m).Codec = format.Snappy }, ErrCorrupt, "snappy"},
		{"a list", func(m *format.FileMetaData) { m.Schema[1].RepetitionType.V = format.Repeated }, ErrUnsupported, "nested"},
		{"a group", func(m *format.FileMetaData) {
			m.Schema[0].NumChildren.V = 13
			m.Schema[1].NumChildren = thrift.New(int32(1))
			m.Schema[1].Type.Valid = false
		}, ErrUnsupported, "nested"},
		{"more children than columns", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 15 }, ErrCorrupt, "15 columns"},
		{"no root", func(m *format.FileMetaData) { m.Schema = m.Schema[1:] }, ErrCorrupt, "root"},
		{"no schema", func(m *format.FileMetaData) { m.Schema = thrift.Slice[format.SchemaElement]{} }, ErrCorrupt, "root"},
		{"no columns", func(m *format.FileMetaData) { m.Schema, m.Schema[0].NumChildren.V = m.Schema[:1], 0 }, ErrCorrupt, "root"},
		{"another file", func(m *format.FileMetaData) { m.RowGroups[0].Columns[2].FilePath = "x" }, ErrUnsupported, "another file"},
		{"an encrypted column", func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[2].CryptoMetadata.Value = &format.EncryptionWithFooterKey{}
		}, ErrUnsupported, "encrypted"},
		{"an encrypted footer's mark", func(m *format.FileMetaData) { m.EncryptionAlgorithm.Value = &format.AesGcmV1{} }, ErrUnsupported, "encrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readAll(edit(t, data, tt.change), nil)
			require.ErrorIs(t, err, tt.want)
			assert.ErrorContains(t, err, tt.text)
			assert.True(t, strings.HasPrefix(err.Error(), "parquet: "), err)
			assert.Less(t, len(err.Error()), 200)
		})
	}
}

func TestNotParquet(t *testing.T) {
	for name, tt := range map[string]struct {
		data string
		want error
	}{
		"empty":             {"", ErrCorrupt},
		"magic only":        {"PAR1", ErrCorrupt},
		"text":              {"2 123456789010 eni-1 - - - - - - - 1 2 - NODATA\n", ErrCorrupt},
		"gzip":              {"\x1f\x8b" + strings.Repeat("x", 20), ErrCorrupt},
		"footer too long":   {"PAR1\xff\xff\xff\xffPAR1", ErrCorrupt},
		"encrypted footer":  {"PARE\x00\x00\x00\x00PARE", ErrUnsupported},
		"empty footer":      {"PAR1\x00\x00\x00\x00PAR1", ErrCorrupt},
		"footer of nothing": {"PAR1\x00\x01\x00\x00\x00PAR1", ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readAll([]byte(tt.data), nil)
			require.ErrorIs(t, err, tt.want)
		})
	}
	t.Run("errors of the file come back", func(t *testing.T) {
		_, err := NewReader(badReaderAt{errFull}, 100, nil)
		assert.ErrorIs(t, err, errFull)
	})
	t.Run("a broken connection is not the end of the file", func(t *testing.T) {
		_, err := NewReader(badReaderAt{&url.Error{Op: "Get", URL: "http://example.com", Err: io.EOF}}, 100, nil)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NotErrorIs(t, err, io.EOF)
		assert.ErrorContains(t, err, "example.com")
	})
}

type badReaderAt struct{ err error }

func (r badReaderAt) ReadAt([]byte, int64) (int, error) { return 0, r.err }

// allocated returns the bytes that fn allocates.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The Reader does not allocate memory for counts and sizes that a footer only claims.
func TestFooterMemory(t *testing.T) {
	huge := binary.AppendUvarint(nil, math.MaxInt32)
	list := func(field, typ byte) []byte { return append([]byte{field<<4 | decode.ThriftList, 0xf0 | typ}, huge...) }
	for name, footer := range map[string][]byte{
		"schema":         list(2, decode.ThriftStruct),
		"row groups":     list(4, decode.ThriftStruct),
		"metadata":       list(5, decode.ThriftStruct),
		"skipped":        list(9, decode.ThriftBinary),
		"true and true":  list(9, decode.ThriftTrue),
		"a string":       append([]byte{6<<4 | decode.ThriftBinary}, huge...),
		"a map":          append(append([]byte{9<<4 | decode.ThriftMap}, huge...), 0xcc),
		"nested":         bytes.Repeat([]byte{1<<4 | decode.ThriftStruct}, 1<<20),
		"nested lists":   append([]byte{9<<4 | decode.ThriftList}, bytes.Repeat([]byte{1<<4 | decode.ThriftList}, 1<<20)...),
		"empty elements": append(append([]byte{4<<4 | decode.ThriftList, 0xf0 | decode.ThriftStruct}, binary.AppendUvarint(nil, 1<<20)...), make([]byte, 1<<20)...),
		"wrong elements": append(append([]byte{4<<4 | decode.ThriftList, 0xf0 | decode.ThriftI32}, binary.AppendUvarint(nil, 1<<20)...), make([]byte, 1<<20)...),
	} {
		t.Run(name, func(t *testing.T) {
			data := assemble([]byte(pack.Magic), footer)
			used := allocated(func() {
				_, err := readAll(data, nil)
				require.ErrorIs(t, err, ErrCorrupt)
			})
			assert.Less(t, used, uint64(10<<20+60*len(footer)))
		})
	}
}

// onePage returns a file with one column of text and the given page.
func onePage(tb testing.TB, codec format.CompressionCodec, typ format.Type, rows int64, pages ...any) []byte {
	b := []byte(pack.Magic)
	for i := 0; i < len(pages); i += 2 {
		h := pages[i].(format.PageHeader)
		header, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
		require.NoError(tb, err)
		b = append(append(b, header...), pages[i+1].([]byte)...)
	}
	return columnsOfPages(tb, codec, typ, rows, b, "instance_tag")
}

// columnsOfPages returns a file with one row group. Each column consists of the pages
// in b, after the magic.
func columnsOfPages(tb testing.TB, codec format.CompressionCodec, typ format.Type, rows int64, b []byte, names ...string) []byte {
	meta := format.FileMetaData{
		NumRows:   rows,
		Schema:    thrift.Slice[format.SchemaElement]{{Name: "root", NumChildren: thrift.New(int32(len(names)))}},
		RowGroups: thrift.Slice[format.RowGroup]{{NumRows: rows}},
	}
	for _, name := range names {
		meta.Schema = append(meta.Schema, format.SchemaElement{Name: name, Type: thrift.New(typ), RepetitionType: thrift.New(format.Optional)})
		meta.RowGroups[0].Columns = append(meta.RowGroups[0].Columns, format.ColumnChunk{MetaData: format.ColumnMetaData{
			Type: typ, Codec: codec, NumValues: rows, TotalCompressedSize: int64(len(b) - 4), DataPageOffset: 4,
			Encoding: thrift.Slice[format.Encoding]{}, PathInSchema: thrift.Slice[string]{name},
		}})
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	require.NoError(tb, err)
	return assemble(b, footer)
}

func dataPage(enc format.Encoding, values, full, size int) format.PageHeader {
	return format.PageHeader{Type: format.DataPage, UncompressedPageSize: int32(full), CompressedPageSize: int32(size),
		DataPageHeader: thrift.New(format.DataPageHeader{NumValues: int32(values), Encoding: enc, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE})}
}

// Case 57: nor does it for counts and sizes that a page claims.
func TestPageMemory(t *testing.T) {
	z, err := encode.NewCompressor(format.Zstd)
	require.NoError(t, err)
	bomb, err := z.Append(nil, make([]byte, 100<<20))
	require.NoError(t, err)
	levels := func(n int, rest ...byte) []byte {
		b := append(binary.AppendUvarint(nil, uint64(n)<<1), 1)
		return append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...), rest...)
	}
	const many = math.MaxInt32
	deltas := []byte{0x80, 0x80, 0x04, 1, 0xff, 0xff, 0xff, 0xff, 0x07, 0} // 65536 in a block, one miniblock, 2^31-1 numbers
	page := func(enc format.Encoding, values int, body []byte) []any {
		return []any{dataPage(enc, values, len(body), len(body)), body}
	}
	prefixes := func() []byte { // each value is the one before it and a byte
		var p, s [10000]int32
		for i := range p {
			p[i], s[i] = int32(max(i-1, 0)), 1
		}
		e := &encode.Encoder{}
		b := encode.AppendDelta(e, levels(len(p)), p[:])
		return append(encode.AppendDelta(e, b, s[:]), bytes.Repeat([]byte("x"), len(p))...)
	}()
	for _, tt := range []struct {
		name  string
		codec format.CompressionCodec
		typ   format.Type
		rows  int64
		pages []any
	}{
		{"a zstd bomb", format.Zstd, format.ByteArray, 5, []any{dataPage(format.Plain, 5, 100<<20, len(bomb)), bomb}},
		{"a zstd bomb that claims little", format.Zstd, format.ByteArray, 5, []any{dataPage(format.Plain, 5, 100, len(bomb)), bomb}},
		{"a snappy bomb", format.Snappy, format.ByteArray, 5, []any{dataPage(format.Plain, 5, many, 5), []byte{0xff, 0xff, 0xff, 0xff, 0x07}}},
		{"a size out of the file", format.Uncompressed, format.ByteArray, 5, []any{dataPage(format.Plain, 5, many, many), []byte{}}},
		{"rows without end, all null", format.Uncompressed, format.ByteArray, many, page(format.Plain, 3, []byte{2, 0, 0, 0, 6, 0})},
		{"texts without end", format.Uncompressed, format.ByteArray, many, page(format.Plain, many, levels(many, 0xff, 0xff, 0xff, 0xff))},
		{"a text without end", format.Uncompressed, format.ByteArray, 1, page(format.Plain, 1, levels(1, 0xff, 0xff, 0xff, 0x7f, 'x'))},
		{"differences without end", format.Uncompressed, format.Int64, many, page(format.DeltaBinaryPacked, many, levels(many, deltas...))},
		{"lengths without end", format.Uncompressed, format.ByteArray, 10, page(format.DeltaLengthByteArray, 10, levels(10, deltas...))},
		{"prefixes that grow", format.Uncompressed, format.ByteArray, 10000, page(format.DeltaByteArray, 10000, prefixes)},
		{"a dictionary without end", format.Uncompressed, format.ByteArray, 1, []any{format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: 4, CompressedPageSize: 4, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: many})}, make([]byte, 4)}},
		{"a dictionary of numbers without end", format.Uncompressed, format.Int32, 1, []any{format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: 4, CompressedPageSize: 4, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: many})}, make([]byte, 4)}},
		{"a wide index", format.Uncompressed, format.ByteArray, 1, page(format.RLEDictionary, 1, levels(1, 33, 2, 0))},
		{"levels above one", format.Uncompressed, format.ByteArray, 20, page(format.Plain, 20, append([]byte{2, 0, 0, 0, 20 << 1, 0xff}, bytes.Repeat([]byte{1, 0, 0, 0, 'x'}, 20)...))},
		{"levels above one, packed after", format.Uncompressed, format.ByteArray, 16, page(format.Plain, 16, append([]byte{4, 0, 0, 0, 3, 0xff, 8 << 1, 2}, bytes.Repeat([]byte{1, 0, 0, 0, 'x'}, 16)...))},
		{"a dictionary after a page", format.Uncompressed, format.ByteArray, 2, []any{
			dataPage(format.Plain, 1, 11, 11), []byte{2, 0, 0, 0, 2, 1, 1, 0, 0, 0, 'x'},
			format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: 5, CompressedPageSize: 5, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: 1})}, []byte{1, 0, 0, 0, 'D'},
			dataPage(format.RLEDictionary, 1, 8, 8), []byte{2, 0, 0, 0, 2, 1, 0, 2}}},
		{"levels without end", format.Uncompressed, format.ByteArray, 1, page(format.Plain, 1, []byte{0xff, 0xff, 0xff, 0xff, 1})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := onePage(t, tt.codec, tt.typ, tt.rows, tt.pages...)
			used := allocated(func() {
				_, err := readAll(data, &ReaderOptions{MaxMemory: 1 << 20})
				require.Error(t, err)
				require.True(t, errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsupported), err)
			})
			assert.Less(t, used, uint64(16<<20))
		})
	}
}

// Floating-point numbers are converted to text only when they are read, because some
// have 309 digits.
func TestFloatMemory(t *testing.T) {
	const n = 200_000
	z, err := encode.NewCompressor(format.Zstd)
	require.NoError(t, err)
	pack := func(b []byte) []byte {
		packed, err := z.Append(nil, b)
		require.NoError(t, err)
		return packed
	}
	dict := bytes.Repeat(binary.LittleEndian.AppendUint64(nil, math.Float64bits(-math.MaxFloat64)), n)
	body := []byte{2, 0, 0, 0, 1 << 1, 1, 0, 1 << 1}
	data := onePage(t, format.Zstd, format.Double, 1,
		format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: int32(len(dict)), CompressedPageSize: int32(len(pack(dict))),
			DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: n})}, pack(dict),
		dataPage(format.RLEDictionary, 1, len(body), len(pack(body))), pack(body))
	used := allocated(func() {
		rows, err := readAll(data, &ReaderOptions{MaxMemory: 8 << 20})
		assert.NoError(t, err)
		assert.Equal(t, 1, rows)
	})
	assert.Less(t, used, uint64(16<<20))
}

// MaxMemory is the limit for all columns together, in each row group.
func TestMemoryOfColumns(t *testing.T) {
	const rows, size = 2048, 1000
	prefixes, suffixes := make([]int32, rows), make([]int32, rows)
	for i := range rows {
		prefixes[i], suffixes[i] = size, 1
	}
	prefixes[0], suffixes[0] = 0, size
	body := append(binary.LittleEndian.AppendUint32(nil, 3), 0x80, 0x20, 1)
	e := &encode.Encoder{}
	body = encode.AppendDelta(e, body, prefixes)
	body = append(encode.AppendDelta(e, body, suffixes), bytes.Repeat([]byte("a"), size+rows-1)...)
	h := dataPage(format.DeltaByteArray, rows, len(body), len(body))
	header, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	require.NoError(t, err)
	pages := append(append([]byte(pack.Magic), header...), body...)
	for columns, want := range map[int]error{1: nil, 4: ErrUnsupported} {
		names := []string{"a", "b", "c", "d"}[:columns]
		data := columnsOfPages(t, format.Uncompressed, format.ByteArray, rows, pages, names...)
		rows, err := readAll(data, &ReaderOptions{MaxMemory: 4 << 20})
		assert.ErrorIs(t, err, want)
		assert.Equal(t, want == nil, rows > 0)
	}

	// The memory of a row group is released for the next.
	recs := makeRecords(t, flowlog.V2, 5000)
	data := write(t, flowlog.V2, &Options{RowGroupRows: 500}, recs)
	r := open(t, data, nil)
	for i, err := range r.All() {
		require.NoError(t, err, i)
	}
	held := 0
	for i := range r.all {
		c := &r.all[i]
		held += c.Held + c.HeldText + c.Batch.Held + cap(c.Buf) + cap(c.Body)
	}
	assert.Equal(t, defaultMaxMemory, r.budget+held)
}

// Unusual but valid pages.
func TestOddPages(t *testing.T) {
	data := onePage(t, format.Uncompressed, format.ByteArray, 3,
		dataPage(format.Plain, 0, 0, 0), []byte{},
		format.PageHeader{Type: format.IndexPage, UncompressedPageSize: 3, CompressedPageSize: 3}, []byte("abc"),
		dataPage(format.RLEDictionary, 2, 6, 6), []byte{2, 0, 0, 0, 4, 0}, // nulls only: no indices
		dataPage(format.Plain, 1, 11, 11), []byte{2, 0, 0, 0, 2, 1, 1, 0, 0, 0, 'x'},
	)
	_, err := readAll(data, nil)
	assert.ErrorContains(t, err, "without a dictionary")
	data = onePage(t, format.Uncompressed, format.ByteArray, 3,
		dataPage(format.Plain, 0, 0, 0), []byte{},
		format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: 0, CompressedPageSize: 0, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{})}, []byte{},
		format.PageHeader{Type: format.IndexPage, UncompressedPageSize: 3, CompressedPageSize: 3}, []byte("abc"),
		dataPage(format.RLEDictionary, 2, 6, 6), []byte{2, 0, 0, 0, 4, 0},
		dataPage(format.Plain, 1, 11, 11), []byte{2, 0, 0, 0, 2, 1, 1, 0, 0, 0, 'x'},
	)
	assert.Equal(t, []string{"-", "-", "x"}, lines(t, data, nil))

	// A page of nulls has no bytes for values, with any codec.
	for _, codec := range []format.CompressionCodec{format.Snappy, format.Gzip, format.Zstd, format.Uncompressed} {
		h := format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: 2, CompressedPageSize: 2,
			DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{NumValues: 2, NumNulls: 2, NumRows: 2, Encoding: format.Plain, DefinitionLevelsByteLength: 2})}
		assert.Equal(t, []string{"-", "-"}, lines(t, onePage(t, codec, format.ByteArray, 2, h, []byte{4, 0}), nil), codec)
	}
}

// An error in the middle of a file is returned after the rows before it, and by all
// further reads.
func TestErrorStays(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 100)
	data := write(t, flowlog.V2, &Options{RowGroupRows: 10}, recs)
	at := openFile(t, data).Metadata().RowGroups[5].Columns[0].MetaData.DataPageOffset
	data[at+20] ^= 0xff
	r := open(t, data, nil)
	var rec flowlog.Record
	var first error
	n := 0
	for ; ; n++ {
		if first = r.Read(&rec); first != nil {
			break
		}
	}
	assert.Equal(t, 50, n)
	assert.ErrorIs(t, first, ErrCorrupt)
	assert.Equal(t, first, r.Read(&rec))
	assert.NotErrorIs(t, first, io.EOF)
	assert.ErrorContains(t, first, "row group 5")
}

// FuzzReader reads mutated files: no panic, no other error, bounded memory.
func FuzzReader(f *testing.F) {
	for _, data := range small(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		checkHostile(t, data)
	})
}

// FuzzPage reads mutated pages. FuzzReader seldom reaches these, because of the
// checksums and footers of whole files.
func FuzzPage(f *testing.F) {
	for _, enc := range []format.Encoding{format.Plain, format.RLEDictionary, format.DeltaBinaryPacked, format.DeltaLengthByteArray, format.DeltaByteArray} {
		f.Add(byte(enc), byte(format.ByteArray), byte(format.Uncompressed), uint16(7), []byte("\x01\x00\x00\x00ab\x02\x01\x01\x80\x01\x04\x03\x02\x05"))
		f.Add(byte(enc), byte(format.ByteArray), byte(format.Uncompressed), uint16(20), []byte("\x02\x00\x00\x00\x28\xff\x01\x00\x00\x00x"))
		f.Add(byte(enc), byte(format.Double), byte(format.Uncompressed), uint16(3), []byte("\x06\x01\xff\xff\xff\xff\xff\xff\xef\x7f\x00\x00"))
		f.Add(byte(enc), byte(format.Int32), byte(format.Zstd), uint16(7), []byte("\x80\x01\x04\x07\x02\x01\x02\x03\x00\x00"))
	}
	f.Fuzz(func(t *testing.T, enc, typ, codec byte, rows uint16, body []byte) {
		dict := format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: 16, CompressedPageSize: 16, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: 2})}
		values := []byte("\x01\x00\x00\x00a\x07\x00\x00\x00bcdefgh")
		if format.CompressionCodec(codec) != format.Uncompressed {
			dict.UncompressedPageSize = int32(len(body))
		}
		levels := pack.AppendHybrid(nil, append(make([]uint32, rows/4), slicesOf(1, int(rows-rows/4))...), 1)
		page := append(binary.LittleEndian.AppendUint32(nil, uint32(len(levels))), levels...)
		page = append(page, body...)
		v2 := format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: int32(len(levels) + len(body)), CompressedPageSize: int32(len(levels) + len(body)),
			DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{NumValues: int32(rows), NumRows: int32(rows), Encoding: format.Encoding(enc % 10), DefinitionLevelsByteLength: int32(len(levels))})}
		checkHostile(t, onePage(t, format.CompressionCodec(codec%8), format.Type(typ%8), 2*int64(rows), dict, values,
			dataPage(format.Encoding(enc%10), int(rows), len(page), len(page)), page, v2, append(levels, body...)))

		// The same with any levels.
		v2.DataPageHeaderV2 = thrift.New(format.DataPageHeaderV2{NumValues: int32(rows), NumRows: int32(rows), Encoding: format.Encoding(enc % 10), DefinitionLevelsByteLength: int32(len(body) / 2)})
		v2.UncompressedPageSize, v2.CompressedPageSize = int32(len(body)), int32(len(body))
		checkHostile(t, onePage(t, format.CompressionCodec(codec%8), format.Type(typ%8), 2*int64(rows), dict, values,
			v2, body, dataPage(format.Encoding(enc%10), int(rows), len(body), len(body)), body))
	})
}

func slicesOf(v uint32, n int) []uint32 {
	s := make([]uint32, n)
	for i := range s {
		s[i] = v
	}
	return s
}
