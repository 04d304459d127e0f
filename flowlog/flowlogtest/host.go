package flowlogtest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
)

// service is a port of a server and its share of the connections.
type service struct {
	port     uint16
	protocol flowlog.Protocol
	weight   int // share of the connections, relative to the other services in the list
}

var (
	// opened lists the services that our hosts use on the internet.
	opened = []service{
		{443, flowlog.TCP, 46},
		{80, flowlog.TCP, 13},
		{53, flowlog.UDP, 12},
		{443, flowlog.UDP, 8},
		{123, flowlog.UDP, 5},
		{22, flowlog.TCP, 4},
		{5432, flowlog.TCP, 4},
		{587, flowlog.TCP, 3},
		{8443, flowlog.TCP, 2},
		{9418, flowlog.TCP, 1},
		{0, flowlog.ICMP, 2},
	}
	// web lists the services of web servers, and bastion that of the bastion host.
	web     = []service{{443, flowlog.TCP, 9}, {80, flowlog.TCP, 3}}
	bastion = []service{{22, flowlog.TCP, 1}}
	// scanned lists the ports that scanners try.
	scanned = []service{
		{23, flowlog.TCP, 8}, {3389, flowlog.TCP, 6}, {22, flowlog.TCP, 6}, {445, flowlog.TCP, 5},
		{8080, flowlog.TCP, 4}, {1433, flowlog.TCP, 2}, {3306, flowlog.TCP, 2}, {5900, flowlog.TCP, 2},
	}
)

// pick chooses a service at random, by weight.
func pick(r *rand.Rand, services []service) service {
	total := 0
	for _, s := range services {
		total += s.weight
	}
	n := r.IntN(total)
	for _, s := range services {
		if n -= s.weight; n < 0 {
			return s
		}
	}
	panic("unreachable")
}

// host is an instance of our VPC with its network interface.
type host struct {
	eni, subnet, instance, zone string
	task                        string // id of the ECS task; "" for a host without ECS
	v4, v6                      netip.Addr
	serves                      []service // used from the internet
	inside                      []service // used by the other hosts
}

// backends is the number of hosts that serve other hosts. hosts returns them first.
const backends = 2

// hosts returns all hosts, starting with the busiest.
func hosts() []host {
	all := []host{
		{inside: []service{{5432, flowlog.TCP, 1}}}, // the database
		{inside: []service{{6379, flowlog.TCP, 1}}}, // the cache
		{serves: web},
		{},
		{},
		{serves: web},
		{},
		{},
		{},
		{serves: bastion},
		{},
		{},
	}
	for i := range all {
		h := &all[i]
		subnet := i % 3
		h.eni = fmt.Sprintf("eni-0%016x", mix(uint64(i+1)))
		h.instance = fmt.Sprintf("i-0%016x", mix(uint64(i+101)))
		h.subnet = fmt.Sprintf("subnet-0%016x", mix(uint64(subnet+201)))
		h.zone = fmt.Sprintf("use1-az%d", subnet+1)
		if i >= backends && i%3 == 0 {
			h.task = fmt.Sprintf("%016x%016x", mix(uint64(i+301)), mix(uint64(i+401)))
		}
		h.v4 = netip.AddrFrom4([4]byte{10, 0, byte(subnet * 16), byte(10 + i)})
		h.v6 = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, byte(subnet), 15: byte(10 + i)})
	}
	return all
}

// side returns the IPv6 or the IPv4 address of the host.
func (h *host) side(v6 bool) netip.Addr {
	if v6 {
		return h.v6
	}
	return h.v4
}
