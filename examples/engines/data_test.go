package engines

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// null is how digests write a value that is not there. No value of a log can
// be it: a log has no line with this text.
const null = `\N`

// midnight is 2026-11-23 00:00:00 UTC. The logs of these tests begin two hours
// before it and end two hours after it.
const midnight = 1795392000

// generator makes records of a format that look like a log: few interfaces and
// many addresses, both families, ICMP without ports, SYN-ACK answers, rejected
// flows, a port scan, NODATA and SKIPDATA lines, and values that are absent here
// and there.
type generator struct {
	rnd    *rand.Rand
	format *flowlog.Format
	n      int
	// distinct makes every address and every text new, so that no dictionary
	// helps.
	distinct bool
}

func newGenerator(f *flowlog.Format, seed uint64) *generator {
	return &generator{rnd: rand.New(rand.NewPCG(seed, 7)), format: f}
}

// lines returns n lines of the log.
func (g *generator) lines(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = g.line()
	}
	return lines
}

// line returns the next line.
func (g *generator) line() string {
	g.n++
	status := flowlog.OK
	switch r := g.rnd.IntN(100); {
	case r < 3:
		status = flowlog.NoData
	case r < 4:
		status = flowlog.SkipData
	}
	v6 := g.rnd.IntN(10) == 0
	local, remote := g.local(v6), g.remote(v6)
	high, low := 32768+g.rnd.IntN(28000), []int{443, 443, 443, 80, 22, 53, 3389, 5432, 8080, 123}[g.rnd.IntN(10)]
	protocol, out := 6, g.rnd.IntN(2) == 0
	if low == 53 || low == 123 {
		protocol = 17
	}
	if g.rnd.IntN(20) == 0 { // ping has no ports
		protocol, high, low = 1, 0, 0
		if v6 {
			protocol = 58
		}
	}
	opener := g.rnd.IntN(3) > 0 // this flow goes from who opened to who listens
	src, dst, srcport, dstport := local, remote, high, low
	if !opener {
		srcport, dstport = low, high
	}
	if !out {
		src, dst = remote, local
	}
	flags := 0
	if protocol == 6 {
		flags = []int{2, 2, 3, 0}[g.rnd.IntN(4)]
		if !opener && flags > 0 {
			flags |= 16
		}
	}
	action := flowlog.Accept
	if g.rnd.IntN(8) == 0 {
		action = flowlog.Reject
	}
	if g.n%20 == 0 && !g.distinct { // somebody tries one port after the other
		v6, out, protocol, flags, action = false, false, 6, 2, flowlog.Reject
		src, dst, srcport, dstport = "198.51.100.7", "10.0.0.7", 54321, g.n/20
	}
	begin := midnight - 7200 + g.rnd.IntN(4*3600)
	packets := 1 + g.rnd.IntN(40)
	bytes := int64(packets) * int64(40+g.rnd.IntN(1400))
	if g.rnd.IntN(500) == 0 {
		bytes = 1<<31 + g.rnd.Int64N(1<<40) // what an INT would lose
	}

	names, fields := g.format.Names(), g.format.Fields()
	values := make([]string, len(names))
	for i, f := range fields {
		var v string
		switch f {
		case flowlog.FieldAccountID:
			v = []string{"012345678901", "123456789012"}[g.rnd.IntN(2)]
		case flowlog.FieldInterfaceID:
			v = fmt.Sprintf("eni-1235b8ca%09x", 0x123456789+g.rnd.IntN(12))
		case flowlog.FieldSrcAddr, flowlog.FieldPktSrcAddr:
			v = src
		case flowlog.FieldDstAddr, flowlog.FieldPktDstAddr:
			v = dst
		case flowlog.FieldSrcPort:
			v = fmt.Sprint(srcport)
		case flowlog.FieldDstPort:
			v = fmt.Sprint(dstport)
		case flowlog.FieldProtocol:
			v = fmt.Sprint(protocol)
		case flowlog.FieldPackets:
			v = fmt.Sprint(packets)
		case flowlog.FieldBytes:
			v = fmt.Sprint(bytes)
		case flowlog.FieldEnd:
			v = fmt.Sprint(begin + g.rnd.IntN(60))
		case flowlog.FieldAction:
			v = string(action)
		case flowlog.FieldLogStatus:
			v = string(status)
		case flowlog.FieldTCPFlags:
			v = fmt.Sprint(flags)
		case flowlog.FieldType:
			v = "IPv4"
			if v6 {
				v = "IPv6"
			}
		case flowlog.FieldFlowDirection:
			v = "ingress"
			if out {
				v = "egress"
			}
		case flowlog.FieldRegion:
			v = "us-east-1"
		case flowlog.FieldTrafficPath:
			v = "-"
			if out {
				v = fmt.Sprint(1 + g.rnd.IntN(8))
			}
		case flowlog.FieldEncryptionStatus:
			v = fmt.Sprint(g.rnd.IntN(4))
		case flowlog.FieldPktSrcAWSService, flowlog.FieldPktDstAWSService:
			v = []string{"-", "S3", "EC2", "AMAZON", "DYNAMODB"}[g.rnd.IntN(5)]
		default:
			switch {
			case g.rnd.IntN(4) == 0:
				v = "-"
			case g.distinct:
				v = fmt.Sprintf("%s-%016x", names[i], g.rnd.Uint64())
			case f.Type() == flowlog.TypeString:
				// A tag is percent-encoded UTF-8; an unknown column is any text.
				v = fmt.Sprintf("%s-%d%%C3%%A9", names[i], g.rnd.IntN(30))
			default:
				v = fmt.Sprint(g.rnd.IntN(100))
			}
		}
		// Any field may be absent from any line, but for those every line has.
		if g.rnd.IntN(50) == 0 {
			v = "-"
		}
		values[i] = v
		switch f {
		case flowlog.FieldVersion:
			values[i] = fmt.Sprint(g.version())
		case flowlog.FieldStart:
			values[i] = fmt.Sprint(begin)
		}
		if status != flowlog.OK {
			switch f {
			case flowlog.FieldVersion, flowlog.FieldAccountID, flowlog.FieldInterfaceID, flowlog.FieldStart, flowlog.FieldEnd, flowlog.FieldLogStatus:
			default:
				values[i] = "-"
			}
		}
	}
	return strings.Join(values, " ")
}

