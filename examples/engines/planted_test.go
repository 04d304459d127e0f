package engines

import (
	"fmt"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// values are the values of a line by field. Others have a default, or "-".
type values map[flowlog.Field]string

// logLines returns the log of a format that the questions are asked of: what the
// generator makes, lines that are there to be found, and some lines twice, as
// Firehose may deliver them.
func logLines(f *flowlog.Format) []string {
	lines := append(newGenerator(f, 11).lines(600), planted(f)...)
	return append(lines, lines[:20]...)
}

// planted returns lines with the facts that questions ask for, and the cases
// over which the rule of who opened a connection is easy to get wrong.
func planted(f *flowlog.Format) []string {
	const src, dst, sport, dport, proto, flags, dir, pktSrc, pktDst, action = flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort,
		flowlog.FieldProtocol, flowlog.FieldTCPFlags, flowlog.FieldFlowDirection, flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr, flowlog.FieldAction
	var lines []string
	at := begin.Unix() + 2400
	add := func(v values) {
		at++
		if v[flowlog.FieldStart] == "" {
			v[flowlog.FieldStart] = fmt.Sprint(at)
		}
		lines = append(lines, lineOf(f, v))
	}
	// A program that calls home every 500 seconds, and one that calls at random.
	for i := range int64(28) {
		add(values{src: "10.0.0.9", dst: "203.0.113.44", sport: fmt.Sprint(50000 + i), dport: "4444", flowlog.FieldStart: fmt.Sprint(begin.Unix() + 60 + 500*i)})
		add(values{src: "10.0.0.9", dst: "203.0.113.45", sport: fmt.Sprint(50000 + i), dport: "4445", flowlog.FieldStart: fmt.Sprint(begin.Unix() + 60 + 17*i*i)})
	}
	for _, v := range []values{
		// A public and an IPv6 address of our own, as flow-direction shows.
		{src: "198.51.100.10", dst: "203.0.113.9", sport: "49153", dport: "8443"},
		{src: "2600:1f18::10", dst: "2001:db8:ffff::443", sport: "49152", dport: "9443"},
		{src: "203.0.113.9", dst: "198.51.100.10", sport: "49153", dport: "8444", dir: "ingress"},
		{src: "198.51.100.10", dst: "10.0.0.9", sport: "49153", dport: "8445"},
		{src: "10.0.0.9", dst: "198.51.100.10", sport: "49153", dport: "8446", dir: "ingress"},
		{src: "10.0.0.9", dst: "198.51.100.10", sport: "49153", dport: "8447", dir: "-"},
		{src: "10.0.0.9", dst: "fd00::9", sport: "49153", dport: "8448"},
		// Equal ports, a service above its client's port, absent flags, answers
		// with and without SYN, a FIN alone, flags of UDP, ports of 0.
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "500", dport: "500", proto: "17", flags: "0"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "7000", dport: "7000", flags: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "700", dport: "60000"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60001", dport: "701", flags: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "702", dport: "60002", flags: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60003", dport: "703", flags: "18"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60004", dport: "704", flags: "1"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60005", dport: "705", flags: "16"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60006", dport: "706", flags: "3"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60007", dport: "707", proto: "17", flags: "18"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "0", dport: "708"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60009", dport: "0", proto: "17", flags: "0"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "-", dport: "710", flags: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60011", dport: "-"},
		{src: "10.0.0.9", dst: "-", sport: "60012", dport: "712"},
		{src: "-", dst: "203.0.113.9", sport: "60013", dport: "713"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60014", dport: "714", proto: "-"},
		// Protocols without ports.
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "0", dport: "0", proto: "1", flags: "0"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "0", dport: "0", proto: "47", flags: "0"},
		// Rejected, without an action, and with a status without a flow.
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60015", dport: "715", action: "REJECT"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60016", dport: "716", action: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "-", dport: "717", flowlog.FieldLogStatus: "NODATA"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60018", dport: "718", flowlog.FieldLogStatus: "-"},
		{src: "10.0.0.9", dst: "203.0.113.9", sport: "60019", dport: "719", flowlog.FieldLogStatus: "INCOMPLETEDATA"},
		// Between zones, and through a NAT gateway both ways.
		{src: "10.0.0.5", dst: "10.0.1.5", sport: "60020", dport: "5432"},
		{src: "10.0.1.5", dst: "10.0.0.5", sport: "5432", dport: "60020", flags: "18"},
		{src: "10.0.0.5", dst: "10.0.1.5", sport: "60020", dport: "5432", dir: "ingress"},
		{src: "10.0.0.5", dst: "10.0.2.2", pktSrc: "10.0.0.5", pktDst: "203.0.113.80", sport: "60021", dport: "443", dir: "ingress"},
		{src: "10.0.2.2", dst: "10.0.0.5", pktSrc: "203.0.113.80", pktDst: "10.0.0.5", sport: "443", dport: "60021", flags: "18"},
		{src: "10.0.2.2", dst: "203.0.113.80", pktSrc: "10.0.2.2", pktDst: "203.0.113.80", sport: "60022", dport: "443"},
	} {
		add(v)
	}
	return lines
}

// lineOf returns a line of a format: an accepted TCP flow that leaves an
// interface, and begins with SYN, except for what is given.
func lineOf(f *flowlog.Format, given values) string {
	base := values{
		flowlog.FieldVersion: "5", flowlog.FieldAccountID: "012345678901", flowlog.FieldInterfaceID: "eni-1235b8ca123456789",
		flowlog.FieldProtocol: "6", flowlog.FieldTCPFlags: "2", flowlog.FieldPackets: "10", flowlog.FieldBytes: "5000",
		flowlog.FieldEnd: given[flowlog.FieldStart], flowlog.FieldAction: "ACCEPT", flowlog.FieldLogStatus: "OK",
		flowlog.FieldFlowDirection: "egress", flowlog.FieldInstanceID: "i-0c50d5961bcb2d47b", flowlog.FieldRegion: "us-east-1",
		flowlog.FieldPktSrcAddr: given[flowlog.FieldSrcAddr], flowlog.FieldPktDstAddr: given[flowlog.FieldDstAddr],
		flowlog.FieldAZID: "use1-az1", flowlog.FieldNextHopAZID: "use1-az2", flowlog.FieldTGWID: "tgw-12345678901234567",
		flowlog.FieldResourceType: "TransitGateway", flowlog.FieldTGWSrcAZID: "use1-az1", flowlog.FieldTGWDstAZID: "use1-az2",
	}
	words := make([]string, f.Len())
	for i, field := range f.Fields() {
		words[i] = "-"
		if v, ok := given[field]; ok {
			words[i] = v
		} else if v, ok := base[field]; ok {
			words[i] = v
		}
	}
	return strings.Join(words, " ")
}
