package cwlogstest

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
)

// LambdaEvent returns the event of a Lambda function that is the destination of
// a subscription.
func LambdaEvent(b *cwlogs.Batch) events.CloudwatchLogsEvent {
	return LambdaEventOf(Document(b))
}

// LambdaEventOf is LambdaEvent for any payload.
func LambdaEventOf(payload []byte) (e events.CloudwatchLogsEvent) {
	e.AWSLogs.Data = base64.StdEncoding.EncodeToString(payload)
	return e
}

// KinesisEvent returns the event of a Lambda function that reads a Kinesis data
// stream, with one record for each Batch. The sequence numbers have 56 digits
// and increase.
func KinesisEvent(b ...*cwlogs.Batch) events.KinesisEvent {
	return KinesisEventOf(documents(b)...)
}

// KinesisEventOf is KinesisEvent for any payloads, one for each record.
func KinesisEventOf(payloads ...[]byte) events.KinesisEvent {
	e := events.KinesisEvent{Records: make([]events.KinesisEventRecord, len(payloads))}
	for i, p := range payloads {
		n := fmt.Sprintf("4959033827%046d", i+1)
		e.Records[i] = events.KinesisEventRecord{
			AwsRegion:         region,
			EventID:           "shardId-000000000000:" + n,
			EventName:         "aws:kinesis:record",
			EventSource:       "aws:kinesis",
			EventSourceArn:    "arn:aws:kinesis:" + region + ":" + account + ":stream/logs",
			EventVersion:      "1.0",
			InvokeIdentityArn: "arn:aws:iam::" + account + ":role/function",
			Kinesis: events.KinesisRecord{
				ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: arrival()},
				Data:                        p,
				PartitionKey:                "1b9c7b3a4b2d4c5e",
				SequenceNumber:              n,
				KinesisSchemaVersion:        "1.0",
			},
		}
	}
	return e
}

// FirehoseEvent returns the event of a Lambda function that transforms the
// records of a Firehose stream, with one record for each Batch. The record ids
// are different.
func FirehoseEvent(b ...*cwlogs.Batch) events.KinesisFirehoseEvent {
	return FirehoseEventOf(documents(b)...)
}

// FirehoseEventOf is FirehoseEvent for any payloads, one for each record.
func FirehoseEventOf(payloads ...[]byte) events.KinesisFirehoseEvent {
	e := events.KinesisFirehoseEvent{
		InvocationID:      "3b2d6e9c-2b6c-4c53-9e0f-7a4f1c0d8e21",
		DeliveryStreamArn: "arn:aws:firehose:" + region + ":" + account + ":deliverystream/flow-logs",
		Region:            region,
		Records:           make([]events.KinesisFirehoseEventRecord, len(payloads)),
	}
	for i, p := range payloads {
		e.Records[i] = events.KinesisFirehoseEventRecord{
			RecordID:                    fmt.Sprintf("4959033827%046d000000", i+1),
			ApproximateArrivalTimestamp: events.MilliSecondsEpochTime{Time: arrival()},
			Data:                        p,
		}
	}
	return e
}

const region = "us-east-1"

// arrival returns the arrival time of all records.
func arrival() time.Time { return time.UnixMilli(timestamp + 60_000).UTC() }

func documents(batches []*cwlogs.Batch) [][]byte {
	payloads := make([][]byte, len(batches))
	for i, b := range batches {
		payloads[i] = Document(b)
	}
	return payloads
}
