package flowlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// These are lines for the tests of this file and the columns of a custom format.
const (
	lineA    = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	lineB    = "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK"
	lineN    = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
	lineS    = "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA"
	headerV2 = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
	lineT    = "6 TransitGateway 123456789010 tgw-1 tgw-attach-1 1 2 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 az1 az2 tgw-attach-2 10.0.0.1 10.1.0.1 1000 443 6 7 8 1418530010 1418530070 OK IPv4 0 1 2 3 19 us-east-1 ingress S3 -"
)

// gz compresses each text to one member of a gzip stream.
func gz(t testing.TB, texts ...string) []byte {
	var b bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return b.Bytes()
}

// drain reads to the end of the stream. It returns each record as its line in the Reader's
// format, and each *ParseError as "line:column field: value: cause". end is the error that
// ended the stream, nil for io.EOF.
func drain(t testing.TB, r *Reader) (got []string, end error) {
	rec := fullRecord(t) // to detect members that are not reset
	for {
		err := r.Read(&rec)
		if err == nil {
			got = append(got, string(r.Format().Append(nil, &rec)))
			continue
		}
		pe, ok := errors.AsType[*ParseError](err)
		if !ok {
			require.Zero(t, rec, "the last record is reset")
			require.Equal(t, err, r.Read(&rec), "io.EOF again")
			require.Equal(t, err, r.Read(&rec))
			if err == io.EOF {
				return got, nil
			}
			require.NotErrorIs(t, err, io.EOF, "does not match io.EOF")
			return got, err
		}
		for _, cause := range []error{ErrFieldCount, ErrLineTooLong, ErrAddr, ErrFormat, strconv.ErrRange, strconv.ErrSyntax} {
			if errors.Is(err, cause) {
				got = append(got, fmt.Sprintf("%d:%d %s: %s: %v", pe.Line, pe.Column, pe.Field, pe.Value, cause))
				break
			}
		}
	}
}

// shapeTest is a text and the expected result of reading it.
type shapeTest struct {
	name   string
	text   string
	format *Format // nil if the header line defines it
	want   []string
	stats  Stats // without Bytes, which is the length of text
	header string
}

