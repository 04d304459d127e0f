package engines

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// columnFacts is what a reader found in a column of a file.
type columnFacts struct {
	Name, Type  string
	Nulls       int
	Sum, Digest string
}

// groupFacts is what the footer says about a row group.
type groupFacts struct {
	Rows    int
	Columns []struct {
		Nulls           int
		Min, Max, Codec string
	}
}

// fileFacts is what a reader found in a file.
type fileFacts struct {
	Error    string
	Rows     int
	Columns  []columnFacts
	Groups   []groupFacts
	Metadata map[string]string
	By       string
	Counts   []int
}

// table is the content of a file as text, column by column, null where there
// is no value.
type table struct {
	names   []string
	types   []flowlog.Type
	columns [][]string
}

// tableOf returns what a file of these lines must hold.
func tableOf(f *flowlog.Format, lines []string) *table {
	tab := &table{names: f.Columns(), columns: make([][]string, f.Len())}
	for _, field := range f.Fields() {
		tab.types = append(tab.types, field.Type())
	}
	for _, line := range lines {
		for i, v := range strings.Fields(line) {
			if v == "-" {
				v = null
			}
			tab.columns[i] = append(tab.columns[i], v)
		}
	}
	return tab
}

// facts returns the facts of rows [from, to) of a column, and the least and
// greatest value.
func (tab *table) facts(i, from, to int) (c columnFacts, low, high string) {
	low, high = null, null
	c.Name = tab.names[i]
	sum, numbers := new(big.Int), 0
	h := sha256.New()
	less := func(a, b string) bool {
		if tab.types[i] == flowlog.TypeString {
			return a < b
		}
		x, _ := strconv.ParseInt(a, 10, 64)
		y, _ := strconv.ParseInt(b, 10, 64)
		return x < y
	}
	for _, v := range tab.columns[i][from:to] {
		h.Write([]byte(v + "\n"))
		if v == null {
			c.Nulls++
			continue
		}
		if tab.types[i] != flowlog.TypeString {
			n, _ := new(big.Int).SetString(v, 10)
			sum.Add(sum, n)
			numbers++
		}
		if low == null || less(v, low) {
			low = v
		}
		if high == null || less(high, v) {
			high = v
		}
	}
	if numbers > 0 {
		c.Sum = sum.String()
	}
	c.Digest = hex.EncodeToString(h.Sum(nil))[:32]
	return c, low, high
}

// rows returns the rows as lines.
func (tab *table) rows() []string {
	if len(tab.columns) == 0 {
		return nil
	}
	rows := make([]string, len(tab.columns[0]))
	for r := range rows {
		values := make([]string, len(tab.columns))
		for i := range values {
			values[i] = tab.columns[i][r]
		}
		rows[r] = strings.Join(values, " ")
	}
	return rows
}

// equalLines compares lines and shows the first that differ.
func equalLines(t testing.TB, want, got []string) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		require.Equal(t, want[i], got[i], "line %d", i)
	}
	require.Len(t, got, len(want), "lines")
}

// ourTable reads a file with the library's own Reader.
func ourTable(t testing.TB, path string) *table {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(t, err)
	r, err := parquet.NewReader(file, info.Size(), nil)
	require.NoError(t, err)
	defer r.Close()
	var lines []string
	for rec, err := range r.All() {
		require.NoError(t, err)
		lines = append(lines, string(r.Format().Append(nil, rec)))
	}
	return tableOf(r.Format(), lines)
}

// readerTypes are the types each reader must see, by the library's type.
var readerTypes = map[string]map[flowlog.Type]string{
	"pyarrow": {
		flowlog.TypeInt32:  "INT32 Int(bitWidth=32, isSigned=true) INT_32 int32",
		flowlog.TypeInt64:  "INT64 Int(bitWidth=64, isSigned=true) INT_64 int64",
		flowlog.TypeString: "BYTE_ARRAY String UTF8 string",
	},
	"duckdb": {
		flowlog.TypeInt32:  "INT32 OPTIONAL IntType INT_32 INTEGER",
		flowlog.TypeInt64:  "INT64 OPTIONAL IntType INT_64 BIGINT",
		flowlog.TypeString: "BYTE_ARRAY OPTIONAL StringType UTF8 VARCHAR",
	},
	"polars": {flowlog.TypeInt32: "Int32", flowlog.TypeInt64: "Int64", flowlog.TypeString: "String"},
}

