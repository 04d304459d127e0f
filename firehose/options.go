package firehose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
)

// The limits of PutRecordBatch. None of them can be raised, so no option may
// exceed them.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
const (
	// MaxRecordBytes is the largest record, before base64: 1,000 KiB.
	MaxRecordBytes = 1000 << 10
	// MaxBatchBytes is the most data in one call: 4 MiB.
	MaxBatchBytes = 4 << 20
	// MaxBatchRecords is the most records in one call.
	MaxBatchRecords = 500
	// BillingBytes is the step a record's size is rounded up to on the bill
	// of a Direct PUT stream.
	// https://docs.aws.amazon.com/firehose/latest/dev/limits.html
	BillingBytes = 5 << 10
)

// The values that stand in for a zero option.
const (
	// DefaultRecordBytes is twenty billing steps. A record filled with lines
	// stops short of it by half a line on average, so lines of 120 bytes are
	// billed at less than 1.001 times their size. Larger records save next to
	// nothing more and cost more to send again.
	DefaultRecordBytes = 20 * BillingBytes
	// DefaultBatchBytes is the largest whole number of billing steps under
	// MaxBatchBytes. It leaves a margin of 1,024 bytes.
	DefaultBatchBytes = MaxBatchBytes / BillingBytes * BillingBytes
	// DefaultMaxAttempts, with the default backoff, outlasts an outage of
	// about half a minute.
	DefaultMaxAttempts = 20
	// DefaultCallTimeout bounds a call that is never answered.
	DefaultCallTimeout = 30 * time.Second
	// DefaultReserve is the most time of a deadline that is kept back.
	DefaultReserve = time.Second
)

// PutRecordBatchAPIClient is what a Batcher needs of a client. The SDK's
// *firehose.Client has it. A client must not keep the Data of records after it
// has returned: the Batcher may fill the same memory again.
type PutRecordBatchAPIClient interface {
	PutRecordBatch(context.Context, *firehose.PutRecordBatchInput, ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error)
}

var _ PutRecordBatchAPIClient = (*firehose.Client)(nil)

// Options change how a Batcher packs and sends. The zero value, and a nil
// *Options, are the defaults. A negative value, one beyond the service's
// limits, or two that contradict each other make every call of the Batcher
// fail with ErrOptions.
type Options struct {
	// RecordBytes is the size up to which lines are packed into one record,
	// delimiters included; at most MaxRecordBytes. A line that is longer on
	// its own becomes a record of its own. Zero is DefaultRecordBytes, or
	// BatchBytes if that is smaller.
	RecordBytes int

	// RecordLines is the largest number of lines in one record. Zero is no
	// limit. A stream that takes records apart again (multi record
	// deaggregation) does so up to 500.
	RecordLines int

	// BatchBytes is the most data in one call, counted as the sum of the
	// records' bytes before base64; at most MaxBatchBytes. Zero is
	// DefaultBatchBytes. AWS does not say whether its 4 MiB are counted
	// before or after base64; every report of the limit fits the former. Set
	// a smaller value for a wider margin. A line longer than BatchBytes is
	// refused like one longer than MaxRecordBytes.
	BatchBytes int

	// BatchRecords is the most records in one call; at most
	// MaxBatchRecords, which is also what zero means.
	BatchRecords int

	// MaxAttempts is how often a record is sent before it is handed back.
	// 1 is no second attempt. Zero is DefaultMaxAttempts.
	MaxAttempts int

	// Backoff returns the time to wait after the given number of failed
	// attempts, starting at 1, and before the next. Nil waits a random time
	// between zero and 50 ms doubled with every attempt up to 5 s ("full
	// jitter"). It is called from several goroutines if Concurrency is
	// above 1. A negative time is zero.
	Backoff func(attempt int) time.Duration

	// Concurrency is how many calls may be in flight. With n above 1 up to n
	// full batches are gathered and then sent side by side by the Add or
	// Flush that finds them full, which returns when all are done: memory is
	// n times BatchBytes. Zero and 1 send each batch when it is full.
	Concurrency int

	// Delimiter ends each line. Nil is a newline; an empty slice that is not
	// nil adds nothing, and then each Add counts as one line.
	Delimiter []byte

	// Reserve is kept back of a context's deadline, so that the caller has
	// time left to answer: calls are cut off and waits are not begun that
	// would reach into it. Zero is a tenth of the time there is at the start
	// of the call, at most DefaultReserve.
	Reserve time.Duration

	// CallTimeout bounds each call of the client. Zero is
	// DefaultCallTimeout. A call that is cut off may still have been
	// accepted: see Stats.Ambiguous.
	CallTimeout time.Duration
}

