package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// foreign writes a file with parquet-go: the columns in order, each a name and a node,
// and the values of each row, where nil is null.
func foreign(tb testing.TB, names []string, nodes []parquet.Node, values [][]any, opts ...parquet.WriterOption) []byte {
	g := group{Group: parquet.Group{}}
	for i, name := range names {
		g.Group[name] = nodes[i]
	}
	for _, name := range names {
		for _, f := range g.Group.Fields() {
			if f.Name() == name {
				g.fields = append(g.fields, f)
			}
		}
	}
	var b bytes.Buffer
	w := parquet.NewWriter(&b, append([]parquet.WriterOption{parquet.NewSchema("root", g)}, opts...)...)
	for _, line := range values {
		var row parquet.Row
		for i, x := range line {
			level := btoi(nodes[i].Optional())
			if x == nil {
				row = append(row, parquet.Value{}.Level(0, 0, i))
				continue
			}
			row = append(row, parquet.ValueOf(x).Level(0, level, i))
		}
		_, err := w.WriteRows([]parquet.Row{row})
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// lines returns the records of a file as lines of its format. A row that is not a
// record is its error.
func lines(tb testing.TB, data []byte, opts *ReaderOptions) (s []string) {
	r := open(tb, data, opts)
	for rec, err := range r.All() {
		if pe, ok := err.(*flowlog.ParseError); ok {
			s = append(s, pe.Error())
			continue
		}
		require.NoError(tb, err)
		s = append(s, string(r.Format().Append(nil, rec)))
	}
	return s
}

// Files of other tools have other types for the same columns, and other values for
// null.
func TestForeignFiles(t *testing.T) {
	opt := parquet.Optional
	str, i32, i64 := parquet.String(), parquet.Int(32), parquet.Int(64)
	for _, tt := range []struct {
		name   string
		names  string
		nodes  []parquet.Node
		values [][]any
		format string
		want   []string
	}{
		{"INT64 protocol and INT32 bytes (case 64)", "protocol bytes", []parquet.Node{opt(i64), opt(i32)},
			[][]any{{int64(6), int32(7)}, {nil, nil}, {int64(256), int32(0)}, {int64(0), int32(-1)}},
			"protocol bytes", []string{"6 7", "- -", `flowlog: line 3, protocol, "256": value out of range`, `flowlog: line 4, bytes, "-1": value out of range`}},
		{"strings where numbers should be", "srcport start", []parquet.Node{opt(str), str},
			[][]any{{"443", "1"}, {"", "-"}, {"None", "x"}, {nil, "2"}},
			"srcport start", []string{"443 1", "- -", `flowlog: line 3, start, "x": invalid syntax`, "- 2"}},
		{"null, -, nothing and None (case 65)", "srcaddr action", []parquet.Node{opt(str), opt(str)},
			[][]any{{"-", "-"}, {"", ""}, {"None", "None"}, {nil, nil}, {"10.0.0.1", "ACCEPT"}},
			"srcaddr action", []string{"- -", "- -", "- -", "- -", "10.0.0.1 ACCEPT"}},
		{"floating point, as data frames have numbers with nulls", "dstport bytes account_id", []parquet.Node{opt(parquet.Leaf(parquet.DoubleType)), parquet.Leaf(parquet.FloatType), parquet.Leaf(parquet.DoubleType)},
			[][]any{{443.0, float32(1), 123456789010.0}, {nan(), float32(0), nan()}, {1.5, float32(2), 0.0}},
			"dstport bytes account-id", []string{"443 1 123456789010", "- 0 -", `flowlog: line 3, dstport, "1.5": invalid syntax`}},
		{"numbers where text should be", "account_id vpc_id", []parquet.Node{i64, opt(i32)},
			[][]any{{int64(123456789010), int32(5)}, {int64(0), nil}},
			"account-id vpc-id", []string{"123456789010 5", "0 -"}},
		{"required columns, hyphens and capitals", "pkt-srcaddr DstPort LOG_STATUS", []parquet.Node{str, i32, str},
			[][]any{{"::1", int32(2), "OK"}},
			"pkt-srcaddr dstport log-status", []string{"::1 2 OK"}},
		{"missing, extra and odd columns", "year dstport weird#name 1st", []parquet.Node{opt(i32), opt(i32), opt(str), opt(i64)},
			[][]any{{int32(2026), int32(53), "x", nil}, {nil, nil, nil, int64(-1)}, {int32(1), int32(2), "a b", nil}},
			"year dstport weird_name column_1st", []string{"2026 53 x -", "- - - -1", "1 2 a%20b -"}},
		{"a column twice in other spellings", "pkt_srcaddr pkt-srcaddr dstaddr DSTADDR", []parquet.Node{str, str, str, str},
			[][]any{{"10.0.0.1", "x", "10.0.0.2", "y"}},
			"pkt-srcaddr pkt-srcaddr_2 dstaddr DSTADDR_2", []string{"10.0.0.1 x 10.0.0.2 y"}},
		{"addresses that are none", "srcaddr", []parquet.Node{str},
			[][]any{{"10.0.0.256"}, {"10.0.0.1 "}, {"::ffff:10.0.0.1"}},
			"srcaddr", []string{`flowlog: line 1, srcaddr, "10.0.0.256": not an IP address`, `flowlog: line 2, srcaddr, "10.0.0.1 ": invalid syntax`, "::ffff:10.0.0.1"}},
		{"a plain byte array", "action", []parquet.Node{parquet.Leaf(parquet.ByteArrayType)}, [][]any{{[]byte("ACCEPT")}}, "action", []string{"ACCEPT"}},
		{"text of fixed length", "action", []parquet.Node{opt(parquet.Leaf(parquet.FixedLenByteArrayType(6)))}, [][]any{{[6]byte([]byte("REJECT"))}, {nil}}, "action", []string{"REJECT", "-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, version := range []int{1, 2} {
				data := foreign(t, strings.Fields(tt.names), tt.nodes, tt.values, parquet.DataPageVersion(version))
				assert.Equal(t, tt.format, open(t, data, nil).Format().Header())
				assert.Equal(t, tt.want, lines(t, data, nil))
				want, wantErrs := oneByOne(t, data, nil)
				got, errs := blockwise(t, data, nil)
				assert.Equal(t, want, got)
				assert.Equal(t, wantErrs, errs)
			}
		})
	}
}

func nan() float64 { v, _ := strconv.ParseFloat("NaN", 64); return v }

// Every encoding and codec, in both versions of data pages.
func TestForeignEncodings(t *testing.T) {
	names := []string{"srcaddr", "dstport", "bytes", "vpc_id"}
	var values [][]any
	var want []string
	for i := range 5000 {
		line := []any{"10.0." + strconv.Itoa(i%7) + "." + strconv.Itoa(i%251), int32(i * 7919 % 65536), int64(i) << (i % 40), "vpc-" + strconv.Itoa(i)}
		text := line[0].(string) + " " + strconv.Itoa(int(line[1].(int32))) + " " + strconv.FormatInt(line[2].(int64), 10) + " " + line[3].(string)
		if i%11 == 0 {
			line, text = []any{nil, nil, nil, nil}, "- - - -"
		}
		values, want = append(values, line), append(want, text)
	}
	texts := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaLengthByteArray, &parquet.DeltaByteArray}
	ints := []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaBinaryPacked, &parquet.PlainDictionary}
	codecs := []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd}
	for version := 1; version <= 2; version++ {
		for i := range texts {
			for _, codec := range []compress.Codec{codecs[i], codecs[(i+version)%4]} {
				t.Run(texts[i].String()+"/"+ints[i].String()+"/"+codec.String()+"/v"+strconv.Itoa(version), func(t *testing.T) {
					opt := func(n parquet.Node, e encoding.Encoding) parquet.Node { return parquet.Optional(parquet.Encoded(n, e)) }
					nodes := []parquet.Node{opt(parquet.String(), texts[i]), opt(parquet.Int(32), ints[i]), opt(parquet.Int(64), ints[i]), opt(parquet.String(), texts[i])}
					data := foreign(t, names, nodes, values, parquet.DataPageVersion(version), parquet.Compression(codec), parquet.PageBufferSize(3000), parquet.MaxRowsPerRowGroup(2000))
					assert.Equal(t, want, lines(t, data, nil))
				})
			}
		}
	}
}

