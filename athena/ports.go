package athena

import (
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The questions about ports follow the rule of package flowlog/traffic, which answers
// the same questions without Athena. A test compares the two.

// vpc reports whether the log may be that of a VPC: no field says otherwise.
func (q *asker) vpc() bool {
	for _, col := range q.table.columns {
		if col.field != 0 && !col.field.VPC() {
			return false
		}
	}
	return true
}

// opened returns the conditions for a flow whose source is the client, and which opens
// the connection if the record has the flags to show it. It also returns sentences that
// say how that is known. Only the client sends SYN (2) without the ACK (16) of an answer.
// For other flows with ports, the lower port is the server's; if both are equal, it is
// the destination's. Protocols without ports have two ports of 0. A transit gateway
// reports every ACK, so its flags show nothing.
func (q *asker) opened() (conditions []string, how string) {
	src, dst, proto := q.col(flowlog.FieldSrcPort), q.col(flowlog.FieldDstPort), q.col(flowlog.FieldProtocol)
	s := q.present(flowlog.FieldDstPort, flowlog.FieldProtocol)
	if q.has(flowlog.FieldLogStatus) {
		s = append(s, "COALESCE("+q.col(flowlog.FieldLogStatus)+", '') NOT IN ("+sqlStrings([]string{string(flowlog.NoData), string(flowlog.SkipData)})+")")
	}
	byPorts := dst + " <= COALESCE(" + src + ", " + dst + ")"
	if !q.vpc() || !q.has(flowlog.FieldTCPFlags) {
		return append(s, byPorts), "The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none."
	}
	flags := q.col(flowlog.FieldTCPFlags)
	return append(s, "(("+proto+" = 6 AND "+q.sql().bits(flags, 18)+" = 2) OR (("+proto+" <> 6 OR "+flags+" IS NULL) AND "+byPorts+"))"),
		"A TCP flow opens a connection if its tcp-flags show SYN without ACK. For other flows, and TCP without flags, the client is the end with the higher port, or the source if the ports are equal or the protocol has none."
}

// accepted returns the condition that a flow was not rejected, if the format
// can say so.
func (q *asker) accepted() []string {
	if !q.has(flowlog.FieldAction) {
		return nil
	}
	return []string{"COALESCE(" + orNull(q.col(flowlog.FieldAction)) + ", 'ACCEPT') = 'ACCEPT'"}
}

// leaving returns the conditions that the source of a flow is ours and the
// destination is not, and whose addresses are ours.
func (q *asker) leaving() (conditions []string, whose string) {
	src, dst := flowlog.FieldSrcAddr, flowlog.FieldDstAddr
	if len(q.params.CIDRs) > 0 {
		return []string{q.in(q.params.CIDRs, src), "NOT " + q.in(q.params.CIDRs, dst)}, "those in the given CIDRs"
	}
	from, to := q.in(private, src), q.in(private, dst)
	// In the logs of a transit gateway the direction is the gateway's, not ours.
	if !q.vpc() || !q.has(flowlog.FieldFlowDirection) {
		return []string{from, "NOT " + to}, "the private ones"
	}
	own := func(d flowlog.FlowDirection) string {
		return "COALESCE(" + q.col(flowlog.FieldFlowDirection) + ", '') = " + sqlString(string(d))
	}
	return []string{q.address(src) + " IS NOT NULL", anyOf(from, own(flowlog.Egress)), "NOT " + anyOf(to, own(flowlog.Ingress))},
		"the private ones and those that flow-direction shows to be the interface's own"
}

// outboundPorts is what the article wants to know: which ports do we open
// outbound?
func (q *asker) outboundPorts() string {
	leaving, whose := q.leaving()
	opened, known := q.opened()
	where := append(append(append(q.bounds(), leaving...), q.accepted()...), opened...)
	q.note = "Our addresses are " + whose + ". " + known + " Protocols without ports, such as ICMP, have port 0."
	return q.grouped(q.cols(flowlog.FieldDstPort, flowlog.FieldProtocol), []string{alias("count(*)", "cnt")}, where, sqlIdent("cnt"))
}

// portScans asks for sources that try many ports.
func (q *asker) portScans() string {
	ports := q.params.Ports
	if ports == 0 {
		ports = defaultPorts
	}
	opened, known := q.opened()
	where := append(append(q.bounds(), q.ours()...), opened...)
	where = append(where, q.present(addresses...)...)
	tried := "count(DISTINCT " + q.col(flowlog.FieldDstPort) + ")"
	totals := []string{alias(tried, "ports"), alias("count(*)", "flows")}
	if q.has(flowlog.FieldAction) {
		totals = append(totals, alias("count_if("+q.equals(flowlog.FieldAction, string(flowlog.Reject))+")", "rejected"))
	}
	q.note = "Many means at least " + strconv.Itoa(ports) + " different ports. " + known
	return q.grouped(q.cols(addresses...), totals, where, sqlIdent("ports"), "HAVING "+tried+" >= "+strconv.Itoa(ports))
}

// since returns when something is new, as Unix seconds in SQL and in words.
func (q *asker) since() (unix, day string) {
	at := q.params.Since
	if at.IsZero() && !q.params.To.IsZero() {
		at = q.params.To.Add(-newFor)
	}
	if at.IsZero() {
		return q.sql().weekAgo, "in the seven days before the query runs"
	}
	return seconds(at), at.UTC().Format("since 2006-01-02 15:04 MST")
}

// newFor is how long something is new by default.
const newFor = 7 * 24 * time.Hour

// first asks for groups of opened connections whose first flow is new, compared with
// the time from Params.From to Since. more are further conditions.
func (q *asker) first(more []string, by ...flowlog.Field) string {
	since, day := q.since()
	opened, known := q.opened()
	where := append(append(append(append(q.bounds(), q.ours()...), more...), opened...), q.accepted()...)
	var rest []flowlog.Field // opened has the others
	for _, f := range by {
		if f.Type() == flowlog.TypeString {
			rest = append(rest, f)
		}
	}
	where = append(where, q.present(rest...)...)
	first := "min(" + q.unix(flowlog.FieldStart) + ")"
	q.note += "New means first used " + day + ", within the time that is read. " + known
	return q.grouped(q.cols(by...), []string{alias(first, "first_start"), alias("count(*)", "flows")}, where, sqlIdent("flows"),
		"HAVING "+first+" >= "+since)
}

// newPorts asks for new destination ports, whoever uses them.
func (q *asker) newPorts() string {
	return q.first(nil, flowlog.FieldDstPort, flowlog.FieldProtocol)
}

// newDestinations asks for new addresses to which our side opens connections.
func (q *asker) newDestinations() string {
	leaving, whose := q.leaving()
	q.note = "Our addresses are " + whose + ". "
	return q.first(leaving, flowlog.FieldDstAddr)
}

// newInstancePorts asks for new ports to which an instance opens connections.
func (q *asker) newInstancePorts() string {
	leaving, whose := q.leaving()
	q.note = "Our addresses are " + whose + ". "
	return q.first(leaving, flowlog.FieldInstanceID, flowlog.FieldDstPort, flowlog.FieldProtocol)
}

// minCalls is how many intervals make a regular caller.
const minCalls = 10

// regularCallers asks for connections that are opened at even intervals, as
// programs do that call home.
func (q *asker) regularCallers() string {
	opened, known := q.opened()
	by := []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort, flowlog.FieldProtocol}
	where := append(append(append(q.bounds(), q.ours()...), opened...), q.present(addresses...)...)
	key := join(q.cols(by...))
	calls := []string{"(", "SELECT " + key + `, "at" - lag("at") OVER (PARTITION BY ` + key + ` ORDER BY "at") AS "gap"`,
		"FROM (", "SELECT DISTINCT " + alias(q.unix(flowlog.FieldStart), "at") + ", " + key, "FROM " + q.from()}
	calls = append(append(calls, conditions(where)...), ")", ")")
	q.note = "Programs that call home do this. Intervals are even if there are at least " + strconv.Itoa(minCalls) + " and their standard deviation is at most a tenth of their mean. Without tcp-flags a connection that stays open looks the same. " + known
	return q.groupedFrom(strings.Join(calls, "\n"), q.cols(by...),
		[]string{alias("count(*)", "intervals"), alias(`CAST(round(avg("gap")) AS bigint)`, "seconds")},
		[]string{`"gap" IS NOT NULL`}, sqlIdent("intervals"),
		"HAVING count(*) >= "+strconv.Itoa(minCalls)+` AND stddev_pop("gap") <= avg("gap") / 10`)
}
