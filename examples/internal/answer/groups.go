package answer

import (
	"net/netip"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// bounds are the limits of a Counter.
type bounds struct {
	rows    int // rows
	members int // addresses, machines, hours and services in all rows together
	texts   int // machines
}

var defaultBounds = bounds{rows: 1 << 16, members: 1 << 18, texts: 1 << 16}

// row has the counts of a service and group.
type row struct {
	total              Total
	accepted, rejected int64
	first, last        int64
	evidence           uint64 // of the counted records, a bit for each traffic.Evidence
	cut                bool   // members are missing
}

// rowKey is the key of a row: service<<32 | group. The group is the number of an
// address, the number of a machine with only its interface or its instance set, or an
// hour.
type rowKey uint64

func (k rowKey) service() traffic.Service { return serviceOf(uint32(k >> 32)) }
func (k rowKey) by() uint32               { return uint32(k) }

// serviceID returns a service as a number.
func serviceID(s traffic.Service) uint32 { return uint32(s.Port)<<8 | uint32(s.Protocol) }

func serviceOf(id uint32) traffic.Service {
	return traffic.Service{Port: uint16(id >> 8), Protocol: flowlog.Protocol(id)}
}

// machine is an interface and its instance.
type machine struct{ iface, instance string }

// groupsOf holds the rows of a Counter and their members.
type groupsOf struct {
	options *Options
	bounds  bounds

	addrs    idTable[addrKey]
	machines idTable[machine]
	middle   map[string]bool // interfaces in the middle
	rowIDs   idTable[rowKey]
	rows     []row // by number; the first is unused
	tables   [kinds]memberTable
	members  int             // in all tables
	hours    map[int32]*Hour // Start is not set
	hour     *Hour           // the entry for lastHour; nil at first
	lastHour int32

	rest                          Total // of rows for which there was no room
	rowsCut, membersCut, textsCut bool
}

func newGroups(o *Options) groupsOf {
	b := defaultBounds
	if o.bounds != nil {
		b = *o.bounds
	}
	g := groupsOf{
		options: o, bounds: b,
		addrs: newIDTable[addrKey](), machines: newIDTable[machine](), middle: make(map[string]bool),
		rowIDs: newIDTable[rowKey](), rows: make([]row, 1), hours: make(map[int32]*Hour),
	}
	for k := range g.tables {
		g.tables[k] = newMemberTable()
	}
	return g
}

// addr returns the number of an address. It is 0 for the zero Addr, or if there is no
// room for another address.
func (g *groupsOf) addr(a netip.Addr) uint32 {
	if !a.IsValid() {
		return 0
	}
	return g.addrNumber(a.As16())
}

// addrNumber is addr for an addrKey.
func (g *groupsOf) addrNumber(k addrKey) uint32 {
	hash := hashAddr(k)
	id := g.addrs.find(k, hash)
	if id == 0 {
		if g.addrs.len() >= g.bounds.members+g.bounds.rows {
			g.membersCut = true
			return 0
		}
		id = g.addrs.add(k, hash)
	}
	return id
}

// machine returns the number of a machine, or 0 if there is no room for another one.
func (g *groupsOf) machine(m machine) uint32 {
	if m == (machine{}) {
		return 0
	}
	hash := hashMachine(m)
	id := g.machines.find(m, hash)
	if id == 0 {
		if g.machines.len() >= g.bounds.texts {
			g.textsCut = true
			return 0
		}
		id = g.machines.add(machine{strings.Clone(m.iface), strings.Clone(m.instance)}, hash)
	}
	return id
}

// inTheMiddle records an interface in the middle.
func (g *groupsOf) inTheMiddle(iface string) {
	if g.middle[iface] {
		return
	}
	if len(g.middle) >= g.bounds.texts {
		g.textsCut = true
		return
	}
	g.middle[strings.Clone(iface)] = true
}

// instanceOf returns the instance of a machine. If the record has none, it is that of
// the names.
func (g *groupsOf) instanceOf(m machine) string {
	if m.instance != "" {
		return m.instance
	}
	return g.options.Names.instanceOf(m.iface)
}

// room reports whether there is room for another member.
func (g *groupsOf) room() bool {
	if g.members+len(g.hours) >= g.bounds.members {
		g.membersCut = true
		return false
	}
	return true
}

// addMember adds to the counts of a member. It returns false if the member is new and
// there is no room for it.
func (g *groupsOf) addMember(k kind, key memberKey, n count) bool {
	m := g.tables[k].find(key)
	if m.key == 0 {
		if !g.room() {
			return false
		}
		g.members++
		m = g.tables[k].insert(key)
	}
	m.count.add(n)
	return true
}

// at returns the counts of an hour, or nil if there is no room for another one.
func (g *groupsOf) at(hour int32) *Hour {
	if g.hour != nil && g.lastHour == hour {
		return g.hour
	}
	h := g.hours[hour]
	if h == nil {
		if !g.room() {
			return nil
		}
		h = new(Hour)
		g.hours[hour] = h
	}
	g.hour, g.lastHour = h, hour
	return h
}

// row returns the number of a row, or 0 if there is no room for another one.
func (g *groupsOf) row(k rowKey) uint32 {
	hash := hashKey(uint64(k))
	id := g.rowIDs.find(k, hash)
	if id == 0 {
		if g.rowIDs.len() >= g.bounds.rows {
			g.rowsCut = true
			return 0
		}
		id = g.rowIDs.add(k, hash)
		g.rows = append(g.rows, row{})
	}
	return id
}

// span extends the time of a row.
func (r *row) span(first, last int64) {
	if first != 0 && (r.first == 0 || first < r.first) {
		r.first = first
	}
	r.last = max(r.last, last)
}

// merge adds the groups of o.
func (g *groupsOf) merge(o *groupsOf) {
	addrs := make([]uint32, len(o.addrs.keys))
	for id, k := range o.addrs.keys[1:] {
		addrs[id+1] = g.addrNumber(k)
	}
	all := make([]uint32, len(o.machines.keys))
	for id, m := range o.machines.keys[1:] {
		all[id+1] = g.machine(m)
	}
	rows := make([]uint32, len(o.rows))
	for id, k := range o.rowIDs.keys[1:] {
		from := &o.rows[id+1]
		to := g.row(g.renumber(k, addrs, all))
		if to == 0 {
			g.rest.Add(from.total)
			continue
		}
		rows[id+1] = to
		r := &g.rows[to]
		r.total.Add(from.total)
		r.accepted += from.accepted
		r.rejected += from.rejected
		r.evidence |= from.evidence
		r.cut = r.cut || from.cut
		r.span(from.first, from.last)
	}
	same := func(id uint32) uint32 { return id }
	addrOf := func(id uint32) uint32 { return addrs[id] }
	g.mergeMembers(sources, o, rows, addrOf)
	g.mergeMembers(peers, o, rows, addrOf)
	g.mergeMembers(machines, o, rows, func(id uint32) uint32 { return all[id] })
	g.mergeMembers(hours, o, rows, same)
	g.mergeMembers(rejects, o, []uint32{0}, addrOf)
	g.mergeMembers(rejectServices, o, addrs, same)
	for hour, from := range o.hours {
		if h := g.at(hour); h != nil {
			h.Accepted += from.Accepted
			h.Rejected += from.Rejected
			h.Bytes = sum(h.Bytes, from.Bytes)
		}
	}
	for iface := range o.middle {
		g.inTheMiddle(iface)
	}
	g.rest.Add(o.rest)
	g.rowsCut = g.rowsCut || o.rowsCut
	g.membersCut = g.membersCut || o.membersCut
	g.textsCut = g.textsCut || o.textsCut
}

// mergeMembers adds the members of a kind of o. of has the new numbers of the owners,
// and member returns the new numbers of the members. A new number of 0 means that there
// was no room.
func (g *groupsOf) mergeMembers(k kind, o *groupsOf, of []uint32, member func(uint32) uint32) {
	for i := range o.tables[k].slots {
		m := &o.tables[k].slots[i]
		if m.key == 0 {
			continue
		}
		to := of[m.key.of()]
		if to == 0 && k != rejects {
			continue
		}
		id := member(m.key.member())
		ok := id != 0 || k == hours || k == rejectServices
		ok = ok && g.addMember(k, keyOf(to, id), m.count)
		if !ok && k <= machines {
			g.rows[to].cut = true
		}
	}
}

// renumber returns a key with the new number of its group: that in addrs for an
// address, or that in all for a machine.
func (g *groupsOf) renumber(k rowKey, addrs, all []uint32) rowKey {
	by := k.by()
	switch g.options.By {
	case Address, Peer:
		by = addrs[by]
	case Interface, Instance:
		by = all[by]
	}
	return k&^(1<<32-1) | rowKey(by)
}
