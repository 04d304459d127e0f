package flowlog

import (
	"strconv"
	"strings"
)

// TCPFlags is the OR of the TCP flags seen in the aggregation interval of a record. VPC
// flow logs report FIN, SYN, RST and, only together with SYN, ACK; the value is 0 for
// packets with only ACK or PSH. Transit gateway flow logs also report PSH, ACK and URG.
// Bits without a name are kept.
type TCPFlags int32

// The flags, with the values of their bits in the TCP header.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// tcpFlagNames holds the names of the flags in the order of their bits.
var tcpFlagNames = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"}

// Has reports whether all flags of g are set, as in f.Has(SYN|ACK).
func (f TCPFlags) Has(g TCPFlags) bool { return f&g == g }

// String returns the names of the flags in the order of their bits, separated by "|",
// such as "SYN|ACK". Bits without a name follow as one number, as in "SYN|64". The
// result is "0" for no flags, and the number for a negative value.
func (f TCPFlags) String() string {
	b, _ := f.AppendText(nil)
	return string(b)
}

// AppendText appends the result of String. It never fails.
func (f TCPFlags) AppendText(b []byte) ([]byte, error) {
	if f <= 0 {
		return strconv.AppendInt(b, int64(f), 10), nil
	}
	start := len(b)
	for i, name := range tcpFlagNames {
		if f&(1<<i) != 0 {
			if len(b) > start {
				b = append(b, '|')
			}
			b = append(b, name...)
		}
	}
	if rest := f >> len(tcpFlagNames) << len(tcpFlagNames); rest != 0 {
		if len(b) > start {
			b = append(b, '|')
		}
		b = strconv.AppendInt(b, int64(rest), 10)
	}
	return b, nil
}

// MarshalText returns the result of String. It never fails.
func (f TCPFlags) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// UnmarshalText accepts names in any order and letter case, and numbers, separated by
// "|". The error is a *ParseError.
func (f *TCPFlags) UnmarshalText(text []byte) error {
	var v TCPFlags
next:
	for part := range strings.SplitSeq(string(text), "|") {
		for i, name := range tcpFlagNames {
			if strings.EqualFold(part, name) {
				v |= 1 << i
				continue next
			}
		}
		n, err := parseInt(part, 32)
		if err != nil {
			return &ParseError{Field: FieldTCPFlags, Value: clip(part), Err: err}
		}
		v |= TCPFlags(n)
	}
	*f = v
	return nil
}

// MarshalJSON returns a JSON number. It never fails.
func (f TCPFlags) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, int64(f), 10), nil }

// UnmarshalJSON accepts a JSON number, or a string as UnmarshalText does.
func (f *TCPFlags) UnmarshalJSON(data []byte) error { return unmarshalNumber(f, data) }