// shapes returns texts of every form that the doc of Reader lists.
func shapes(t testing.TB) []shapeTest {
	custom := mustParse(t, "version srcaddr bytes")
	msg := func(s string) string { return `{"message":"` + s + `"}` }
	esc := `{"ts":1,"message":"5 \u0031.2.3.4 7\n","x":{"message":"no}","y":[1,"{"]}}`
	return []shapeTest{
		{name: "empty"},
		{name: "plain", text: lineA + "\n" + lineB + "\n", want: []string{lineA, lineB}, stats: Stats{Lines: 2, Records: 2}},
		{name: "no line end", text: lineA + "\n" + lineB, want: []string{lineA, lineB}, stats: Stats{Lines: 2, Records: 2}},
		{name: "one line without end", text: lineA, want: []string{lineA}, stats: Stats{Lines: 1, Records: 1}},
		{name: "CRLF", text: lineA + "\r\n" + lineB + "\r\n\r\n" + lineN + "\r", want: []string{lineA, lineB, lineN}, stats: Stats{Lines: 4, Records: 3, NoData: 1}},
		{name: "blank lines", text: "\n\n" + lineA + "\n \t\r\n\n" + lineB + "\n\n", want: []string{lineA, lineB}, stats: Stats{Lines: 7, Records: 2}},
		{name: "only blank lines", text: "\n\r\n  \n\t", stats: Stats{Lines: 4}},
		{
			name: "white space around and between", text: "  " + lineA + "  \n\t" + strings.ReplaceAll(lineB, " ", " \t ") + "\t\r\n",
			want: []string{lineA, lineB}, stats: Stats{Lines: 2, Records: 2},
		},
		{name: "statuses", text: lineA + "\n" + lineN + "\n" + lineS + "\n" + lineN + "\n", want: []string{lineA, lineN, lineS, lineN}, stats: Stats{Lines: 4, Records: 4, NoData: 2, SkipData: 1}},
		{name: "byte-order mark", text: "\ufeff" + lineA + "\n\ufeff" + lineB, want: []string{lineA, lineB}, stats: Stats{Lines: 2, Records: 2}},
		{name: "byte-order mark alone", text: "\ufeff", stats: Stats{Lines: 1}},
		{name: "byte-order mark and header", text: "\ufeffversion srcaddr bytes\r\n5 1.2.3.4 7\r\n", want: []string{"5 1.2.3.4 7"}, stats: Stats{Lines: 2, Records: 1}, header: "version srcaddr bytes"},
		{name: "header", text: headerV2 + "\n" + lineA + "\n", want: []string{lineA}, stats: Stats{Lines: 2, Records: 1}},
		{name: "header alone", text: headerV2, stats: Stats{Lines: 1}},
		{name: "header with a line end alone", text: headerV2 + "\n", stats: Stats{Lines: 1}},
		{name: "header of one column", text: "srcaddr\n1.2.3.4\n", want: []string{"1.2.3.4"}, stats: Stats{Lines: 2, Records: 1}, header: "srcaddr"},
		{name: "header of one word column", text: "action\nACCEPT\n", want: []string{"ACCEPT"}, stats: Stats{Lines: 2, Records: 1}, header: "action"},
		{name: "header in format spelling", text: "${version} ${srcaddr} ${bytes}\n5 1.2.3.4 7\n", want: []string{"5 1.2.3.4 7"}, stats: Stats{Lines: 2, Records: 1}, header: "version srcaddr bytes"},
		{name: "header with white space", text: "  version\tsrcaddr  bytes \n5 1.2.3.4 7\n", want: []string{"5 1.2.3.4 7"}, stats: Stats{Lines: 2, Records: 1}, header: "version srcaddr bytes"},
		{name: "header wins over the given format", text: "bytes srcaddr\n7 1.2.3.4\n", format: custom, want: []string{"7 1.2.3.4"}, stats: Stats{Lines: 2, Records: 1}, header: "bytes srcaddr"},
		{name: "header again and again", text: headerV2 + "\n" + lineA + "\n" + headerV2 + "\n" + headerV2 + "\r\n" + lineB + "\n" + headerV2, want: []string{lineA, lineB}, stats: Stats{Lines: 6, Records: 2}},
		{
			name: "header changes midway", text: headerV2 + "\n" + lineA + "\nversion srcaddr bytes\n5 1.2.3.4 7\n" + lineB + "\n" + headerV2 + "\n" + lineB + "\n5 1.2.3.4 7\n",
			want: []string{
				lineA, "5 1.2.3.4 7", "5:1 : " + clip(lineB) + ": wrong number of fields", lineB, "8:1 : 5 1.2.3.4 7: wrong number of fields",
			},
			stats: Stats{Lines: 8, Records: 3, Bad: 2},
		},
		{
			name: "header with unknown names", text: "version new-a srcaddr new_b new-c\n12 x 1.2.3.4 - z\n", want: []string{"12 x 1.2.3.4 - z"},
			stats: Stats{Lines: 2, Records: 1}, header: "version new-a srcaddr new_b new-c",
		},
		{
			name: "header of another log", text: "eventVersion,userIdentity\n{\"Records\":[]}\n" + lineA + "\n",
			want:  []string{"1:1 : eventVersion,userIdentity: wrong number of fields", `2:1 : {"Records":[]}: invalid format`, lineA},
			stats: Stats{Lines: 3, Records: 1, Bad: 2},
		},
		{
			name: "text columns only", text: "interface-id action\neni-1 ACCEPT\nregion type\nus-east-1 IPv4\neu-west-1 -\n", want: []string{"eni-1 ACCEPT", "us-east-1 IPv4", "eu-west-1 -"},
			stats: Stats{Lines: 5, Records: 3}, header: "region type",
		},
		{
			name: "values that are names", text: "action vpc-id region\nversion x y\n- - -\n", want: []string{"version x y", "- - -"},
			stats: Stats{Lines: 3, Records: 2}, header: "action vpc-id region",
		},
		{
			name: "a header of unknown names again", text: "action new-a new-b\nACCEPT x y\naction new-a new-b\nREJECT x -\n", want: []string{"ACCEPT x y", "REJECT x -"},
			stats: Stats{Lines: 4, Records: 2}, header: "action new-a new-b",
		},
		{
			name: "text first", text: "interface-id srcport action\neni-0 443 ACCEPT\n\ufeffeni-1 443 ACCEPT\n2025-02-25T12:25:04Z 443 ACCEPT\neni-2 443 ACCEPT\nversion 443 ACCEPT\n\xffeni 443 ACCEPT\n",
			want:  []string{"eni-0 443 ACCEPT", "eni-1 443 ACCEPT", "4:22 : 443 ACCEPT: wrong number of fields", "eni-2 443 ACCEPT", "version 443 ACCEPT", "\xffeni 443 ACCEPT"},
			stats: Stats{Lines: 7, Records: 5, Bad: 1}, header: "interface-id srcport action",
		},
		{
			name: "a line after an object", text: msg(lineA) + lineB + "\n" + msg(lineA) + "x\nx\n",
			want:  []string{lineA, lineB, lineA, "2:" + strconv.Itoa(len(msg(lineA))+1) + " : x: wrong number of fields", "3:1 : x: wrong number of fields"},
			stats: Stats{Lines: 5, Records: 3, Bad: 2},
		},
		{
			name: "bad lines", text: lineA + "\nnonsense\n" + strings.Replace(lineA, " 22 ", " 65536 ", 1) + "\n\n  " + strings.Replace(lineB, "172.31.9.69", "nowhere", 1) + "\r\n" + lineB + " more\n" + lineB + "\n",
			want: []string{
				lineA, "2:1 : nonsense: wrong number of fields", "3:71 dstport: 65536: value out of range", "5:40 srcaddr: nowhere: not an IP address",
				"6:1 : " + clip(lineB) + ": wrong number of fields", lineB,
			},
			stats: Stats{Lines: 7, Records: 2, Bad: 4},
		},
		{
			name: "objects, a line each", text: msg(lineA) + "\n" + msg(lineB) + "\r\n" + msg(lineN), want: []string{lineA, lineB, lineN},
			stats: Stats{Lines: 3, Records: 3, NoData: 1},
		},
		{name: "objects without line ends", text: msg(lineA) + msg(lineB) + msg(lineN), want: []string{lineA, lineB, lineN}, stats: Stats{Lines: 3, Records: 3, NoData: 1}},
		{name: "objects with spaces between", text: " " + msg(lineA) + "  " + msg(lineB) + "\t\r\n\ufeff" + msg(lineN) + "  ", want: []string{lineA, lineB, lineN}, stats: Stats{Lines: 3, Records: 3, NoData: 1}},
		{
			name: "objects with escapes, other keys, braces", text: esc + esc + "\n" + `{"message":"5 1.2.3.4 7","message":"5 1.2.3.5 \u0038"}` + "\n" + `{ "message" : "x" , "message" : "5\t1.2.3.4\t7" }`,
			format: custom, want: []string{"5 1.2.3.4 7", "5 1.2.3.4 7", "5 1.2.3.5 8", "5 1.2.3.4 7"}, stats: Stats{Lines: 4, Records: 4}, header: "version srcaddr bytes",
		},
		{
			name: "objects with a bad line in them", text: msg("5 1.2.3.4 x") + msg("5 1.2.3.4 7") + "  " + `{"message":"5 1.2.3.4\u0020\"\u00e9\ud83d\ude00"}` + `{"message":"\ud800 \/ x"}` + "\n",
			format: custom,
			want: []string{
				"1:23 bytes: x: invalid syntax", "5 1.2.3.4 7", `1:80 bytes: "é😀: invalid syntax`, "1:114 version: \ufffd: invalid syntax",
			},
			stats: Stats{Lines: 4, Records: 1, Bad: 3}, header: "version srcaddr bytes",
		},
		{
			name: "objects that are none of ours", text: "{\"message\":1}\n{}\n{\"message\":null}\n{\"x\":\"y\"}{\"message\":\"\"}{\"message\":\" \\n\"}{\"Message\":\"5 1.2.3.4 7\"}\n",
			format: custom,
			want: []string{
				`1:1 : {"message":1}: invalid format`, "2:1 : {}: invalid format", `3:1 : {"message":null}: invalid format`,
				`4:1 : {"x":"y"}: invalid format`, `4:41 : {"Message":"5 1.2.3.4 7"}: invalid format`,
			},
			stats: Stats{Lines: 7, Bad: 5}, header: "version srcaddr bytes",
		},
		{
			name: "broken objects", text: "{\"message\":\"5 1.2.3.4 7\n" + msg("5 1.2.3.4 7") + "\n{\"message\":\"5 1.2.3.4 7\"\n{x}{\"message\":\"5 1.2.3.4 7\"} x {\n{\n}\n\"message\":\"x\"}\n" + msg("5 1.2.3.4 8") + `{"message":"5`,
			format: custom,
			want: []string{
				`1:1 : {"message":"5 1.2.3.4 7: invalid format`, "5 1.2.3.4 7", `3:1 : {"message":"5 1.2.3.4 7": invalid format`,
				"4:1 : {x}: invalid format", "5 1.2.3.4 7", "4:30 : x {: wrong number of fields", "5:1 : {: invalid format", "6:1 : }: wrong number of fields",
				`7:1 : "message":"x"}: wrong number of fields`, "5 1.2.3.4 8", `8:26 : {"message":"5: invalid format`,
			},
			stats: Stats{Lines: 11, Records: 3, Bad: 8}, header: "version srcaddr bytes",
		},
		{
			name: "an object in an object in a quote", text: `{"message":"{\"message\":\"5 1.2.3.4 7\"}"}` + "\n" + msg("5 1.2.3.4 7"), format: custom,
			want:  []string{`1:13 version: {"message":"5: invalid syntax`, "5 1.2.3.4 7"},
			stats: Stats{Lines: 2, Records: 1, Bad: 1}, header: "version srcaddr bytes",
		},
		{
			name: "a header in an object", text: msg("version srcaddr bytes") + msg("5 1.2.3.4 7"), want: []string{"5 1.2.3.4 7"},
			stats: Stats{Lines: 2, Records: 1}, header: "version srcaddr bytes",
		},
		{
			name: "export times", text: "2025-02-25T12:25:04.000Z " + lineA + "\n2025-02-25T12:25:04Z\t" + lineB + "\n" + lineN + "\n2025-02-25T12:25:04.000Z \n2025-02-25T12:25:04.000Z  x\n2025-02-25 " + lineA + "\n2025-02-25T12:25:04.000Z",
			want: []string{
				lineA, lineB, lineN, "5:27 : x: wrong number of fields", "6:1 : 2025-02-25 " + clip(lineA)[:53] + ": wrong number of fields",
				"7:1 : 2025-02-25T12:25:04.000Z: wrong number of fields",
			},
			stats: Stats{Lines: 7, Records: 3, NoData: 1, Bad: 3},
		},
		{
			name: "export times of a custom format", text: "2025-02-25T12:25:04.000Z i-085c eni-0416 - - use1-az2\n2025-02-25T12:25:04.000Z i-085c eni-0416 x - use1-az2\n",
			format: mustParse(t, "instance-id interface-id srcaddr dstaddr az-id"), want: []string{"i-085c eni-0416 - - use1-az2", "2:42 srcaddr: x: not an IP address"},
			stats: Stats{Lines: 2, Records: 1, Bad: 1}, header: "instance-id interface-id srcaddr dstaddr az-id",
		},
		{
			name: "a transit gateway's records in a VPC log", text: lineA + "\n" + lineT + "\n" + lineB + "\n",
			want:  []string{lineA, "2:1 : " + clip(lineT) + ": wrong number of fields", lineB},
			stats: Stats{Lines: 3, Records: 2, Bad: 1},
		},
		{
			name: "both logs, each with its header", text: headerV2 + "\n" + lineA + "\n" + TransitGateway.Header() + "\n" + lineT + "\n" + headerV2 + "\n" + lineB + "\n",
			want: []string{lineA, lineT, lineB}, stats: Stats{Lines: 6, Records: 3},
		},
		{
			name: "both logs in columns of the same number", text: "version account-id tgw-id srcaddr\n6 1 tgw-1 1.2.3.4\n2 1 eni-1 1.2.3.4\nversion account-id interface-id srcaddr\n2 1 eni-1 1.2.3.4\n6 1 tgw-1 1.2.3.4\n6 TransitGateway x 1.2.3.4\n",
			want: []string{
				"6 1 tgw-1 1.2.3.4", "3:5 tgw-id: eni-1: invalid format", "2 1 eni-1 1.2.3.4", "6:5 interface-id: tgw-1: invalid format",
				"7:3 account-id: TransitGateway: invalid format",
			},
			stats: Stats{Lines: 7, Records: 2, Bad: 3}, header: "version account-id interface-id srcaddr",
		},
	}
}

