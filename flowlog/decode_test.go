package flowlog

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testLine is a line and its format.
type testLine struct {
	format *Format
	line   string
}

// testLines returns lines of every kind that a fast path handles, and some that no fast path
// handles.
func testLines(t testing.TB) []testLine {
	all, err := NewFormat(slices.Collect(Fields())...)
	require.NoError(t, err)
	full := fullRecord(t)
	lines := []testLine{
		{V2, "2 001607371330 eni-0a1b2c3d4e5f60718 1.2.3.4 5.6.7.8 0 0 1 1 1 1418530010 1418530070 ACCEPT OK"},
		{V2, "2 123456789010 eni-1235b8ca123456789 255.255.255.255 192.168.100.200 65535 65535 255 99999999 9999999999 1418530010 1418530070 REJECT OK"},
		{V2, "2 123456789010 eni-1235b8ca 10.0.0.1 10.0.0.2 443 40000 6 10 5000 1418530010 1418530070 ACCEPT OK"},
		{V2, "2 unknown eni-1235b8ca123456789 10.0.0.1 10.0.0.2 443 40000 17 10 1099511627776 1418530010 1418530070 ACCEPT OK"},
		{V2, "2 123456789010 eni-1235b8ca123456789 10.0.0.1 10.0.0.2 443 40000 6 10 5000 1512564058000 1512564059000 ACCEPT OK"},
		{V2, "2 123456789010 eni-1235b8ca123456789 ::1 2001:db8::7:8 443 40000 6 10 5000 1418530010 1418530070 ACCEPT OK"},
		{V2, "2 123456789010 eni-1235b8ca123456789 ::ffff:1.2.3.4 fe80::1%eth0 443 40000 6 10 5000 1418530010 1418530070 ACCEPT OK"},
		{all, string(all.Append(nil, &full))},
		{TransitGateway, string(TransitGateway.Append(nil, &full))},
		{v5, string(v5.Append(nil, &full))},
		{mustParse(t, unknownFormat), "12 a 10.0.0.1 b - 5000 c"},
		{mustParse(t, "new-a version new-b"), "a 12 b"},
		{mustParse(t, "srcaddr dstaddr"), "1.2.3.4 ::1"},
		{mustParse(t, "srcaddr"), "1.2.3.4"},
		{mustParse(t, "bytes packets"), "9007199254740993 9999999999999999"},
		{mustParse(t, "action"), "ACCEPT"},
		{mustParse(t, "version"), "2"},
		{mustParse(t, "new-a"), "x"},
	}
	for _, e := range awsExamples(t) {
		lines = append(lines, testLine{e.format, e.line})
	}
	return lines
}

// dirty returns a record with a value in every member, to detect members that a decoder does
// not reset. In half of the records Fields is empty.
func dirty(full *Record, i int) Record {
	r := *full
	r.Extra = "stale"
	if i%2 == 0 {
		r.Fields = FieldSet{}
	}
	return r
}

// sameError fails unless two errors are equal in everything that a caller can see.
func sameError(t testing.TB, want, got error, line string) {
	w, ok1 := want.(*ParseError)
	g, ok2 := got.(*ParseError)
	if !ok1 || !ok2 {
		require.Equal(t, want, got, "%q", line)
		return
	}
	if w.Line != g.Line || w.Column != g.Column || w.Field != g.Field || w.Value != g.Value || w.Err != g.Err && w.Err.Error() != g.Err.Error() {
		require.Equal(t, w, g, "%q", line)
	}
}

// decoders compares the fast decoders with the strict decoder.
type decoders struct {
	full Record
	n    int
	fast int // number of lines that a fast decoder accepted
}

func newDecoders(t testing.TB) *decoders { return &decoders{full: fullRecord(t)} }

func (d *decoders) check(t testing.TB, f *Format, line string) {
	d.n++
	var want Record
	wantErr := f.decodeStrict(&want, line)

	got := dirty(&d.full, d.n)
	err := f.Decode(&got, line)
	if got != want || (err == nil) != (wantErr == nil) {
		require.Equal(t, want, got, "%q", line)
	}
	if err != nil || wantErr != nil {
		sameError(t, wantErr, err, line)
	}

	// These decoders require an empty record.
	got = Record{}
	if f.decodeFast(&got, line) {
		d.fast++
		if wantErr != nil || got != want {
			require.NoError(t, wantErr, "decodeFast took %q", line)
			require.Equal(t, want, got, "%q", line)
		}
	}
	if f.v2 {
		got = Record{}
		if ok := decodeV2(&got, line); !ok {
			require.Zero(t, got)
		} else if wantErr != nil || got != want {
			require.NoError(t, wantErr, "decodeV2 took %q", line)
			require.Equal(t, want, got, "%q", line)
		}
	}
}

