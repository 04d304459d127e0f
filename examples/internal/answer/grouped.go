package answer

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// grouped is the groups of a Counter with the members of each row.
type grouped struct {
	*groupsOf
	lists [kinds][][]member // by kind, and by the number of the owner
}

func newGrouped(g *groupsOf) *grouped {
	all := &grouped{groupsOf: g}
	for k := sources; k <= hours; k++ {
		all.lists[k] = g.tables[k].lists(len(g.rows))
	}
	all.lists[rejects] = g.tables[rejects].lists(1)
	all.lists[rejectServices] = g.tables[rejectServices].lists(len(g.addrs.keys))
	return all
}

// sorted returns the numbers of the rows with connections. They are sorted by number
// of connections, the largest or, if rare, the smallest first, then by service and
// group.
func (g *grouped) sorted(rare bool) []uint32 {
	var all []uint32
	for id := 1; id < len(g.rows); id++ {
		if g.rows[id].total.Count > 0 {
			all = append(all, uint32(id))
		}
	}
	slices.SortFunc(all, func(a, b uint32) int {
		c := cmp.Compare(g.rows[b].total.Count, g.rows[a].total.Count)
		if rare {
			c = -c
		}
		if c != 0 {
			return c
		}
		x, y := g.rowIDs.keys[a], g.rowIDs.keys[b]
		return cmp.Or(cmp.Compare(x>>32, y>>32), g.compareBy(x.by(), y.by()))
	})
	return all
}

// addrOf returns the address with a number.
func (g *grouped) addrOf(id uint32) netip.Addr { return g.addrs.keys[id].addr() }

// compareBy compares the groups of two rows.
func (g *grouped) compareBy(a, b uint32) int {
	switch g.options.By {
	case Address, Peer:
		return g.addrOf(a).Compare(g.addrOf(b))
	case Interface, Instance:
		return strings.Compare(g.by(a), g.by(b))
	}
	return cmp.Compare(a, b)
}

// by returns the interface or instance of a group.
func (g *grouped) by(id uint32) string {
	m := g.machines.keys[id]
	return cmp.Or(m.iface, m.instance)
}

// result returns a row.
func (g *grouped) result(id uint32) Row {
	from, key := &g.rows[id], g.rowIDs.keys[id]
	service := key.service()
	r := Row{
		id:  id,
		Key: Key{Port: service.Port, Protocol: service.Protocol}, Total: from.total,
		Name:     PortName(service.Port),
		Accepted: from.accepted, Rejected: from.rejected,
		First: unix(from.first), Last: unix(from.last), Evidence: evidence(from.evidence),
		Sources: len(g.lists[sources][id]), Peers: len(g.lists[peers][id]), AtLeast: from.cut,
		SourceList: g.addrList(g.lists[sources][id]), PeerList: g.addrList(g.lists[peers][id]),
		MachineList: g.machineList(g.lists[machines][id]),
	}
	switch g.options.By {
	case Address, Peer:
		a := g.addrOf(key.by())
		r.By, r.Label = a.String(), g.options.Names.addr(a)
	case Interface, Instance:
		text := g.by(key.by())
		r.By, r.Label = cmp.Or(text, "-"), g.options.Names.id(text)
	case HourOf:
		r.By = "-"
		if key.by() != 0 {
			r.By = unix(int64(int32(key.by())) * 3600).Format(time.RFC3339)
		}
	}
	interfaces, instances := make(map[string]bool), make(map[string]bool)
	for _, e := range g.lists[machines][id] {
		m := g.machines.keys[e.key.member()]
		if m.iface != "" {
			interfaces[m.iface] = true
		}
		if instance := g.instanceOf(m); instance != "" {
			instances[instance] = true
		}
		if g.middle[m.iface] || g.options.Names.isNAT(m.iface) {
			r.Middle += e.count.count
		}
	}
	r.Interfaces, r.Instances = len(interfaces), len(instances)
	return r
}

// detail sets the fields of a row that are only for the page.
func (g *grouped) detail(r *Row, a *Answer) {
	r.Machines = make([]int64, len(a.Machines))
	g.machinesOf(r.id, func(id string, n count) {
		if i := slices.Index(a.Machines, id); i >= 0 {
			r.Machines[i] += n.count
		}
	})
	r.Hours = make([]int64, len(a.Hours))
	for _, e := range g.lists[hours][r.id] {
		start := unix(int64(int32(e.key.member())) * 3600)
		i, ok := slices.BinarySearchFunc(a.Hours, start, func(h Hour, t time.Time) int { return h.Start.Compare(t) })
		if !ok {
			i--
		}
		if i >= 0 {
			r.Hours[i] += e.count.count
		}
	}
}

// machinesOf calls f with the machines of a row: the instances if they are known, or
// the interfaces, or the addresses.
func (g *grouped) machinesOf(row uint32, f func(id string, n count)) {
	for _, e := range g.lists[machines][row] {
		m := g.machines.keys[e.key.member()]
		f(cmp.Or(g.instanceOf(m), m.iface), e.count)
	}
	if len(g.lists[machines][row]) == 0 {
		for _, e := range g.lists[sources][row] {
			f(g.addrOf(e.key.member()).String(), e.count)
		}
	}
}

// allMachines returns the machines of all rows, by number of connections.
func (g *grouped) allMachines(rows []uint32) []string {
	sum := make(map[string]int64)
	for _, id := range rows {
		g.machinesOf(id, func(id string, n count) { sum[id] += n.count })
	}
	return slices.SortedFunc(maps.Keys(sum), func(a, b string) int {
		return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b))
	})
}

