package flowlog

import (
	"fmt"
	"iter"
	"strings"
)

// Field identifies one field of a flow log record. The zero Field is not a field; a
// Format uses it for columns whose names this version does not know.
//
// The constants are in the order of AWS's documentation: the 54 fields of VPC flow
// logs, then the 18 fields that only transit gateway flow logs have.
// See https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html and
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html.
type Field uint8

// The fields. Each constant is named for the Record member that holds it.
const (
	_ Field = iota
	FieldVersion
	FieldAccountID
	FieldInterfaceID
	FieldSrcAddr
	FieldDstAddr
	FieldSrcPort
	FieldDstPort
	FieldProtocol
	FieldPackets
	FieldBytes
	FieldStart
	FieldEnd
	FieldAction
	FieldLogStatus
	FieldVPCID
	FieldSubnetID
	FieldInstanceID
	FieldTCPFlags
	FieldType
	FieldPktSrcAddr
	FieldPktDstAddr
	FieldRegion
	FieldAZID
	FieldSublocationType
	FieldSublocationID
	FieldPktSrcAWSService
	FieldPktDstAWSService
	FieldFlowDirection
	FieldTrafficPath
	FieldECSClusterARN
	FieldECSClusterName
	FieldECSContainerInstanceARN
	FieldECSContainerInstanceID
	FieldECSContainerID
	FieldECSSecondContainerID
	FieldECSServiceName
	FieldECSTaskDefinitionARN
	FieldECSTaskARN
	FieldECSTaskID
	FieldRejectReason
	FieldResourceID
	FieldEncryptionStatus
	FieldInstanceTag
	FieldInstanceTag2
	FieldInterfaceTag
	FieldInterfaceTag2
	FieldASGTag
	FieldASGTag2
	FieldInterfaceType
	FieldNextHopInterfaceID
	FieldNextHopSubnetID
	FieldNextHopAZID
	FieldNextHopVPCID
	FieldNextHopInterfaceType
	FieldResourceType
	FieldTGWID
	FieldTGWAttachmentID
	FieldTGWSrcVPCAccountID
	FieldTGWDstVPCAccountID
	FieldTGWSrcVPCID
	FieldTGWDstVPCID
	FieldTGWSrcSubnetID
	FieldTGWDstSubnetID
	FieldTGWSrcENI
	FieldTGWDstENI
	FieldTGWSrcAZID
	FieldTGWDstAZID
	FieldTGWPairAttachmentID
	FieldPacketsLostNoRoute
	FieldPacketsLostBlackhole
	FieldPacketsLostMTUExceeded
	FieldPacketsLostTTLExpired

	fieldEnd // one past the last field
)

// NumFields is the number of fields that this version of the package knows.
const NumFields = int(fieldEnd) - 1

// Type is the data type of a field, as AWS documents it. In a text log every
// field is text; Parquet files and Athena tables use these types.
type Type uint8

// AWS's three types. TypeString, the zero Type, is also the type of a column whose
// name this version does not know.
const (
	TypeString Type = iota
	TypeInt32
	TypeInt64
)

// String returns AWS's name for the type: "STRING", "INT_32" or "INT_64".
func (t Type) String() string {
	switch t {
	case TypeInt32:
		return "INT_32"
	case TypeInt64:
		return "INT_64"
	}
	return "STRING"
}

// Kind is the meaning of a field's value. Use it to treat all fields of one meaning
// alike, for example all addresses, without listing them.
type Kind uint8

// The kinds. KindText is the zero Kind.
const (
	KindText     Kind = iota // text without white space
	KindVersion              // a log version, int32
	KindAddr                 // an IP address, netip.Addr
	KindPort                 // a port, uint16
	KindProtocol             // an IANA protocol number, uint8
	KindCount                // a count of packets or bytes, int64
	KindTime                 // a Unix time, int64; see Timestamp for its unit
	KindFlags                // a set of TCP flags, int32
	KindCode                 // a code from an open list, int32
)