// A column with a dictionary for a part of its pages only.
func TestForeignDictionaryFallback(t *testing.T) {
	var values [][]any
	var want []string
	for i := range 3000 {
		s := "tag-" + strconv.Itoa(i)
		values, want = append(values, []any{s}), append(want, s)
	}
	data := foreign(t, []string{"instance_tag"}, []parquet.Node{parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary))}, values,
		parquet.PageBufferSize(1000), parquet.DictionaryMaxBytes(2000))
	encodings := openFile(t, data).Metadata().RowGroups[0].Columns[0].MetaData.Encoding
	require.Greater(t, len(encodings), 2, "the file is not what this test is about")
	assert.Equal(t, want, lines(t, data, nil))
}

func TestProjection(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 3000)
	data := write(t, flowlog.V2, &Options{RowGroupRows: 1000}, recs)
	src := &countingReaderAt{r: bytes.NewReader(data)}
	fields := flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldDstPort, flowlog.FieldVPCID)
	r, err := NewReader(src, int64(len(data)), &ReaderOptions{Fields: fields})
	require.NoError(t, err)
	assert.Equal(t, flowlog.V2.String(), r.Format().String())
	i := 0
	for rec, err := range r.All() {
		require.NoError(t, err)
		var want flowlog.Record
		for _, f := range []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstPort} {
			if recs[i].Has(f) {
				require.NoError(t, want.Set(f, recs[i].Value(f)))
			}
		}
		require.Equal(t, want, *rec)
		i++
	}
	assert.Equal(t, len(recs), i)

	// Only the two columns and the footer were read.
	size := 0
	for _, g := range openFile(t, data).Metadata().RowGroups {
		size += int(g.Columns[3].MetaData.TotalCompressedSize + g.Columns[6].MetaData.TotalCompressedSize)
	}
	footer := int(data[len(data)-8]) | int(data[len(data)-7])<<8
	assert.LessOrEqual(t, src.n, size+footer+8+4)
}

