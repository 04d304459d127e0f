// Command forwarder is a Lambda function that forwards the log lines of a
// CloudWatch Logs subscription to a Firehose stream. It does not parse lines, so
// that it loses none that it does not know.
//
// The function is the destination of a subscription, or reads a Kinesis data
// stream that is. It drops control messages. Everything else is delivered or is
// an error:
//
//   - If a payload cannot be decoded to its end, or has a message of unknown type,
//     nothing of it is sent. Lambda invokes the function twice more, and then sends
//     the whole event to the on-failure destination.
//   - If Firehose has not accepted all lines one second before the deadline of the
//     function, the error has their number. Lambda retries the whole event: lines
//     that were accepted are delivered twice, and the others are not lost.
//   - For a Kinesis event, the response names the first record that was not
//     delivered (BatchItemFailures), and Lambda retries that record and those after
//     it. The event source mapping must have ReportBatchItemFailures in
//     FunctionResponseTypes; otherwise Lambda ignores the response and treats the
//     batch as delivered.
//
// Each invocation has a Batcher of its own. So it does not send lines that an
// earlier one failed to send, and invocations may overlap in one process. The text
// of a payload is limited to an eighth of the function's memory.
//
// Every line of the function's log is a JSON object with the request id. For each
// invocation there is a line with "msg":"invocation". Its level is ERROR if the
// invocation failed. It has the metrics Lines, FailedLines, RejectedPayloads,
// Retried, AmbiguousLines and BilledBytes in CloudWatch's embedded metric format.
// A payload that is not sent counts in RejectedPayloads. Its lines before the
// error, but at least one, count in Lines and FailedLines.
//
// The environment variable DELIVERY_STREAM_NAME is the name of the stream. The AWS
// SDK finds the credentials, the Region and the endpoint. template.yaml deploys
// the function and the resources it needs.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"

	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
)

const help = `forwarder is a Lambda function. It forwards the log lines of a CloudWatch Logs
subscription, or of a Kinesis data stream with one, to a Firehose stream.

Environment variables:
  DELIVERY_STREAM_NAME  the name of the stream
The AWS SDK finds the credentials, the Region and the endpoint.

examples/DEPLOY.md shows how to build and deploy it. The zip has the program as
"bootstrap", for the runtime provided.al2023 on arm64. The template is
examples/forwarder/template.yaml.
`

func main() {
	lambdakit.Help("forwarder", help)
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
		// A payload takes up to three times its limit, and its lines as much
		// again.
		maxBytes: lambdakit.Memory() / 8,
	}
	lambdakit.Start(log, f.handle)
}
