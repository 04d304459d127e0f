package athena

import (
	"net/netip"
	"time"
)

// Params bounds and fills in the questions. The zero Params has no bound and a
// limit of 10.
type Params struct {
	// CIDRs are the addresses that are ours. SourcePorts asks for flows from
	// them, OutboundPorts for flows from them to others, every other question
	// for flows from or to them.
	CIDRs []netip.Prefix

	// From and To bound the start of the flows, [From, To), and with them the
	// partitions that are read. A zero time is no bound.
	From, To time.Time

	// Late is how long after To records may still arrive: partitions are named
	// for the time of arrival (Firehose) or of delivery (S3). Zero is an hour, a
	// negative value none.
	Late time.Duration

	// Since is the day from which a port is new, for NewPorts. Zero is seven
	// days before the query runs.
	Since time.Time

	// Limit is the number of rows, 0 for 10.
	Limit int

	// Source and Destination are the addresses that the questions about one
	// source or one destination ask for; the zero Addr asks about all.
	Source, Destination netip.Addr

	// Accounts and Regions bound the partitions of the S3 layouts, elsewhere
	// the fields account-id and region. Tables whose accounts or Regions are
	// injected need them.
	Accounts, Regions []string

	// Ports is how many different ports a source has to try on one destination
	// to be called a scan. Zero is 20.
	Ports int
}

// Defaults of Params.
const (
	defaultLimit = 10
	defaultLate  = time.Hour
	defaultPorts = 20
)

// Validate returns the *RuleError for which t.Queries(p) would return nothing:
// that of the table, or that of the parameters, which wraps ErrQuery or
// ErrRange. So many CIDRs that a question would be longer than Athena takes are
// an ErrRange.
func (p *Params) Validate(t *Table) error {
	c, err := t.check()
	if err != nil {
		return err
	}
	_, err = c.ask(p)
	return err
}

func (p *Params) check(c *table) error {
	for _, prefix := range p.CIDRs {
		if _, ok := unmap(prefix); !ok {
			return broken(ErrQuery, "CIDR", prefix.String(), "must be an IPv4 or IPv6 prefix")
		}
	}
	if err := checkRange("from and to", p.From, p.To); err != nil {
		return err
	}
	if err := checkRange("from and since", p.From, p.Since); err != nil {
		return err
	}
	if p.Limit < 0 || p.Ports < 0 {
		return broken(ErrQuery, "limit", "", "must not be negative")
	}
	for _, s := range p.Accounts {
		if err := checkAccount(ErrQuery, "account", s); err != nil {
			return err
		}
	}
	for _, s := range p.Regions {
		if err := checkRegion(ErrQuery, "region", s); err != nil {
			return err
		}
	}
	if c.Layout.s3() && c.Partitioning == Projected {
		if len(c.Accounts) == 0 && len(p.Accounts) == 0 {
			return broken(ErrQuery, "accounts", "", "must be given, because the table injects its accounts")
		}
		if len(c.Regions) == 0 && len(p.Regions) == 0 {
			return broken(ErrQuery, "regions", "", "must be given, because the table injects its Regions")
		}
	}
	return nil
}

// unmap returns a prefix as Athena writes it: masked, and IPv4 where it was
// mapped into IPv6.
func unmap(p netip.Prefix) (netip.Prefix, bool) {
	if !p.IsValid() {
		return p, false
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, false
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}
