package flowlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The reference parsers of this file follow the documented rules only. They use strings,
// strconv, netip, regexp and encoding/json, and are not optimized.

// fuzzFormats returns the formats that the fuzz targets choose from.
func fuzzFormats(t testing.TB) []*Format {
	return []*Format{
		V2, v5, TransitGateway, mustParse(t, unknownFormat), mustParse(t, formatV5), mustParse(t, formatNAT),
		mustParse(t, "new-a action new-b"), mustParse(t, "srcaddr"), mustParse(t, "traffic-path encryption-status tcp-flags packets-lost-no-route"),
	}
}

// refSeparators are the bytes that separate fields, and refAround those that are ignored
// around a line.
const (
	refSeparators = " \t"
	refAround     = " \t\r\n"
)

// refDecode decodes a line and returns the expected result of Append too.
func refDecode(f *Format, line string) (r Record, canonical string, err error) {
	tokens := strings.FieldsFunc(strings.Trim(line, refAround), func(c rune) bool { return strings.ContainsRune(refSeparators, c) })
	if len(tokens) != len(f.Fields()) {
		return r, "", ErrFieldCount
	}
	members := reflect.ValueOf(&r).Elem() // in the order of the fields, after Fields
	var extra []string
	for i, field := range f.Fields() {
		v := tokens[i]
		if strings.ContainsAny(v, "\r\n") {
			return r, "", strconv.ErrSyntax
		}
		if field == 0 {
			extra = append(extra, v)
			continue
		}
		if v == "-" {
			continue
		}
		member := members.Field(int(field))
		number := func(least, most int64) {
			var n int64
			if strings.HasPrefix(v, "+") {
				err = strconv.ErrSyntax
				return
			}
			if n, err = strconv.ParseInt(v, 10, 64); err == nil && (n < least || n > most) {
				err = strconv.ErrRange
			}
			tokens[i] = strconv.FormatInt(n, 10)
			if member.CanUint() {
				member.SetUint(uint64(n))
			} else {
				member.SetInt(n)
			}
		}
		switch name := field.String(); name {
		case "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr":
			a, bad := netip.ParseAddr(v)
			if bad != nil {
				err = ErrAddr
			}
			tokens[i] = a.String()
			member.Set(reflect.ValueOf(a))
		case "srcport", "dstport":
			number(0, 65535)
		case "protocol":
			number(0, 255)
		case "version", "tcp-flags":
			number(0, 1<<31-1)
		case "traffic-path", "encryption-status":
			number(-1<<31, 1<<31-1)
		case "packets", "bytes", "start", "end", "packets-lost-no-route", "packets-lost-blackhole", "packets-lost-mtu-exceeded", "packets-lost-ttl-expired":
			number(0, 1<<63-1)
		default:
			if name == "account-id" && v == "TransitGateway" || name == "interface-id" && strings.HasPrefix(v, "tgw-") ||
				(name == "tgw-id" || name == "tgw-attachment-id") && strings.HasPrefix(v, "eni-") ||
				name == "resource-type" && regexp.MustCompile(`^[0-9]+$`).MatchString(v) {
				err = ErrFormat
			}
			member.SetString(v)
		}
		if err != nil {
			return r, "", err
		}
		r.Fields = r.Fields.With(field)
	}
	r.Extra = strings.Join(extra, " ")
	return r, strings.Join(tokens, " "), nil
}

