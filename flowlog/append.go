package flowlog

import (
	"math/bits"
	"net/netip"
	"strconv"
)

// Append appends the record to b as one line of the format, without a newline, and
// returns the extended buffer. An absent field is written as "-". Unknown columns get
// the values of r.Extra in order. Append does not allocate unless b has to grow.
//
// Append is the inverse of Decode: for a line as AWS writes it, decoding and appending
// gives the same bytes.
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

// appendV2 is Append with V2 for a record that has all fields of V2.
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

// appendText appends s, or "-" if s is empty, because an empty value would shift the
// columns of the line.
func appendText(b []byte, s string) []byte {
	if s == "" {
		return append(b, '-')
	}
	return append(b, s...)
}

// appendAddr appends an address, or "-" for the zero Addr.
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

// octets holds, for each octet, its decimal text followed by a dot in the first four
// bytes, and the number of digits in the last byte.
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

// appendInt is strconv.AppendInt with base 10. It is faster for numbers from 0 to
// 1e16-1 because it writes the digits directly into b.
func appendInt(b []byte, v int64) []byte {
	if uint64(v) < 10 {
		return append(b, '0'+byte(v))
	}
	if uint64(v) >= 1e16 {
		return strconv.AppendInt(b, v, 10)
	}
	u := uint64(v)
	// Estimate the number of digits from the number of bits. 1233/4096 is just
	// above log10(2).
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

// powers holds the powers of ten from 1e0 to 1e16.
var powers = func() (t [17]uint64) {
	t[0] = 1
	for i := range t[1:] {
		t[i+1] = 10 * t[i]
	}
	return t
}()

// cutExtra returns the first value of s, which is a Record.Extra, and the rest of s.
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