// TestShapes reads every shape from every kind of source. The result must not depend on the
// source.
func TestShapes(t *testing.T) {
	// chunks returns a text in pieces that end at the given bytes.
	sources := map[string]func(text string) io.Reader{
		"memory":        func(s string) io.Reader { return strings.NewReader(s) },
		"one byte":      func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) },
		"half":          func(s string) io.Reader { return iotest.HalfReader(strings.NewReader(s)) },
		"data and EOF":  func(s string) io.Reader { return iotest.DataErrReader(strings.NewReader(s)) },
		"gzip":          func(s string) io.Reader { return bytes.NewReader(gz(t, s)) },
		"gzip members":  func(s string) io.Reader { return bytes.NewReader(gz(t, "", s[:len(s)/3], "", s[len(s)/3:], "")) },
		"gzip, a byte":  func(s string) io.Reader { return iotest.OneByteReader(bytes.NewReader(gz(t, s))) },
		"empty reads":   func(s string) io.Reader { return &lazyReader{src: strings.NewReader(s)} },
		"brace by line": func(s string) io.Reader { return &pieceReader{text: s} },
	}
	for _, tt := range shapes(t) {
		var reused Reader
		t.Run(tt.name, func(t *testing.T) {
			for name, source := range sources {
				t.Run(name, func(t *testing.T) {
					reused.Reset(source(tt.text), tt.format)
					overwriting := NewReader(source(tt.text), tt.format)
					overwriting.ReuseText = true
					for _, r := range []*Reader{NewReader(source(tt.text), tt.format), &reused, overwriting} {
						got, end := drain(t, r)
						require.NoError(t, end)
						require.Equal(t, tt.want, got)
						want := tt.stats
						want.Bytes = int64(len(tt.text))
						assert.Equal(t, want, r.Stats())
						if tt.header != "" {
							assert.Equal(t, tt.header, r.Format().Header())
						} else {
							assert.True(t, r.Format().Equal(V2))
						}
					}
				})
			}
		})
	}
}

