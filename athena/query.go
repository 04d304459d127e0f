package athena

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Query is a named question. SQL is one SELECT in Athena's dialect, without a
// semicolon.
type Query struct {
	Name        string
	Description string
	SQL         string
}

// Queries returns the questions that the table's format can answer, filled in
// with p. They read only the partitions of p.From to p.To; a question that
// cannot be bounded as p asks, because the format lacks the field, is left
// out. A table or parameters that break a rule have no questions:
// Params.Validate says which.
//
// Text and Parquet tables answer alike: absent values, be they NULL, "-" or
// empty, are no group of their own. Only LogStatus, which asks about the log
// itself and so must not pass over a record, has them as the group NULL.
func (t *Table) Queries(p Params) []Query {
	c, err := t.check()
	if err != nil {
		return nil
	}
	out, err := c.ask(&p)
	if err != nil {
		return nil
	}
	return out
}

// ask writes the questions.
func (c *table) ask(p *Params) ([]Query, error) {
	if err := p.check(c); err != nil {
		return nil, err
	}
	var out []Query
	for _, question := range questions {
		q := asker{table: c, Params: p}
		if !q.has(question.needs...) {
			continue
		}
		query := question.ask(&q)
		if q.missing {
			continue
		}
		if _, err := fits(query.SQL); err != nil {
			return nil, err
		}
		query.Name = question.name
		out = append(out, query)
	}
	return out, nil
}

// asker writes one question about one table.
type asker struct {
	*table
	*Params
	missing bool // a bound needs a field that the format lacks
}

// name returns the table's column of a field, "" if it has none. It may be a
// partition.
func (c *table) name(f flowlog.Field) string {
	for _, col := range c.columns {
		if col.field == f {
			return col.name
		}
	}
	return ""
}

// has reports whether the table has all the fields.
func (c *table) has(fields ...flowlog.Field) bool {
	for _, f := range fields {
		if c.name(f) == "" {
			return false
		}
	}
	return true
}

// col returns the quoted column of a field that the table has.
func (c *table) col(f flowlog.Field) string { return sqlIdent(c.name(f)) }

// cols returns the quoted columns of fields.
func (c *table) colsOf(fields ...flowlog.Field) []string {
	s := make([]string, len(fields))
	for i, f := range fields {
		s[i] = c.col(f)
	}
	return s
}

// address returns a column as an IPADDRESS, NULL where it holds none.
func (c *table) address(f flowlog.Field) string {
	return "TRY_CAST(" + c.col(f) + " AS IPADDRESS)"
}

// in returns the condition that a field's address is in one of the prefixes.
func (c *table) in(prefixes []netip.Prefix, f flowlog.Field) string {
	s := make([]string, len(prefixes))
	for i, p := range prefixes {
		p, _ = unmap(p)
		within := func(p netip.Prefix) string { return "contains(" + sqlString(p.String()) + ", " + c.address(f) + ")" }
		if s[i] = within(p); p.Contains(mappedIPv4) {
			s[i] = "(" + s[i] + " AND NOT " + within(allIPv4) + ")"
		}
	}
	return anyOf(s...)
}

// An IPADDRESS holds an IPv4 address as an IPv6 address of ::ffff:0:0/96, which
// contains then finds in the IPv6 prefixes around it, ::/0 among them. No IPv4
// address is meant by those.
var (
	mappedIPv4 = netip.AddrFrom16([16]byte{10: 0xff, 11: 0xff})
	allIPv4    = netip.MustParsePrefix("0.0.0.0/0")
)

// one returns the condition that a field holds one address, however written;
// none for the zero Addr. A zone is no part of an address in a log.
func (c *table) one(a netip.Addr, f flowlog.Field) []string {
	if !a.IsValid() {
		return nil
	}
	return []string{c.address(f) + " = IPADDRESS " + sqlString(a.WithZone("").Unmap().String())}
}

// private are the addresses that are ours when nobody says which are: those of
// RFC 1918, RFC 6598 and RFC 4193.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("fc00::/7"),
}

// anyOf joins conditions with OR.
func anyOf(s ...string) string {
	if len(s) == 1 {
		return s[0]
	}
	return "(" + strings.Join(s, " OR ") + ")"
}

// present returns the conditions that fields carry a value.
func (c *table) present(fields ...flowlog.Field) []string {
	var s []string
	for _, f := range fields {
		if f.Type() == flowlog.TypeString {
			// False for NULL too.
			s = append(s, c.col(f)+" NOT IN ('-', '')")
		} else {
			s = append(s, c.col(f)+" IS NOT NULL")
		}
	}
	return s
}

// bounds returns the conditions that every question has: partitions first.
func (q *asker) bounds() []string {
	s := q.within(q.From, q.To, q.late())
	s = append(s, q.places()...)
	if !q.From.IsZero() || !q.To.IsZero() {
		switch {
		case q.has(flowlog.FieldStart):
			s = append(s, q.started(flowlog.FieldStart)...)
		case q.has(flowlog.FieldEnd):
			s = append(s, q.started(flowlog.FieldEnd)...)
		case len(q.plan.cols) == 0:
			q.missing = true
		}
	}
	return s
}

func (q *asker) late() time.Duration {
	if q.Late == 0 {
		return defaultLate
	}
	return max(q.Late, 0)
}

// started bounds a field of Unix seconds.
func (q *asker) started(f flowlog.Field) []string {
	var s []string
	if !q.From.IsZero() {
		s = append(s, q.col(f)+" >= "+seconds(q.From))
	}
	if !q.To.IsZero() {
		s = append(s, q.col(f)+" < "+seconds(q.To))
	}
	return s
}

