package flowlog

import (
	"strconv"
	"strings"
)

// TCPFlags is the OR of the TCP flags seen in the interval of a record. VPC
// flow logs report FIN, SYN, RST and, inside SYN-ACK alone, ACK: a flow whose
// packets carried only ACK or PSH has 0. Transit gateway logs report PSH, ACK
// and URG too. Bits with no name are kept.
type TCPFlags int32

// The flags, by their bits in the TCP header.
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

// Has reports whether all flags of g are set.
func (f TCPFlags) Has(g TCPFlags) bool { return f&g == g }

// FIN reports whether the FIN flag is set.
func (f TCPFlags) FIN() bool { return f&FIN != 0 }

// SYN reports whether the SYN flag is set.
func (f TCPFlags) SYN() bool { return f&SYN != 0 }

// RST reports whether the RST flag is set.
func (f TCPFlags) RST() bool { return f&RST != 0 }

// PSH reports whether the PSH flag is set.
func (f TCPFlags) PSH() bool { return f&PSH != 0 }

// ACK reports whether the ACK flag is set.
func (f TCPFlags) ACK() bool { return f&ACK != 0 }

// URG reports whether the URG flag is set.
func (f TCPFlags) URG() bool { return f&URG != 0 }

// String returns the names of the flags in the order of their bits with "|"
// between, such as "SYN|ACK". Bits without a name follow as one number,
// "SYN|64". No flags are "0", and a negative value is its number.
func (f TCPFlags) String() string {
	b, _ := f.AppendText(nil)
	return string(b)
}

// AppendText appends what String returns. It never fails.
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

// MarshalText returns what String returns. It never fails.
func (f TCPFlags) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// UnmarshalText takes what String returns: names in any order and letter case
// with "|" between, or the number, or both. The error is a *ParseError.
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

// UnmarshalJSON takes a JSON number or a string as UnmarshalText does.
func (f *TCPFlags) UnmarshalJSON(data []byte) error { return unmarshalNumber(f, data) }
