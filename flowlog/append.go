package flowlog

import (
	"math/bits"
	"net/netip"
	"strconv"
)

// Append appends the record as one line of the format, without a line end, and
// returns the extended buffer. An absent field is "-"; unknown columns take the
// values of r.Extra in turn. It does not allocate unless b has to grow.
//
// Append undoes Decode: a line as AWS writes it comes back byte for byte.
func (f *Format) Append(b []byte, r *Record) []byte {
	if f.v2 && r.Fields.Contains(f.set) {
		return appendV2(b, r)
	}
	extra := r.Extra
	for i, field := range f.fields {
		if i > 0 {
			b = append(b, ' ')
		}
		if field != 0 {
			b = r.AppendValue(b, field)
			continue
		}
		var value string
		value, extra = cutExtra(extra)
		b = appendText(b, value)
	}
	return b
}

// appendV2 is Append for a record that has all fields of the default format.
func appendV2(b []byte, r *Record) []byte {
	b = append(appendInt(b, int64(r.Version)), ' ')
	b = append(appendText(b, r.AccountID), ' ')
	b = append(appendText(b, r.InterfaceID), ' ')
	b = append(appendAddr(b, r.SrcAddr), ' ')
	b = append(appendAddr(b, r.DstAddr), ' ')
	b = append(appendInt(b, int64(r.SrcPort)), ' ')
	b = append(appendInt(b, int64(r.DstPort)), ' ')
	b = append(appendInt(b, int64(r.Protocol)), ' ')
	b = append(appendInt(b, r.Packets), ' ')
	b = append(appendInt(b, r.Bytes), ' ')
	b = append(appendInt(b, int64(r.Start)), ' ')
	b = append(appendInt(b, int64(r.End)), ' ')
	b = append(appendText(b, string(r.Action)), ' ')
	return appendText(b, string(r.LogStatus))
}

// appendText appends a text, "-" for none: a field without a value would break
// the line.
func appendText(b []byte, s string) []byte {
	if s == "" {
		return append(b, '-')
	}
	return append(b, s...)
}

// appendAddr appends an address, "-" for none.
func appendAddr(b []byte, a netip.Addr) []byte {
	if !a.Is4() {
		if !a.IsValid() {
			return append(b, '-')
		}
		return a.AppendTo(b)
	}
	for i, v := range a.As4() {
		o := octets[v]
		b = append(b, o[0], o[1], o[2], o[3])
		b = b[:len(b)-3+int(o[4])]
		if i == 3 {
			return b[:len(b)-1]
		}
	}
	return b
}

// octets holds the text of each octet with a dot behind it, and its length
// without the dot.
var octets = func() (t [256][5]byte) {
	for i := range t {
		n := copy(t[i][:], strconv.Itoa(i)+".")
		t[i][4] = byte(n - 1)
	}
	return t
}()

// pairs holds the two digits of each number below 100.
const pairs = "0001020304050607080910111213141516171819" +
	"2021222324252627282930313233343536373839" +
	"4041424344454647484950515253545556575859" +
	"6061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

// appendInt appends a number. It is strconv.AppendInt for the sizes flow logs
// have, without the copy.
func appendInt(b []byte, v int64) []byte {
	if uint64(v) < 10 {
		return append(b, '0'+byte(v))
	}
	if uint64(v) >= 1e16 {
		return strconv.AppendInt(b, v, 10)
	}
	u := uint64(v)
	// The number of digits, from the number of bits: 1233/4096 is just over
	// the logarithm of 2 to base 10.
	n := bits.Len64(u) * 1233 >> 12
	if u >= powers[n] {
		n++
	}
	b = append(b, "0000000000000000"[:n]...)
	i := len(b)
	for u >= 100 {
		p := u % 100 * 2
		u /= 100
		i -= 2
		b[i], b[i+1] = pairs[p], pairs[p+1]
	}
	if u < 10 {
		b[i-1] = '0' + byte(u)
	} else {
		b[i-2], b[i-1] = pairs[u*2], pairs[u*2+1]
	}
	return b
}

// powers holds the powers of ten.
var powers = func() (t [17]uint64) {
	t[0] = 1
	for i := range t[1:] {
		t[i+1] = 10 * t[i]
	}
	return t
}()

// cutExtra returns the first value of an Extra and the rest.
func cutExtra(s string) (value, rest string) {
	for len(s) > 0 && separator(s[0]) {
		s = s[1:]
	}
	for i := range len(s) {
		if separator(s[i]) {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
