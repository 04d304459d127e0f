package parquet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/encode"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// The records are read back with every format, codec and size of row group. Each
// value, null and count is that of a file of parquet-go.
func TestWriteRead(t *testing.T) {
	for name, f := range formats(t) {
		for _, n := range []int{0, 1, 7, 700} {
			recs := makeRecords(t, f, n)
			want := openFile(t, writeRef(t, f, nil, recs))
			wantRows := rows(t, want)
			for _, opts := range []Options{
				{},
				{Workers: 1, RowGroupRows: 300},
				{Workers: 3, RowGroupRows: 300, BloomFilters: flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldAction)},
				{Compression: Snappy},
				{Compression: Gzip},
				{Compression: Uncompressed, RowGroupRows: 1},
			} {
				if opts.RowGroupRows == 1 && n > 7 {
					opts.RowGroupRows = 0
				}
				t.Run(fmt.Sprintf("%s/%d/%v/%d", name, n, opts.Compression, opts.Workers), func(t *testing.T) {
					data := write(t, f, &opts, recs)
					got := read(t, data, nil)
					require.Len(t, got, n)
					for i := range got {
						require.Equal(t, recs[i], got[i], "record %d", i)
					}
					file := openFile(t, data)
					assert.Equal(t, wantRows, rows(t, file))
					checkStatistics(t, file)
					if opts.RowGroupRows == 0 && n > 0 {
						sameStatistics(t, want, file)
					}
				})
			}
		}
	}
}

// sameStatistics compares the statistics of two files with one row group.
func sameStatistics(t *testing.T, want, got *parquet.File) {
	for i, w := range want.Metadata().RowGroups[0].Columns {
		g := got.Metadata().RowGroups[0].Columns[i].MetaData.Statistics
		s := w.MetaData.Statistics
		assert.Equal(t, s.NullCount, g.NullCount, "column %d", i)
		assert.Equal(t, s.MinValue, g.MinValue, "column %d", i)
		assert.Equal(t, s.MaxValue, g.MaxValue, "column %d", i)
	}
}

// checkStatistics compares the statistics of a file, for pages and row groups, with
// its values.
func checkStatistics(t *testing.T, file *parquet.File) {
	n := 0
	for g, group := range file.RowGroups() {
		meta := file.Metadata().RowGroups[g]
		assert.EqualValues(t, g, meta.Ordinal)
		compressed := int64(0)
		for i, chunk := range group.ColumnChunks() {
			m := meta.Columns[i].MetaData
			compressed += m.TotalCompressedSize
			assert.EqualValues(t, meta.NumRows, m.NumValues)
			index, err := chunk.ColumnIndex()
			if meta.Columns[i].ColumnIndexOffset == 0 {
				require.ErrorIs(t, err, parquet.ErrMissingColumnIndex)
				checkLongBounds(t, chunk, m.Statistics)
				n++
				continue
			}
			if file.Metadata().RowGroups[0].Columns[0].ColumnIndexOffset == 0 {
				n++
				continue // parquet-go then reads no column index at all
			}
			require.NoError(t, err)
			offsets, err := chunk.OffsetIndex()
			require.NoError(t, err)
			require.Equal(t, index.NumPages(), offsets.NumPages())

			pages := chunk.Pages()
			nulls, row := int64(0), int64(0)
			var all, mins, maxs []parquet.Value
			for p := 0; ; p++ {
				page, err := pages.ReadPage()
				if err == io.EOF {
					require.Equal(t, p, index.NumPages())
					break
				}
				require.NoError(t, err)
				values := make([]parquet.Value, page.NumValues())
				k, err := page.Values().ReadValues(values)
				require.Len(t, values, k)
				require.ErrorIs(t, err, io.EOF)
				some := slices.DeleteFunc(slices.Clone(values), parquet.Value.IsNull)
				assert.Equal(t, row, offsets.FirstRowIndex(p))
				assert.EqualValues(t, len(values)-len(some), index.NullCount(p))
				assert.Equal(t, len(some) == 0, index.NullPage(p))
				nulls += index.NullCount(p)
				row += page.NumRows()
				if len(some) > 0 {
					lo, hi := slices.MinFunc(some, chunk.Type().Compare), slices.MaxFunc(some, chunk.Type().Compare)
					assert.Equal(t, lo.String(), index.MinValue(p).String())
					assert.Equal(t, hi.String(), index.MaxValue(p).String())
					mins, maxs = append(mins, lo.Clone()), append(maxs, hi.Clone())
					all = append(all, lo.Clone(), hi.Clone())
				}
			}
			require.NoError(t, pages.Close())
			assert.Equal(t, nulls, m.Statistics.NullCount)
			if len(all) > 0 {
				assert.Equal(t, slices.MinFunc(all, chunk.Type().Compare).Bytes(), m.Statistics.MinValue)
				assert.Equal(t, slices.MaxFunc(all, chunk.Type().Compare).Bytes(), m.Statistics.MaxValue)
			} else {
				assert.Nil(t, m.Statistics.MinValue)
			}
			assert.Equal(t, slices.IsSortedFunc(mins, chunk.Type().Compare) && slices.IsSortedFunc(maxs, chunk.Type().Compare), index.IsAscending())
			n++
		}
		assert.Equal(t, compressed, meta.TotalCompressedSize)
	}
	assert.Len(t, file.ColumnIndexes(), n)
}