// fieldInfo is one row of the table below.
type fieldInfo struct {
	name    string // AWS's name
	column  string // the name with underscores
	version uint8  // log version that introduced it
	kind    Kind
	vpc     bool  // a field of VPC flow logs
	tgw     uint8 // position in the transit gateway default format, starting at 1; 0 if not in it
}

// fields is the only list of fields in the module. Text, JSON, Parquet schemas,
// DDL and queries are derived from it. A test compares it with
// testdata/fields.tsv.
var fields = [fieldEnd]fieldInfo{
	FieldVersion:                 {"version", "version", 2, KindVersion, true, 1},
	FieldAccountID:               {"account-id", "account_id", 2, KindText, true, 3},
	FieldInterfaceID:             {"interface-id", "interface_id", 2, KindText, true, 0},
	FieldSrcAddr:                 {"srcaddr", "srcaddr", 2, KindAddr, true, 17},
	FieldDstAddr:                 {"dstaddr", "dstaddr", 2, KindAddr, true, 18},
	FieldSrcPort:                 {"srcport", "srcport", 2, KindPort, true, 19},
	FieldDstPort:                 {"dstport", "dstport", 2, KindPort, true, 20},
	FieldProtocol:                {"protocol", "protocol", 2, KindProtocol, true, 21},
	FieldPackets:                 {"packets", "packets", 2, KindCount, true, 22},
	FieldBytes:                   {"bytes", "bytes", 2, KindCount, true, 23},
	FieldStart:                   {"start", "start", 2, KindTime, true, 24},
	FieldEnd:                     {"end", "end", 2, KindTime, true, 25},
	FieldAction:                  {"action", "action", 2, KindText, true, 0},
	FieldLogStatus:               {"log-status", "log_status", 2, KindText, true, 26},
	FieldVPCID:                   {"vpc-id", "vpc_id", 3, KindText, true, 0},
	FieldSubnetID:                {"subnet-id", "subnet_id", 3, KindText, true, 0},
	FieldInstanceID:              {"instance-id", "instance_id", 3, KindText, true, 0},
	FieldTCPFlags:                {"tcp-flags", "tcp_flags", 3, KindFlags, true, 32},
	FieldType:                    {"type", "type", 3, KindText, true, 27},
	FieldPktSrcAddr:              {"pkt-srcaddr", "pkt_srcaddr", 3, KindAddr, true, 0},
	FieldPktDstAddr:              {"pkt-dstaddr", "pkt_dstaddr", 3, KindAddr, true, 0},
	FieldRegion:                  {"region", "region", 4, KindText, true, 33},
	FieldAZID:                    {"az-id", "az_id", 4, KindText, true, 0},
	FieldSublocationType:         {"sublocation-type", "sublocation_type", 4, KindText, true, 0},
	FieldSublocationID:           {"sublocation-id", "sublocation_id", 4, KindText, true, 0},
	FieldPktSrcAWSService:        {"pkt-src-aws-service", "pkt_src_aws_service", 5, KindText, true, 35},
	FieldPktDstAWSService:        {"pkt-dst-aws-service", "pkt_dst_aws_service", 5, KindText, true, 36},
	FieldFlowDirection:           {"flow-direction", "flow_direction", 5, KindText, true, 34},
	FieldTrafficPath:             {"traffic-path", "traffic_path", 5, KindCode, true, 0},
	FieldECSClusterARN:           {"ecs-cluster-arn", "ecs_cluster_arn", 7, KindText, true, 0},
	FieldECSClusterName:          {"ecs-cluster-name", "ecs_cluster_name", 7, KindText, true, 0},
	FieldECSContainerInstanceARN: {"ecs-container-instance-arn", "ecs_container_instance_arn", 7, KindText, true, 0},
	FieldECSContainerInstanceID:  {"ecs-container-instance-id", "ecs_container_instance_id", 7, KindText, true, 0},
	FieldECSContainerID:          {"ecs-container-id", "ecs_container_id", 7, KindText, true, 0},
	FieldECSSecondContainerID:    {"ecs-second-container-id", "ecs_second_container_id", 7, KindText, true, 0},
	FieldECSServiceName:          {"ecs-service-name", "ecs_service_name", 7, KindText, true, 0},
	FieldECSTaskDefinitionARN:    {"ecs-task-definition-arn", "ecs_task_definition_arn", 7, KindText, true, 0},
	FieldECSTaskARN:              {"ecs-task-arn", "ecs_task_arn", 7, KindText, true, 0},
	FieldECSTaskID:               {"ecs-task-id", "ecs_task_id", 7, KindText, true, 0},
	FieldRejectReason:            {"reject-reason", "reject_reason", 8, KindText, true, 0},
	FieldResourceID:              {"resource-id", "resource_id", 9, KindText, true, 0},
	FieldEncryptionStatus:        {"encryption-status", "encryption_status", 10, KindCode, true, 0},
	FieldInstanceTag:             {"instance-tag", "instance_tag", 11, KindText, true, 0},
	FieldInstanceTag2:            {"instance-tag-2", "instance_tag_2", 11, KindText, true, 0},
	FieldInterfaceTag:            {"interface-tag", "interface_tag", 11, KindText, true, 0},
	FieldInterfaceTag2:           {"interface-tag-2", "interface_tag_2", 11, KindText, true, 0},
	FieldASGTag:                  {"asg-tag", "asg_tag", 11, KindText, true, 0},
	FieldASGTag2:                 {"asg-tag-2", "asg_tag_2", 11, KindText, true, 0},
	FieldInterfaceType:           {"interface-type", "interface_type", 11, KindText, true, 0},
	FieldNextHopInterfaceID:      {"next-hop-interface-id", "next_hop_interface_id", 11, KindText, true, 0},
	FieldNextHopSubnetID:         {"next-hop-subnet-id", "next_hop_subnet_id", 11, KindText, true, 0},
	FieldNextHopAZID:             {"next-hop-az-id", "next_hop_az_id", 11, KindText, true, 0},
	FieldNextHopVPCID:            {"next-hop-vpc-id", "next_hop_vpc_id", 11, KindText, true, 0},
	FieldNextHopInterfaceType:    {"next-hop-interface-type", "next_hop_interface_type", 11, KindText, true, 0},
	FieldResourceType:            {"resource-type", "resource_type", 6, KindText, false, 2},
	FieldTGWID:                   {"tgw-id", "tgw_id", 6, KindText, false, 4},
	FieldTGWAttachmentID:         {"tgw-attachment-id", "tgw_attachment_id", 6, KindText, false, 5},
	FieldTGWSrcVPCAccountID:      {"tgw-src-vpc-account-id", "tgw_src_vpc_account_id", 6, KindText, false, 6},
	FieldTGWDstVPCAccountID:      {"tgw-dst-vpc-account-id", "tgw_dst_vpc_account_id", 6, KindText, false, 7},
	FieldTGWSrcVPCID:             {"tgw-src-vpc-id", "tgw_src_vpc_id", 6, KindText, false, 8},
	FieldTGWDstVPCID:             {"tgw-dst-vpc-id", "tgw_dst_vpc_id", 6, KindText, false, 9},
	FieldTGWSrcSubnetID:          {"tgw-src-subnet-id", "tgw_src_subnet_id", 6, KindText, false, 10},
	FieldTGWDstSubnetID:          {"tgw-dst-subnet-id", "tgw_dst_subnet_id", 6, KindText, false, 11},
	FieldTGWSrcENI:               {"tgw-src-eni", "tgw_src_eni", 6, KindText, false, 12},
	FieldTGWDstENI:               {"tgw-dst-eni", "tgw_dst_eni", 6, KindText, false, 13},
	FieldTGWSrcAZID:              {"tgw-src-az-id", "tgw_src_az_id", 6, KindText, false, 14},
	FieldTGWDstAZID:              {"tgw-dst-az-id", "tgw_dst_az_id", 6, KindText, false, 15},
	FieldTGWPairAttachmentID:     {"tgw-pair-attachment-id", "tgw_pair_attachment_id", 6, KindText, false, 16},
	FieldPacketsLostNoRoute:      {"packets-lost-no-route", "packets_lost_no_route", 6, KindCount, false, 28},
	FieldPacketsLostBlackhole:    {"packets-lost-blackhole", "packets_lost_blackhole", 6, KindCount, false, 29},
	FieldPacketsLostMTUExceeded:  {"packets-lost-mtu-exceeded", "packets_lost_mtu_exceeded", 6, KindCount, false, 30},
	FieldPacketsLostTTLExpired:   {"packets-lost-ttl-expired", "packets_lost_ttl_expired", 6, KindCount, false, 31},
}

