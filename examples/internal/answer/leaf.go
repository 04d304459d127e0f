package answer

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// leaf is what the records of a client, a server, a service, an interface and an
// hour have in common.
type leaf struct {
	client, server netip.Addr
	service        traffic.Service
	direction      traffic.Direction
	used           bool
	middle         bool  // the interface is one in the middle
	evidence       uint8 // of the counted records: a bit for each traffic.Evidence
	hour           int32
	iface          string // interface-id
	instance       string // instance-id

	total              Total // of the records asked for
	accepted, rejected int64
	first, last        int64
}

// leaf returns the place of a record in the cache.
func (c *Counter) leaf(r *flowlog.Record, f traffic.Flow, hour int32) *leaf {
	service := f.Service()
	h := hash(f.Client, f.Server, uint64(hour)<<32|uint64(service.Port)<<16|uint64(service.Protocol)<<8|uint64(f.Direction), r.InterfaceID)
	l := &c.cache[h%cacheSize]
	if l.used && l.hour == hour && l.service == service && l.client == f.Client && l.server == f.Server &&
		l.direction == f.Direction && l.iface == r.InterfaceID && l.instance == r.InstanceID {
		if !l.middle {
			l.middle = inTheMiddle(r)
		}
		return l
	}
	if l.used {
		c.groups.add(l)
	}
	*l = leaf{
		client: f.Client, server: f.Server, service: service, direction: f.Direction, used: true, hour: hour,
		iface: c.groups.intern(r.InterfaceID), instance: c.groups.intern(r.InstanceID), middle: inTheMiddle(r),
	}
	return l
}

// inTheMiddle reports whether a record shows that its interface is neither end
// of the connection: a NAT gateway, or one whose addresses are not those of the
// packets.
func inTheMiddle(r *flowlog.Record) bool {
	return r.InterfaceType == natGateway ||
		r.Has(flowlog.FieldPktSrcAddr) && r.Has(flowlog.FieldSrcAddr) && r.PktSrcAddr != r.SrcAddr ||
		r.Has(flowlog.FieldPktDstAddr) && r.Has(flowlog.FieldDstAddr) && r.PktDstAddr != r.DstAddr
}

// natGateway is the type of the interface of a NAT gateway.
const natGateway = "nat_gateway"

// hash mixes what tells leaves apart.
func hash(a, b netip.Addr, rest uint64, id string) uint64 {
	x, y := a.As16(), b.As16()
	h := mix(binary.LittleEndian.Uint64(x[:8])^0x9e3779b97f4a7c15, binary.LittleEndian.Uint64(x[8:])^0xd6e8feb86659fd93)
	h = mix(h^binary.LittleEndian.Uint64(y[:8]), binary.LittleEndian.Uint64(y[8:])^0xa0761d6478bd642f)
	if n := len(id); n >= 8 {
		h ^= uint64(id[n-1]) | uint64(id[n-2])<<8 | uint64(id[n-3])<<16 | uint64(id[n-4])<<24 |
			uint64(id[n-5])<<32 | uint64(id[n-6])<<40 | uint64(id[n-7])<<48 | uint64(id[n-8])<<56
	}
	return mix(h^rest, 0xe7037ed1a0b428db)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