// checkLongBounds checks that a chunk without a column index has a page with a minimum or a
// maximum of more than 1 KiB, and that the chunk has neither.
func checkLongBounds(t *testing.T, chunk parquet.ColumnChunk, s format.Statistics) {
	assert.Nil(t, s.MinValue)
	assert.Nil(t, s.MaxValue)
	longest := 0
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		values := make([]parquet.Value, page.NumValues())
		_, err = page.Values().ReadValues(values)
		require.ErrorIs(t, err, io.EOF)
		some := slices.DeleteFunc(values, parquet.Value.IsNull)
		if len(some) > 0 {
			lo, hi := slices.MinFunc(some, chunk.Type().Compare), slices.MaxFunc(some, chunk.Type().Compare)
			longest = max(longest, len(lo.ByteArray()), len(hi.ByteArray()))
		}
	}
	assert.Greater(t, longest, 1<<10)
}

// Cases 3, 65, 115, 128: zero is a value, and a missing value is null.
func TestNullAndZero(t *testing.T) {
	line := "2 123456789010 eni-1 - 10.0.0.1 0 - 0 0 - 0 - - NODATA"
	rec, err := flowlog.Parse(line)
	require.NoError(t, err)
	data := write(t, flowlog.V2, nil, []flowlog.Record{rec})
	assert.Equal(t, [][]string{{"2", "123456789010", "eni-1", "<null>", "10.0.0.1", "0", "<null>", "0", "0", "<null>", "0", "<null>", "<null>", "NODATA"}}, rows(t, openFile(t, data)))
	assert.Equal(t, line, read(t, data, nil)[0].String())
}

// Case 8: counters have 64 bits.
func TestWideCounters(t *testing.T) {
	for _, n := range []int64{1 << 31, 1 << 40, 1<<63 - 1} {
		var rec flowlog.Record
		require.NoError(t, rec.SetInt(flowlog.FieldBytes, n))
		got := read(t, write(t, flowlog.V2, nil, []flowlog.Record{rec}), nil)
		assert.Equal(t, n, got[0].Bytes)
	}
}

// Fields that the format does not have are not written, as in Format.Append.
func TestProjectionOnWrite(t *testing.T) {
	rec, err := flowlog.Parse("2 123456789010 eni-1 10.0.0.2 10.0.0.1 1 2 6 3 4 5 6 ACCEPT OK")
	require.NoError(t, err)
	f, err := flowlog.NewFormat(flowlog.FieldDstPort, flowlog.FieldSrcAddr)
	require.NoError(t, err)
	got := read(t, write(t, f, nil, []flowlog.Record{rec}), nil)
	assert.Equal(t, "2 10.0.0.2", string(f.Append(nil, &got[0])))
	assert.Equal(t, 2, got[0].Fields.Len())
}

