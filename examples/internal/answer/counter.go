package answer

import (
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Options are the question. The zero Options ask which ports we open outbound.
type Options struct {
	Question Question
	Rejected bool           // count rejected records instead of accepted ones
	By       By             // group the rows by this, too
	CIDRs    []netip.Prefix // our addresses; if empty, private addresses and those that flow-direction shows
	Names    *Names         // may be nil
	Since    time.Time      // count only records that start at this time or later
	Until    time.Time      // count only records that start before this time
	bounds   *bounds        // the default if nil; lower in tests
}

// Fields returns the fields that a Counter uses, for readers that can skip the
// others.
func (o *Options) Fields() flowlog.FieldSet {
	// The last two tell records of transit gateways.
	fields := flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldSrcPort, flowlog.FieldFlowDirection, flowlog.FieldLogStatus,
		flowlog.FieldTGWID, flowlog.FieldResourceType)
	if o.Question == SourcePorts {
		if !o.Since.IsZero() || !o.Until.IsZero() {
			fields = fields.With(flowlog.FieldStart)
		}
		return fields
	}
	return fields.Union(flowlog.FieldSetOf(
		flowlog.FieldDstAddr, flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldAction, flowlog.FieldTCPFlags,
		flowlog.FieldPackets, flowlog.FieldBytes, flowlog.FieldStart, flowlog.FieldEnd,
		flowlog.FieldInterfaceID, flowlog.FieldInstanceID, flowlog.FieldInterfaceType,
		flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr,
	))
}

// Sources returns prefixes that contain the source of every record that a Counter
// counts, for readers that can skip other records. It returns nil if there are no
// such prefixes for the format.
func (o *Options) Sources(f *flowlog.Format) []netip.Prefix {
	if o.Question != SourcePorts || len(o.CIDRs) == 0 && slices.Contains(f.Fields(), flowlog.FieldFlowDirection) {
		return nil
	}
	ours := o.CIDRs
	if len(ours) == 0 {
		for p := range traffic.Private().All() {
			ours = append(ours, p)
		}
	}
	all := slices.Clone(ours)
	for _, p := range ours {
		if p.Addr().Is4() { // the same as IPv4-mapped IPv6
			all = append(all, netip.PrefixFrom(netip.AddrFrom16(p.Addr().As16()), p.Bits()+96))
		}
	}
	return all
}

// A Counter counts records in bounded memory. It is not safe for concurrent use: use
// one for each goroutine, and Merge them.
type Counter struct {
	options   Options
	classify  traffic.Classifier
	direction traffic.Direction // of the question

	source     [1 << 16]int64              // records of our addresses, by source port
	directions [traffic.External + 1]int64 // flows, by direction
	evidence   [1 << 8]int64               // counted records, by evidence
	first      int64                       // the earliest start of a flow, in Unix seconds; 0 if unknown
	last       int64                       // the latest end
	groups     groupsOf
	events     [64]event // not added to groups yet
	pending    int       // number of events
}

// NewCounter returns a Counter.
func NewCounter(o *Options) *Counter {
	c := &Counter{options: *o, direction: directions[o.Question]}
	if len(o.CIDRs) > 0 {
		c.classify.Ours = traffic.NewNetworks(o.CIDRs...)
	}
	c.groups = newGroups(&c.options)
	return c
}

// Add counts a record. It does not keep its text.
func (c *Counter) Add(r *flowlog.Record) {
	if c.options.Question == SourcePorts {
		c.addSource(r)
		return
	}
	f, ok := c.classify.Classify(r)
	if !ok {
		return
	}
	start, end := seconds(r.Start), seconds(r.End)
	if !c.within(start) {
		return
	}
	if start != 0 && (c.first == 0 || start < c.first) {
		c.first = start
	}
	c.last = max(c.last, end)
	c.directions[f.Direction]++
	if c.fromUs(r, f) && r.Has(flowlog.FieldSrcPort) {
		c.source[r.SrcPort]++
	}
	if f.Direction == c.direction || r.Action == flowlog.Reject {
		c.asked(r, f, start, end)
	}
}

// addSource is Add for the question SourcePorts.
func (c *Counter) addSource(r *flowlog.Record) {
	if src, _ := c.classify.Sides(r); src {
		c.AddOurs(r)
	}
}

// AddOurs is Add for the question SourcePorts and a record whose source is ours. A
// reader with Options.Sources returns only such records.
func (c *Counter) AddOurs(r *flowlog.Record) {
	if r.Has(flowlog.FieldSrcPort) && (r.LogStatus == flowlog.OK || r.HasFlow()) && c.within(seconds(r.Start)) {
		c.source[r.SrcPort]++
	}
}

