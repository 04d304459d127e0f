package traffic_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// decode decodes a line of the format with the given names.
func decode(t testing.TB, names, line string) *flowlog.Record {
	t.Helper()
	f, err := flowlog.ParseFormat(names)
	require.NoError(t, err)
	r := new(flowlog.Record)
	require.NoError(t, f.Decode(r, line))
	return r
}

const (
	tuple = "srcaddr dstaddr srcport dstport protocol"
	flags = tuple + " tcp-flags"
	dir   = tuple + " flow-direction"
	gate  = tuple + " tcp-flags flow-direction tgw-id"
	pkt   = flags + " flow-direction pkt-srcaddr pkt-dstaddr"
)

var ours = traffic.NewNetworks(netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("2001:db8:1::/48"))

// TestClassify checks the client, the service and the direction for each case of the rule.
func TestClassify(t *testing.T) {
	const (
		unknown  = traffic.DirectionUnknown
		outbound = traffic.Outbound
		inbound  = traffic.Inbound
		internal = traffic.Internal
		external = traffic.External

		none  = traffic.NoEvidence
		ports = traffic.PortNumbers
		tcp   = traffic.TCPFlags
	)
	own, nobody := traffic.Classifier{Ours: ours}, traffic.Classifier{}
	packets := traffic.Classifier{PacketAddrs: true}
	for _, tt := range []struct {
		name, format, line string
		c                  traffic.Classifier
		client, server     string // "-" for no address
		service            string
		direction          traffic.Direction
		fromClient         bool
		opening            bool
		evidence           traffic.Evidence
		counts             bool // expected result of OpenedOutbound
	}{
		{"request", tuple, "10.0.0.1 52.1.1.1 40000 443 6", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, true},
		{"answer", tuple, "52.1.1.1 10.0.0.1 443 40000 6", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, false, false, ports, false},
		{"request to us", tuple, "52.1.1.1 10.0.0.1 40000 22 6", own, "52.1.1.1", "10.0.0.1", "22/TCP", inbound, true, false, ports, false},
		{"answer of ours", tuple, "10.0.0.1 52.1.1.1 22 40000 6", own, "52.1.1.1", "10.0.0.1", "22/TCP", inbound, false, false, ports, false},
		{"internal", tuple, "10.0.0.1 10.0.9.9 40000 5432 6", own, "10.0.0.1", "10.0.9.9", "5432/TCP", internal, true, false, ports, false},
		{"external", tuple, "10.1.0.1 52.1.1.1 40000 443 6", own, "10.1.0.1", "52.1.1.1", "443/TCP", external, true, false, ports, false},
		{"equal ports", tuple, "10.0.0.1 52.1.1.1 123 123 17", own, "10.0.0.1", "52.1.1.1", "123/UDP", outbound, true, false, ports, true},
		{"equal ports, the answer", tuple, "52.1.1.1 10.0.0.1 123 123 17", own, "52.1.1.1", "10.0.0.1", "123/UDP", inbound, true, false, ports, false},
		{"port 0 of UDP", tuple, "10.0.0.1 52.1.1.1 0 514 17", own, "52.1.1.1", "10.0.0.1", "0/UDP", inbound, false, false, ports, false},
		{"ICMP", tuple, "10.0.0.1 52.1.1.1 0 0 1", own, "10.0.0.1", "52.1.1.1", "ICMP", outbound, true, false, none, true},
		{"ICMPv6", tuple, "2001:db8:1::5 2001:db8:2::5 0 0 58", own, "2001:db8:1::5", "2001:db8:2::5", "IPv6-ICMP", outbound, true, false, none, true},
		{"IPv6", tuple, "2001:db8:1::5 2001:db8:2::6 40000 443 6", own, "2001:db8:1::5", "2001:db8:2::6", "443/TCP", outbound, true, false, ports, true},
		{"mapped IPv4", tuple, "::ffff:10.0.0.1 ::ffff:52.1.1.1 40000 80 6", own, "10.0.0.1", "52.1.1.1", "80/TCP", outbound, true, false, ports, true},

		{"no source", tuple, "- 52.1.1.1 40000 443 6", own, "-", "52.1.1.1", "443/TCP", unknown, true, false, ports, false},
		{"no destination", tuple, "10.0.0.1 - 443 40000 6", own, "-", "10.0.0.1", "443/TCP", unknown, false, false, ports, false},
		{"no source port", tuple, "10.0.0.1 52.1.1.1 - 443 6", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, none, true},
		{"no ports", "srcaddr dstaddr protocol", "10.0.0.1 52.1.1.1 47", own, "10.0.0.1", "52.1.1.1", "GRE", outbound, true, false, none, false},
		{"no protocol", tuple, "10.0.0.1 52.1.1.1 40000 443 -", own, "10.0.0.1", "52.1.1.1", "443", outbound, true, false, ports, false},

		{"SYN", flags, "10.0.0.1 52.1.1.1 30000 50051 6 2", own, "10.0.0.1", "52.1.1.1", "50051/TCP", outbound, true, true, tcp, true},
		{"SYN and FIN", flags, "10.0.0.1 52.1.1.1 30000 50051 6 3", own, "10.0.0.1", "52.1.1.1", "50051/TCP", outbound, true, true, tcp, true},
		{"SYN-ACK", flags, "10.0.0.1 52.1.1.1 50051 30000 6 18", own, "52.1.1.1", "10.0.0.1", "50051/TCP", inbound, false, false, tcp, false},
		{"SYN-ACK and FIN", flags, "52.1.1.1 10.0.0.1 50051 30000 6 19", own, "10.0.0.1", "52.1.1.1", "50051/TCP", outbound, false, false, tcp, false},
		{"later interval", flags, "10.0.0.1 52.1.1.1 40000 443 6 0", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, false},
		{"FIN alone", flags, "10.0.0.1 52.1.1.1 40000 443 6 1", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, false},
		{"ACK alone", flags, "10.0.0.1 52.1.1.1 40000 443 6 16", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, false},
		{"absent flags", flags, "10.0.0.1 52.1.1.1 40000 443 6 -", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, true},
		{"UDP has no flags", flags, "10.0.0.1 52.1.1.1 40000 53 17 0", own, "10.0.0.1", "52.1.1.1", "53/UDP", outbound, true, false, ports, true},
		{"flags of UDP are none", flags, "10.0.0.1 52.1.1.1 53 40000 17 2", own, "52.1.1.1", "10.0.0.1", "53/UDP", inbound, false, false, ports, false},
		{"rejected SYN", flags + " action", "10.0.0.1 52.1.1.1 40000 25 6 2 REJECT", own, "10.0.0.1", "52.1.1.1", "25/TCP", outbound, true, true, tcp, false},
		{"accepted SYN", flags + " action", "10.0.0.1 52.1.1.1 40000 25 6 2 ACCEPT", own, "10.0.0.1", "52.1.1.1", "25/TCP", outbound, true, true, tcp, true},
		{"absent action", flags + " action", "10.0.0.1 52.1.1.1 40000 25 6 2 -", own, "10.0.0.1", "52.1.1.1", "25/TCP", outbound, true, true, tcp, true},

		{"transit gateway, request", gate, "10.0.0.1 52.1.1.1 40000 443 6 18 egress tgw-1", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, true},
		{"transit gateway, SYN", gate, "10.0.0.1 52.1.1.1 30000 50051 6 2 egress tgw-1", own, "52.1.1.1", "10.0.0.1", "30000/TCP", inbound, false, false, ports, false},
		{"transit gateway, direction", gate, "52.1.1.1 52.1.1.2 40000 443 6 2 egress tgw-1", nobody, "52.1.1.1", "52.1.1.2", "443/TCP", external, true, false, ports, false},

		{"private", tuple, "172.16.0.1 52.1.1.1 40000 443 6", nobody, "172.16.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, true},
		{"public source of egress", dir, "198.51.100.10 203.0.113.9 49153 8443 6 egress", nobody, "198.51.100.10", "203.0.113.9", "8443/TCP", outbound, true, false, ports, true},
		{"public destination of ingress", dir, "203.0.113.9 198.51.100.10 8443 49153 6 ingress", nobody, "198.51.100.10", "203.0.113.9", "8443/TCP", outbound, false, false, ports, false},
		{"IPv6 of the interface", dir, "2001:db8:1::10 2001:db8:ffff::443 49152 443 6 egress", nobody, "2001:db8:1::10", "2001:db8:ffff::443", "443/TCP", outbound, true, false, ports, true},
		{"other side of ingress", dir, "203.0.113.9 10.0.0.1 40000 22 6 ingress", nobody, "203.0.113.9", "10.0.0.1", "22/TCP", inbound, true, false, ports, false},
		{"unknown direction", dir, "198.51.100.10 203.0.113.9 49153 8443 6 -", nobody, "198.51.100.10", "203.0.113.9", "8443/TCP", external, true, false, ports, false},
		{"direction does not count with Ours", dir, "198.51.100.10 203.0.113.9 49153 8443 6 egress", own, "198.51.100.10", "203.0.113.9", "8443/TCP", external, true, false, ports, false},

		{"packet addresses", pkt, "10.0.0.220 203.0.113.5 36490 443 6 2 egress 10.0.1.5 203.0.113.5", packets, "10.0.1.5", "203.0.113.5", "443/TCP", outbound, true, true, tcp, true},
		{"into a NAT gateway", pkt, "10.0.1.5 10.0.0.220 36490 443 6 2 ingress 10.0.1.5 203.0.113.5", packets, "10.0.1.5", "203.0.113.5", "443/TCP", outbound, true, true, tcp, true},
		{"interface addresses", pkt, "10.0.1.5 10.0.0.220 36490 443 6 2 ingress 10.0.1.5 203.0.113.5", nobody, "10.0.1.5", "10.0.0.220", "443/TCP", internal, true, true, tcp, false},
		{"absent packet addresses", pkt, "10.0.1.5 203.0.113.5 36490 443 6 2 egress - -", packets, "10.0.1.5", "203.0.113.5", "443/TCP", outbound, true, true, tcp, true},
		{"without packet addresses", tuple, "10.0.1.5 203.0.113.5 36490 443 6", packets, "10.0.1.5", "203.0.113.5", "443/TCP", outbound, true, false, ports, true},

		{"SKIPDATA is none, OK is", tuple + " log-status", "10.0.0.1 52.1.1.1 40000 443 6 OK", own, "10.0.0.1", "52.1.1.1", "443/TCP", outbound, true, false, ports, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := decode(t, tt.format, tt.line)
			f, ok := tt.c.Classify(r)
			require.True(t, ok)
			text := func(a netip.Addr) string {
				if !a.IsValid() {
					return "-"
				}
				return a.String()
			}
			assert.Equal(t, tt.client, text(f.Client))
			assert.Equal(t, tt.server, text(f.Server))
			assert.Equal(t, tt.service, f.Service().String())
			assert.Equal(t, tt.direction, f.Direction, f.Direction.String())
			assert.Equal(t, tt.fromClient, f.FromClient)
			assert.Equal(t, tt.opening, f.Opening)
			assert.Equal(t, tt.evidence, f.Evidence, f.Evidence.String())
			assert.Equal(t, tt.counts, traffic.OpenedOutbound(r, f))

			client, server := r.SrcPort, r.DstPort
			if !f.FromClient {
				client, server = server, client
			}
			assert.Equal(t, client, f.ClientPort)
			assert.Equal(t, server, f.ServerPort)
			assert.Equal(t, r.Protocol, f.Protocol)
		})
	}
}

