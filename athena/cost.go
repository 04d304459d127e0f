package athena

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Zone is an Availability Zone and its subnets, for CrossZoneBytes.
type Zone struct {
	ID      string // such as use1-az1: letters, digits and hyphens
	Subnets []netip.Prefix
}

var zoneID = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{0,63}$`)

// checkZones checks that each zone and each subnet is there once.
func checkZones(zones []Zone) error {
	seen := make(map[string]bool, len(zones))
	var subnets []netip.Prefix
	for _, z := range zones {
		if !zoneID.MatchString(z.ID) {
			return broken(ErrQuery, "zone", z.ID, "must be up to 64 letters, digits and hyphens")
		}
		if seen[z.ID] {
			return broken(ErrQuery, "zone", z.ID, "must not be given twice: list all its subnets in one")
		}
		seen[z.ID] = true
		if len(z.Subnets) == 0 {
			return broken(ErrQuery, "zone", z.ID, "must have a subnet")
		}
		for _, s := range z.Subnets {
			p, ok := unmap(s)
			if !ok {
				return broken(ErrQuery, "subnet", s.String(), "must be an IPv4 or IPv6 prefix")
			}
			for _, other := range subnets {
				if p.Overlaps(other) {
					return broken(ErrQuery, "subnet", s.String(), "must not overlap with subnet "+other.String())
				}
			}
			subnets = append(subnets, p)
		}
	}
	return nil
}

// sent returns the condition that a flow is logged by its sender's interface,
// and what it means. Within a VPC the receiver's interface logs it again.
func (q *asker) sent() (conditions []string, note string) {
	if q.vpc() && q.has(flowlog.FieldFlowDirection) {
		return []string{q.equals(flowlog.FieldFlowDirection, string(flowlog.Egress))}, " Each flow counts once, where it leaves an interface."
	}
	if !q.vpc() {
		return nil, ""
	}
	return nil, " Without flow-direction a flow between two interfaces that are both logged counts twice."
}

// crossZone asks what AWS bills as data transfer between Availability Zones:
// by the caller's zones, or by the fields that name them.
func (q *asker) crossZone() string {
	conditions, note := q.sent()
	where := append(append(q.bounds(), q.ours()...), conditions...)
	var from, to string
	switch {
	case len(q.params.Zones) > 0 && q.has(addresses...):
		from, to = q.zone(flowlog.FieldSrcAddr), q.zone(flowlog.FieldDstAddr)
	case q.has(flowlog.FieldAZID, flowlog.FieldNextHopAZID):
		from, to = orNull(q.col(flowlog.FieldAZID)), orNull(q.col(flowlog.FieldNextHopAZID))
	case q.has(flowlog.FieldTGWSrcAZID, flowlog.FieldTGWDstAZID):
		from, to = orNull(q.col(flowlog.FieldTGWSrcAZID)), orNull(q.col(flowlog.FieldTGWDstAZID))
	default:
		q.missing = true
		return ""
	}
	q.note = "AWS bills data transfer between zones in both directions." + note
	return q.derived([]string{from, to}, []string{"from_zone", "to_zone"}, where, `"from_zone" <> "to_zone"`)
}

// derived is the common question about expressions under names of their own.
func (q *asker) derived(exprs, names, where []string, outer ...string) string {
	columns, by := make([]string, len(exprs)), make([]string, len(exprs))
	for i, e := range exprs {
		columns[i], by[i] = alias(e, names[i]), sqlIdent(names[i])
		outer = append(outer, by[i]+" IS NOT NULL")
	}
	for _, f := range []flowlog.Field{flowlog.FieldPackets, flowlog.FieldBytes} {
		if q.has(f) {
			columns = append(columns, q.col(f))
		}
	}
	lines := append([]string{"SELECT " + join(columns), "FROM " + q.from()}, conditions(where)...)
	return q.groupedFrom("(\n"+strings.Join(lines, "\n")+"\n)", by, q.totals(), outer, q.most())
}

// zone returns the caller's zone of an address, NULL if it has none.
func (q *asker) zone(f flowlog.Field) string {
	var s strings.Builder
	s.WriteString("CASE")
	for _, z := range q.params.Zones {
		s.WriteString(" WHEN " + q.in(z.Subnets, f) + " THEN " + sqlString(z.ID))
	}
	return s.String() + " END"
}

// nat asks what AWS bills as data processed by NAT gateways. In the records of
// a gateway's interface, both ends are ours, and one of the packet's is not.
func (q *asker) nat() string {
	ours := q.params.CIDRs
	if len(ours) == 0 {
		ours = private
	}
	src, dst, pktSrc, pktDst := flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr
	where := append(q.bounds(), q.in(ours, src), q.in(ours, dst))
	sent, received := "NOT "+q.in(ours, pktDst), "NOT "+q.in(ours, pktSrc)
	q.note = "AWS bills the bytes that a NAT gateway processes, in both directions. They are counted in the records of the gateways' interfaces, where both addresses are ours and one of the packet's is not. Other appliances that translate addresses look the same."
	return q.derived([]string{"CASE WHEN " + sent + " THEN " + q.col(src) + " WHEN " + received + " THEN " + q.col(dst) + " END"}, []string{"inside"}, where)
}

// gatewayEndpoint asks for traffic that a gateway endpoint would carry free of
// charge.
func (q *asker) gatewayEndpoint() string {
	q.note = "A gateway endpoint carries them without the price of data processing. traffic-path is 1 through a resource in the VPC such as a NAT gateway, 8 through an internet gateway, and 2 through an internet gateway or an endpoint (instances not built on Nitro)."
	return q.groups([]string{q.col(flowlog.FieldPktDstAWSService) + " IN ('S3', 'DYNAMODB')", q.col(flowlog.FieldTrafficPath) + " IN (1, 2, 8)"},
		flowlog.FieldSrcAddr, flowlog.FieldPktDstAWSService, flowlog.FieldTrafficPath)
}

// tagFields are the fields that hold the value of a tag.
var tagFields = []flowlog.Field{flowlog.FieldInstanceTag, flowlog.FieldInstanceTag2, flowlog.FieldInterfaceTag,
	flowlog.FieldInterfaceTag2, flowlog.FieldASGTag, flowlog.FieldASGTag2}

// byTag asks for bytes by the values of tags, each tag field apart.
func (q *asker) byTag() string {
	var names, values []string
	for _, f := range tagFields {
		if q.has(f) {
			names, values = append(names, f.String()), append(values, q.col(f))
		}
	}
	if len(names) == 0 {
		q.missing = true
		return ""
	}
	from := q.from() + "\nCROSS JOIN " + q.sql().pairs(names, values)
	where := append(append(q.bounds(), q.ours()...), `"tag"."value" NOT IN ('-', '')`)
	q.note = "The answer shows which owner causes which part of the cost of traffic. A flow counts once for each tag field. Values are percent-encoded; url_decode decodes them."
	return q.groupedFrom(from, []string{`"tag"."field"`, `"tag"."value"`}, q.totals(), where, q.most())
}

// by asks for bytes by fields. The format must have the last one; the others are
// used if it has them.
func by(note string, fields ...flowlog.Field) func(*asker) string {
	return func(q *asker) string {
		var present []flowlog.Field
		for _, f := range fields {
			if q.has(f) {
				present = append(present, f)
			}
		}
		q.note = note
		return q.groups(nil, present...)
	}
}

// perHour asks for the bytes of each hour. Unlike other answers this one is in
// the order of time, and its last hours are what the limit leaves.
func (q *asker) perHour() string {
	start := q.col(flowlog.FieldStart)
	if !q.table.table.iceberg() {
		start = q.sql().timestamp(start)
	}
	q.note = "The hour is that of the start of the flow, in UTC. The latest hours come first."
	sql := q.derived([]string{"date_trunc('hour', " + start + ")"}, []string{"hour"}, append(q.bounds(), q.ours()...))
	return strings.Replace(sql, "ORDER BY "+q.most()+" DESC, "+`"hour"`, `ORDER BY "hour" DESC`, 1)
}

// lost asks for the packets that a transit gateway dropped, by reason.
func (q *asker) lost() string {
	var totals, sum []string
	for _, r := range []struct {
		field flowlog.Field
		name  string
	}{
		{flowlog.FieldPacketsLostNoRoute, "no_route"}, {flowlog.FieldPacketsLostBlackhole, "blackhole"},
		{flowlog.FieldPacketsLostMTUExceeded, "mtu_exceeded"}, {flowlog.FieldPacketsLostTTLExpired, "ttl_expired"},
	} {
		if q.has(r.field) {
			s := "COALESCE(sum(" + q.col(r.field) + "), 0)"
			totals, sum = append(totals, alias(s, r.name)), append(sum, s)
		}
	}
	if len(sum) == 0 {
		q.missing = true
		return ""
	}
	all := strings.Join(sum, " + ")
	by := []flowlog.Field{flowlog.FieldTGWAttachmentID}
	where := append(append(q.bounds(), q.ours()...), q.present(by...)...)
	return q.grouped(q.cols(by...), append(totals, alias(all, "lost")), where, sqlIdent("lost"), "HAVING "+all+" > 0")
}
