package flowlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// texts are values with characters that JSON escapes, and similar ones.
var texts = []string{
	"x", `"`, `\`, `a"b\c/d`, "<script>&amp;</script>", "\x00", "\x01\x1f\x7f", "\v\f\b", "é", "✓", "😀", "\u2028\u2029", "\ufeff", "\ufffd", "\u00a0",
	`\u0041`, "{", "null", "0x", "--", "%20", "ECS,a=b:c", strings.Repeat("x", 300) + `"`,
}

// randomRecord returns a record with about half of the fields. Each value is valid in a line.
func randomRecord(rng *rand.Rand) Record {
	var r Record
	for f := range Fields() {
		if rng.IntN(2) == 0 {
			continue
		}
		value := texts[rng.IntN(len(texts))]
		n := rng.Uint64() >> rng.IntN(64)
		switch f.Kind() {
		case KindAddr:
			var b [16]byte
			for i := range b {
				b[i] = byte(rng.Uint64() >> rng.IntN(8) & -(rng.Uint64() & 1))
			}
			value = netip.AddrFrom16(b).String()
			if rng.IntN(2) == 0 {
				value = netip.AddrFrom4([4]byte(b[:4])).String()
			}
		case KindPort:
			value = strconv.Itoa(int(uint16(n)))
		case KindProtocol:
			value = strconv.Itoa(int(uint8(n)))
		case KindCount, KindTime:
			value = strconv.FormatUint(n>>1, 10)
		case KindVersion, KindFlags:
			value = strconv.Itoa(int(int32(n) & 0x7fffffff))
		case KindCode:
			value = strconv.Itoa(int(int32(n)))
		}
		if err := r.Set(f, value); err != nil {
			panic(err)
		}
	}
	if rng.IntN(2) == 0 {
		r.Extra = texts[rng.IntN(len(texts))] + " - " + texts[rng.IntN(len(texts))]
	}
	return r
}

// TestJSONRoundTrip encodes random records as JSON in every way and decodes them again.
func TestJSONRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		r := randomRecord(rng)
		data := r.AppendJSON(nil)
		require.True(t, json.Valid(data), "%s", data)
		require.Equal(t, append([]byte("x"), data...), r.AppendJSON([]byte("x")))

		own, err := r.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, data, own)
		byValue, err := json.Marshal(r)
		require.NoError(t, err)
		byPointer, err := json.Marshal(&r)
		require.NoError(t, err)
		require.Equal(t, byValue, byPointer)
		within, err := json.Marshal(map[string]any{"a": []Record{r}})
		require.NoError(t, err)
		require.Equal(t, `{"a":[`+string(byValue)+`]}`, string(within))

		for _, data := range [][]byte{data, byValue} {
			back := fullRecord(t) // UnmarshalJSON must reset the record
			back.Extra = "stale"
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, r, back, "%s", data)
		}

		// encoding/json must decode the same keys and values.
		var object map[string]any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		require.NoError(t, d.Decode(&object))
		want := map[string]any{}
		for f := range r.Fields.All() {
			if f.Type() == TypeString {
				want[f.Column()] = r.Value(f)
			} else {
				want[f.Column()] = json.Number(r.Value(f))
			}
		}
		if r.Extra != "" {
			want["extra"] = r.Extra
		}
		require.Equal(t, want, object)
	}
}