func TestClassifyNoFlow(t *testing.T) {
	c := new(traffic.Classifier)
	for _, line := range []string{
		"2 123456789012 eni-1 - - - - - - - 1 2 - NODATA",
		"2 123456789012 eni-1 - - - - - - - 1 2 - SKIPDATA",
		"2 123456789012 eni-1 10.0.0.1 52.1.1.1 40000 443 6 1 1 1 2 ACCEPT NODATA",
		"2 123456789012 eni-1 - - 40000 443 6 1 1 1 2 ACCEPT OK",
	} {
		f, ok := c.Classify(decode(t, flowlog.V2.String(), line))
		assert.False(t, ok, line)
		assert.Zero(t, f)
	}
	_, ok := c.Classify(decode(t, tuple, "- - - - -"))
	assert.False(t, ok)
	_, ok = c.Classify(new(flowlog.Record))
	assert.False(t, ok)
}

// TestClassifyFormats checks that an ordinary log has the same services in every format, whether TCP
// flags or ports determine the client.
func TestClassifyFormats(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	services := func(f *flowlog.Format) map[traffic.Service]bool {
		seen := make(map[traffic.Service]bool)
		var c traffic.Classifier
		for r, err := range flowlog.NewReader(flowlogtest.NewReader(f, 20_000, 1), f).All() {
			require.NoError(t, err)
			if flow, ok := c.Classify(r); ok && flow.Protocol == flowlog.TCP && traffic.OpenedOutbound(r, flow) {
				seen[flow.Service()] = true
			}
		}
		return seen
	}
	want := services(v5)
	assert.Contains(t, want, traffic.Service{Port: 443, Protocol: flowlog.TCP})
	// Without flow-direction, public IPv6 addresses are not ours, so only formats
	// that have it can have more services.
	for s := range services(flowlog.V2) {
		assert.Contains(t, want, s)
	}
}