// lazyReader returns 0 bytes and no error before each byte.
type lazyReader struct {
	src io.Reader
	n   int
}

func (r *lazyReader) Read(p []byte) (int, error) {
	if r.n++; r.n%50 != 0 {
		return 0, nil
	}
	return r.src.Read(p[:min(len(p), 1)])
}

// pieceReader returns a text in pieces that end at a brace or newline.
type pieceReader struct{ text string }

func (r *pieceReader) Read(p []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	n := strings.IndexAny(r.text, "{}\n") + 1
	if n == 0 {
		n = len(r.text)
	}
	n = copy(p, r.text[:n])
	r.text = r.text[n:]
	return n, nil
}

// TestBlockBoundaries places the end of a block at every byte of a line.
func TestBlockBoundaries(t *testing.T) {
	r := NewReader(nil, nil)
	fill := strings.Repeat(lineA+"\n", blockSize/(len(lineA)+1)-1)
	for _, tail := range []string{
		lineB + "\n" + lineN + "\n",
		lineB + "\r\n" + headerV2 + "\r\n" + lineN,
		`{"message":"` + lineB + `"}{"message":"` + lineN + `"}`,
		`{"message":"` + lineB + `\n"}` + "\r\n" + `{"message":"` + lineN + `"}` + "\n",
	} {
		for pad := blockSize - len(fill) - len(tail) - 2; pad < blockSize-len(fill)+2; pad++ {
			text := fill + strings.Repeat(" ", max(pad-1, 0)) + "\n" + tail
			r.Reset(strings.NewReader(text), nil)
			var last [3]string
			for rec, err := range r.All() {
				if err != nil {
					require.NoError(t, err, pad)
				}
				if r.Stats().Bytes > int64(len(fill)-len(lineA)-2) {
					last = [3]string{last[1], last[2], rec.String()}
				}
			}
			require.Equal(t, [3]string{lineA, lineB, lineN}, last, pad)
			require.EqualValues(t, len(text), r.Stats().Bytes)
		}
	}
}

