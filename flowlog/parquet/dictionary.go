package parquet

import (
	"hash/maphash"
	"math/bits"
	"net/netip"
)

const (
	// flatCheck is how many values a dictionary takes before it is asked
	// whether they repeat at all. A later answer would be surer, an earlier
	// one cheaper; where the row group before did not repeat, flatAgain is
	// enough.
	flatCheck = 1 << 16
	flatAgain = 1 << 12
)

// dictionary numbers the distinct texts of a column of one row group. The texts
// stand one behind the other in arena; the table finds them.
//
// Where nearly every text is new, the table costs more than it can save. The
// dictionary then goes flat: it gives each text the next number unseen.
type dictionary struct {
	arena []byte
	ends  []uint32 // end in arena of each text
	seed  maphash.Seed
	table []slot   // texts, by hash
	v4    []uint64 // IPv4 addresses: address<<32 | number+1, 0 if empty
	nv4   int
	added int // values since reset
	flat  bool
	check int // look at added == check whether the values repeat
}

// slot is one place of an open hash table.
type slot struct {
	hash   uint32
	number uint32 // +1; 0 if the place is empty
}

// reset empties the dictionary but keeps its memory.
func (d *dictionary) reset() {
	if d.table == nil {
		d.seed = maphash.MakeSeed()
		d.table = make([]slot, 1<<8)
	}
	d.check = flatCheck
	if d.flat {
		d.check = flatAgain
	}
	d.arena, d.ends = d.arena[:0], d.ends[:0]
	clear(d.table)
	clear(d.v4)
	d.nv4, d.added, d.flat = 0, 0, false
}

// len returns the number of texts.
func (d *dictionary) len() int { return len(d.ends) }

// text returns a text. It stays valid until the dictionary grows.
func (d *dictionary) text(number uint32) []byte {
	start := uint32(0)
	if number > 0 {
		start = d.ends[number-1]
	}
	return d.arena[start:d.ends[number]]
}

// end numbers the text that was just put at the end of the arena.
func (d *dictionary) end() uint32 {
	d.ends = append(d.ends, uint32(len(d.arena)))
	return uint32(len(d.ends) - 1)
}

// count counts one value in, and decides whether the dictionary goes flat.
func (d *dictionary) count() {
	if d.added++; d.added == d.check {
		d.flat = len(d.ends) >= d.added-d.added/8
		d.check *= 2
	}
}

// add returns the number of a text.
func (d *dictionary) add(s string) uint32 {
	d.count()
	if d.flat {
		d.arena = append(d.arena, s...)
		return d.end()
	}
	h := maphash.String(d.seed, s)
	hash := uint32(h ^ h>>32)
	mask := uint32(len(d.table) - 1)
	i := hash & mask
	for ; d.table[i].number != 0; i = (i + 1) & mask {
		if d.table[i].hash == hash && string(d.text(d.table[i].number-1)) == s {
			return d.table[i].number - 1
		}
	}
	d.arena = append(d.arena, s...)
	n := d.end()
	d.table[i] = slot{hash, n + 1}
	if 2*len(d.ends) > len(d.table) {
		d.growTable()
	}
	return n
}

// growTable doubles the table of texts.
func (d *dictionary) growTable() {
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

// addAddr returns the number of an address. It is add(a.String()), but most
// addresses are IPv4 and are found without being written out.
func (d *dictionary) addAddr(a netip.Addr) uint32 {
	if !a.Is4() {
		var b [64]byte
		return d.add(string(a.AppendTo(b[:0])))
	}
	d.count()
	if d.flat {
		d.arena = a.AppendTo(d.arena)
		return d.end()
	}
	if d.v4 == nil {
		d.v4 = make([]uint64, 1<<12)
	}
	b := a.As4()
	key := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	mask := uint32(len(d.v4) - 1)
	i := hashAddr(key) & mask
	for ; d.v4[i] != 0; i = (i + 1) & mask {
		if uint32(d.v4[i]>>32) == key {
			return uint32(d.v4[i]) - 1
		}
	}
	d.arena = a.AppendTo(d.arena)
	n := d.end()
	d.v4[i] = uint64(key)<<32 | uint64(n+1)
	if d.nv4++; 2*d.nv4 > len(d.v4) {
		d.growV4()
	}
	return n
}

// hashAddr spreads an address over 32 bits.
func hashAddr(key uint32) uint32 {
	hi, lo := bits.Mul64(uint64(key), 0x9e3779b97f4a7c15)
	return uint32(lo>>32) ^ uint32(hi)
}

// growV4 doubles the table of IPv4 addresses.
func (d *dictionary) growV4() {
	table := make([]uint64, 2*len(d.v4))
	mask := uint32(len(table) - 1)
	for _, s := range d.v4 {
		if s == 0 {
			continue
		}
		i := hashAddr(uint32(s>>32)) & mask
		for table[i] != 0 {
			i = (i + 1) & mask
		}
		table[i] = s
	}
	d.v4 = table
}

// prefix returns the first 8 bytes of a text as a number that compares as the
// text does, up to ties.
func prefix(text []byte) uint64 {
	var p uint64
	for i := range min(len(text), 8) {
		p |= uint64(text[i]) << (56 - 8*i)
	}
	return p
}
