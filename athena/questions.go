package athena

import (
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Question is a question that Queries can ask.
type Question struct {
	Name        string
	Description string          // the question in one sentence
	Fields      []flowlog.Field // without these it is not asked
}

// Questions returns all questions in the order of Queries. A table can answer those for
// which its format has the fields. BytesByTag also needs a field of a tag, LostPackets
// one of lost packets, VpcFlowLogsIPv4Traffic and VpcFlowLogsIPv6Traffic the field type
// or srcaddr, and CrossZoneBytes two fields of zones or Params.Zones. The caller owns the
// slice.
//
// The names that begin with VpcFlowLogs are AWS's; see
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-run-athena-query.html.
func Questions() []Question {
	all := make([]Question, len(questions))
	for i, q := range questions {
		all[i] = Question{q.name, q.asks, slices.Clone(q.needs)}
	}
	return all
}

// question is one row of the table below.
type question struct {
	name  string
	asks  string          // one sentence that ends in a question mark
	needs []flowlog.Field // without these it cannot be asked
	ask   func(*asker) (sql string)
}

// addresses, pktAddrs and flow are what most questions need.
var (
	addresses = []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr}
	pktAddrs  = []flowlog.Field{flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr}
	flow      = []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort, flowlog.FieldProtocol}
)