// interesting are bytes at the limits of digits, letters and separators, and bytes that
// arithmetic on words of eight bytes could confuse.
const interesting = " \t\r\n\v\f\x00\x01\x0f\x10\x1f!%+,-./01259:;?@AFGTZ_afgt{|}~\x7f\x80\x8a\x89\xa0\xb0\xff\""

func TestDecodersAgree(t *testing.T) {
	t.Run("data sets", func(t *testing.T) {
		for _, d := range smallDataSets() {
			t.Run(d.name, func(t *testing.T) {
				c := newDecoders(t)
				for _, line := range d.lines {
					c.check(t, d.format, line)
				}
				assert.Equal(t, c.n, c.fast, "a fast path accepts each of these lines")
			})
		}
	})
	t.Run("prefixes", func(t *testing.T) {
		c := newDecoders(t)
		for _, l := range testLines(t) {
			for i := range len(l.line) + 1 {
				c.check(t, l.format, l.line[:i])
				c.check(t, l.format, l.line[i:])
			}
		}
	})
	t.Run("a byte deleted, inserted, replaced", func(t *testing.T) {
		c := newDecoders(t)
		for _, l := range testLines(t) {
			step := 1 + len(l.line)/300 // do not test every offset of a long line
			for i := 0; i <= len(l.line); i += step {
				for j := range len(interesting) {
					c.check(t, l.format, l.line[:i]+interesting[j:j+1]+l.line[i:])
					if i < len(l.line) {
						c.check(t, l.format, l.line[:i]+interesting[j:j+1]+l.line[i+1:])
					}
				}
				if i < len(l.line) {
					c.check(t, l.format, l.line[:i]+l.line[i+1:])
				}
			}
		}
		assert.Greater(t, c.fast, c.n/10)
		t.Log(c.n, "lines,", c.fast, "of them taken by the fast path")
	})
	t.Run("a field replaced", func(t *testing.T) {
		c := newDecoders(t)
		values := []string{
			"-", "--", "0", "00", "01", "-0", "-1", "+1", "9", "255", "256", "65535", "65536", "99999999", "100000000", "2147483647", "2147483648",
			"4294967295", "4294967296", "9999999999999999", "10000000000000000", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
			"18446744073709551616", "1_000", "0x10", "1e3", "1.5", "٣", "TransitGateway", "tgw-1", "eni-1", "teni-1", "e", "t",
			"1.2.3.4", "01.2.3.4", "1.02.3.4", "1.2.3.256", "1.2.3", "1.2.3.4.5", "1..3.4", ".1.2.3", "1.2.3.", "1.2.3.4.", "999.1.1.1", "0.0.0.0", "00.0.0.0",
			"255.255.255.255", "256.0.0.0", "1.2.3.4a", "a1.2.3.4", "1,2.3.4", "::", ":::", ":", "::1", "1::", "1::2::3", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
			"::1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1:2:3:4::5:6:7:8", "12345::", "g::", "::ffff:1.2.3.4", "::FFFF:0102:0304", "1:2:3:4:5:6:1.2.3.4",
			"fe80::1%eth0", "fe80::1%", "2001:DB8::A", "2001:db8:0:0:0:0:0:1", ":1::", "1:", strings.Repeat("1", 40), strings.Repeat("x", 300),
		}
		for _, l := range testLines(t) {
			tokens := strings.Fields(l.line)
			for i := range tokens {
				old := tokens[i]
				for _, v := range values {
					tokens[i] = v
					c.check(t, l.format, strings.Join(tokens, " "))
				}
				tokens[i] = old
			}
		}
	})
	t.Run("at random", func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 4))
		c := newDecoders(t)
		lines := testLines(t)
		for range 50_000 {
			l := lines[rng.IntN(len(lines))]
			b := []byte(l.line)
			for range 2 + rng.IntN(4) {
				b[rng.IntN(len(b))] = interesting[rng.IntN(len(interesting))]
			}
			c.check(t, l.format, string(b))
		}
	})
}

// TestNoStaleValues decodes good and bad lines of all formats into one record.
func TestNoStaleValues(t *testing.T) {
	lines := testLines(t)
	for _, l := range slices.Clone(lines) {
		// A fast path stores most of this line before it rejects it.
		lines = append(lines, testLine{l.format, l.line + " more"}, testLine{l.format, l.line[:len(l.line)-1] + "\x01\t"})
	}
	var r Record
	for _, a := range lines {
		for _, b := range lines {
			_ = a.format.Decode(&r, a.line)
			err := b.format.Decode(&r, b.line)
			var fresh Record
			freshErr := b.format.Decode(&fresh, b.line)
			if r != fresh || (err == nil) != (freshErr == nil) {
				require.Equal(t, fresh, r, "%q after %q", b.line, a.line)
				require.Equal(t, freshErr, err, "%q after %q", b.line, a.line)
			}
		}
	}
	t.Run("set by hand, without Fields", func(t *testing.T) {
		full := fullRecord(t)
		full.Fields = FieldSet{}
		full.Extra = "x"
		for _, l := range lines {
			r := full
			err := l.format.Decode(&r, l.line)
			var fresh Record
			require.Equal(t, l.format.Decode(&fresh, l.line), err)
			require.Equal(t, fresh, r, l.line)
		}
	})
}

