package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/vpcflow/flowlog"
)

// writeLog writes a log of a format up to version 5 to path, as text, and to path.gz, as
// one gzip member: 3 accounts, 200 interfaces and 50,000 public addresses of uneven
// weight, 3 % IPv6, a tenth rejected, some NODATA. With distinct, no two addresses
// are the same.
func writeLog(path string, f *flowlog.Format, lines int, distinct bool) (err error) {
	var files [2]*os.File
	for i, name := range []string{path, path + ".gz"} {
		if files[i], err = os.Create(name); err != nil {
			return err
		}
		defer func() {
			if e := files[i].Close(); err == nil {
				err = e
			}
		}()
	}
	gz, err := gzip.NewWriterLevel(files[1], 6)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(io.MultiWriter(files[0], gz), 1<<20)
	g := newLogWriter(distinct)
	var b []byte
	for range lines {
		b = g.append(b[:0])
		if len(f.Fields()) > len(flowlog.V2.Fields()) {
			b = g.appendV5(b[:len(b)-1])
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return gz.Close()
}

type logWriter struct {
	rnd          *rand.Rand
	enis, public *rand.Zipf
	distinct     bool
	now          int64
}

func newLogWriter(distinct bool) *logWriter {
	rnd := rand.New(rand.NewPCG(1, 2))
	return &logWriter{rnd: rnd, enis: rand.NewZipf(rnd, 1.1, 4, 199), public: rand.NewZipf(rnd, 1.05, 20, 49_999), distinct: distinct, now: 1_767_225_600}
}

// appendV5 appends the fields of versions 3 to 5 to a line of version 2.
func (g *logWriter) appendV5(b []byte) []byte {
	if bytes.HasSuffix(b, []byte("NODATA")) {
		return append(b, " - - - - - - - - - - - - - - -\n"...)
	}
	fields := bytes.Fields(b)
	id := fields[2][len("eni-"):]
	for _, prefix := range []string{" vpc-", " subnet-", " i-"} {
		b = append(append(b, prefix...), id...)
	}
	flags := []string{" -", " 0", " 2", " 3", " 18", " 19"}[g.rnd.IntN(6)]
	b = append(b, flags...)
	if bytes.IndexByte(fields[3], ':') >= 0 {
		b = append(b, " IPv6 "...)
	} else {
		b = append(b, " IPv4 "...)
	}
	b = append(append(append(b, fields[3]...), ' '), fields[4]...)
	b = append(b, " us-east-1 use1-az"...)
	b = append(b, '1'+id[0]%3)
	b = append(b, " - - "...)
	b = append(b, []string{"- -", "- S3", "AMAZON -", "- EC2"}[g.rnd.IntN(4)]...)
	if bytes.HasPrefix(fields[3], []byte("10.")) {
		return append(b, " egress 8\n"...)
	}
	return append(b, " ingress -\n"...)
}

func (g *logWriter) append(b []byte) []byte {
	if g.rnd.IntN(40) == 0 {
		g.now++
	}
	eni := g.enis.Uint64()
	b = append(b, "2 12345678901"...)
	b = strconv.AppendUint(b, eni%3, 10)
	b = append(b, " eni-0"...)
	const hex = "0123456789abcdef"
	for h, i := (eni+1)*0x9e3779b97f4a7c15, 0; i < 16; i++ {
		b = append(b, hex[h&15])
		h >>= 4
	}
	start := g.now - int64(g.rnd.IntN(60))
	end := start + int64(g.rnd.IntN(60))
	if g.rnd.IntN(250) == 0 {
		b = append(b, " - - - - - - - "...)
		b = strconv.AppendInt(b, start, 10)
		b = append(b, ' ')
		b = strconv.AppendInt(b, end, 10)
		return append(b, " - NODATA\n"...)
	}
	v6 := g.rnd.IntN(33) == 0
	local, remote := g.local(eni, v6), g.remote(v6)
	proto, sport, dport := uint64(6), uint64(1024+g.rnd.IntN(64512)), ports[g.rnd.IntN(len(ports))]
	switch g.rnd.IntN(12) {
	case 0:
		proto = 17
	case 1:
		proto, sport, dport = 1, 0, 0
	}
	if g.rnd.IntN(2) == 0 {
		sport, dport = dport, sport
	}
	if g.rnd.IntN(2) == 0 {
		local, remote = remote, local
	}
	packets := uint64(1 + g.rnd.ExpFloat64()*15)
	action := " ACCEPT OK\n"
	if g.rnd.IntN(10) == 0 {
		action = " REJECT OK\n"
	}
	b = append(b, ' ')
	b = local.AppendTo(b)
	b = append(b, ' ')
	b = remote.AppendTo(b)
	for _, v := range []uint64{sport, dport, proto, packets, packets * uint64(40+g.rnd.IntN(1400)), uint64(start), uint64(end)} {
		b = append(b, ' ')
		b = strconv.AppendUint(b, v, 10)
	}
	return append(b, action...)
}

var ports = []uint64{443, 443, 443, 443, 80, 22, 53, 3389, 5432, 3306, 8080, 123}

func (g *logWriter) local(eni uint64, v6 bool) netip.Addr {
	if g.distinct {
		return g.any(v6, 10)
	}
	if v6 {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(eni + 1)})
	}
	return netip.AddrFrom4([4]byte{10, 0, byte(eni >> 4), byte(eni)})
}

func (g *logWriter) remote(v6 bool) netip.Addr {
	if g.distinct {
		return g.any(v6, 52)
	}
	n := g.public.Uint64() * 0x9e3779b97f4a7c15
	if v6 {
		return netip.AddrFrom16([16]byte{0x2a, 0, 0x14, 0x50, 12: byte(n >> 32), 13: byte(n >> 40), 14: byte(n >> 48), 15: byte(n >> 56)})
	}
	return netip.AddrFrom4([4]byte{52, byte(n >> 40), byte(n >> 48), byte(n >> 56)})
}

// any returns an address that has not been before, but by chance.
func (g *logWriter) any(v6 bool, first byte) netip.Addr {
	n := g.rnd.Uint64()
	if v6 {
		return netip.AddrFrom16([16]byte{0x2a, 0, 8: byte(n), 9: byte(n >> 8), 10: byte(n >> 16), 11: byte(n >> 24), 12: byte(n >> 32), 13: byte(n >> 40), 14: byte(n >> 48), 15: byte(n >> 56)})
	}
	return netip.AddrFrom4([4]byte{first + byte(n&1), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}