// version returns the highest version among the fields of the format.
func (g *generator) version() int {
	v := 2
	for _, f := range g.format.Fields() {
		v = max(v, f.Version())
	}
	return v
}

// local returns an address of ours.
func (g *generator) local(v6 bool) string {
	n := g.rnd.IntN(40)
	if g.distinct {
		n = g.rnd.IntN(1 << 16)
	}
	if v6 {
		return fmt.Sprintf("2001:db8:1234::%x", n+1)
	}
	return fmt.Sprintf("10.%d.%d.%d", g.rnd.IntN(2), n>>8, n&255)
}

// remote returns an address of somebody else.
func (g *generator) remote(v6 bool) string {
	n := uint32(g.rnd.ExpFloat64() * 50)
	if g.distinct {
		n = g.rnd.Uint32()
	}
	if v6 {
		return netip.MustParseAddr(fmt.Sprintf("2a00:1450:4001:%x::%x", n>>16, n&0xffff|1)).String()
	}
	return netip.AddrFrom4([4]byte{52, byte(n >> 16), byte(n >> 8), byte(n)}).String()
}

// parse returns the records of lines.
func parse(t testing.TB, f *flowlog.Format, lines []string) []flowlog.Record {
	t.Helper()
	records := make([]flowlog.Record, len(lines))
	for i, line := range lines {
		require.NoError(t, f.Decode(&records[i], line), line)
	}
	return records
}

// logFormat is a format under its name in subtests.
type logFormat struct {
	name string
	*flowlog.Format
}

// logFormats are the formats that every engine must read.
func logFormats(t testing.TB) []logFormat {
	t.Helper()
	format := func(version int) *flowlog.Format {
		f, err := flowlog.FormatOf(version)
		require.NoError(t, err)
		return f
	}
	// Any order, and columns of a version yet to come, some of them with names
	// that are words of SQL.
	unknown, err := flowlog.ParseFormat("${dstport} ${quantum-state} ${srcaddr} ${bytes} ${date} ${log-status} ${start} ${order} ${action} ${user}")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	require.Equal(t, 14, flowlog.V2.Len())
	require.Equal(t, 29, format(5).Len())
	require.Equal(t, 54, format(11).Len())
	require.Equal(t, 36, flowlog.TransitGateway.Len())
	return []logFormat{
		{"v2", flowlog.V2},
		{"v5", format(5)},
		{"v11", format(11)},
		{"transit-gateway", flowlog.TransitGateway},
		{"unknown-columns", unknown},
	}
}