func TestMaxLine(t *testing.T) {
	custom := mustParse(t, "version region")
	for _, limit := range []int{10, 64, 100, blockSize / 2, blockSize, defaultMaxLine} {
		for _, d := range []int{-1, 0, 1, 2, blockSize, 3 * blockSize} {
			size := limit + d
			text := "5 " + strings.Repeat("x", size-2)
			object := `{"message":"5 "}` + "\n"
			if size >= 20 {
				object = `{"message":"5 ` + strings.Repeat("}", size-16) + `"}`
			}
			good := "5 a"
			for name, tt := range map[string]struct {
				text  string
				lines int64
				num   int
				skip  bool
			}{
				"line":              {"5 a\n" + text + "\n5 a\n", 3, 2, false},
				"line, CR":          {"5 a\n" + text[:size-1] + "\r\n5 a\n", 3, 2, false},
				"line at the end":   {"5 a\n5 a\n" + text, 3, 3, false},
				"line at the start": {text + "\n5 a\n5 a", 3, 1, false},
				"object":            {"5 a\n" + object + "{\"message\":\"5 a\"}\n", 3, 2, size < 20 || limit < 17},
				"object, line":      {"5 a\n" + object + "\n5 a", 3, 2, size < 20 || limit < 17},
			} {
				if tt.skip {
					continue
				}
				for source, wrap := range map[string]func(io.Reader) io.Reader{"": func(r io.Reader) io.Reader { return r }, " in halves": iotest.HalfReader} {
					t.Run(fmt.Sprintf("%s %d%+d%s", name, limit, d, source), func(t *testing.T) {
						r := NewReader(wrap(strings.NewReader(tt.text)), custom)
						r.MaxLine = limit
						if limit == defaultMaxLine {
							r.MaxLine = 0
						}
						var rec Record
						var records, long int
						for {
							err := r.Read(&rec)
							if err == io.EOF {
								break
							}
							if err == nil {
								records++
								if rec.Region != "a" {
									require.LessOrEqual(t, d, 0)
								}
								continue
							}
							var pe *ParseError
							require.ErrorAs(t, err, &pe)
							require.ErrorIs(t, err, ErrLineTooLong)
							require.Equal(t, tt.num, pe.Line)
							require.Equal(t, 1, pe.Column)
							require.Equal(t, min(limit, maxQuote), len(pe.Value))
							require.Zero(t, rec)
							long++
						}
						if d > 0 {
							require.Equal(t, []int{2, 1}, []int{records, long}, good)
						} else {
							require.Equal(t, []int{3, 0}, []int{records, long})
						}
						require.Equal(t, Stats{Lines: 3, Records: int64(records), Bad: int64(long), Bytes: int64(len(tt.text))}, r.Stats())
					})
				}
			}
		}
	}
}

// TestReset checks that a Reader behaves like a new one after Reset, whatever its state was.
func TestReset(t *testing.T) {
	custom := mustParse(t, "version srcaddr bytes")
	middles := map[string]func() io.Reader{
		"plain": func() io.Reader { return strings.NewReader(lineA + "\n" + lineA + "\n" + lineA + "\n") },
		"gzip":  func() io.Reader { return bytes.NewReader(gz(t, strings.Repeat(lineA+"\n", 5000))) },
		"long line": func() io.Reader {
			return strings.NewReader(lineA + "\n" + strings.Repeat("x", 3*defaultMaxLine) + "\n" + lineA)
		},
		"an object": func() io.Reader { return strings.NewReader(`{"message":"` + lineA + `"}{"message":"` + lineA + `"}`) },
		"corrupt":   func() io.Reader { return bytes.NewReader(gz(t, lineA+"\n")[:40]) },
		"error":     func() io.Reader { return iotest.ErrReader(errors.New("no")) },
		"header":    func() io.Reader { return strings.NewReader("version srcaddr\n5 1.2.3.4\n5 1.2.3.4\n") },
		"ended":     func() io.Reader { return strings.NewReader("") },
	}
	for name, middle := range middles {
		for reads := range 3 {
			t.Run(fmt.Sprintf("%s, %d read", name, reads), func(t *testing.T) {
				r := NewReader(middle(), nil)
				var rec Record
				for range reads {
					_ = r.Read(&rec)
				}
				r.Reset(strings.NewReader("5 1.2.3.4 7\nx\n"), custom)
				assert.Zero(t, r.Stats())
				assert.True(t, r.Format().Equal(custom))
				got, end := drain(t, r)
				require.NoError(t, end)
				assert.Equal(t, []string{"5 1.2.3.4 7", "2:1 : x: wrong number of fields"}, got)
				assert.Equal(t, Stats{Lines: 2, Records: 1, Bad: 1, Bytes: 14}, r.Stats())

				r.Reset(bytes.NewReader(gz(t, lineB)), nil)
				assert.True(t, r.Format().Equal(V2))
				got, end = drain(t, r)
				require.NoError(t, end)
				assert.Equal(t, []string{lineB}, got)
			})
		}
	}
	t.Run("MaxLine stays", func(t *testing.T) {
		r := NewReader(strings.NewReader(lineA), nil)
		r.MaxLine = 20
		r.Reset(strings.NewReader(lineA), nil)
		var rec Record
		assert.ErrorIs(t, r.Read(&rec), ErrLineTooLong)
	})
}

