// Package athena writes the SQL with which Amazon Athena reads flow logs in S3:
// tables for every format and every layout in which flow logs are delivered,
// their partitions, copies of text as Parquet and Iceberg, and common questions.
// Statements are text: the package imports no AWS client, so run them with the
// one you have. Columns and types come from package flowlog alone, so a table
// fits what flowlog reads and flowlog/parquet writes.
//
// A Table says where the log is and what is in it. Its methods return
// statements:
//
//	Create, Drop, View               the table, and a view with types that mean something
//	AddPartitions, DropPartitions,
//	Repair, ShowPartitions           the partitions, if the table does not compute them
//	CreateAs, InsertFrom, Unload     copies as Parquet or Iceberg, made by Athena
//	MergeFrom, Optimize, Vacuum      Iceberg tables: each record once, and their upkeep
//	Queries                          questions, answered by SELECTs
//	DuckDBView                       the same questions without Athena, over the files themselves
//
// Table.Glue returns the table without SQL, for the Glue API, CloudFormation and
// Terraform. ParseKey and Table.Partition find the partition of an object's key,
// and Table.ParsePartition reads what SHOW PARTITIONS prints.
// Table.PartitionLocation returns the folder of a partition.
//
// # Layouts
//
// Partition columns are strings. The folders below the location of the table are
//
//	Unpartitioned   anything
//	Firehose        {datehour}/, which is yyyy/MM/dd/HH; or Table.Prefix
//	S3Daily         AWSLogs/{accid}/vpcflowlogs/{region}/{day}/, which is yyyy/MM/dd
//	S3Hourly        AWSLogs/{accid}/vpcflowlogs/{region}/{datehour}/
//	S3HiveDaily     AWSLogs/aws-account-id={}/aws-service=vpcflowlogs/aws-region={}/year={}/month={}/day={}/
//	S3HiveHourly    the same and hour={}/
//
// AWSLogs/ may hold the folder of an organization, AWSLogs/o-exampleorgid/, if
// the location ends in it.
//
// A table is Projected by default: Athena computes the partitions, and nothing
// has to be kept up to date. Use Explicit partitions for engines that do not
// support projection (Spark, Redshift Spectrum) and for SHOW PARTITIONS. Use them
// also if so many hours, accounts and Regions are empty that listing their folders
// would take longer than the query.
//
// # Time
//
// Folders are named for the time of arrival (Firehose) or of delivery (S3), in
// UTC, not for the time of the flow. A Firehose stream with another time zone is
// not supported. A question about a time therefore compares the start of the
// flow. It also bounds the partitions, to read less: from Params.From until
// Params.Late after Params.To.
//
// # Questions
//
// Questions returns what Queries can ask, with the fields that each needs:
//
//	SourcePorts
//		Which source ports have the most flows?
//	OutboundPorts
//		To which ports of others does our side open the most connections?
//	RejectedPorts
//		At which destination ports were the most flows rejected, and from how many sources?
//	TopTalkers
//		Which conversations have the most bytes?
//	PortScans
//		Which sources try many ports of one destination?
//	NewPorts
//		Which destination ports are new?
//	LogStatus
//		How many records have data, how many say that there was none, and how many say that some were skipped?
//	NewDestinations
//		To which new addresses of others does our side open connections?
//	NewInstancePorts
//		To which new ports of others do our instances open connections?
//	RegularCallers
//		Which sources open connections to the same destination and port at even intervals?
//	BytesPerHour
//		How many bytes does each hour have?
//	CrossZoneBytes
//		How many bytes go from one Availability Zone to another?
//	NATBytes
//		How many bytes does each of our addresses send and receive through NAT gateways?
//	GatewayEndpointBytes
//		How many bytes does each source send to S3 and DynamoDB through a NAT gateway or an internet gateway?
//	BytesByTag
//		How many bytes does each value of each tag have?
//	BytesByECSService
//		How many bytes does each ECS service have?
//	BytesByNextHop
//		How many bytes does each next-hop interface have?
//	BytesByPath
//		How many bytes leave by each path?
//	RejectReasons
//		Why was traffic rejected?
//	LostPackets
//		How many packets does each attachment of a transit gateway lose, and why?
//	VpcFlowLogsAcceptedTraffic
//		Which TCP connections did security groups and network ACLs allow?
//	VpcFlowLogsAdminPortTraffic
//		Which addresses send the most bytes from administrative ports?
//	VpcFlowLogsIPv4Traffic
//		How many flows, packets and bytes of IPv4 traffic are there?
//	VpcFlowLogsIPv6Traffic
//		How many flows, packets and bytes of IPv6 traffic are there?
//	VpcFlowLogsRejectedTCPTraffic
//		Which TCP connections did security groups or network ACLs reject?
//	VpcFlowLogsRejectedTraffic
//		Which traffic did security groups or network ACLs reject?
//	VpcFlowLogsSshRdpTraffic
//		Which flows are from or to the ports of SSH and RDP, 22 and 3389?
//	VpcFlowLogsTopTalkers
//		Which addresses send and receive the most bytes?
//	VpcFlowLogsTopTalkersPacketLevel
//		Which packet-level addresses send and receive the most bytes?
//	VpcFlowLogsTopTalkingInstances
//		Which instances have the most bytes?
//	VpcFlowLogsTopTalkingSubnets
//		Which subnets have the most bytes?
//	VpcFlowLogsTopTCPTraffic
//		Which TCP traffic does one source send, or every source if none is given?
//	VpcFlowLogsTotalBytesTransferred
//		Which pairs of source and destination have the most bytes?
//	VpcFlowLogsTotalBytesTransferredPacketLevel
//		Which pairs of packet-level source and destination have the most bytes?
//	VpcFlowLogsTrafficFrmSrcAddr
//		Which traffic does one source send, or every source if none is given?
//	VpcFlowLogsTrafficToDstAddr
//		Which traffic goes to one destination, or to every destination if none is given?
//
// # Iceberg
//
// A table with Storage Iceberg is one that Athena, Spark, Trino, Redshift and
// Flink share, in a bucket of yours or in S3 Tables (Table.Catalog). It has no
// layout: its partitions are the days, or hours, of the start of the flow, which
// is a timestamp. MergeFrom fills it from any other table so that running it
// twice changes nothing and a line delivered twice is one row.
//
// # DuckDB
//
// With Params.Dialect DuckDB, Queries asks DuckDB instead of Athena: run the
// statement of DuckDBView once, then any of the questions. There is no dialect
// for Spark or ClickHouse: their SQL differs in so many places that each would double
// the code of the questions.
//
// # Absent values
//
// The log writes "-" for a value it does not have. In Text and Regex tables
// that is NULL in a column of numbers and stays "-" in a column of strings. In
// Parquet files that flowlog/parquet or this package's statements wrote, both
// are NULL; AWS does not document what its own Parquet files hold, and "-" has
// been seen in their strings. Queries treats NULL and "-" alike, and View and
// the copies turn every "-" into NULL. 0 is a value, for example of the ports of
// ICMP.
//
// # What cannot go wrong
//
// A statement never ends in a semicolon and never holds two. Every name is
// quoted: in backticks in DDL, in double quotes in SELECT, INSERT and views. Only
// OPTIMIZE and VACUUM have the names of tables without quotes, because Athena takes
// none there.
// Names, locations, prefixes, accounts, Regions and addresses are checked
// against Athena's rules first. A value that breaks a rule is a *RuleError that
// names the rule, and no statement is returned. No value given to this package can
// change the structure of a statement.
//
// This project's tests run the statements on the engines that Athena is made of,
// not on Athena itself. Where AWS's pages disagree or are silent, the comment on
// the name says so.
package athena
