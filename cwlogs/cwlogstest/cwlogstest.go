// Package cwlogstest makes the events by which CloudWatch Logs subscriptions
// deliver log lines, for the tests of code that handles them.
//
// DataMessage and ControlMessage make a Batch with plausible values, a literal
// cwlogs.Batch has exactly those it is given. LambdaEvent, KinesisEvent and
// FirehoseEvent make of Batches what the Go handler of a Lambda function
// receives; encoding/json turns such an event into the bytes that the Lambda
// Runtime API carries.
//
// A payload is gzip of one JSON document. Payloads that are unusual and yet
// valid, or that are broken, are made from bytes: concatenated Documents are a
// payload of several gzip members, Payload puts several documents into one
// member, and LambdaEventOf, KinesisEventOf and FirehoseEventOf take any bytes.
//
// The shapes are those of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html,
// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html and
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html.
//
// All results are the same for the same arguments, and belong to the caller.
package cwlogstest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/vpcflow/cwlogs"
)

// The account and the time of everything that is made here.
const (
	account   = "123456789012"
	timestamp = 1418530010000 // 2014-12-14 04:06:50 UTC, in ms
)

// DataMessage returns a Batch with one event for each message, as CloudWatch
// Logs delivers the events of one network interface's log stream. The ids are
// 56 digits long and differ within the Batch; all events have the same
// timestamp.
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

// EventID returns an event id of the usual length, 56 digits. It is different
// for each pair of a timestamp in Unix milliseconds and a number n; both must
// not be negative.
func EventID(timestamp int64, n int) string {
	return fmt.Sprintf("3%013d%042d", timestamp, n)
}

// ControlMessage returns the Batch by which CloudWatch Logs checks that a
// destination is reachable. A destination must ignore it, and not fail.
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

// Document returns the payload that delivers b: one gzip member that holds one
// JSON document. It decodes to a Batch equal to b, with two exceptions: an
// empty Type is written as DATA_MESSAGE, and text that is not UTF-8, which no
// log event can hold, is changed as encoding/json does.
//
// Nil slices, nil maps and an empty PolicyLevel are left out of the JSON.
func Document(b *cwlogs.Batch) []byte { return Payload(b) }

// Payload is Document for any number of Batches. Their documents follow each
// other in one gzip member, as payloads of account-level subscriptions have
// been seen to hold them.
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

// event is the JSON of an Event. Its fields are those of cwlogs.Event.
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

// must panics for errors that plain values and a buffer in memory cannot have.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
