// Command forwarder is a Lambda function that passes the log lines of a
// CloudWatch Logs subscription on to a Firehose stream. It moves lines and does
// not look into them, so that nothing it does not know can get lost.
//
// Its event is that of a subscription whose destination is the function, or of
// a Kinesis data stream in between. Control messages are dropped. Everything
// else is delivered or is an error:
//
//   - A payload that cannot be decoded to its end, or holds a message of unknown
//     type, is an error, and nothing of it is sent: Lambda invokes the function
//     twice more and then hands the whole event to its on-failure destination.
//   - Lines that Firehose has not accepted a second before the function's
//     deadline are an error that says how many there are. Lambda tries the whole
//     event again: lines already accepted come twice, the others are not lost.
//   - Of a Kinesis event, the answer names the first record that was not
//     delivered (BatchItemFailures), and Lambda comes back with that one and those
//     after it. The event source mapping must have ReportBatchItemFailures among
//     its FunctionResponseTypes: without it Lambda does not read the answer and
//     takes the batch for delivered.
//
// Each invocation has a Batcher of its own, so that an invocation never sends
// what an earlier one failed to send, and so that invocations may overlap in one
// process. The text of a payload is bounded by an eighth of the function's
// memory.
//
// Every line of its log is one JSON object with the request id. Each invocation
// writes one with "msg":"invocation", which is at ERROR if the invocation failed
// and holds its metrics in CloudWatch's embedded metric format: Lines,
// FailedLines, RejectedPayloads, Retried, AmbiguousLines and BilledBytes. A
// payload that is refused counts in RejectedPayloads and, with the lines that
// could be read of it but at least one, in Lines and FailedLines.
//
// The environment variable DELIVERY_STREAM_NAME names the stream; credentials,
// Region and endpoint are found the way the AWS SDK finds them. template.yaml
// deploys the function and all that is around it.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

func main() {
	log := lambdakit.NewLogger(os.Stderr)
	stream := os.Getenv("DELIVERY_STREAM_NAME")
	if stream == "" {
		log.Error("DELIVERY_STREAM_NAME is not set")
		os.Exit(1)
	}
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithLogger(lambdakit.SDKLogger(log)))
	if err != nil {
		log.Error("no AWS configuration", "error", err)
		os.Exit(1)
	}
	f := &forwarder{
		client: awsfirehose.NewFromConfig(cfg),
		stream: stream,
		log:    log,
		// A payload takes three times its bound, and its lines as much again.
		maxBytes: lambdakit.Memory() / 8,
	}
	lambdakit.Start(log, f.handle)
}
