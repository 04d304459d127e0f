// Command partitioner is a Lambda function that maintains the partitions of an
// Athena table of flow logs. It adds the partitions of new objects, and drops
// expired partitions.
//
// Its event is an event of S3, directly or through SNS, SQS or EventBridge, or a
// "Scheduled Event" of EventBridge. A process adds each partition once, with
// several in one statement. Adding an existing partition has no effect, so events
// may be delivered twice, and functions may run in parallel. The function logs and
// skips removals, restores and other events of S3, and keys outside the layout of
// the table. Any other event is an error.
//
// On a schedule, the function lists the folders of the bucket and adds the
// partitions that are missing in the table, for example because an event failed.
// It also drops the partitions whose time ended EXPIRES_AFTER_DAYS ago. Their
// objects are not deleted; a lifecycle rule of the bucket can do that.
//
// The function waits for each query. It returns an error if a query fails, or has
// not ended one second before the deadline of the function. Lambda then retries
// the event.
//
// A table whose partitions Athena computes (athena.Projected) does not need this
// function. The environment variables describe the table:
//
//	DATABASE, TABLE      the names of the database and the table
//	LOCATION             s3://bucket/folder/, as in athena.Table
//	LAYOUT               firehose (the default), s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly
//	PREFIX               the prefix of the firehose layout, if it is not the default of Firehose
//	SERVICE_KEY          service, for the s3-hive layouts of transit gateways; see athena.Table
//	WORKGROUP            the workgroup of the queries, with a location for their results
//	EXPIRES_AFTER_DAYS   the age at which partitions are dropped; without it they never are
//
// The AWS SDK finds the credentials, the Region and the endpoint. template.yaml
// deploys the function and its triggers.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

const help = `partitioner is a Lambda function. It adds the partitions of new objects to an
Athena table of flow logs, and drops expired partitions.

Environment variables:
  DATABASE, TABLE      the names of the database and the table
  LOCATION             s3://bucket/folder/, as in athena.Table
  LAYOUT               firehose (the default), s3-daily, s3-hourly,
                       s3-hive-daily, s3-hive-hourly
  PREFIX               the prefix of the firehose layout, if it is not the
                       default of Firehose
  SERVICE_KEY          service, for the s3-hive layouts of transit gateways
  WORKGROUP            the workgroup of the queries, with a location for
                       their results
  EXPIRES_AFTER_DAYS   the age at which partitions are dropped; without it
                       they never are
The AWS SDK finds the credentials, the Region and the endpoint.

examples/DEPLOY.md shows how to build and deploy it. The zip has the program as
"bootstrap", for the runtime provided.al2023 on arm64. The template is
examples/partitioner/template.yaml.
`

func main() {
	lambdakit.Help("partitioner", help)
	log := lambdakit.NewLogger(os.Stderr)
	p, err := fromEnvironment(os.Getenv)
	if err != nil {
		log.Error("invalid environment", "error", err)
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
