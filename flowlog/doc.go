// Package flowlog reads and writes AWS flow log records: those of VPCs in every version
// of the log, 2 to 11, and those of transit gateways. One type, Record, holds them all,
// whatever the order of their columns and however they were delivered.
//
// A Format is the ordered list of the columns. It decodes a line into a Record and
// appends a Record as a line:
//
//	var r flowlog.Record
//	if err := flowlog.V2.Decode(&r, line); err != nil { … }
//	fmt.Println(r.SrcAddr, r.DstPort, r.Protocol, r.Bytes)
//
// A Reader reads a whole log, plain or compressed, and takes the format from the header
// line:
//
//	for r, err := range flowlog.NewReader(file, nil).All() {
//		if err != nil { … } // after a *ParseError the loop may continue
//	}
//
// # Lines
//
// A record is one line of values separated by spaces, one value for each column of the
// format. AWS writes no quotes and no escapes, and a value contains no white space. This
// package also accepts runs of spaces and tabs between values, because AWS's own examples
// have them, and ignores white space around a line, including a carriage return. No other
// byte is special: quotes and invalid UTF-8 are part of a value.
//
// A "-" stands for a value that does not apply or is not available. Such a field is not
// in Record.Fields, and its member is zero. Zero is also a value: a port is 0 for ICMP.
// Writing preserves the difference.
//
// A NODATA record says that there was no traffic in the aggregation interval, and a
// SKIPDATA record that AWS skipped records of the interval. Both are records, not errors.
// AWS documents which of their fields are "-" only for the default format. In other
// formats any field may be absent, and a custom format may have no log status.
//
// # Formats
//
// The default format of VPC flow logs, V2, has the 14 fields of version 2. The default
// format of transit gateway flow logs, TransitGateway, has 36 fields. A custom format has
// any fields in any order. It is written in the syntax of the EC2 API,
// "${version} ${srcaddr} ${dstaddr}", as the header line of a file in S3,
// "version srcaddr dstaddr", or as column names, "version,srcaddr,dstaddr". ParseFormat
// accepts all of them. The version of a record in a custom format is the highest version
// of its fields.
//
//	version   fields   added
//	2         14       addresses, ports, protocol, counters, times, action, status
//	3         21       VPC, subnet, instance, TCP flags, packet addresses
//	4         25       Region, Availability Zone, sublocation
//	5         29       AWS services, direction, traffic path
//	6         29       nothing for VPCs; 18 fields of transit gateways
//	7         39       ECS
//	8         40       reject reason
//	9         41       resource id
//	10        42       encryption status
//	11        54       tags, interface type, next hop
//
// AWS adds fields. A column with an unknown name is kept: its values are in Record.Extra,
// in the order of the format, and Append writes them. The other columns are decoded as
// usual. Unknown values of open lists (actions, statuses, paths, codes) are kept too.
//
// A line does not tell its format, and neither does its number of columns. Files in S3
// have a header line. Records in CloudWatch Logs and records published directly to
// Firehose have none, so their format must be given unless it is the default. VPC and
// transit gateway records can be in one file. A line of the other kind is an error: it has
// the wrong number of columns, or its account, resource type, interface or transit gateway
// does not fit.
//
// # Values
//
// AWS gives every field one of three types in Parquet files: STRING, INT_32 or INT_64. The
// members of Record have more precise types:
//
//	addresses            netip.Addr            IPv4, IPv6, and IPv4 mapped into IPv6
//	ports                uint16
//	protocol             Protocol              IANA's number; String returns its name
//	packets, bytes       int64                 never negative
//	start, end           Timestamp             as logged: seconds, or milliseconds in some logs
//	tcp-flags            TCPFlags              OR of the flags in the interval
//	traffic-path         TrafficPath           a code from an open list
//	encryption-status    EncryptionStatus      a code from an open list
//	version              int32
//	account-id, tags …   string                as logged, with leading zeros and percent-encoding
//
// Numbers are decimal. A number outside the range of its field is an error for its line.
// UnescapeTag decodes the value of a tag field.
//
// # Errors
//
// A bad line is a *ParseError with its position, the field, a copy of the bad text of at
// most 64 bytes, and a cause for errors.Is: ErrFieldCount, strconv.ErrSyntax,
// strconv.ErrRange, ErrAddr, ErrOtherLog, ErrMessage or ErrLineTooLong. It does not end a
// stream, and Stats counts it. An error that ends a stream early, such as truncated gzip,
// is never reported as io.EOF.
//
// # Memory
//
// Decode does not copy text: text members are substrings of the line. They remain valid,
// and each keeps its line in memory or, with a Reader, a block of 64 KiB or of one longer
// line. Use strings.Clone for the strings of the few records that you keep of a large log.
// Decode, Append, AppendJSON and AppendValue do not allocate. A Reader allocates once for
// each block, or never with ReuseText, and its memory does not grow with the stream. Lines
// have at most 1 MiB unless Reader.MaxLine is set.
//
// A Format is safe for concurrent use. A Record and a Reader are not.
//
// # Sources
//
// The fields are those of
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html and
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html. The lines in the tests are
// those of
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html.
package flowlog