// TestSourceErrors checks that Read returns an error of the source after the complete lines
// before it, returns it again, and never returns io.EOF instead.
func TestSourceErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, cause := range map[string]error{"broken": broken, "unexpected": io.ErrUnexpectedEOF, "wrapped end": fmt.Errorf("proxy: %w", io.EOF)} {
		t.Run(name, func(t *testing.T) {
			src := io.MultiReader(strings.NewReader(lineA+"\n"+lineB+"\n2 1234"), iotest.ErrReader(cause))
			r := NewReader(src, nil)
			got, end := drain(t, r)
			assert.Equal(t, []string{lineA, lineB}, got)
			assert.ErrorContains(t, end, "flowlog: after line 2: ")
			assert.ErrorContains(t, end, cause.Error())
			if name == "wrapped end" {
				assert.ErrorIs(t, end, io.ErrUnexpectedEOF)
			} else {
				assert.ErrorIs(t, end, cause)
			}
			assert.EqualValues(t, 2, r.Stats().Lines)
		})
	}
	t.Run("at once", func(t *testing.T) {
		_, end := drain(t, NewReader(iotest.ErrReader(broken), nil))
		assert.ErrorIs(t, end, broken)
		assert.ErrorContains(t, end, "after line 0")
	})
	t.Run("timeout", func(t *testing.T) {
		r := NewReader(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(lineA))), nil)
		got, end := drain(t, r)
		assert.Empty(t, got)
		assert.ErrorIs(t, end, iotest.ErrTimeout)
	})
	t.Run("no progress", func(t *testing.T) {
		_, end := drain(t, NewReader(stuckReader{}, nil))
		assert.ErrorIs(t, end, io.ErrNoProgress)
		_, end = drain(t, NewReader(io.MultiReader(strings.NewReader("xxx"), stuckReader{}), nil))
		assert.ErrorIs(t, end, io.ErrNoProgress)
	})
	t.Run("an object that is whole comes before the error", func(t *testing.T) {
		r := NewReader(io.MultiReader(strings.NewReader(`{"message":"`+lineA+`"}{"message"`), iotest.ErrReader(broken)), nil)
		got, end := drain(t, r)
		assert.Equal(t, []string{lineA}, got)
		assert.ErrorIs(t, end, broken)
	})
}

// stuckReader always returns 0 bytes and no error.
type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

// TestGzipTruncated cuts a stream of two members at every byte. Reading must end in an error
// unless the cut is between the members, and the lines before the cut must be correct.
func TestGzipTruncated(t *testing.T) {
	first, second := gz(t, lineA+"\n"+lineN+"\n"), gz(t, lineB+"\n")
	whole := slices.Concat(first, second)
	want := []string{lineA, lineN, lineB}
	for i := range len(whole) {
		got, end := drain(t, NewReader(bytes.NewReader(whole[:i]), nil))
		switch {
		case i == 0:
			require.NoError(t, end)
			require.Empty(t, got)
		case i == 1:
			require.Equal(t, []string{"1:1 : \x1f: wrong number of fields"}, got, "too short to be detected as gzip")
		case i == len(first):
			require.NoError(t, end, "this is a complete stream")
			require.Equal(t, want[:2], got)
		default:
			require.ErrorIs(t, end, io.ErrUnexpectedEOF, i)
			require.Subset(t, want, got)
			require.Equal(t, want[:len(got)], append([]string{}, got...), i)
		}
	}
	got, end := drain(t, NewReader(bytes.NewReader(whole), nil))
	require.NoError(t, end)
	assert.Equal(t, want, got)
}

// TestGzipCorrupt changes every byte of a stream. If any record differs from the original,
// the stream must end in an error.
func TestGzipCorrupt(t *testing.T) {
	whole := gz(t, lineA+"\n"+lineN+"\n", lineB+"\n")
	want := []string{lineA, lineN, lineB}
	for i := range whole {
		for _, x := range []byte{1, 0x80, 0xff} {
			bad := slices.Clone(whole)
			bad[i] ^= x
			got, end := drain(t, NewReader(bytes.NewReader(bad), nil))
			if i < 2 { // no longer gzip
				require.NotEqual(t, want, got)
			} else if !slices.Equal(got, want) {
				require.Error(t, end, "byte %d", i)
			}
		}
	}
	t.Run("text after the last member", func(t *testing.T) {
		got, end := drain(t, NewReader(bytes.NewReader(append(slices.Clone(whole), "garbage"...)), nil))
		assert.Equal(t, want, got)
		assert.Error(t, end)
	})
}

// TestAll checks that a loop can stop and continue later, that a bad line does not end it,
// and that any other error does.
func TestAll(t *testing.T) {
	r := NewReader(io.MultiReader(strings.NewReader(lineA+"\nx\n"+lineB+"\n"+lineN+"\n"), iotest.ErrReader(io.ErrClosedPipe)), nil)
	for rec, err := range r.All() {
		require.NoError(t, err)
		require.Equal(t, lineA, rec.String())
		break
	}
	var got []string
	var kept []Record
	for rec, err := range r.All() {
		var pe *ParseError
		switch {
		case errors.As(err, &pe):
			got = append(got, "bad "+pe.Value)
		case err != nil:
			got = append(got, err.Error())
		default:
			got = append(got, rec.String())
			kept = append(kept, *rec)
		}
	}
	assert.Equal(t, []string{"bad x", lineB, lineN, "flowlog: after line 4: io: read/write on closed pipe"}, got)
	assert.Equal(t, []string{lineB, lineN}, []string{kept[0].String(), kept[1].String()}, "copies stay")
	for _, err := range r.All() {
		require.ErrorIs(t, err, io.ErrClosedPipe, "the same error again")
	}
	t.Run("the end is no error", func(t *testing.T) {
		n := 0
		for _, err := range NewReader(strings.NewReader(lineA), nil).All() {
			require.NoError(t, err)
			n++
		}
		assert.Equal(t, 1, n)
	})
	t.Run("left at an error", func(t *testing.T) {
		r := NewReader(strings.NewReader("x\n"+lineA), nil)
		for _, err := range r.All() {
			require.ErrorIs(t, err, ErrFieldCount)
			break
		}
		var rec Record
		require.NoError(t, r.Read(&rec))
	})
}