// typed is the set of fields that are not text. Their values never look like the name
// of a field.
var typed = func() (s FieldSet) {
	for f := range Fields() {
		if fields[f].kind != KindText {
			s = s.With(f)
		}
	}
	return s
}()

// byColumn maps column names, as Field.Column returns them, to fields.
var byColumn = func() map[string]Field {
	m := make(map[string]Field, len(fields))
	for f := range Fields() {
		m[fields[f].column] = f
	}
	return m
}()

// fieldByName returns the field with the given name, spelled with hyphens or
// underscores, or zero if there is none.
func fieldByName(name string) Field { return byColumn[strings.ReplaceAll(name, "-", "_")] }

// ParseField returns the field with the given name. It accepts AWS's name
// ("pkt-srcaddr"), the column name ("pkt_srcaddr") and the forms used in format
// strings ("${pkt-srcaddr}", Terraform's "$${pkt-srcaddr}", CloudFormation's
// "${!pkt-srcaddr}"). Any other name is an error that wraps ErrUnknownField; it
// suggests the field that differs by one letter, if there is one.
func ParseField(name string) (Field, error) {
	s := cutBraces(name)
	if f := fieldByName(s); f != 0 {
		return f, nil
	}
	return 0, fmt.Errorf("flowlog: %w %s", ErrUnknownField, quoteUnknown(s))
}

