package flowlog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These are AWS's two default formats, byte for byte as in its documentation.
const (
	awsV2             = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
	awsTransitGateway = "${version} ${resource-type} ${account-id} ${tgw-id} ${tgw-attachment-id} ${tgw-src-vpc-account-id} ${tgw-dst-vpc-account-id} ${tgw-src-vpc-id} ${tgw-dst-vpc-id} ${tgw-src-subnet-id} ${tgw-dst-subnet-id} ${tgw-src-eni} ${tgw-dst-eni} ${tgw-src-az-id} ${tgw-dst-az-id} ${tgw-pair-attachment-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${log-status} ${type} ${packets-lost-no-route} ${packets-lost-blackhole} ${packets-lost-mtu-exceeded} ${packets-lost-ttl-expired} ${tcp-flags} ${region} ${flow-direction} ${pkt-src-aws-service} ${pkt-dst-aws-service}"
)

// unknownFormat has unknown columns, some of them next to each other.
const unknownFormat = "version new-a srcaddr new_b new-c bytes new-d"

// mustParse is ParseFormat for a format that may have unknown names.
func mustParse(t testing.TB, s string) *Format {
	f, err := ParseFormat(s)
	require.NotNil(t, f, err)
	return f
}

func TestDefaultFormats(t *testing.T) {
	for _, tt := range []struct {
		format  *Format
		text    string
		columns int
	}{{V2, awsV2, 14}, {TransitGateway, awsTransitGateway, 36}} {
		t.Run(strconv.Itoa(tt.columns), func(t *testing.T) {
			assert.Equal(t, tt.text, tt.format.String())
			assert.Equal(t, tt.columns, tt.format.Len())
			assert.Equal(t, strings.NewReplacer("${", "", "}", "").Replace(tt.text), tt.format.Header())
			f, err := ParseFormat(tt.text)
			require.NoError(t, err)
			assert.True(t, f.Equal(tt.format))
			assert.Equal(t, tt.format.Fields(), f.Fields())
			assert.Equal(t, FieldSetOf(f.Fields()...), f.FieldSet())
		})
	}
	assert.NotContains(t, TransitGateway.Fields(), FieldAction)
	assert.NotContains(t, TransitGateway.Fields(), FieldInterfaceID)
}

func TestFormatOf(t *testing.T) {
	for version, columns := range map[int]int{2: 14, 3: 21, 4: 25, 5: 29, 6: 29, 7: 39, 8: 40, 9: 41, 10: 42, 11: 54} {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			f, err := FormatOf(version)
			require.NoError(t, err)
			assert.Equal(t, columns, f.Len())
			var want []Field
			for field := range Fields() {
				if field.VPC() && field.Version() <= version {
					want = append(want, field)
				}
			}
			assert.Equal(t, want, f.Fields())
		})
	}
	for _, version := range []int{-1, 0, 1, 12, 1 << 30} {
		f, err := FormatOf(version)
		assert.ErrorIs(t, err, ErrFormat)
		assert.ErrorContains(t, err, "want 2 to 11")
		assert.Nil(t, f)
	}
}

func TestParseFormatSpellings(t *testing.T) {
	want, err := NewFormat(FieldVersion, FieldPktSrcAddr, FieldInstanceTag2)
	require.NoError(t, err)
	for _, s := range []string{
		"${version} ${pkt-srcaddr} ${instance-tag-2}",
		"version pkt-srcaddr instance-tag-2",
		"version pkt_srcaddr instance_tag_2",
		"version,pkt-srcaddr,instance-tag-2",
		"version, pkt_srcaddr ,instance-tag-2",
		"${version},${pkt_srcaddr},${instance-tag-2}",
		"${version}${pkt-srcaddr}${instance-tag-2}",
		"  version\tpkt-srcaddr\r\ninstance-tag-2\n",
		"\ufeffversion pkt-srcaddr instance-tag-2",
		"$${version} $${pkt-srcaddr} $${instance-tag-2}", // Terraform
		"$${version}$${pkt-srcaddr}$${instance-tag-2}",
		"${!version} ${!pkt-srcaddr} ${!instance-tag-2}", // CloudFormation
		"${!version}${!pkt_srcaddr},${!instance-tag-2}",
		`"${version} ${pkt-srcaddr} ${instance-tag-2}"`,
		" '$${version} $${pkt-srcaddr} $${instance-tag-2}' \n",
		"`version pkt-srcaddr instance-tag-2`",
		`" version,pkt-srcaddr,instance-tag-2 "`,
		`"version","pkt_srcaddr","instance_tag_2"`,
		`'${version}' '${pkt-srcaddr}' '${instance-tag-2}'`,
	} {
		t.Run(strconv.Quote(s), func(t *testing.T) {
			f, err := ParseFormat(s)
			require.NoError(t, err)
			assert.True(t, f.Equal(want))
			assert.Equal(t, want.String(), f.String())
			assert.Equal(t, "version pkt-srcaddr instance-tag-2", f.Header())
			assert.Equal(t, []string{"version", "pkt_srcaddr", "instance_tag_2"}, f.Columns())
		})
	}
}

