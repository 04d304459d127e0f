package pack

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"unicode/utf8"
)

const (
	// FlatCheck is the number of values after which a dictionary first checks
	// whether they repeat. If those of the row group before did not, it checks
	// after flatAgain values.
	FlatCheck = 1 << 16
	flatAgain = 1 << 12
)

// Dictionary numbers the distinct texts of a column of one row group, from 0 on.
//
// If nearly every text is new, finding repeated texts costs more than it saves.
// The dictionary then becomes flat: every text gets a new number.
type Dictionary struct {
	Arena []byte   // the texts, without separators
	Ends  []uint32 // the offset in Arena after each text
	key   uint64   // secret key of the hash function
	table []slot   // hash table of the texts
	v4    []uint64 // hash table of IPv4 addresses: address<<32 | number+1; 0 if empty
	nv4   int      // addresses in v4
	added int      // values added since reset, with repeated ones
	Flat  bool     // every text gets a new number
	check int      // the value of added at which to check for repetition
}

// slot is a slot of a hash table with open addressing.
type slot struct {
	hash   uint32
	number uint32 // plus 1; 0 if the slot is empty
	start  uint32 // offset in Arena
	size   uint32 // bytes
}

// reset empties the dictionary and keeps its memory.
func (d *Dictionary) reset() {
	if d.table == nil {
		d.key = rand.Uint64()
		d.table = make([]slot, 1<<8)
		d.v4 = make([]uint64, 1<<8)
	}
	d.check = FlatCheck
	if d.Flat {
		d.check = flatAgain
	}
	d.Arena, d.Ends = d.Arena[:0], d.Ends[:0]
	clear(d.table)
	clear(d.v4)
	d.nv4, d.added, d.Flat = 0, 0, false
}

// Len returns the number of numbered texts.
func (d *Dictionary) Len() int { return len(d.Ends) }

// Text returns the text with a number. It is valid until the dictionary changes.
func (d *Dictionary) Text(number uint32) []byte {
	start := uint32(0)
	if number > 0 {
		start = d.Ends[number-1]
	}
	return d.Arena[start:d.Ends[number]]
}

// end numbers the text that was just appended to Arena.
func (d *Dictionary) end() uint32 {
	d.Ends = append(d.Ends, uint32(len(d.Arena)))
	return uint32(len(d.Ends) - 1)
}

// decide makes the dictionary flat if fewer than one text in eight repeats. It
// also sets the next check.
func (d *Dictionary) decide() {
	d.Flat = len(d.Ends) >= d.added-d.added/8
	d.check *= 2
}

// noText is the number of a text that cannot be in a dictionary because it is
// not UTF-8. Some readers refuse a file with such text.
const noText = math.MaxUint32

// add returns the number of a text, or noText.
func (d *Dictionary) add(s string) uint32 {
	if d.added++; d.added == d.check {
		d.decide()
	}
	if d.Flat {
		if !utf8.ValidString(s) {
			return noText
		}
		d.Arena = append(d.Arena, s...)
		return d.end()
	}
	d.makeRoom()
	hash := hashText(d, s)
	mask := uint32(len(d.table) - 1)
	i := hash & mask
	for ; d.table[i].number != 0; i = (i + 1) & mask {
		x := &d.table[i]
		if x.hash == hash && string(d.Arena[x.start:x.start+x.size]) == s {
			return x.number - 1
		}
	}
	if !utf8.ValidString(s) {
		return noText
	}
	d.Arena = append(d.Arena, s...)
	return d.insert(i, hash, len(s))
}

// undo removes the text that was numbered last. The call that numbered it must
// be the last call before undo.
func (d *Dictionary) undo() {
	n := uint32(len(d.Ends) - 1)
	if !d.Flat {
		mask := uint32(len(d.table) - 1)
		for i := hashText(d, d.Text(n)) & mask; d.table[i].number != 0; i = (i + 1) & mask {
			if d.table[i].number == n+1 {
				d.table[i] = slot{} // the last of its run of slots, see makeRoom
				break
			}
		}
	}
	start := uint32(0)
	if n > 0 {
		start = d.Ends[n-1]
	}
	d.Arena, d.Ends = d.Arena[:start], d.Ends[:n]
}

// insert numbers the text of size bytes that was just appended to Arena, and
// puts it into the empty slot i of the table.
func (d *Dictionary) insert(i, hash uint32, size int) uint32 {
	n := d.end()
	d.table[i] = slot{hash, n + 1, d.Ends[n] - uint32(size), uint32(size)}
	return n
}

