package flowlog

import (
	"math"
	"math/bits"
)

// Decode resets r and decodes one line of the format into it. Text members become
// substrings of line. Decode does not allocate, except for a bad line and for values
// of unknown columns that are not next to each other.
//
// Fields are separated by spaces and tabs. White space around the line, including a
// carriage return, is ignored. Numbers are decimal. A "-" means that the field is
// absent.
//
// The error for a bad line is a *ParseError with Line 0; r then holds the fields
// before the first invalid one. The error wraps ErrFieldCount if the number of fields
// differs from the number of columns, whatever else is wrong with the line. Otherwise
// it wraps the cause for the first invalid value: strconv.ErrSyntax,
// strconv.ErrRange or ErrAddr. It wraps ErrOtherLog, alone or together with
// ErrFieldCount, if the line is a record of the other kind of log, VPC or transit
// gateway.
func (f *Format) Decode(r *Record, line string) error {
	*r = Record{}
	if f.decodeQuick(r, line) {
		return nil
	}
	return f.decodeStrict(r, line)
}

// decodeQuick decodes a line that is written exactly as AWS writes it. r must be
// empty, or of the default format if f is. If it reports false, r has an undefined
// value and the line must be decoded with decodeStrict.
func (f *Format) decodeQuick(r *Record, line string) bool {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if f.v2 {
		if decodeV2(r, line) {
			return true
		}
		if r.Fields != (FieldSet{}) {
			*r = Record{}
		}
	}
	return f.decodeFast(r, line)
}