func TestParseFormatUnknown(t *testing.T) {
	f, err := ParseFormat("version new-field,srcaddr ${Other_Field} tag9")
	require.ErrorIs(t, err, ErrUnknownField)
	for _, name := range []string{"new-field", "Other_Field", "tag9"} {
		assert.ErrorContains(t, err, name)
	}
	require.NotNil(t, f, "the format is usable")
	assert.Equal(t, []Field{FieldVersion, 0, FieldSrcAddr, 0, 0}, f.Fields())
	assert.Equal(t, []string{"version", "new-field", "srcaddr", "Other_Field", "tag9"}, f.Names())
	assert.Equal(t, []string{"version", "new_field", "srcaddr", "Other_Field", "tag9"}, f.Columns())
	assert.Equal(t, "${version} ${new-field} ${srcaddr} ${Other_Field} ${tag9}", f.String())
	assert.Equal(t, "version new-field srcaddr Other_Field tag9", f.Header())
	assert.Equal(t, FieldSetOf(FieldVersion, FieldSrcAddr), f.FieldSet())

	var r Record
	require.NoError(t, f.Decode(&r, "2 a 10.0.0.1 - b"))
	assert.Equal(t, "a - b", r.Extra)
	assert.Equal(t, "2 a 10.0.0.1 - b", string(f.Append(nil, &r)))

	many := make([]string, 500)
	for i := range many {
		many[i] = "new-" + strconv.Itoa(i)
	}
	_, err = ParseFormat(strings.Join(many, " "))
	require.ErrorIs(t, err, ErrUnknownField)
	assert.Less(t, len(err.Error()), 1000, "an error does not copy the whole input")
}

func TestParseFormatErrors(t *testing.T) {
	for _, s := range []string{
		"", " ", ",", "${}", "\ufeff",
		"version version", "version ${version}", "pkt-srcaddr pkt_srcaddr",
		"version new-a new-a", "version new-a new_a", "new-a NEW_A", // a column twice, in different spellings
		"version 2", "version -", "-version", "_x", "src addr 1", "10.0.0.1", "version;srcaddr", "${version",
		"version}", "$version", "ver.sion", "version srçaddr", "version\x00", `"version`, `version"`, `"version'`, "`end", `""`, `"ver"sion"`,
		"$$version", "${!}", "$${}", "$$${version}", "${!!version}", "!version",
		"version " + strings.Repeat("x", maxName+1),
		awsV2 + " OK!",
	} {
		t.Run(strconv.Quote(clip(s)), func(t *testing.T) {
			f, err := ParseFormat(s)
			assert.ErrorIs(t, err, ErrFormat)
			assert.NotErrorIs(t, err, ErrUnknownField)
			assert.Nil(t, f)
			assert.Less(t, len(err.Error()), 200)
		})
	}
	names := make([]string, maxColumns)
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	f, err := ParseFormat(strings.Join(names, " "))
	assert.ErrorIs(t, err, ErrUnknownField)
	assert.Equal(t, maxColumns, f.Len())
	f, err = ParseFormat(strings.Join(names, " ") + " more")
	assert.ErrorIs(t, err, ErrFormat)
	assert.Nil(t, f)
}