// firstAddrs returns the n addresses with the most connections, and the number of the
// others. It changes the order of all.
func (g *grouped) firstAddrs(all []member, n int) ([]member, int) {
	compare := func(a, b member) int {
		c := cmp.Or(cmp.Compare(b.count.count, a.count.count), cmp.Compare(b.bytes, a.bytes))
		if c == 0 {
			c = g.addrOf(a.key.member()).Compare(g.addrOf(b.key.member()))
		}
		return c
	}
	kept := all[:min(n, len(all))]
	slices.SortFunc(kept, compare)
	for i := n; i < len(all); i++ { // the condition below is seldom true
		if e := all[i]; compare(e, kept[n-1]) < 0 {
			at, _ := slices.BinarySearchFunc(kept, e, compare)
			all[i] = kept[n-1]
			copy(kept[at+1:], kept[at:])
			kept[at] = e
		}
	}
	return kept, len(all) - len(kept)
}

// addrList returns the first members, which are addresses.
func (g *grouped) addrList(all []member) []Member {
	all, _ = g.firstAddrs(all, maxMembers)
	list := make([]Member, len(all))
	for i, e := range all {
		list[i] = g.addrMember(e)
	}
	return list
}

func (g *grouped) addrMember(e member) Member {
	a := g.addrOf(e.key.member())
	return Member{ID: a.String(), Name: g.options.Names.addr(a), Count: e.count.count, Bytes: e.bytes}
}

// machineList returns the first machines of a row.
func (g *grouped) machineList(all []member) []Member {
	if len(all) == 0 {
		return nil
	}
	sum := make(map[string]count)
	for _, e := range all {
		m := g.machines.keys[e.key.member()]
		id := cmp.Or(g.instanceOf(m), m.iface)
		n := sum[id]
		n.add(e.count)
		sum[id] = n
	}
	names := slices.SortedFunc(maps.Keys(sum), func(a, b string) int {
		return cmp.Or(cmp.Compare(sum[b].count, sum[a].count), cmp.Compare(sum[b].bytes, sum[a].bytes), cmp.Compare(a, b))
	})
	names, _ = first(names, maxMembers)
	list := make([]Member, len(names))
	for i, id := range names {
		list[i] = Member{ID: id, Name: g.options.Names.id(id), Count: sum[id].count, Bytes: sum[id].bytes}
	}
	return list
}

// allPeers returns the first addresses of others, and the number of the omitted ones.
func (g *grouped) allPeers(rows []uint32) ([]Member, int) {
	sum := make([]member, len(g.addrs.keys)) // by address
	for _, row := range rows {
		for _, e := range g.lists[peers][row] {
			p := &sum[e.key.member()]
			p.key = e.key
			p.count.add(e.count)
		}
	}
	sum = slices.DeleteFunc(sum, func(e member) bool { return e.key == 0 })
	sum, more := g.firstAddrs(sum, maxPeers)
	list := make([]Member, len(sum))
	services := make(map[uint32]map[uint32]int64) // for each of the first addresses, the connections by service
	for _, e := range sum {
		services[e.key.member()] = make(map[uint32]int64)
	}
	for _, row := range rows {
		for _, e := range g.lists[peers][row] {
			if of := services[e.key.member()]; of != nil {
				of[uint32(g.rowIDs.keys[row]>>32)] += e.count.count
			}
		}
	}
	for i, e := range sum {
		list[i] = g.addrMember(e)
		list[i].Services, list[i].More = firstServices(services[e.key.member()])
	}
	return list, more
}

// allRejects returns the first sources of rejected records, and the number of the
// omitted ones.
func (g *grouped) allRejects() ([]Member, int) {
	all, more := g.firstAddrs(g.lists[rejects][0], maxPeers)
	list := make([]Member, len(all))
	for i, e := range all {
		list[i] = g.addrMember(e)
		services := make(map[uint32]int64)
		for _, s := range g.lists[rejectServices][e.key.member()] {
			services[s.key.member()] = s.count.count
		}
		list[i].Services, list[i].More = firstServices(services)
	}
	return list, more
}

// firstServices returns the services with the most connections, and the number of the
// omitted ones.
func firstServices(count map[uint32]int64) ([]string, int) {
	all := slices.SortedFunc(maps.Keys(count), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	all, more := first(all, 5)
	texts := make([]string, len(all))
	for i, id := range all {
		texts[i] = serviceOf(id).String()
	}
	return texts, more
}

// allHours returns the counts over time and the length of each entry: an hour, or more
// if the list would be too long.
func (g *grouped) allHours() ([]Hour, time.Duration) {
	for width := int32(1); ; width = max(24, width*2) {
		byStart := make(map[int32]Hour)
		for hour, h := range g.hours {
			if hour == 0 {
				continue // the time is unknown
			}
			start := hour - hour%width
			o := byStart[start]
			byStart[start] = Hour{unix(int64(start) * 3600), o.Accepted + h.Accepted, o.Rejected + h.Rejected, sum(o.Bytes, h.Bytes)}
		}
		if len(byStart) <= maxHours {
			list := make([]Hour, 0, len(byStart))
			for _, start := range slices.Sorted(maps.Keys(byStart)) {
				list = append(list, byStart[start])
			}
			return list, time.Duration(width) * time.Hour
		}
	}
}
