// Command forwarder is a Lambda function that passes the log lines of a
// CloudWatch Logs subscription on to a Firehose stream. It moves lines and does
// not look into them, so that nothing it does not know can get lost.
//
// Its event is that of a subscription whose destination is the function, or of
// a Kinesis data stream in between. Control messages are dropped. Everything
// else is delivered or is an error:
//
//   - A payload that cannot be decoded to its end, or holds a message of unknown
//     type, is an error, and nothing of it is sent: CloudWatch's asynchronous
//     invocation is tried again twice and then goes to the function's on-failure
//     destination, whole.
//   - Lines that Firehose has not accepted a second before the function's
//     deadline are an error that says how many there are. What Lambda then tries
//     again is the whole event: lines already accepted come twice. There is no
//     other way to lose none.
//   - Of a Kinesis event, the answer names the first record that was not
//     delivered (BatchItemFailures), and Lambda comes back with that one and those
//     behind it. The event source mapping must have ReportBatchItemFailures among
//     its FunctionResponseTypes: without it Lambda does not read the answer and
//     takes the batch for delivered.
//
// Each invocation works on a Batcher of its own, so that an outage leaves
// nothing behind that a later invocation could send a second time, and so that
// invocations may overlap in one process.
//
// The environment variable DELIVERY_STREAM_NAME names the stream; credentials,
// Region and endpoint are found the way the AWS SDK finds them. template.yaml
// deploys the function and all that is around it.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	stream := os.Getenv("DELIVERY_STREAM_NAME")
	if stream == "" {
		log.Error("DELIVERY_STREAM_NAME is not set")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	f := &forwarder{client: awsfirehose.NewFromConfig(cfg), stream: stream, log: log}
	lambda.Start(f.handle)
}