func TestRowGroups(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 10)
	sizes := func(opts *Options, flush ...int) (s []int64) {
		var b bytes.Buffer
		w := NewWriter(&b, flowlog.V2, opts)
		for i := range recs {
			require.NoError(t, w.Write(&recs[i]))
			if slices.Contains(flush, i+1) {
				require.NoError(t, w.Flush())
				require.NoError(t, w.Flush(), "an empty row group is not written")
			}
		}
		require.NoError(t, w.Close())
		assert.EqualValues(t, len(recs), w.Rows())
		for _, g := range openFile(t, b.Bytes()).Metadata().RowGroups {
			s = append(s, g.NumRows)
		}
		return s
	}
	assert.Equal(t, []int64{10}, sizes(nil))
	assert.Equal(t, []int64{4, 4, 2}, sizes(&Options{RowGroupRows: 4}))
	assert.Equal(t, []int64{5, 5}, sizes(&Options{RowGroupRows: 5}))
	assert.Equal(t, []int64{3, 7}, sizes(nil, 3, 10))
	assert.Equal(t, []int64{3, 4, 3}, sizes(&Options{RowGroupRows: 4, Workers: 1}, 3))
	assert.Equal(t, slices.Repeat([]int64{1}, 10), sizes(&Options{RowGroupBytes: 1}))
}

// Memory is bounded by the options for any records.
func TestRowGroupBytes(t *testing.T) {
	var b bytes.Buffer
	f, err := flowlog.NewFormat(flowlog.FieldInstanceTag)
	require.NoError(t, err)
	w := NewWriter(&b, f, &Options{RowGroupBytes: 1 << 20})
	for i := range 100 {
		rec := flowlog.Record{InstanceTag: strings.Repeat("x", 100_000) + fmt.Sprint(i)}
		rec.Fields = rec.Fields.With(flowlog.FieldInstanceTag)
		require.NoError(t, w.Write(&rec))
		assert.Less(t, w.group.bytes(), 1<<20)
	}
	require.NoError(t, w.Close())
	file := openFile(t, b.Bytes())
	assert.Len(t, file.RowGroups(), 10)
	for _, g := range file.Metadata().RowGroups {
		assert.Nil(t, g.Columns[0].MetaData.Statistics.MaxValue, "no bounds of that length")
		assert.Zero(t, g.Columns[0].ColumnIndexOffset)
		assert.NotZero(t, g.Columns[0].OffsetIndexOffset)
	}
	assert.Len(t, read(t, b.Bytes(), nil), 100)
}

// Long texts that repeat are written with a dictionary, whatever the plan of the row
// groups before. Long texts that do not repeat make short pages.
func TestLongTexts(t *testing.T) {
	f, _ := flowlog.ParseFormat("version owner")
	const rows = 1 << 12
	long := strings.Repeat("abcdefgh", 10_000)
	for name, text := range map[string]func(i int) string{
		"repeat":           func(i int) string { return long + fmt.Sprint(i%300) },
		"repeat at last":   func(i int) string { return map[bool]string{true: fmt.Sprint(i), false: long}[i < rows/2] },
		"do not, at times": func(i int) string { return map[bool]string{true: "-", false: long[:70_000+i]}[i%3 == 0] },
	} {
		for _, opts := range []Options{{}, {Sort: true, SortBy: []flowlog.Field{flowlog.FieldVersion}}} {
			t.Run(fmt.Sprint(name, opts.Sort), func(t *testing.T) {
				opts.Workers, opts.RowGroupRows, opts.RowGroupBytes = 1, rows/2, 64<<20
				var b bytes.Buffer
				w := NewWriter(&b, f, &opts)
				used := allocated(func() {
					for i := range rows {
						rec := flowlog.Record{Fields: flowlog.FieldSetOf(flowlog.FieldVersion), Version: 2, Extra: text(i)}
						if err := w.Write(&rec); err != nil {
							t.Fatal(err)
						}
					}
					require.NoError(t, w.Close())
				})
				assert.Less(t, used, uint64(1<<30), "the texts are 330 MB")
				i := 0
				for rec, err := range open(t, b.Bytes(), &ReaderOptions{MaxMemory: 300 << 20}).All() {
					require.NoError(t, err)
					if rec.Extra != text(i) {
						t.Fatal("row", i)
					}
					i++
				}
				assert.Equal(t, rows, i)
				for _, g := range openFile(t, b.Bytes()).OffsetIndexes() {
					for _, p := range g.PageLocations {
						assert.Less(t, p.CompressedPageSize, int32(encode.PageBytes))
					}
				}
			})
		}
	}
}