func FuzzDecode(f *testing.F) {
	formats := fuzzFormats(f)
	for i, format := range formats {
		for _, l := range testLines(f) {
			if format.Equal(l.format) {
				f.Add(uint8(i), l.line)
			}
		}
		f.Add(uint8(i), "")
		f.Add(uint8(i), " - \t-\r\n")
	}
	f.Add(uint8(3), "12 a 10.0.0.1 b - 5000 c")
	f.Add(uint8(3), "12  a\t::1 b  - 5000 \xff ")
	f.Add(uint8(6), "a ACCEPT b")
	f.Add(uint8(8), "-5 3 19 0")
	full := fullRecord(f)
	for i, format := range formats {
		f.Add(uint8(i), string(format.Append(nil, &full)))
	}
	f.Fuzz(func(t *testing.T, which uint8, line string) {
		format := formats[int(which)%len(formats)]
		want, _, wantErr := refDecode(format, line)
		got := full
		got.Extra = "stale"
		err := format.Decode(&got, line)
		if wantErr == nil {
			require.NoError(t, err)
			require.Equal(t, want, got)
			return
		}
		require.ErrorIs(t, err, rootCause(wantErr))
		pe := err.(*ParseError)
		require.GreaterOrEqual(t, pe.Column, 1)
		require.LessOrEqual(t, pe.Column, len(line)+1)
		require.True(t, strings.HasPrefix(line[pe.Column-1:], pe.Value), "%q", pe)
		require.LessOrEqual(t, len(pe.Value), 64)
		require.NotContains(t, pe.Error(), "\n")
		if pe.Err != nil && !errors.Is(err, ErrFieldCount) {
			require.Equal(t, want.Fields, got.Fields, "the fields before the bad one")
		}
	})
}

// rootCause returns the error that a strconv.NumError wraps.
func rootCause(err error) error {
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		return e.Err
	}
	return err
}

func FuzzRoundTrip(f *testing.F) {
	formats := fuzzFormats(f)
	for i, format := range formats {
		for _, l := range testLines(f) {
			if format.Equal(l.format) {
				f.Add(uint8(i), l.line)
			}
		}
	}
	f.Add(uint8(0), with(lineA, 3, "2001:DB8::1"))
	f.Add(uint8(0), with(lineA, 9, "00012"))
	f.Add(uint8(8), "-0 - 007 9223372036854775807")
	f.Fuzz(func(t *testing.T, which uint8, line string) {
		format := formats[int(which)%len(formats)]
		_, canonical, err := refDecode(format, line)
		if err != nil {
			return
		}
		var r, again Record
		require.NoError(t, format.Decode(&r, line))
		written := string(format.Append(nil, &r))
		require.Equal(t, canonical, written)
		require.NoError(t, format.Decode(&again, written))
		require.Equal(t, r, again)
		require.Equal(t, written, string(format.Append(nil, &again)))

		// The JSON form restores the record, except for invalid UTF-8.
		if utf8.ValidString(line) {
			require.NoError(t, json.Unmarshal(r.AppendJSON(nil), &again))
			require.Equal(t, r, again)
		}
		// Setting the fields one by one gives the same record.
		set := Record{Extra: r.Extra}
		for field := range Fields() {
			require.NoError(t, set.Set(field, r.Value(field)))
		}
		require.Equal(t, r, set)
	})
}

// refReader reads a complete log line by line.
type refReader struct {
	format *Format
	header string
	max    int
	out    []string
	stats  Stats
}

