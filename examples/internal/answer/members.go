package answer

// kind is a kind of members.
type kind uint8

// The kinds of members.
const (
	sources        kind = iota // of a row: our addresses
	peers                      // of a row: addresses of others
	machines                   // of a row: our machines
	hours                      // of a row: hours since 1970
	rejects                    // of nothing: sources of rejected records
	rejectServices             // of a source of rejected records: services, as in serviceID
	kinds
)

// A memberKey is the number of what something is a member of, which is below 1<<32, and
// that of the member. One of them is not 0.
type memberKey uint64

func keyOf(of, member uint32) memberKey { return memberKey(of)<<32 | memberKey(member) }

func (k memberKey) of() uint32     { return uint32(k >> 32) }
func (k memberKey) member() uint32 { return uint32(k) }

// member is a member with its counts.
type member struct {
	key memberKey // 0 if the place is free
	count
}

// count is what a member has.
type count struct{ count, bytes int64 }

// memberTable holds the members of a kind: one hash table with open addressing for all
// rows, because most rows have few members.
type memberTable struct {
	slots []member // a power of two
	n     int      // members
}

func newMemberTable() memberTable { return memberTable{slots: make([]member, 64)} }

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
		t.slots = newSlots[member](2 * len(old))
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

// lists returns the members by what they are members of, of which there are n.
func (t *memberTable) lists(n int) [][]member {
	sizes := make([]int32, n)
	for i := range t.slots {
		if key := t.slots[i].key; key != 0 {
			sizes[key.of()]++
		}
	}
	lists := make([][]member, n)
	all := make([]member, t.n)
	for of, size := range sizes {
		lists[of], all = all[:0:size], all[size:]
	}
	for i := range t.slots {
		if key := t.slots[i].key; key != 0 {
			lists[key.of()] = append(lists[key.of()], t.slots[i])
		}
	}
	return lists
}
