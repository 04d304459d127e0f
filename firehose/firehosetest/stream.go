package firehosetest

import (
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"
)

// The default buffering of a stream, and the largest that the service allows.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html
const (
	DefaultBufferBytes    = 5 << 20
	DefaultBufferInterval = 300 * time.Second
	maxBufferBytes        = 128 << 20
	maxBufferInterval     = 900 * time.Second
)

// Stream is a Direct PUT stream and its destinations. A Stream with only a Name
// keeps its records in memory for Server.Records.
type Stream struct {
	// Name is 1 to 64 letters, digits and _ . -
	Name string

	// Dir is a directory to deliver to. The name of a file is the key of its
	// object below Dir. A file appears when it is complete.
	Dir string
	// S3 and Bucket are a client and a bucket to deliver to.
	S3     PutObjectAPIClient
	Bucket string
	// OnObject, if not nil, is called with each object, after Dir and S3. If it
	// returns an error, the records stay in the buffer and are delivered again.
	// It must not call the Server.
	OnObject func(*Object) error

	// OnRecord, if not nil, is called with each record accepted, in order, by one
	// goroutine at a time. It must not keep data or call the Server.
	OnRecord func(data []byte)
	// Keep keeps each record in memory for Server.Records. That is the default if none
	// of Dir, S3, OnObject and OnRecord is set.
	Keep bool

	// An object is delivered when it holds BufferBytes of data, before
	// compression, or when its first record is BufferInterval old, whichever
	// comes first. Zero is DefaultBufferBytes and DefaultBufferInterval. A
	// record is never split.
	BufferBytes    int
	BufferInterval time.Duration

	// Prefix and ErrorPrefix come before the names of objects and of objects
	// with records that Transform failed. They may contain
	// !{timestamp:pattern}, !{firehose:random-string} and, in ErrorPrefix,
	// !{firehose:error-output-type}. A prefix without a timestamp is followed
	// by yyyy/MM/dd/HH/. The time is the arrival of an object's first record.
	Prefix, ErrorPrefix string
	// TimeZone is the name of the time zone of prefixes, such as
	// "Europe/Berlin". Empty is UTC.
	TimeZone string
	// Uncompressed delivers objects without compression. Otherwise they are
	// compressed with gzip.
	Uncompressed bool
	// Extension replaces the default extension of objects: ".gz" with GZIP,
	// none without.
	Extension string
	// AppendDelimiter adds a newline after each record. Without it, records are
	// concatenated unchanged.
	AppendDelimiter bool
	// Transform, if not nil, takes the place of the stream's Lambda function.
	// It returns the data to deliver for a record, nil to drop it, or an error
	// for the result ProcessingFailed: then a line of JSON with the record is
	// delivered below ErrorPrefix. As in the service, that line has a fixed
	// message and not the text of the error. It must not call the Server.
	Transform func(data []byte) ([]byte, error)

	// FromLogsOnly refuses every record with InvalidSourceException, like a stream that
	// decompresses the data of CloudWatch Logs.
	FromLogsOnly bool
}

// Record is a record that a stream has accepted.
type Record struct {
	ID      string
	Data    []byte
	Arrived time.Time
	Call    int64 // the Call.Number it came with
}

// Stats are the counts of a stream. A record that is sent twice counts twice.
type Stats struct {
	Calls       int64 // valid calls, including refused ones
	Records     int64 // records accepted
	Bytes       int64 // their size
	BilledBytes int64 // their size, each rounded up to a multiple of 5,120

	RefusedCalls   int64 // calls answered with an error or not at all
	RefusedRecords int64 // records not accepted, including those of refused calls
	// Unanswered is the number of records accepted in calls that were answered with an
	// error or not at all. A client that sends them again stores them twice.
	Unanswered int64

	Objects     int64 // objects delivered, including error output
	ObjectBytes int64 // their size as delivered
	Dropped     int64 // records that Transform dropped
	Failed      int64 // records that Transform failed
}

var nameRE = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// stream is the state of a Stream.
type stream struct {
	Stream
	prefix, errorPrefix *prefix
	zone                *time.Location
	created             time.Time

	mu      sync.Mutex
	stats   Stats
	records []Record
	data    buffer // waiting for delivery
	failed  buffer // waiting for delivery below ErrorPrefix
	timer   *time.Timer
	gzip    *gzip.Writer
}

// buffer is the content of the next object.
type buffer struct {
	data    []byte
	records int
	arrived time.Time // of the first record
	full    int       // the size at which it is delivered; above BufferBytes after a failed delivery
}

