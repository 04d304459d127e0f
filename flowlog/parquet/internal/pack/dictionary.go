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
	// FlatCheck is how many values a dictionary takes before it is asked
	// whether they repeat at all. A later answer would be surer, an earlier
	// one cheaper; where the row group before did not repeat, flatAgain is
	// enough.
	FlatCheck = 1 << 16
	flatAgain = 1 << 12
)

// Dictionary numbers the distinct texts of a column of one row group. The texts
// stand one behind the other in arena; the table finds them.
//
// Where nearly every text is new, the table costs more than it can save. The
// dictionary then goes flat: it gives each text the next number unseen.
type Dictionary struct {
	Arena []byte
	Ends  []uint32 // end in arena of each text
	key   uint64   // of hashes
	table []slot   // texts, by hash
	v4    []uint64 // IPv4 addresses: address<<32 | number+1, 0 if empty
	nv4   int
	added int // values since reset
	Flat  bool
	check int // look at added == check whether the values repeat
}

// slot is one place of an open hash table: a text by its hash, its number, and
// where it is in the arena.
type slot struct {
	hash   uint32
	number uint32 // +1; 0 if the place is empty
	start  uint32
	size   uint32
}

// reset empties the dictionary but keeps its memory.
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

// Len returns the number of texts.
func (d *Dictionary) Len() int { return len(d.Ends) }

// Text returns a text. It stays valid until the dictionary grows.
func (d *Dictionary) Text(number uint32) []byte {
	start := uint32(0)
	if number > 0 {
		start = d.Ends[number-1]
	}
	return d.Arena[start:d.Ends[number]]
}

// end numbers the text that was just put at the end of the arena.
func (d *Dictionary) end() uint32 {
	d.Ends = append(d.Ends, uint32(len(d.Arena)))
	return uint32(len(d.Ends) - 1)
}

// decide decides whether the dictionary goes flat, and when to ask again.
func (d *Dictionary) decide() {
	d.Flat = len(d.Ends) >= d.added-d.added/8
	d.check *= 2
}

// noText is the number of what cannot be in a dictionary: text that is not
// UTF-8, for which some readers refuse a whole file.
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

// undo takes away the text that was numbered last, which must be the last thing that
// was done to the dictionary.
func (d *Dictionary) undo() {
	n := uint32(len(d.Ends) - 1)
	if !d.Flat {
		mask := uint32(len(d.table) - 1)
		for i := hashText(d, d.Text(n)) & mask; d.table[i].number != 0; i = (i + 1) & mask {
			if d.table[i].number == n+1 {
				d.table[i] = slot{} // no later text was put behind it
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

// insert numbers the text of so many bytes that was just put at the end of the
// arena, and puts it in the empty place i of the table.
func (d *Dictionary) insert(i, hash uint32, size int) uint32 {
	n := d.end()
	d.table[i] = slot{hash, n + 1, d.Ends[n] - uint32(size), uint32(size)}
	return n
}

// hashText returns a hash of a text, by a secret key so that nobody can choose
// texts that collide.
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

// mix multiplies two numbers and folds the product.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Load64 returns the eight bytes of s from i on.
func Load64[T string | []byte](s T, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Load32 returns the four bytes of s from i on.
func Load32[T string | []byte](s T, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// makeRoom doubles the table of texts if one more would fill more than half of it. It
// comes before a text is added, so that undo finds that text at the end of its run.
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

// addTail returns the number of the text that stands at the end of the arena,
// from start on, or noText. It takes the text away again if it was there before,
// or cannot be there.
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

// addV4s puts the numbers of the texts of IPv4 addresses in their place. It is
// add of each text, but addresses that are there are found without being
// written out, and one loop over many of them hides the cache misses.
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

// hashV4 spreads an address over 32 bits.
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

// Prefix returns the first 8 bytes of a text as a number that compares as the
// text does, up to ties.
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
