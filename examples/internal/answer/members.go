package answer

// kind is a kind of members. A member belongs to an owner.
type kind uint8

// The kinds of members.
const (
	sources        kind = iota // our addresses of a row
	peers                      // addresses of others of a row
	machines                   // our machines of a row
	hours                      // hours since 1970 of a row
	rejects                    // sources of rejected records, without an owner
	rejectServices             // services of a source of rejected records, see serviceID
	kinds
)

// A memberKey is owner<<32 | member, the numbers of both. It is not 0.
type memberKey uint64

func keyOf(of, member uint32) memberKey { return memberKey(of)<<32 | memberKey(member) }

func (k memberKey) of() uint32     { return uint32(k >> 32) }
func (k memberKey) member() uint32 { return uint32(k) }

// member is a member with its counts.
type member struct {
	key memberKey // 0 if the slot is free
	count
}

// count is the counts of a member.
type count struct{ count, bytes int64 }

func (c *count) add(o count) {
	c.count += o.count
	c.bytes = sum(c.bytes, o.bytes)
}

// memberTable holds the members of a kind. It is one hash table with open addressing for
// all owners, because most owners have few members.
type memberTable struct {
	slots []member // the length is a power of two
	n     int      // members
}

func newMemberTable() memberTable { return memberTable{slots: make([]member, 64)} }

// find returns the slot of a member. It is free if the member is not in the table.
func (t *memberTable) find(key memberKey) *member {
	mask := uint32(len(t.slots) - 1)
	for i := hashKey(uint64(key)) & mask; ; i = (i + 1) & mask {
		if m := &t.slots[i]; m.key == key || m.key == 0 {
			return m
		}
	}
}

// insert returns a slot for a new member.
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

// lists returns the members of each of n owners.
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
