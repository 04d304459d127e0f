package samplelog

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
)

// service is something that listens, and how much it is used.
type service struct {
	port     uint16
	protocol flowlog.Protocol
	weight   int
}

var (
	// opened is what our hosts open on the internet.
	opened = []service{
		{443, flowlog.TCP, 46},
		{80, flowlog.TCP, 13},
		{53, flowlog.UDP, 12},
		{443, flowlog.UDP, 8},
		{123, flowlog.UDP, 5},
		{22, flowlog.TCP, 4},
		{5432, flowlog.TCP, 4},
		{587, flowlog.TCP, 3},
		{8443, flowlog.TCP, 2},
		{9418, flowlog.TCP, 1},
		{0, flowlog.ICMP, 2},
	}
	web     = []service{{443, flowlog.TCP, 9}, {80, flowlog.TCP, 3}}
	bastion = []service{{22, flowlog.TCP, 1}}
	// scanned is what others try.
	scanned = []service{
		{23, flowlog.TCP, 8}, {3389, flowlog.TCP, 6}, {22, flowlog.TCP, 6}, {445, flowlog.TCP, 5},
		{8080, flowlog.TCP, 4}, {1433, flowlog.TCP, 2}, {3306, flowlog.TCP, 2}, {5900, flowlog.TCP, 2},
	}
)

// pick returns a service by its weight.
func pick(r *rand.Rand, services []service) service {
	total := 0
	for _, s := range services {
		total += s.weight
	}
	n := r.IntN(total)
	for _, s := range services {
		if n -= s.weight; n < 0 {
			return s
		}
	}
	panic("unreachable")
}

// host is an interface of ours with what is behind it.
type host struct {
	eni, subnet, instance, zone string
	v4, v6                      netip.Addr
	serves                      []service // to the internet
	inside                      []service // to the others
}

// backends is how many hosts serve the others; they stand first in hosts.
const backends = 2

// hosts returns the hosts. The order says how busy they are, the first the
// most.
func hosts() []host {
	all := []host{
		{inside: []service{{5432, flowlog.TCP, 1}}}, // the database: its own traffic is patches
		{inside: []service{{6379, flowlog.TCP, 1}}}, // the cache
		{serves: web},
		{},
		{},
		{serves: web},
		{},
		{},
		{},
		{serves: bastion},
		{},
		{},
	}
	for i := range all {
		h := &all[i]
		subnet := i % 3
		h.eni = fmt.Sprintf("eni-0%016x", mix(uint64(i+1)))
		h.instance = fmt.Sprintf("i-0%016x", mix(uint64(i+101)))
		h.subnet = fmt.Sprintf("subnet-0%016x", mix(uint64(subnet+201)))
		h.zone = fmt.Sprintf("use1-az%d", subnet+1)
		h.v4 = netip.AddrFrom4([4]byte{10, 0, byte(subnet * 16), byte(10 + i)})
		h.v6 = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, byte(subnet), 15: byte(10 + i)})
	}
	return all
}

// side returns the host's address of the given kind.
func (h *host) side(v6 bool) netip.Addr {
	if v6 {
		return h.v6
	}
	return h.v4
}

// The rest of the VPC, and a transit gateway beside it.
const (
	vpc     = "vpc-0a1b2c3d4e5f60718"
	region  = "us-east-1"
	tgw     = "tgw-0123456789abcdef0"
	attach  = "tgw-attach-0123456789abcdef0"
	pair    = "tgw-attach-0fedcba9876543210"
	gateway = "TransitGateway"
)

// fields are those of a record with traffic. Whatever else a format has is
// absent.
var fields = flowlog.FieldSetOf(
	flowlog.FieldVersion, flowlog.FieldAccountID, flowlog.FieldInterfaceID, flowlog.FieldSrcAddr, flowlog.FieldDstAddr,
	flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldPackets, flowlog.FieldBytes,
	flowlog.FieldStart, flowlog.FieldEnd, flowlog.FieldAction, flowlog.FieldLogStatus,
	flowlog.FieldVPCID, flowlog.FieldSubnetID, flowlog.FieldInstanceID, flowlog.FieldTCPFlags, flowlog.FieldType,
	flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr, flowlog.FieldRegion, flowlog.FieldAZID, flowlog.FieldFlowDirection,
	flowlog.FieldResourceType, flowlog.FieldTGWID, flowlog.FieldTGWAttachmentID, flowlog.FieldTGWPairAttachmentID,
	flowlog.FieldTGWSrcVPCAccountID, flowlog.FieldTGWSrcVPCID, flowlog.FieldTGWSrcSubnetID, flowlog.FieldTGWSrcENI, flowlog.FieldTGWSrcAZID,
	flowlog.FieldPacketsLostNoRoute, flowlog.FieldPacketsLostBlackhole, flowlog.FieldPacketsLostMTUExceeded, flowlog.FieldPacketsLostTTLExpired,
)

// record makes the record of a flow on an interface.
func (g *generator) record(h *host, f flow, direction flowlog.FlowDirection) {
	if g.lines == g.total {
		return
	}
	var r flowlog.Record
	g.common(&r, h)
	r.Fields = fields
	r.SrcAddr, r.DstAddr = f.src, f.dst
	r.SrcPort, r.DstPort = f.srcPort, f.dstPort
	r.Protocol, r.TCPFlags = f.protocol, f.flags
	r.Packets, r.Bytes = f.packets, f.bytes
	r.Action = f.action
	r.VPCID, r.SubnetID, r.InstanceID = vpc, h.subnet, h.instance
	r.Region, r.AZID = region, h.zone
	r.PktSrcAddr, r.PktDstAddr = f.src, f.dst
	r.FlowDirection = direction
	r.Type = "IPv4"
	if f.src.Is6() {
		r.Type = "IPv6"
		g.made.ipv6++
	}
	if direction == flowlog.Egress {
		r.Fields = r.Fields.With(flowlog.FieldTrafficPath)
		r.TrafficPath = 8 // an internet gateway
		if f.dst.Is4() && f.dst.As4()[0] == 10 || f.dst.Is6() && f.dst.As16()[4] == 0 {
			r.TrafficPath = 1 // the VPC
		}
	}
	if f.action == flowlog.Reject {
		g.made.rejected++
	}
	r.ResourceType, r.TGWID, r.TGWAttachmentID, r.TGWPairAttachmentID = gateway, tgw, attach, pair
	r.TGWSrcVPCAccountID, r.TGWSrcVPCID, r.TGWSrcSubnetID, r.TGWSrcENI, r.TGWSrcAZID = account, vpc, h.subnet, h.eni, h.zone
	g.line(&r)
}
