package flowlog

import "net/netip"

// The unexported methods in this file return the member of a Record that holds a field,
// one method for each Go type. A switch compiles to a jump table and, unlike a table of
// functions or interfaces, does not make the Record escape to the heap. A test checks the
// methods for all fields.

// Member returns a pointer to the member that holds f, for code that fills many records
// with the same fields. The type of the pointer is *string for KindText, *netip.Addr for
// KindAddr, *int64 for KindCount and KindTime, *uint16 for KindPort, *uint8 for
// KindProtocol, and *int32 for the other kinds. Member returns nil if f is not a field. It
// makes r escape to the heap.
//
// Code that writes through the pointer must also update Fields, and must write valid
// values only: a text must not be empty or contain white space, and a member whose field
// is absent must be zero. For single values use Set, SetInt and SetAddr, which check them.
func (r *Record) Member(f Field) any {
	if f == 0 || f >= fieldEnd {
		return nil
	}
	switch fields[f].kind {
	case KindText:
		return r.text(f)
	case KindAddr:
		return r.addr(f)
	case KindCount, KindTime:
		return r.int64(f)
	case KindPort:
		return r.port(f)
	case KindProtocol:
		return (*uint8)(&r.Protocol)
	}
	return r.int32(f)
}

// text returns a pointer to the member for f if f is of KindText, or nil.
func (r *Record) text(f Field) *string {
	switch f {
	case FieldAccountID:
		return &r.AccountID
	case FieldInterfaceID:
		return &r.InterfaceID
	case FieldAction:
		return (*string)(&r.Action)
	case FieldLogStatus:
		return (*string)(&r.LogStatus)
	case FieldVPCID:
		return &r.VPCID
	case FieldSubnetID:
		return &r.SubnetID
	case FieldInstanceID:
		return &r.InstanceID
	case FieldType:
		return &r.Type
	case FieldRegion:
		return &r.Region
	case FieldAZID:
		return &r.AZID
	case FieldSublocationType:
		return &r.SublocationType
	case FieldSublocationID:
		return &r.SublocationID
	case FieldPktSrcAWSService:
		return &r.PktSrcAWSService
	case FieldPktDstAWSService:
		return &r.PktDstAWSService
	case FieldFlowDirection:
		return (*string)(&r.FlowDirection)
	case FieldECSClusterARN:
		return &r.ECSClusterARN
	case FieldECSClusterName:
		return &r.ECSClusterName
	case FieldECSContainerInstanceARN:
		return &r.ECSContainerInstanceARN
	case FieldECSContainerInstanceID:
		return &r.ECSContainerInstanceID
	case FieldECSContainerID:
		return &r.ECSContainerID
	case FieldECSSecondContainerID:
		return &r.ECSSecondContainerID
	case FieldECSServiceName:
		return &r.ECSServiceName
	case FieldECSTaskDefinitionARN:
		return &r.ECSTaskDefinitionARN
	case FieldECSTaskARN:
		return &r.ECSTaskARN
	case FieldECSTaskID:
		return &r.ECSTaskID
	case FieldRejectReason:
		return &r.RejectReason
	case FieldResourceID:
		return &r.ResourceID
	case FieldInstanceTag:
		return &r.InstanceTag
	case FieldInstanceTag2:
		return &r.InstanceTag2
	case FieldInterfaceTag:
		return &r.InterfaceTag
	case FieldInterfaceTag2:
		return &r.InterfaceTag2
	case FieldASGTag:
		return &r.ASGTag
	case FieldASGTag2:
		return &r.ASGTag2
	case FieldInterfaceType:
		return &r.InterfaceType
	case FieldNextHopInterfaceID:
		return &r.NextHopInterfaceID
	case FieldNextHopSubnetID:
		return &r.NextHopSubnetID
	case FieldNextHopAZID:
		return &r.NextHopAZID
	case FieldNextHopVPCID:
		return &r.NextHopVPCID
	case FieldNextHopInterfaceType:
		return &r.NextHopInterfaceType
	case FieldResourceType:
		return &r.ResourceType
	case FieldTGWID:
		return &r.TGWID
	case FieldTGWAttachmentID:
		return &r.TGWAttachmentID
	case FieldTGWSrcVPCAccountID:
		return &r.TGWSrcVPCAccountID
	case FieldTGWDstVPCAccountID:
		return &r.TGWDstVPCAccountID
	case FieldTGWSrcVPCID:
		return &r.TGWSrcVPCID
	case FieldTGWDstVPCID:
		return &r.TGWDstVPCID
	case FieldTGWSrcSubnetID:
		return &r.TGWSrcSubnetID
	case FieldTGWDstSubnetID:
		return &r.TGWDstSubnetID
	case FieldTGWSrcENI:
		return &r.TGWSrcENI
	case FieldTGWDstENI:
		return &r.TGWDstENI
	case FieldTGWSrcAZID:
		return &r.TGWSrcAZID
	case FieldTGWDstAZID:
		return &r.TGWDstAZID
	case FieldTGWPairAttachmentID:
		return &r.TGWPairAttachmentID
	}
	return nil
}

// addr returns a pointer to the member for f if f is of KindAddr, or nil.
func (r *Record) addr(f Field) *netip.Addr {
	switch f {
	case FieldSrcAddr:
		return &r.SrcAddr
	case FieldDstAddr:
		return &r.DstAddr
	case FieldPktSrcAddr:
		return &r.PktSrcAddr
	case FieldPktDstAddr:
		return &r.PktDstAddr
	}
	return nil
}

// int64 returns a pointer to the member for f if f is of KindCount or KindTime, or nil.
func (r *Record) int64(f Field) *int64 {
	switch f {
	case FieldPackets:
		return &r.Packets
	case FieldBytes:
		return &r.Bytes
	case FieldStart:
		return (*int64)(&r.Start)
	case FieldEnd:
		return (*int64)(&r.End)
	case FieldPacketsLostNoRoute:
		return &r.PacketsLostNoRoute
	case FieldPacketsLostBlackhole:
		return &r.PacketsLostBlackhole
	case FieldPacketsLostMTUExceeded:
		return &r.PacketsLostMTUExceeded
	case FieldPacketsLostTTLExpired:
		return &r.PacketsLostTTLExpired
	}
	return nil
}

// int32 returns a pointer to the member for f if f is of KindVersion, KindFlags or
// KindCode, or nil.
func (r *Record) int32(f Field) *int32 {
	switch f {
	case FieldVersion:
		return &r.Version
	case FieldTCPFlags:
		return (*int32)(&r.TCPFlags)
	case FieldTrafficPath:
		return (*int32)(&r.TrafficPath)
	case FieldEncryptionStatus:
		return (*int32)(&r.EncryptionStatus)
	}
	return nil
}

// port returns the member of a field of KindPort, or nil.
func (r *Record) port(f Field) *uint16 {
	switch f {
	case FieldSrcPort:
		return &r.SrcPort
	case FieldDstPort:
		return &r.DstPort
	}
	return nil
}
