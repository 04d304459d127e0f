package flowlog

import (
	"math"
	"math/bits"
	"net/netip"
)

// The functions in this file treat eight bytes at a time as one word ("SIMD
// within a register"). They take a word's first byte as its lowest, on any
// machine. Where they accept a text they agree with the strict decoder; where
// they give up, it decides.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	zeros = 0x3030303030303030 // eight '0'
	sixes = 0x7676767676767676 // what lifts a byte above 9 to its high bit
)

// load64 returns the eight bytes of s from i on.
func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// load32 returns the four bytes of s from i on.
func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// spaces returns a bit for each byte of w that is a space or below: every byte
// that could separate fields, and some that do not. A "!" behind such a byte has
// a bit too, by the borrow.
func spaces(w uint64) uint64 {
	return ((w - 0x21*ones) &^ w & highs) * 0x0002040810204081 >> 56
}

// spaceMask returns spaces for the up to 64 bytes of s from base on, and a bit
// for the end of s if it is among them. s has at least eight bytes.
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

// eight returns the number that eight decimal digits, already reduced to their
// values, stand for.
func eight(w uint64) uint64 {
	w = w*10 + w>>8
	return ((w&0x000000ff000000ff)*0x000f424000000064 + (w>>16&0x000000ff000000ff)*0x0000271000000001) >> 32
}

// digits returns the number s[i:e] stands for. It reports false unless s[i:e]
// is one to sixteen decimal digits.
func digits(s string, i, e int) (uint64, bool) {
	n := e - i
	if e < 8 || uint(n-1) >= 8 {
		return longDigits(s, i, e)
	}
	w := (load64(s, e-8) ^ zeros) & digitMasks[n+1&15]
	return eight(w), (w+sixes|w)&highs == 0
}

// digitMasks says which bytes of a word that ends with a number are its digits,
// by the distance between the ends of the number and of the field before it. A
// number of no digit or of more than eight has none.
var digitMasks = func() (t [64]uint64) {
	for n := 1; n <= 8; n++ {
		t[n+1] = math.MaxUint64 << (64 - 8*n)
	}
	return t
}()

// longDigits is digits for what is longer than eight digits, or too near the
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

// addr4 returns the IPv4 address s[i:e]. It reports false for anything else,
// and for an address too near the start of s.
//
// The octets are checked and converted two at a time, each in a half of a word:
// its digits as they stand in s, so that its last digit is the highest byte.
func addr4(s string, i, e int) (netip.Addr, bool) {
	n := e - i
	if uint(n-7) > 8 || e < 20 {
		return netip.Addr{}, false
	}
	t := s[e-20:][:20]
	lo, hi := load64(t, 4), load64(t, 12)
	// Digits have bit 4, dots do not; what else does is found below.
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
	// Reversed, a half compares like its digits: up to 255, and from the
	// least number of as many digits on.
	const most = 0x00020505<<32 | 0x00020505
	xOrder, yOrder := bits.ReverseBytes64(x), bits.ReverseBytes64(y)
	outside := (most - xOrder) | (most - yOrder) | (xOrder - ab.least) | (yOrder - cd.least)
	if ((x+sixes|x)|(y+sixes|y))&highs|outside&(1<<63|1<<31) != 0 || t[p+4] != '.' || t[q+4] != '.' || t[r+4] != '.' {
		return netip.Addr{}, false
	}
	// A product has one octet in its fourth byte and one in its eighth: what
	// is carried into the bytes between does not reach that far.
	const number = 100<<16 | 10<<8 | 1
	x *= number
	y *= number
	return netip.AddrFrom4([4]byte{byte(x >> 24), byte(x >> 56), byte(y >> 24), byte(y >> 56)}), true
}

// octetPairs tells, for two octets of so many digits, at 4 times the first
// number plus the second, which bytes hold their digits, and what the least such
// octets are. Numbers from 1 to 3 are good: with any other nothing is as much as
// the least.
var octetPairs = func() (t [16]struct{ digits, least uint64 }) {
	digits := [4]uint64{0, 0xff000000, 0xffff0000, 0xffffff00}
	least := [4]uint64{math.MaxInt32, 0, 0x100, 0x10000}
	for i := range t {
		t[i].digits = digits[i>>2] | digits[i&3]<<32
		t[i].least = least[i>>2]<<32 | least[i&3]
	}
	return t
}()

// addr returns the address s[i:e], in the forms AWS writes. It reports false
// for any other text, also for some that netip.ParseAddr takes.
func addr(s string, i, e int) (netip.Addr, bool) {
	if a, ok := addr4(s, i, e); ok {
		return a, true
	}
	if e < 20 {
		if a, ok := nearAddr4(s[i:e]); ok {
			return a, true
		}
	}
	return addr6(s[i:e])
}

// nearAddr4 is addr4 for an address too near the start of a line.
func nearAddr4(s string) (netip.Addr, bool) {
	var a [4]byte
	octet, start, v := 0, 0, 0
	for i := range len(s) {
		if d := s[i] - '0'; d <= 9 {
			if v = v*10 + int(d); v > 255 || s[start] == '0' && i > start {
				return netip.Addr{}, false
			}
			a[octet] = byte(v)
			continue
		}
		if s[i] != '.' || i == start || octet == 3 {
			return netip.Addr{}, false
		}
		octet, start, v = octet+1, i+1, 0
	}
	return netip.AddrFrom4(a), octet == 3 && start < len(s)
}

// addr6 returns an IPv6 address without an IPv4 part and without a zone.
func addr6(s string) (netip.Addr, bool) {
	var a [16]byte
	n, gap := 0, -1 // bytes stored; where the run of zeros is
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
