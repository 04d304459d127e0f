package answer

import (
	"net/netip"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// bounds are the most of each that a Counter keeps.
type bounds struct {
	rows    int // rows
	members int // addresses, interfaces and hours of all rows together
	texts   int // ids
}

var defaultBounds = bounds{rows: 1 << 16, members: 1 << 18, texts: 1 << 16}

// rowKey is a service, and what rows are grouped by.
type rowKey struct {
	service traffic.Service
	addr    netip.Addr // if that is an address
	id      string     // if that is an interface or an instance
	hour    int32      // if that is an hour
}

// row is what is known about a rowKey.
type row struct {
	total              Total
	accepted, rejected int64
	first, last        int64
	evidence           uint8
	cut                bool // members are missing
	sources, peers     set[netip.Addr]
	machines           set[machine]
	hours              set[int32]
}

// machine is an interface, and the instance that it belongs to.
type machine struct{ iface, instance string }

// rejects is what is known about a source of rejected records.
type rejects struct {
	count    int64
	services set[traffic.Service]
}

// groupsOf holds the rows of a Counter.
type groupsOf struct {
	options   *Options
	bounds    bounds
	direction traffic.Direction
	rows      map[rowKey]*row
	hours     map[int32]Hour // Start is not set
	rejects   map[netip.Addr]*rejects
	middle    map[string]bool   // interfaces in the middle
	texts     map[string]string // ids that are kept
	members   int               // in all rows, hours and rejects

	rest                          Total // of the rows that there was no room for
	rowsCut, membersCut, textsCut bool
}

func newGroups(o *Options) groupsOf {
	b := defaultBounds
	if o.bounds != nil {
		b = *o.bounds
	}
	return groupsOf{
		options: o, bounds: b, direction: directions[o.Question],
		rows: make(map[rowKey]*row), hours: make(map[int32]Hour), rejects: make(map[netip.Addr]*rejects),
		middle: make(map[string]bool), texts: make(map[string]string),
	}
}

// intern returns a copy of an id, the same one each time. It is "" if there is
// no room for more.
func (g *groupsOf) intern(id string) string {
	if id == "" {
		return ""
	}
	text, ok := g.texts[id]
	if !ok {
		if len(g.texts) >= g.bounds.texts {
			g.textsCut = true
			return ""
		}
		text = strings.Clone(id)
		g.texts[text] = text
	}
	return text
}

// add adds a leaf.
func (g *groupsOf) add(l *leaf) {
	if l.rejected > 0 {
		if r := g.source(l.client); r != nil {
			r.count += l.rejected
			r.services.add(l.service, count{count: l.rejected}, g.room)
		}
	}
	if l.direction != g.direction {
		return
	}
	if l.middle && l.iface != "" {
		g.middle[l.iface] = true
	}
	if h, ok := g.hours[l.hour]; ok || g.room() {
		h.Accepted += l.accepted
		h.Rejected += l.rejected
		h.Bytes += l.total.Bytes
		g.hours[l.hour] = h
	}
	ours, peer := l.client, l.server
	if g.options.Question == Inbound {
		ours, peer = peer, ours
	}
	m := machine{l.iface, l.instance}
	if m.instance == "" {
		m.instance = g.options.Names.instanceOf(m.iface)
	}
	r := g.row(g.key(l, ours, peer, m))
	if r == nil {
		g.rest.add(l.total)
		return
	}
	r.total.add(l.total)
	r.accepted += l.accepted
	r.rejected += l.rejected
	r.evidence |= l.evidence
	r.span(l.first, l.last)
	if l.total.Records == 0 {
		return
	}
	n := count{l.total.Count, l.total.Bytes}
	full := !r.sources.add(ours, n, g.room)
	full = !r.peers.add(peer, n, g.room) || full
	full = m != (machine{}) && !r.machines.add(m, n, g.room) || full
	r.cut = r.cut || full
	if n.count > 0 {
		r.hours.add(l.hour, n, g.room)
	}
}

// key returns the key of the row of a leaf.
func (g *groupsOf) key(l *leaf, ours, peer netip.Addr, m machine) rowKey {
	k := rowKey{service: l.service}
	switch g.options.By {
	case Address:
		k.addr = ours
	case Peer:
		k.addr = peer
	case Interface:
		k.id = m.iface
	case Instance:
		k.id = m.instance
	case HourOf:
		k.hour = l.hour
	}
	return k
}

// row returns a row, nil if there is no room for one more.
func (g *groupsOf) row(k rowKey) *row {
	r := g.rows[k]
	if r == nil {
		if len(g.rows) >= g.bounds.rows {
			g.rowsCut = true
			return nil
		}
		r = new(row)
		g.rows[k] = r
	}
	return r
}

// room takes a place among the members, if there is one.
func (g *groupsOf) room() bool {
	if g.members >= g.bounds.members {
		g.membersCut = true
		return false
	}
	g.members++
	return true
}

// source returns a source of rejected records, nil if there is no room for one
// more.
func (g *groupsOf) source(a netip.Addr) *rejects {
	r := g.rejects[a]
	if r == nil && g.room() {
		r = new(rejects)
		g.rejects[a] = r
	}
	return r
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
	for k, from := range o.rows {
		r := g.row(k)
		if r == nil {
			g.rest.add(from.total)
			continue
		}
		r.total.add(from.total)
		r.accepted += from.accepted
		r.rejected += from.rejected
		r.evidence |= from.evidence
		r.cut = r.cut || from.cut
		r.span(from.first, from.last)
		r.cut = !mergeSet(g, &r.sources, &from.sources) || r.cut
		r.cut = !mergeSet(g, &r.peers, &from.peers) || r.cut
		r.cut = !mergeSet(g, &r.machines, &from.machines) || r.cut
		mergeSet(g, &r.hours, &from.hours)
	}
	for hour, from := range o.hours {
		if h, ok := g.hours[hour]; ok || g.room() {
			h.Accepted += from.Accepted
			h.Rejected += from.Rejected
			h.Bytes += from.Bytes
			g.hours[hour] = h
		}
	}
	for a, from := range o.rejects {
		if r := g.source(a); r != nil {
			r.count += from.count
			mergeSet(g, &r.services, &from.services)
		}
	}
	for id := range o.middle {
		g.middle[id] = true
	}
	g.rest.add(o.rest)
	g.rowsCut = g.rowsCut || o.rowsCut
	g.membersCut = g.membersCut || o.membersCut
	g.textsCut = g.textsCut || o.textsCut
}

// mergeSet adds the members of from to those of to, and reports whether there
// was room for all.
func mergeSet[K comparable](g *groupsOf, to, from *set[K]) bool {
	all := true
	for key, n := range from.all() {
		all = to.add(key, n, g.room) && all
	}
	return all
}