// Pages of any length have the correct nulls.
func TestPageNulls(t *testing.T) {
	columns := columnsOf(flowlog.V2)
	g := newRowGroup(columns, &Options{RowGroupRows: 1000, RowGroupBytes: 1 << 20}, new(flowlog.Record))
	rnd := rand.New(rand.NewPCG(1, 1))
	var want []uint32
	for range 1000 {
		rec := flowlog.Record{Version: 2}
		if rnd.IntN(3) > 0 {
			rec.Fields = flowlog.FieldSetOf(flowlog.FieldVersion)
		}
		want = append(want, uint32(rec.Fields.Len()))
		*g.rec = rec
		require.NoError(t, g.add())
	}
	e := &encode.Encoder{}
	v := &g.vectors[0]
	v.Settle()
	for range 2000 {
		from := rnd.IntN(1000)
		to := from + 1 + rnd.IntN(1000-from)
		b, nulls := e.AppendLevels(nil, v, nil, from, to)
		got := make([]uint32, to-from)
		h := pack.Hybrid{Width: 1, B: b[4:]}
		require.NoError(t, h.Read(got))
		require.Equal(t, want[from:to], got)
		require.Len(t, encode.Gather(nil, v.Ints32, v, nil, from, to), to-from-nulls)
		require.Equal(t, nulls, bytes.Count(slicesBytes(got), []byte{0}))
	}
}

// slicesBytes returns small numbers as bytes.
func slicesBytes(s []uint32) (b []byte) {
	for _, n := range s {
		b = append(b, byte(n))
	}
	return b
}

// Columns that do not repeat are written without a dictionary, from the row group on
// in which this is measured.
func TestFlatColumns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	const n = 3 * pack.FlatCheck / 2
	recs := make([]flowlog.Record, n)
	for i := range recs {
		rec, err := flowlog.Parse(fmt.Sprintf("2 123456789010 eni-%d %d.%d.%d.%d 2001:db8::%x 1 2 6 %d %d 5 6 ACCEPT OK", i,
			1+i>>24, i>>16&255, i>>8&255, i&255, i&0xffff, rnd.Int64(), i))
		require.NoError(t, err)
		recs[i] = rec
	}
	data := write(t, flowlog.V2, nil, recs)
	encodings := map[string]string{}
	for _, c := range openFile(t, data).Metadata().RowGroups[0].Columns {
		encodings[c.MetaData.PathInSchema[0]] = c.MetaData.Encoding[1].String()
	}
	assert.Equal(t, map[string]string{
		"version": "RLE_DICTIONARY", "account_id": "RLE_DICTIONARY", "interface_id": "DELTA_LENGTH_BYTE_ARRAY",
		"srcaddr": "DELTA_LENGTH_BYTE_ARRAY", "dstaddr": "DELTA_LENGTH_BYTE_ARRAY",
		"srcport": "RLE_DICTIONARY", "dstport": "RLE_DICTIONARY", "protocol": "RLE_DICTIONARY",
		"packets": "PLAIN", "bytes": "DELTA_BINARY_PACKED", "start": "RLE_DICTIONARY", "end": "RLE_DICTIONARY",
		"action": "RLE_DICTIONARY", "log_status": "RLE_DICTIONARY",
	}, encodings)
	i := 0
	for rec, err := range open(t, data, nil).All() {
		require.NoError(t, err)
		if *rec != recs[i] {
			require.Equal(t, recs[i], *rec, "record %d", i)
		}
		i++
	}
	assert.Equal(t, n, i)
}

