// Package flowlog reads and writes AWS flow log records: those of VPCs in every
// version of the log, 2 to 11, and those of transit gateways. One typed Record
// holds them all, whatever the order of their columns and however they were
// delivered.
//
// A Format is the order of the columns. It decodes a line into a Record and
// appends a Record as a line:
//
//	var r flowlog.Record
//	if err := flowlog.V2.Decode(&r, line); err != nil { … }
//	fmt.Println(r.SrcAddr, r.DstPort, r.Protocol, r.Bytes)
//
// A Reader reads a whole stream, plain or compressed, and takes the format from
// its header line:
//
//	for r, err := range flowlog.NewReader(file, nil).All() {
//		if err != nil { … } // a *ParseError is about one line: the loop goes on
//	}
//
// # Lines
//
// A record is one line: values separated by a space, one for each column of the
// format. AWS writes no quotes and no escapes; a value holds no white space.
// This package also takes runs of spaces and tabs for one separator, because
// AWS's own examples have them, and passes over white space around a line, so a
// carriage return too. Nothing else separates, and no byte but those is special:
// a quote is part of a value, and so is what is not UTF-8.
//
// A "-" stands for a value that does not apply or could not be had. It leaves
// the field out of Record.Fields; the member is zero. Zero itself is a value: a
// port is 0 for ICMP. Writing keeps the two apart.
//
// A NODATA record says that there was no traffic in the interval, a SKIPDATA
// record that records of the interval were left out. Both are records. AWS
// documents which of their fields are "-" for the default format only, so any
// field may be absent whatever the log status says; a custom format need not
// have a log status.
//
// # Formats
//
// The default format of VPC flow logs, V2, has the 14 fields of version 2; that
// of transit gateway flow logs, TransitGateway, has 36. A custom format has any
// fields in any order. It is written as the EC2 API takes it,
// "${version} ${srcaddr} ${dstaddr}", as the header line of a file in S3,
// "version srcaddr dstaddr", or as column names, "version,srcaddr,dstaddr";
// ParseFormat reads them all. The version of a record in a custom format is the
// highest version among its fields.
//
//	version   fields   what came with it
//	2         14       addresses, ports, protocol, counters, times, action, status
//	3         21       VPC, subnet, instance, TCP flags, addresses in the packet
//	4         25       Region, Availability Zone, sublocation
//	5         29       AWS services, direction, traffic path
//	6         29       nothing for VPCs; 18 fields for transit gateways alone
//	7         39       ECS
//	8         40       reject reason
//	9         41       resource id
//	10        42       encryption status
//	11        54       tags, interface type, next hop
//
// AWS adds fields. A name this version does not know keeps its column: its
// values are in Record.Extra, in the order of the format, and are written back.
// The other columns do not suffer. Values AWS adds to a list (actions,
// statuses, paths, codes) are kept as they are too.
//
// Nothing in a line tells its format, and a count of columns does not either.
// Files in S3 have a header line. Records in CloudWatch Logs and those put
// straight to Firehose have none: their format must be given unless it is the
// default. VPC and transit gateway records can end up in one file: a line of the
// other kind is an error, if not by its number of columns then where its account,
// resource type, interface or transit gateway gives it away.
//
// # Values
//
// Every field has one of the types AWS gives it in Parquet files: STRING,
// INT_32 or INT_64. Members of Record are more precise:
//
//	addresses            netip.Addr            IPv4, IPv6, and IPv4 in IPv6, which stays that
//	ports                uint16
//	protocol             Protocol              IANA's number; its name is only a view of it
//	packets, bytes       int64                 never negative
//	start, end           Timestamp             as logged: seconds, or milliseconds as some logs have
//	tcp-flags            TCPFlags              the OR over the interval
//	traffic-path         TrafficPath           a code from an open list
//	encryption-status    EncryptionStatus      a code from an open list
//	version              int32
//	account-id, tags …   string                as logged: leading zeros and percent-encoding stay
//
// Numbers are decimal. A number outside the range of its field is an error for
// that line, and never wraps. UnescapeTag decodes the value of a tag field.
//
// # Errors
//
// A line that is bad gives a *ParseError with its place, the field, a copy of the
// bad text of at most 64 bytes, and a cause for errors.Is: ErrFieldCount,
// strconv.ErrSyntax, strconv.ErrRange, ErrAddr, ErrFormat or ErrLineTooLong. It
// never ends a stream, and Stats counts it. What does end a stream early, such as
// gzip that is cut off, is never mistaken for its end.
//
// # Memory
//
// Decode copies nothing: text members are substrings of the line. They stay
// valid for ever and keep the line in memory, or, from a Reader, the block it was
// read with, 64 KiB unless a line is longer. Whoever keeps few records of a large log clones their
// strings. Decode, Append, AppendJSON and AppendValue do not allocate; a Reader
// allocates once for each block, and its memory does not grow with the stream.
// Lines are at most 1 MiB unless Reader.MaxLine says otherwise.
//
// A Format may be used by many goroutines at once; a Record and a Reader are for
// one at a time.
//
// # Sources
//
// The fields are those of
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html and
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html; the lines in the
// tests are those of
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html.
package flowlog
