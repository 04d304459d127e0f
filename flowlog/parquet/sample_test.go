package parquet

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
)

// generator makes lines of the default format, like those of a VPC: 3 accounts, 200
// interfaces and 50,000 public addresses, both with a Zipf distribution, 10 %
// REJECT, 3 % IPv6, 0.4 % NODATA and SKIPDATA, and one ephemeral port per line. With
// distinct set, no address occurs twice, so that no dictionary is possible.
type generator struct {
	rnd      *rand.Rand
	enis     []string
	private  []string
	private6 []string
	public   []string
	eniZipf  *rand.Zipf
	pubZipf  *rand.Zipf
	now      float64
	distinct bool
}

func newGenerator(seed uint64, distinct bool) *generator {
	g := &generator{rnd: rand.New(rand.NewPCG(seed, 1)), now: 1718450000, distinct: distinct}
	accounts := []string{"001607371330", "123456789010", "428912345678"}
	for i := range 200 {
		g.enis = append(g.enis, fmt.Sprintf("%s eni-%017x", accounts[i%3], g.rnd.Uint64()>>4))
		g.private = append(g.private, fmt.Sprintf("10.%d.%d.%d", i%3, g.rnd.IntN(256), 1+g.rnd.IntN(254)))
		g.private6 = append(g.private6, g.addr6())
	}
	for range 50000 {
		g.public = append(g.public, g.addr4())
	}
	g.eniZipf = rand.NewZipf(g.rnd, 1.1, 8, uint64(len(g.enis)-1))
	g.pubZipf = rand.NewZipf(g.rnd, 1.05, 200, uint64(len(g.public)-1))
	return g
}

func (g *generator) addr4() string {
	for {
		v := g.rnd.Uint32()
		a := netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		if a.IsGlobalUnicast() && !a.IsPrivate() {
			return a.String()
		}
	}
}

func (g *generator) addr6() string {
	var b [16]byte
	b[0], b[1], b[2], b[3] = 0x2a, 0x05, 0xd0, 0x18
	for i := 4; i < 16; i++ {
		b[i] = byte(g.rnd.Uint32())
	}
	return netip.AddrFrom16(b).String()
}

var services = []struct {
	port, proto, weight int
}{{443, 6, 52}, {80, 6, 12}, {53, 17, 8}, {22, 6, 4}, {3306, 6, 5}, {5432, 6, 4}, {6379, 6, 3}, {8080, 6, 5}, {123, 17, 2}, {3389, 6, 2}, {25, 6, 1}, {0, 1, 2}}

// appendLine appends a line with its newline.
func (g *generator) appendLine(b []byte) []byte {
	r := g.rnd
	g.now += 0.002
	start := int64(g.now) - int64(r.IntN(60))
	end := start + int64(r.IntN(60))
	e := int(g.eniZipf.Uint64())
	b = append(append(append(b, "2 "...), g.enis[e]...), ' ')
	p := r.IntN(1000)
	if p < 4 {
		status := "NODATA"
		if p == 0 {
			status = "SKIPDATA"
		}
		b = append(b, "- - - - - - - "...)
		b = strconv.AppendInt(b, start, 10)
		b = strconv.AppendInt(append(b, ' '), end, 10)
		return append(append(append(b, " - "...), status...), '\n')
	}
	w := r.IntN(100)
	s := services[0]
	for _, s = range services {
		if w -= s.weight; w < 0 {
			break
		}
	}
	local, peer := g.private[e], ""
	switch {
	case p < 34: // IPv6
		local, peer = g.private6[e], g.private6[int(g.eniZipf.Uint64())]
		if p < 20 {
			peer = g.addr6()
		}
	case r.IntN(100) < 30:
		peer = g.private[int(g.eniZipf.Uint64())]
	default:
		peer = g.public[g.pubZipf.Uint64()]
	}
	if g.distinct {
		local, peer = g.addr4(), g.addr4()
	}
	client := 1024 + r.IntN(64512)
	if r.IntN(2) == 0 {
		client = 32768 + r.IntN(28232)
	}
	if s.proto == 1 {
		client = 0
	}
	src, dst, sport, dport := peer, local, client, s.port
	if r.IntN(100) < 45 {
		src, dst, sport, dport = local, peer, s.port, client
	}
	if r.IntN(10) == 0 && s.proto != 1 {
		sport = 1024 + r.IntN(64512)
		dport = 1024 + r.IntN(64512)
	}
	packets := 1 + int(r.ExpFloat64()*r.ExpFloat64()*12)
	bytes := packets*(40+r.IntN(24)) + int(r.ExpFloat64()*float64(packets)*300)
	action := " ACCEPT OK\n"
	if r.IntN(10) == 0 {
		action, packets, bytes = " REJECT OK\n", 1+r.IntN(3), 40*(1+r.IntN(3))
	}
	b = append(append(append(append(b, src...), ' '), dst...), ' ')
	for _, v := range []int64{int64(sport), int64(dport), int64(s.proto), int64(packets), int64(bytes), start} {
		b = append(strconv.AppendInt(b, v, 10), ' ')
	}
	b = strconv.AppendInt(b, end, 10)
	return append(b, action...)
}

// sampleText returns the first lines of a generator.
func sampleText(lines int, distinct bool) []byte {
	g := newGenerator(1, distinct)
	var b []byte
	for range lines {
		b = g.appendLine(b)
	}
	return b
}
