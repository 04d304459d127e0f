package traffic

import (
	"iter"
	"net/netip"

	"github.com/gaissmai/bart"
)

// Networks is a set of prefixes, which may have names. The name of an address is that of
// the longest prefix that contains it. An IPv4 address or prefix that is mapped into IPv6
// is treated as IPv4. Zones are ignored.
//
// A Networks is safe for concurrent use as long as no goroutine adds to it. A nil *Networks
// is empty.
type Networks struct {
	table bart.Fast[string] // names by prefix; lookups in a Fast take half the time of a Table
}

// NewNetworks returns a Networks with the given prefixes, without names.
func NewNetworks(prefixes ...netip.Prefix) *Networks {
	n := new(Networks)
	for _, p := range prefixes {
		n.Add(p, "")
	}
	return n
}

// Private returns the private prefixes: those of RFC 1918, of RFC 6598 (carrier-grade
// NAT, which AWS also uses inside VPCs) and of RFC 4193 (unique local IPv6 addresses). They
// have no names. The caller owns the result.
func Private() *Networks {
	return NewNetworks(
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("fc00::/7"),
	)
}

// isPrivate reports whether Private contains a, which must be unmapped, without a table.
func isPrivate(a netip.Addr) bool {
	if !a.Is4() {
		return a.IsPrivate()
	}
	b := a.As4()
	switch b[0] {
	case 10:
		return true
	case 172:
		return b[1]&0xf0 == 16
	case 192:
		return b[1] == 168
	case 100:
		return b[1]&0xc0 == 64
	}
	return false
}

// Add adds a prefix with a name, which may be empty. If the set already has the prefix,
// Add replaces its name. Address bits after the prefix length are ignored. An invalid
// prefix, such as the zero netip.Prefix, is not added.
func (n *Networks) Add(p netip.Prefix, name string) {
	if p = canonical(p); p.IsValid() {
		n.table.Insert(p, name)
	}
}

// canonical returns p in the form that is stored: masked, and as IPv4 if it is mapped into
// IPv6.
func canonical(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

// AddAll adds all prefixes of m with their names, as Add does.
func (n *Networks) AddAll(m *Networks) {
	for p, name := range m.All() {
		n.Add(p, name)
	}
}

// Contains reports whether any prefix contains the address. It does not allocate.
func (n *Networks) Contains(a netip.Addr) bool {
	return n != nil && n.contains(a.Unmap())
}

// contains is Contains for an unmapped address.
func (n *Networks) contains(a netip.Addr) bool { return n.table.Contains(a) }

// Name returns the name of the longest prefix that contains the address. It reports false
// if there is no such prefix or if that prefix has no name. It does not allocate.
func (n *Networks) Name(a netip.Addr) (string, bool) {
	if n == nil {
		return "", false
	}
	name, _ := n.table.Lookup(a.Unmap())
	return name, name != ""
}

// Len returns the number of prefixes.
func (n *Networks) Len() int {
	if n == nil {
		return 0
	}
	return n.table.Size()
}

// All returns an iterator over the prefixes and their names, sorted by address, with IPv4
// first.
func (n *Networks) All() iter.Seq2[netip.Prefix, string] {
	return func(yield func(netip.Prefix, string) bool) {
		if n == nil {
			return
		}
		for p, name := range n.table.AllSorted() {
			if !yield(p, name) {
				return
			}
		}
	}
}

// parsePrefix parses an address or a prefix. A zone of an address is ignored.
func parsePrefix(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return canonical(p), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, ErrAddr
	}
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), nil
}