var (
	refTime  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?Z[ \t]`)
	refName  = regexp.MustCompile(`^(\$\{)?([a-z][a-z0-9_-]{0,254})(\})?$`)
	refStart = regexp.MustCompile(`^(\x{feff})?[ \t\r]*`)
)

func (r *refReader) read(text string) {
	r.stats.Bytes = int64(len(text))
	for num := 1; text != ""; num++ {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		for at := 0; ; {
			n := refObject(line[at:])
			if n < 0 {
				n = len(line) - at
			}
			part := line[at : at+n]
			if at > 0 && len(part) <= r.max && strings.Trim(part, " \t\r") == "" {
				break
			}
			r.stats.Lines++
			if len(part) > r.max {
				r.bad(num, ErrLineTooLong)
			} else {
				r.line(num, part)
			}
			if at += n; at == len(line) {
				break
			}
		}
	}
}

// refObject returns the length of the JSON object at the start of s, or -1 if there is none.
func refObject(s string) int {
	i := len(refStart.FindString(s))
	if i == len(s) || s[i] != '{' {
		return -1
	}
	depth := 0
	for quoted := false; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func (r *refReader) bad(num int, cause error) {
	r.stats.Bad++
	r.out = append(r.out, badLine(num, cause))
}

// badLine is the number of a bad line and the cause.
func badLine(num int, err error) string {
	for _, cause := range []error{ErrFieldCount, ErrLineTooLong, ErrAddr, ErrFormat, strconv.ErrRange, strconv.ErrSyntax} {
		if errors.Is(err, cause) {
			return fmt.Sprintf("line %d: %v", num, cause)
		}
	}
	return err.Error()
}

func (r *refReader) line(num int, s string) {
	if strings.Trim(strings.TrimPrefix(s, "\ufeff"), " \t\r") == "" {
		return
	}
	s = s[len(refStart.FindString(s)):]
	if strings.HasPrefix(s, "{") {
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(s), &object) != nil || !bytes.HasPrefix(object["message"], []byte{'"'}) {
			// parseMessage does not check its most common form for control characters.
			if m, ok := strings.CutPrefix(s, `{"message":"`); !ok || strings.IndexAny(m, `"\`) != len(m)-2 || !strings.HasSuffix(m, `"}`) {
				r.bad(num, ErrFormat)
				return
			}
		}
		m, err := parseMessage(s)
		if err != nil {
			r.bad(num, err)
			return
		}
		var text string
		if utf8.ValidString(s) && json.Unmarshal(object["message"], &text) == nil && text != m.line {
			panic(s)
		}
		s = m.line
	}
	s = strings.TrimPrefix(s, refTime.FindString(s))
	if s = strings.Trim(s, refAround); s == "" {
		return
	}
	rec, canonical, err := refDecode(r.format, s)
	if f := r.isHeader(s, err == nil); f != nil {
		r.format, r.header = f, s
		return
	}
	if err != nil {
		r.bad(num, err)
		return
	}
	r.stats.Records++
	switch rec.LogStatus {
	case "NODATA":
		r.stats.NoData++
	case "SKIPDATA":
		r.stats.SkipData++
	case OK, "":
	default:
		r.stats.OtherStatus++
	}
	r.out = append(r.out, canonical)
}

func (r *refReader) isHeader(s string, isRecord bool) *Format {
	if s == r.header {
		return r.format
	}
	known, columns := 0, 0
	for token := range strings.FieldsFuncSeq(s, func(c rune) bool { return strings.ContainsRune(refSeparators, c) }) {
		m := refName.FindStringSubmatch(token)
		if m == nil || (m[1] == "") != (m[3] == "") {
			return nil
		}
		columns++
		if _, err := ParseField(m[2]); err == nil {
			known++
		}
	}
	if known == 0 || isRecord && known*2 < columns {
		return nil
	}
	f, _ := ParseFormat(s)
	return f
}

// chunkReader returns at most n bytes at a time.
type chunkReader struct {
	src io.Reader
	n   int
}

func (r *chunkReader) Read(p []byte) (int, error) { return r.src.Read(p[:min(len(p), r.n)]) }