func TestJSONForm(t *testing.T) {
	for _, tt := range []struct{ format, line, want string }{
		{"version srcaddr srcport", "2 10.0.0.1 0", `{"version":2,"srcaddr":"10.0.0.1","srcport":0}`},
		{"srcport srcaddr version", "0 10.0.0.1 2", `{"version":2,"srcaddr":"10.0.0.1","srcport":0}`},
		{"version srcaddr srcport", "- - -", `{}`},
		{"new-a new-b", "- x", `{"extra":"- x"}`},
		{"version new-a", `2 a"b`, `{"version":2,"extra":"a\"b"}`},
		{"pkt-srcaddr tcp-flags traffic-path", "2001:db8::1 19 8", `{"tcp_flags":19,"pkt_srcaddr":"2001:db8::1","traffic_path":8}`},
		{"bytes start", "9223372036854775807 1512564058000", `{"bytes":9223372036854775807,"start":1512564058000}`},
		{"traffic-path", "-5", `{"traffic_path":-5}`},
		{"srcaddr", `fe80::1%"x\`, `{"srcaddr":"fe80::1%\"x\\"}`},
	} {
		t.Run(tt.want, func(t *testing.T) {
			var r Record
			require.NoError(t, mustParse(t, tt.format).Decode(&r, tt.line))
			assert.Equal(t, tt.want, string(r.AppendJSON(nil)))
		})
	}
	t.Run("all fields, in order", func(t *testing.T) {
		full := fullRecord(t)
		var keys []string
		d := json.NewDecoder(bytes.NewReader(full.AppendJSON(nil)))
		_, err := d.Token()
		require.NoError(t, err)
		for d.More() {
			key, err := d.Token()
			require.NoError(t, err)
			keys = append(keys, key.(string))
			_, err = d.Token()
			require.NoError(t, err)
		}
		var want []string
		for f := range Fields() {
			want = append(want, f.Column())
		}
		assert.Equal(t, want, keys)
	})
}

// TestQuoted compares quoted strings with encoding/json.
func TestQuoted(t *testing.T) {
	check := func(s string) {
		got := appendQuoted([]byte("x"), s)[1:]
		want, err := json.Marshal(s)
		require.NoError(t, err)
		var a, b string
		require.NoError(t, json.Unmarshal(got, &a), "%q: %s", s, got)
		require.NoError(t, json.Unmarshal(want, &b))
		require.Equal(t, b, a, "%q", s)
		require.True(t, utf8.Valid(got))
	}
	for _, s := range texts {
		check(s)
		check(s + s)
	}
	for a := range 256 {
		check(string([]byte{byte(a)}))
		for b := range 256 {
			check(string([]byte{'x', byte(a), byte(b), 'y'}))
		}
	}
	check("\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80\xe2\x82")
}

func TestUnmarshalJSON(t *testing.T) {
	var want Record
	require.NoError(t, mustParse(t, "account-id srcaddr srcport").Decode(&want, "001 10.0.0.1 0"))
	for name, data := range map[string]string{
		"columns":             `{"account_id":"001","srcaddr":"10.0.0.1","srcport":0}`,
		"AWS's names":         `{"account-id":"001","srcaddr":"10.0.0.1","srcport":0}`,
		"numbers as strings":  `{"account_id":"001","srcaddr":"10.0.0.1","srcport":"0"}`,
		"absent":              `{"account_id":"001","srcaddr":"10.0.0.1","srcport":0,"dstport":null,"dstaddr":"-","bytes":"","action":"","extra":null,"packets":"-"}`,
		"other keys":          `{"x":[1,{"srcport":5}],"account_id":"001","Srcport":7,"srcaddr":"10.0.0.1","srcport":0,"":1,"extra":""}`,
		"white space":         "\n{ \"account_id\" : \"001\" ,\"srcaddr\":\"10.0.0.1\",\t\"srcport\":0 } \n",
		"escapes":             `{"\u0061ccount_id":"\u0030\u00301","srcaddr":"10.0.0\u002e1","srcport":"\u0030"}`,
		"twice, last counts":  `{"srcport":5,"account-id":"9","account_id":"001","srcaddr":"::1","srcaddr":"10.0.0.1","srcport":0}`,
		"twice, last absent":  `{"dstport":5,"account_id":"001","srcaddr":"10.0.0.1","srcport":0,"dstport":null}`,
		"twice, absent first": `{"srcport":"-","account_id":"001","srcaddr":"10.0.0.1","srcport":0}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := fullRecord(t)
			require.NoError(t, json.Unmarshal([]byte(data), &got))
			assert.Equal(t, want, got)
			got = fullRecord(t)
			require.NoError(t, got.UnmarshalJSON([]byte(data)))
			assert.Equal(t, want, got)
		})
	}
	t.Run("null changes nothing", func(t *testing.T) {
		r := want
		require.NoError(t, json.Unmarshal([]byte("null"), &r))
		assert.Equal(t, want, r)
	})
	for data, tt := range map[string]struct {
		field Field
		value string
		cause error
	}{
		`{"srcport":65536}`:               {FieldSrcPort, "65536", strconv.ErrRange},
		`{"srcport":-1}`:                  {FieldSrcPort, "-1", strconv.ErrRange},
		`{"srcport":1.5}`:                 {FieldSrcPort, "1.5", strconv.ErrSyntax},
		`{"srcport":1e3}`:                 {FieldSrcPort, "1e3", strconv.ErrSyntax},
		`{"srcport":"x"}`:                 {FieldSrcPort, "x", strconv.ErrSyntax},
		`{"srcport":true}`:                {FieldSrcPort, "true", strconv.ErrSyntax},
		`{"srcport":[1, 2]}`:              {FieldSrcPort, "[1, 2]", strconv.ErrSyntax},
		`{"srcport":{"a":1}}`:             {FieldSrcPort, `{"a":1}`, strconv.ErrSyntax},
		`{"account_id":123456789012}`:     {FieldAccountID, "123456789012", strconv.ErrSyntax},
		`{"account_id":false}`:            {FieldAccountID, "false", strconv.ErrSyntax},
		`{"account_id":"a b"}`:            {FieldAccountID, "a b", strconv.ErrSyntax},
		`{"account_id":"a\nb"}`:           {FieldAccountID, "a\nb", strconv.ErrSyntax},
		`{"srcaddr":"nowhere"}`:           {FieldSrcAddr, "nowhere", ErrAddr},
		`{"srcaddr":1}`:                   {FieldSrcAddr, "1", strconv.ErrSyntax},
		`{"extra":1}`:                     {0, "1", strconv.ErrSyntax},
		`{"extra":"a\nb"}`:                {0, "a\nb", strconv.ErrSyntax},
		`[]`:                              {0, "[]", ErrFormat},
		`"2 1 eni"`:                       {0, `"2 1 eni"`, ErrFormat},
		`12`:                              {0, "12", ErrFormat},
		`{"account_id":"TransitGateway"}`: {FieldAccountID, "TransitGateway", ErrFormat},
		`{"bytes":9223372036854775808}`:   {FieldBytes, "9223372036854775808", strconv.ErrRange},
	} {
		t.Run(data, func(t *testing.T) {
			var r Record
			err := json.Unmarshal([]byte(data), &r)
			var pe *ParseError
			require.ErrorAs(t, err, &pe)
			assert.ErrorIs(t, err, tt.cause)
			assert.Equal(t, tt.field, pe.Field)
			assert.Equal(t, tt.value, pe.Value)
		})
	}
	t.Run("the first bad value, each time", func(t *testing.T) {
		for range 20 {
			var r Record
			err := r.UnmarshalJSON([]byte(`{"version":5,"srcport":-1,"dstport":-2,"bytes":-3}`))
			assert.ErrorContains(t, err, "srcport")
			assert.Equal(t, FieldSetOf(FieldVersion), r.Fields, "the fields before it are there")
		}
	})
	for _, bad := range []string{
		"", " ", "{", `{"srcport"`, `{"srcport":`, `{"srcport":1`, `{"srcport":1,`, `{"srcport":1,}`, `{1:2}`, `{"a" "b"}`, `{"srcport":1}}`, `{"srcport":1} x`, `{}{}`, "nul", "{x}",
	} {
		t.Run("broken "+bad, func(t *testing.T) {
			var r Record
			assert.Error(t, r.UnmarshalJSON([]byte(bad)))
			assert.Error(t, json.Unmarshal([]byte(bad), &r))
		})
	}
}

