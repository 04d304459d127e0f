package flowlog

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These are the formats of AWS's example lines, from
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html.
const (
	formatV3       = "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status"
	formatV5       = "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status"
	formatNAT      = "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"
	formatRegional = "resource-id instance-id interface-id subnet-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"
	formatThrough  = "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status"
)

// awsExample is one example line of AWS's documentation.
type awsExample struct {
	name   string
	format *Format
	line   string
	want   Record // expected record, without Fields
	back   string // result of Append, if it differs from the line
}

// awsExamples returns AWS's example lines with their expected records.
func awsExamples(t testing.TB) []awsExample {
	ip := netip.MustParseAddr
	v3, v5, nat := mustParse(t, formatV3), mustParse(t, formatV5), mustParse(t, formatNAT)
	regional, through := mustParse(t, formatRegional), mustParse(t, formatThrough)
	flagged := func(src, dst netip.Addr, sport, dport uint16, bytes, packets int64, start, end Timestamp, flags TCPFlags) Record {
		return Record{
			Version: 3, VPCID: "vpc-abcdefab012345678", SubnetID: "subnet-aaaaaaaa012345678", InstanceID: "i-01234567890123456",
			InterfaceID: "eni-1235b8ca123456789", AccountID: "123456789010", Type: "IPv4", SrcAddr: src, DstAddr: dst, SrcPort: sport, DstPort: dport,
			PktSrcAddr: src, PktDstAddr: dst, Protocol: TCP, Bytes: bytes, Packets: packets, Start: start, End: end,
			Action: Accept, TCPFlags: flags, LogStatus: OK,
		}
	}
	outside, inside := ip("52.213.180.42"), ip("10.0.0.62")
	return []awsExample{
		{
			name: "accepted SSH", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
			want: Record{
				Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("172.31.16.139"), DstAddr: ip("172.31.16.21"),
				SrcPort: 20641, DstPort: 22, Protocol: TCP, Packets: 20, Bytes: 4249, Start: 1418530010, End: 1418530070, Action: Accept, LogStatus: OK,
			},
		},
		{
			name: "rejected RDP", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK",
			want: Record{
				Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("172.31.9.69"), DstAddr: ip("172.31.9.12"),
				SrcPort: 49761, DstPort: 3389, Protocol: TCP, Packets: 20, Bytes: 4249, Start: 1418530010, End: 1418530070, Action: Reject, LogStatus: OK,
			},
		},
		{
			name: "no data", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
			want: Record{Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789", Start: 1431280876, End: 1431280934, LogStatus: NoData},
		},
		{
			name: "skipped data", format: V2,
			line: "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA",
			want: Record{Version: 2, AccountID: "123456789010", InterfaceID: "eni-11111111aaaaaaaaa", Start: 1431280876, End: 1431280934, LogStatus: SkipData},
		},
		{
			name: "ICMP in", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK",
			want: Record{
				Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("203.0.113.12"), DstAddr: ip("172.31.16.139"),
				Protocol: ICMP, Packets: 4, Bytes: 336, Start: 1432917027, End: 1432917142, Action: Accept, LogStatus: OK,
			},
		},
		{
			name: "ICMP out", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.12 0 0 1 4 336 1432917094 1432917142 REJECT OK",
			want: Record{
				Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("172.31.16.139"), DstAddr: ip("203.0.113.12"),
				Protocol: ICMP, Packets: 4, Bytes: 336, Start: 1432917094, End: 1432917142, Action: Reject, LogStatus: OK,
			},
		},
		{
			name: "IPv6", format: V2,
			line: "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK",
			want: Record{
				Version: 2, AccountID: "123456789010", InterfaceID: "eni-1235b8ca123456789",
				SrcAddr: ip("2001:db8:1234:a100:8d6e:3477:df66:f105"), DstAddr: ip("2001:db8:1234:a102:3304:8879:34cf:4071"),
				SrcPort: 34892, DstPort: 22, Protocol: TCP, Packets: 54, Bytes: 8855, Start: 1477913708, End: 1477913820, Action: Accept, LogStatus: OK,
			},
		},
		{
			name: "flags SYN", format: v3,
			line: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK",
			want: flagged(outside, inside, 43416, 5001, 568, 8, 1566848875, 1566848933, SYN),
		},
		{
			name: "flags SYN-ACK", format: v3,
			line: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 10.0.0.62 52.213.180.42 5001 43416 10.0.0.62 52.213.180.42 6 376 7 1566848875 1566848933 ACCEPT 18 OK",
			want: flagged(inside, outside, 5001, 43416, 376, 7, 1566848875, 1566848933, SYN|ACK),
		},
		{
			name: "flags FIN", format: v3,
			line: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 10.0.0.62 52.213.180.42 5001 43418 10.0.0.62 52.213.180.42 6 63388 1219 1566848933 1566849113 ACCEPT 1 OK",
			want: flagged(inside, outside, 5001, 43418, 63388, 1219, 1566848933, 1566849113, FIN),
		},
		{
			name: "flags SYN and FIN", format: v3,
			line: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43638 5001 52.213.180.42 10.0.0.62 6 1260 17 1566933133 1566933193 ACCEPT 3 OK",
			want: flagged(outside, inside, 43638, 5001, 1260, 17, 1566933133, 1566933193, SYN|FIN),
		},
		{
			name: "flags SYN-ACK and FIN, with AWS's double space", format: v3,
			line: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 10.0.0.62 52.213.180.42 5001 43638  10.0.0.62 52.213.180.42 6 967 14 1566933133 1566933193 ACCEPT 19 OK",
			want: flagged(inside, outside, 5001, 43638, 967, 14, 1566933133, 1566933193, SYN|ACK|FIN),
			back: "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 10.0.0.62 52.213.180.42 5001 43638 10.0.0.62 52.213.180.42 6 967 14 1566933133 1566933193 ACCEPT 19 OK",
		},
		{
			name: "from S3", format: v5,
			line: "5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 S3 - - ingress OK",
			want: Record{
				Version: 5, SrcAddr: ip("52.95.128.179"), DstAddr: ip("10.0.0.71"), SrcPort: 80, DstPort: 34210, Protocol: TCP,
				Start: 1616729292, End: 1616729349, Type: "IPv4", Packets: 14, Bytes: 15044, AccountID: "123456789012", VPCID: "vpc-abcdefab012345678",
				SubnetID: "subnet-aaaaaaaa012345678", InstanceID: "i-0c50d5961bcb2d47b", InterfaceID: "eni-1235b8ca123456789",
				Region: "ap-southeast-2", AZID: "apse2-az3", Action: Accept, TCPFlags: SYN | ACK | FIN,
				PktSrcAddr: ip("52.95.128.179"), PktDstAddr: ip("10.0.0.71"), PktSrcAWSService: "S3", FlowDirection: Ingress, LogStatus: OK,
			},
		},
		{
			name: "to S3", format: v5,
			line: "5 10.0.0.71 52.95.128.179 34210 80 6 1616729292 1616729349 IPv4 7 471 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 3 10.0.0.71 52.95.128.179 - S3 8 egress OK",
			want: Record{
				Version: 5, SrcAddr: ip("10.0.0.71"), DstAddr: ip("52.95.128.179"), SrcPort: 34210, DstPort: 80, Protocol: TCP,
				Start: 1616729292, End: 1616729349, Type: "IPv4", Packets: 7, Bytes: 471, AccountID: "123456789012", VPCID: "vpc-abcdefab012345678",
				SubnetID: "subnet-aaaaaaaa012345678", InstanceID: "i-0c50d5961bcb2d47b", InterfaceID: "eni-1235b8ca123456789",
				Region: "ap-southeast-2", AZID: "apse2-az3", Action: Accept, TCPFlags: SYN | FIN, PktSrcAddr: ip("10.0.0.71"), PktDstAddr: ip("52.95.128.179"),
				PktDstAWSService: "S3", TrafficPath: PathInternetGateway, FlowDirection: Egress, LogStatus: OK,
			},
		},
		{
			name: "NAT gateway out", format: nat,
			line: "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5",
			want: Record{InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("10.0.1.5"), DstAddr: ip("10.0.0.220"), PktSrcAddr: ip("10.0.1.5"), PktDstAddr: ip("203.0.113.5")},
		},
		{
			name: "NAT gateway back", format: nat,
			line: "- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5",
			want: Record{InterfaceID: "eni-1235b8ca123456789", SrcAddr: ip("10.0.0.220"), DstAddr: ip("10.0.1.5"), PktSrcAddr: ip("203.0.113.5"), PktDstAddr: ip("10.0.1.5")},
		},
		{
			name: "regional NAT gateway", format: regional,
			line: "nat-1234567890abcdef - - - 107.22.182.139 203.0.113.5 107.22.182.139 203.0.113.5",
			want: Record{ResourceID: "nat-1234567890abcdef", SrcAddr: ip("107.22.182.139"), DstAddr: ip("203.0.113.5"), PktSrcAddr: ip("107.22.182.139"), PktDstAddr: ip("203.0.113.5")},
		},
		{
			name: "through a transit gateway, source", format: through,
			line: "3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 10.20.33.164 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK",
			want: Record{
				Version: 3, InterfaceID: "eni-33333333333333333", AccountID: "123456789010", VPCID: "vpc-abcdefab012345678", SubnetID: "subnet-22222222bbbbbbbbb",
				InstanceID: "i-01234567890123456", SrcAddr: ip("10.20.33.164"), DstAddr: ip("10.40.2.236"), SrcPort: 39812, DstPort: 80, Protocol: TCP,
				TCPFlags: SYN | FIN, Type: "IPv4", PktSrcAddr: ip("10.20.33.164"), PktDstAddr: ip("10.40.2.236"), Action: Accept, LogStatus: OK,
			},
		},
		{
			name: "through a transit gateway, attachment", format: through,
			line: "3 eni-11111111111111111 123456789010 vpc-abcdefab012345678 subnet-11111111aaaaaaaaa - 10.40.1.175 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK",
			want: Record{
				Version: 3, InterfaceID: "eni-11111111111111111", AccountID: "123456789010", VPCID: "vpc-abcdefab012345678", SubnetID: "subnet-11111111aaaaaaaaa",
				SrcAddr: ip("10.40.1.175"), DstAddr: ip("10.40.2.236"), SrcPort: 39812, DstPort: 80, Protocol: TCP,
				TCPFlags: SYN | FIN, Type: "IPv4", PktSrcAddr: ip("10.20.33.164"), PktDstAddr: ip("10.40.2.236"), Action: Accept, LogStatus: OK,
			},
		},
	}
}

// TestAWSExamples decodes each example line and appends the record again.
func TestAWSExamples(t *testing.T) {
	for _, tt := range awsExamples(t) {
		t.Run(tt.name, func(t *testing.T) {
			var got Record
			require.NoError(t, tt.format.Decode(&got, tt.line))
			back := tt.back
			if back == "" {
				back = tt.line
			}
			assert.Equal(t, back, string(tt.format.Append(nil, &got)))
			got.Fields = FieldSet{}
			assert.Equal(t, tt.want, got)
		})
	}
	t.Run("a comment after the line, as on AWS's page", func(t *testing.T) {
		var r Record
		err := mustParse(t, formatNAT).Decode(&r, "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 #traffic from the NAT gateway")
		assert.ErrorIs(t, err, ErrFieldCount)
	})
}