// seconds returns the first whole Unix second that is not before t.
func seconds(t time.Time) string {
	return strconv.FormatInt(t.Add(time.Second-time.Nanosecond).Unix(), 10)
}

// places bounds the accounts and Regions.
func (q *asker) places() []string {
	var s []string
	for _, b := range []struct {
		values []string
		kind   columnKind
		field  flowlog.Field
	}{
		{q.Params.Accounts, accountColumn, flowlog.FieldAccountID},
		{q.Params.Regions, regionColumn, flowlog.FieldRegion},
	} {
		if len(b.values) == 0 {
			continue
		}
		name := q.name(b.field)
		for i := range q.plan.cols {
			if q.plan.cols[i].kind == b.kind {
				name = q.plan.cols[i].name
			}
		}
		if name == "" {
			q.missing = true
			continue
		}
		s = append(s, sqlIdent(name)+" IN ("+sqlStrings(b.values)+")")
	}
	return s
}

// within returns the conditions that bound the partitions to those of the
// records of [from, to) that arrive at most late after it.
func (c *table) within(from, to time.Time, late time.Duration) []string {
	var times []*column
	for i := range c.plan.cols {
		if c.plan.cols[i].kind == timeColumn {
			times = append(times, &c.plan.cols[i])
		}
	}
	if len(times) == 0 || from.IsZero() && to.IsZero() {
		return nil
	}
	value := func(col *column, t time.Time) string { return col.pattern.format(t.UTC()) }
	if !to.IsZero() {
		to = lastMoment(to.Add(late))
	}
	var s []string
	for i, col := range times {
		name := sqlIdent(col.name)
		switch {
		case from.IsZero():
			s = append(s, name+" <= "+sqlString(value(col, to)))
		case to.IsZero():
			s = append(s, name+" >= "+sqlString(value(col, from)))
		case value(col, from) == value(col, to):
			s = append(s, name+" = "+sqlString(value(col, to)))
			continue
		default:
			s = append(s, name+" BETWEEN "+sqlString(value(col, from))+" AND "+sqlString(value(col, to)))
		}
		// The first column that differs bounds what is looked at; the rest of
		// the time counts only together with it.
		if i+1 < len(times) {
			s = append(s, together(times[i:], from, to, value))
		}
		break
	}
	return s
}

// together bounds columns that only together sort as time does.
func together(times []*column, from, to time.Time, value func(*column, time.Time) string) string {
	var names []string
	var lo, hi strings.Builder
	for _, col := range times {
		names = append(names, sqlIdent(col.name))
		if !from.IsZero() {
			lo.WriteString(value(col, from))
		}
		if !to.IsZero() {
			hi.WriteString(value(col, to))
		}
	}
	expr := strings.Join(names, " || ")
	switch {
	case from.IsZero():
		return expr + " <= " + sqlString(hi.String())
	case to.IsZero():
		return expr + " >= " + sqlString(lo.String())
	}
	return expr + " BETWEEN " + sqlString(lo.String()) + " AND " + sqlString(hi.String())
}

// ours bounds flows to those from or to our addresses.
func (q *asker) ours() []string {
	if len(q.CIDRs) == 0 {
		return nil
	}
	var s []string
	for _, f := range []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstAddr} {
		if q.has(f) {
			s = append(s, q.in(q.CIDRs, f))
		}
	}
	if len(s) < 2 {
		q.missing = true
		return nil
	}
	// A comparison with NULL is NULL, so OR finds the side that is present.
	return []string{anyOf(s...)}
}

// limit returns the LIMIT clause.
func (q *asker) limit() string {
	n := q.Limit
	if n == 0 {
		n = defaultLimit
	}
	return "LIMIT " + strconv.Itoa(n)
}

// totals returns what is counted in each group: flows, and packets and bytes
// where the format has them.
func (q *asker) totals() []string {
	s := []string{"count(*) AS " + sqlIdent("flows")}
	if q.has(flowlog.FieldPackets) {
		s = append(s, "sum("+q.col(flowlog.FieldPackets)+") AS "+sqlIdent("total_packets"))
	}
	if q.has(flowlog.FieldBytes) {
		s = append(s, "sum("+q.col(flowlog.FieldBytes)+") AS "+sqlIdent("total_bytes"))
	}
	return s
}

// most returns what the groups are sorted by: bytes where there are any.
func (q *asker) most() string {
	if q.has(flowlog.FieldBytes) {
		return sqlIdent("total_bytes")
	}
	return sqlIdent("flows")
}

// grouped writes the common shape: groups of columns with their totals, the
// largest first. Ties are ordered by the group, so that answers repeat.
func (q *asker) grouped(by, totals, where []string, order string, having ...string) string {
	return q.groupedFrom(q.sqlName(), by, totals, where, order, having...)
}

// groupedFrom is grouped over something else than the table.
func (q *asker) groupedFrom(from string, by, totals, where []string, order string, having ...string) string {
	lines := []string{"SELECT " + strings.Join(slices.Concat(by, totals), ", "), "FROM " + from}
	lines = append(lines, conditions(where)...)
	lines = append(lines, "GROUP BY "+strings.Join(by, ", "))
	lines = append(lines, having...)
	lines = append(lines, "ORDER BY "+order+" DESC, "+strings.Join(by, ", "), q.limit())
	return strings.Join(lines, "\n")
}

// overall writes one row of totals.
func (q *asker) overall(totals, where []string) string {
	lines := []string{"SELECT " + strings.Join(totals, ", "), "FROM " + q.sqlName()}
	return strings.Join(append(lines, conditions(where)...), "\n")
}

// conditions writes a WHERE clause, no line without conditions.
func conditions(where []string) []string {
	if len(where) == 0 {
		return nil
	}
	return []string{"WHERE " + strings.Join(where, "\n  AND ")}
}
