package athena

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Query is a question filled in for a table.
type Query struct {
	Name        string // as in Questions
	Description string // the question, then sentences that explain the answer, on one line
	SQL         string // one SELECT in the dialect of Params, without a semicolon
}

// Queries returns the Questions that the table's format can answer, filled in
// with p. They read only the partitions of p.From to p.To. A question that
// cannot be bounded as p asks, because the format lacks the field, is left out.
//
// Text, Parquet and Iceberg tables give the same answers: absent values,
// whether NULL, "-" or empty, form no group. The exception is LogStatus, which
// asks about the log itself and counts every record; there they are the group
// NULL.
//
// The error is a *RuleError: that of the table, or one that wraps ErrQuery or
// ErrRange for the parameters. If p.Names has a name that is not a question of this
// table, the error is an ErrQuery that lists those that are. If too many CIDRs make a
// question longer than Athena accepts, it is an ErrRange.
func (t *Table) Queries(p Params) ([]Query, error) {
	c, err := t.check()
	if err != nil {
		return nil, err
	}
	if err := p.check(c); err != nil {
		return nil, err
	}
	var out []Query
	var names []string
	for _, question := range questions {
		q := asker{table: c, params: &p}
		if !q.has(question.needs...) {
			continue
		}
		sql := question.ask(&q)
		if q.missing {
			continue
		}
		names = append(names, question.name)
		if len(p.Names) > 0 && !slices.Contains(p.Names, question.name) {
			continue
		}
		if _, err := fits(sql); err != nil {
			return nil, err
		}
		out = append(out, Query{question.name, strings.TrimSuffix(question.asks+" "+q.note, " "), sql})
	}
	for _, name := range p.Names {
		if !slices.Contains(names, name) {
			return nil, broken(ErrQuery, "question", name, "must be one that this table can answer: "+join(names))
		}
	}
	return out, nil
}

// asker writes one question about one table.
type asker struct {
	table   *checked
	params  *Params
	missing bool   // a bound needs a field that the format lacks
	note    string // sentences that explain the answer, for this table and these parameters
}

// name returns the table's column of a field, "" if it has none. The column may
// be a partition.
func (q *asker) name(f flowlog.Field) string {
	for _, col := range q.table.columns {
		if col.field == f {
			return col.name
		}
	}
	return ""
}

// has reports whether the table has all the fields.
func (q *asker) has(fields ...flowlog.Field) bool {
	for _, f := range fields {
		if q.name(f) == "" {
			return false
		}
	}
	return true
}

// col returns the quoted column of a field that the table has.
func (q *asker) col(f flowlog.Field) string { return sqlIdent(q.name(f)) }

// cols returns the quoted columns of fields.
func (q *asker) cols(fields ...flowlog.Field) []string {
	s := make([]string, len(fields))
	for i, f := range fields {
		s[i] = q.col(f)
	}
	return s
}

// sql returns what the dialect of the question says in its own way.
func (q *asker) sql() *forms { return &dialects[q.params.Dialect] }

// from returns the name of the table or of the view that stands for it.
func (q *asker) from() string { return q.sql().table(q.table.table) }

// address returns a column as an address, NULL where it holds none.
func (q *asker) address(f flowlog.Field) string { return q.sql().address(q.name(f)) }

// in returns the condition that a field's address is in one of the prefixes.
func (q *asker) in(prefixes []netip.Prefix, f flowlog.Field) string {
	return q.sql().within(prefixes, q.address(f))
}

// equals compares a column with a constant.
func (q *asker) equals(f flowlog.Field, value string) string {
	return q.col(f) + " = " + sqlString(value)
}

// one returns the condition that a field holds the address, however it is
// written, or no condition for the zero Addr. Addresses in logs have no zone,
// so a zone is dropped.
func (q *asker) one(a netip.Addr, f flowlog.Field) []string {
	if !a.IsValid() {
		return nil
	}
	return []string{q.sql().is(q.address(f), a.WithZone("").Unmap())}
}

// present returns the conditions that fields carry a value.
func (q *asker) present(fields ...flowlog.Field) []string {
	var s []string
	for _, f := range fields {
		if f.Type() == flowlog.TypeString {
			// False for NULL too.
			s = append(s, q.col(f)+" NOT IN ('-', '')")
		} else {
			s = append(s, q.col(f)+" IS NOT NULL")
		}
	}
	return s
}

