package firehosetest

import (
	"cmp"
	"slices"
	"time"
)

// Fault is a failure of one call of PutRecord or PutRecordBatch. The zero Fault is no
// failure. Throttle and the other functions return common faults. Fields can be combined,
// for example for a call that is slow and then refused.
type Fault struct {
	// Code answers the call with this error instead of serving it.
	Code    string
	Message string // empty is the service's text, if known
	Status  int    // 0 is the status that the service sends with Code

	// Records are the positions, from 0, of records that are refused in an
	// answer that is otherwise good (HTTP 200 and FailedPutCount).
	Records       []int
	RecordCode    string // empty is ServiceUnavailableException
	RecordMessage string // empty is "Slow down." for that code

	// Delay delays the call. If the client disconnects during it, the records are not
	// accepted, unless Accept is set.
	Delay time.Duration

	// Hang sends no answer and keeps the connection open until the client or the
	// Server closes it.
	Hang bool

	// Reset sends no answer and resets the connection.
	Reset bool

	// Accept accepts the records first, before Delay, Code, Hang or Reset. The client
	// then gets an error or no answer although the records are stored.
	Accept bool
}

// Throttle refuses the call as the service does when a stream's throughput is
// used up.
func Throttle() Fault { return Fault{Code: CodeServiceUnavailable, Message: messageSlowDown} }

// InternalFailure answers the call with HTTP 500.
func InternalFailure() Fault { return Fault{Code: CodeInternalFailure} }

// RefuseRecords throttles the records at the given positions and accepts the others.
func RefuseRecords(positions ...int) Fault { return Fault{Records: positions} }

// Slow serves the call after a delay.
func Slow(d time.Duration) Fault { return Fault{Delay: d} }

// Hang never answers. The records are not accepted.
func Hang() Fault { return Fault{Hang: true} }

// ResetConnection resets the connection. The records are not accepted.
func ResetConnection() Fault { return Fault{Reset: true} }

// LostAnswer accepts the records and then resets the connection without an answer.
func LostAnswer() Fault { return Fault{Accept: true, Reset: true} }

// answers reports whether the client gets an answer.
func (f *Fault) answers() bool { return !f.Hang && !f.Reset }

// serves reports whether the call is served, perhaps with refused records.
func (f *Fault) serves() bool { return f.Code == "" && f.answers() }

// Rate is a Fault of a share of the calls.
type Rate struct {
	Share float64 // 0 to 1
	Fault Fault
}

// Faults are failures that are random or chosen by a function. The zero value is none.
type Faults struct {
	// RecordRate is the share of records, 0 to 1, that are throttled in calls
	// that are served.
	RecordRate float64
	// CallRate is the share of calls, 0 to 1, that are throttled.
	CallRate float64
	// Calls are further faults with their shares. These and CallRate add up to at most
	// 1.
	Calls []Rate
	// Seed is the seed of the random numbers. With the same seed, the same calls in the
	// same order fail in the same way.
	Seed uint64

	// OnCall, if not nil, is called first. If it returns a zero Fault, the rates
	// decide. It is called by one goroutine at a time.
	OnCall func(c *Call) Fault
	// OnRecord, if not nil, is called for each record of a call that is served
	// and returns the error code to refuse it with, or "". It is called by one
	// goroutine at a time and must not keep data.
	OnRecord func(c *Call, position int, data []byte) string
}

// Call is a valid call of PutRecord or PutRecordBatch.
type Call struct {
	Number    int64 // from 1, over all streams
	Operation string
	Stream    string
	Records   int
	Bytes     int // before base64
}

// pick returns the Fault of a call. The caller holds faultMu.
func (s *Server) pick(c *Call) Fault {
	if s.down {
		return Throttle()
	}
	if len(s.script) > 0 {
		f := s.script[0]
		s.script = slices.Delete(s.script, 0, 1)
		return f
	}
	if s.faults.OnCall != nil {
		if f := s.faults.OnCall(c); f.happens() {
			return f
		}
	}
	if s.faults.CallRate == 0 && len(s.faults.Calls) == 0 {
		return Fault{}
	}
	x := s.random.Float64()
	if x < s.faults.CallRate {
		return Throttle()
	}
	x -= s.faults.CallRate
	for _, r := range s.faults.Calls {
		if x < r.Share {
			return r.Fault
		}
		x -= r.Share
	}
	return Fault{}
}

// happens reports whether f is not the zero Fault.
func (f *Fault) happens() bool { return !f.serves() || len(f.Records) > 0 || f.Delay > 0 }

// refusal is the error of one record. The zero value is no error.
type refusal struct{ code, message string }

func refuse(code, message string) refusal {
	if message == "" && code == CodeServiceUnavailable {
		message = messageSlowDown
	}
	return refusal{code, message}
}

// refusals returns the error of each record of a call, or nil if all are accepted. The
// caller holds faultMu.
func (s *Server) refusals(c *Call, f *Fault, records [][]byte) []refusal {
	if !f.serves() || len(f.Records) == 0 && s.faults.RecordRate == 0 && s.faults.OnRecord == nil {
		return nil
	}
	refused := make([]refusal, len(records))
	for _, i := range f.Records {
		if 0 <= i && i < len(refused) {
			refused[i] = refuse(cmp.Or(f.RecordCode, CodeServiceUnavailable), f.RecordMessage)
		}
	}
	for i := range refused {
		if s.faults.RecordRate > 0 && s.random.Float64() < s.faults.RecordRate && refused[i].code == "" {
			refused[i] = refuse(CodeServiceUnavailable, "")
		}
		if s.faults.OnRecord != nil && refused[i].code == "" {
			if code := s.faults.OnRecord(c, i, records[i]); code != "" {
				refused[i] = refuse(code, "")
			}
		}
	}
	return refused
}