// TestAllRecordsAreNew checks that what a loop does to a record does not show in the next
// ones, whichever path decodes them.
func TestAllRecordsAreNew(t *testing.T) {
	five, err := ParseFormat("version vpc-id srcaddr bytes new-field")
	require.ErrorIs(t, err, ErrUnknownField)
	kinds := []string{lineA, lineB, lineN, lineA + "\r", " " + lineB, lineA + " 1", strings.Replace(lineA, "2 ", "2  ", 1), "x"}
	rnd := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	for range 500 {
		for range rnd.IntN(20) {
			text.WriteString(kinds[rnd.IntN(len(kinds))] + "\n")
		}
		if rnd.IntN(4) == 0 {
			text.WriteString(five.String() + "\n5 vpc-1 10.0.0.1 7 new\n5 - - 8 -\n" + V2.String() + "\n")
		}
	}
	want := NewReader(strings.NewReader(text.String()), nil)
	got := NewReader(strings.NewReader(text.String()), nil)
	seen := 0
	for rec, err := range got.All() {
		var one Record
		wantErr := want.Read(&one)
		require.Equal(t, wantErr, err)
		require.Equal(t, one, *rec)
		seen++
		switch rnd.IntN(6) {
		case 0:
			f := Field(1 + rnd.IntN(int(fieldEnd)-1))
			require.NoError(t, rec.Set(f, sampleValue(f)))
		case 1:
			rec.Extra = "x"
		case 2:
			*rec = Record{}
		case 3:
			require.NoError(t, rec.Set(FieldAction, "-"))
		case 4:
			require.NoError(t, rec.SetInt(FieldBytes, 1))
		}
	}
	require.Greater(t, seen, 3000)
	require.Equal(t, want.Stats().Records, got.Stats().Records)
}

// TestLive checks that Read returns a line as soon as it is complete, without waiting for
// more data.
func TestLive(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		t.Run(fmt.Sprint("gzip ", compressed), func(t *testing.T) {
			pr, pw, err := os.Pipe()
			require.NoError(t, err)
			defer pr.Close()
			require.NoError(t, pr.SetReadDeadline(time.Now().Add(20*time.Second)))
			z := gzip.NewWriter(pw)
			write := func(s string) {
				if compressed {
					_, err = io.WriteString(z, s)
					require.NoError(t, err)
					require.NoError(t, z.Flush())
					return
				}
				_, err = io.WriteString(pw, s)
				require.NoError(t, err)
			}
			r := NewReader(pr, nil)
			var rec Record
			for i := range 3 {
				write(lineA + "\n" + lineB[:i*20])
				require.NoError(t, r.Read(&rec))
				require.Equal(t, lineA, rec.String())
				write(lineB[i*20:] + "\n")
				require.NoError(t, r.Read(&rec))
				require.Equal(t, lineB, rec.String())
			}
			for range 3 { // an object is complete without a newline
				write(`{"message":"` + lineN + `"}`)
				require.NoError(t, r.Read(&rec))
				require.Equal(t, lineN, rec.String())
			}
			write("\n" + lineA)
			if compressed {
				require.NoError(t, z.Close())
			}
			require.NoError(t, pw.Close())
			require.NoError(t, r.Read(&rec))
			require.Equal(t, lineA, rec.String())
			require.Equal(t, io.EOF, r.Read(&rec))
		})
	}
}

// endless repeats a text up to a number of bytes. It measures the memory in use at intervals.
type endless struct {
	text string
	size int
	at   int
	peak uint64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at >= e.size {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at%len(e.text):])
	if e.at*8/e.size != (e.at+n)*8/e.size {
		e.measure()
	}
	e.at += n
	return n, nil
}

func (e *endless) measure() {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	e.peak = max(e.peak, m.HeapAlloc)
}

// TestMemory checks that memory depends neither on the size of the stream nor on the
// decompressed size of a small file.
func TestMemory(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		size int
	}{
		"lines":       {strings.Repeat(lineA+"\n"+lineN+"\n", 1000), 24 << 20},
		"objects":     {strings.Repeat(`{"message":"`+lineA+`"}`, 1000), 24 << 20},
		"one line":    {strings.Repeat("x", 1<<16), 24 << 20},
		"one object":  {`{"message":"` + strings.Repeat("x", 1<<16), 12 << 20},
		"no end":      {strings.Repeat(" ", 1<<16), 24 << 20},
		"long lines":  {strings.Repeat(strings.Repeat("x", 2<<20)+"\n", 2), 24 << 20},
		"blank lines": {strings.Repeat("\n", 1<<16), 6 << 20},
		"bad lines":   {strings.Repeat(strings.Repeat("x", 100)+"\n", 1000), 12 << 20},
		"new headers": {strings.Repeat("version srcaddr\nsrcaddr version\n", 1000), 2 << 20},
	} {
		t.Run("case 59: "+name, func(t *testing.T) {
			src := &endless{text: tt.text, size: tt.size}
			src.measure()
			start := src.peak
			r := NewReader(src, nil)
			var rec Record
			for err := error(nil); err != io.EOF; {
				if err = r.Read(&rec); err != nil && err != io.EOF {
					if _, ok := err.(*ParseError); !ok {
						require.NoError(t, err)
					}
				}
			}
			assert.GreaterOrEqual(t, r.Stats().Bytes, int64(tt.size))
			assert.Less(t, int64(src.peak)-int64(start), int64(8<<20))
		})
	}
	t.Run("case 57: a bomb", func(t *testing.T) {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		require.NoError(t, err)
		chunk := make([]byte, 1<<20)
		for range 64 {
			_, err := w.Write(chunk)
			require.NoError(t, err)
		}
		_, err = io.WriteString(w, "\n"+lineA+"\n")
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.Less(t, b.Len(), 1<<20)
		src := &endless{}
		src.measure()
		start := src.peak
		r := NewReader(&b, nil)
		var rec Record
		require.ErrorIs(t, r.Read(&rec), ErrLineTooLong)
		src.measure()
		require.NoError(t, r.Read(&rec))
		src.measure()
		assert.Equal(t, lineA, rec.String())
		assert.Less(t, int64(src.peak)-int64(start), int64(8<<20))
		assert.EqualValues(t, 64<<20+1+len(lineA)+1, r.Stats().Bytes)
	})
}