func TestSort(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 2500)
	key := func(f flowlog.Field) func(a, b flowlog.Record) int {
		return func(a, b flowlog.Record) int {
			if !a.Has(f) || !b.Has(f) { // nulls last
				return cmp.Compare(btoi(a.Has(f)), btoi(b.Has(f))) * -1
			}
			if x, ok := a.Int(f); ok {
				y, _ := b.Int(f)
				return cmp.Compare(x, y)
			}
			return cmp.Compare(a.Value(f), b.Value(f))
		}
	}
	for _, tt := range []struct {
		name string
		by   []flowlog.Field
		want []flowlog.Field
	}{
		{"default", nil, []flowlog.Field{flowlog.FieldInterfaceID, flowlog.FieldStart}},
		{"srcaddr", []flowlog.Field{flowlog.FieldSrcAddr}, []flowlog.Field{flowlog.FieldSrcAddr}},
		{"bytes", []flowlog.Field{flowlog.FieldBytes, flowlog.FieldVPCID, flowlog.FieldDstAddr, flowlog.FieldBytes}, []flowlog.Field{flowlog.FieldBytes, flowlog.FieldDstAddr}},
		{"srcport", []flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldAction}, []flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldAction}},
		{"no field of the format", []flowlog.Field{flowlog.FieldVPCID}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := write(t, flowlog.V2, &Options{Sort: true, SortBy: tt.by, RowGroupRows: 1000}, recs)
			got := read(t, data, nil)
			require.Len(t, got, len(recs))
			file := openFile(t, data)
			checkStatistics(t, file)
			for from := 0; from < len(recs); from += 1000 {
				want := slices.Clone(recs[from:min(from+1000, len(recs))])
				for _, f := range slices.Backward(tt.want) {
					slices.SortStableFunc(want, key(f))
				}
				for i := range want {
					require.Equal(t, want[i], got[from+i], "row %d", from+i)
				}
				var columns []string
				for _, c := range file.RowGroups()[from/1000].SortingColumns() {
					assert.False(t, c.Descending())
					assert.False(t, c.NullsFirst())
					columns = append(columns, c.Path()[0])
				}
				var names []string
				for _, f := range tt.want {
					names = append(names, f.Column())
				}
				assert.Equal(t, names, columns)
			}
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// parquet-go finds every value in the bloom filters, and few others.
func TestBloomFilters(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 3000)
	data := write(t, flowlog.V2, &Options{BloomFilters: flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldVPCID)}, recs)
	file := openFile(t, data)
	for i, c := range file.RowGroups()[0].ColumnChunks() {
		filter := c.BloomFilter()
		if flowlog.V2.Fields()[i] != flowlog.FieldSrcAddr {
			assert.Nil(t, filter)
			continue
		}
		require.NotNil(t, filter)
		assert.EqualValues(t, 1, filter.Size()&-filter.Size()/filter.Size(), "a power of two")
		for _, r := range recs {
			if r.Has(flowlog.FieldSrcAddr) {
				ok, err := filter.Check(parquet.ByteArrayValue([]byte(r.Value(flowlog.FieldSrcAddr))))
				require.NoError(t, err)
				require.True(t, ok)
			}
		}
		wrong := 0
		for n := range 10000 {
			ok, err := filter.Check(parquet.ByteArrayValue(fmt.Appendf(nil, "192.0.2.%d", n)))
			require.NoError(t, err)
			wrong += btoi(ok)
		}
		assert.Less(t, wrong, 300)
	}
}

