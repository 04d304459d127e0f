package flowlog

import "net/netip"

// Record is one flow log record, with a member for every field of every
// version. It is comparable with ==. A copy shares only immutable text with the
// original.
//
// Fields is the set of fields that have a value. A "-" in the log leaves its
// field out of Fields and its member zero. For some members zero is also a
// value: port 0, protocol 0 (HOPOPT), no TCP flags, NotEncrypted. Use Has,
// HasFlow, Lookup, Int or Addr where the difference matters. Code that fills a
// Record must update Fields too; Set, SetInt and SetAddr do both.
//
// Text members are substrings of the decoded line. They remain valid and keep the line
// in memory or, if a Reader returned the record, a block of about 64 KiB of text. Use
// strings.Clone for values that you keep from a large log. With Reader.ReuseText, text
// members are valid only until the next Read.
//
// Record has the methods MarshalJSON, UnmarshalJSON, String and LogValue. A
// struct that embeds Record gets them too, so encoding/json writes the record
// alone and drops the other fields of the struct. Give the struct a named
// Record field instead, or add a name with AppendJSON as its example shows.
//
// AWS documents the fields at
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html and,
// for transit gateways, https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html.
// Values that do not come from the packet header are best effort: they may be
// missing or inaccurate. AWS does not document which fields a NODATA or
// SKIPDATA record of a custom format has, so any field may be absent whatever
// the log status.
type Record struct {
	Fields FieldSet // fields that have a value

	Version     int32      // version: log version: 2 in the default format, else the highest version among the fields
	AccountID   string     // account-id: owner of the source interface, leading zeros kept; "unknown" for interfaces AWS made
	InterfaceID string     // interface-id: network interface; absent for a regional NAT gateway
	SrcAddr     netip.Addr // srcaddr: source address; the interface's private address on the way out
	DstAddr     netip.Addr // dstaddr: destination address; the interface's private address on the way in
	SrcPort     uint16     // srcport: source port; 0 is a value, as ICMP has it: see Has
	DstPort     uint16     // dstport: destination port; 0 is a value, as ICMP has it
	Protocol    Protocol   // protocol: IANA protocol number; 0 is a value, HOPOPT
	Packets     int64      // packets: packets of the flow in the interval
	Bytes       int64      // bytes: bytes of the flow in the interval
	Start       Timestamp  // start: first packet in the interval
	End         Timestamp  // end: last packet in the interval
	Action      Action     // action: ACCEPT or REJECT
	LogStatus   LogStatus  // log-status: OK, NODATA or SKIPDATA

	// Versions 3 to 11.

	VPCID                   string           // vpc-id: VPC of the interface
	SubnetID                string           // subnet-id: subnet of the interface
	InstanceID              string           // instance-id: instance; absent for interfaces managed by a service
	TCPFlags                TCPFlags         // tcp-flags: OR of the TCP flags seen in the interval; 0 is a value
	Type                    string           // type: IPv4, IPv6 or EFA
	PktSrcAddr              netip.Addr       // pkt-srcaddr: source address in the packet itself
	PktDstAddr              netip.Addr       // pkt-dstaddr: destination address in the packet itself
	Region                  string           // region: Region of the interface
	AZID                    string           // az-id: Availability Zone id; absent in a sublocation
	SublocationType         string           // sublocation-type: wavelength, outpost or localzone
	SublocationID           string           // sublocation-id: id of the sublocation
	PktSrcAWSService        string           // pkt-src-aws-service: AWS service that owns the packet's source address
	PktDstAWSService        string           // pkt-dst-aws-service: AWS service that owns the packet's destination address
	FlowDirection           FlowDirection    // flow-direction: ingress or egress, seen from the interface
	TrafficPath             TrafficPath      // traffic-path: the way egress traffic takes
	ECSClusterARN           string           // ecs-cluster-arn: ECS cluster
	ECSClusterName          string           // ecs-cluster-name: ECS cluster name
	ECSContainerInstanceARN string           // ecs-container-instance-arn: container instance; absent on Fargate
	ECSContainerInstanceID  string           // ecs-container-instance-id: container instance id; absent on Fargate
	ECSContainerID          string           // ecs-container-id: runtime id of the first container
	ECSSecondContainerID    string           // ecs-second-container-id: runtime id of the second container
	ECSServiceName          string           // ecs-service-name: ECS service, if one started the task
	ECSTaskDefinitionARN    string           // ecs-task-definition-arn: ECS task definition
	ECSTaskARN              string           // ecs-task-arn: ECS task
	ECSTaskID               string           // ecs-task-id: ECS task id
	RejectReason            string           // reject-reason: BPA or EC
	ResourceID              string           // resource-id: regional NAT gateway the flow belongs to
	EncryptionStatus        EncryptionStatus // encryption-status: whether the traffic is encrypted, and by whom; 0 is a value, NotEncrypted
	InstanceTag             string           // instance-tag: first chosen instance tag, percent-encoded; see UnescapeTag
	InstanceTag2            string           // instance-tag-2: second chosen instance tag, percent-encoded
	InterfaceTag            string           // interface-tag: first chosen interface tag, percent-encoded
	InterfaceTag2           string           // interface-tag-2: second chosen interface tag, percent-encoded
	ASGTag                  string           // asg-tag: first chosen Auto Scaling group tag, percent-encoded
	ASGTag2                 string           // asg-tag-2: second chosen Auto Scaling group tag, percent-encoded
	InterfaceType           string           // interface-type: kind of a service's interface, such as nat_gateway
	NextHopInterfaceID      string           // next-hop-interface-id: interface at the other end of the next hop
	NextHopSubnetID         string           // next-hop-subnet-id: its subnet
	NextHopAZID             string           // next-hop-az-id: its Availability Zone id
	NextHopVPCID            string           // next-hop-vpc-id: its VPC
	NextHopInterfaceType    string           // next-hop-interface-type: its kind, as interface-type

	// Version 6, transit gateway.

	ResourceType           string // resource-type: TransitGateway
	TGWID                  string // tgw-id: transit gateway
	TGWAttachmentID        string // tgw-attachment-id: attachment the flow came through
	TGWSrcVPCAccountID     string // tgw-src-vpc-account-id: owner of the source VPC
	TGWDstVPCAccountID     string // tgw-dst-vpc-account-id: owner of the destination VPC
	TGWSrcVPCID            string // tgw-src-vpc-id: source VPC
	TGWDstVPCID            string // tgw-dst-vpc-id: destination VPC
	TGWSrcSubnetID         string // tgw-src-subnet-id: source subnet
	TGWDstSubnetID         string // tgw-dst-subnet-id: destination subnet
	TGWSrcENI              string // tgw-src-eni: source attachment's interface
	TGWDstENI              string // tgw-dst-eni: destination attachment's interface
	TGWSrcAZID             string // tgw-src-az-id: source Availability Zone id; absent in a sublocation
	TGWDstAZID             string // tgw-dst-az-id: destination Availability Zone id
	TGWPairAttachmentID    string // tgw-pair-attachment-id: the other attachment of the flow, by direction
	PacketsLostNoRoute     int64  // packets-lost-no-route: packets dropped because there was no route
	PacketsLostBlackhole   int64  // packets-lost-blackhole: packets dropped by a blackhole route
	PacketsLostMTUExceeded int64  // packets-lost-mtu-exceeded: packets dropped for exceeding the MTU
	PacketsLostTTLExpired  int64  // packets-lost-ttl-expired: packets dropped because their TTL ran out

	// Extra holds the values of the columns whose names this version does
	// not know, separated by spaces and in the order of the Format. An absent
	// value is "-". Format.Value returns a single value by its name.
	Extra string
}