// countingReaderAt counts the bytes read.
type countingReaderAt struct {
	r io.ReaderAt
	n int
}

func (c *countingReaderAt) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(b, off)
	c.n += n
	return n, err
}

func TestProjectionUnknown(t *testing.T) {
	f := formats(t)["unknown"]
	recs := makeRecords(t, f, 10)
	for i, rec := range read(t, write(t, f, nil, recs), &ReaderOptions{Fields: f.FieldSet()}) {
		want := recs[i]
		want.Extra = ""
		assert.Equal(t, want, rec)
	}
}

func TestWithin(t *testing.T) {
	recs := makeRecords(t, flowlog.V2, 3000)
	prefixes := []netip.Prefix{netip.MustParsePrefix("10.0.64.0/18"), netip.MustParsePrefix("2000::40/122")}
	in := func(a netip.Addr) bool { return prefixes[0].Contains(a) || prefixes[1].Contains(a) }
	for name, opts := range map[string]*Options{"dictionary": nil, "groups": {RowGroupRows: 700}} {
		data := write(t, flowlog.V2, opts, recs)
		t.Run(name, func(t *testing.T) {
			var one, both []flowlog.Record
			for _, r := range recs {
				if r.Has(flowlog.FieldSrcAddr) && in(r.SrcAddr) {
					one = append(one, r)
					if r.Has(flowlog.FieldDstAddr) && in(r.DstAddr) {
						both = append(both, r)
					}
				}
			}
			require.NotEmpty(t, both)
			assert.Equal(t, one, read(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: prefixes}}))
			assert.Equal(t, both, read(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: prefixes, flowlog.FieldDstAddr: prefixes}}))

			// The field of the filter need not be read.
			got := read(t, data, &ReaderOptions{Fields: flowlog.FieldSetOf(flowlog.FieldBytes), Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: prefixes}})
			require.Len(t, got, len(one))
			for i := range got {
				assert.Equal(t, one[i].Bytes, got[i].Bytes)
				assert.False(t, got[i].Has(flowlog.FieldSrcAddr))
			}
			assert.Empty(t, read(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {}}}))
			assert.Empty(t, read(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldPktSrcAddr: prefixes}}), "no such column")
		})
	}
	t.Run("no dictionary", func(t *testing.T) {
		data := foreign(t, []string{"srcaddr", "dstport"}, []parquet.Node{parquet.String(), parquet.Int(32)}, [][]any{{"10.0.64.1", int32(1)}, {"-", int32(2)}, {"x", int32(3)}, {"10.0.65.1", int32(4)}})
		assert.Equal(t, []string{"10.0.64.1 1", "10.0.65.1 4"}, lines(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: prefixes}}))
	})
	t.Run("not text", func(t *testing.T) {
		data := foreign(t, []string{"srcaddr"}, []parquet.Node{parquet.Int(32)}, [][]any{{int32(1)}})
		assert.Empty(t, lines(t, data, &ReaderOptions{Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: prefixes}}))
	})
}