func TestMetadata(t *testing.T) {
	recs := records(t, []byte("2 1 eni-1 - - - - - - - 1 2 - NODATA\n2 1 eni-1 - - - - - - - 1 2 - SKIPDATA\n2 1 eni-1 - - - - - - - 1 2 - OK\n"), nil)
	r := open(t, write(t, flowlog.V2, nil, recs), nil)
	for key, want := range map[string]string{
		"vpcflow.format":   flowlog.V2.String(),
		"vpcflow.version":  libraryVersion(),
		"vpcflow.records":  "3",
		"vpcflow.nodata":   "1",
		"vpcflow.skipdata": "1",
	} {
		got, ok := r.Metadata(key)
		assert.True(t, ok, key)
		assert.Equal(t, want, got, key)
	}
	_, ok := r.Metadata("vpcflow.lines")
	assert.False(t, ok, "there was no text")
	assert.EqualValues(t, 3, r.Rows())
	assert.Regexp(t, `^github.com/vpcflow/vpcflow version [0-9][^ ]* \(build [^ ]+\)$`, openFile(t, write(t, flowlog.V2, nil, nil)).Metadata().CreatedBy)
}

func TestOptions(t *testing.T) {
	for name, opts := range map[string]*Options{
		"codec":          {Compression: 99},
		"rows":           {RowGroupRows: -1},
		"rows too many":  {RowGroupRows: maxRowGroupRows + 1},
		"bytes":          {RowGroupBytes: -1},
		"bytes too many": {RowGroupBytes: maxRowGroupBytes + 1},
		"bloom filter":   {BloomFilters: flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldDstPort)},
		"workers":        {Workers: -1},
	} {
		t.Run(name, func(t *testing.T) {
			var rec flowlog.Record
			w := NewWriter(io.Discard, flowlog.V2, opts)
			assert.ErrorIs(t, w.Write(&rec), ErrOptions)
			assert.ErrorIs(t, w.Flush(), ErrOptions)
			assert.ErrorIs(t, w.Close(), ErrOptions)
		})
	}
	assert.ErrorIs(t, NewWriter(io.Discard, new(flowlog.Format), nil).Close(), ErrOptions)
}

func TestCompressionText(t *testing.T) {
	for c, name := range compressions {
		b, err := Compression(c).MarshalText()
		require.NoError(t, err)
		assert.Equal(t, name, string(b))
		var got Compression
		require.NoError(t, got.UnmarshalText([]byte(strings.ToUpper(name))))
		assert.Equal(t, Compression(c), got)
	}
	var c Compression
	assert.ErrorIs(t, c.UnmarshalText([]byte("lzo")), ErrOptions)
	_, err := Compression(99).MarshalText()
	assert.ErrorIs(t, err, ErrOptions)
}

// limitWriter fails after a number of bytes.
type limitWriter struct{ left int }

var errFull = errors.New("disk full")

func (w *limitWriter) Write(b []byte) (int, error) {
	if w.left < len(b) {
		n := w.left
		w.left = 0
		return n, errFull
	}
	w.left -= len(b)
	return len(b), nil
}

// An error of the underlying writer is returned at any position, and by all further
// calls.
func TestWriteError(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 300)
	size := len(write(t, flowlog.V2, &Options{RowGroupRows: 100}, recs))
	for _, workers := range []int{1, 2} {
		for left := 0; left < size; left += 997 {
			w := NewWriter(&limitWriter{left}, flowlog.V2, &Options{RowGroupRows: 100, Workers: workers})
			for i := range recs {
				_ = w.Write(&recs[i]) // the error may come later
			}
			require.ErrorIs(t, w.Close(), errFull, "%d of %d bytes", left, size)
			require.ErrorIs(t, w.Write(&recs[0]), errFull)
			require.ErrorIs(t, w.Flush(), errFull)
		}
	}
}