// hashText returns a hash of a text. It depends on a secret key, so that nobody
// can choose texts that collide.
func hashText[T string | []byte](d *Dictionary, s T) uint32 {
	var a, b uint64
	h := d.key ^ uint64(len(s))
	switch n := len(s); {
	case n > 16:
		for i := 0; i+16 < n; i += 16 {
			h = mix(Load64(s, i)^h, Load64(s, i+8)^0x9e3779b97f4a7c15)
		}
		a, b = Load64(s, n-16), Load64(s, n-8)
	case n > 8:
		a, b = Load64(s, 0), Load64(s, n-8)
	case n >= 4:
		a = uint64(Load32(s, 0)) | uint64(Load32(s, n-4))<<32
	case n > 0:
		a = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	h = mix(a^h, b^0xa0761d6478bd642f)
	return uint32(h ^ h>>32)
}

// mix multiplies two numbers and combines the halves of the product.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Load64 returns the eight bytes of s from i on, as a little-endian number.
func Load64[T string | []byte](s T, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Load32 returns the four bytes of s from i on, as a little-endian number.
func Load32[T string | []byte](s T, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// makeRoom doubles the table if one more text would fill more than half of it.
// It is called before a text is inserted, and never after, so that the last text
// is the last of its run of slots. undo depends on that.
func (d *Dictionary) makeRoom() {
	if 2*len(d.Ends) < len(d.table) {
		return
	}
	table := make([]slot, 2*len(d.table))
	mask := uint32(len(table) - 1)
	for _, s := range d.table {
		if s.number == 0 {
			continue
		}
		i := s.hash & mask
		for table[i].number != 0 {
			i = (i + 1) & mask
		}
		table[i] = s
	}
	d.table = table
}

// addTail returns the number of the text that was appended to Arena at start, or
// noText. If the text is not new or is invalid, addTail removes it from Arena.
func (d *Dictionary) addTail(start int) uint32 {
	if d.added++; d.added == d.check {
		d.decide()
	}
	text := d.Arena[start:]
	if d.Flat && utf8.Valid(text) {
		return d.end()
	}
	d.makeRoom()
	hash := hashText(d, text)
	mask := uint32(len(d.table) - 1)
	i := hash & mask
	for ; d.table[i].number != 0; i = (i + 1) & mask {
		x := &d.table[i]
		if x.hash == hash && bytes.Equal(d.Arena[x.start:x.start+x.size], text) {
			d.Arena = d.Arena[:start]
			return x.number - 1
		}
	}
	if !utf8.Valid(text) {
		d.Arena = d.Arena[:start]
		return noText
	}
	return d.insert(i, hash, len(text))
}

// addV4s replaces each IPv4 address by the number of its text. The result is
// that of add, except that a text that add has numbered gets a second number.
// Known addresses are found without formatting them, and one loop over many
// addresses hides cache misses.
func (d *Dictionary) addV4s(addrs []uint32) {
	for len(addrs) > 0 && !d.Flat {
		n := min(len(addrs), d.check-d.added)
		table := d.v4
		mask := uint32(len(table) - 1)
	next:
		for j, addr := range addrs[:n] {
			i := hashV4(addr) & mask
			for ; table[i] != 0; i = (i + 1) & mask {
				if uint32(table[i]>>32) == addr {
					addrs[j] = uint32(table[i]) - 1
					continue next
				}
			}
			number := d.appendV4(addr)
			table[i] = uint64(addr)<<32 | uint64(number+1)
			addrs[j] = number
			if d.nv4++; 2*d.nv4 > len(table) {
				d.growV4()
				table = d.v4
				mask = uint32(len(table) - 1)
			}
		}
		addrs = addrs[n:]
		if d.added += n; d.added == d.check {
			d.decide()
		}
	}
	for j, addr := range addrs {
		addrs[j] = d.appendV4(addr)
	}
}

// appendV4 numbers the text of an IPv4 address.
func (d *Dictionary) appendV4(addr uint32) uint32 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], addr)
	d.Arena = netip.AddrFrom4(b).AppendTo(d.Arena)
	return d.end()
}

// hashV4 returns a hash of an address.
func hashV4(addr uint32) uint32 {
	x := uint64(addr) * 0x9e3779b97f4a7c15
	return uint32(x>>32) ^ uint32(x>>54)
}

// growV4 doubles the table of IPv4 addresses.
func (d *Dictionary) growV4() {
	table := make([]uint64, 2*len(d.v4))
	mask := uint32(len(table) - 1)
	for _, s := range d.v4 {
		if s == 0 {
			continue
		}
		i := hashV4(uint32(s>>32)) & mask
		for table[i] != 0 {
			i = (i + 1) & mask
		}
		table[i] = s
	}
	d.v4 = table
}

// Prefix returns the first 8 bytes of a text as a number. If the prefixes of two
// texts differ, they compare as the texts do.
func Prefix(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var p uint64
	for i := range text {
		p |= uint64(text[i]) << (56 - 8*i)
	}
	return p
}