// Parse decodes one line of the default format, V2. See Format.Decode.
func Parse(line string) (Record, error) {
	var r Record
	err := V2.Decode(&r, line)
	return r, err
}

// String returns the record as a line of the default format, V2, without a newline.
// Fields that are not in V2 are left out.
func (r Record) String() string { return string(V2.Append(nil, &r)) }

// Has reports whether the record has a value for f.
func (r *Record) Has(f Field) bool { return r.Fields.Has(f) }

// flowFields are the fields that only records of a flow have.
var flowFields = func() (s FieldSet) {
	s = FieldSetOf(FieldAction, FieldTCPFlags)
	for f := range Fields() {
		switch fields[f].kind {
		case KindAddr, KindPort, KindProtocol, KindCount:
			s = s.With(f)
		}
	}
	return s
}()

// HasFlow reports whether the record describes a flow. NODATA and SKIPDATA records do
// not: they stand for an interval without traffic and for an interval whose records
// were skipped. A record with any other log status does, including one that this
// version does not know, such as Cloud WAN's INCOMPLETEDATA.
//
// In a record without a log status, HasFlow looks for a value that only a flow
// has: an address, port, protocol, counter, action or TCP flags. A format with
// neither a log status nor any of these cannot tell, and HasFlow is false.
func (r *Record) HasFlow() bool {
	switch r.LogStatus {
	case NoData, SkipData:
		return false
	case "":
		return r.Fields.overlaps(flowFields)
	}
	return true
}

// Value returns the field as AWS writes it, or "-" if it is absent.
func (r *Record) Value(f Field) string {
	if r.Fields.Has(f) {
		if p := r.text(f); p != nil && *p != "" {
			return *p
		}
	}
	var b [64]byte
	return string(r.AppendValue(b[:0], f))
}

// Lookup returns the field as AWS writes it and true, or "" and false if it is absent.
func (r *Record) Lookup(f Field) (string, bool) {
	if !r.Fields.Has(f) {
		return "", false
	}
	return r.Value(f), true
}

// AppendValue appends the field to b as AWS writes it, or "-" if it is absent, and
// returns the extended buffer. It does not allocate unless b has to grow.
func (r *Record) AppendValue(b []byte, f Field) []byte {
	if !r.Fields.Has(f) {
		return append(b, '-')
	}
	switch fields[f].kind {
	case KindText:
		return appendText(b, *r.text(f))
	case KindAddr:
		return appendAddr(b, *r.addr(f))
	}
	v, _ := r.Int(f)
	return appendInt(b, v)
}

// Int returns the value of a field of TypeInt32 or TypeInt64. It reports false if the
// field is absent or of TypeString.
func (r *Record) Int(f Field) (int64, bool) {
	if !r.Fields.Has(f) {
		return 0, false
	}
	switch fields[f].kind {
	case KindText, KindAddr:
		return 0, false
	case KindPort:
		return int64(*r.port(f)), true
	case KindProtocol:
		return int64(r.Protocol), true
	case KindCount, KindTime:
		return *r.int64(f), true
	default:
		return int64(*r.int32(f)), true
	}
}

// Addr returns the value of a field of KindAddr. It reports false if the field is
// absent or of another kind.
func (r *Record) Addr(f Field) (netip.Addr, bool) {
	if !r.Fields.Has(f) || fields[f].kind != KindAddr {
		return netip.Addr{}, false
	}
	return *r.addr(f), true
}