func TestWriterClosed(t *testing.T) {
	w := NewWriter(io.Discard, nil, nil)
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	var rec flowlog.Record
	assert.ErrorIs(t, w.Write(&rec), ErrClosed)
	assert.ErrorIs(t, w.Flush(), ErrClosed)
}

// Write allocates nothing after the vectors have grown.
func TestWriteAllocs(t *testing.T) {
	text := sampleText(2000, false)
	recs := records(t, text, nil)
	g := newRowGroup(columnsOf(flowlog.V2), &Options{RowGroupRows: defaultRowGroupRows, RowGroupBytes: defaultRowGroupBytes}, new(flowlog.Record))
	fill := func() {
		g.reset()
		for i := range recs {
			*g.rec = recs[i]
			if g.add() != nil {
				t.Fail()
			}
		}
	}
	fill()
	assert.Zero(t, testing.AllocsPerRun(5, fill))
}

func TestBoundaryOrder(t *testing.T) {
	page := func(lo, hi int32) encode.Page {
		return encode.Page{Values: 1, Min: binary.LittleEndian.AppendUint32(nil, uint32(lo)), Max: binary.LittleEndian.AppendUint32(nil, uint32(hi))}
	}
	none := page(0, 0)
	none.Values = 0
	for _, tt := range []struct {
		want  string
		pages []struct{ lo, hi int32 }
	}{
		{"ASCENDING", nil},
		{"ASCENDING", []struct{ lo, hi int32 }{{-1, 1}, {-1, 2}, {3, 3}}},
		{"DESCENDING", []struct{ lo, hi int32 }{{3, 3}, {-1, 3}, {-2, 1}}},
		{"UNORDERED", []struct{ lo, hi int32 }{{1, 3}, {2, 2}}},
	} {
		var c encode.Chunk
		c.Meta.Type = 1
		for _, p := range tt.pages {
			c.Pages = append(c.Pages, page(p.lo, p.hi), none)
		}
		assert.Equal(t, tt.want, c.BoundaryOrder().String())
	}
}

// Columns of several pages, with nulls at every position in a page, in each order.
func TestPages(t *testing.T) {
	f, err := flowlog.ParseFormat("srcaddr dstport bytes start action new")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	rnd := rand.New(rand.NewPCG(3, 3))
	recs := make([]flowlog.Record, 2*encode.PageRows+1000)
	for i := range recs {
		rec := &recs[i]
		null := func() bool { return i < 100 || i%encode.PageRows < 3 || i > 2*encode.PageRows || rnd.IntN(100) == 0 }
		if !null() {
			require.NoError(t, rec.Set(flowlog.FieldSrcAddr, fmt.Sprintf("10.0.%d.%d", rnd.IntN(256), rnd.IntN(8))))
		}
		if !null() {
			require.NoError(t, rec.SetInt(flowlog.FieldDstPort, rnd.Int64N(1<<16)))
		}
		if !null() {
			require.NoError(t, rec.SetInt(flowlog.FieldBytes, rnd.Int64()))
		}
		if !null() {
			require.NoError(t, rec.SetInt(flowlog.FieldStart, 1700000000+int64(i/10)))
		}
		if i < encode.PageRows+7 { // a page without a value
			require.NoError(t, rec.Set(flowlog.FieldAction, "ACCEPT"))
		}
		rec.Extra = "-"
		if i%7 == 0 {
			rec.Extra = fmt.Sprint(i)
		}
	}
	for _, sort := range []bool{false, true} {
		data := write(t, f, &Options{Sort: sort, SortBy: []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldBytes}}, recs)
		want := slices.Clone(recs)
		if sort {
			slices.SortStableFunc(want, func(a, b flowlog.Record) int {
				key := func(r *flowlog.Record) string {
					s := "~" // after all addresses
					if r.Has(flowlog.FieldSrcAddr) {
						s = r.Value(flowlog.FieldSrcAddr)
					}
					n := uint64(1 << 63)
					if r.Has(flowlog.FieldBytes) {
						n = uint64(r.Bytes)
					}
					return fmt.Sprintf("%-16s%020d", s, n)
				}
				return cmp.Compare(key(&a), key(&b))
			})
		}
		i := 0
		for rec, err := range open(t, data, nil).All() {
			require.NoError(t, err)
			if *rec != want[i] {
				require.Equal(t, want[i], *rec, "row %d", i)
			}
			i++
		}
		assert.Len(t, recs, i)
		checkStatistics(t, openFile(t, data))
	}
}

