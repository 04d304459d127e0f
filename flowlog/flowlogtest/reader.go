package flowlogtest

import (
	"io"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The shares of all records.
const (
	rejected = 0.10
	ipv6     = 0.03
	noRecord = 0.004 // NODATA and SKIPDATA
)

// window is the duration that a log covers.
const window = time.Hour

// begin is the time at which every log starts.
var begin = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// NewReader returns a reader of a log with the given number of lines in the format f,
// flowlog.V2 if f is nil. Each line ends with a newline. The log has no header line; write
// f.Header before it if you need one. Values of unknown columns are "-". A negative number
// of lines is 0.
//
// Within one version of this module, the same arguments give the same log. The log is
// generated as it is read, so memory does not depend on the number of lines. The reader is
// not safe for concurrent use, and its only error is io.EOF.
func NewReader(f *flowlog.Format, lines int, seed uint64) io.Reader {
	if f == nil {
		f = flowlog.V2
	}
	random := rand.New(rand.NewPCG(seed, uint64(lines)))
	g := &generator{
		format: f,
		total:  lines,
		Rand:   random,
		hosts:  hosts(),
		remote: rand.NewZipf(random, 1.1, 8, 20_000),
	}
	g.busy = rand.NewZipf(random, 1.3, 3, uint64(len(g.hosts)-1))
	for _, field := range f.Fields() {
		g.version = max(g.version, int32(field.Version()))
	}
	return g
}

// generator generates a log as it is read.
type generator struct {
	*rand.Rand
	format  *flowlog.Format
	version int32 // value of the field version
	total   int   // number of lines of the log
	lines   int   // number of lines generated so far
	hosts   []host
	busy    *rand.Zipf                             // chooses an index of hosts
	remote  *rand.Zipf                             // chooses an address on the internet
	made    struct{ rejected, ipv6, noRecord int } // numbers of records generated so far
	buf     []byte                                 // generated text
	pos     int                                    // bytes of buf already read
}

// Read reads the next part of the log.
func (g *generator) Read(p []byte) (int, error) {
	if g.pos == len(g.buf) {
		g.buf, g.pos = g.buf[:0], 0
		for len(g.buf) < 64<<10 && g.lines < g.total {
			g.next()
		}
	}
	n := copy(p, g.buf[g.pos:])
	g.pos += n
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// next generates the records of one event: a connection, a scan, or an
// interval without records.
func (g *generator) next() {
	h := &g.hosts[g.busy.Uint64()]
	switch due := func(made int, share float64) bool {
		return float64(made) < share*float64(g.lines+1) && g.IntN(4) == 0
	}; {
	case due(g.made.noRecord, noRecord):
		g.nothing(h)
	case due(g.made.rejected, rejected):
		g.scan(h)
	default:
		v6 := due(g.made.ipv6, ipv6)
		switch {
		case len(h.serves) > 0 && g.IntN(10) < 8:
			g.connection(g.outside(v6), h.side(v6), pick(g.Rand, h.serves), nil, h)
		case g.IntN(8) == 0:
			back := &g.hosts[g.IntN(backends)]
			if back == h {
				return
			}
			g.connection(h.side(v6), back.side(v6), pick(g.Rand, back.inside), h, back)
		default:
			g.connection(h.side(v6), g.outside(v6), pick(g.Rand, opened), h, nil)
		}
	}
}

// now returns the time of the next record.
func (g *generator) now() time.Time {
	return begin.Add(time.Duration(float64(window) * float64(g.lines) / float64(g.total)))
}

// flow is one direction of a connection in one interval.
type flow struct {
	src, dst         netip.Addr
	srcPort, dstPort uint16
	protocol         flowlog.Protocol
	flags            flowlog.TCPFlags
	packets, bytes   int64
	action           flowlog.Action
}

// back returns the flow in the other direction.
func (f flow) back() flow {
	f.src, f.dst, f.srcPort, f.dstPort = f.dst, f.src, f.dstPort, f.srcPort
	return f
}

// connection generates the records of a connection. ours is the host of the client and
// theirs that of the server, nil for a host on the internet.
func (g *generator) connection(from, to netip.Addr, s service, ours, theirs *host) {
	there := flow{src: from, dst: to, dstPort: s.port, protocol: s.protocol, action: flowlog.Accept}
	there.srcPort = uint16(32768 + g.IntN(28232))
	if s.port == 123 {
		there.srcPort = 123 // NTP clients use the same port
	}
	if s.protocol == flowlog.ICMP {
		there.srcPort = 0
		if from.Is6() {
			there.protocol = flowlog.ICMPv6
		}
	}
	intervals := 1
	for s.protocol == flowlog.TCP && g.IntN(4) == 0 {
		intervals++
	}
	for i := range intervals {
		there.packets = int64(2 + g.ExpFloat64()*12)
		there.bytes = there.packets * int64(52+g.IntN(600))
		back := there.back()
		back.packets = max(1, there.packets+int64(g.IntN(9))-4)
		back.bytes = back.packets * int64(60+g.IntN(1300))
		if s.protocol == flowlog.TCP {
			there.flags, back.flags = 0, 0
			if i == 0 {
				there.flags, back.flags = flowlog.SYN, flowlog.SYN|flowlog.ACK
			}
			if i == intervals-1 {
				there.flags |= flowlog.FIN
				back.flags |= flowlog.FIN
			}
		}
		if ours != nil {
			g.record(ours, there, flowlog.Egress)
			g.record(ours, back, flowlog.Ingress)
		}
		if theirs != nil {
			g.record(theirs, there, flowlog.Ingress)
			g.record(theirs, back, flowlog.Egress)
		}
	}
}

// scan generates a rejected record: usually a scan from the internet, sometimes SMTP
// traffic from one of our hosts.
func (g *generator) scan(h *host) {
	f := flow{
		src: g.outside(false), dst: h.v4,
		srcPort: uint16(1024 + g.IntN(64000)), dstPort: uint16(1 + g.IntN(65000)),
		protocol: flowlog.TCP, flags: flowlog.SYN, packets: 1, bytes: 40, action: flowlog.Reject,
	}
	if g.IntN(3) > 0 {
		f.dstPort = pick(g.Rand, scanned).port
	}
	direction := flowlog.Ingress
	if g.IntN(20) == 0 {
		f.dstPort = 25
		f.src, f.dst = f.dst, f.src
		f.srcPort = uint16(32768 + g.IntN(28232))
		direction = flowlog.Egress
	}
	g.record(h, f, direction)
}

// nothing generates the NODATA record of an interval without traffic, or a
// SKIPDATA record.
func (g *generator) nothing(h *host) {
	var r flowlog.Record
	g.common(&r, h)
	r.LogStatus = flowlog.NoData
	if g.IntN(8) == 0 {
		r.LogStatus = flowlog.SkipData
	}
	r.Fields = flowlog.FieldSetOf(flowlog.FieldVersion, flowlog.FieldAccountID, flowlog.FieldInterfaceID,
		flowlog.FieldStart, flowlog.FieldEnd, flowlog.FieldLogStatus)
	g.made.noRecord++
	g.line(&r)
}

// outside returns an address on the internet. Some addresses are much more frequent than
// others.
func (g *generator) outside(v6 bool) netip.Addr {
	n := mix(g.remote.Uint64() + 1)
	if v6 {
		return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0xf0, byte(n >> 8), byte(n >> 16), 0, 14: byte(n >> 24), 15: byte(n)})
	}
	return netip.AddrFrom4([4]byte{public[n%uint64(len(public))], byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

// public holds the first octets of the IPv4 addresses on the internet.
var public = [...]byte{3, 13, 18, 34, 35, 52, 54, 64, 74, 85, 91, 93, 104, 142, 151, 157, 185, 199, 203, 213}

// mix returns a hash of n.
func mix(n uint64) uint64 {
	n = (n ^ n>>33) * 0xff51afd7ed558ccd
	n = (n ^ n>>33) * 0xc4ceb9fe1a85ec53
	return n ^ n>>33
}

// common sets the members that all records have.
func (g *generator) common(r *flowlog.Record, h *host) {
	start := g.now().Add(time.Duration(g.IntN(50)) * time.Second)
	r.Version = g.version
	r.AccountID = account
	r.InterfaceID = h.eni
	r.Start = flowlog.Timestamp(start.Unix())
	r.End = r.Start + flowlog.Timestamp(1+g.IntN(59))
	r.LogStatus = flowlog.OK
}

// line appends the record to buf unless the log is complete.
func (g *generator) line(r *flowlog.Record) {
	if g.lines == g.total {
		return
	}
	g.lines++
	g.buf = append(g.format.Append(g.buf, r), '\n')
}
