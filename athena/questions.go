package athena

import (
	"net/netip"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// questions are all questions in the order in which Queries returns them: the
// article's, the one behind it, our own, and AWS's sixteen under AWS's names.
// AWS publishes what those ask, not their SQL; see
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-run-athena-query.html.
var questions = []question{
	{"SourcePorts", []flowlog.Field{flowlog.FieldSrcPort}, (*asker).sourcePorts},
	{"OutboundPorts", []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol}, (*asker).outboundPorts},
}

// sourcePorts is the article's question.
func (q *asker) sourcePorts() Query {
	where := append(q.bounds(), q.present(flowlog.FieldSrcPort)...)
	if len(q.CIDRs) > 0 {
		if !q.has(flowlog.FieldSrcAddr) {
			q.missing = true
			return Query{}
		}
		where = append(where, q.in(q.CIDRs, flowlog.FieldSrcAddr))
	}
	return Query{
		Description: "The source ports with the most flows, as the article asks.",
		SQL:         q.grouped(q.colsOf(flowlog.FieldSrcPort), []string{"count(*) AS " + sqlIdent("cnt")}, where, sqlIdent("cnt")),
	}
}

// private are the addresses that are ours when nobody says which are: those of
// RFC 1918, RFC 6598 and RFC 4193.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("fc00::/7"),
}

// outboundPorts is the question behind the article's: which ports do we open
// outbound? A flow answers it if it was accepted, leaves us, and was opened by
// us rather than being the answer to what others opened.
func (q *asker) outboundPorts() Query {
	const open = "The destination ports of connections that our side opens to others. "
	var how []string
	where := q.bounds()
	vpc := true
	for _, col := range q.columns {
		vpc = vpc && (col.field == 0 || col.field.VPC())
	}
	directed := vpc && q.has(flowlog.FieldFlowDirection)
	if directed {
		where = append(where, q.col(flowlog.FieldFlowDirection)+" = 'egress'")
		how = append(how, "flow-direction is egress")
	}
	ours, name := q.CIDRs, "the given CIDRs"
	if len(ours) == 0 {
		ours, name = private, "the private ranges"
	}
	if !directed || len(q.CIDRs) > 0 {
		where = append(where, q.in(ours, flowlog.FieldSrcAddr), "NOT "+q.in(ours, flowlog.FieldDstAddr))
		how = append(how, "the source is in "+name+" and the destination is not")
	}
	if q.has(flowlog.FieldAction) {
		where = append(where, q.col(flowlog.FieldAction)+" = 'ACCEPT'")
	}
	src, dst := q.col(flowlog.FieldSrcPort), q.col(flowlog.FieldDstPort)
	where = append(where, dst+" > 0")
	lower := dst + " <= " + src
	if vpc && q.has(flowlog.FieldTCPFlags) {
		flags := q.col(flowlog.FieldTCPFlags)
		proto := q.col(flowlog.FieldProtocol)
		// SYN (2) without the ACK (16) of an answer: only who opens sends it.
		where = append(where, "(("+proto+" = 6 AND bitwise_and("+flags+", 18) = 2) OR ("+proto+" <> 6 AND "+lower+"))")
		how = append(how, "a TCP flow counts where it began, with SYN but no SYN-ACK among its tcp-flags; any other where the destination port is not above the source port, because clients use high ports")
	} else {
		where = append(where, lower)
		how = append(how, "a flow is taken as opened by its source where the destination port is not above the source port, because clients use high ports; the format has no tcp-flags that would say it")
	}
	return Query{
		Description: open + "Inferred: " + strings.Join(how, "; ") + ". Flows without ports, such as ICMP, are left out.",
		SQL: q.grouped(q.colsOf(flowlog.FieldDstPort, flowlog.FieldProtocol), []string{"count(*) AS " + sqlIdent("cnt")},
			where, sqlIdent("cnt")),
	}
}
