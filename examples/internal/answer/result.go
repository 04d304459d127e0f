package answer

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// A View says how an Answer is wanted. The zero View wants all rows.
type View struct {
	Top      int     // the most rows and source ports; 0: all
	Rare     bool    // the rarest rows first
	Baseline *Answer // an earlier answer to compare with; nil: none
}

// The most members of the lists in rows and of those of the page.
const (
	maxMembers  = 10
	maxPeers    = 50
	maxMachines = 20
	maxPageRows = 500
	maxHours    = 800
)

// Answer returns what has been counted. The number of files, records and lines
// that do not parse is for the caller to fill in. The error says why the
// baseline cannot be compared with; the Answer is good without it.
func (c *Counter) Answer(v View) (*Answer, error) {
	c.flush()
	a := &Answer{
		Version: Version, Question: c.options.Question, Rejected: c.options.Rejected, By: c.options.By, Ours: c.whose(),
		First: unix(c.first), Last: unix(c.last), Evidence: make(map[string]int64),
	}
	a.Flows, a.NoSide = c.flows()
	for e, n := range c.evidence {
		if n > 0 {
			a.Evidence[traffic.Evidence(e).String()] = n
		}
	}
	a.SourcePorts, a.SourcePortsMore = c.sourcePorts(v.Top)
	g := &c.groups
	keys := slices.SortedFunc(maps.Keys(g.rows), g.compare(v.Rare))
	keys = slices.DeleteFunc(keys, func(k rowKey) bool { return g.rows[k].total.Count == 0 })
	a.Ports = make([]Row, len(keys))
	for i, k := range keys {
		a.Ports[i] = g.result(k)
	}
	var err error
	if v.Baseline != nil {
		if err = c.options.comparable(v.Baseline); err == nil {
			a.New = a.compare(v.Baseline)
		}
	}
	a.Rest.add(g.rest)
	shown, _ := first(a.Ports, v.Top)
	for i := len(shown); i < len(a.Ports); i++ {
		a.PortsMore++
		a.Rest.add(a.Ports[i].Total)
	}
	a.Ports = shown

	a.Peers, a.PeersMore = g.allPeers(keys)
	a.Rejects, a.RejectsMore = g.allRejects()
	a.Machines, a.MachinesMore = first(g.allMachines(keys), maxMachines)
	a.Hours, a.Bucket = g.allHours()
	for i := range a.Ports[:min(len(a.Ports), maxPageRows)] {
		g.detail(&a.Ports[i], a)
	}
	a.Limits = c.limits()
	return a, err
}

// allHours returns what was counted over time, in hours, or in as long a time as
// makes the list short enough.
func (g *groupsOf) allHours() ([]Hour, time.Duration) {
	for width := int32(1); ; width = max(24, width*2) {
		sum := make(map[int32]Hour)
		for hour, h := range g.hours {
			if hour == 0 {
				continue // the time is not known
			}
			start := hour - hour%width
			o := sum[start]
			sum[start] = Hour{unix(int64(start) * 3600), o.Accepted + h.Accepted, o.Rejected + h.Rejected, o.Bytes + h.Bytes}
		}
		if len(sum) <= maxHours {
			list := make([]Hour, 0, len(sum))
			for _, start := range slices.Sorted(maps.Keys(sum)) {
				list = append(list, sum[start])
			}
			return list, time.Duration(width) * time.Hour
		}
	}
}

// limits says what was left out.
func (c *Counter) limits() (all []string) {
	g := &c.groups
	if g.rowsCut {
		all = append(all, "only the first "+cli.Count(int64(g.bounds.rows))+" rows were kept; the others are summed")
	}
	if g.membersCut {
		all = append(all, "only "+cli.Count(int64(g.bounds.members))+" addresses, interfaces and hours were kept; numbers of them are lower bounds")
	}
	if g.textsCut {
		all = append(all, "only "+cli.Count(int64(g.bounds.texts))+" ids of interfaces and instances were kept")
	}
	return all
}