// TestLimits checks that each kind of number accepts the limits of its range and rejects the
// next number, without overflow.
func TestLimits(t *testing.T) {
	type limits struct{ least, most string }
	kinds := map[Kind]limits{
		KindVersion:  {"0", "2147483647"},
		KindPort:     {"0", "65535"},
		KindProtocol: {"0", "255"},
		KindCount:    {"0", "9223372036854775807"},
		KindTime:     {"0", "9223372036854775807"},
		KindFlags:    {"0", "2147483647"},
		KindCode:     {"-2147483648", "2147483647"},
	}
	step := func(s string, d int64) string {
		if v, err := strconv.ParseInt(s, 10, 64); err == nil && (d < 0 || v < math.MaxInt64) {
			return strconv.FormatInt(v+d, 10)
		}
		return "9223372036854775808"
	}
	for f := range Fields() {
		l, ok := kinds[f.Kind()]
		if !ok {
			assert.Equal(t, TypeString, f.Type())
			continue
		}
		format, err := NewFormat(FieldRegion, f)
		require.NoError(t, err)
		for value, good := range map[string]bool{
			l.least: true, l.most: true, step(l.least, 1): true, step(l.most, -1): true,
			step(l.least, -1): false, step(l.most, 1): false,
			"-9223372036854775809": false, "18446744073709551616": false, "340282366920938463463374607431768211456": false,
		} {
			t.Run(fmt.Sprintf("%s %s", f, value), func(t *testing.T) {
				var r Record
				err := format.Decode(&r, "eu-west-1 "+value)
				if good {
					require.NoError(t, err)
					assert.Equal(t, value, r.Value(f))
					v, ok := r.Int(f)
					assert.True(t, ok)
					assert.Equal(t, value, strconv.FormatInt(v, 10))
					var s Record
					require.NoError(t, s.SetInt(f, v))
					assert.Equal(t, value, s.Value(f))
					return
				}
				var pe *ParseError
				require.ErrorAs(t, err, &pe)
				assert.ErrorIs(t, err, strconv.ErrRange)
				assert.Equal(t, &ParseError{Column: 11, Field: f, Value: value, Err: strconv.ErrRange}, pe)
				assert.False(t, r.Has(f))
				assert.Equal(t, "eu-west-1", r.Region, "the fields before the bad one are there")
				if v, err := strconv.ParseInt(value, 10, 64); err == nil {
					var s Record
					assert.ErrorIs(t, s.SetInt(f, v), strconv.ErrRange)
					assert.Zero(t, s)
				}
			})
		}
	}
}