// questions are all questions in the order in which Queries returns them: the
// article's, OutboundPorts, the package's own, and AWS's sixteen under AWS's names.
// AWS publishes what those ask, not their SQL.
var questions = []question{
	{"SourcePorts", "Which source ports have the most flows?",
		[]flowlog.Field{flowlog.FieldSrcPort}, (*asker).sourcePorts},
	{"OutboundPorts", "To which ports of others does our side open the most connections?",
		append([]flowlog.Field{flowlog.FieldSrcPort}, flow...), (*asker).outboundPorts},
	{"RejectedPorts", "At which destination ports were the most flows rejected, and from how many sources?",
		[]flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldAction}, (*asker).rejectedPorts},
	{"TopTalkers", "Which conversations have the most bytes?",
		append([]flowlog.Field{flowlog.FieldBytes}, addresses...), (*asker).topTalkers},
	{"PortScans", "Which sources try many ports of one destination?",
		append([]flowlog.Field{flowlog.FieldSrcPort}, flow...), (*asker).portScans},
	{"NewPorts", "Which destination ports are new?",
		[]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldStart}, (*asker).newPorts},
	{"LogStatus", "How many records have data, how many say that there was none, and how many say that some were skipped?",
		[]flowlog.Field{flowlog.FieldLogStatus}, (*asker).logStatus},
	{"NewDestinations", "To which new addresses of others does our side open connections?",
		append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart}, flow...), (*asker).newDestinations},
	{"NewInstancePorts", "To which new ports of others do our instances open connections?",
		append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart, flowlog.FieldInstanceID}, flow...), (*asker).newInstancePorts},
	{"RegularCallers", "Which sources open connections to the same destination and port at even intervals?",
		append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart}, flow...), (*asker).regularCallers},
	{"BytesPerHour", "How many bytes does each hour have?",
		[]flowlog.Field{flowlog.FieldStart, flowlog.FieldBytes}, (*asker).perHour},
	{"CrossZoneBytes", "How many bytes go from one Availability Zone to another?",
		[]flowlog.Field{flowlog.FieldBytes}, (*asker).crossZone},
	{"NATBytes", "How many bytes does each of our addresses send and receive through NAT gateways?",
		append([]flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldBytes}, pktAddrs...), (*asker).nat},
	{"GatewayEndpointBytes", "How many bytes does each source send to S3 and DynamoDB through a NAT gateway or an internet gateway?",
		[]flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldPktDstAWSService, flowlog.FieldTrafficPath, flowlog.FieldBytes}, (*asker).gatewayEndpoint},
	{"BytesByTag", "How many bytes does each value of each tag have?",
		[]flowlog.Field{flowlog.FieldBytes}, (*asker).byTag},
	{"BytesByECSService", "How many bytes does each ECS service have?",
		[]flowlog.Field{flowlog.FieldECSServiceName, flowlog.FieldBytes}, by(
			"The answer shows which service causes which part of the cost of traffic.", flowlog.FieldECSClusterName, flowlog.FieldECSServiceName)},
	{"BytesByNextHop", "How many bytes does each next-hop interface have?",
		[]flowlog.Field{flowlog.FieldNextHopInterfaceID, flowlog.FieldBytes}, by(
			"AWS bills the bytes that NAT gateways, load balancers, endpoints and transit gateways process.",
			flowlog.FieldNextHopInterfaceType, flowlog.FieldNextHopInterfaceID)},
	{"BytesByPath", "How many bytes leave by each path?",
		[]flowlog.Field{flowlog.FieldTrafficPath, flowlog.FieldBytes}, by(
			"AWS's price of data transfer depends on the path. 1 is through another resource in the VPC, 2 through an internet gateway or a gateway endpoint, 3 a virtual private gateway, 4 peering in the Region, 5 peering across Regions, 7 a gateway endpoint, 8 an internet gateway.", flowlog.FieldTrafficPath)},
	{"RejectReasons", "Why was traffic rejected?",
		[]flowlog.Field{flowlog.FieldRejectReason}, by(
			"BPA is VPC Block Public Access, and EC is encryption controls. Security groups and network ACLs give no reason.", flowlog.FieldRejectReason)},
	{"LostPackets", "How many packets does each attachment of a transit gateway lose, and why?",
		[]flowlog.Field{flowlog.FieldTGWAttachmentID}, (*asker).lost},
	{"VpcFlowLogsAcceptedTraffic", "Which TCP connections did security groups and network ACLs allow?",
		append([]flowlog.Field{flowlog.FieldAction}, flow...), tcp(flowlog.Accept)},
	{"VpcFlowLogsAdminPortTraffic", "Which addresses send the most bytes from administrative ports?",
		[]flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldSrcPort, flowlog.FieldBytes}, (*asker).adminPorts},
	{"VpcFlowLogsIPv4Traffic", "How many flows, packets and bytes of IPv4 traffic are there?",
		[]flowlog.Field{flowlog.FieldBytes}, family("IPv4")},
	{"VpcFlowLogsIPv6Traffic", "How many flows, packets and bytes of IPv6 traffic are there?",
		[]flowlog.Field{flowlog.FieldBytes}, family("IPv6")},
	{"VpcFlowLogsRejectedTCPTraffic", "Which TCP connections did security groups or network ACLs reject?",
		append([]flowlog.Field{flowlog.FieldAction}, flow...), tcp(flowlog.Reject)},
	{"VpcFlowLogsRejectedTraffic", "Which traffic did security groups or network ACLs reject?",
		append([]flowlog.Field{flowlog.FieldAction}, flow...), (*asker).rejected},
	{"VpcFlowLogsSshRdpTraffic", "Which flows are from or to the ports of SSH and RDP, 22 and 3389?",
		append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldDstPort}, addresses...), (*asker).sshRDP},
	{"VpcFlowLogsTopTalkers", "Which addresses send and receive the most bytes?",
		append([]flowlog.Field{flowlog.FieldBytes}, addresses...), talkers(addresses)},
	{"VpcFlowLogsTopTalkersPacketLevel", "Which packet-level addresses send and receive the most bytes?",
		append([]flowlog.Field{flowlog.FieldBytes}, pktAddrs...), talkers(pktAddrs)},
	{"VpcFlowLogsTopTalkingInstances", "Which instances have the most bytes?",
		[]flowlog.Field{flowlog.FieldInstanceID, flowlog.FieldBytes}, by("", flowlog.FieldInstanceID)},
	{"VpcFlowLogsTopTalkingSubnets", "Which subnets have the most bytes?",
		[]flowlog.Field{flowlog.FieldSubnetID, flowlog.FieldBytes}, by("", flowlog.FieldSubnetID)},
	{"VpcFlowLogsTopTCPTraffic", "Which TCP traffic does one source send, or every source if none is given?",
		append([]flowlog.Field{flowlog.FieldBytes}, flow...), (*asker).topTCP},
	{"VpcFlowLogsTotalBytesTransferred", "Which pairs of source and destination have the most bytes?",
		append([]flowlog.Field{flowlog.FieldBytes}, addresses...), by("", addresses...)},
	{"VpcFlowLogsTotalBytesTransferredPacketLevel", "Which pairs of packet-level source and destination have the most bytes?",
		append([]flowlog.Field{flowlog.FieldBytes}, pktAddrs...), by("", pktAddrs...)},
	{"VpcFlowLogsTrafficFrmSrcAddr", "Which traffic does one source send, or every source if none is given?",
		flow, (*asker).fromSource},
	{"VpcFlowLogsTrafficToDstAddr", "Which traffic goes to one destination, or to every destination if none is given?",
		flow, (*asker).toDestination},
}

// sourcePorts is the article's question.
func (q *asker) sourcePorts() string {
	where := append(q.bounds(), q.present(flowlog.FieldSrcPort)...)
	if len(q.params.CIDRs) > 0 {
		if !q.has(flowlog.FieldSrcAddr) {
			q.missing = true
			return ""
		}
		where = append(where, q.in(q.params.CIDRs, flowlog.FieldSrcAddr))
	}
	return q.grouped(q.cols(flowlog.FieldSrcPort), []string{alias("count(*)", "cnt")}, where, sqlIdent("cnt"))
}

// tcp asks for the TCP connections with one action.
func tcp(action flowlog.Action) func(*asker) string {
	return func(q *asker) string {
		where := []string{q.equals(flowlog.FieldAction, string(action)), q.col(flowlog.FieldProtocol) + " = 6"}
		return q.groups(where, flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort)
	}
}

func (q *asker) rejected() string {
	return q.groups([]string{q.equals(flowlog.FieldAction, string(flowlog.Reject))}, flow...)
}

