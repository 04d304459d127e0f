package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// FormatHelp describes the values that [ParseFormat] accepts, for the help of a
// flag.
const FormatHelp = `a version from 2 to 11, tgw, or field names such as "version srcaddr" or "${version} ${srcaddr}"`

// ParseFormat parses a format. It accepts a version, such as "5" or "v5", for all
// fields up to it; "tgw" for the default format of transit gateways; or a value
// of [flowlog.ParseFormat]: a format string, a header line, or names separated by
// commas. For unknown names it returns a format and an error that wraps
// [flowlog.ErrUnknownField].
func ParseFormat(s string) (*flowlog.Format, error) {
	s = strings.TrimSpace(s)
	if strings.EqualFold(s, "tgw") {
		return flowlog.TransitGateway, nil
	}
	if version, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(s), "v")); err == nil {
		return flowlog.FormatOf(version)
	}
	return flowlog.ParseFormat(s)
}

// FormatFlag defines the flag -format, which stores a format in *to. Unknown names
// become columns, with a warning.
func (c *Command) FormatFlag(to **flowlog.Format, usage string) {
	c.flags.Func("format", usage, func(s string) error {
		f, err := ParseFormat(s)
		if errors.Is(err, flowlog.ErrUnknownField) {
			c.Warn("-format: %v", err)
		} else if err != nil {
			return err
		}
		*to = f
		return nil
	})
}

// ParseCIDRs parses prefixes separated by commas. An address is the prefix of it alone. IPv4-mapped IPv6 prefixes become
// IPv4 prefixes.
func ParseCIDRs(s string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		p, err := netip.ParsePrefix(part)
		if a, addrErr := netip.ParseAddr(part); err != nil && addrErr == nil && a.Zone() == "" {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%.64q: want a prefix such as 10.0.0.0/16, or an address", part)
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// CIDRFlag defines the flag -cidr, which appends prefixes to *to. It can be given
// several times.
func (c *Command) CIDRFlag(to *[]netip.Prefix, usage string) {
	c.flags.Func("cidr", usage, func(s string) error {
		all, err := ParseCIDRs(s)
		*to = append(*to, all...)
		return err
	})
}

// ParseTime parses a date, which means midnight UTC, or an RFC 3339 time.
func ParseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("want 2026-11-22 or 2026-11-22T05:00:00Z")
}

// TimeFlag defines a flag that stores a time in *to.
func (c *Command) TimeFlag(name string, to *time.Time, usage string) {
	c.flags.Func(name, usage, func(s string) (err error) {
		*to, err = ParseTime(s)
		return err
	})
}
