package flowlog

import (
	"math"
	"math/bits"
	"net/netip"
)

// The functions in this file process eight bytes at a time in one 64-bit word ("SIMD
// within a register"). The first byte is the least significant one on every machine.
// Whatever they accept has the value that decodeStrict gives it. What they reject is
// left to decodeStrict.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	zeros = 0x3030303030303030 // eight '0'
	sixes = 0x7676767676767676 // added to a byte above 9, sets its high bit
)

// load64 returns the eight bytes of s that start at i.
func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// load32 returns the four bytes of s that start at i.
func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// spaces returns a mask with a bit for each byte of w that is at most ' '. This
// includes all separators and other control characters. A "!" directly after such a
// byte also gets a bit, because of the borrow.
func spaces(w uint64) uint64 {
	return ((w - 0x21*ones) &^ w & highs) * 0x0002040810204081 >> 56
}

// spaceMask returns spaces for the bytes s[base:base+64]. If s ends within them, the
// position of its end has a bit too. s has at least eight bytes.
func spaceMask(s string, base int) uint64 {
	var m uint64
	n := len(s) - base
	if n >= 64 {
		b := s[base : base+64]
		return spaces(load64(b, 0)) | spaces(load64(b, 8))<<8 | spaces(load64(b, 16))<<16 | spaces(load64(b, 24))<<24 |
			spaces(load64(b, 32))<<32 | spaces(load64(b, 40))<<40 | spaces(load64(b, 48))<<48 | spaces(load64(b, 56))<<56
	}
	i := 0
	for ; i+8 <= n; i += 8 {
		m |= spaces(load64(s, base+i)) << (i & 63)
	}
	if i < n {
		w := load64(s, len(s)-8) >> (8 * (8 - (n - i)) & 63)
		m |= (spaces(w) & (1<<(n-i&63) - 1)) << (i & 63)
	}
	return m | 1<<(n&63)
}

// eight returns the value of eight decimal digits. Each byte of w is the value of one
// digit, 0 to 9.
func eight(w uint64) uint64 {
	w = w*10 + w>>8
	return ((w&0x000000ff000000ff)*0x000f424000000064 + (w>>16&0x000000ff000000ff)*0x0000271000000001) >> 32
}

// digits parses s[i:e] as a decimal number. It reports false unless s[i:e] is one to
// sixteen digits.
func digits(s string, i, e int) (uint64, bool) {
	n := e - i
	if e < 8 || uint(n-1) >= 8 {
		return longDigits(s, i, e)
	}
	w := (load64(s, e-8) ^ zeros) & digitMasks[n+1&15]
	return eight(w), (w+sixes|w)&highs == 0
}

// digitMasks selects the digits in a word of which the last bytes are a number. The
// index is the number of digits plus one, which is the distance between the end of
// the field before the number and the end of the number. The mask is 0 for no digits
// and for more than eight.
var digitMasks = func() (t [64]uint64) {
	for n := 1; n <= 8; n++ {
		t[n+1] = math.MaxUint64 << (64 - 8*n)
	}
	return t
}()

// longDigits is digits for more than eight digits, and for numbers too close to the
// start of s to load eight bytes.
func longDigits(s string, i, e int) (uint64, bool) {
	n := e - i
	if e < 16 || uint(n-1) >= 16 {
		if uint(n-1) >= 16 {
			return 0, false
		}
		var v uint64
		for ; i < e; i++ {
			c := s[i] - '0'
			if c > 9 {
				return 0, false
			}
			v = v*10 + uint64(c)
		}
		return v, true
	}
	lo := load64(s, e-8) ^ zeros
	hi := load64(s, e-16) ^ zeros
	if n <= 8 {
		lo, hi = lo>>(64-8*n)<<(64-8*n), 0
	} else {
		shift := uint(128-8*n) & 63
		hi = hi >> shift << shift
	}
	return eight(hi)*100_000_000 + eight(lo), ((lo+sixes|lo)|(hi+sixes|hi))&highs == 0
}

