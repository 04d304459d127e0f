package athena

import (
	"strings"
	"time"
)

// within returns the conditions that bound the partitions to those that hold
// records of [from, to) which arrive at most late after to.
func (c *checked) within(from, to time.Time, late time.Duration) []string {
	var times []*partitionColumn
	for i := range c.plan.cols {
		if c.plan.cols[i].kind == timeColumn {
			times = append(times, &c.plan.cols[i])
		}
	}
	if len(times) == 0 || from.IsZero() && to.IsZero() {
		return nil
	}
	if !to.IsZero() {
		to = lastMoment(to.Add(late))
	}
	var s []string
	for i, col := range times {
		name := sqlIdent(col.name)
		switch {
		case from.IsZero():
			s = append(s, name+" <= "+sqlString(col.at(to)))
		case to.IsZero():
			s = append(s, name+" >= "+sqlString(col.at(from)))
		case col.at(from) == col.at(to):
			s = append(s, name+" = "+sqlString(col.at(to)))
			continue
		default:
			s = append(s, name+" BETWEEN "+sqlString(col.at(from))+" AND "+sqlString(col.at(to)))
		}
		// The first column that differs bounds what is listed. The finer columns
		// count only together with it.
		if i+1 < len(times) {
			s = append(s, together(times[i:], from, to))
		}
		break
	}
	return s
}

// at returns the value of a column of the time at t.
func (c *partitionColumn) at(t time.Time) string { return c.pattern.format(t.UTC()) }

// together bounds columns that sort like the time only when they are concatenated.
func together(times []*partitionColumn, from, to time.Time) string {
	var names []string
	var lo, hi strings.Builder
	for _, col := range times {
		names = append(names, sqlIdent(col.name))
		if !from.IsZero() {
			lo.WriteString(col.at(from))
		}
		if !to.IsZero() {
			hi.WriteString(col.at(to))
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
