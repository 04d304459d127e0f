// Command partitioner is a Lambda function that keeps the partitions of an
// Athena table of flow logs: it adds those in which objects appear, and drops
// those that have expired.
//
// Its event is one of S3, directly or through SNS, SQS or EventBridge, or
// EventBridge's "Scheduled Event". Each partition is added once in the life of
// the process, several in one statement. Adding a partition that is there already
// changes nothing, so events may come twice and functions may run side by side.
// Removals, restores and other events of S3 are logged and skipped, and so are
// keys outside the table's layout. An event of another kind is an error.
//
// On a schedule, the function lists the folders of the bucket and adds the
// partitions that the table lacks, so that a partition whose only event failed
// appears all the same. It also drops the partitions whose time ended
// EXPIRES_AFTER_DAYS ago; their objects stay, and a lifecycle rule of the bucket
// can delete those.
//
// It waits for each query. A query that fails, or has not ended a second before
// the function's deadline, is an error, and Lambda tries the event again.
//
// A table whose partitions Athena computes (athena.Projected) needs none of
// this. The environment says what table it is:
//
//	DATABASE, TABLE      its names
//	LOCATION             s3://bucket/folder/, as in athena.Table
//	LAYOUT               firehose (the default), s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly
//	PREFIX               of the firehose layout, if it is not Firehose's default
//	SERVICE_KEY          service, for the s3-hive layouts of transit gateways; see athena.Table
//	WORKGROUP            of the queries; it must say where their results go
//	EXPIRES_AFTER_DAYS   after their time, partitions are dropped; without it never
//
// Credentials, Region and endpoint are found the way the AWS SDK finds them.
// template.yaml deploys the function with what triggers it.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

func main() {
	log := lambdakit.NewLogger(os.Stderr)
	p, err := fromEnvironment(os.Getenv)
	if err != nil {
		log.Error("wrong environment", "error", err)
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithLogger(lambdakit.SDKLogger(log)))
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	client := awsathena.NewFromConfig(cfg)
	p.log = log
	p.run.start, p.run.get, p.run.results = client, client, client
	p.list = s3.NewFromConfig(cfg)
	lambdakit.Start(log, p.handle)
}
