// Package s3event reads the events with which S3 notifies a Lambda function of
// objects. They arrive in several ways:
//
//   - directly from S3,
//   - through an SNS topic,
//   - through an SQS queue, which may subscribe to a topic or be the target of an
//     EventBridge rule,
//   - as EventBridge events ("Object Created"),
//   - as tasks of S3 Batch Operations,
//   - as records of an on-failure destination, which contain the failed event.
//
// Any other event is an error. A function that succeeds for an event that it does
// not understand would lose the objects in it.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html and
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html.
package s3event

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrEvent is the cause when an event, or a part of it, is not understood.
var ErrEvent = errors.New("s3event: not an event of S3")

// An Object is an object in an event.
type Object struct {
	Bucket string
	Key    string // not URL-encoded
	Event  string // the type of the event, such as "ObjectCreated:Put" or "Object Deleted"
}

// Created reports whether the event is the creation of the object. Other events
// are removals, restores and changes of tags.
func (o Object) Created() bool {
	return strings.HasPrefix(o.Event, "ObjectCreated:") || o.Event == "Object Created" || o.Event == batchTask
}

// batchTask is the Event of the objects of S3 Batch Operations.
const batchTask = "S3 Batch Operations"

// A Message is a part of an event that succeeds or fails on its own: a message of
// a queue, a task of S3 Batch Operations, or the whole event.
type Message struct {
	ID      string // of the message of a queue or the task; empty for a whole event
	Objects []Object
	Err     error // set if a part of the message is not understood; Objects are valid in any case
}

// An Event is the event of one invocation.
type Event struct {
	Messages []Message
	Test     bool // the event is only an s3:TestEvent

	kind  kind
	batch batch
}

type kind uint8

const (
	whole kind = iota // the event succeeds or fails as a whole
	queue
	operations
)

// batch holds the values of an event that the response to S3 Batch Operations
// repeats.
type batch struct{ schema, invocation string }

// envelope has the keys that tell the kinds of events apart.
type envelope struct {
	Records []json.RawMessage
	Event   string // of s3:TestEvent

	// An SNS notification in an SQS message.
	Type    string
	Message string

	// EventBridge.
	DetailType string `json:"detail-type"`
	Source     string
	Detail     json.RawMessage

	// S3 Batch Operations.
	InvocationSchemaVersion string
	InvocationID            string
	Tasks                   []json.RawMessage

	// An on-failure destination.
	RequestPayload json.RawMessage
}

// Read parses an event. It returns an error that wraps ErrEvent if it understands
// nothing of the event. If it does not understand a part, the Message of that
// part has an Err.
func Read(raw []byte) (*Event, error) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	switch {
	case e.Tasks != nil:
		return readTasks(&e)
	case len(e.Records) > 0 && source(e.Records[0]) == "aws:sqs":
		return readQueue(e.Records), nil
	}
	m := &Message{}
	tests := m.read(raw, 0)
	if len(m.Objects) == 0 && m.Err != nil {
		return nil, m.Err
	}
	return &Event{Messages: []Message{*m}, Test: tests && len(m.Objects) == 0}, nil
}

// source returns the service that made a record, such as "aws:sqs".
func source(record json.RawMessage) string {
	var r struct{ EventSource string } // SNS writes EventSource, the others eventSource
	if json.Unmarshal(record, &r) != nil {
		return ""
	}
	return r.EventSource
}

func readQueue(records []json.RawMessage) *Event {
	e := &Event{kind: queue, Test: true}
	for _, raw := range records {
		var r struct{ MessageID, Body, EventSource string }
		m := Message{}
		if err := json.Unmarshal(raw, &r); err != nil {
			m.fail("%w", err)
		} else if m.ID = r.MessageID; r.EventSource != "aws:sqs" || r.MessageID == "" {
			m.fail("a record of %.64q among those of a queue", r.EventSource)
		} else if !m.read([]byte(r.Body), 0) {
			e.Test = false
		}
		e.Test = e.Test && m.Err == nil && len(m.Objects) == 0
		e.Messages = append(e.Messages, m)
	}
	return e
}

