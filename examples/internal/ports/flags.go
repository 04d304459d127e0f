package ports

import (
	"flag"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// ParseCIDRs reads prefixes separated by commas. IPv4 prefixes that are mapped
// into IPv6 become IPv4, as addresses do when they are compared.
func ParseCIDRs(s string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for part := range strings.SplitSeq(s, ",") {
		p, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// ParseFormat reads what people give as a format: a format string, a header
// line, the number of a version ("5" or "v5") for all fields up to it, or "tgw"
// for the default format of transit gateways.
func ParseFormat(s string) (*flowlog.Format, error) {
	if s == "tgw" {
		return flowlog.TransitGateway, nil
	}
	if version, err := strconv.Atoi(strings.TrimPrefix(s, "v")); err == nil {
		return flowlog.FormatOf(version)
	}
	return flowlog.ParseFormat(s)
}

// DefaultTop is how many ports a table lists if nobody says.
const DefaultTop = 10

// SetTop gives top, the value of the flag -top, its default: people get
// DefaultTop ports, programs, who can cut a list themselves, all of them.
func SetTop(flags *flag.FlagSet, top *int, program bool) {
	given := false
	flags.Visit(func(f *flag.Flag) { given = given || f.Name == "top" })
	if !given && !program {
		*top = DefaultTop
	}
}
