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

// The limits of PutRecordBatch. AWS does not raise them, so no option may exceed them.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
const (
	// MaxRecordBytes is the largest record, before base64: 1,000 KiB.
	MaxRecordBytes = 1000 << 10
	// MaxBatchBytes is the most data in one call: 4 MiB.
	MaxBatchBytes = 4 << 20
	// MaxBatchRecords is the most records in one call.
	MaxBatchRecords = 500
	// BillingBytes is the billing step of a Direct PUT stream: the size of each record
	// is rounded up to a multiple of it.
	// https://docs.aws.amazon.com/firehose/latest/dev/limits.html
	BillingBytes = 5 << 10
)

// The defaults of Options.
const (
	// DefaultRecordBytes is twenty billing steps. On average half a line is missing in
	// a full record, so lines of 120 bytes are billed at less than 1.001 times their
	// size. Larger records would save almost nothing and cost more to send again.
	DefaultRecordBytes = 20 * BillingBytes
	// DefaultBatchBytes is the largest whole number of billing steps under
	// MaxBatchBytes. It leaves a margin of 1,024 bytes.
	DefaultBatchBytes = MaxBatchBytes / BillingBytes * BillingBytes
	// DefaultMaxAttempts is enough, with the default backoff, for an outage of about half
	// a minute.
	DefaultMaxAttempts = 20
	// DefaultCallTimeout is the time limit of one call.
	DefaultCallTimeout = 30 * time.Second
	// DefaultReserve is the largest default of Options.Reserve.
	DefaultReserve = time.Second
)

// PutRecordBatchAPIClient is the method of the SDK's client that a Batcher or Producer
// calls. *firehose.Client implements it. A client must not keep the Data of records
// after it has returned, because the memory is reused.
type PutRecordBatchAPIClient interface {
	PutRecordBatch(context.Context, *firehose.PutRecordBatchInput, ...func(*firehose.Options)) (*firehose.PutRecordBatchOutput, error)
}

var _ PutRecordBatchAPIClient = (*firehose.Client)(nil)

// Options configure how a Batcher or Producer packs and sends. The zero value and a nil
// *Options are the defaults. A negative value, a value above the service's limits, and two
// values that contradict each other are invalid: then every method returns an error that
// wraps ErrOptions. Validate reports it earlier.
type Options struct {
	// RecordBytes is the size up to which lines are packed into one record, delimiters
	// included. It is at most MaxRecordBytes. A longer line becomes a record of its own.
	// Zero is DefaultRecordBytes, or BatchBytes if that is smaller.
	RecordBytes int

	// RecordLines is the largest number of lines in one record. Zero is no limit. With
	// multi-record deaggregation a stream supports up to 500.
	RecordLines int

	// BatchBytes is the most data in one call: the sum of the records' sizes before
	// base64. It is at most MaxBatchBytes. Zero is DefaultBatchBytes. AWS does not
	// document whether it counts the 4 MiB before or after base64. Every report suggests
	// before; a smaller value gives a wider margin. A line longer than BatchBytes is
	// refused with ErrRecordTooLarge.
	BatchBytes int

	// BatchRecords is the largest number of records in one call. It is at most
	// MaxBatchRecords. Zero is MaxBatchRecords.
	BatchRecords int

	// MaxAttempts is how often a record is sent before it is handed back. 1 is no retries.
	// Zero is DefaultMaxAttempts.
	MaxAttempts int

	// Backoff returns how long to wait after the given number of failed attempts, which
	// starts at 1. Nil waits a random time ("full jitter") below a limit, which is 50 ms
	// after the first attempt and doubles up to 5 s. Backoff is called from several
	// goroutines if Concurrency is above 1. A negative time is zero.
	Backoff func(attempt int) time.Duration

	// Concurrency is how many calls may be in flight. A Batcher collects that many full
	// batches. The Add that fills the last one, or Flush, sends them concurrently and
	// returns when all are done. Memory is Concurrency times BatchBytes. Zero is 1 for a
	// Batcher, which then sends each batch when it is full, and DefaultConcurrency for a
	// Producer.
	Concurrency int

	// Delimiter ends each line. Nil is a newline. With an empty slice that is not nil,
	// no delimiter is added, and the data of each Add counts as one line.
	Delimiter []byte

	// Reserve is the time before a context's deadline that is left to the caller. Calls
	// are canceled when it begins, and no wait for another attempt reaches into it. Zero
	// is a tenth of the time until the deadline, at most DefaultReserve.
	Reserve time.Duration

	// CallTimeout is the time limit of each call of the client. Zero is
	// DefaultCallTimeout. The records of a call that reaches it may have been accepted:
	// see Stats.Ambiguous.
	CallTimeout time.Duration
}

// streamNameLimit is the longest name of a stream.
const streamNameLimit = 64

// checkStream returns an error for a name that the service would refuse.
func checkStream(name string) error {
	if name == "" {
		return errors.New("empty stream name")
	}
	if len(name) > streamNameLimit {
		return fmt.Errorf("stream name has %d characters, the limit is %d", len(name), streamNameLimit)
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

// Validate returns an error that wraps ErrOptions and names the first invalid option. A
// program can call it when it starts. Nil options are valid. NewBatcher and NewProducer
// check the same.
func (o *Options) Validate() error {
	if _, err := o.resolve(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

// resolve returns a copy of o with the defaults filled in, or an error if an option is
// invalid.
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

// check returns an error for the first option outside its range.
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