func readTasks(e *envelope) (*Event, error) {
	out := &Event{kind: operations, batch: batch{e.InvocationSchemaVersion, e.InvocationID}}
	if len(e.Tasks) == 0 || e.InvocationID == "" {
		return nil, fmt.Errorf("%w: S3 Batch Operations without tasks or invocation id", ErrEvent)
	}
	for _, raw := range e.Tasks {
		var t struct{ TaskID, S3Key, S3BucketARN, S3Bucket string }
		if err := json.Unmarshal(raw, &t); err != nil || t.TaskID == "" {
			return nil, fmt.Errorf("%w: a task without id", ErrEvent) // the response needs the id
		}
		if t.S3Bucket == "" { // schema 1.0 has the ARN
			_, t.S3Bucket, _ = strings.Cut(t.S3BucketARN, ":::")
		}
		m := Message{ID: t.TaskID}
		m.add(Object{Bucket: t.S3Bucket, Event: batchTask}, t.S3Key)
		out.Messages = append(out.Messages, m)
	}
	return out, nil
}

// maxDepth is the maximum number of envelopes around an event. For example, a
// record of an on-failure destination may contain a message of a queue, with a
// notification of a topic, with the event of S3.
const maxDepth = 8

// read adds the objects of an event, or of an event in envelopes, to m. It reports
// whether the event is only an s3:TestEvent.
func (m *Message) read(raw []byte, depth int) (test bool) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		m.fail("%w", err)
		return false
	}
	switch {
	case depth == maxDepth:
		m.fail("more than %d envelopes", maxDepth)
	case e.Event == "s3:TestEvent":
		return true
	case e.Type == "Notification":
		return m.read([]byte(e.Message), depth+1)
	case e.RequestPayload != nil:
		return m.read(e.RequestPayload, depth+1)
	case e.DetailType != "" && e.Source == "aws.s3":
		m.eventBridge(&e)
	case len(e.Records) > 0:
		test = true
		for _, r := range e.Records {
			test = m.record(r, depth) && test
		}
		return test
	case e.DetailType != "":
		m.fail("%.64q of %.64q", e.DetailType, e.Source)
	default:
		m.fail("no records, no detail-type, no tasks")
	}
	return false
}

// record reads one of the Records of an event.
func (m *Message) record(raw json.RawMessage, depth int) (test bool) {
	var r struct {
		EventSource, EventName, Body string
		SNS                          struct{ Message string }
		S3                           struct {
			Bucket struct{ Name string }
			Object struct{ Key string }
		}
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		m.fail("%w", err)
		return false
	}
	switch {
	case r.EventSource == "aws:sns":
		return m.read([]byte(r.SNS.Message), depth+1)
	case r.EventSource == "aws:sqs":
		return m.read([]byte(r.Body), depth+1)
	case !strings.HasSuffix(r.EventSource, ":s3") || r.EventName == "": // "aws:s3", or "minio:s3" of other servers
		m.fail("a record of %.64q", r.EventSource)
	default:
		m.add(Object{Bucket: r.S3.Bucket.Name, Event: strings.TrimPrefix(r.EventName, "s3:")}, r.S3.Object.Key)
	}
	return false
}

func (m *Message) eventBridge(e *envelope) {
	var d struct {
		Bucket struct{ Name string }
		Object struct{ Key string }
	}
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		m.fail("%s: %w", e.DetailType, err)
		return
	}
	o := Object{Bucket: d.Bucket.Name, Key: d.Object.Key, Event: e.DetailType}
	if o.Bucket == "" || o.Key == "" {
		m.fail("%s without a bucket or key", e.DetailType)
		return
	}
	m.Objects = append(m.Objects, o)
}

// add adds an object to m. The key is encoded as in the query of a URL, as in all
// events but those of EventBridge.
func (m *Message) add(o Object, key string) {
	var err error
	if o.Key, err = url.QueryUnescape(key); err != nil {
		m.fail("key %.64q: %w", key, err)
	} else if o.Bucket == "" || o.Key == "" {
		m.fail("%s without a bucket or key", o.Event)
	} else {
		m.Objects = append(m.Objects, o)
	}
}

func (m *Message) fail(format string, args ...any) {
	m.Err = errors.Join(m.Err, fmt.Errorf("%w: %w", ErrEvent, fmt.Errorf(format, args...)))
}
