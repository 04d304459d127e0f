package answer

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"net/netip"
)

// idTable numbers keys from 1 in the order in which they are added. It is a hash table
// with open addressing. Counts are kept in tables by number, which takes a tenth of the
// time of maps by address.
type idTable[K comparable] struct {
	keys  []K         // by number; the first is no key
	slots []idSlot[K] // the length is a power of two
}

// idSlot is a slot of the table. It is free if id is 0. It has the key, which is also in
// keys, so that most lookups touch one cache line.
type idSlot[K comparable] struct {
	key      K
	hash, id uint32
}

func newIDTable[K comparable]() idTable[K] {
	return idTable[K]{keys: make([]K, 1), slots: make([]idSlot[K], 64)}
}

// len returns the number of keys.
func (t *idTable[K]) len() int { return len(t.keys) - 1 }

// find returns the number of a key, or 0 if it has none.
func (t *idTable[K]) find(key K, hash uint32) uint32 {
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.id == 0 || s.hash == hash && s.key == key {
			return s.id
		}
	}
}

// add numbers a key that has no number, and returns the number.
func (t *idTable[K]) add(key K, hash uint32) uint32 {
	if 2*len(t.keys) > len(t.slots) {
		old := t.slots
		t.slots = newSlots[idSlot[K]](2 * len(old))
		for i := range old {
			if old[i].id != 0 {
				t.place(old[i])
			}
		}
	}
	id := uint32(len(t.keys))
	t.keys = append(t.keys, key)
	t.place(idSlot[K]{key, hash, id})
	return id
}

// newSlots returns n slots, and writes all of them. A page of new memory that is read
// before it is written costs two page faults, and the second interrupts all processors.
func newSlots[T any](n int) []T {
	slots := make([]T, n)
	clear(slots)
	return slots
}

// place puts s into a free slot.
func (t *idTable[K]) place(s idSlot[K]) {
	mask := uint32(len(t.slots) - 1)
	i := s.hash & mask
	for t.slots[i].id != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

// The hashes have random seeds, so that nobody can write a log whose addresses and ids
// collide.
var (
	textSeed = maphash.MakeSeed()
	seed1    = rand.Uint64() | 1
	seed2    = rand.Uint64() | 1
)

// addrKey is the 16 bytes of an address. An IPv4 address is mapped to IPv6.
type addrKey [16]byte

func (k addrKey) addr() netip.Addr { return netip.AddrFrom16(k).Unmap() }

func hashAddr(k addrKey) uint32 {
	return uint32(mix(binary.LittleEndian.Uint64(k[:8])^seed1, binary.LittleEndian.Uint64(k[8:])^seed2))
}

func hashMachine(m machine) uint32 {
	h := maphash.String(textSeed, m.iface)
	if m.instance != "" {
		h = mix(h^seed1, maphash.String(textSeed, m.instance))
	}
	return uint32(h)
}

func hashKey(key uint64) uint32 { return uint32(mix(key^seed1, seed2)) }

// mix multiplies two numbers and combines the halves of the product.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
