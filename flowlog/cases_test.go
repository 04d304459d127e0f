package flowlog

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// They are problems with flow logs that occur in practice, in other parsers and in users'
// reports. The numbers do not change.

// with returns a line with one token replaced.
func with(line string, i int, value string) string {
	tokens := strings.Split(line, " ")
	tokens[i] = value
	return strings.Join(tokens, " ")
}

// parse is Parse for a line that must be valid.
func parse(t testing.TB, line string) Record {
	r, err := Parse(line)
	require.NoError(t, err)
	return r
}

// parseError returns the *ParseError of a bad line.
func parseError(t testing.TB, f *Format, line string) *ParseError {
	var r Record
	var pe *ParseError
	require.ErrorAs(t, f.Decode(&r, line), &pe)
	return pe
}

// TestCases tests the cases about parsing a line.
func TestCases(t *testing.T) {
	all, err := NewFormat(slices.Collect(Fields())...)
	require.NoError(t, err)
	full := fullRecord(t)
	fullLine := string(all.Append(nil, &full))

	t.Run("case 1: account-id unknown", func(t *testing.T) {
		line := with(lineA, 1, "unknown")
		r := parse(t, line)
		assert.Equal(t, "unknown", r.AccountID)
		assert.True(t, r.Has(FieldAccountID))
		assert.Equal(t, line, r.String())
	})
	t.Run("case 2: account-id with leading zeros", func(t *testing.T) {
		for _, id := range []string{"001607371330", "000000000000", "0", "123456789012345678901234567890"} {
			line := with(lineA, 1, id)
			r := parse(t, line)
			assert.Equal(t, id, r.AccountID)
			assert.Equal(t, line, r.String())
			assert.Contains(t, string(r.AppendJSON(nil)), `"account_id":"`+id+`"`)
		}
	})
	t.Run("case 3: absent is not zero", func(t *testing.T) {
		absent, zero := parse(t, lineN), parse(t, with(with(lineA, 5, "0"), 6, "0"))
		for _, f := range []Field{FieldSrcPort, FieldDstPort} {
			assert.False(t, absent.Has(f))
			assert.Equal(t, "-", absent.Value(f))
			_, ok := absent.Int(f)
			assert.False(t, ok)
			assert.True(t, zero.Has(f))
			assert.Equal(t, "0", zero.Value(f))
			v, ok := zero.Int(f)
			assert.True(t, ok)
			assert.Zero(t, v)
		}
		assert.NotContains(t, string(absent.AppendJSON(nil)), "srcport")
		assert.Contains(t, string(zero.AppendJSON(nil)), `"srcport":0`)
	})
	t.Run("case 4: absent is neither -1 nor empty", func(t *testing.T) {
		r := parse(t, lineN)
		assert.Zero(t, r.SrcPort)
		assert.Zero(t, r.Packets)
		assert.False(t, r.SrcAddr.IsValid())
		assert.Equal(t, lineN, r.String())
		assert.NotContains(t, string(r.AppendJSON(nil)), ":-1")
	})
	t.Run("case 5: back to the same line, for each field absent in turn", func(t *testing.T) {
		tokens := strings.Split(fullLine, " ")
		for i, f := range all.Fields() {
			line := with(fullLine, i, "-")
			var r Record
			require.NoError(t, all.Decode(&r, line), f)
			assert.Equal(t, line, string(all.Append(nil, &r)), f)
			assert.False(t, r.Has(f))
			assert.Equal(t, NumFields-1, r.Fields.Len())
			if f.Type() != TypeString { // and zero for each number
				line = with(fullLine, i, "0")
				require.NoError(t, all.Decode(&r, line), f)
				assert.Equal(t, line, string(all.Append(nil, &r)), f)
			}
			tokens[i] = "-" // and for all fields so far
			line = strings.Join(tokens, " ")
			require.NoError(t, all.Decode(&r, line), f)
			assert.Equal(t, line, string(all.Append(nil, &r)), f)
		}
		for i := range 14 {
			line := with(lineA, i, "-")
			r := parse(t, line)
			assert.Equal(t, line, r.String())
		}
	})
	t.Run("case 6: every protocol keeps its number", func(t *testing.T) {
		for i := range 256 {
			n := strconv.Itoa(i)
			r := parse(t, with(lineA, 7, n))
			assert.EqualValues(t, i, r.Protocol)
			assert.Equal(t, n, r.Value(FieldProtocol))
			assert.NotEmpty(t, r.Protocol.String())
		}
	})
	t.Run("case 7: protocol above 255", func(t *testing.T) {
		for _, v := range []string{"256", "512", "65536", "4294967302"} {
			pe := parseError(t, V2, with(lineA, 7, v))
			assert.Equal(t, FieldProtocol, pe.Field)
			assert.ErrorIs(t, pe, strconv.ErrRange)
		}
	})
	t.Run("case 8: counters beyond 32 bits", func(t *testing.T) {
		for _, v := range []int64{1 << 31, 1 << 32, 1 << 40, math.MaxInt64} {
			r := parse(t, with(with(lineA, 8, strconv.FormatInt(v, 10)), 9, strconv.FormatInt(v, 10)))
			assert.Equal(t, v, r.Packets)
			assert.Equal(t, v, r.Bytes)
			assert.Equal(t, strconv.FormatInt(v, 10), r.Value(FieldBytes))
		}
	})
	t.Run("case 9: negative counters, ports beyond 16 bits", func(t *testing.T) {
		for i, values := range map[int][]string{8: {"-1"}, 9: {"-1", "9223372036854775808"}, 5: {"65536", "-1"}, 6: {"65536", "-1"}, 10: {"-1"}, 11: {"-1"}, 0: {"-1"}} {
			for _, v := range values {
				assert.ErrorIs(t, parseError(t, V2, with(lineA, i, v)), strconv.ErrRange)
			}
		}
	})
	t.Run("case 10: base 10 only", func(t *testing.T) {
		r := parse(t, with(lineA, 8, "010"))
		assert.EqualValues(t, 10, r.Packets, "a leading zero does not mean octal")
		for _, v := range []string{"0x1f", "0b1", "0o7", "1_0", "1e3", "1.0", "+1", "1h"} {
			assert.ErrorIs(t, parseError(t, V2, with(lineA, 8, v)), strconv.ErrSyntax, v)
		}
	})
	t.Run("case 11: a bad integer is an error with field and value", func(t *testing.T) {
		for i, f := range V2.Fields() {
			if f.Type() == TypeString {
				continue
			}
			pe := parseError(t, V2, with(lineA, i, "12x"))
			assert.Equal(t, f, pe.Field)
			assert.Equal(t, "12x", pe.Value)
			assert.ErrorIs(t, pe, strconv.ErrSyntax)
		}
	})
	t.Run("case 12: milliseconds", func(t *testing.T) {
		line := with(with(lineA, 10, "1512564058000"), 11, "1512564059000")
		r := parse(t, line)
		assert.Equal(t, Timestamp(1512564058000), r.Start, "the number is kept")
		assert.True(t, time.Date(2017, 12, 6, 12, 40, 58, 0, time.UTC).Equal(r.Start.Time()))
		assert.Equal(t, line, r.String())
	})
	t.Run("case 13: start and end absent or text", func(t *testing.T) {
		r := parse(t, with(with(lineA, 10, "-"), 11, "-"))
		assert.False(t, r.Has(FieldStart))
		assert.Zero(t, r.Start)
		assert.Equal(t, "1970-01-01 00:00:00 +0000 UTC", r.Start.Time().String(), "never the current time")
		for _, v := range []string{"now", "2020-01-01T00:00:00Z", "1418530010.5"} {
			assert.ErrorIs(t, parseError(t, V2, with(lineA, 10, v)), strconv.ErrSyntax)
		}
	})
	t.Run("case 14: start after end, end alone", func(t *testing.T) {
		r := parse(t, with(lineA, 10, "1418530071"))
		assert.Greater(t, r.Start, r.End)
		r = parse(t, with(lineA, 10, "-"))
		assert.False(t, r.Has(FieldStart))
		assert.EqualValues(t, 1418530070, r.End)
	})
	t.Run("case 15: more fields than columns", func(t *testing.T) {
		pe := parseError(t, V2, lineA+" extra tokens")
		assert.ErrorIs(t, pe, ErrFieldCount)
		assert.ErrorContains(t, pe, "16 fields, want 14")
	})
	t.Run("case 16: fewer fields than columns", func(t *testing.T) {
		tokens := strings.Split(lineA, " ")
		for i := range tokens {
			pe := parseError(t, V2, strings.Join(slices.Delete(slices.Clone(tokens), i, i+1), " "))
			assert.ErrorIs(t, pe, ErrFieldCount)
			assert.ErrorContains(t, pe, "13 fields, want 14")
		}
	})
	t.Run("case 17: lines of every length", func(t *testing.T) {
		for _, f := range []*Format{V2, TransitGateway, all, mustParse(t, unknownFormat)} {
			for n := range f.Len() + 3 {
				for _, v := range []string{"-", "1", "x"} {
					var r Record
					err := f.Decode(&r, strings.TrimSpace(strings.Repeat(v+" ", n)))
					if n != f.Len() {
						assert.ErrorIs(t, err, ErrFieldCount)
					}
				}
			}
		}
	})
	t.Run("case 18: runs of spaces and tabs", func(t *testing.T) {
		want := parse(t, lineA)
		for _, line := range []string{
			strings.Replace(lineA, " ", "  ", 1), strings.ReplaceAll(lineA, " ", "   "), strings.ReplaceAll(lineA, " ", "\t"), strings.ReplaceAll(lineA, " ", " \t "),
			" " + lineA, lineA + " ", "\t" + lineA + "\t ", "   " + lineA + "   \r",
		} {
			assert.Equal(t, want, parse(t, line), "%q", line)
		}
	})
	t.Run("case 19: CRLF", func(t *testing.T) {
		for _, line := range []string{lineA + "\r", lineA + "\r\n", lineA + " \r\n", lineN + "\r"} {
			r := parse(t, line)
			assert.NotContains(t, string(r.LogStatus), "\r")
		}
		r := parse(t, lineA+"\r")
		assert.Equal(t, OK, r.LogStatus)
	})
	t.Run("case 20: a trailing comment", func(t *testing.T) {
		f := mustParse(t, formatNAT)
		assert.ErrorIs(t, parseError(t, f, "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 #comment"), ErrFieldCount)
		assert.ErrorIs(t, parseError(t, f, "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 # a comment"), ErrFieldCount)
	})
	t.Run("case 21: a quote is a byte like any other", func(t *testing.T) {
		for _, v := range []string{`"`, `"x"`, `"x`, `x""y`, `'x`} {
			r := parse(t, with(lineA, 1, v))
			assert.Equal(t, v, r.AccountID)
			assert.Equal(t, with(lineA, 1, v), r.String())
			data, err := json.Marshal(r)
			require.NoError(t, err)
			var back Record
			require.NoError(t, json.Unmarshal(data, &back))
			assert.Equal(t, r, back)
		}
	})
	t.Run("case 22: blank lines, no line end", func(t *testing.T) {
		for text, want := range map[string][]string{
			lineA + "\n\n" + lineB: {lineA, lineB}, headerV2: nil, headerV2 + "\n": nil, "": nil, "\n": nil, lineA: {lineA}, headerV2 + "\n" + lineA: {lineA},
		} {
			r := NewReader(strings.NewReader(text), nil)
			got, end := drain(t, r)
			require.NoError(t, end)
			assert.Equal(t, want, got)
			assert.Zero(t, r.Stats().Bad)
		}
	})
	t.Run("case 23: a header is no record", func(t *testing.T) {
		r := NewReader(strings.NewReader(headerV2+"\n"+lineA+"\n"), nil)
		got, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, []string{lineA}, got)
		assert.Equal(t, Stats{Lines: 2, Records: 1, Bytes: int64(len(headerV2) + len(lineA) + 2)}, r.Stats())
	})
	t.Run("case 24: an unknown name in the header keeps its column", func(t *testing.T) {
		r := NewReader(strings.NewReader("version new-field srcaddr\n12 x 10.0.0.1\n"), nil)
		var rec Record
		require.NoError(t, r.Read(&rec))
		assert.Equal(t, "10.0.0.1", rec.SrcAddr.String())
		assert.Equal(t, "x", rec.Extra)
		assert.Equal(t, []string{"version", "new-field", "srcaddr"}, r.Format().Names())
	})
	t.Run("case 25: the header of one field", func(t *testing.T) {
		for f := range Fields() {
			r := NewReader(strings.NewReader(f.String()+"\n"+sampleValue(f)+"\n-\n"), nil)
			got, end := drain(t, r)
			require.NoError(t, end)
			assert.Equal(t, []string{sampleValue(f), "-"}, got, f)
		}
	})
	t.Run("case 26: a file without header", func(t *testing.T) {
		text := "5 10.0.0.1 7\n5 10.0.0.2 8\n"
		got, _ := drain(t, NewReader(strings.NewReader(text), mustParse(t, "version srcaddr bytes")))
		assert.Equal(t, []string{"5 10.0.0.1 7", "5 10.0.0.2 8"}, got)
		r := NewReader(strings.NewReader(text), nil)
		var rec Record
		err := r.Read(&rec)
		assert.ErrorIs(t, err, ErrFieldCount)
		assert.ErrorContains(t, err, "3 fields, want 14")
	})
	t.Run("case 27: headers midway", func(t *testing.T) {
		text := headerV2 + "\n" + lineA + "\n" + headerV2 + "\n" + lineB + "\nversion srcaddr\n5 10.0.0.1\n" + headerV2 + "\n" + lineN + "\n"
		got, end := drain(t, NewReader(strings.NewReader(text), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, lineB, "5 10.0.0.1", lineN}, got)
	})
	t.Run("case 28: a format is given or read, never guessed by its size", func(t *testing.T) {
		custom, line := mustParse(t, formatV5), awsExamples(t)[12].line
		require.Equal(t, v5.Len(), custom.Len())
		var r Record
		require.NoError(t, custom.Decode(&r, line))
		assert.Error(t, v5.Decode(&r, line), "29 columns are not the 29 of version 5")
		got, _ := drain(t, NewReader(strings.NewReader(line), nil))
		assert.Equal(t, []string{"1:1 : " + clip(line) + ": wrong number of fields"}, got, "the number of fields does not determine the format")
	})
	t.Run("case 29: an unknown layout is an error", func(t *testing.T) {
		r := NewReader(strings.NewReader("some other log\n2024 INFO hello\n"), nil)
		_, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, int64(2), r.Stats().Bad)
		assert.Zero(t, r.Stats().Records)
	})
	t.Run("case 30: two formats at once", func(t *testing.T) {
		var wg sync.WaitGroup
		for i := range 8 {
			f, line := V2, lineA
			if i%2 == 1 {
				f, line = mustParse(t, formatV5), awsExamples(t)[12].line
			}
			wg.Go(func() {
				for range 200 {
					got, _ := drain(t, NewReader(strings.NewReader(f.Header()+"\n"+line+"\n"), nil))
					assert.Equal(t, []string{line}, got)
				}
			})
		}
		wg.Wait()
	})
	t.Run("case 31: several logs in one group, line by line", func(t *testing.T) {
		formats := []*Format{V2, mustParse(t, formatV5), mustParse(t, formatNAT)}
		lines := []string{lineA, awsExamples(t)[12].line, awsExamples(t)[14].line, lineN}
		var got []string
		var r Record
		for _, line := range lines {
			for _, f := range formats {
				if f.Decode(&r, line) == nil {
					got = append(got, string(f.Append(nil, &r)))
				}
			}
		}
		assert.Equal(t, lines, got, "each line belongs to one of them")
	})
	t.Run("case 32: the transit gateway's default format", func(t *testing.T) {
		assert.Equal(t, 36, TransitGateway.Len())
		assert.Equal(t, awsTransitGateway, TransitGateway.String())
		var r Record
		require.NoError(t, TransitGateway.Decode(&r, lineT))
		assert.Equal(t, lineT, string(TransitGateway.Append(nil, &r)))
		assert.Equal(t, []any{"tgw-1", "tgw-attach-2", int64(0), int64(3), SYN | ACK | FIN, Ingress, "S3"},
			[]any{r.TGWID, r.TGWPairAttachmentID, r.PacketsLostNoRoute, r.PacketsLostTTLExpired, r.TCPFlags, r.FlowDirection, r.PktSrcAWSService})
	})
	t.Run("case 33: VPC and transit gateway records in one file", func(t *testing.T) {
		assert.ErrorIs(t, parseError(t, V2, lineT), ErrFieldCount)
		assert.ErrorIs(t, parseError(t, V2, lineT), ErrFormat)
		assert.ErrorIs(t, parseError(t, TransitGateway, lineA), ErrFieldCount)
		assert.ErrorIs(t, parseError(t, TransitGateway, lineA), ErrFormat)
		// A transit gateway record of 14 columns, decoded with the default format.
		assert.ErrorIs(t, parseError(t, V2, "6 TransitGateway 123456789010 10.0.0.1 10.0.0.2 1 2 6 1 1 1 2 x OK"), ErrFormat)
		assert.ErrorIs(t, parseError(t, V2, "6 123456789010 tgw-0123456789abcdef0 10.0.0.1 10.0.0.2 1 2 6 1 1 1 2 x OK"), ErrFormat)
		r := NewReader(strings.NewReader(lineA+"\n"+lineT+"\n"+lineB+"\n"), nil)
		got, _ := drain(t, r)
		assert.Len(t, got, 3)
		assert.Equal(t, []int64{2, 1}, []int64{r.Stats().Records, r.Stats().Bad})
	})
	t.Run("case 34: NODATA is a record", func(t *testing.T) {
		r := NewReader(strings.NewReader(strings.Repeat(lineN+"\n", 3)), nil)
		_, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, Stats{Lines: 3, Records: 3, NoData: 3, Bytes: int64(3 * (len(lineN) + 1))}, r.Stats())
	})
	t.Run("case 35: SKIPDATA is counted apart", func(t *testing.T) {
		r := NewReader(strings.NewReader(lineA+"\n"+lineS+"\n"+lineN+"\n"), nil)
		_, end := drain(t, r)
		require.NoError(t, end)
		s := r.Stats()
		assert.Equal(t, []int64{3, 1, 1, 0}, []int64{s.Records, s.NoData, s.SkipData, s.Bad})
		rec := parse(t, lineS)
		assert.Equal(t, SkipData, rec.LogStatus)
		assert.False(t, rec.Has(FieldAction))
	})
	t.Run("case 36: NODATA with values, formats without status or version", func(t *testing.T) {
		f := mustParse(t, "log-status vpc-id srcaddr bytes")
		var r Record
		require.NoError(t, f.Decode(&r, "NODATA vpc-1 10.0.0.1 5"))
		assert.Equal(t, NoData, r.LogStatus)
		assert.EqualValues(t, 5, r.Bytes)
		require.NoError(t, f.Decode(&r, "- - - -"))
		assert.Zero(t, r)
		require.NoError(t, mustParse(t, formatNAT).Decode(&r, "- - - - - -"))
		assert.Zero(t, r)
	})
	t.Run("case 37: any subset in any order", func(t *testing.T) {
		for field := range Fields() {
			f, err := NewFormat(field)
			require.NoError(t, err)
			var r Record
			require.NoError(t, f.Decode(&r, sampleValue(field)))
			assert.Equal(t, FieldSetOf(field), r.Fields)
			assert.Equal(t, sampleValue(field), string(f.Append(nil, &r)))
		}
		backwards := all.Fields()
		slices.Reverse(backwards)
		f, err := NewFormat(backwards...)
		require.NoError(t, err)
		var r Record
		require.NoError(t, f.Decode(&r, string(f.Append(nil, &full))))
		assert.Equal(t, full, r)
	})
	t.Run("case 38: a bad line does not end the file", func(t *testing.T) {
		r := NewReader(strings.NewReader(lineA+"\nbad\n"+lineB+"\n"), nil)
		var rec Record
		require.NoError(t, r.Read(&rec))
		var pe *ParseError
		require.ErrorAs(t, r.Read(&rec), &pe)
		assert.Equal(t, 2, pe.Line)
		require.NoError(t, r.Read(&rec))
		assert.Equal(t, lineB, rec.String())
	})
	t.Run("case 39: no bad line is dropped without trace", func(t *testing.T) {
		r := NewReader(strings.NewReader("bad\n"+lineA+"\nworse\n"), nil)
		seen := 0
		for _, err := range r.All() {
			if err != nil {
				seen++
			}
		}
		assert.Equal(t, 2, seen)
		assert.EqualValues(t, 2, r.Stats().Bad)
	})
	t.Run("case 40: a name twice, no name, one name", func(t *testing.T) {
		for s, want := range map[string]error{"srcaddr srcaddr": ErrFormat, "srcaddr ${srcaddr}": ErrFormat, "pkt-srcaddr,pkt_srcaddr": ErrFormat, "": ErrFormat, "x x": ErrFormat, "srcaddr": nil} {
			_, err := ParseFormat(s)
			assert.ErrorIs(t, err, want, s)
		}
	})
	t.Run("case 41: spellings of a name", func(t *testing.T) {
		for _, s := range []string{"${account-id}", "account-id", "account_id", "${account_id}"} {
			f, err := ParseFormat(s)
			require.NoError(t, err)
			assert.Equal(t, []Field{FieldAccountID}, f.Fields())
		}
	})
	t.Run("case 42: a field AWS adds later", func(t *testing.T) {
		f, err := ParseFormat("version srcaddr new-in-v12 bytes")
		require.ErrorIs(t, err, ErrUnknownField)
		var r Record
		require.NoError(t, f.Decode(&r, "12 10.0.0.1 something 7"))
		assert.Equal(t, []any{"something", "10.0.0.1", int64(7)}, []any{r.Extra, r.SrcAddr.String(), r.Bytes})
		assert.Equal(t, "12 10.0.0.1 something 7", string(f.Append(nil, &r)))
	})
	t.Run("case 43: values AWS adds later", func(t *testing.T) {
		f := mustParse(t, "action log-status flow-direction type traffic-path encryption-status pkt-src-aws-service reject-reason interface-type sublocation-type")
		line := "SHADOW LATEDATA sideways IPv7 99 42 NEW_SERVICE WHY quantum_gateway moonbase"
		var r Record
		require.NoError(t, f.Decode(&r, line))
		assert.Equal(t, line, string(f.Append(nil, &r)))
		var back Record
		require.NoError(t, json.Unmarshal(r.AppendJSON(nil), &back))
		assert.Equal(t, r, back)
	})
	t.Run("case 44: tcp-flags", func(t *testing.T) {
		f := mustParse(t, "version tcp-flags")
		for v, want := range map[string]string{"0": "0", "2": "SYN", "3": "FIN|SYN", "18": "SYN|ACK", "19": "FIN|SYN|ACK", "16": "ACK", "8": "PSH", "32": "URG", "255": "FIN|SYN|RST|PSH|ACK|URG|192"} {
			var r Record
			require.NoError(t, f.Decode(&r, "3 "+v))
			assert.Equal(t, want, r.TCPFlags.String())
			assert.Equal(t, "3 "+v, string(f.Append(nil, &r)))
		}
		var r Record
		require.NoError(t, f.Decode(&r, "3 -"))
		assert.False(t, r.Has(FieldTCPFlags))
	})
	t.Run("case 45: percent-encoded tags", func(t *testing.T) {
		f := mustParse(t, "version instance-tag asg-tag-2")
		var r Record
		require.NoError(t, f.Decode(&r, "11 web%20server%2D%C3%A9 %2D"))
		assert.Equal(t, "web%20server%2D%C3%A9", r.InstanceTag, "the record keeps the text")
		for _, v := range []struct{ in, want string }{{r.InstanceTag, "web server-é"}, {r.ASGTag2, "-"}} {
			got, err := UnescapeTag(v.in)
			require.NoError(t, err)
			assert.Equal(t, v.want, got)
		}
		_, err := UnescapeTag("50%")
		assert.Error(t, err)
		assert.Equal(t, "11 web%20server%2D%C3%A9 %2D", string(f.Append(nil, &r)))
	})
	t.Run("case 46: IPv6, versions of two digits", func(t *testing.T) {
		line := with(with(with(lineA, 3, "2001:db8::1"), 4, "2001:db8::2"), 0, "11")
		r := parse(t, line)
		assert.EqualValues(t, 11, r.Version)
		assert.True(t, r.SrcAddr.Is6())
		assert.Equal(t, line, r.String())
		assert.EqualValues(t, 10, parse(t, with(lineA, 0, "10")).Version)
	})
	t.Run("case 47: IPv4 in IPv6", func(t *testing.T) {
		line := with(lineA, 3, "::ffff:1.2.3.4")
		r := parse(t, line)
		assert.True(t, r.SrcAddr.Is4In6())
		assert.False(t, r.SrcAddr.Is4())
		assert.Equal(t, line, r.String())
	})
	t.Run("case 48: no interface", func(t *testing.T) {
		r := parse(t, with(lineA, 2, "-"))
		assert.False(t, r.Has(FieldInterfaceID))
		assert.Empty(t, r.InterfaceID)
		e := awsExamples(t)[16]
		require.NoError(t, e.format.Decode(&r, e.line))
		assert.Equal(t, "nat-1234567890abcdef", r.ResourceID)
	})
	t.Run("case 49: region and account are the record's", func(t *testing.T) {
		r := NewReader(strings.NewReader("account-id region\n1 us-east-1\n2 eu-west-1\n- -\n"), nil)
		var got []string
		for rec, err := range r.All() {
			require.NoError(t, err)
			got = append(got, rec.AccountID+" "+rec.Region)
		}
		assert.Equal(t, []string{"1 us-east-1", "2 eu-west-1", " "}, got)
	})
	t.Run("case 50: the leading time of an export", func(t *testing.T) {
		got, end := drain(t, NewReader(strings.NewReader("2025-02-25T12:25:04.000Z "+lineA+"\n2025-02-25T12:25:04Z "+lineN+"\n"), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, lineN}, got)
	})
	t.Run("case 51: messages published directly to Firehose", func(t *testing.T) {
		data, err := json.Marshal(map[string]string{"message": lineA})
		require.NoError(t, err)
		got, end := drain(t, NewReader(strings.NewReader(strings.Repeat(string(data), 3)), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, lineA, lineA}, got)
	})
	t.Run("case 52: nothing parsed is visible", func(t *testing.T) {
		r := NewReader(strings.NewReader(`"version" "start_time"`+"\n"+lineA+" x\n"), nil)
		_, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, []int64{0, 2}, []int64{r.Stats().Records, r.Stats().Bad})
	})
	t.Run("case 53: bytes that are not text", func(t *testing.T) {
		for _, v := range []string{"\xff\xfe", "a\u2000b", "a\u00a0b", "a\x00b", "\x00", "a\vb", "a\fb", "\x85", "\u3000", strings.Repeat("\x80", 500)} {
			line := with(lineA, 1, v)
			r := parse(t, line)
			assert.Equal(t, v, r.AccountID, "only spaces and tabs separate")
			assert.Equal(t, line, r.String())
			assert.True(t, json.Valid(r.AppendJSON(nil)))
		}
		for b := range 256 {
			assert.NotPanics(t, func() { _, _ = Parse(with(lineA, 3, string([]byte{byte(b)}))) }, fmt.Sprint(b))
		}
	})
}