// addr4 parses s[i:e] as an IPv4 address. It reports false for any other text, and
// for an address that ends before offset 20.
//
// It checks and converts two octets at a time. Each half of a word holds the digits
// of one octet, with the last digit in the most significant byte.
//
// A loop over single bytes could replace it and would need no minimum offset, but
// Decode then takes 1.8 times as long for lines of the default format and 1.3 times
// as long for those of version 5.
func addr4(s string, i, e int) (netip.Addr, bool) {
	n := e - i
	if uint(n-7) > 8 || e < 20 {
		return netip.Addr{}, false
	}
	t := s[e-20:][:20]
	lo, hi := load64(t, 4), load64(t, 12)
	// Digits have bit 4 set and dots do not. Other bytes are checked below.
	m := (^lo<<3&highs)*0x0002040810204081>>56 | (^hi<<3&highs)*0x0002040810204081>>56<<8
	m = m >> uint(16-n&15) << uint(16-n&15)
	p := bits.TrailingZeros64(m) & 15
	m &= m - 1
	q := bits.TrailingZeros64(m) & 15
	m &= m - 1
	r := bits.TrailingZeros64(m) & 15
	if m == 0 || m&(m-1) != 0 {
		return netip.Addr{}, false
	}
	n1, n2, n3, n4 := p-(16-n), q-p-1, r-q-1, 15-r
	if (n1|n2|n3|n4)&^3 != 0 {
		return netip.Addr{}, false
	}
	ab, cd := &octetPairs[(n1<<2|n2)&15], &octetPairs[(n3<<2|n4)&15]
	x := (uint64(load32(t, p)) | uint64(load32(t, q))<<32) ^ zeros
	y := (uint64(load32(t, r)) | uint64(load32(t, 16))<<32) ^ zeros
	x &= ab.digits
	y &= cd.digits
	// With its bytes reversed, a half compares like the text of its octet. The
	// octet must be at most 255 and must not have leading zeros.
	const most = 0x00020505<<32 | 0x00020505
	xOrder, yOrder := bits.ReverseBytes64(x), bits.ReverseBytes64(y)
	outside := (most - xOrder) | (most - yOrder) | (xOrder - ab.least) | (yOrder - cd.least)
	if ((x+sixes|x)|(y+sixes|y))&highs|outside&(1<<63|1<<31) != 0 || t[p+4] != '.' || t[q+4] != '.' || t[r+4] != '.' {
		return netip.Addr{}, false
	}
	// Bytes 3 and 7 of a product are the values of the two octets. The carries
	// of the other bytes do not reach them.
	const number = 100<<16 | 10<<8 | 1
	x *= number
	y *= number
	return netip.AddrFrom4([4]byte{byte(x >> 24), byte(x >> 56), byte(y >> 24), byte(y >> 56)}), true
}

// octetPairs holds the bytes that are digits, and the smallest valid digits, for a
// pair of octets. The index is 4 times the number of digits of the first octet plus
// that of the second. For an octet without digits, least is larger than any octet.
var octetPairs = func() (t [16]struct{ digits, least uint64 }) {
	digits := [4]uint64{0, 0xff000000, 0xffff0000, 0xffffff00}
	least := [4]uint64{math.MaxInt32, 0, 0x100, 0x10000}
	for i := range t {
		t[i].digits = digits[i>>2] | digits[i&3]<<32
		t[i].least = least[i>>2]<<32 | least[i&3]
	}
	return t
}()

// addr parses s[i:e] as an address in a form that AWS writes. It may report false for
// other texts that netip.ParseAddr accepts.
func addr(s string, i, e int) (netip.Addr, bool) {
	if a, ok := addr4(s, i, e); ok {
		return a, true
	}
	if e < 20 {
		a, err := netip.ParseAddr(s[i:e]) // too close to the start for addr4
		return a, err == nil
	}
	return addr6(s[i:e])
}

// addr6 parses s as an IPv6 address without an IPv4 part and without a zone.
func addr6(s string) (netip.Addr, bool) {
	var a [16]byte
	n, gap := 0, -1 // bytes stored; position of "::" in a, -1 for none
	i := 0
	if len(s) >= 2 && s[0] == ':' && s[1] == ':' {
		gap, i = 0, 2
	}
	for i < len(s) {
		var v uint32
		start := i
		for ; i < len(s) && i < start+4; i++ {
			d := hexValues[s[i]]
			if d > 15 {
				break
			}
			v = v<<4 | uint32(d)
		}
		if i == start || n == len(a) {
			return netip.Addr{}, false
		}
		a[n], a[n+1] = byte(v>>8), byte(v)
		n += 2
		if i == len(s) {
			break
		}
		if s[i] != ':' || i+1 == len(s) {
			return netip.Addr{}, false
		}
		if i++; s[i] == ':' {
			if gap >= 0 {
				return netip.Addr{}, false
			}
			gap = n
			i++
		}
	}
	if gap < 0 && n != len(a) || gap >= 0 && n == len(a) {
		return netip.Addr{}, false
	}
	if gap >= 0 {
		moved := copy(a[len(a)-(n-gap):], a[gap:n])
		clear(a[gap : len(a)-moved])
	}
	return netip.AddrFrom16(a), true
}

// hexValues holds the values of hexadecimal digits, 0xff for other bytes.
var hexValues = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case '0' <= c && c <= '9':
			t[i] = c - '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			t[i] = c | 0x20 - 'a' + 10
		default:
			t[i] = 0xff
		}
	}
	return t
}()