// TestDecodeErrors checks the errors of bad lines. A » marks the offset of the error.
func TestDecodeErrors(t *testing.T) {
	for _, tt := range []struct {
		format, line, value string
		field               Field
		cause               error
	}{
		{"version srcaddr", "2 »nowhere", "nowhere", FieldSrcAddr, ErrAddr},
		{"version srcaddr", "»two 10.0.0.1", "two", FieldVersion, strconv.ErrSyntax},
		{"version srcport", "2 \t »70000", "70000", FieldSrcPort, strconv.ErrRange},
		{"version srcport", "»2", "2", 0, ErrFieldCount},
		{"version srcport", "»2 1 3", "2 1 3", 0, ErrFieldCount},
		{"version srcport", "»", "", 0, ErrFieldCount},
		{"version srcport", "»  ", "", 0, ErrFieldCount},
		{"version srcport new-a", "2 »x 1", "x", FieldSrcPort, strconv.ErrSyntax},
		{"version new-a srcport", "2 new »x", "x", FieldSrcPort, strconv.ErrSyntax},
		{"version action", "2 »ACC\nEPT", "ACC\nEPT", FieldAction, strconv.ErrSyntax},
		{"version action", "2 »\rACCEPT", "\rACCEPT", FieldAction, strconv.ErrSyntax},
		{"version action", "\r\n »x ACCEPT", "x", FieldVersion, strconv.ErrSyntax},
		{"version new-a", "2 »a\nb", "a\nb", 0, strconv.ErrSyntax},
		{"version action", "»2 ACCEPT x\ny", "2 ACCEPT x\ny", 0, ErrFieldCount},
		{"version srcport action", "»2 ACCEPT", "2 ACCEPT", 0, ErrFieldCount},
		{"version account-id", "»6 TransitGateway x", "6 TransitGateway x", 0, ErrFieldCount},
		{"version account-id", "»6 TransitGateway x", "6 TransitGateway x", 0, ErrFormat},
		{"version account-id", "6 »TransitGateway", "TransitGateway", FieldAccountID, ErrFormat},
		{"version interface-id", "6 »tgw-0123", "tgw-0123", FieldInterfaceID, ErrFormat},
		{"version resource-type", "2 »123456789010", "123456789010", FieldResourceType, ErrFormat},
		{"version tgw-id", "2 »eni-0123", "eni-0123", FieldTGWID, ErrFormat},
		{"version tgw-attachment-id", "2 »eni-0123", "eni-0123", FieldTGWAttachmentID, ErrFormat},
		{"version action", "»" + strings.Repeat("2", 100) + " x", strings.Repeat("2", 64), FieldVersion, strconv.ErrRange},
	} {
		t.Run(tt.format+": "+strconv.Quote(clip(tt.line)), func(t *testing.T) {
			column := strings.Index(tt.line, "»") + 1
			line := strings.Replace(tt.line, "»", "", 1)
			var r Record
			err := mustParse(t, tt.format).Decode(&r, line)
			var pe *ParseError
			require.ErrorAs(t, err, &pe)
			assert.ErrorIs(t, err, tt.cause)
			assert.Equal(t, []any{0, column, tt.field, tt.value}, []any{pe.Line, pe.Column, pe.Field, pe.Value})
			assert.NotContains(t, pe.Error(), "\n")
			assert.Less(t, len(pe.Error()), 250)
		})
	}
	t.Run("a field count names both counts", func(t *testing.T) {
		_, err := Parse("2 123456789010 eni-1")
		assert.EqualError(t, err, `flowlog: byte 1, "2 123456789010 eni-1": 3 fields, want 14`)
	})
}

// TestAllocations checks that the functions called for every record do not allocate.
func TestAllocations(t *testing.T) {
	buf := make([]byte, 0, 8<<10)
	var r Record
	zero := func(name string, f func()) {
		t.Run(name, func(t *testing.T) { assert.Zero(t, testing.AllocsPerRun(100, f)) })
	}
	lines := map[string]testLine{
		"unknown columns": {mustParse(t, "version new-a new-b srcaddr bytes"), "12 a b 10.0.0.1 5"},
		"address first":   {mustParse(t, "srcaddr dstaddr bytes"), "10.0.0.1 10.0.0.2 5"},
		"CRLF":            {V2, awsExamples(t)[0].line + "\r"},
		"double space":    {V2, strings.Replace(awsExamples(t)[0].line, " 22 ", "  22\t ", 1)},
	}
	for _, e := range awsExamples(t) {
		lines[e.name] = testLine{e.format, e.line}
	}
	for _, d := range smallDataSets() {
		lines[d.name] = testLine{d.format, d.lines[0]}
	}
	for name, l := range lines {
		zero("Decode "+name, func() {
			if err := l.format.Decode(&r, l.line); err != nil {
				panic(err)
			}
		})
		require.NoError(t, l.format.Decode(&r, l.line))
		zero("Append "+name, func() { buf = l.format.Append(buf[:0], &r) })
		zero("AppendJSON "+name, func() { buf = r.AppendJSON(buf[:0]) })
		zero("Format.AppendJSON "+name, func() { buf = l.format.AppendJSON(buf[:0], &r) })
		zero("AppendCSV "+name, func() { buf = l.format.AppendCSV(buf[:0], &r) })
		zero("HasFlow "+name, func() { r.HasFlow() })
	}
	zero("a local record", func() {
		var r Record
		if err := V2.Decode(&r, awsExamples1); err != nil {
			panic(err)
		}
		buf = V2.Append(buf[:0], &r)
	})
	full := fullRecord(t)
	zero("AppendValue", func() {
		for f := range Fields() {
			buf = full.AppendValue(buf[:0], f)
		}
	})
	zero("Int, Addr, Has", func() {
		for f := range Fields() {
			full.Int(f)
			full.Addr(f)
			full.Has(f)
		}
	})
	zero("AppendText", func() {
		buf, _ = Protocol(6).AppendText(buf[:0])
		buf, _ = Protocol(200).AppendText(buf)
		buf, _ = TCPFlags(19).AppendText(buf)
		buf, _ = PathInternetGateway.AppendText(buf)
		buf, _ = NitroEncrypted.AppendText(buf)
		buf, _ = Timestamp(1418530010).AppendText(buf)
		buf, _ = FieldPktSrcAddr.AppendText(buf)
		buf, _ = V2.AppendText(buf)
	})
	zero("Value of a text field", func() { full.Value(FieldVPCID) })
}

// awsExamples1 is the first example line of AWS's documentation.
const awsExamples1 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