// Parsed addresses are cached if there is memory for it. They are read without a cache
// if there is just enough memory for the file.
func TestKeepAddrs(t *testing.T) {
	recs := records(t, sampleText(20000, false), nil)
	data := write(t, flowlog.V2, &Options{RowGroupRows: 7000}, recs)
	// kept reads the file and returns the number of columns with cached addresses,
	// added up over the batches.
	kept := func(memory int) (n int, err error) {
		r := open(t, data, &ReaderOptions{MaxMemory: memory})
		for i := range recs {
			var rec flowlog.Record
			if err := r.Read(&rec); err != nil {
				return 0, err
			}
			require.Equal(t, recs[i], rec)
			require.GreaterOrEqual(t, r.budget, 0)
			for _, c := range r.columns {
				if r.pos == r.ready && r.taken == 1 && len(c.addrs) > 0 {
					n++
				}
			}
		}
		return n, nil
	}
	most, err := kept(0)
	require.NoError(t, err)
	least, err := 0, ErrUnsupported
	for memory := 1 << 16; errors.Is(err, ErrUnsupported); memory += 1 << 10 {
		least, err = kept(memory)
	}
	require.NoError(t, err)
	assert.Less(t, least, most)
}

// The logical type of a column determines its numbers.
func TestLogicalTypes(t *testing.T) {
	data := foreign(t, []string{"my_counter", "bytes"}, []parquet.Node{parquet.Uint(32), parquet.Uint(64)}, [][]any{{uint32(4000000000), uint64(1) << 40}})
	assert.Equal(t, []string{"4000000000 1099511627776"}, lines(t, data, nil))
	for _, enc := range []encoding.Encoding{&parquet.DeltaBinaryPacked, &parquet.RLEDictionary} {
		data = foreign(t, []string{"my_counter"}, []parquet.Node{parquet.Encoded(parquet.Uint(32), enc)}, [][]any{{uint32(4000000000)}, {uint32(7)}})
		assert.Equal(t, []string{"4000000000", "7"}, lines(t, data, nil))
	}
	data = foreign(t, []string{"bytes"}, []parquet.Node{parquet.Decimal(2, 18, parquet.Int64Type)}, [][]any{{int64(100)}})
	_, err := readAll(data, nil)
	assert.ErrorIs(t, err, ErrUnsupported)
	assert.ErrorContains(t, err, "decimal")
}

// In files of this package an absent value is null, and "None" is a value.
func TestNone(t *testing.T) {
	f, _ := flowlog.ParseFormat("version vpc-id owner")
	var rec flowlog.Record
	require.NoError(t, f.Decode(&rec, "11 None None"))
	assert.Equal(t, []flowlog.Record{rec}, read(t, write(t, f, nil, []flowlog.Record{rec}), nil))

	// Arrow keeps the metadata of a file that it changes.
	str := parquet.String()
	data := foreign(t, []string{"version", "vpc_id", "owner"}, []parquet.Node{str, str, str},
		[][]any{{"", "", ""}, {"-", "-", "-"}, {"11", "None", "None"}}, parquet.KeyValueMetadata(keyFormat, f.String()))
	assert.Equal(t, []string{"- - -", "- - -", "11 None None"}, lines(t, data, nil))
}

func TestReaderOptions(t *testing.T) {
	data := write(t, flowlog.V2, nil, nil)
	for name, opts := range map[string]*ReaderOptions{
		"memory":     {MaxMemory: -1},
		"no address": {Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcPort: nil}},
		"no field":   {Within: map[flowlog.Field][]netip.Prefix{0: nil}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewReader(bytes.NewReader(data), int64(len(data)), opts)
			assert.ErrorIs(t, err, ErrOptions)
		})
	}
}

// Read resets all fields of the record.
func TestReadResets(t *testing.T) {
	f, err := flowlog.NewFormat(flowlog.FieldDstPort)
	require.NoError(t, err)
	r := open(t, write(t, f, nil, []flowlog.Record{{}}), nil)
	rec := makeRecords(t, flowlog.V2, 1)[0]
	rec.Extra = "x"
	require.NoError(t, r.Read(&rec))
	assert.Equal(t, flowlog.Record{}, rec)
	rec.Extra = "x"
	assert.Equal(t, io.EOF, r.Read(&rec))
	assert.Equal(t, flowlog.Record{}, rec)
}

