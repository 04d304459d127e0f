package athena

import (
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// question is one row of the table below: its name, the fields without which
// it cannot be asked, and what writes it.
type question struct {
	name  string
	needs []flowlog.Field
	ask   func(*asker) Query
}

// addresses, pktAddrs and flow are what most questions need.
var (
	addresses = []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr}
	pktAddrs  = []flowlog.Field{flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr}
	flow      = []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort, flowlog.FieldProtocol}
)

// questions are all questions in the order in which Queries returns them: the
// article's, OutboundPorts, the package's own, and AWS's sixteen under AWS's names.
// AWS publishes what those ask, not their SQL; see
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-run-athena-query.html.
var questions = []question{
	{"SourcePorts", []flowlog.Field{flowlog.FieldSrcPort}, (*asker).sourcePorts},
	{"OutboundPorts", append([]flowlog.Field{flowlog.FieldSrcPort}, flow...), (*asker).outboundPorts},
	{"RejectedPorts", []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldAction}, (*asker).rejectedPorts},
	{"TopTalkers", append([]flowlog.Field{flowlog.FieldBytes}, addresses...), (*asker).topTalkers},
	{"PortScans", append([]flowlog.Field{flowlog.FieldSrcPort}, flow...), (*asker).portScans},
	{"NewPorts", []flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldStart}, (*asker).newPorts},
	{"LogStatus", []flowlog.Field{flowlog.FieldLogStatus}, (*asker).logStatus},
	{"NewDestinations", append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart}, flow...), (*asker).newDestinations},
	{"NewInstancePorts", append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart, flowlog.FieldInstanceID}, flow...), (*asker).newInstancePorts},
	{"RegularCallers", append([]flowlog.Field{flowlog.FieldSrcPort, flowlog.FieldStart}, flow...), (*asker).regularCallers},
	{"BytesPerHour", []flowlog.Field{flowlog.FieldStart, flowlog.FieldBytes}, (*asker).perHour},
	{"CrossZoneBytes", []flowlog.Field{flowlog.FieldBytes}, (*asker).crossZone},
	{"NATBytes", append([]flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldBytes}, pktAddrs...), (*asker).nat},
	{"GatewayEndpointBytes", []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldPktDstAWSService, flowlog.FieldTrafficPath, flowlog.FieldBytes}, (*asker).gatewayEndpoint},
	{"BytesByTag", []flowlog.Field{flowlog.FieldBytes}, (*asker).byTag},
	{"BytesByECSService", []flowlog.Field{flowlog.FieldECSServiceName, flowlog.FieldBytes}, by(
		"How many bytes has each ECS service, for showing costs?", flowlog.FieldECSClusterName, flowlog.FieldECSServiceName)},
	{"BytesByNextHop", []flowlog.Field{flowlog.FieldNextHopInterfaceID, flowlog.FieldBytes}, by(
		"Which interfaces are the next hop of how many bytes: NAT gateways, load balancers, endpoints and transit gateways bill what they process.",
		flowlog.FieldNextHopInterfaceType, flowlog.FieldNextHopInterfaceID)},
	{"BytesByPath", []flowlog.Field{flowlog.FieldTrafficPath, flowlog.FieldBytes}, by(
		"By which path do how many bytes leave: 1 through another resource in the VPC, 2 through an internet gateway or a gateway endpoint, 3 a virtual private gateway, 4 peering in the Region, 5 peering across Regions, 7 a gateway endpoint, 8 an internet gateway; AWS's price of data transfer depends on it.", flowlog.FieldTrafficPath)},
	{"RejectReasons", []flowlog.Field{flowlog.FieldRejectReason}, by(
		"Why was traffic rejected: BPA is VPC Block Public Access, EC encryption controls. Security groups and network ACLs give no reason.", flowlog.FieldRejectReason)},
	{"LostPackets", []flowlog.Field{flowlog.FieldTGWAttachmentID}, (*asker).lost},
	{"VpcFlowLogsAcceptedTraffic", append([]flowlog.Field{flowlog.FieldAction}, flow...), tcp(flowlog.Accept,
		"The TCP connections that security groups and network ACLs allowed.")},
	{"VpcFlowLogsAdminPortTraffic", []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldSrcPort, flowlog.FieldBytes}, (*asker).adminPorts},
	{"VpcFlowLogsIPv4Traffic", []flowlog.Field{flowlog.FieldBytes}, family("IPv4")},
	{"VpcFlowLogsIPv6Traffic", []flowlog.Field{flowlog.FieldBytes}, family("IPv6")},
	{"VpcFlowLogsRejectedTCPTraffic", append([]flowlog.Field{flowlog.FieldAction}, flow...), tcp(flowlog.Reject,
		"The TCP connections that security groups or network ACLs rejected.")},
	{"VpcFlowLogsRejectedTraffic", append([]flowlog.Field{flowlog.FieldAction}, flow...), (*asker).rejected},
	{"VpcFlowLogsSshRdpTraffic", append([]flowlog.Field{flowlog.FieldSrcPort}, flow...), (*asker).sshRDP},
	{"VpcFlowLogsTopTalkers", append([]flowlog.Field{flowlog.FieldBytes}, addresses...), talkers(addresses,
		"The addresses with the most bytes, sent or received.")},
	{"VpcFlowLogsTopTalkersPacketLevel", append([]flowlog.Field{flowlog.FieldBytes}, pktAddrs...), talkers(pktAddrs,
		"The packet-level addresses with the most bytes, sent or received: behind a NAT gateway or a load balancer, the original ones.")},
	{"VpcFlowLogsTopTalkingInstances", []flowlog.Field{flowlog.FieldInstanceID, flowlog.FieldBytes}, most(
		"The instances with the most bytes.", flowlog.FieldInstanceID)},
	{"VpcFlowLogsTopTalkingSubnets", []flowlog.Field{flowlog.FieldSubnetID, flowlog.FieldBytes}, most(
		"The subnets with the most bytes.", flowlog.FieldSubnetID)},
	{"VpcFlowLogsTopTCPTraffic", append([]flowlog.Field{flowlog.FieldBytes}, flow...), (*asker).topTCP},
	{"VpcFlowLogsTotalBytesTransferred", append([]flowlog.Field{flowlog.FieldBytes}, addresses...), most(
		"The pairs of source and destination with the most bytes.", addresses...)},
	{"VpcFlowLogsTotalBytesTransferredPacketLevel", append([]flowlog.Field{flowlog.FieldBytes}, pktAddrs...), most(
		"The pairs of packet-level source and destination with the most bytes.", pktAddrs...)},
	{"VpcFlowLogsTrafficFrmSrcAddr", flow, (*asker).fromSource},
	{"VpcFlowLogsTrafficToDstAddr", flow, (*asker).toDestination},
}