func TestNewFormat(t *testing.T) {
	f, err := NewFormat(FieldEnd, FieldStart)
	require.NoError(t, err)
	assert.Equal(t, "${end} ${start}", f.String())
	all, err := NewFormat(slices.Collect(Fields())...)
	require.NoError(t, err)
	assert.Equal(t, NumFields, all.Len())
	for name, fields := range map[string][]Field{
		"none": nil, "twice": {FieldEnd, FieldStart, FieldEnd}, "zero": {FieldEnd, 0}, "no field": {fieldEnd}, "255": {255},
		"too many": slices.Repeat([]Field{FieldEnd}, maxColumns+1),
	} {
		t.Run(name, func(t *testing.T) {
			f, err := NewFormat(fields...)
			assert.ErrorIs(t, err, ErrFormat)
			assert.Nil(t, f)
		})
	}
}

// TestFormatIsImmutable checks that changes to arguments and results do not change a Format.
func TestFormatIsImmutable(t *testing.T) {
	fields := []Field{FieldVersion, FieldSrcAddr}
	f, err := NewFormat(fields...)
	require.NoError(t, err)
	fields[0] = FieldEnd
	f.Fields()[0] = FieldEnd
	f.Names()[0] = "end"
	f.Columns()[0] = "end"
	assert.Equal(t, "${version} ${srcaddr}", f.String())
	assert.Equal(t, []Field{FieldVersion, FieldSrcAddr}, f.Fields())
	assert.Equal(t, []string{"version", "srcaddr"}, f.Names())
}

func TestFormatEqual(t *testing.T) {
	a := mustParse(t, "version new-a srcaddr")
	for s, want := range map[string]bool{
		"version new-a srcaddr":          true,
		"${version} ${new_a} ${srcaddr}": true,
		"version new-b srcaddr":          false,
		"version srcaddr new-a":          false,
		"version new-a":                  false,
		"version new-a srcaddr dstaddr":  false,
	} {
		t.Run(s, func(t *testing.T) {
			assert.Equal(t, want, a.Equal(mustParse(t, s)))
			assert.Equal(t, want, mustParse(t, s).Equal(a))
		})
	}
	assert.True(t, a.Equal(a))
	assert.False(t, a.Equal(nil))
	assert.False(t, (*Format)(nil).Equal(a))
	assert.True(t, (*Format)(nil).Equal(nil))
}

