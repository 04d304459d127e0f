package cwlogs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MessageType is a document's messageType, as CloudWatch Logs wrote it. Only
// DataMessage marks log events. ControlMessage is to be ignored; any other
// value, also the empty one, is something this package does not know and must
// not be taken for data.
type MessageType string

const (
	// DataMessage marks a Batch that carries log events.
	DataMessage MessageType = "DATA_MESSAGE"
	// ControlMessage marks a Batch by which CloudWatch Logs checks that the
	// destination is reachable. Its one event holds AWS's own text, not a log line.
	ControlMessage MessageType = "CONTROL_MESSAGE"
)

// A Batch is one subscription document: the events CloudWatch Logs read from
// one log stream. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html.
//
// A Batch belongs to whoever receives it. The Decoder allocates each one anew
// and never touches it again, so a Batch, its Events and its strings may be
// kept, changed and handed to other goroutines. The strings are parts of one
// decompressed text, which stays in memory as long as any of them is
// reachable: strings.Clone those that are kept long after the rest is gone.
type Batch struct {
	// Type is the kind of document. A flow log record that a vended log
	// delivery put straight to Firehose, {"message":"…"}, is a DataMessage
	// with one event, no owner and no log group.
	Type MessageType
	// Owner is the account that owns the log data; "CloudwatchLogs" in a
	// control message.
	Owner string
	// LogGroup and LogStream name where the events were. Flow logs write one
	// stream per network interface, but the name's form is not documented:
	// treat it as opaque.
	LogGroup, LogStream string
	// SubscriptionFilters names the filters that matched.
	SubscriptionFilters []string
	// PolicyLevel is "ACCOUNT_LEVEL_POLICY" for an account-level subscription
	// policy and empty otherwise.
	PolicyLevel string
	// Events are the log events in the document's order.
	Events []Event
}

// An Event is one log event.
type Event struct {
	// ID is unique within the log group, decimal and 56 digits long as of
	// this writing; a redelivered event keeps it. Empty in a control message
	// and in a vended record.
	ID string
	// Timestamp is in milliseconds since 1970-01-01 UTC. For a flow log it is
	// the record's start; zero in a vended record.
	Timestamp int64
	// Message is the log line, without a newline at its end. It is JSON if the
	// subscription delivers transformed logs.
	Message string
	// ExtractedFields is what a space-delimited filter pattern with named
	// fields took from the message, nil without one. Accounts and Regions of
	// centralised logs are passed here too. AWS does not document its values;
	// they are strings in all known payloads. A null reads as "", and any
	// other JSON value is kept as its text.
	ExtractedFields map[string]string
}

// Time returns the event's Timestamp in UTC.
func (e *Event) Time() time.Time { return time.UnixMilli(e.Timestamp).UTC() }

// AppendLines appends the messages of a data message to dst, one line each,
// and returns the extended slice. A message that does not end in a newline
// gets one; an empty message is an empty line, so that events and lines agree
// in number. A control message adds nothing. Any other Type is an error that
// wraps ErrFormat, with dst returned as it was: what is not known to be data
// is not passed off as data.
//
// The method expression (*Batch).AppendLines is a function for Transform.
func (b *Batch) AppendLines(dst []byte) ([]byte, error) {
	switch b.Type {
	case DataMessage:
	case ControlMessage:
		return dst, nil
	default:
		return dst, b.unknownType()
	}
	size := len(b.Events)
	for i := range b.Events {
		size += len(b.Events[i].Message)
	}
	dst = slices.Grow(dst, size)
	for i := range b.Events {
		m := b.Events[i].Message
		dst = append(dst, m...)
		if !strings.HasSuffix(m, "\n") {
			dst = append(dst, '\n')
		}
	}
	return dst, nil
}

// unknownType is the error for a Type that is neither data nor control.
func (b *Batch) unknownType() error {
	t := b.Type
	if len(t) > maxQuote {
		t = t[:maxQuote]
	}
	return fmt.Errorf("cwlogs: message type %q: %w", strings.Clone(string(t)), ErrFormat)
}