func TestPrivateAddresses(t *testing.T) {
	private := traffic.Private()
	var c traffic.Classifier
	for text, want := range map[string]bool{
		"10.0.0.0": true, "10.255.255.255": true, "9.255.255.255": false, "11.0.0.0": false,
		"172.16.0.0": true, "172.31.255.255": true, "172.15.255.255": false, "172.32.0.0": false,
		"192.168.0.0": true, "192.168.255.255": true, "192.167.255.255": false, "192.169.0.0": false,
		"100.64.0.0": true, "100.127.255.255": true, "100.63.255.255": false, "100.128.0.0": false,
		"fc00::": true, "fdff:ffff::1": true, "fbff::1": false, "fe00::": false, "2001:db8::1": false, "::1": false,
	} {
		a := netip.MustParseAddr(text)
		assert.Equal(t, want, private.Contains(a), text)
		r := flowlog.Record{SrcAddr: a, DstAddr: netip.MustParseAddr("203.0.113.1")}
		r.Fields = flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldDstAddr)
		f, ok := c.Classify(&r)
		assert.True(t, ok)
		assert.Equal(t, want, f.Direction == traffic.Outbound, text)
	}
	_, named := private.Name(netip.MustParseAddr("10.0.0.1"))
	assert.False(t, named)
}