// TestLogValue checks that a record logged as JSON equals its own JSON.
func TestLogValue(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		r := randomRecord(rng)
		for name, value := range map[string]any{"value": r, "pointer": &r} {
			var b bytes.Buffer
			slog.New(slog.NewJSONHandler(&b, nil)).Info("flow", "record", value)
			var logged struct{ Record json.RawMessage }
			require.NoError(t, json.Unmarshal(b.Bytes(), &logged))
			if r.Fields.Len() == 0 && r.Extra == "" {
				require.Empty(t, logged.Record, "slog omits an empty group")
				continue
			}
			var got Record
			require.NoError(t, json.Unmarshal(logged.Record, &got), name)
			require.Equal(t, r, got, name)
			require.JSONEq(t, string(r.AppendJSON(nil)), string(logged.Record), name)
		}
	}
	var r Record
	require.NoError(t, r.Set(FieldBytes, "5"))
	require.NoError(t, r.Set(FieldSrcAddr, "10.0.0.1"))
	group := r.LogValue().Group()
	assert.Equal(t, []slog.Attr{slog.String("srcaddr", "10.0.0.1"), slog.Int64("bytes", 5)}, group)
	assert.True(t, slices.ContainsFunc(group, func(a slog.Attr) bool { return a.Value.Kind() == slog.KindInt64 }))
}

// TestRecordPrints checks that fmt prints a record as its line, by value and by pointer.
func TestRecordPrints(t *testing.T) {
	r := parse(t, lineA)
	assert.Equal(t, lineA, fmt.Sprint(r))
	assert.Equal(t, lineA, fmt.Sprint(&r))
	assert.Equal(t, lineA, r.String())
	assert.Equal(t, strings.TrimSpace(strings.Repeat("- ", 14)), Record{}.String())
}

// TestFormatAppendJSON checks that unknown columns keep their names.
func TestFormatAppendJSON(t *testing.T) {
	f := mustParse(t, unknownFormat) // version new-a srcaddr new_b new-c bytes new-d
	for line, want := range map[string]string{
		"5 a 10.0.0.1 - c 0 d":     `{"version":5,"srcaddr":"10.0.0.1","bytes":0,"new_a":"a","new_c":"c","new_d":"d"}`,
		"5 - 10.0.0.1 - - - -":     `{"version":5,"srcaddr":"10.0.0.1"}`,
		`- - - "b\ - - -`:          `{"new_b":"\"b\\"}`,
		"- - - - - - -":            `{}`,
		"- a - - - - -":            `{"new_a":"a"}`,
		"5 a 10.0.0.1 b\xff c 1 d": `{"version":5,"srcaddr":"10.0.0.1","bytes":1,"new_a":"a","new_b":"b` + "\ufffd" + `","new_c":"c","new_d":"d"}`,
	} {
		var r Record
		require.NoError(t, f.Decode(&r, line))
		assert.Equal(t, want, string(f.AppendJSON(nil, &r)))
		assert.Equal(t, "x"+want, string(f.AppendJSON([]byte("x"), &r)))
		assert.True(t, json.Valid(f.AppendJSON(nil, &r)))
	}
	r := fullRecord(t)
	r.Extra = ""
	assert.Equal(t, string(r.AppendJSON(nil)), string(V2.AppendJSON(nil, &r)), "as Record.AppendJSON, whatever the format")
}
