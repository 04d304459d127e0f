package answer

import (
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Options say what is asked. The zero Options ask which ports we open outbound.
type Options struct {
	Question Question
	Rejected bool           // ask for rejected records, not for accepted ones
	By       By             // group the rows by this too
	CIDRs    []netip.Prefix // our addresses; none: private ones, and those that flow-direction shows
	Names    *Names         // nil: no names
	Since    time.Time      // only records that start then or later
	Until    time.Time      // only records that start earlier
	bounds   *bounds        // nil: the default ones; tests have lower ones
}

// Fields returns the fields that a Counter looks at, for readers that can leave out the
// others.
func (o *Options) Fields() flowlog.FieldSet {
	// By the last two a record shows to be of a transit gateway.
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

// Sources returns prefixes that hold the source of every record that a Counter counts, for
// readers that can leave out the others. It returns nil if there are none for records of
// the format.
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
		if p.Addr().Is4() { // as addresses mapped into IPv6
			all = append(all, netip.PrefixFrom(netip.AddrFrom16(p.Addr().As16()), p.Bits()+96))
		}
	}
	return all
}

// A Counter counts records in bounded memory. It is not safe for concurrent
// use; give each goroutine a Counter and Merge them.
type Counter struct {
	options   Options
	classify  traffic.Classifier
	direction traffic.Direction // that is asked for

	source     [1 << 16]int64              // records by source port, of our addresses
	directions [traffic.External + 1]int64 // flows
	evidence   [traffic.TCPFlags + 1]int64 // counted records
	first      int64                       // the earliest start of a flow, in Unix seconds; 0 if not known
	last       int64                       // the latest end
	groups     groupsOf
	events     [64]event // not counted in groups yet
	pending    int       // how many
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

// Add counts a record. It keeps none of its text.
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

// AddOurs is Add for the question SourcePorts and a record whose source is known to be
// ours, as it is with a reader that leaves out others by Options.Sources.
func (c *Counter) AddOurs(r *flowlog.Record) {
	if r.Has(flowlog.FieldSrcPort) && (r.LogStatus == flowlog.OK || r.HasFlow()) && c.within(seconds(r.Start)) {
		c.source[r.SrcPort]++
	}
}

// asked counts a flow in the direction that is asked for, or a rejected one of any.
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

// flush counts the events that are pending.
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

// inTheMiddle reports whether a record shows that its interface is neither end
// of the connection: a NAT gateway, or one whose addresses are not those of the
// packets.
func inTheMiddle(r *flowlog.Record) bool {
	return r.InterfaceType == natGateway ||
		r.Has(flowlog.FieldPktSrcAddr) && r.Has(flowlog.FieldSrcAddr) && r.PktSrcAddr != r.SrcAddr ||
		r.Has(flowlog.FieldPktDstAddr) && r.Has(flowlog.FieldDstAddr) && r.PktDstAddr != r.DstAddr
}

// natGateway is the type of the interface of a NAT gateway.
const natGateway = "nat_gateway"

// within reports whether a start is in the time asked for. An unknown one is.
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

// hourOf returns the hours since 1970, 0 if the time is not known.
func hourOf(seconds int64) int32 { return int32(seconds / 3600) }

// Merge adds what o has counted, and leaves o empty. Both have the same
// Options.
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

// flows returns the number of flows, and of those without an address of ours.
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
