package flowlog

import "math/bits"

// " ACCEPT " and " REJECT " as load64 has them.
const (
	accepted = ' ' | 'A'<<8 | 'C'<<16 | 'C'<<24 | 'E'<<32 | 'P'<<40 | 'T'<<48 | ' '<<56
	rejected = ' ' | 'R'<<8 | 'E'<<16 | 'J'<<24 | 'E'<<32 | 'C'<<40 | 'T'<<48 | ' '<<56
)

// decodeV2 is decodeFast for the commonest line of the default format: a flow
// over IPv4.
func decodeV2(r *Record, line string) bool {
	n := len(line)
	if n < 69+20 || n >= 69+64 {
		return false
	}
	// Account and interface have fixed places, as have, seen from the end,
	// the times, the action and the status.
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
	// No byte of account and interface may separate. Digits and letters have
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
	// What is left are seven fields of up to 64 bytes together. If fewer than
	// seven end there, e7 is not the last end.
	var m uint64
	if n >= 37+64 {
		end := uint(n-69) & 63
		m = spaceMask(line, 37)&(1<<end-1) | 1<<end
	} else {
		m = spaceMask(line[:n-32], 37)
	}
	e1 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e2 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e3 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e4 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e5 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e6 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	e7 := 37 + bits.TrailingZeros64(m)
	m &= m - 1
	if m != 0 || e7 != n-32 {
		return false
	}
	if line[e1] != ' ' || line[e2] != ' ' || line[e3] != ' ' || line[e4] != ' ' || line[e5] != ' ' || line[e6] != ' ' {
		return false
	}
	src, ok1 := addr4(line, 37, e1)
	dst, ok2 := addr4(line, e1+1, e2)
	sport, ok3 := digits(line, e2+1, e3)
	dport, ok4 := digits(line, e3+1, e4)
	proto, ok5 := digits(line, e4+1, e5)
	packets, ok6 := digits(line, e5+1, e6)
	bytes, ok7 := digits(line, e6+1, e7)
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) || sport > 65535 || dport > 65535 || proto > 255 {
		return false
	}
	*r = Record{}
	r.Fields = V2.set
	r.Version = 2
	r.AccountID = line[2:14]
	r.InterfaceID = line[15:36]
	r.SrcAddr, r.DstAddr = src, dst
	r.SrcPort, r.DstPort = uint16(sport), uint16(dport)
	r.Protocol = Protocol(proto)
	r.Packets, r.Bytes = int64(packets), int64(bytes)
	r.Start = Timestamp((d1*10+d2)*100_000_000 + eight(s1))
	r.End = Timestamp((d3*10+d4)*100_000_000 + eight(s2))
	r.Action, r.LogStatus = action, OK
	return true
}
