package flowlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// plainDecode is a straightforward parser of the default format and of all fields up to
// version 5, written with strings.Fields, strconv and netip. The benchmarks compare Decode
// with it in the same run.
func plainDecode(r *Record, line string, columns int) error {
	v := strings.Fields(line)
	if len(v) != columns {
		return ErrFieldCount
	}
	*r = Record{}
	var p plain
	r.Version = int32(p.int(FieldVersion, v[0], 32))
	r.AccountID = p.text(FieldAccountID, v[1])
	r.InterfaceID = p.text(FieldInterfaceID, v[2])
	r.SrcAddr = p.addr(FieldSrcAddr, v[3])
	r.DstAddr = p.addr(FieldDstAddr, v[4])
	r.SrcPort = uint16(p.uint(FieldSrcPort, v[5], 16))
	r.DstPort = uint16(p.uint(FieldDstPort, v[6], 16))
	r.Protocol = Protocol(p.uint(FieldProtocol, v[7], 8))
	r.Packets = p.int(FieldPackets, v[8], 64)
	r.Bytes = p.int(FieldBytes, v[9], 64)
	r.Start = Timestamp(p.int(FieldStart, v[10], 64))
	r.End = Timestamp(p.int(FieldEnd, v[11], 64))
	r.Action = Action(p.text(FieldAction, v[12]))
	r.LogStatus = LogStatus(p.text(FieldLogStatus, v[13]))
	if columns == 29 {
		r.VPCID = p.text(FieldVPCID, v[14])
		r.SubnetID = p.text(FieldSubnetID, v[15])
		r.InstanceID = p.text(FieldInstanceID, v[16])
		r.TCPFlags = TCPFlags(p.int(FieldTCPFlags, v[17], 32))
		r.Type = p.text(FieldType, v[18])
		r.PktSrcAddr = p.addr(FieldPktSrcAddr, v[19])
		r.PktDstAddr = p.addr(FieldPktDstAddr, v[20])
		r.Region = p.text(FieldRegion, v[21])
		r.AZID = p.text(FieldAZID, v[22])
		r.SublocationType = p.text(FieldSublocationType, v[23])
		r.SublocationID = p.text(FieldSublocationID, v[24])
		r.PktSrcAWSService = p.text(FieldPktSrcAWSService, v[25])
		r.PktDstAWSService = p.text(FieldPktDstAWSService, v[26])
		r.FlowDirection = FlowDirection(p.text(FieldFlowDirection, v[27]))
		r.TrafficPath = TrafficPath(p.int(FieldTrafficPath, v[28], 32))
	}
	r.Fields = p.set
	return p.err
}

// plain collects the first error and the present fields.
type plain struct {
	set FieldSet
	err error
}

func (p *plain) text(f Field, s string) string {
	if s == "-" {
		return ""
	}
	p.set.lo |= 1 << f
	return s
}

func (p *plain) int(f Field, s string, bits int) int64 {
	if s == "-" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.set.lo |= 1 << f
	return n
}

func (p *plain) uint(f Field, s string, bits int) uint64 {
	if s == "-" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.set.lo |= 1 << f
	return n
}

func (p *plain) addr(f Field, s string) netip.Addr {
	if s == "-" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(s)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.set.lo |= 1 << f
	return a
}

