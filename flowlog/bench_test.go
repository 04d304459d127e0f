package flowlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// plainDecode is how one would write a parser without further thought:
// strings.Fields, strconv and netip into the members of a Record. The
// benchmarks measure Decode against it, in the same run.
func plainDecode(f *Format, r *Record, line string) error {
	values := strings.Fields(line)
	if len(values) != len(f.fields) {
		return ErrFieldCount
	}
	*r = Record{}
	for i, field := range f.fields {
		v := values[i]
		if v == "-" {
			continue
		}
		var err error
		var n int64
		switch field.Type() {
		case Int32:
			n, err = strconv.ParseInt(v, 10, 32)
		case Int64:
			n, err = strconv.ParseInt(v, 10, 64)
		}
		if err != nil {
			return err
		}
		switch field.Kind() {
		case KindText:
			*r.text(field) = v
		case KindAddr:
			*r.addr(field), err = netip.ParseAddr(v)
		case KindPort:
			*r.port(field) = uint16(n)
		case KindProtocol:
			r.Protocol = Protocol(n)
		case KindCount, KindTime:
			*r.int64(field) = n
		default:
			*r.int32(field) = int32(n)
		}
		if err != nil {
			return err
		}
		r.Fields = r.Fields.With(field)
	}
	return nil
}

// plainDecodeV2 is plainDecode for the default format alone, as one would write
// it who needs no other.
func plainDecodeV2(_ *Format, r *Record, line string) error {
	v := strings.Fields(line)
	if len(v) != 14 {
		return ErrFieldCount
	}
	*r = Record{}
	number := func(f Field, s string, bits int) int64 {
		if s == "-" {
			return 0
		}
		n, err := strconv.ParseInt(s, 10, bits)
		if err != nil {
			return 0
		}
		r.Fields = r.Fields.With(f)
		return n
	}
	addr := func(f Field, s string) (a netip.Addr) {
		if s != "-" {
			a, _ = netip.ParseAddr(s)
			r.Fields = r.Fields.With(f)
		}
		return a
	}
	text := func(f Field, s string) string {
		if s == "-" {
			return ""
		}
		r.Fields = r.Fields.With(f)
		return s
	}
	r.Version = int32(number(FieldVersion, v[0], 32))
	r.AccountID = text(FieldAccountID, v[1])
	r.InterfaceID = text(FieldInterfaceID, v[2])
	r.SrcAddr = addr(FieldSrcAddr, v[3])
	r.DstAddr = addr(FieldDstAddr, v[4])
	r.SrcPort = uint16(number(FieldSrcPort, v[5], 32))
	r.DstPort = uint16(number(FieldDstPort, v[6], 32))
	r.Protocol = Protocol(number(FieldProtocol, v[7], 32))
	r.Packets = number(FieldPackets, v[8], 64)
	r.Bytes = number(FieldBytes, v[9], 64)
	r.Start = Timestamp(number(FieldStart, v[10], 64))
	r.End = Timestamp(number(FieldEnd, v[11], 64))
	r.Action = Action(text(FieldAction, v[12]))
	r.LogStatus = LogStatus(text(FieldLogStatus, v[13]))
	return nil
}

func BenchmarkDecode(b *testing.B) {
	for _, d := range dataSets() {
		plain := plainDecode
		if d.format == V2 {
			plain = plainDecodeV2
		}
		for _, p := range []struct {
			name   string
			decode func(*Format, *Record, string) error
		}{{"plain", plain}, {"Decode", (*Format).Decode}} {
			b.Run(d.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.text) / len(d.lines)))
				var r Record
				i := 0
				for b.Loop() {
					if err := p.decode(d.format, &r, d.lines[i]); err != nil {
						b.Fatal(err)
					}
					if i++; i == len(d.lines) {
						i = 0
					}
				}
			})
		}
	}
}

// readPlain reads a text with bufio.Scanner and a plain parser.
func readPlain(f *Format, src io.Reader, decode func(*Format, *Record, string) error) (n int, err error) {
	s := bufio.NewScanner(src)
	var r Record
	for s.Scan() {
		if err := decode(f, &r, s.Text()); err != nil {
			return n, err
		}
		n++
	}
	return n, s.Err()
}

// readAll reads a text with a Reader.
func readAll(r *Reader) (n int, err error) {
	for _, err := range r.All() {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	for _, d := range dataSets() {
		plain := plainDecode
		if d.format == V2 {
			plain = plainDecodeV2
		}
		for _, name := range []string{"plain", "Reader"} {
			b.Run(d.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.text)))
				r := NewReader(nil, nil)
				for b.Loop() {
					var n int
					var err error
					if src := strings.NewReader(d.text); name == "plain" {
						n, err = readPlain(d.format, src, plain)
					} else {
						r.Reset(src, d.format)
						n, err = readAll(r)
					}
					if err != nil || n != len(d.lines) {
						b.Fatal(n, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(d.lines)), "ns/line")
			})
		}
	}
}

// BenchmarkGzip measures a Reader over gzip against its parts: the
// decompression alone, and the Reader over the same text in memory.
func BenchmarkGzip(b *testing.B) {
	for _, d := range dataSets()[:2] {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, err := io.WriteString(w, d.text)
		require.NoError(b, err)
		require.NoError(b, w.Close())
		r := NewReader(nil, nil)
		buf := make([]byte, blockSize)
		for _, p := range []struct {
			name string
			run  func() error
		}{
			{"gunzip", func() error {
				g, err := kgzip.NewReader(bufio.NewReader(bytes.NewReader(z.Bytes())))
				for err == nil {
					_, err = g.Read(buf)
				}
				return err
			}},
			{"text", func() error {
				r.Reset(strings.NewReader(d.text), d.format)
				_, err := readAll(r)
				return err
			}},
			{"Reader", func() error {
				r.Reset(bytes.NewReader(z.Bytes()), d.format)
				_, err := readAll(r)
				return err
			}},
		} {
			b.Run(d.name+"/"+p.name, func(b *testing.B) {
				b.SetBytes(int64(len(d.text)))
				for b.Loop() {
					if err := p.run(); err != nil && err != io.EOF {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, d := range dataSets()[:2] {
		records := decodeAll(b, d)
		buf := make([]byte, 0, 1024)
		run := func(name string, f func(b []byte, r *Record) []byte) {
			b.Run(d.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.text) / len(d.lines)))
				i := 0
				for b.Loop() {
					buf = f(buf[:0], &records[i])
					if i++; i == len(records) {
						i = 0
					}
				}
			})
		}
		if d.format == V2 {
			run("Fprintf", func(b []byte, r *Record) []byte {
				w := bytes.NewBuffer(b)
				fmt.Fprintf(w, "%d %s %s %s %s %d %d %d %d %d %d %d %s %s", r.Version, r.AccountID, r.InterfaceID, r.SrcAddr, r.DstAddr,
					r.SrcPort, r.DstPort, uint8(r.Protocol), r.Packets, r.Bytes, int64(r.Start), int64(r.End), r.Action, r.LogStatus)
				return w.Bytes()
			})
		}
		run("Append", d.format.Append)
		run("AppendJSON", func(b []byte, r *Record) []byte { return r.AppendJSON(b) })
	}
}

// decodeAll decodes the records of a data set.
func decodeAll(t testing.TB, d dataSet) []Record {
	records := make([]Record, len(d.lines))
	for i, line := range d.lines {
		require.NoError(t, d.format.Decode(&records[i], line))
	}
	return records
}