// parquetCase is a file to write.
type parquetCase struct {
	name  string
	f     *flowlog.Format
	lines []string
	opts  parquet.Options
}

// parquetCases are the files that every reader must agree on.
func parquetCases(t testing.TB) []parquetCase {
	t.Helper()
	var cases []parquetCase
	for _, f := range logFormats(t) {
		lines := newGenerator(f.Format, 1).lines(1500)
		for _, codec := range []parquet.Compression{parquet.Zstd, parquet.Snappy, parquet.Gzip, parquet.Uncompressed} {
			for _, sorted := range []bool{false, true} {
				name := f.name + "/" + codec.String()
				if sorted {
					name += "-sorted"
				}
				cases = append(cases, parquetCase{name, f.Format, lines, parquet.Options{Compression: codec, RowGroupRows: 600, Sort: sorted}})
			}
		}
		var blooms flowlog.FieldSet
		for _, field := range f.Fields() {
			if field.Kind() == flowlog.KindAddr {
				blooms = blooms.With(field)
			}
		}
		cases = append(cases,
			parquetCase{f.name + "/empty", f.Format, nil, parquet.Options{}},
			parquetCase{f.name + "/one-row", f.Format, lines[:1], parquet.Options{}},
			parquetCase{f.name + "/one-worker", f.Format, lines, parquet.Options{Workers: 1}},
			parquetCase{f.name + "/sorted-by-srcaddr-with-bloom-filters", f.Format, lines, parquet.Options{
				Sort: true, SortBy: []flowlog.Field{flowlog.FieldSrcAddr}, BloomFilters: blooms, RowGroupRows: 600,
			}},
		)
	}
	nodata := "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
	distinct := newGenerator(flowlog.V2, 3)
	distinct.distinct = true
	tagged, _ := flowlog.ParseFormat("version instance-tag owner")
	var long []string
	for i := range 500 {
		long = append(long, fmt.Sprintf("11 %s%d -", strings.Repeat("abcdefgh", 4000), i))
		if i%3 == 0 {
			long[i] = fmt.Sprintf("11 - %s%d", strings.Repeat("ijklmnop", 5000), i)
		}
	}
	return append(cases,
		// Columns of nulls alone.
		parquetCase{"v2/nodata-only", flowlog.V2, slices.Repeat([]string{nodata}, 100), parquet.Options{}},
		// Two pages in a column, dictionaries that pay and that do not.
		parquetCase{"v2/large", flowlog.V2, newGenerator(flowlog.V2, 2).lines(60_000), parquet.Options{RowGroupRows: 45_000}},
		parquetCase{"v2/large-distinct", flowlog.V2, distinct.lines(60_000), parquet.Options{RowGroupRows: 45_000}},
		// Pages that end at some row, because their texts are long.
		parquetCase{"long-texts", tagged, long, parquet.Options{}},
	)
}

// write writes the file of a case and returns its path.
func (c *parquetCase) write(t testing.TB, dir string) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewWriter(&b, c.f, &c.opts)
	records := parse(t, c.f, c.lines)
	for i := range records {
		require.NoError(t, w.Write(&records[i]))
	}
	require.NoError(t, w.Close())
	path := filepath.Join(dir, strings.ReplaceAll(c.name, "/", "-")+".parquet")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	return path
}

