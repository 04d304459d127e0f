package flowlog

// Stats counts what a Reader has read.
type Stats struct {
	Lines       int64 // lines, including blank lines and headers; each JSON object on a line counts
	Records     int64 // records, including those counted in NoData, SkipData and OtherStatus
	NoData      int64 // records with log-status NODATA
	SkipData    int64 // records with log-status SKIPDATA
	OtherStatus int64 // records with any other log-status than OK, such as Cloud WAN's INCOMPLETEDATA
	Bad         int64 // lines for which Read returned a *ParseError
	Bytes       int64 // bytes of decompressed text, including newlines
}

// Add adds the counts of t to s, for the total of several logs.
func (s *Stats) Add(t Stats) {
	s.Lines += t.Lines
	s.Records += t.Records
	s.NoData += t.NoData
	s.SkipData += t.SkipData
	s.OtherStatus += t.OtherStatus
	s.Bad += t.Bad
	s.Bytes += t.Bytes
}

// AddRecord counts r in Records and, by its log-status, in NoData, SkipData or
// OtherStatus. A Reader does this for each record it returns.
func (s *Stats) AddRecord(r *Record) {
	s.Records++
	switch r.LogStatus {
	case OK, "":
	case NoData:
		s.NoData++
	case SkipData:
		s.SkipData++
	default:
		s.OtherStatus++
	}
}
