// Package subscription makes the events by which CloudWatch Logs delivers log
// lines to the destination of a subscription.
//
// See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html.
package subscription

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/klauspost/compress/gzip"
)

// Document is one subscription document, as it is before gzip.
type Document struct {
	MessageType         string   `json:"messageType"`
	Owner               string   `json:"owner"`
	LogGroup            string   `json:"logGroup"`
	LogStream           string   `json:"logStream"`
	SubscriptionFilters []string `json:"subscriptionFilters"`
	LogEvents           []Event  `json:"logEvents"`
}

// Event is one log event of a Document.
type Event struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"` // Unix milliseconds
	Message   string `json:"message"`
}

// Data returns a document of the given log stream with an event for each
// message, all of the same time.
func Data(stream string, timestamp int64, messages ...string) Document {
	d := Document{
		MessageType:         "DATA_MESSAGE",
		Owner:               "123456789012",
		LogGroup:            "vpc-flow-logs",
		LogStream:           stream,
		SubscriptionFilters: []string{"forwarder"},
		LogEvents:           make([]Event, len(messages)),
	}
	for i, m := range messages {
		d.LogEvents[i] = Event{EventID(timestamp, i), timestamp, m}
	}
	return d
}

// Control returns the document by which CloudWatch Logs checks that its
// destination can be reached.
func Control(timestamp int64) Document {
	return Document{
		MessageType:         "CONTROL_MESSAGE",
		Owner:               "CloudwatchLogs",
		SubscriptionFilters: []string{},
		LogEvents:           []Event{{"", timestamp, "CWL CONTROL MESSAGE: Checking health of destination Lambda."}},
	}
}

// EventID returns an id of the length that ids have, 56 digits.
func EventID(timestamp int64, n int) string {
	return fmt.Sprintf("3%013d%042d", timestamp, n)
}

// Compress returns what a Kinesis record holds: the gzip of the documents, one
// behind the other.
func Compress(docs ...Document) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	enc := json.NewEncoder(z)
	enc.SetEscapeHTML(false)
	for i := range docs {
		must(enc.Encode(&docs[i]))
	}
	must(z.Close())
	return b.Bytes()
}

// Lambda returns the event of a function that is itself the destination.
func Lambda(compressed []byte) []byte {
	return marshal(map[string]any{"awslogs": map[string]any{"data": compressed}})
}

// Kinesis returns the event of a function that reads a Kinesis stream, one
// record for each payload, with sequence numbers "1" and up.
func Kinesis(payloads ...[]byte) []byte {
	var e events.KinesisEvent
	for i, p := range payloads {
		n := strconv.Itoa(i + 1)
		e.Records = append(e.Records, events.KinesisEventRecord{
			AwsRegion:      "us-east-1",
			EventID:        "shardId-000000000000:" + n,
			EventName:      "aws:kinesis:record",
			EventSource:    "aws:kinesis",
			EventSourceArn: "arn:aws:kinesis:us-east-1:123456789012:stream/logs",
			EventVersion:   "1.0",
			Kinesis:        events.KinesisRecord{Data: p, PartitionKey: "k", SequenceNumber: n, KinesisSchemaVersion: "1.0"},
		})
	}
	return marshal(e)
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	must(err)
	return b
}

// must is for errors that plain values and a buffer in memory cannot have.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