func FuzzReader(f *testing.F) {
	const reuseText = 0x80
	formats := append(fuzzFormats(f), nil)
	for i, s := range shapes(f) {
		which := len(formats) - 1
		for j, format := range formats {
			if format != nil && format.Equal(s.format) {
				which = j
			}
		}
		f.Add([]byte(s.text), uint8(which), uint8(i*7), uint8(0))
		f.Add([]byte(s.text), uint8(which), uint8(0), uint8(i))
		f.Add([]byte(s.text), uint8(which|reuseText), uint8(i*7), uint8(0))
	}
	f.Add([]byte("version srcaddr bytes\n5 1.2.3.4 7\n{\"message\":\"5 1.2.3.4 7\"}{\"message\":\"5 1.2.3.4 \\u0038\"}\n2025-02-25T12:25:04Z 5 1.2.3.4 9"), uint8(9), uint8(3), uint8(30))
	f.Add([]byte("\rsrcaddr"), uint8(3), uint8(88), uint8(104)) // white space before a header line
	for _, s := range []string{"\fsrcaddr", "srcaddr\f", "version\vsrcaddr", "\u00a0srcaddr", "srcaddr\u0085", "version\rsrcaddr"} {
		f.Add([]byte(s), uint8(3), uint8(0), uint8(104)) // white space that separates no fields
	}
	f.Fuzz(func(t *testing.T, data []byte, which, chunk, limit uint8) {
		if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			return // gzip is tested elsewhere
		}
		format := formats[int(which&^reuseText)%len(formats)]
		want := refReader{format: format, max: int(limit)}
		if format == nil {
			want.format = V2
		}
		if limit == 0 {
			want.max = defaultMaxLine
		}
		want.read(string(data))

		var src io.Reader = bytes.NewReader(data)
		if chunk > 0 {
			src = &chunkReader{src, int(chunk)}
		}
		r := NewReader(src, format)
		r.MaxLine = int(limit)
		r.ReuseText = which&reuseText != 0
		var got []string
		var rec Record
		for {
			err := r.Read(&rec)
			if err == io.EOF {
				break
			}
			if err == nil {
				got = append(got, string(r.Format().Append(nil, &rec)))
				continue
			}
			pe, ok := err.(*ParseError)
			require.True(t, ok, "%v", err)
			lines := bytes.SplitAfter(data, []byte("\n"))
			require.GreaterOrEqual(t, pe.Line, 1)
			require.LessOrEqual(t, pe.Line, len(lines))
			require.GreaterOrEqual(t, pe.Column, 1)
			require.LessOrEqual(t, pe.Column, len(lines[pe.Line-1])+1)
			got = append(got, badLine(pe.Line, err))
		}
		require.Equal(t, want.out, got)
		require.Equal(t, want.stats, r.Stats())
		require.True(t, want.format.Equal(r.Format()), "%s, %s", want.format, r.Format())

		// All returns the same.
		all, again := NewReader(bytes.NewReader(data), format), NewReader(bytes.NewReader(data), format)
		all.MaxLine, again.MaxLine = int(limit), int(limit)
		for one, err := range all.All() {
			require.Equal(t, again.Read(&rec), err)
			require.Equal(t, rec, *one)
		}
		require.ErrorIs(t, again.Read(&rec), io.EOF)
	})
}