// Case 53: text that is not UTF-8 is refused each time, and has no effect on the
// file. Some readers refuse a file with such text.
func TestNotUTF8(t *testing.T) {
	f, err := flowlog.ParseFormat("srcport bytes srcaddr dstaddr action vpc-id new-a new-b")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	good := "1 2 10.0.0.1 ::1 ACCEPT vpc-1 a b"
	var want []string
	var b bytes.Buffer
	w := NewWriter(&b, f, nil)
	add := func(line string) error {
		var rec flowlog.Record
		require.NoError(t, f.Decode(&rec, line))
		return w.Write(&rec)
	}
	for i := range 70 {
		for _, tt := range []struct {
			line  string
			field flowlog.Field
			value string
		}{
			{"1 2 10.0.0.9 10.0.0.1 \xff vpc-1 a b", flowlog.FieldAction, "\xff"},
			{"- - fe80::1%e\xff 10.0.0.1 ACCEPT vpc-1 a b", flowlog.FieldSrcAddr, "fe80::1%e\xff"},
			{"- - - - - - a b\xc3", 0, "a b\xc3"},
			{"1 2 - - \xe9 \xe9 - -", flowlog.FieldAction, "\xe9"},
		} {
			err := add(tt.line)
			require.ErrorIs(t, err, ErrUTF8)
			pe, ok := errors.AsType[*flowlog.ParseError](err)
			require.True(t, ok)
			assert.Equal(t, tt.field, pe.Field)
			assert.Equal(t, tt.value, pe.Value)
		}
		line := good
		if i%3 == 0 {
			line = "- - - fe80::1%é - é - -"
		}
		require.NoError(t, add(line))
		want = append(want, line)
	}
	require.NoError(t, w.Close())
	assert.EqualValues(t, 70, w.Rows())
	assert.Equal(t, want, lines(t, b.Bytes(), nil))
	checkStatistics(t, openFile(t, b.Bytes()))

	var bad []string
	data, stats := convert(t, f.Header()+"\n"+good+"\n1 2 - - \xff - - -\n"+good+"\n", &ConvertOptions{AppendOptions: AppendOptions{OnBad: func(e *flowlog.ParseError) error {
		bad = append(bad, e.Error())
		return nil
	}}})
	assert.Equal(t, []string{`flowlog: line 3, action, "\xff": not UTF-8`}, bad)
	assert.EqualValues(t, 1, stats.Bad)
	assert.EqualValues(t, 2, stats.Records)
	assert.Equal(t, []string{good, good}, lines(t, data, nil))
}

// The texts of a refused record are not in the dictionary.
func TestDistinctCount(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, flowlog.V2, nil)
	for i := range 100 {
		rec, err := flowlog.Parse("2 123456789010 eni-1 1.2.3.4 5.6.7.8 1 2 6 3 4 5 6 ACCEPT OK")
		require.NoError(t, err)
		rec.InterfaceID = fmt.Sprint("eni-", i%10)
		if i%2 == 1 {
			rec.InterfaceID, rec.Action = fmt.Sprint("eni-x", i%10), "\xff"
			assert.ErrorIs(t, w.Write(&rec), ErrUTF8)
			continue
		}
		require.NoError(t, w.Write(&rec))
	}
	require.NoError(t, w.Close())
	m := openFile(t, b.Bytes()).Metadata().RowGroups[0].Columns[2].MetaData
	assert.EqualValues(t, 5, m.Statistics.DistinctCount)
	assert.EqualValues(t, 50, m.NumValues)
	assert.NotContains(t, b.String(), "eni-x")
}
