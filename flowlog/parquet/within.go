package parquet

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// within tests whether addresses are in one of several prefixes.
type within struct {
	v4    []netV4
	other []netip.Prefix
}

// netV4 is a prefix of IPv4 addresses: those for which address&mask == addr. The texts of
// all its addresses start in the same way: for the first eight bytes of a text as
// pack.Load64 returns them, bytes&headMask == head.
type netV4 struct {
	addr, mask     uint32
	head, headMask uint64
}

func newWithin(prefixes []netip.Prefix) *within {
	w := &within{}
	for _, p := range prefixes {
		if !p.IsValid() || !p.Addr().Is4() {
			w.other = append(w.other, p)
			continue
		}
		b := p.Masked().Addr().As4()
		n := netV4{addr: binary.BigEndian.Uint32(b[:]), mask: uint32(^uint64(0) << (32 - p.Bits()))}
		// The texts of the bytes that the prefix fixes, each with the dot after it.
		var head []byte
		for i := range min(p.Bits()/8, 3) {
			head = append(strconv.AppendUint(head, uint64(b[i]), 10), '.')
		}
		size := min(len(head), 8)
		n.head = pack.Load64(append(head, make([]byte, 8)...), 0)
		n.headMask = ^uint64(0) >> (64 - 8*size) // 0 if it is empty
		n.head &= n.headMask
		w.v4 = append(w.v4, n)
	}
	return w
}

// has reports whether a text is an address in one of the prefixes.
func (w *within) has(s string) bool {
	// The start of the text rules out nearly all addresses that are in no prefix.
	if len(s) >= 8 && (len(w.other) == 0 || dotted(s)) && !w.begins(pack.Load64(s, 0)) {
		return false
	}
	if addr, ok := parseV4(s); ok {
		for _, n := range w.v4 {
			if addr&n.mask == n.addr {
				return true
			}
		}
		return false
	}
	if len(w.other) == 0 {
		return false
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	for _, p := range w.other {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// begins reports whether a text may be an IPv4 address in one of the prefixes,
// by its first eight bytes.
func (w *within) begins(text uint64) bool {
	for i := range w.v4 {
		if text&w.v4[i].headMask == w.v4[i].head {
			return true
		}
	}
	return false
}

// dotted reports whether an address of at least four bytes of text is IPv4.
func dotted(s string) bool {
	return s[0]-'0' <= 9 && (s[1] == '.' || s[2] == '.' || s[3] == '.')
}

// parseV4 parses an IPv4 address. It accepts what netip.ParseAddr accepts, in a fraction of
// the time: no branch depends on the number of digits.
func parseV4(s string) (uint32, bool) {
	if len(s) < len("0.0.0.0") || len(s) > len("255.255.255.255") {
		return 0, false
	}
	const zeros, sixes, highs = 0x30303030, 0x76767676, 0x80808080
	least := [4]uint32{256, 0, 10, 100} // by number of digits
	var addr uint32
	at := 0
	for i := range 4 {
		from := min(at, len(s)-4)
		w := pack.Load32(s, from)>>(8*uint(at-from)) ^ zeros
		// The highest bit of a byte is set first for the first byte that is not a digit.
		n := bits.TrailingZeros32((w+sixes|w)&highs) / 8
		end := at + n
		if n > 3 || end == len(s) != (i == 3) || i < 3 && s[end] != '.' {
			return 0, false
		}
		w <<= 32 - 8*uint(n)
		octet := w>>24 + 10*(w>>16&0xff) + 100*(w>>8&0xff)
		if octet > 255 || octet < least[n] { // a leading zero, or no digit
			return 0, false
		}
		addr = addr<<8 | octet
		at = end + 1
	}
	return addr, true
}

// match returns the rows whose address is in one of the prefixes. The result shares the
// memory of rows.
func (c *readColumn) match(rows []int) []int {
	if !c.IsText() || c.Type == format.Float || c.Type == format.Double {
		return rows[:0]
	}
	if n := c.DictLen(); len(c.matches) < n {
		c.matches = make([]uint8, n) // included in what is held for the dictionary
		for i := range c.matches {
			if c.within.has(c.Dict(uint32(i))) {
				c.matches[i] = 1
			}
		}
	}
	b := &c.Batch
	n := 0
	if len(b.Spans) > 0 {
		values := uint32(c.DictLen())
		for _, row := range rows {
			if b.Nulls.Has(row) {
				continue
			}
			var ok bool
			if code := b.Codes[row]; code < values {
				ok = c.matches[code] != 0
			} else {
				s := b.Spans[code-values]
				ok = c.within.has(b.Pages[s.Page][s.Start:s.End])
			}
			if ok {
				rows[n] = row
				n++
			}
		}
		return rows[:n]
	}
	matches := c.matches
	if len(matches) == 0 {
		return rows[:0] // all rows are null
	}
	// The processor could not predict a branch on whether a row passes, so there is
	// none. The code of a null row is 0.
	codes := b.Codes
	for _, row := range rows {
		rows[n] = row
		n += int(uint64(matches[codes[row]]) &^ b.Nulls.Bit(row))
	}
	return rows[:n]
}