// sourcePorts is the article's question.
func (q *asker) sourcePorts() Query {
	where := append(q.bounds(), q.present(flowlog.FieldSrcPort)...)
	if len(q.params.CIDRs) > 0 {
		if !q.has(flowlog.FieldSrcAddr) {
			q.missing = true
			return Query{}
		}
		where = append(where, q.in(q.params.CIDRs, flowlog.FieldSrcAddr))
	}
	return Query{
		Description: "The source ports with the most flows, as the article asks.",
		SQL:         q.grouped(q.cols(flowlog.FieldSrcPort), []string{alias("count(*)", "cnt")}, where, sqlIdent("cnt")),
	}
}

// most asks for the groups with the most bytes among all flows.
func most(description string, by ...flowlog.Field) func(*asker) Query {
	return func(q *asker) Query { return q.groups(description, nil, by...) }
}

// tcp asks for the TCP connections with one action.
func tcp(action flowlog.Action, description string) func(*asker) Query {
	return func(q *asker) Query {
		where := []string{q.equals(flowlog.FieldAction, string(action)), q.col(flowlog.FieldProtocol) + " = 6"}
		return q.groups(description, where, flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort)
	}
}

func (q *asker) rejected() Query {
	return q.groups("The traffic that security groups or network ACLs rejected.",
		[]string{q.equals(flowlog.FieldAction, string(flowlog.Reject))}, flow...)
}

// rejectedPorts asks for the ports at which flows were rejected.
func (q *asker) rejectedPorts() Query {
	where := append(append(q.bounds(), q.ours()...), q.equals(flowlog.FieldAction, string(flowlog.Reject)))
	totals := []string{alias("count(*)", "flows")}
	if q.has(flowlog.FieldSrcAddr) {
		// "-" is no source.
		totals = append(totals, alias("count(DISTINCT "+orNull(q.col(flowlog.FieldSrcAddr))+")", "sources"))
	}
	by := []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol}
	return Query{
		Description: "The destination ports at which the most flows were rejected, and by how many sources.",
		SQL:         q.grouped(q.cols(by...), totals, append(where, q.present(by...)...), sqlIdent("flows")),
	}
}