// newStream checks a Stream and fills in its defaults.
func newStream(cfg Stream, now time.Time) (*stream, error) {
	st := &stream{Stream: cfg, created: now}
	if len(cfg.Name) > 64 || !nameRE.MatchString(cfg.Name) {
		return nil, fmt.Errorf("firehosetest: invalid stream name %q", cfg.Name)
	}
	fail := func(err error) (*stream, error) {
		return nil, fmt.Errorf("firehosetest: stream %s: %w", cfg.Name, err)
	}
	if (cfg.S3 == nil) != (cfg.Bucket == "") {
		return fail(errors.New("S3 and Bucket must be set together"))
	}
	st.BufferBytes = cmp.Or(cfg.BufferBytes, DefaultBufferBytes)
	if st.BufferBytes < 1 || st.BufferBytes > maxBufferBytes {
		return fail(fmt.Errorf("invalid BufferBytes %d", cfg.BufferBytes))
	}
	st.BufferInterval = cmp.Or(cfg.BufferInterval, DefaultBufferInterval)
	if st.BufferInterval < 0 || st.BufferInterval > maxBufferInterval {
		return fail(fmt.Errorf("invalid BufferInterval %v", cfg.BufferInterval))
	}
	var err error
	if st.prefix, st.errorPrefix, err = parsePrefixes(cfg.Prefix, cfg.ErrorPrefix); err != nil {
		return fail(err)
	}
	if st.zone, err = time.LoadLocation(cfg.TimeZone); err != nil {
		return fail(err)
	}
	if !st.delivers() && cfg.OnRecord == nil {
		st.Keep = true
	}
	return st, nil
}

// delivers reports whether the stream has a destination.
func (st *stream) delivers() bool { return st.Dir != "" || st.S3 != nil || st.OnObject != nil }

// take accepts the records that are not refused and returns their number.
func (st *stream) take(s *Server, c *Call, records [][]byte, refused []refusal, ids []string) (taken int) {
	now := s.now()
	st.mu.Lock()
	defer st.mu.Unlock()
	for i, data := range records {
		if refused != nil && refused[i].code != "" {
			st.stats.RefusedRecords++
			continue
		}
		taken++
		st.stats.Records++
		st.stats.Bytes += int64(len(data))
		st.stats.BilledBytes += (int64(len(data)) + 5119) / 5120 * 5120
		if st.OnRecord != nil {
			st.OnRecord(data)
		}
		if st.Keep {
			st.records = append(st.records, Record{ID: ids[i], Data: slices.Clone(data), Arrived: now, Call: c.Number})
		}
		if st.delivers() {
			st.process(s, data, now)
		}
	}
	return taken
}

// count changes the counts.
func (st *stream) count(fn func(*Stats)) {
	st.mu.Lock()
	defer st.mu.Unlock()
	fn(&st.stats)
}

// process adds a record to the buffer it belongs to, and delivers the buffer if
// it is full.
func (st *stream) process(s *Server, data []byte, now time.Time) {
	to := &st.data
	if st.Transform != nil {
		out, err := st.Transform(data)
		switch {
		case err != nil:
			st.stats.Failed++
			to, data = &st.failed, s.failedRecord(data, now)
		case out == nil:
			st.stats.Dropped++
			return
		default:
			data = out
		}
	}
	if to.records == 0 {
		to.arrived = now
	}
	to.records++
	st.arm(s)
	to.data = append(to.data, data...)
	if st.AppendDelimiter && to == &st.data {
		to.data = append(to.data, '\n')
	}
	if len(to.data) >= max(st.BufferBytes, to.full) {
		_ = st.deliver(s, to) // stays buffered; Server.Deliver returns the error
	}
}

// arm starts a timer that delivers the buffers when they are old enough, unless
// the Server has a Clock.
func (st *stream) arm(s *Server) {
	if s.opts.Clock != nil || st.timer != nil {
		return
	}
	wait := st.BufferInterval
	for _, b := range []*buffer{&st.data, &st.failed} {
		// An overdue buffer has failed to be delivered and waits a whole interval.
		if left := b.arrived.Add(st.BufferInterval).Sub(s.now()); b.records > 0 && left > 0 {
			wait = min(wait, left)
		}
	}
	st.timer = time.AfterFunc(wait, func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.timer = nil
		st.due(s)
		if st.data.records > 0 || st.failed.records > 0 {
			st.arm(s)
		}
	})
}

// due delivers buffers that are old enough.
func (st *stream) due(s *Server) {
	now := s.now()
	for _, b := range []*buffer{&st.data, &st.failed} {
		if b.records > 0 && now.Sub(b.arrived) >= st.BufferInterval {
			_ = st.deliver(s, b) // stays buffered; Server.Deliver returns the error
		}
	}
}

// flush delivers all that is buffered.
func (st *stream) flush(s *Server) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.timer != nil {
		st.timer.Stop()
		st.timer = nil
	}
	var errs []error
	for _, b := range []*buffer{&st.data, &st.failed} {
		if b.records > 0 {
			errs = append(errs, st.deliver(s, b))
		}
	}
	return errors.Join(errs...)
}
