package flowlog

import (
	"strconv"
	"time"
)

// Timestamp is a time as logged: Unix seconds, as AWS documents, or Unix milliseconds,
// as found in some published logs. Time handles both units.
type Timestamp int64

// milliseconds is the smallest Timestamp that Time takes as milliseconds. In seconds it
// would be in the year 5138; in milliseconds it is in 1973.
const milliseconds = 100_000_000_000

// Time returns the time in UTC. It takes a value of 100,000,000,000 or more as
// milliseconds and any other value as seconds.
func (t Timestamp) Time() time.Time {
	if t >= milliseconds {
		return time.UnixMilli(int64(t)).UTC()
	}
	return time.Unix(int64(t), 0).UTC()
}

// String returns the number as logged.
func (t Timestamp) String() string { return strconv.FormatInt(int64(t), 10) }

// AppendText appends the number as logged. It never fails.
func (t Timestamp) AppendText(b []byte) ([]byte, error) {
	return strconv.AppendInt(b, int64(t), 10), nil
}

// MarshalText returns the number as logged. It never fails.
func (t Timestamp) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// UnmarshalText accepts a decimal number, which may be negative. The error is a
// *ParseError.
func (t *Timestamp) UnmarshalText(text []byte) error {
	v, err := parseInt(string(text), 64)
	if err != nil {
		return &ParseError{Value: clip(string(text)), Err: err}
	}
	*t = Timestamp(v)
	return nil
}

// MarshalJSON returns a JSON number. It never fails.
func (t Timestamp) MarshalJSON() ([]byte, error) { return t.AppendText(nil) }

// UnmarshalJSON accepts a JSON number, or a string that holds one.
func (t *Timestamp) UnmarshalJSON(data []byte) error { return unmarshalNumber(t, data) }