// sshRDP asks for both directions of SSH and RDP.
func (q *asker) sshRDP() Query {
	const ports = " IN (22, 3389)"
	return q.groups("SSH and RDP traffic: flows from or to ports 22 and 3389.",
		[]string{anyOf(q.col(flowlog.FieldSrcPort)+ports, q.col(flowlog.FieldDstPort)+ports)},
		flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort)
}

// adminPorts are ports on which consoles are commonly served.
const adminPorts = "(2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)"

func (q *asker) adminPorts() Query {
	return q.groups("The addresses that send the most bytes from administrative ports, that is, that serve them. AWS does not say which ports it means; these are "+adminPorts+".",
		[]string{q.col(flowlog.FieldSrcPort) + " IN " + adminPorts}, flowlog.FieldSrcAddr)
}

// family asks for all bytes of one IP version: by the field type, or, where
// the format lacks it, by the address, since only IPv6 is written with colons.
func family(name string) func(*asker) Query {
	return func(q *asker) Query {
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
		return Query{
			Description: "The flows, packets and bytes of " + name + " traffic.",
			SQL:         q.overall(q.totals(), where),
		}
	}
}

// talkers asks for addresses on either side. Each flow counts for both of its
// addresses, and is read once.
func talkers(sides []flowlog.Field, description string) func(*asker) Query {
	return func(q *asker) Query {
		const ip = `"side"."ip"`
		from := q.from() + "\nCROSS JOIN UNNEST(ARRAY[" + q.col(sides[0]) + ", " + q.col(sides[1]) + `]) AS "side" ("ip")`
		where := append(append(q.bounds(), q.ours()...), ip+" NOT IN ('-', '')")
		return Query{Description: description, SQL: q.groupedFrom(from, []string{ip}, q.totals(), where, q.most())}
	}
}

// topTalkers asks for conversations, with their port and protocol if the format has them.
func (q *asker) topTalkers() Query {
	by := addresses
	for _, field := range []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldProtocol} {
		if q.has(field) {
			by = append(by[:len(by):len(by)], field)
		}
	}
	return q.groups("The conversations with the most bytes, one direction each.", nil, by...)
}

func (q *asker) topTCP() Query {
	return q.groups("The TCP traffic of one source, or of every source if none is given.",
		append(q.one(q.params.Source, flowlog.FieldSrcAddr), q.col(flowlog.FieldProtocol)+" = 6"),
		flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort)
}

func (q *asker) fromSource() Query {
	return q.groups("The traffic of one source, or of every source if none is given.",
		q.one(q.params.Source, flowlog.FieldSrcAddr), flow...)
}

func (q *asker) toDestination() Query {
	return q.groups("The traffic to one destination, or to every destination if none is given.",
		q.one(q.params.Destination, flowlog.FieldDstAddr), flow...)
}

// logStatus asks whether the log is complete. NODATA means no traffic, SKIPDATA means
// that records are missing.
func (q *asker) logStatus() Query {
	var totals []string
	for _, s := range []flowlog.LogStatus{flowlog.OK, flowlog.NoData, flowlog.SkipData} {
		totals = append(totals, alias("count_if("+q.equals(flowlog.FieldLogStatus, string(s))+")", strings.ToLower(string(s))))
	}
	totals = append(totals, alias("count(*)", "records"))
	where := q.bounds()
	const description = "How many records carry data, say that there was none (NODATA), or say that some were skipped (SKIPDATA)"
	if !q.has(flowlog.FieldInterfaceID) {
		return Query{Description: description + ".", SQL: q.overall(totals, where)}
	}
	// What a record that names no interface says about the log counts as well:
	// these are a group, NULL however the files are stored.
	name := q.col(flowlog.FieldInterfaceID)
	group := orNull(name)
	lines := []string{"SELECT " + join(append([]string{group + " AS " + name}, totals...)), "FROM " + q.from()}
	lines = append(lines, conditions(where)...)
	lines = append(lines, "GROUP BY "+group,
		"ORDER BY "+sqlIdent("skipdata")+" DESC, "+sqlIdent("nodata")+" DESC, "+name, q.limit())
	return Query{
		Description: description + ", by interface, those that lost most first. Records that name no interface are the group NULL.",
		SQL:         strings.Join(lines, "\n"),
	}
}
