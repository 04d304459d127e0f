package answer

import (
	"net/netip"
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

// Fields are the fields that a Counter looks at, for readers that can leave out
// the others.
var Fields = flowlog.FieldSetOf(
	flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol,
	flowlog.FieldAction, flowlog.FieldTCPFlags, flowlog.FieldFlowDirection, flowlog.FieldLogStatus,
	flowlog.FieldPackets, flowlog.FieldBytes, flowlog.FieldStart, flowlog.FieldEnd,
	flowlog.FieldInterfaceID, flowlog.FieldInstanceID, flowlog.FieldInterfaceType,
	flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr, flowlog.FieldTGWID, flowlog.FieldResourceType,
)

// A Counter counts records in constant memory. It is not safe for concurrent
// use; give each goroutine a Counter and Merge them.
//
// Records of the same flow in the same hour are first added up in a cache, and
// go from there to the groups when the place in the cache is needed.
type Counter struct {
	options   Options
	classify  traffic.Classifier
	direction traffic.Direction // that is asked for

	source     [1 << 16]int64              // records by source port, of our addresses
	directions [traffic.External + 1]int64 // flows
	evidence   [traffic.TCPFlags + 1]int64 // counted records
	first      int64                       // the earliest start of a flow, in Unix seconds; 0 if not known
	last       int64                       // the latest end
	cache      []leaf
	groups     groupsOf
}

// cacheSize is the number of places in the cache. It is a power of two, and the
// cache has some 4 MB.
const cacheSize = 1 << 14

// NewCounter returns a Counter.
func NewCounter(o *Options) *Counter {
	c := &Counter{options: *o, direction: directions[o.Question], cache: make([]leaf, cacheSize)}
	if len(o.CIDRs) > 0 {
		c.classify.Ours = traffic.NewNetworks(o.CIDRs...)
	}
	c.groups = newGroups(&c.options)
	return c
}

// Add counts a record. It keeps none of its text.
func (c *Counter) Add(r *flowlog.Record) {
	f, ok := c.classify.Classify(r)
	if !ok {
		return
	}
	start := seconds(r.Start)
	if !c.within(start) {
		return
	}
	if start != 0 && (c.first == 0 || start < c.first) {
		c.first = start
	}
	if end := seconds(r.End); end > c.last {
		c.last = end
	}
	c.directions[f.Direction]++
	if c.fromUs(r, f) && r.Has(flowlog.FieldSrcPort) {
		c.source[r.SrcPort]++
	}
	rejected := r.Action == flowlog.Reject
	if f.Direction != c.direction && !rejected {
		return
	}
	l := c.leaf(r, f, hourOf(start))
	if rejected {
		l.rejected++
	} else if r.Action == flowlog.Accept {
		l.accepted++
	}
	if rejected != c.options.Rejected || !rejected && r.Action != flowlog.Accept && r.Has(flowlog.FieldAction) {
		return
	}
	l.total.Records++
	l.total.Packets += r.Packets
	l.total.Bytes += r.Bytes
	if start != 0 && (l.first == 0 || start < l.first) {
		l.first = start
	}
	if end := seconds(r.End); end > l.last {
		l.last = end
	}
	if !traffic.Opened(r, f) {
		return
	}
	l.total.Count++
	l.evidence |= 1 << f.Evidence
	if f.Opening {
		l.total.Connections++
	}
	if f.Direction == c.direction {
		c.evidence[f.Evidence]++
	}
}

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
	o.flush()
	c.flush()
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
	if c.groups.members == 0 && len(c.groups.rows) == 0 && c.groups.rest == (Total{}) {
		c.groups, o.groups = o.groups, newGroups(&o.options) // as most Counters are merged into an empty one
		c.groups.options = &c.options
		return
	}
	c.groups.merge(&o.groups)
	o.groups = newGroups(&o.options)
}

// flush empties the cache.
func (c *Counter) flush() {
	for i := range c.cache {
		if l := &c.cache[i]; l.used {
			c.groups.add(l)
			*l = leaf{}
		}
	}
}

// flows returns the number of flows, and of those without an address of ours.
func (c *Counter) flows() (all, noSide int64) {
	for _, n := range c.directions {
		all += n
	}
	return all, c.directions[traffic.External] + c.directions[traffic.DirectionUnknown]
}