// TestReaderAllocations checks that a Reader allocates for each block but not for each line.
func TestReaderAllocations(t *testing.T) {
	for _, d := range smallDataSets() {
		t.Run(d.name, func(t *testing.T) {
			r := NewReader(strings.NewReader(d.text), d.format)
			var rec Record
			src := strings.NewReader(d.text)
			per := testing.AllocsPerRun(5, func() {
				src.Reset(d.text)
				r.Reset(src, d.format)
				for err := error(nil); err != io.EOF; {
					if err = r.Read(&rec); err != nil && err != io.EOF {
						panic(err)
					}
				}
			})
			blocks := float64(len(d.text)/(blockSize/2) + 2)
			assert.LessOrEqual(t, per, blocks, "%d lines", len(d.lines))
		})
	}
	t.Run("ReuseText", func(t *testing.T) {
		d := smallDataSets()[0]
		src := strings.NewReader(d.text)
		r := NewReader(src, d.format)
		r.ReuseText = true
		var rec Record
		assert.Zero(t, testing.AllocsPerRun(5, func() {
			src.Reset(d.text)
			r.Reset(src, d.format)
			for err := error(nil); err != io.EOF; {
				if err = r.Read(&rec); err != nil && err != io.EOF {
					panic(err)
				}
			}
		}))
	})
	t.Run("within a block", func(t *testing.T) {
		r := NewReader(strings.NewReader(strings.Repeat(lineA+"\r\n"+lineN+"\n"+`{"message":"`+lineB+`"}`, 100)), nil)
		var rec Record
		require.NoError(t, r.Read(&rec))
		assert.Zero(t, testing.AllocsPerRun(200, func() {
			if err := r.Read(&rec); err != nil {
				panic(err)
			}
		}))
	})
}

// TestReaderStrings checks that the strings of a record do not change when the Reader
// continues.
func TestReaderStrings(t *testing.T) {
	d := smallDataSets()[1]
	r := NewReader(iotest.HalfReader(strings.NewReader(d.text)), d.format)
	var all []Record
	for rec, err := range r.All() {
		require.NoError(t, err)
		all = append(all, *rec)
	}
	require.Len(t, all, len(d.lines))
	for i, line := range d.lines {
		require.Equal(t, line, string(d.format.Append(nil, &all[i])))
	}
}

// TestReuseText checks that the text of a record is valid until the next Read, and that
// errors, formats and counts remain valid after it.
func TestReuseText(t *testing.T) {
	d := smallDataSets()[1]
	text := "bad line " + strings.Repeat("x", 100) + "\n" + d.text
	r := NewReader(iotest.HalfReader(strings.NewReader(text)), d.format)
	r.ReuseText = true
	var rec Record
	first := r.Read(&rec)
	var pe *ParseError
	require.ErrorAs(t, first, &pe)
	before := pe.Error()
	overwritten := false
	var kept Record
	for i, line := range d.lines {
		require.NoError(t, r.Read(&rec))
		require.Equal(t, line, string(d.format.Append(nil, &rec)))
		if i == 0 {
			kept = rec
		}
		overwritten = overwritten || string(d.format.Append(nil, &kept)) != d.lines[0]
	}
	assert.True(t, overwritten, "ReuseText has an effect")
	assert.Equal(t, before, pe.Error())
	assert.True(t, d.format.Equal(r.Format()))
	require.Equal(t, io.EOF, r.Read(&rec))

	r.Reset(strings.NewReader("srcaddr x\n1.2.3.4 y\n"+strings.Repeat("1.2.3.4 z\n", blockSize)), nil)
	require.NoError(t, r.Read(&rec))
	got, end := drain(t, r)
	require.NoError(t, end)
	assert.Len(t, got, blockSize)
	assert.Equal(t, "srcaddr x", r.Format().Header())
}

// TestReaderLine checks the line number of each record and each bad line for files with
// other lines between them.
func TestReaderLine(t *testing.T) {
	text := lineA + "\n\n" + headerV2 + "\r\nbad\n" + `{"message":"` + lineA + `"}{"message":"` + lineB + `"}` + "\n" + lineN + "\n" + strings.Repeat("x", 300) + "\n" + lineB
	for _, src := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
		r := NewReader(src, nil)
		r.MaxLine = 250
		assert.Zero(t, r.Line())
		var got []int
		var rec Record
		for {
			err := r.Read(&rec)
			if err == io.EOF {
				break
			}
			got = append(got, r.Line())
			if pe, ok := errors.AsType[*ParseError](err); ok {
				assert.Equal(t, pe.Line, r.Line())
			}
		}
		assert.Equal(t, []int{1, 4, 5, 5, 6, 7, 8}, got)
		r.Reset(strings.NewReader(""), nil)
		assert.Zero(t, r.Line())
	}
}
