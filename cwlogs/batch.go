package cwlogs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MessageType is the messageType of a document, as CloudWatch Logs wrote it.
// Only a DataMessage has log events. Ignore a ControlMessage. Do not treat any
// other value as data, including the empty one: it is unknown to this package.
type MessageType string

const (
	// DataMessage is the type of a Batch with log events.
	DataMessage MessageType = "DATA_MESSAGE"
	// ControlMessage is the type of a Batch with which CloudWatch Logs checks
	// that the destination is reachable. It has one event, which is not a log
	// event.
	ControlMessage MessageType = "CONTROL_MESSAGE"
)

// A Batch is a subscription document: events of one log stream. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html.
//
// A Batch belongs to the caller. The Decoder does not reuse it, so a Batch, its
// Events and its strings may be kept, changed and passed to other goroutines.
// The strings share the decompressed text of the payload, which stays in memory
// as long as one of them is reachable. To keep a few of them for long, copy them
// with strings.Clone.
type Batch struct {
	// Type is the kind of document. A vended flow log record that AWS delivered
	// directly to Firehose, {"message":"…"}, is a DataMessage with one event.
	// Its other fields are empty.
	Type MessageType
	// Owner is the account that owns the log group. It is "CloudwatchLogs" in a
	// control message.
	Owner string
	// LogGroup and LogStream name the source of the events. Flow logs write one
	// stream for each network interface. AWS does not document the form of its
	// name.
	LogGroup, LogStream string
	// SubscriptionFilters are the names of the filters that matched.
	SubscriptionFilters []string
	// PolicyLevel is "ACCOUNT_LEVEL_POLICY" for an account-level subscription
	// policy, and empty otherwise.
	PolicyLevel string
	// Events are the log events, in the order of the document.
	Events []Event
}

// An Event is a log event.
type Event struct {
	// ID is unique within the log group. It has 56 decimal digits at present. An
	// event that is delivered again has the same ID. It is empty in a control
	// message and in a vended record.
	ID string
	// Timestamp is in milliseconds since 1970-01-01 UTC. For a flow log it is
	// the start of the record. It is zero in a vended record.
	Timestamp int64
	// Message is the log line, without a newline at the end. It is JSON if the
	// subscription delivers transformed logs.
	Message string
	// ExtractedFields are the values of the named fields of a space-delimited
	// filter pattern, nil without one. For centralized logs, AWS also puts the
	// account and Region here. AWS does not document the types of the values;
	// in all known payloads they are strings. A null becomes "", and any other
	// JSON value its JSON text.
	ExtractedFields map[string]string
}

// Time returns Timestamp as a time in UTC.
func (e *Event) Time() time.Time { return time.UnixMilli(e.Timestamp).UTC() }

// AppendLines appends the messages of a data message to dst, one line each, and
// returns the extended slice. It adds a newline to a message that does not end
// in one, so that the number of lines is that of the events, with an empty line
// for an empty message. For a control message it appends nothing. For any other
// Type it returns dst unchanged and an error that wraps ErrFormat.
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

// unknownType returns the error for a Type that is neither DataMessage nor
// ControlMessage.
func (b *Batch) unknownType() error {
	t := b.Type
	if len(t) > maxQuote {
		t = t[:maxQuote]
	}
	return fmt.Errorf("cwlogs: message type %q: %w", strings.Clone(string(t)), ErrFormat)
}
