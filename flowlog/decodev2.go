package flowlog

import "math/bits"

// The values of load64 for " ACCEPT " and " REJECT ".
const (
	accepted = ' ' | 'A'<<8 | 'C'<<16 | 'C'<<24 | 'E'<<32 | 'P'<<40 | 'T'<<48 | ' '<<56
	rejected = ' ' | 'R'<<8 | 'E'<<16 | 'J'<<24 | 'E'<<32 | 'C'<<40 | 'T'<<48 | ' '<<56
)

// decodeV2 is decodeFast for the most common lines of the default format: records of
// IPv4 flows. It sets all members of that format, or leaves r as it is and reports
// false.
func decodeV2(r *Record, line string) bool {
	n := len(line)
	if n < 37+64 || n >= 69+64 {
		return false
	}
	// Account and interface are at fixed offsets from the start of the line;
	// times, action and status at fixed offsets from its end.
	t := line[n-32:]
	var action Action
	switch load64(t, 22) {
	case accepted:
		action = Accept
	case rejected:
		action = Reject
	default:
		return false
	}
	if t[0] != ' ' || t[11] != ' ' || t[30] != 'O' || t[31] != 'K' || line[0] != '2' || line[1] != ' ' ||
		line[14] != ' ' || load32(line, 15) != 'e'|'n'<<8|'i'<<16|'-'<<24 || line[36] != ' ' {
		return false
	}
	// Account and interface must not contain separators. Digits and letters have
	// bit 4 or bit 6; spaces and tabs have neither.
	a1, a2 := load64(line, 2), load64(line, 6)
	i1, i2, i3 := load64(line, 19), load64(line, 27), load64(line, 28)
	if (a1<<1|a1<<3)&(a2<<1|a2<<3)&(i1<<1|i1<<3)&(i2<<1|i2<<3)&(i3<<1|i3<<3)&highs != highs {
		return false
	}
	s1, s2 := load64(t, 3)^zeros, load64(t, 14)^zeros
	d1, d2, d3, d4 := uint64(t[1]-'0'), uint64(t[2]-'0'), uint64(t[12]-'0'), uint64(t[13]-'0')
	if ((s1+sixes|s1)|(s2+sixes|s2))&highs != 0 || d1 > 9 || d2 > 9 || d3 > 9 || d4 > 9 {
		return false
	}
	// The seven fields between them start at offset 37 and have up to 64 bytes
	// together. e1 to e7 are their ends, relative to offset 37. If there are
	// fewer than seven fields, e7 is not last.
	last := uint(n-69) & 63
	b := line[37:101]
	m := gaps(load64(b, 0)) | gaps(load64(b, 8))<<8 | gaps(load64(b, 16))<<16 | gaps(load64(b, 24))<<24 |
		gaps(load64(b, 32))<<32 | gaps(load64(b, 40))<<40 | gaps(load64(b, 48))<<48 | gaps(load64(b, 56))<<56
	m = m&(1<<last-1) | 1<<last
	e1 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e2 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e3 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e4 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e5 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e6 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	e7 := bits.TrailingZeros64(m) & 63
	m &= m - 1
	if m != 0 || e7 != int(last) {
		return false
	}
	// before starts 20 bytes earlier, so that the bytes of a field can be loaded
	// backwards from its end without further length checks.
	before := line[17:101]
	if before[e1+20] != ' ' || before[e2+20] != ' ' || before[e3+20] != ' ' || before[e4+20] != ' ' || before[e5+20] != ' ' || before[e6+20] != ' ' {
		return false
	}
	src, ok1 := addr4(before, 20, e1+20)
	dst, ok2 := addr4(before, e1+21, e2+20)
	k3, k4, k5 := digitMasks[(e3-e2)&63], digitMasks[(e4-e3)&63], digitMasks[(e5-e4)&63]
	k6, k7 := digitMasks[(e6-e5)&63], digitMasks[(e7-e6)&63]
	w3, w4, w5 := (load64(before, e3+12)^zeros)&k3, (load64(before, e4+12)^zeros)&k4, (load64(before, e5+12)^zeros)&k5
	w6, w7 := (load64(before, e6+12)^zeros)&k6, (load64(before, e7+12)^zeros)&k7
	sport, dport, proto := eight(w3), eight(w4), eight(w5)
	if ((w3+sixes|w3)|(w4+sixes|w4)|(w5+sixes|w5)|(w6+sixes|w6)|(w7+sixes|w7))&highs != 0 || k3&k4&k5&k6&k7 == 0 ||
		!ok1 || !ok2 || sport > 65535 || dport > 65535 || proto > 255 {
		return false
	}
	r.Fields = V2.set
	r.Version = 2
	r.AccountID = line[2:14]
	r.InterfaceID = line[15:36]
	r.SrcAddr, r.DstAddr = src, dst
	r.SrcPort, r.DstPort = uint16(sport), uint16(dport)
	r.Protocol = Protocol(proto)
	r.Packets, r.Bytes = int64(eight(w6)), int64(eight(w7))
	r.Start = Timestamp((d1*10+d2)*100_000_000 + eight(s1))
	r.End = Timestamp((d3*10+d4)*100_000_000 + eight(s2))
	r.Action, r.LogStatus = action, OK
	return true
}

// gaps returns a mask with a bit for each byte of w that is a space, provided that the
// other bytes are digits and dots. The bits for any other bytes are undefined; the
// caller checks all bytes again.
func gaps(w uint64) uint64 {
	return (^(w + (0x7f-' ')*ones) & highs) * 0x0002040810204081 >> 56
}
