// Command partitioner is a Lambda function that keeps the partitions of an
// Athena table of flow logs: it adds those in which objects appear, and drops
// those that have expired.
//
// Its event is an S3 event notification, S3's "Object Created" event of
// EventBridge, or EventBridge's "Scheduled Event". Each partition is added once
// in the life of the process, several in one statement, and adding one that is
// there changes nothing, so events may come twice and functions may run side by
// side. On a schedule, partitions whose time ended EXPIRES_AFTER_DAYS ago are
// dropped; their objects stay, a lifecycle rule of the bucket deletes those.
//
// It waits for each query. A query that fails, or has not ended a second before
// the function's deadline, is an error, and Lambda tries the event again. Keys
// outside the table's layout are logged and skipped.
//
// A table whose partitions Athena computes (athena.Projected) needs none of
// this. The environment says what table it is:
//
//	DATABASE, TABLE      its names
//	LOCATION             s3://bucket/folder/, as in athena.Table
//	LAYOUT               firehose (the default), s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly
//	PREFIX               of the firehose layout, if it is not Firehose's default
//	SERVICE_KEY          service, for the s3-hive layouts of transit gateways; see athena.Table
//	WORKGROUP            of the queries; it has to say where their results go
//	EXPIRES_AFTER_DAYS   for schedules; without it a schedule is an error
//
// Credentials, Region and endpoint are found the way the AWS SDK finds them.
// template.yaml deploys the function with what triggers it.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	p, err := fromEnvironment(os.Getenv)
	if err != nil {
		log.Error("wrong environment", "error", err)
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	client := awsathena.NewFromConfig(cfg)
	p.log = log
	p.run.start, p.run.get, p.run.results = client, client, client
	lambda.Start(p.handle)
}
