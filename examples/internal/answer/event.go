package answer

import "net/netip"

// An event is the contribution of a record to the groups.
type event struct {
	client, server netip.Addr
	service        uint32 // see serviceID
	machine        uint32 // number of the machine
	by             uint32 // number of the group, unless that is an address
	hour           int32
	start, end     int64
	total          Total  // of a record in the question
	asked          bool   // the direction is that of the question
	evidence       uint64 // of a counted record: a bit for its traffic.Evidence
	accepted       int64  // 1 or 0
	rejected       int64  // 1 or 0

	ours, peer, row uint32 // numbers; 0 if there was no room
}

// add adds events. It does each step for all events before the next step. The tables
// of addresses and of peers are larger than the caches of the processor, and in a
// short loop the cache misses overlap.
func (g *groupsOf) add(events []event) {
	for i := range events {
		events[i].ours = g.addr(events[i].client)
	}
	for i := range events {
		if e := &events[i]; e.asked {
			e.peer = g.addr(e.server)
		}
	}
	for i := range events {
		e := &events[i]
		if e.rejected != 0 && e.ours != 0 {
			g.reject(e.ours, e.service)
		}
		if g.options.Question == Inbound {
			e.ours, e.peer = e.peer, e.ours
		}
		if e.asked {
			e.row = g.addToRow(e)
		}
	}
	for i := range events {
		e := &events[i]
		if e.row == 0 || e.total.Records == 0 {
			continue
		}
		if e.peer == 0 || !g.addMember(peers, keyOf(e.row, e.peer), count{e.total.Count, e.total.Bytes}) {
			g.rows[e.row].cut = true
		}
	}
}

// reject adds a rejected record.
func (g *groupsOf) reject(client, service uint32) {
	if g.addMember(rejects, keyOf(0, client), count{count: 1}) {
		g.addMember(rejectServices, keyOf(client, service), count{count: 1})
	}
}

// addToRow adds an event to its row and to the members of the row except the peer. It
// returns the number of the row, or 0 if there is no room for it.
func (g *groupsOf) addToRow(e *event) uint32 {
	if h := g.at(e.hour); h != nil {
		h.Accepted += e.accepted
		h.Rejected += e.rejected
		h.Bytes = sum(h.Bytes, e.total.Bytes)
	}
	id, room := uint32(0), true
	switch g.options.By {
	case Address:
		e.by, room = e.ours, e.ours != 0
	case Peer:
		e.by, room = e.peer, e.peer != 0
	}
	if room {
		id = g.row(rowKey(e.service)<<32 | rowKey(e.by))
	}
	if id == 0 {
		g.rest.Add(e.total)
		return 0
	}
	r := &g.rows[id]
	r.accepted += e.accepted
	r.rejected += e.rejected
	if e.total.Records == 0 {
		return id
	}
	r.total.Add(e.total)
	r.span(e.start, e.end)
	r.evidence |= e.evidence
	n := count{e.total.Count, e.total.Bytes}
	ok := e.ours != 0 && g.addMember(sources, keyOf(id, e.ours), n)
	if e.machine != 0 {
		ok = g.addMember(machines, keyOf(id, e.machine), n) && ok
	}
	r.cut = r.cut || !ok
	if n.count > 0 {
		g.addMember(hours, keyOf(id, uint32(e.hour)), n)
	}
	return id
}
