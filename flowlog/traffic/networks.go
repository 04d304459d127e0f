package traffic

import (
	"iter"
	"net/netip"

	"github.com/gaissmai/bart"
)

// Networks is a set of prefixes, each with a name or without one. The longest
// prefix that contains an address decides its name. An IPv4 address or prefix
// that is mapped into IPv6 is IPv4, and zones are ignored.
//
// Any number of goroutines can read a Networks at the same time, as long as none
// adds to it. A nil *Networks is empty.
type Networks struct {
	table bart.Fast[string] // name by prefix; Fast looks up in half of the time of Table
}

// NewNetworks returns the Networks of the given prefixes, without names.
func NewNetworks(prefixes ...netip.Prefix) *Networks {
	n := new(Networks)
	for _, p := range prefixes {
		n.Add(p, "")
	}
	return n
}

// Private returns the private addresses: those of RFC 1918, of RFC 6598
// (carrier-grade NAT, which AWS uses inside VPCs too) and of RFC 4193 (unique
// local IPv6 addresses). They have no names.
func Private() *Networks {
	return NewNetworks(
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("fc00::/7"),
	)
}

// isPrivate reports whether Private contains an address that is unmapped. It
// needs no table.
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

// Add adds a prefix with a name, which may be empty. If the prefix is there
// already, its name is replaced. Bits of the address beyond the prefix length
// are ignored, and so is the zero netip.Prefix.
func (n *Networks) Add(p netip.Prefix, name string) {
	if p = canonical(p); p.IsValid() {
		n.table.Insert(p, name)
	}
}

// canonical returns a prefix as it is stored: masked, and as IPv4 if it is
// mapped into IPv6.
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

// Contains reports whether a prefix contains the address. It does not allocate.
func (n *Networks) Contains(a netip.Addr) bool {
	return n != nil && n.contains(a.Unmap())
}

// contains is Contains for an address that is unmapped.
func (n *Networks) contains(a netip.Addr) bool { return n.table.Contains(a) }

// Name returns the name of the longest prefix that contains the address. It
// reports false if there is no such prefix or it has no name. It does not
// allocate.
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

// All yields the prefixes with their names, IPv4 first, in the order of the
// addresses.
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

// parsePrefix reads an address or a prefix. A zone is ignored.
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
