// Package ports answers the two questions of the examples about a flow log:
// which source ports do our addresses use (the query of the article), and which
// ports do we open outbound (the question behind it). They are the questions
// SourcePorts and OutboundPorts of athena.Table.Queries, with the same answers.
//
// Our addresses are those in given CIDRs. A flow log does not say who opened a
// connection, so that has to be inferred. A record counts as one of a
// connection that we opened outbound if
//
//   - its source is ours and its destination is known and is not;
//   - it was accepted, or the format has no action;
//   - the interface saw it leave, if the format has flow-direction;
//   - its source opened the connection. For TCP, where the format has
//     tcp-flags, that is a record with SYN and without the ACK of an answer: one
//     record of each connection, that of its first interval. For anything else
//     it is a record whose destination port is not above its source port,
//     because clients use high ports: all records of the connection count, and a
//     service on a port above its clients' is missed.
//
// A destination port of 0, as ICMP has, is no port. In logs of transit gateways
// the direction is the gateway's and every ACK is reported, so there neither
// direction nor flags are taken into account.
package ports

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Private are the addresses that are ours when nobody says which are: those of
// RFC 1918, RFC 6598 and RFC 4193.
func Private() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("fc00::/7"),
	}
}

// Fields are the fields that a Counter looks at, for readers that can leave out
// the others.
var Fields = flowlog.FieldSetOf(
	flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol,
	flowlog.FieldAction, flowlog.FieldTCPFlags, flowlog.FieldFlowDirection,
)

// A Counter counts records. Create one with NewCounter.
type Counter struct {
	cidrs    []netip.Prefix
	source   [1 << 16]int64
	outbound map[Port]int64

	action, direction, flags bool // what the format has that counts
}

// Port is a port of a protocol.
type Port struct {
	Port     uint16           `json:"port"`
	Protocol flowlog.Protocol `json:"protocol"`
}

// SourceCount is how many records have a source port.
type SourceCount struct {
	Port  uint16 `json:"port"`
	Count int64  `json:"count"`
}

// OutboundCount is how many records there are of connections that we opened to
// a port.
type OutboundCount struct {
	Port
	Count int64 `json:"count"`
}

// NewCounter returns a Counter of records of the format for which the addresses
// in cidrs are ours.
func NewCounter(f *flowlog.Format, cidrs []netip.Prefix) *Counter {
	c := &Counter{cidrs: cidrs, outbound: make(map[Port]int64)}
	c.SetFormat(f)
	return c
}

// SetFormat says what format the records have that follow: which fields they
// lack decides what is inferred.
func (c *Counter) SetFormat(f *flowlog.Format) {
	has := f.FieldSet()
	vpc := true
	for field := range has.All() {
		vpc = vpc && field.VPC()
	}
	c.action = has.Has(flowlog.FieldAction)
	c.direction = vpc && has.Has(flowlog.FieldFlowDirection)
	c.flags = vpc && has.Has(flowlog.FieldTCPFlags)
}

// Add counts a record.
func (c *Counter) Add(r *flowlog.Record) {
	if !r.Has(flowlog.FieldSrcAddr) || !c.ours(r.SrcAddr) {
		return
	}
	if r.Has(flowlog.FieldSrcPort) {
		c.source[r.SrcPort]++
	}
	if c.opened(r) {
		c.outbound[Port{r.DstPort, r.Protocol}]++
	}
}

// opened reports whether a record, whose source is ours, is one of a connection
// that we opened outbound.
func (c *Counter) opened(r *flowlog.Record) bool {
	switch {
	case !r.Has(flowlog.FieldDstAddr) || c.ours(r.DstAddr),
		!r.Has(flowlog.FieldDstPort) || !r.Has(flowlog.FieldProtocol),
		c.action && r.Action != flowlog.Accept,
		c.direction && r.FlowDirection != flowlog.Egress:
		return false
	case c.flags && r.Protocol == flowlog.TCP:
		return r.Has(flowlog.FieldTCPFlags) && r.TCPFlags&(flowlog.SYN|flowlog.ACK) == flowlog.SYN
	}
	return r.Has(flowlog.FieldSrcPort) && r.DstPort > 0 && r.DstPort <= r.SrcPort
}

// ours reports whether an address is in one of the CIDRs.
func (c *Counter) ours(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range c.cidrs {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Merge adds what other has counted.
func (c *Counter) Merge(other *Counter) {
	for port, n := range other.source {
		c.source[port] += n
	}
	for p, n := range other.outbound {
		c.outbound[p] += n
	}
}

// Source returns the source ports of our addresses, the most frequent first and
// equals by number, at most n of them; n of 0 is all.
func (c *Counter) Source(n int) []SourceCount {
	all := []SourceCount{}
	for port, count := range c.source {
		if count > 0 {
			all = append(all, SourceCount{uint16(port), count})
		}
	}
	slices.SortStableFunc(all, func(a, b SourceCount) int { return cmp.Compare(b.Count, a.Count) })
	return first(all, n)
}

// Outbound returns the ports that we open outbound, the most frequent first and
// equals by port and protocol, at most n of them; n of 0 is all.
func (c *Counter) Outbound(n int) []OutboundCount {
	all := []OutboundCount{}
	for p, n := range c.outbound {
		all = append(all, OutboundCount{p, n})
	}
	slices.SortFunc(all, func(a, b OutboundCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Port.Port, b.Port.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	return first(all, n)
}

// Equal reports whether both have counted the same.
func (c *Counter) Equal(other *Counter) bool {
	return c.source == other.source && maps.Equal(c.outbound, other.outbound)
}

func first[T any](all []T, n int) []T {
	if n > 0 && len(all) > n {
		return all[:n]
	}
	return all
}