// rejectedPorts asks for the ports at which flows were rejected.
func (q *asker) rejectedPorts() string {
	where := append(append(q.bounds(), q.ours()...), q.equals(flowlog.FieldAction, string(flowlog.Reject)))
	totals := []string{alias("count(*)", "flows")}
	if q.has(flowlog.FieldSrcAddr) {
		// "-" is no source.
		totals = append(totals, alias("count(DISTINCT "+orNull(q.col(flowlog.FieldSrcAddr))+")", "sources"))
	}
	by := []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol}
	return q.grouped(q.cols(by...), totals, append(where, q.present(by...)...), sqlIdent("flows"))
}

// sshRDP asks for both directions of SSH and RDP.
func (q *asker) sshRDP() string {
	const ports = " IN (22, 3389)"
	return q.groups([]string{anyOf(q.col(flowlog.FieldSrcPort)+ports, q.col(flowlog.FieldDstPort)+ports)},
		flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort)
}

// adminPorts are ports on which consoles are commonly served.
const adminPorts = "(2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)"

func (q *asker) adminPorts() string {
	q.note = "An address that sends from such a port serves it. AWS does not say which ports it means; these are " + strings.Trim(adminPorts, "()") + "."
	return q.groups([]string{q.col(flowlog.FieldSrcPort) + " IN " + adminPorts}, flowlog.FieldSrcAddr)
}

// family asks for all bytes of one IP version: by the field type, or, where
// the format lacks it, by the address, since only IPv6 is written with colons.
func family(name string) func(*asker) string {
	return func(q *asker) string {
		where := append(q.bounds(), q.ours()...)
		switch {
		case q.has(flowlog.FieldType):
			where = append(where, q.equals(flowlog.FieldType, name))
		case q.has(flowlog.FieldSrcAddr):
			like := " LIKE '%:%'"
			if name == "IPv4" {
				like = " NOT LIKE '%:%'"
			}
			where = append(append(where, q.present(flowlog.FieldSrcAddr)...), q.col(flowlog.FieldSrcAddr)+like)
		default:
			q.missing = true
		}
		return q.overall(q.totals(), where)
	}
}

// talkers asks for addresses on either side. Each flow counts for both of its
// addresses, and is read once.
func talkers(sides []flowlog.Field) func(*asker) string {
	return func(q *asker) string {
		const ip = `"side"."ip"`
		from := q.from() + "\nCROSS JOIN UNNEST(ARRAY[" + q.col(sides[0]) + ", " + q.col(sides[1]) + `]) AS "side" ("ip")`
		where := append(append(q.bounds(), q.ours()...), ip+" NOT IN ('-', '')")
		q.note = "Each flow counts for both of its addresses."
		if sides[0] == flowlog.FieldPktSrcAddr {
			q.note += " For traffic through a NAT gateway or a load balancer, packet-level addresses are the original ones."
		}
		return q.groupedFrom(from, []string{ip}, q.totals(), where, q.most())
	}
}

// topTalkers asks for conversations, with their port and protocol if the format has them.
func (q *asker) topTalkers() string {
	by := addresses
	for _, field := range []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol} {
		if q.has(field) {
			by = append(by[:len(by):len(by)], field)
		}
	}
	q.note = "Each direction is one conversation."
	return q.groups(nil, by...)
}

func (q *asker) topTCP() string {
	return q.groups(append(q.one(q.params.Source, flowlog.FieldSrcAddr), q.col(flowlog.FieldProtocol)+" = 6"),
		flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort)
}

func (q *asker) fromSource() string {
	return q.groups(q.one(q.params.Source, flowlog.FieldSrcAddr), flow...)
}

func (q *asker) toDestination() string {
	return q.groups(q.one(q.params.Destination, flowlog.FieldDstAddr), flow...)
}

// logStatus asks whether the log is complete. NODATA means no traffic, SKIPDATA means
// that records are missing.
func (q *asker) logStatus() string {
	var totals []string
	for _, s := range []flowlog.LogStatus{flowlog.OK, flowlog.NoData, flowlog.SkipData} {
		totals = append(totals, alias("count_if("+q.equals(flowlog.FieldLogStatus, string(s))+")", strings.ToLower(string(s))))
	}
	totals = append(totals, alias("count(*)", "records"))
	where := q.bounds()
	q.note = "Their status is OK, NODATA or SKIPDATA."
	if !q.has(flowlog.FieldInterfaceID) {
		return q.overall(totals, where)
	}
	// What a record that names no interface says about the log counts as well:
	// these are a group, NULL however the files are stored.
	name := q.col(flowlog.FieldInterfaceID)
	group := orNull(name)
	lines := []string{"SELECT " + join(append([]string{group + " AS " + name}, totals...)), "FROM " + q.from()}
	lines = append(lines, conditions(where)...)
	lines = append(lines, "GROUP BY "+group,
		"ORDER BY "+sqlIdent("skipdata")+" DESC, "+sqlIdent("nodata")+" DESC, "+name, q.limit())
	q.note += " The interfaces that skipped most come first. Records that name no interface are the group NULL."
	return strings.Join(lines, "\n")
}
