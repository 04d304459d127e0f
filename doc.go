// Package vpcflow is the root of a set of small packages for AWS VPC flow log
// records: reading and writing them, moving them from CloudWatch Logs to S3
// without loss, telling what they mean, and querying them there.
//
// This package has no code. The others, each useful by itself:
//
//   - [github.com/vpcflow/vpcflow/flowlog] is one typed Record for every version of
//     the log, VPC and transit gateway, with formats, a reader of every delivery
//     shape, text and JSON. Read it first.
//   - [github.com/vpcflow/vpcflow/flowlog/traffic] tells what records mean: who
//     opened a connection, to which service, and whether it left our networks.
//   - [github.com/vpcflow/vpcflow/flowlog/parquet] writes and reads records as
//     Parquet files with AWS's own columns, and converts text to them.
//   - [github.com/vpcflow/vpcflow/cwlogs] decodes what a CloudWatch Logs
//     subscription delivers to Lambda, Kinesis and Firehose.
//   - [github.com/vpcflow/vpcflow/firehose] packs lines into Firehose records and
//     calls, resends what was refused, and hands back what was not delivered.
//   - [github.com/vpcflow/vpcflow/athena] writes the statements: tables, partitions,
//     views and queries for logs in S3.
//
// Three packages are for the tests of programs that use these:
// [github.com/vpcflow/vpcflow/flowlog/flowlogtest] makes a realistic log,
// [github.com/vpcflow/vpcflow/cwlogs/cwlogstest] the events of a subscription, and
// [github.com/vpcflow/vpcflow/firehose/firehosetest] is a Firehose on loopback that
// enforces the service's limits and fails on command.
//
// The programs in examples are built from them: the Lambda that forwards a log
// group to Firehose, the one that turns text in S3 into Parquet, the whole
// pipeline on one machine, and others.
//
// Data flows one way:
//
//	            cwlogs.Decoder            firehose.Batcher              athena.Table (text)
//	CloudWatch ----------------> messages ----------------> Firehose -> S3 gz ---------> SQL
//	                                                                    |
//	                              flowlog.Reader <----------------------+
//	                                    | Record
//	                              parquet.Writer -> S3 parquet -> athena.Table (parquet) -> SQL
//
// cwlogs and firehose know nothing of flow logs: the pipeline moves lines as
// they are, so that an unknown field or a broken line is never lost on the way.
// Lines are parsed where their meaning is needed.
package vpcflow
