package athena

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// maxStatement is the length of the longest statement Athena takes, in bytes of
// UTF-8. See https://docs.aws.amazon.com/athena/latest/ug/service-limits.html.
const maxStatement = 262_144

// fits returns the statement, or an error if Athena would refuse its length.
func fits(sql string) (string, error) {
	if len(sql) > maxStatement {
		return "", broken(ErrRange, "statement", "", "must not be longer than 262,144 bytes: there are too many columns, accounts, Regions or CIDRs")
	}
	return sql, nil
}

// join lists words.
func join(s []string) string { return strings.Join(s, ", ") }

// ddlList returns names with types, one on a line.
func ddlList(columns [][2]string) string {
	lines := make([]string, len(columns))
	for i, c := range columns {
		lines[i] = "  " + ddlIdent(c[0]) + " " + c[1]
	}
	return strings.Join(lines, ",\n")
}

// ddlProperties returns properties, one on a line.
func ddlProperties(props [][2]string) string {
	lines := make([]string, len(props))
	for i, p := range props {
		lines[i] = "  " + ddlString(p[0]) + " = " + ddlString(p[1])
	}
	return strings.Join(lines, ",\n")
}

// alias names a column of an answer.
func alias(expr, name string) string { return expr + " AS " + sqlIdent(name) }

// anyOf joins conditions with OR.
func anyOf(s ...string) string {
	if len(s) == 1 {
		return s[0]
	}
	return "(" + strings.Join(s, " OR ") + ")"
}

// conditions returns a WHERE clause, or no line if there are no conditions.
func conditions(where []string) []string {
	if len(where) == 0 {
		return nil
	}
	return []string{"WHERE " + strings.Join(where, "\n  AND ")}
}

// plain returns a column with NULL where the log has no value.
func plain(c fileColumn) string {
	if c.field.Type() != flowlog.TypeString {
		return sqlIdent(c.name)
	}
	return orNull(sqlIdent(c.name))
}

// orNull returns a quoted column of strings with NULL where the log has no
// value.
func orNull(name string) string { return "NULLIF(NULLIF(" + name + ", '-'), '')" }

// toTimestamp returns a column of Unix seconds as a timestamp in UTC with the
// given number of decimals. Like flowlog.Timestamp, it takes a value of 1e11 or
// more, which would be the year 5138, for milliseconds.
func toTimestamp(name string, decimals int) string {
	return "CAST(at_timezone(from_unixtime(IF(" + name + " >= 100000000000, " + name + " / 1e3, " + name + ")), 'UTC') AS timestamp(" + strconv.Itoa(decimals) + "))"
}

// unixSeconds returns a column of timestamps as Unix seconds.
func unixSeconds(name string) string { return "CAST(to_unixtime(" + name + ") AS bigint)" }

// sqlTime returns a timestamp literal in UTC.
func sqlTime(t time.Time) string {
	return "TIMESTAMP " + sqlString(t.UTC().Format("2006-01-02 15:04:05"))
}

// wholeSecond returns the first whole second that is not before t.
func wholeSecond(t time.Time) time.Time {
	return time.Unix(t.Add(time.Second-time.Nanosecond).Unix(), 0).UTC()
}

// seconds returns the first whole Unix second that is not before t.
func seconds(t time.Time) string { return strconv.FormatInt(wholeSecond(t).Unix(), 10) }

// inPrefixes returns the condition that an IPADDRESS is in one of the prefixes.
func inPrefixes(prefixes []netip.Prefix, address string) string {
	s := make([]string, len(prefixes))
	for i, p := range prefixes {
		p, _ = unmap(p)
		within := func(p netip.Prefix) string { return "contains(" + sqlString(p.String()) + ", " + address + ")" }
		if s[i] = within(p); p.Contains(mappedIPv4) {
			s[i] = "(" + s[i] + " AND NOT " + within(allIPv4) + ")"
		}
	}
	return anyOf(s...)
}

// An IPADDRESS holds an IPv4 address as an IPv6 address in ::ffff:0:0/96, so
// contains finds it in every IPv6 prefix around that one, such as ::/0. Such a
// prefix means IPv6 addresses only.
var (
	mappedIPv4 = netip.AddrFrom16([16]byte{10: 0xff, 11: 0xff})
	allIPv4    = netip.MustParsePrefix("0.0.0.0/0")
)

// unmap returns a prefix as Athena writes it: masked, and as IPv4 if it is an
// IPv4 prefix mapped into IPv6. It reports false for an invalid prefix.
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

// private holds the addresses that are ours when no CIDRs are given: those of
// RFC 1918, RFC 6598 and RFC 4193.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("fc00::/7"),
}