func TestFormatText(t *testing.T) {
	formats := []*Format{V2, TransitGateway, mustParse(t, unknownFormat)}
	for v := 2; v <= maxVersion(); v++ {
		f, err := FormatOf(v)
		require.NoError(t, err)
		formats = append(formats, f)
	}
	for _, f := range formats {
		t.Run(clip(f.Header()), func(t *testing.T) {
			text, err := f.MarshalText()
			require.NoError(t, err)
			assert.Equal(t, f.String(), string(text))
			text, err = f.AppendText([]byte("x"))
			require.NoError(t, err)
			assert.Equal(t, "x"+f.String(), string(text))
			var g Format
			if err := g.UnmarshalText(text[1:]); err != nil {
				assert.ErrorIs(t, err, ErrUnknownField)
			}
			assert.True(t, f.Equal(&g))
			assert.Equal(t, f.v2, g.v2, "the compiled plan is set too")
		})
	}

	t.Run("JSON", func(t *testing.T) {
		type config struct{ Format *Format }
		data, err := json.Marshal(config{V2})
		require.NoError(t, err)
		assert.JSONEq(t, strconv.Quote(awsV2), string(data[len(`{"Format":`):len(data)-1]))
		var c config
		require.NoError(t, json.Unmarshal(data, &c))
		assert.True(t, c.Format.Equal(V2))
	})
	t.Run("flag", func(t *testing.T) {
		set := flag.NewFlagSet("", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		var f Format
		set.TextVar(&f, "format", V2, "columns of the log")
		assert.True(t, f.Equal(V2), "the default")
		require.NoError(t, set.Parse([]string{"-format", "srcaddr,dstaddr"}))
		assert.Equal(t, "srcaddr dstaddr", f.Header())
		assert.Error(t, set.Parse([]string{"-format", "srcaddr,srcaddr"}))
		assert.Equal(t, "srcaddr dstaddr", f.Header(), "an error leaves the format unchanged")
		set.PrintDefaults()
	})
	t.Run("unknown names set it all the same", func(t *testing.T) {
		var f Format
		assert.ErrorIs(t, f.UnmarshalText([]byte("version new-a")), ErrUnknownField)
		assert.Equal(t, "version new-a", f.Header())
	})
}

// TestZeroFormat checks that the zero Format has no columns and decodes no line.
func TestZeroFormat(t *testing.T) {
	var f Format
	assert.Zero(t, f.Len())
	assert.Empty(t, f.Fields())
	assert.Empty(t, f.String())
	assert.Empty(t, f.Header())
	r := fullRecord(t)
	assert.Empty(t, f.Append(nil, &r))
	for _, line := range []string{"", " ", "2"} {
		assert.ErrorIs(t, f.Decode(&r, line), ErrFieldCount, line)
		assert.Zero(t, r)
	}
}

// TestSuggestion checks the suggestions for names that differ from a field by one letter.
func TestSuggestion(t *testing.T) {
	for name, want := range map[string]string{
		"src-addr":     "srcaddr",
		"src_addr":     "srcaddr",
		"srcadr":       "srcaddr",
		"srcaddrs":     "srcaddr",
		"srcaddt":      "srcaddr",
		"scraddr":      "srcaddr",
		"SrcAddr":      "srcaddr",
		"INTERFACE-ID": "interface-id",
		"interfaceid":  "interface-id",
		"logstatus":    "log-status",
		"tgw-id-":      "tgw-id",
		"pktdstaddr":   "pkt-dstaddr",
		// More than one letter, too short, or a difference in the number only.
		"source-address": "", "sourceaddr": "", "x": "", "new-field": "", "instance-tag-3": "", "core-network-id": "",
	} {
		t.Run(name, func(t *testing.T) {
			hint := "did you mean"
			if want != "" {
				hint = "(did you mean " + want + "?)"
			}
			check := func(err error) {
				assert.ErrorIs(t, err, ErrUnknownField)
				assert.Equal(t, want != "", strings.Contains(err.Error(), hint), err)
			}
			_, err := ParseField(name)
			check(err)
			f, err := ParseFormat("version " + name)
			check(err)
			assert.NotNil(t, f)
		})
	}
	_, err := ParseFormat("src-addr new-a dstport")
	assert.EqualError(t, err, `flowlog: unknown field "src-addr" (did you mean srcaddr?), "new-a"`)
}

func TestFormatValue(t *testing.T) {
	f := mustParse(t, unknownFormat) // version new-a srcaddr new_b new-c bytes new-d
	var r Record
	require.NoError(t, f.Decode(&r, "5 a 10.0.0.1 - c - d"))
	for name, want := range map[string]string{
		"version": "5", "srcaddr": "10.0.0.1", "bytes": "-",
		"new-a": "a", "new_a": "a", "new_b": "-", "new-b": "-", "new-c": "c", "new-d": "d",
	} {
		value, ok := f.Value(&r, name)
		assert.True(t, ok, name)
		assert.Equal(t, want, value, name)
	}
	for _, name := range []string{"", "-", "dstaddr", "new-e", "NEW-A", "extra", "${version}"} {
		value, ok := f.Value(&r, name)
		assert.False(t, ok, name)
		assert.Empty(t, value, name)
	}
	r.Extra = "" // as in a record of another format
	value, ok := f.Value(&r, "new-d")
	assert.True(t, ok)
	assert.Equal(t, "-", value)
}

func TestAppendCSV(t *testing.T) {
	f := mustParse(t, "srcaddr instance-tag new-a protocol bytes new-b")
	var r Record
	require.NoError(t, f.Decode(&r, `10.0.0.1 a,b "x" 6 - -`))
	assert.Equal(t, `10.0.0.1,"a,b","""x""",6,,`, string(f.AppendCSV(nil, &r)))
	text := append([]byte(strings.Join(f.Columns(), ",")), '\n')
	text = f.AppendCSV(text, &r)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, [][]string{f.Columns(), {"10.0.0.1", "a,b", `"x"`, "6", "", ""}}, rows)
	assert.Equal(t, ",,,,,", string(f.AppendCSV(nil, &Record{})))
}