// whose says which addresses are ours.
func (c *Counter) whose() string {
	if len(c.options.CIDRs) == 0 {
		return "private addresses, and those that flow-direction shows to be the interface's own"
	}
	texts := make([]string, len(c.options.CIDRs))
	for i, p := range c.options.CIDRs {
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}

// sourcePorts returns the source ports of our addresses, the most frequent
// first, and how many are left out.
func (c *Counter) sourcePorts(top int) ([]SourcePort, int) {
	all := []SourcePort{}
	for port, n := range c.source {
		if n > 0 {
			all = append(all, SourcePort{uint16(port), n})
		}
	}
	slices.SortStableFunc(all, func(a, b SourcePort) int { return cmp.Compare(b.Count, a.Count) })
	return first(all, top)
}

// first returns the first n, all if n is 0, and how many it leaves out.
func first[T any](all []T, n int) ([]T, int) {
	if n > 0 && len(all) > n {
		return all[:n], len(all) - n
	}
	return all, 0
}

// compare returns the order of rows: the most connections first, or the fewest,
// then by service and group.
func (g *groupsOf) compare(rare bool) func(a, b rowKey) int {
	return func(a, b rowKey) int {
		c := cmp.Compare(g.rows[b].total.Count, g.rows[a].total.Count)
		if rare {
			c = -c
		}
		if c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.service.Port, b.service.Port), cmp.Compare(a.service.Protocol, b.service.Protocol),
			a.addr.Compare(b.addr), cmp.Compare(a.id, b.id), cmp.Compare(a.hour, b.hour))
	}
}

// result returns a row.
func (g *groupsOf) result(k rowKey) Row {
	from := g.rows[k]
	r := Row{
		from: from,
		Key:  Key{Port: k.service.Port, Protocol: k.service.Protocol}, Total: from.total,
		Name:     PortName(k.service.Port),
		Accepted: from.accepted, Rejected: from.rejected,
		First: unix(from.first), Last: unix(from.last), Evidence: evidence(from.evidence),
		Sources: from.sources.len(), Peers: from.peers.len(), AtLeast: from.cut,
		SourceList: g.list(&from.sources), PeerList: g.list(&from.peers),
		MachineList: g.machineList(from),
	}
	switch g.options.By {
	case Address, Peer:
		r.By, r.Label = k.addr.String(), g.options.Names.addr(k.addr)
	case Interface, Instance:
		r.By, r.Label = cmp.Or(k.id, "-"), g.options.Names.id(k.id)
	case HourOf:
		r.By = "-"
		if k.hour != 0 {
			r.By = unix(int64(k.hour) * 3600).Format(time.RFC3339)
		}
	}
	interfaces, instances := make(map[string]bool), make(map[string]bool)
	for m, n := range from.machines.all() {
		if m.iface != "" {
			interfaces[m.iface] = true
		}
		if m.instance != "" {
			instances[m.instance] = true
		}
		if g.middle[m.iface] || g.options.Names.isNAT(m.iface) {
			r.Middle += n.count
		}
	}
	r.Interfaces, r.Instances = len(interfaces), len(instances)
	return r
}

// detail adds to a row what only the page shows.
func (g *groupsOf) detail(r *Row, a *Answer) {
	r.Machines = make([]int64, len(a.Machines))
	g.machinesOf(r.from, func(id string, n int64) {
		if i := slices.Index(a.Machines, id); i >= 0 {
			r.Machines[i] += n
		}
	})
	r.Hours = make([]int64, len(a.Hours))
	for hour, n := range r.from.hours.all() {
		start := unix(int64(hour) * 3600)
		i, ok := slices.BinarySearchFunc(a.Hours, start, func(h Hour, t time.Time) int { return h.Start.Compare(t) })
		if !ok {
			i--
		}
		if i >= 0 {
			r.Hours[i] += n.count
		}
	}
}

// machinesOf calls f with the machines of a row: instances, or interfaces, or
// addresses, whichever are known.
func (g *groupsOf) machinesOf(r *row, f func(id string, n int64)) {
	for m, n := range r.machines.all() {
		f(cmp.Or(m.instance, m.iface), n.count)
	}
	if r.machines.len() == 0 {
		for a, n := range r.sources.all() {
			f(a.String(), n.count)
		}
	}
}

// allMachines returns the machines of all rows, the most connections first.
func (g *groupsOf) allMachines(keys []rowKey) []string {
	sum := make(map[string]int64)
	for _, k := range keys {
		g.machinesOf(g.rows[k], func(id string, n int64) { sum[id] += n })
	}
	return slices.SortedFunc(maps.Keys(sum), func(a, b string) int {
		return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b))
	})
}