// decodeFast is decodeQuick for any format. Fields must be separated by single
// spaces.
//
// For speed, one switch stores all fields. Tests compare it with Record.parse for
// every field.
func (f *Format) decodeFast(r *Record, line string) bool {
	if len(line) < 8 {
		return false
	}
	set := f.set
	column, i := 0, 0
	extra, extraEnd := 0, 0 // start and end of the values of unknown columns
	for base := 0; base <= len(line); base += 64 {
		for m := spaceMask(line, base); m != 0; m &= m - 1 {
			e := base + bits.TrailingZeros64(m)
			if uint(column) >= uint(len(f.fields)) || e == i || e < len(line) && line[e] != ' ' {
				return false
			}
			field := f.fields[column]
			column++
			if e == i+1 && line[i] == '-' && field != 0 {
				set = set.Without(field)
				i = e + 1
				continue
			}
			var v uint64
			ok := true
			switch field {
			case 0:
				switch extraEnd {
				case 0:
					extra = i
				case i - 1:
				default:
					return false // not next to each other, must be copied
				}
				extraEnd = e
			case FieldVersion:
				v, ok = digits(line, i, e)
				r.Version = int32(v)
				ok = ok && v <= math.MaxInt32
			case FieldAccountID:
				r.AccountID = line[i:e]
				ok = r.AccountID != transitGateway
			case FieldInterfaceID:
				r.InterfaceID = line[i:e]
				ok = line[i] != 't' // possibly "tgw-…", see otherLog
			case FieldSrcAddr:
				r.SrcAddr, ok = addr(line, i, e)
			case FieldDstAddr:
				r.DstAddr, ok = addr(line, i, e)
			case FieldSrcPort:
				v, ok = digits(line, i, e)
				r.SrcPort = uint16(v)
				ok = ok && v <= math.MaxUint16
			case FieldDstPort:
				v, ok = digits(line, i, e)
				r.DstPort = uint16(v)
				ok = ok && v <= math.MaxUint16
			case FieldProtocol:
				v, ok = digits(line, i, e)
				r.Protocol = Protocol(v)
				ok = ok && v <= math.MaxUint8
			case FieldPackets:
				v, ok = digits(line, i, e)
				r.Packets = int64(v)
			case FieldBytes:
				v, ok = digits(line, i, e)
				r.Bytes = int64(v)
			case FieldStart:
				v, ok = digits(line, i, e)
				r.Start = Timestamp(v)
			case FieldEnd:
				v, ok = digits(line, i, e)
				r.End = Timestamp(v)
			case FieldAction:
				r.Action = Action(line[i:e])
			case FieldLogStatus:
				r.LogStatus = LogStatus(line[i:e])
			case FieldVPCID:
				r.VPCID = line[i:e]
			case FieldSubnetID:
				r.SubnetID = line[i:e]
			case FieldInstanceID:
				r.InstanceID = line[i:e]
			case FieldTCPFlags:
				v, ok = digits(line, i, e)
				r.TCPFlags = TCPFlags(v)
				ok = ok && v <= math.MaxInt32
			case FieldType:
				r.Type = line[i:e]
			case FieldPktSrcAddr:
				r.PktSrcAddr, ok = addr(line, i, e)
			case FieldPktDstAddr:
				r.PktDstAddr, ok = addr(line, i, e)
			case FieldRegion:
				r.Region = line[i:e]
			case FieldAZID:
				r.AZID = line[i:e]
			case FieldSublocationType:
				r.SublocationType = line[i:e]
			case FieldSublocationID:
				r.SublocationID = line[i:e]
			case FieldPktSrcAWSService:
				r.PktSrcAWSService = line[i:e]
			case FieldPktDstAWSService:
				r.PktDstAWSService = line[i:e]
			case FieldFlowDirection:
				r.FlowDirection = FlowDirection(line[i:e])
			case FieldTrafficPath:
				v, ok = digits(line, i, e)
				r.TrafficPath = TrafficPath(v)
				ok = ok && v <= math.MaxInt32
			case FieldECSClusterARN:
				r.ECSClusterARN = line[i:e]
			case FieldECSClusterName:
				r.ECSClusterName = line[i:e]
			case FieldECSContainerInstanceARN:
				r.ECSContainerInstanceARN = line[i:e]
			case FieldECSContainerInstanceID:
				r.ECSContainerInstanceID = line[i:e]
			case FieldECSContainerID:
				r.ECSContainerID = line[i:e]
			case FieldECSSecondContainerID:
				r.ECSSecondContainerID = line[i:e]
			case FieldECSServiceName:
				r.ECSServiceName = line[i:e]
			case FieldECSTaskDefinitionARN:
				r.ECSTaskDefinitionARN = line[i:e]
			case FieldECSTaskARN:
				r.ECSTaskARN = line[i:e]
			case FieldECSTaskID:
				r.ECSTaskID = line[i:e]
			case FieldRejectReason:
				r.RejectReason = line[i:e]
			case FieldResourceID:
				r.ResourceID = line[i:e]
			case FieldEncryptionStatus:
				v, ok = digits(line, i, e)
				r.EncryptionStatus = EncryptionStatus(v)
				ok = ok && v <= math.MaxInt32
			case FieldInstanceTag:
				r.InstanceTag = line[i:e]
			case FieldInstanceTag2:
				r.InstanceTag2 = line[i:e]
			case FieldInterfaceTag:
				r.InterfaceTag = line[i:e]
			case FieldInterfaceTag2:
				r.InterfaceTag2 = line[i:e]
			case FieldASGTag:
				r.ASGTag = line[i:e]
			case FieldASGTag2:
				r.ASGTag2 = line[i:e]
			case FieldInterfaceType:
				r.InterfaceType = line[i:e]
			case FieldNextHopInterfaceID:
				r.NextHopInterfaceID = line[i:e]
			case FieldNextHopSubnetID:
				r.NextHopSubnetID = line[i:e]
			case FieldNextHopAZID:
				r.NextHopAZID = line[i:e]
			case FieldNextHopVPCID:
				r.NextHopVPCID = line[i:e]
			case FieldNextHopInterfaceType:
				r.NextHopInterfaceType = line[i:e]
			case FieldResourceType:
				r.ResourceType = line[i:e]
				ok = line[i] < '0' || line[i] > '9' // possibly an account, see otherLog
			case FieldTGWID:
				r.TGWID = line[i:e]
				ok = line[i] != 'e' // possibly "eni-…", see otherLog
			case FieldTGWAttachmentID:
				r.TGWAttachmentID = line[i:e]
				ok = line[i] != 'e'
			case FieldTGWSrcVPCAccountID:
				r.TGWSrcVPCAccountID = line[i:e]
			case FieldTGWDstVPCAccountID:
				r.TGWDstVPCAccountID = line[i:e]
			case FieldTGWSrcVPCID:
				r.TGWSrcVPCID = line[i:e]
			case FieldTGWDstVPCID:
				r.TGWDstVPCID = line[i:e]
			case FieldTGWSrcSubnetID:
				r.TGWSrcSubnetID = line[i:e]
			case FieldTGWDstSubnetID:
				r.TGWDstSubnetID = line[i:e]
			case FieldTGWSrcENI:
				r.TGWSrcENI = line[i:e]
			case FieldTGWDstENI:
				r.TGWDstENI = line[i:e]
			case FieldTGWSrcAZID:
				r.TGWSrcAZID = line[i:e]
			case FieldTGWDstAZID:
				r.TGWDstAZID = line[i:e]
			case FieldTGWPairAttachmentID:
				r.TGWPairAttachmentID = line[i:e]
			case FieldPacketsLostNoRoute:
				v, ok = digits(line, i, e)
				r.PacketsLostNoRoute = int64(v)
			case FieldPacketsLostBlackhole:
				v, ok = digits(line, i, e)
				r.PacketsLostBlackhole = int64(v)
			case FieldPacketsLostMTUExceeded:
				v, ok = digits(line, i, e)
				r.PacketsLostMTUExceeded = int64(v)
			case FieldPacketsLostTTLExpired:
				v, ok = digits(line, i, e)
				r.PacketsLostTTLExpired = int64(v)
			}
			if !ok {
				return false
			}
			i = e + 1
		}
	}
	r.Fields = set
	r.Extra = line[extra:extraEnd]
	return column == len(f.fields)
}
