// Package cwlogstest makes the events of CloudWatch Logs subscriptions, for
// tests of code that handles them.
//
// DataMessage and ControlMessage return a Batch with realistic values. A
// composite literal of cwlogs.Batch works as well. LambdaEvent, KinesisEvent and
// FirehoseEvent return the events that a Lambda function in Go receives.
// json.Marshal of such an event gives the bytes that the Lambda Runtime API
// delivers.
//
// A payload is usually one JSON document in one gzip member. For several
// members, concatenate the results of Document. Payload puts several documents
// into one member. LambdaEventOf, KinesisEventOf and FirehoseEventOf take
// payloads of any bytes, for tests of broken input.
//
// The shapes are those of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html,
// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html and
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html.
//
// The results depend only on the arguments, and belong to the caller.
package cwlogstest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/vpcflow/cwlogs"
)

// The account and the time in all events.
const (
	account   = "123456789012"
	timestamp = 1418530010000 // 2014-12-14 04:06:50 UTC, in ms
)

// DataMessage returns a Batch with one event for each message, like those of the
// log stream of a network interface. The ids have 56 digits and are different
// within the Batch. All events have the same timestamp.
func DataMessage(messages ...string) *cwlogs.Batch {
	b := &cwlogs.Batch{
		Type:                cwlogs.DataMessage,
		Owner:               account,
		LogGroup:            "vpc-flow-logs",
		LogStream:           "eni-1235b8ca123456789-all",
		SubscriptionFilters: []string{"to-destination"},
		Events:              make([]cwlogs.Event, len(messages)),
	}
	for i, m := range messages {
		b.Events[i] = cwlogs.Event{ID: EventID(timestamp, i), Timestamp: timestamp, Message: m}
	}
	return b
}

// EventID returns an event id of 56 digits, as CloudWatch Logs uses them. Each
// pair of a timestamp, in milliseconds since 1970, and a number n has a
// different id. Neither may be negative.
func EventID(timestamp int64, n int) string {
	return fmt.Sprintf("3%013d%042d", timestamp, n)
}

// ControlMessage returns a Batch with which CloudWatch Logs checks that a
// destination is reachable. A destination must ignore it without an error.
func ControlMessage() *cwlogs.Batch {
	return &cwlogs.Batch{
		Type:                cwlogs.ControlMessage,
		Owner:               "CloudwatchLogs",
		SubscriptionFilters: []string{},
		Events: []cwlogs.Event{{
			Timestamp: timestamp,
			Message:   "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
		}},
	}
}

// Document returns the payload with b: one gzip member with one JSON document.
// Decoding it gives a Batch equal to b, with two exceptions: an empty Type is
// written as DATA_MESSAGE, and text that is not UTF-8 is replaced as
// encoding/json does. A log event never has such text.
//
// The JSON omits nil slices, nil maps and an empty PolicyLevel.
func Document(b *cwlogs.Batch) []byte { return Payload(b) }

// Payload is Document for any number of Batches. The documents are concatenated
// in one gzip member, as in observed payloads of account-level subscriptions.
func Payload(batches ...*cwlogs.Batch) []byte {
	var text, out bytes.Buffer
	z := gzip.NewWriter(&out)
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	for _, b := range batches {
		text.Reset()
		must(enc.Encode(newDocument(b)))
		_, err := z.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
		must(err)
	}
	must(z.Close())
	return out.Bytes()
}

// document is the JSON of a Batch.
type document struct {
	MessageType         cwlogs.MessageType `json:"messageType"`
	Owner               string             `json:"owner"`
	LogGroup            string             `json:"logGroup"`
	LogStream           string             `json:"logStream"`
	SubscriptionFilters []string           `json:"subscriptionFilters,omitzero"`
	PolicyLevel         string             `json:"policyLevel,omitzero"`
	LogEvents           []event            `json:"logEvents,omitzero"`
}

// event is the JSON of a cwlogs.Event. It has the same fields.
type event struct {
	ID              string            `json:"id"`
	Timestamp       int64             `json:"timestamp"`
	Message         string            `json:"message"`
	ExtractedFields map[string]string `json:"extractedFields,omitzero"`
}

func newDocument(b *cwlogs.Batch) document {
	d := document{b.Type, b.Owner, b.LogGroup, b.LogStream, b.SubscriptionFilters, b.PolicyLevel, nil}
	if d.MessageType == "" {
		d.MessageType = cwlogs.DataMessage
	}
	if b.Events != nil {
		d.LogEvents = make([]event, len(b.Events))
	}
	for i, e := range b.Events {
		d.LogEvents[i] = event(e)
	}
	return d
}

// must panics for an error. Encoding these types into memory never fails.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