// list returns the first members of a set of addresses.
func (g *groupsOf) list(s *set[netip.Addr]) []Member {
	all := make([]entry[netip.Addr], 0, s.len())
	for a, n := range s.all() {
		all = append(all, entry[netip.Addr]{a, n})
	}
	return members(all, netip.Addr.Compare, func(a netip.Addr) (string, string) { return a.String(), g.options.Names.addr(a) })
}

// machineList returns the first machines of a row.
func (g *groupsOf) machineList(r *row) []Member {
	if r.machines.len() == 0 {
		return nil
	}
	sum := make(map[string]count)
	for m, n := range r.machines.all() {
		id := cmp.Or(m.instance, m.iface)
		sum[id] = count{sum[id].count + n.count, sum[id].bytes + n.bytes}
	}
	all := make([]entry[string], 0, len(sum))
	for id, n := range sum {
		all = append(all, entry[string]{id, n})
	}
	return members(all, strings.Compare, func(id string) (string, string) { return id, g.options.Names.id(id) })
}

// members returns the first entries, the most connections first.
func members[K comparable](all []entry[K], compare func(a, b K) int, texts func(K) (id, name string)) []Member {
	slices.SortFunc(all, func(a, b entry[K]) int {
		return cmp.Or(cmp.Compare(b.count.count, a.count.count), cmp.Compare(b.bytes, a.bytes), compare(a.key, b.key))
	})
	all, _ = first(all, maxMembers)
	list := make([]Member, len(all))
	for i, e := range all {
		id, name := texts(e.key)
		list[i] = Member{ID: id, Name: name, Count: e.count.count, Bytes: e.bytes}
	}
	return list
}

// allPeers returns the first addresses of others, and how many are left out.
func (g *groupsOf) allPeers(keys []rowKey) ([]Member, int) {
	type peer struct {
		count
		services set[traffic.Service]
	}
	always := func() bool { return true }
	sum := make(map[netip.Addr]*peer)
	for _, k := range keys {
		for a, n := range g.rows[k].peers.all() {
			p := sum[a]
			if p == nil {
				p = new(peer)
				sum[a] = p
			}
			p.count.count += n.count
			p.bytes += n.bytes
			p.services.add(k.service, n, always)
		}
	}
	addrs := slices.SortedFunc(maps.Keys(sum), func(a, b netip.Addr) int {
		return cmp.Or(cmp.Compare(sum[b].count.count, sum[a].count.count), cmp.Compare(sum[b].bytes, sum[a].bytes), a.Compare(b))
	})
	addrs, more := first(addrs, maxPeers)
	list := make([]Member, len(addrs))
	for i, a := range addrs {
		p := sum[a]
		list[i] = Member{ID: a.String(), Name: g.options.Names.addr(a), Count: p.count.count, Bytes: p.bytes}
		list[i].Services, list[i].More = services(&p.services)
	}
	return list, more
}

// allRejects returns the first sources of rejected records, and how many are
// left out.
func (g *groupsOf) allRejects() ([]Member, int) {
	addrs := slices.SortedFunc(maps.Keys(g.rejects), func(a, b netip.Addr) int {
		return cmp.Or(cmp.Compare(g.rejects[b].count, g.rejects[a].count), a.Compare(b))
	})
	addrs, more := first(addrs, maxPeers)
	list := make([]Member, len(addrs))
	for i, a := range addrs {
		list[i] = Member{ID: a.String(), Name: g.options.Names.addr(a), Count: g.rejects[a].count}
		list[i].Services, list[i].More = services(&g.rejects[a].services)
	}
	return list, more
}

// services returns the first services of a set, and how many are left out.
func services(s *set[traffic.Service]) ([]string, int) {
	type service struct {
		traffic.Service
		n int64
	}
	var all []service
	for k, n := range s.all() {
		all = append(all, service{k, n.count})
	}
	slices.SortFunc(all, func(a, b service) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	all, more := first(all, 5)
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = e.String()
	}
	return texts, more
}

// evidence returns the names of the kinds of evidence, the strongest first.
func evidence(bits uint8) string {
	var texts []string
	for e := traffic.TCPFlags; ; e-- {
		if bits&(1<<e) != 0 {
			texts = append(texts, e.String())
		}
		if e == 0 {
			return strings.Join(texts, ", ")
		}
	}
}

// unix returns a time of Unix seconds, the zero time for 0.
func unix(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
