// Package athena writes the SQL that puts Amazon Athena over flow logs in S3:
// tables for every format, in every layout in which flow logs are delivered,
// their partitions, the way from text to Parquet, and the questions people ask.
// Statements are text: the package imports no AWS client, so run them with the
// one you have. Columns and types come from package flowlog alone, so a table
// fits what flowlog reads and flowlog/parquet writes.
//
// A Table says where the log is and what is in it; its methods return
// statements:
//
//	Create, Drop, View               the table, and a view with types that mean something
//	AddPartitions, DropPartitions,
//	Repair, ShowPartitions           the partitions, if the table does not compute them
//	CreateAs, InsertFrom, Unload     copies as Parquet, made by Athena
//	Queries                          questions, answered by SELECTs
//
// and ParseKey, Table.Partition and Table.ParsePartition lead back from an
// object's key, and from what SHOW PARTITIONS says, to the partition.
//
// # Layouts
//
// Partition columns are strings. Below the location of the table lie
//
//	Unpartitioned   anything
//	Firehose        {datehour}/, which is yyyy/MM/dd/HH; or Table.Prefix
//	S3Daily         AWSLogs/{accid}/vpcflowlogs/{region}/{day}/, which is yyyy/MM/dd
//	S3Hourly        AWSLogs/{accid}/vpcflowlogs/{region}/{datehour}/
//	S3HiveDaily     AWSLogs/aws-account-id={}/aws-service=vpcflowlogs/aws-region={}/year={}/month={}/day={}/
//	S3HiveHourly    the same and hour={}/
//
// AWSLogs/ may hold the folder of an organisation, AWSLogs/o-exampleorgid/, if
// the location ends in it.
//
// A table is Projected unless told otherwise: Athena computes the partitions,
// and nothing needs to be kept up to date. Explicit partitions are for what does
// not know projection (Spark, Redshift Spectrum, SHOW PARTITIONS), and for logs
// with so many hours, accounts and Regions without an object that computing
// their folders would take longer than the query.
//
// # Time
//
// Folders are named for the time of arrival (Firehose) or of delivery (S3), in
// UTC, and not for the time of the flow; a Firehose stream with a time zone of
// its own does not fit. A question about a time therefore asks for the start
// of the flow, and bounds the partitions only to read less: from the first
// moment asked for to some time, Params.Late, after the last.
//
// # Absent values
//
// The log writes "-" for what it does not know. In Text and Regex tables that
// is NULL in a column of numbers and stays "-" in a column of strings; in
// Parquet both are NULL. Queries treats them alike, View and the copies turn
// every "-" into NULL. 0 is a value, as of the ports of ICMP.
//
// # What cannot go wrong
//
// A statement never ends in a semicolon and never holds two. Every name is
// quoted: in backticks in DDL, in double quotes in SELECT and its kin. Names,
// locations, prefixes, accounts, Regions and addresses are held to Athena's
// rules first, and what breaks one is a *RuleError that says which, before any
// text exists; nothing given to this package can change the shape of a
// statement.
//
// No statement has been run on Athena itself by this project's tests; they run
// on the engines Athena is made of. Where AWS's pages disagree or are silent,
// the comment on the name says so.
package athena
