package athena

import (
	"net/netip"
	"time"
)

// Params are the parameters of the questions. The zero Params has no bounds and a limit
// of 10 rows.
type Params struct {
	// Dialect is the SQL of the questions. The zero Dialect is Athena's.
	Dialect Dialect

	// Names are the questions to return, in any order; empty is all.
	Names []string

	// CIDRs are our addresses. SourcePorts counts flows from them, OutboundPorts
	// flows from them to other addresses, and every other question flows from or to
	// them.
	CIDRs []netip.Prefix

	// From and To bound the start of the flows, [From, To), and with it the
	// partitions that are read. A zero time is no bound.
	From, To time.Time

	// Late is how long after To records may still arrive, because partitions are
	// named for the time of arrival (Firehose) or of delivery (S3). Zero means an
	// hour, and a negative value no time. The maximum is a year.
	Late time.Duration

	// Since is the time from which something is new, for NewPorts and the like.
	// Zero is seven days before To or, without To, before the query runs.
	Since time.Time

	// Limit is the number of rows, 0 for 10.
	Limit int

	// Source and Destination are the addresses for the questions about one source
	// or one destination. The zero Addr means all addresses.
	Source, Destination netip.Addr

	// Accounts and Regions bound the partitions of the S3 layouts, elsewhere the
	// fields account-id and region. Tables whose accounts or Regions are injected
	// need them.
	Accounts, Regions []string

	// Zones are the Availability Zones and their subnets, for CrossZoneBytes. If it
	// is empty, the zones in the log are used, if the format has them.
	Zones []Zone

	// Ports is the number of different ports of one destination that make a scan,
	// 20 if zero.
	Ports int
}

// Defaults and bounds of Params.
const (
	defaultLimit = 10
	defaultLate  = time.Hour
	maxLate      = 365 * 24 * time.Hour
	defaultPorts = 20
)

// late returns how long after To partitions are read.
func (p *Params) late() time.Duration {
	if p.Late == 0 {
		return defaultLate
	}
	return max(p.Late, 0)
}

// check checks the parameters for questions about a table.
func (p *Params) check(c *checked) error {
	if err := p.Dialect.check(c); err != nil {
		return err
	}
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
	if p.Late > maxLate {
		return broken(ErrRange, "late", p.Late.String(), "must not be longer than a year")
	}
	if p.Limit < 0 {
		return broken(ErrQuery, "limit", "", "must not be negative")
	}
	if p.Ports < 0 {
		return broken(ErrQuery, "ports", "", "must not be negative")
	}
	if err := checkZones(p.Zones); err != nil {
		return err
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
	if t := c.table; t.Layout.s3() && t.Partitioning == Projected && p.Dialect == Athena {
		if len(t.Accounts) == 0 && len(p.Accounts) == 0 {
			return broken(ErrQuery, "accounts", "", "must be given, because the table injects its accounts")
		}
		if len(t.Regions) == 0 && len(p.Regions) == 0 {
			return broken(ErrQuery, "regions", "", "must be given, because the table injects its Regions")
		}
	}
	return nil
}