func TestReaderClosed(t *testing.T) {
	r := open(t, write(t, flowlog.V2, nil, make([]flowlog.Record, 3)), nil)
	var rec flowlog.Record
	require.NoError(t, r.Read(&rec))
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	assert.ErrorIs(t, r.Read(&rec), ErrClosed)
	assert.Equal(t, flowlog.V2, r.Format())
}

// A second loop goes on where the first stopped.
func TestAllStops(t *testing.T) {
	r := open(t, write(t, flowlog.V2, nil, make([]flowlog.Record, 3)), nil)
	n := 0
	for range r.All() {
		n++
		break
	}
	for range r.All() {
		n++
	}
	assert.Equal(t, 3, n)
}

// Reading allocates memory for each page, not for each row.
func TestReadAllocs(t *testing.T) {
	data := write(t, flowlog.V2, nil, records(t, sampleText(20000, false), nil))
	var rec flowlog.Record
	assert.Less(t, testing.AllocsPerRun(3, func() {
		r := open(t, data, nil)
		for r.Read(&rec) != io.EOF {
		}
	}), 500.0)
	assert.Less(t, testing.AllocsPerRun(3, func() {
		for _, err := range open(t, data, nil).All() {
			if err != nil {
				t.Fatal(err)
			}
		}
	}), 500.0)
}

// parseV4 accepts the same texts as netip, with the same results.
func TestParseV4(t *testing.T) {
	for _, s := range []string{"", "0.0.0.0", "255.255.255.255", "1.2.3.4", "10.0.64.1", "256.1.1.1", "1.1.1.256", "1.1.1", "1.1.1.1.1", "1.1.1.", ".1.1.1", "1..1.1", "01.1.1.1", "1.1.1.00", "1.1.1.1 ", "+1.1.1.1", "1.1.1.a", "4294967297.1.1.1", "::1", "1.1.1.4294967297",
		"1.1.1.:", "1.1.1.1\x80", "1.1\xff.1.1", "100.20.3.1000", "1.01.1.1", "1.001.1.1", "12.99.100.199", "1111.1.1", "1.1111.1.1", "1.1.111", "1.1.1.1a", "1.1.1.a1", "0000.0.0", "9.9.9.9"} {
		want, err := netip.ParseAddr(s)
		got, ok := parseV4(s)
		assert.Equal(t, err == nil && want.Is4(), ok, s)
		if ok {
			b := want.As4()
			assert.Equal(t, binary.BigEndian.Uint32(b[:]), got, s)
		}
	}
}

// within agrees with netip on the addresses in the prefixes.
func TestWithinHas(t *testing.T) {
	sets := [][]string{
		{}, {"10.0.0.0/16"}, {"0.0.0.0/0"}, {"10.0.0.0/7", "172.16.0.0/12"}, {"192.168.255.0/24", "100.64.0.0/10", "1.0.0.0/8"},
		{"123.123.123.123/32"}, {"1.2.3.4/31"}, {"10.0.0.0/8", "fc00::/7"}, {"::/0"}, {"::ffff:0:0/96"}, {"0.0.0.0/0", "::/0"},
	}
	texts := []string{
		"", "-", "x", "10.0.0.1", "10.0.0.1x", "10.0.1", "10.0.", "10.0.x.y", "10.00.0.1", "010.0.0.1", "10.1.0.1", "11.0.0.1", "1.0.0.1", "1.1.1.1",
		"172.16.0.1", "172.31.255.255", "172.32.0.0", "192.168.255.7", "192.168.25.57", "192.168.255", "100.64.0.1", "100.127.9.9", "123.123.123.123", "123.123.123.12",
		"1.2.3.4", "1.2.3.5", "1.2.3.6", "0.0.0.0", "255.255.255.255", "256.1.1.1111", "999.0.0.1", "fc00::1", "fd00::10.0.0.1", "::", "::1", "::1.2.3.4", "::10.0.0.1",
		"::ffff:10.0.0.1", "::ffff:1.2.3.4", "2001:db8::1", "fe80::1%eth0", "1:2.3.4.5", "1:2:3:4:5:6:7:8",
	}
	for _, set := range sets {
		var prefixes []netip.Prefix
		for _, s := range set {
			prefixes = append(prefixes, netip.MustParsePrefix(s))
		}
		w := newWithin(prefixes)
		for _, s := range texts {
			a, err := netip.ParseAddr(s)
			want := err == nil && slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
			assert.Equal(t, want, w.has(s), "%q in %v", s, set)
		}
	}
}
