package firehose

// Stats are the counts of a Batcher or Producer. Lines, Records, Bytes and BilledBytes
// count what Firehose has accepted. Each line and record is counted once, however often
// it was sent. When nothing is held, Lines plus Failed is the number of lines added.
type Stats struct {
	// Lines is the number of lines accepted.
	Lines int64
	// Records is the number of records accepted.
	Records int64
	// Calls is the number of PutRecordBatch calls, failed ones included.
	Calls int64
	// Bytes is the size of the records accepted, delimiters included.
	Bytes int64
	// BilledBytes is Bytes with each record rounded up to a multiple of BillingBytes, as
	// a Direct PUT stream is billed. A record that is stored twice is billed twice, but
	// counted here once.
	BilledBytes int64
	// Retried is the number of times that a record was sent again.
	Retried int64
	// Failed is the number of lines handed back in a DeliveryError.
	Failed int64

	// Ambiguous is the number of times that a record was sent and it is unknown whether
	// it was accepted: after a timeout, a canceled call, a broken connection or an
	// internal error. Such a record is sent again or handed back. At most this many
	// records are stored twice, or stored and also handed back.
	Ambiguous int64
	// AmbiguousLines is the number of lines in those records. At most this many lines
	// are stored twice, or stored and also handed back.
	AmbiguousLines int64
}

// add adds d to s.
func (s *Stats) add(d *Stats) {
	s.Lines += d.Lines
	s.Records += d.Records
	s.Calls += d.Calls
	s.Bytes += d.Bytes
	s.BilledBytes += d.BilledBytes
	s.Retried += d.Retried
	s.Failed += d.Failed
	s.Ambiguous += d.Ambiguous
	s.AmbiguousLines += d.AmbiguousLines
}

// billed rounds the size of a record up to whole billing steps.
func billed(n int) int64 {
	return (int64(n) + BillingBytes - 1) / BillingBytes * BillingBytes
}