// TestPlain checks that plainDecode gives the same results as Decode.
func TestPlain(t *testing.T) {
	for _, d := range smallDataSets() {
		var want, got Record
		for _, line := range d.lines {
			require.NoError(t, plainDecode(&want, line, d.format.Len()))
			require.NoError(t, d.format.Decode(&got, line))
			require.Equal(t, want, got, line)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, d := range dataSets() {
		for _, p := range []struct {
			name   string
			decode func(*Record, string) error
		}{
			{"plain", func(r *Record, line string) error { return plainDecode(r, line, d.format.Len()) }},
			{"Decode", d.format.Decode},
		} {
			b.Run(d.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.text) / len(d.lines)))
				var r Record
				i := 0
				for b.Loop() {
					if err := p.decode(&r, d.lines[i]); err != nil {
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

// scanPlain reads a log with bufio.Scanner and plainDecode.
func scanPlain(src io.Reader, columns int) (n int, err error) {
	s := bufio.NewScanner(src)
	var r Record
	for s.Scan() {
		if err := plainDecode(&r, s.Text(), columns); err != nil {
			return n, err
		}
		n++
	}
	return n, s.Err()
}

// readAll reads a log with a Reader.
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
		r, reuse := NewReader(nil, nil), NewReader(nil, nil)
		reuse.ReuseText = true
		for _, p := range []struct {
			name string
			read func() (int, error)
		}{
			{"plain", func() (int, error) { return scanPlain(strings.NewReader(d.text), d.format.Len()) }},
			{"Reader", func() (int, error) {
				r.Reset(strings.NewReader(d.text), d.format)
				return readAll(r)
			}},
			{"ReuseText", func() (int, error) {
				reuse.Reset(strings.NewReader(d.text), d.format)
				return readAll(reuse)
			}},
		} {
			b.Run(d.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.text)))
				for b.Loop() {
					if n, err := p.read(); err != nil || n != len(d.lines) {
						b.Fatal(n, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(d.lines)), "ns/line")
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
			run("Fprintf", plainAppend)
		}
		run("Append", d.format.Append)
		run("AppendJSON", func(b []byte, r *Record) []byte { return r.AppendJSON(b) })
	}
}

// plainAppend appends a line of the default format with fmt.
func plainAppend(b []byte, r *Record) []byte {
	w := bytes.NewBuffer(b)
	fmt.Fprintf(w, "%d %s %s %s %s %d %d %d %d %d %d %d %s %s", r.Version, r.AccountID, r.InterfaceID, r.SrcAddr, r.DstAddr,
		r.SrcPort, r.DstPort, uint8(r.Protocol), r.Packets, r.Bytes, int64(r.Start), int64(r.End), string(r.Action), string(r.LogStatus))
	return w.Bytes()
}

// decodeAll decodes all records of a data set.
func decodeAll(t testing.TB, d dataSet) []Record {
	records := make([]Record, len(d.lines))
	for i, line := range d.lines {
		require.NoError(t, d.format.Decode(&records[i], line))
	}
	return records
}

// BenchmarkRatio runs both sides of each comparison alternately, so that other load on the
// machine affects both. It reports the medians and their ratio: how many times as long the
// straightforward way takes.
func BenchmarkRatio(b *testing.B) {
	compare := func(name string, lines int, plain, ours func() error) {
		b.Run(name, func(b *testing.B) {
			var times [2][]float64
			for b.Loop() {
				for i, f := range []func() error{plain, ours} {
					start := time.Now()
					if err := f(); err != nil {
						b.Fatal(err)
					}
					times[i] = append(times[i], float64(time.Since(start).Nanoseconds())/float64(lines))
				}
			}
			for i := range times {
				slices.Sort(times[i])
			}
			plain, ours := times[0][len(times[0])/2], times[1][len(times[1])/2]
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(plain, "plain-ns/line")
			b.ReportMetric(ours, "ns/line")
			b.ReportMetric(plain/ours, "ratio")
		})
	}
	r := NewReader(nil, nil)
	counted := func(n int, err error) error {
		if err == nil && n != sampleLines {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	for _, d := range dataSets() {
		each := func(decode func(*Record, string) error) func() error {
			return func() error {
				var r Record
				for _, line := range d.lines {
					if err := decode(&r, line); err != nil {
						return err
					}
				}
				return nil
			}
		}
		read := func(text string) func() error {
			return func() error {
				r.Reset(strings.NewReader(text), d.format)
				return counted(readAll(r))
			}
		}
		compare("Decode/"+d.name, sampleLines, each(func(r *Record, line string) error { return plainDecode(r, line, d.format.Len()) }), each(d.format.Decode))
		compare("Reader/"+d.name, sampleLines, func() error { return counted(scanPlain(strings.NewReader(d.text), d.format.Len())) }, read(d.text))
		compare("DecodeOverReader/"+d.name, sampleLines, each(d.format.Decode), read(d.text))
		if d.format == V2 && d.name != "v2" {
			continue
		}
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, err := io.WriteString(w, d.text)
		require.NoError(b, err)
		require.NoError(b, w.Close())
		buf := make([]byte, blockSize)
		compare("GunzipAndReaderOverGzip/"+d.name, sampleLines, func() error {
			g, err := kgzip.NewReader(bufio.NewReaderSize(bytes.NewReader(z.Bytes()), blockSize/2))
			for err == nil {
				_, err = g.Read(buf)
			}
			if err != io.EOF {
				return err
			}
			return read(d.text)()
		}, read(z.String()))
		records := decodeAll(b, d)
		appends := func(f func([]byte, *Record) []byte) func() error {
			return func() error {
				for i := range records {
					buf = f(buf[:0], &records[i])
				}
				return nil
			}
		}
		if d.format == V2 {
			compare("Append/"+d.name, sampleLines, appends(plainAppend), appends(d.format.Append))
		}
	}
}
