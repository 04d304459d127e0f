package flowlogtest

import (
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The values that all hosts share.
const (
	account = "123456789010"
	vpc     = "vpc-0a1b2c3d4e5f60718"
	region  = "us-east-1"
	tgw     = "tgw-0123456789abcdef0"
	attach  = "tgw-attach-0123456789abcdef0"
	pair    = "tgw-attach-0fedcba9876543210"
	gateway = "TransitGateway"
	arn     = "arn:aws:ecs:" + region + ":" + account + ":"
	cluster = "shop"
)

// always are the fields that every record of a flow has. Other fields depend on the flow
// and its host.
var always = flowlog.FieldSetOf(
	flowlog.FieldVersion, flowlog.FieldAccountID, flowlog.FieldInterfaceID, flowlog.FieldSrcAddr, flowlog.FieldDstAddr,
	flowlog.FieldSrcPort, flowlog.FieldDstPort, flowlog.FieldProtocol, flowlog.FieldPackets, flowlog.FieldBytes,
	flowlog.FieldStart, flowlog.FieldEnd, flowlog.FieldAction, flowlog.FieldLogStatus,
	flowlog.FieldVPCID, flowlog.FieldSubnetID, flowlog.FieldInstanceID, flowlog.FieldTCPFlags, flowlog.FieldType,
	flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr, flowlog.FieldRegion, flowlog.FieldAZID, flowlog.FieldFlowDirection,
	flowlog.FieldEncryptionStatus, flowlog.FieldInstanceTag,
	flowlog.FieldResourceType, flowlog.FieldTGWID, flowlog.FieldTGWAttachmentID, flowlog.FieldTGWPairAttachmentID,
	flowlog.FieldTGWSrcVPCAccountID, flowlog.FieldTGWSrcVPCID, flowlog.FieldTGWSrcSubnetID, flowlog.FieldTGWSrcENI, flowlog.FieldTGWSrcAZID,
	flowlog.FieldPacketsLostNoRoute, flowlog.FieldPacketsLostBlackhole, flowlog.FieldPacketsLostMTUExceeded, flowlog.FieldPacketsLostTTLExpired,
)

// ecs are the additional fields of a host with an ECS task on Fargate.
var ecs = flowlog.FieldSetOf(
	flowlog.FieldECSClusterARN, flowlog.FieldECSClusterName, flowlog.FieldECSContainerID,
	flowlog.FieldECSServiceName, flowlog.FieldECSTaskDefinitionARN, flowlog.FieldECSTaskARN, flowlog.FieldECSTaskID,
)

// record generates the record of a flow on the interface of a host.
func (g *generator) record(h *host, f flow, direction flowlog.FlowDirection) {
	if g.lines == g.total {
		return
	}
	var r flowlog.Record
	g.common(&r, h)
	r.Fields = always
	r.SrcAddr, r.DstAddr = f.src, f.dst
	r.SrcPort, r.DstPort = f.srcPort, f.dstPort
	r.Protocol, r.TCPFlags = f.protocol, f.flags
	r.Packets, r.Bytes = f.packets, f.bytes
	r.Action = f.action
	r.VPCID, r.SubnetID, r.InstanceID = vpc, h.subnet, h.instance
	r.Region, r.AZID = region, h.zone
	r.PktSrcAddr, r.PktDstAddr = f.src, f.dst
	r.FlowDirection = direction
	r.Type = "IPv4"
	if f.src.Is6() {
		r.Type = "IPv6"
		g.made.ipv6++
	}
	if direction == flowlog.Egress {
		r.Fields = r.Fields.With(flowlog.FieldTrafficPath)
		r.TrafficPath = flowlog.PathInternetGateway
		if inside(f.dst) {
			r.TrafficPath = flowlog.PathSameVPC
		}
	}
	if f.action == flowlog.Reject {
		g.made.rejected++
	}
	r.InstanceTag = "web%20shop"
	set(&r, flowlog.FieldPktSrcAWSService, &r.PktSrcAWSService, awsService(f.src))
	set(&r, flowlog.FieldPktDstAWSService, &r.PktDstAWSService, awsService(f.dst))
	if inside(f.src) && inside(f.dst) {
		r.EncryptionStatus = flowlog.NitroEncrypted
	}
	if h.task != "" {
		r.Fields = r.Fields.Union(ecs)
		r.ECSClusterARN, r.ECSClusterName = arn+"cluster/"+cluster, cluster
		r.ECSServiceName, r.ECSTaskDefinitionARN = "orders", arn+"task-definition/orders:7"
		r.ECSTaskID, r.ECSTaskARN = h.task, arn+"task/"+cluster+"/"+h.task
		r.ECSContainerID = h.task + "-0527074092"
	}
	r.ResourceType, r.TGWID, r.TGWAttachmentID, r.TGWPairAttachmentID = gateway, tgw, attach, pair
	r.TGWSrcVPCAccountID, r.TGWSrcVPCID, r.TGWSrcSubnetID, r.TGWSrcENI, r.TGWSrcAZID = account, vpc, h.subnet, h.eni, h.zone
	g.line(&r)
}

// set sets a text field of the record unless value is empty.
func set(r *flowlog.Record, f flowlog.Field, member *string, value string) {
	if value != "" {
		*member = value
		r.Fields = r.Fields.With(f)
	}
}

// inside reports whether an address belongs to the VPC.
func inside(a netip.Addr) bool {
	return a.Is4() && a.As4()[0] == 10 || a.Is6() && a.As16()[4] == 0
}

// awsService returns the AWS service that owns an address, or "" if there is none.
func awsService(a netip.Addr) string {
	if !a.Is4() {
		return ""
	}
	switch a.As4()[0] {
	case 3, 18, 54:
		return "EC2"
	case 13:
		return "CLOUDFRONT"
	case 52:
		return "S3"
	}
	return ""
}