// TestParquetReaders writes files of every shape and holds what DuckDB,
// pyarrow, polars and the reference Java reader find in them against what was
// written: values in order, nulls, sums, types, statistics and metadata.
func TestParquetReaders(t *testing.T) {
	python := talk(t, "python", pythonCommand(t, "read.py"))
	var versions map[string]string
	python.ask(t, map[string]any{"versions": true}, &versions)
	t.Logf("readers: %v", versions)
	dir := t.TempDir()
	cases := parquetCases(t)
	paths := make([]string, len(cases))
	tables := make([]*table, len(cases))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			paths[i] = c.write(t, dir)
			tab := ourTable(t, paths[i])
			tables[i] = tab
			want := tableOf(c.f, c.lines)
			require.Equal(t, want.names, tab.names)
			if c.opts.Sort {
				equalLines(t, slices.Sorted(slices.Values(want.rows())), slices.Sorted(slices.Values(tab.rows())))
			} else {
				equalLines(t, want.rows(), tab.rows())
			}
			for _, reader := range []string{"pyarrow", "duckdb", "polars"} {
				t.Run(reader, func(t *testing.T) {
					var got fileFacts
					python.ask(t, map[string]any{"reader": reader, "file": paths[i]}, &got)
					require.Empty(t, got.Error)
					checkFacts(t, reader, &c, tab, &got)
					checkFind(t, python, reader, paths[i], tab)
				})
			}
		})
	}
	python.end(t)
	if t.Failed() {
		return
	}
	t.Run("parquet-cli", func(t *testing.T) { checkParquetCLI(t, cases, paths, tables) })
}

// checkFacts holds what a reader found against the table.
func checkFacts(t *testing.T, reader string, c *parquetCase, tab *table, got *fileFacts) {
	assert.Equal(t, len(c.lines), got.Rows)
	require.Len(t, got.Columns, len(tab.names))
	for i, column := range got.Columns {
		want, _, _ := tab.facts(i, 0, len(c.lines))
		want.Type = readerTypes[reader][tab.types[i]]
		assert.Equal(t, want, column)
	}
	if reader == "polars" {
		return // tells nothing about row groups
	}
	from := 0
	for g, group := range got.Groups {
		require.Len(t, group.Columns, len(tab.names))
		for i, s := range group.Columns {
			where := fmt.Sprintf("row group %d, column %s", g, tab.names[i])
			want, low, high := tab.facts(i, from, from+group.Rows)
			if max(len(low), len(high)) > 1<<10 {
				low, high = null, null // the library keeps no bounds of that length
			}
			assert.Equal(t, want.Nulls, s.Nulls, where)
			assert.Equal(t, low, s.Min, where)
			assert.Equal(t, high, s.Max, where)
			codec := strings.ToUpper(c.opts.Compression.String())
			if c.opts.Compression == parquet.Uncompressed {
				codec = "UNCOMPRESSED"
			}
			assert.Equal(t, codec, s.Codec, where)
		}
		from += group.Rows
	}
	assert.Equal(t, len(c.lines), from, "rows of all row groups")
	if c.opts.RowGroupRows > 0 {
		assert.Len(t, got.Groups, (len(c.lines)+c.opts.RowGroupRows-1)/c.opts.RowGroupRows)
	}
	assert.Equal(t, c.f.String(), got.Metadata["vpcflow.format"])
	assert.NotEmpty(t, got.Metadata["vpcflow.version"])
	if reader == "pyarrow" {
		assert.Contains(t, got.By, "vpcflow version ")
	}
}

// checkFind lets a reader count the rows with some value of each column, which
// it does with the statistics, the page index and the bloom filters.
func checkFind(t *testing.T, python *talker, reader, path string, tab *table) {
	var values [][2]any
	var want []int
	for i, column := range tab.columns {
		present := slices.DeleteFunc(slices.Clone(column), func(v string) bool { return v == null })
		if len(present) == 0 {
			continue
		}
		// The first, the middle and the last value, and one that is not there.
		for _, v := range []string{present[0], present[len(present)/2], present[len(present)-1], "77777"} {
			count := 0
			for _, u := range column {
				if u == v {
					count++
				}
			}
			var value any = v
			if tab.types[i] != flowlog.TypeString {
				n, err := strconv.ParseInt(v, 10, 64)
				require.NoError(t, err)
				value = n
			}
			values = append(values, [2]any{tab.names[i], value})
			want = append(want, count)
		}
	}
	if len(values) == 0 {
		return
	}
	var got fileFacts
	python.ask(t, map[string]any{"reader": reader, "file": path, "values": values}, &got)
	require.Empty(t, got.Error)
	for i, v := range values {
		assert.Equal(t, want[i], got.Counts[i], "rows with %v = %v", v[0], v[1])
	}
}
