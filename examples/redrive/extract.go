package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/vpcflow/cwlogs"
)

// extract holds the messages of an object.
type extract struct {
	kind     string   // the kind of the outermost envelope, one of those below
	messages []string // log lines, which may contain newlines
	control  int64    // number of control messages

	decoder cwlogs.Decoder
}

// The kinds of objects.
const (
	onFailure    = "on-failure record"
	errorObject  = "Firehose error object"
	queueMessage = "queue message"
	subscription = "subscription"
	exported     = "export task"
	permission   = "permission test"
	plain        = "lines"
)

// permissionTest is the text of the object aws-logs-write-test, with which an export task
// tests its permission to write.
const permissionTest = "Permission Check Successful"

var errUnknown = errors.New("unknown kind of object")

// maxBytes is the maximum size of an object after decompression. maxDepth is the
// maximum number of nested envelopes. For example, a message of a queue has an
// on-failure record, with an event, with a payload of a subscription.
const (
	maxBytes = 1 << 30
	maxDepth = 8
)

// read reads an object to its end.
func (x *extract) read(data []byte) error { return x.bytes(data, 0) }

func (x *extract) is(kind string) {
	if x.kind == "" {
		x.kind = kind
	}
}

// bytes reads gzip, JSON documents, or lines.
func (x *extract) bytes(data []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: too many objects in one another", errUnknown)
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		text, err := gunzip(data)
		if err != nil {
			return err
		}
		return x.bytes(text, depth+1)
	}
	if string(bytes.TrimSpace(data)) == permissionTest {
		x.is(permission)
		return nil
	}
	head := bytes.TrimLeft(data, " \t\r\n")
	if !bytes.HasPrefix(head, []byte("{")) && !bytes.HasPrefix(head, []byte("[")) {
		return x.lines(data)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		var doc json.RawMessage
		if err := d.Decode(&doc); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("offset %d: %w", d.InputOffset(), err)
		}
		if err := x.document(doc, depth+1); err != nil {
			return err
		}
	}
}

func gunzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, maxBytes+1))
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("more than %d bytes after decompression", maxBytes)
	}
	return text, err
}

// document reads a JSON document.
func (x *extract) document(doc json.RawMessage, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: too many objects in one another", errUnknown)
	}
	var e struct {
		MessageType    string
		Message        *string
		RawData        *string
		RequestPayload json.RawMessage
		AWSLogs        *struct{ Data string }
		Records        []struct {
			Body        *string
			EventSource string
			Kinesis     struct{ Data string }
		}
		Messages  []struct{ Body *string }
		Body      *string
		MessageID string
	}
	if err := json.Unmarshal(doc, &e); err != nil {
		return fmt.Errorf("%w: %.64s", errUnknown, doc)
	}
	switch {
	case e.RequestPayload != nil:
		x.is(onFailure)
		return x.document(e.RequestPayload, depth+1)
	case e.RawData != nil:
		x.is(errorObject)
		return x.base64(*e.RawData, depth)
	case e.AWSLogs != nil:
		x.is(subscription)
		return x.base64(e.AWSLogs.Data, depth)
	case e.MessageType != "":
		x.is(subscription)
		return x.payload(doc)
	case len(e.Messages) > 0:
		for _, m := range e.Messages {
			if err := x.body(m.Body, depth); err != nil {
				return err
			}
		}
		return nil
	case e.Body != nil:
		return x.body(e.Body, depth)
	case len(e.Records) > 0:
		for _, r := range e.Records {
			var err error
			switch r.EventSource {
			case "aws:kinesis":
				x.is(subscription)
				err = x.base64(r.Kinesis.Data, depth)
			case "aws:sqs":
				err = x.body(r.Body, depth)
			default:
				err = fmt.Errorf("%w: an event of %.64q, which only its own function can handle", errUnknown, r.EventSource)
			}
			if err != nil {
				return err
			}
		}
		return nil
	case e.Message != nil: // a flow log delivered to Firehose directly
		x.is(plain)
		x.messages = append(x.messages, *e.Message)
		return nil
	}
	return fmt.Errorf("%w: %.64s", errUnknown, doc)
}

func (x *extract) body(body *string, depth int) error {
	if body == nil {
		return fmt.Errorf("%w: a message without a body", errUnknown)
	}
	x.is(queueMessage)
	return x.bytes([]byte(*body), depth+1)
}

func (x *extract) base64(s string, depth int) error {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return err
	}
	return x.bytes(data, depth+1)
}

// payload reads a document of a subscription.
func (x *extract) payload(doc []byte) error {
	x.decoder.MaxBytes = maxBytes
	for b, err := range x.decoder.Decode(doc) {
		switch {
		case err != nil:
			return err
		case b.Type == cwlogs.ControlMessage:
			x.control++
		case b.Type == cwlogs.DataMessage:
			for i := range b.Events {
				x.messages = append(x.messages, b.Events[i].Message)
			}
		default:
			return fmt.Errorf("%w: message type %.64q", errUnknown, b.Type)
		}
	}
	return nil
}

// lines reads lines. It removes the time that an export task writes before each.
func (x *extract) lines(data []byte) error {
	if bytes.IndexByte(data, 0) >= 0 {
		return fmt.Errorf("%w: not text", errUnknown)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if first, rest, ok := strings.Cut(line, " "); ok && strings.HasSuffix(first, "Z") {
			if _, err := time.Parse(time.RFC3339, first); err == nil {
				x.is(exported)
				line = rest
			}
		}
		x.messages = append(x.messages, line)
	}
	x.is(plain)
	return nil
}