// streamNameLimit is the longest name of a stream.
const streamNameLimit = 64

// checkStream reports a name that the service would refuse.
func checkStream(name string) error {
	if name == "" {
		return errors.New("empty stream name")
	}
	if len(name) > streamNameLimit {
		return fmt.Errorf("stream name of %d characters, the most is %d", len(name), streamNameLimit)
	}
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '.', c == '-':
		default:
			return fmt.Errorf("stream name %q: only letters, digits and _ . - are allowed", name)
		}
	}
	return nil
}

// Validate returns an error that wraps ErrOptions and names the first invalid option,
// so that a program can report it when it starts. Nil options are valid. NewBatcher
// and NewProducer make the same checks.
func (o *Options) Validate() error {
	if _, err := o.resolve(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

// resolve returns o with every default filled in and a copy of its delimiter,
// or why it is impossible.
func (o *Options) resolve() (Options, error) {
	var r Options
	if o != nil {
		r = *o
	}
	if err := r.check(); err != nil {
		return r, err
	}
	orDefault(&r.BatchBytes, DefaultBatchBytes)
	orDefault(&r.RecordBytes, min(DefaultRecordBytes, r.BatchBytes))
	orDefault(&r.RecordLines, math.MaxInt)
	orDefault(&r.BatchRecords, MaxBatchRecords)
	orDefault(&r.MaxAttempts, DefaultMaxAttempts)
	orDefault(&r.Concurrency, 1)
	orDefault(&r.CallTimeout, DefaultCallTimeout)
	if r.RecordBytes > r.BatchBytes {
		return r, fmt.Errorf("option RecordBytes %d is more than BatchBytes %d", r.RecordBytes, r.BatchBytes)
	}
	if r.Backoff == nil {
		r.Backoff = fullJitter
	}
	if r.Delimiter == nil {
		r.Delimiter = []byte{'\n'}
	}
	r.Delimiter = bytes.Clone(r.Delimiter)
	if len(r.Delimiter) >= r.lineLimit() {
		return r, fmt.Errorf("option Delimiter of %d bytes leaves no room for a line", len(r.Delimiter))
	}
	return r, nil
}

// check reports the first option outside its range.
func (o *Options) check() error {
	for _, v := range []struct {
		name  string
		value int
		limit int // 0: none
	}{
		{"RecordBytes", o.RecordBytes, MaxRecordBytes},
		{"RecordLines", o.RecordLines, 0},
		{"BatchBytes", o.BatchBytes, MaxBatchBytes},
		{"BatchRecords", o.BatchRecords, MaxBatchRecords},
		{"MaxAttempts", o.MaxAttempts, 0},
		{"Concurrency", o.Concurrency, 0},
	} {
		if v.value < 0 {
			return fmt.Errorf("option %s %d is negative", v.name, v.value)
		}
		if v.limit > 0 && v.value > v.limit {
			return fmt.Errorf("option %s %d is above the service's limit of %d", v.name, v.value, v.limit)
		}
	}
	if o.Reserve < 0 {
		return fmt.Errorf("option Reserve %v is negative", o.Reserve)
	}
	if o.CallTimeout < 0 {
		return fmt.Errorf("option CallTimeout %v is negative", o.CallTimeout)
	}
	return nil
}

// lineLimit is the longest line that can be sent, delimiter included.
func (o *Options) lineLimit() int { return min(MaxRecordBytes, o.BatchBytes) }

func orDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}
