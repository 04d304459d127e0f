package answer

// A memberKey names a member of something: its kind in the highest 4 bits, what it is a
// member of in the next 28, and the member in the lowest 32.
type memberKey uint64

// kind is a kind of members.
type kind uint8

// The kinds of members. Their numbers begin at 1, so that no memberKey is 0.
const (
	sources        kind = iota + 1 // of a row: our addresses
	peers                          // of a row: addresses of others
	machines                       // of a row: our machines
	hours                          // of a row: hours since 1970
	rejects                        // of nothing: sources of rejected records
	rejectServices                 // of a source of rejected records: services, as in serviceID
	kinds
)

func keyOf(k kind, of, member uint32) memberKey {
	return memberKey(k)<<60 | memberKey(of)<<32 | memberKey(member)
}

func (k memberKey) kind() kind     { return kind(k >> 60) }
func (k memberKey) of() uint32     { return uint32(k>>32) & (1<<28 - 1) }
func (k memberKey) member() uint32 { return uint32(k) }

// member is a member with its counts.
type member struct {
	key memberKey // 0 if the place is free
	count
}

// count is what a member has.
type count struct{ count, bytes int64 }

// memberTable holds the members of everything, in one hash table with open addressing.
type memberTable struct {
	slots []member // a power of two
	n     int      // members
}

func newMemberTable() memberTable { return memberTable{slots: make([]member, 256)} }

// find returns the place of a member: it holds the member, or is free.
func (t *memberTable) find(key memberKey) *member {
	mask := uint32(len(t.slots) - 1)
	for i := hashKey(uint64(key)) & mask; ; i = (i + 1) & mask {
		if m := &t.slots[i]; m.key == key || m.key == 0 {
			return m
		}
	}
}

// insert takes the place of a member that is not there yet.
func (t *memberTable) insert(key memberKey) *member {
	t.n++
	if 2*t.n > len(t.slots) {
		old := t.slots
		t.slots = make([]member, 2*len(old))
		for i := range old {
			if old[i].key != 0 {
				*t.find(old[i].key) = old[i]
			}
		}
	}
	m := t.find(key)
	m.key = key
	return m
}

// lists returns the members of a kind by what they are members of, of which there are n.
func (t *memberTable) lists(k kind, n int) [][]member {
	sizes := make([]int32, n)
	for i := range t.slots {
		if key := t.slots[i].key; key.kind() == k {
			sizes[key.of()]++
		}
	}
	lists := make([][]member, n)
	for of, size := range sizes {
		if size > 0 {
			lists[of] = make([]member, 0, size)
		}
	}
	for i := range t.slots {
		if key := t.slots[i].key; key.kind() == k {
			lists[key.of()] = append(lists[key.of()], t.slots[i])
		}
	}
	return lists
}