// asked counts a flow in the direction of the question, or a rejected flow in any
// direction.
func (c *Counter) asked(r *flowlog.Record, f traffic.Flow, start, end int64) {
	if c.pending == len(c.events) {
		c.flush()
	}
	e := &c.events[c.pending]
	c.pending++
	*e = event{
		client: f.Client, server: f.Server, service: serviceID(f.Service()), hour: hourOf(start), start: start, end: end,
		asked: f.Direction == c.direction, accepted: toInt(r.Action == flowlog.Accept), rejected: toInt(r.Action == flowlog.Reject),
	}
	if !e.asked {
		return
	}
	g := &c.groups
	if inTheMiddle(r) && r.InterfaceID != "" {
		g.inTheMiddle(r.InterfaceID)
	}
	m := machine{r.InterfaceID, r.InstanceID}
	e.machine = g.machine(m)
	switch c.options.By {
	case Interface:
		e.by = g.machine(machine{iface: m.iface})
	case Instance:
		e.by = g.machine(machine{instance: g.instanceOf(m)})
	case HourOf:
		e.by = uint32(e.hour)
	}
	if rejected := e.rejected != 0; rejected != c.options.Rejected || !rejected && e.accepted == 0 && r.Has(flowlog.FieldAction) {
		return
	}
	e.total = Total{Records: 1, Packets: r.Packets, Bytes: r.Bytes}
	if !traffic.Opened(r, f) {
		return
	}
	e.total.Count, e.total.Connections = 1, toInt(f.Opening)
	e.evidence = 1 << f.Evidence
	c.evidence[f.Evidence]++
}

// flush adds the pending events to groups.
func (c *Counter) flush() {
	c.groups.add(c.events[:c.pending])
	c.pending = 0
}

// toInt returns 1 for true.
func toInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// inTheMiddle reports whether the interface of a record is not an end of the
// connection. It is a NAT gateway, or its addresses are not those of the packets.
func inTheMiddle(r *flowlog.Record) bool {
	return r.InterfaceType == natGateway ||
		r.Has(flowlog.FieldPktSrcAddr) && r.Has(flowlog.FieldSrcAddr) && r.PktSrcAddr != r.SrcAddr ||
		r.Has(flowlog.FieldPktDstAddr) && r.Has(flowlog.FieldDstAddr) && r.PktDstAddr != r.DstAddr
}

// natGateway is the interface type of a NAT gateway.
const natGateway = "nat_gateway"

// within reports whether a start is in the selected time, or unknown.
func (c *Counter) within(start int64) bool {
	if start == 0 {
		return true
	}
	o := &c.options
	return (o.Since.IsZero() || start >= o.Since.Unix()) && (o.Until.IsZero() || start < o.Until.Unix())
}

// fromUs reports whether the source of a record is ours.
func (c *Counter) fromUs(r *flowlog.Record, f traffic.Flow) bool {
	switch f.Direction {
	case traffic.Internal:
		return true
	case traffic.Outbound:
		return f.FromClient
	case traffic.Inbound:
		return !f.FromClient
	case traffic.DirectionUnknown:
		src, _ := c.classify.Sides(r)
		return src
	}
	return false
}

// seconds returns a timestamp in Unix seconds, at most the end of the year 9999:
// JSON has no later times.
func seconds(t flowlog.Timestamp) int64 {
	if t >= 100_000_000_000 { // milliseconds, as in flowlog.Timestamp.Time
		return min(int64(t)/1000, 253_402_300_799)
	}
	return int64(t)
}

// hourOf returns the hours since 1970, or 0 if the time is unknown.
func hourOf(seconds int64) int32 { return int32(seconds / 3600) }

// Merge adds the counts of o, and empties o. Both must have the same Options.
func (c *Counter) Merge(o *Counter) {
	c.flush()
	o.flush()
	for port, n := range o.source {
		c.source[port] += n
	}
	for d, n := range o.directions {
		c.directions[d] += n
	}
	for e, n := range o.evidence {
		c.evidence[e] += n
	}
	if o.first != 0 && (c.first == 0 || o.first < c.first) {
		c.first = o.first
	}
	c.last = max(c.last, o.last)
	if c.groups.rowIDs.len() == 0 && c.groups.members == 0 && len(c.groups.hours) == 0 {
		// Most Counters are merged into an empty one.
		c.groups, o.groups = o.groups, newGroups(&o.options)
		c.groups.options = &c.options
		return
	}
	c.groups.merge(&o.groups)
	o.groups = newGroups(&o.options)
}

// flows returns the number of flows, and the number without an address of ours.
func (c *Counter) flows() (all, noSide int64) {
	if c.options.Question == SourcePorts {
		for _, n := range c.source {
			all += n
		}
		return all, 0
	}
	for _, n := range c.directions {
		all += n
	}
	return all, c.directions[traffic.External] + c.directions[traffic.DirectionUnknown]
}