func FuzzParseFormat(f *testing.F) {
	for _, s := range []string{
		awsV2, awsTransitGateway, headerV2, formatV3, formatV5, formatNAT, unknownFormat, "", " ", "version,srcaddr", "${version}${srcaddr}",
		"version version", "pkt-srcaddr pkt_srcaddr", "x X", "\ufeffversion\r\n", "${", "}", "${}", "version 2", "srcaddr ${srcaddr",
		"$${version}$${srcaddr}", "${!version} ${!srcaddr}", `"${version}"`, `"version","srcaddr"`, "'version'", "`srcaddr`", "$${!x}", "src-addr",
	} {
		f.Add(s)
	}
	name := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,254}$`)
	f.Fuzz(func(t *testing.T, s string) {
		format, err := ParseFormat(s)
		// The documented rules define the result.
		good, unknown := true, false
		var want []Field
		seen := map[string]bool{}
		quoted := regexp.MustCompile("(?s)^(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)$")
		bare := func(s string) string {
			if m := quoted.FindStringSubmatch(s); m != nil {
				return strings.TrimSpace(m[1] + m[2] + m[3])
			}
			return s
		}
		braces := regexp.MustCompile(`(?s)^\$?\$\{!?(.*)\}$`)
		whole := bare(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")))
		whole = regexp.MustCompile(`\}(\$?\$\{)`).ReplaceAllString(whole, "} $1")
		tokens := strings.FieldsFunc(whole, func(c rune) bool { return strings.ContainsRune(" \t\r\n,", c) })
		for _, token := range tokens {
			token = bare(token)
			if m := braces.FindStringSubmatch(token); m != nil {
				token = m[1]
			}
			field, _ := ParseField(token)
			column := strings.ToLower(strings.ReplaceAll(token, "-", "_"))
			if field != 0 {
				column = "=" + field.Column()
			}
			good = good && name.MatchString(token) && !seen[column]
			seen[column] = true
			unknown = unknown || field == 0
			want = append(want, field)
		}
		if !good || len(tokens) == 0 || len(tokens) > maxColumns {
			require.ErrorIs(t, err, ErrFormat)
			require.Nil(t, format)
			return
		}
		require.NotNil(t, format)
		require.Equal(t, unknown, errors.Is(err, ErrUnknownField))
		require.Equal(t, unknown, err != nil)
		require.Equal(t, want, format.Fields())
		for _, text := range []string{format.String(), format.Header(), strings.Join(format.Names(), ","), strings.Join(format.Columns(), "\t")} {
			again, _ := ParseFormat(text)
			require.True(t, format.Equal(again), "%q", text)
		}
		// The format can decode: a line of dashes is an empty record.
		line := strings.TrimSuffix(strings.Repeat("- ", format.Len()), " ")
		var r Record
		require.NoError(t, format.Decode(&r, line))
		require.Zero(t, r.Fields)
		require.Equal(t, line, string(format.Append(nil, &r)))
	})
}

func FuzzJSON(f *testing.F) {
	full := fullRecord(f)
	full.Extra = "a - b"
	f.Add(full.AppendJSON(nil))
	for _, s := range []string{
		"nulll", // not null
		`{}`, `null`, `[]`, `{"version":2,"srcaddr":"10.0.0.1","srcport":0,"extra":"x"}`, `{"account-id":"001","start":"5","bytes":null,"x":[{}]}`,
		`{"srcport":65536}`, `{"extra":1}`, `{"account_id":"\ud800\u0000\u2028<"}`, `{"a":1}{}`, `{"srcaddr":"fe80::1%\"x"}`, `{"account_id":"a b"}`,
	} {
		f.Add([]byte(s))
	}
	for _, e := range awsExamples(f) {
		var r Record
		require.NoError(f, e.format.Decode(&r, e.line))
		f.Add(r.AppendJSON(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := full
		err := r.UnmarshalJSON(data)
		if !json.Valid(data) {
			require.Error(t, err)
			return
		}
		var std Record
		stdErr := json.Unmarshal(data, &std)
		require.Equal(t, err == nil, stdErr == nil)
		if err != nil {
			return
		}
		var object map[string]any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		require.NoError(t, d.Decode(&object))
		if object == nil { // null
			require.Equal(t, full, r)
			return
		}
		require.Equal(t, std, r)
		for field := range Fields() {
			column, isColumn := object[field.Column()]
			if name, isName := object[field.String()]; field.String() != field.Column() && isName == isColumn {
				require.Equal(t, isName && r.Has(field), r.Has(field)) // a name may occur twice with different values
				continue
			} else if isName {
				column = name
			}
			present := column != nil && column != "" && column != "-"
			require.Equal(t, present, r.Has(field), field)
			if !present {
				continue
			}
			if field.Type() == TypeString && field.Kind() != KindAddr {
				require.Equal(t, column, r.Value(field))
			}
		}
		out := r.AppendJSON(nil)
		require.True(t, json.Valid(out))
		var again Record
		require.NoError(t, again.UnmarshalJSON(out))
		require.Equal(t, r, again)
		require.Equal(t, out, again.AppendJSON(nil))
	})
}