// Fields returns an iterator over all fields in the order of the constants.
func Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for f := Field(1); f < fieldEnd; f++ {
			if !yield(f) {
				return
			}
		}
	}
}

// info returns the field's row of the table, or an empty row if f is not a field.
func (f Field) info() *fieldInfo {
	if f >= fieldEnd {
		f = 0
	}
	return &fields[f]
}

// String returns AWS's name for the field, such as "pkt-srcaddr", or "" if f is not a
// field.
func (f Field) String() string { return f.info().name }

// Column returns the field's name with underscores, such as "pkt_srcaddr". It is the
// key in JSON and the name of the column in Parquet files and Athena tables. It is ""
// if f is not a field.
func (f Field) Column() string { return f.info().column }

// Type returns the field's data type, TypeString if f is not a field.
func (f Field) Type() Type {
	switch f.info().kind {
	case KindVersion, KindPort, KindProtocol, KindFlags, KindCode:
		return TypeInt32
	case KindCount, KindTime:
		return TypeInt64
	}
	return TypeString
}

// Kind returns the meaning of the field's value, KindText if f is not a field.
func (f Field) Kind() Kind { return f.info().kind }

// Version returns the log version that introduced the field, 2 to 11. Version 6 is
// that of the fields that only transit gateway flow logs have. It is 0 if f is not a
// field.
func (f Field) Version() int { return int(f.info().version) }

// VPC reports whether VPC flow logs have the field.
func (f Field) VPC() bool { return f.info().vpc }

// TransitGateway reports whether transit gateway flow logs have the field.
func (f Field) TransitGateway() bool { return f.info().tgw != 0 }

// AppendText appends the result of String. It never fails.
func (f Field) AppendText(b []byte) ([]byte, error) { return append(b, f.info().name...), nil }

// MarshalText returns the result of String. It never fails.
func (f Field) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// UnmarshalText sets f to the result of ParseField. It leaves f unchanged if that
// returns an error.
func (f *Field) UnmarshalText(text []byte) error {
	v, err := ParseField(string(text))
	if err != nil {
		return err
	}
	*f = v
	return nil
}
