package traffic

import (
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
)

// vpcFields is the set of the fields of VPC flow logs. A record with any other field is
// from a transit gateway.
var vpcFields = func() (s flowlog.FieldSet) {
	for f := range flowlog.Fields() {
		if f.VPC() {
			s = s.With(f)
		}
	}
	return s
}()

// Classifier infers the client and the server of a record. The zero Classifier is ready
// for use. It is safe for concurrent use as long as its fields do not change.
type Classifier struct {
	// Ours holds our addresses. If it is nil, private addresses are ours, and
	// so are those that flow-direction shows to belong to the network interface.
	Ours *Networks
	// PacketAddrs selects pkt-srcaddr and pkt-dstaddr, where the record has
	// them, instead of srcaddr and dstaddr. These are the ends of a connection
	// through a NAT gateway or a transit gateway; srcaddr and dstaddr may be the
	// interface between them.
	PacketAddrs bool
}

// Classify returns the interpretation of a record by the rule in the package
// documentation. It reports false if the record has no flow (NODATA, SKIPDATA) or neither
// address. Classify does not allocate.
func (c *Classifier) Classify(r *flowlog.Record) (f Flow, ok bool) {
	src, dst := c.addrs(r)
	if !src.IsValid() && !dst.IsValid() || r.LogStatus != flowlog.OK && !r.HasFlow() {
		return f, false
	}
	f.FromClient = true
	if r.SrcPort|r.DstPort != 0 && r.Has(flowlog.FieldSrcPort) && r.Has(flowlog.FieldDstPort) {
		f.Evidence = PortNumbers
		f.FromClient = r.DstPort <= r.SrcPort
	}
	if hasFlags(r) && r.TCPFlags&flowlog.SYN != 0 {
		f.Evidence = TCPFlags
		f.Opening = r.TCPFlags&flowlog.ACK == 0
		f.FromClient = f.Opening
	}
	f.Protocol = r.Protocol
	src, dst = unmap(src), unmap(dst)
	client, server := c.ours(r, src, flowlog.Egress), c.ours(r, dst, flowlog.Ingress)
	if f.FromClient {
		f.Client, f.Server, f.ClientPort, f.ServerPort = src, dst, r.SrcPort, r.DstPort
	} else {
		f.Client, f.Server, f.ClientPort, f.ServerPort = dst, src, r.DstPort, r.SrcPort
		client, server = server, client
	}
	switch {
	case !src.IsValid() || !dst.IsValid():
		f.Direction = DirectionUnknown
	case client && server:
		f.Direction = Internal
	case client:
		f.Direction = Outbound
	case server:
		f.Direction = Inbound
	default:
		f.Direction = External
	}
	return f, true
}

// Sides reports whether the source and the destination of a record are ours. An absent
// address is not ours. Sides does not allocate.
func (c *Classifier) Sides(r *flowlog.Record) (src, dst bool) {
	s, d := c.addrs(r)
	return c.ours(r, unmap(s), flowlog.Egress), c.ours(r, unmap(d), flowlog.Ingress)
}

// addrs returns the source and the destination that the classifier uses.
func (c *Classifier) addrs(r *flowlog.Record) (src, dst netip.Addr) {
	src, dst = r.SrcAddr, r.DstAddr
	if c.PacketAddrs {
		if r.Has(flowlog.FieldPktSrcAddr) {
			src = r.PktSrcAddr
		}
		if r.Has(flowlog.FieldPktDstAddr) {
			dst = r.PktDstAddr
		}
	}
	return src, dst
}

// unmap is Addr.Unmap without a call for IPv4 addresses.
func unmap(a netip.Addr) netip.Addr {
	if a.Is4() {
		return a
	}
	return a.Unmap()
}

// ours reports whether an address of a record is ours. a must be unmapped. own is the
// flow-direction for which a is the address of the interface: Egress for the source,
// Ingress for the destination.
func (c *Classifier) ours(r *flowlog.Record, a netip.Addr, own flowlog.FlowDirection) bool {
	if c.Ours != nil {
		return c.Ours.contains(a)
	}
	if isPrivate(a) {
		return true
	}
	if !a.IsValid() || !r.Has(flowlog.FieldFlowDirection) || r.FlowDirection != own || !vpcFields.Contains(r.Fields) {
		return false
	}
	// A packet address belongs to the interface only if srcaddr or dstaddr has
	// the same address.
	if own == flowlog.Egress {
		return a == r.SrcAddr.Unmap()
	}
	return a == r.DstAddr.Unmap()
}

// hasFlags reports whether a record has TCP flags that show which end opened the
// connection.
func hasFlags(r *flowlog.Record) bool {
	return r.Protocol == flowlog.TCP && r.Has(flowlog.FieldTCPFlags) && vpcFields.Contains(r.Fields)
}