// bounds returns the conditions that every question has, partitions first.
func (q *asker) bounds() []string {
	s := q.table.within(q.params.From, q.params.To, q.params.late())
	s = append(s, q.places()...)
	if !q.params.From.IsZero() || !q.params.To.IsZero() {
		switch {
		case q.has(flowlog.FieldStart):
			s = append(s, q.started(flowlog.FieldStart)...)
		case q.has(flowlog.FieldEnd):
			s = append(s, q.started(flowlog.FieldEnd)...)
		case len(q.table.plan.cols) == 0:
			q.missing = true
		}
	}
	return s
}

// started bounds a field of the time by whole seconds.
func (q *asker) started(f flowlog.Field) []string {
	at := seconds
	if q.table.table.iceberg() {
		// The column itself is compared, so that the partitions are pruned.
		at = func(t time.Time) string { return sqlTime(wholeSecond(t)) }
	}
	var s []string
	if from := q.params.From; !from.IsZero() {
		s = append(s, q.col(f)+" >= "+at(from))
	}
	if to := q.params.To; !to.IsZero() {
		s = append(s, q.col(f)+" < "+at(to))
	}
	return s
}

// unix returns a field of the time as Unix seconds.
func (q *asker) unix(f flowlog.Field) string {
	if q.table.table.iceberg() {
		return unixSeconds(q.col(f))
	}
	return q.col(f)
}

// places bounds the accounts and Regions.
func (q *asker) places() []string {
	var s []string
	for _, b := range []struct {
		values []string
		kind   columnKind
		field  flowlog.Field
	}{
		{q.params.Accounts, accountColumn, flowlog.FieldAccountID},
		{q.params.Regions, regionColumn, flowlog.FieldRegion},
	} {
		if len(b.values) == 0 {
			continue
		}
		name := q.name(b.field)
		for _, col := range q.table.plan.cols {
			if col.kind == b.kind {
				name = col.name
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

// ours bounds flows to those from or to our addresses.
func (q *asker) ours() []string {
	if len(q.params.CIDRs) == 0 {
		return nil
	}
	if !q.has(addresses...) {
		q.missing = true
		return nil
	}
	// A comparison with NULL is NULL, so OR finds the side that is present.
	return []string{anyOf(q.in(q.params.CIDRs, flowlog.FieldSrcAddr), q.in(q.params.CIDRs, flowlog.FieldDstAddr))}
}

// limit returns the LIMIT clause.
func (q *asker) limit() string {
	n := q.params.Limit
	if n == 0 {
		n = defaultLimit
	}
	return "LIMIT " + strconv.Itoa(n)
}

// totals returns what is counted in each group: flows, and packets and bytes
// where the format has them.
func (q *asker) totals() []string {
	s := []string{alias("count(*)", "flows")}
	if q.has(flowlog.FieldPackets) {
		s = append(s, alias("sum("+q.col(flowlog.FieldPackets)+")", "total_packets"))
	}
	if q.has(flowlog.FieldBytes) {
		s = append(s, alias("sum("+q.col(flowlog.FieldBytes)+")", "total_bytes"))
	}
	return s
}

// most returns what the groups are sorted by: bytes if the format has them,
// flows otherwise.
func (q *asker) most() string {
	if q.has(flowlog.FieldBytes) {
		return sqlIdent("total_bytes")
	}
	return sqlIdent("flows")
}

// grouped writes the common shape: groups of columns with their totals, the
// largest first. Ties are in the order of the group, so that answers repeat.
func (q *asker) grouped(by, totals, where []string, order string, having ...string) string {
	return q.groupedFrom(q.from(), by, totals, where, order, having...)
}

// groupedFrom is grouped over from instead of the table.
func (q *asker) groupedFrom(from string, by, totals, where []string, order string, having ...string) string {
	lines := []string{"SELECT " + join(slices.Concat(by, totals)), "FROM " + from}
	lines = append(lines, conditions(where)...)
	lines = append(lines, "GROUP BY "+join(by))
	lines = append(lines, having...)
	lines = append(lines, "ORDER BY "+order+" DESC, "+join(by), q.limit())
	return strings.Join(lines, "\n")
}

// overall writes one row of totals.
func (q *asker) overall(totals, where []string) string {
	lines := []string{"SELECT " + join(totals), "FROM " + q.from()}
	return strings.Join(append(lines, conditions(where)...), "\n")
}

// groups is the common question: the groups with the most bytes, or flows
// where there are no bytes, among flows that carry a value in each.
func (q *asker) groups(where []string, by ...flowlog.Field) string {
	where = append(append(q.bounds(), q.ours()...), where...)
	where = append(where, q.present(by...)...)
	return q.grouped(q.cols(by...), q.totals(), where, q.most())
}
