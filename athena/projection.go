package athena

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// firstFlowLog is the day VPC flow logs were announced.
var firstFlowLog = time.Date(2015, time.June, 10, 0, 0, 0, 0, time.UTC)

// projection returns the properties by which Athena computes the partitions.
// See https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html.
func (c *checked) projection() ([][2]string, error) {
	props := [][2]string{{"projection.enabled", "true"}}
	for i := range c.plan.cols {
		col := &c.plan.cols[i]
		values, err := c.project(col)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			props = append(props, [2]string{"projection." + col.name + "." + v[0], v[1]})
		}
	}
	template := c.plan.path(func(col *partitionColumn) string { return "${" + col.name + "}" })
	return append(props, [2]string{"storage.location.template", template}), nil
}

// project returns the properties of one column.
func (c *checked) project(col *partitionColumn) ([][2]string, error) {
	switch col.kind {
	case accountColumn:
		return listed(c.table.Accounts), nil
	case regionColumn:
		return listed(c.table.Regions), nil
	case fixedColumn:
		return listed([]string{col.value}), nil
	}
	last, _ := col.pattern.last()
	if col.pattern.first() == year {
		since, until := c.table.Since, "NOW"
		if since.IsZero() {
			since = firstFlowLog
		}
		if !c.table.Until.IsZero() {
			until = col.pattern.format(lastMoment(c.table.Until).UTC())
		}
		first := col.pattern.format(since.UTC())
		// A range of years that ends is a range of numbers, which every engine takes.
		// One that ends NOW must be a date: numbers have no NOW, and numbers up to a
		// future year would make folders of all its months, days and hours.
		if last == year && until != "NOW" {
			return numbered(first, until), nil
		}
		if first == until {
			// Trino does not take a range of one date.
			return listed([]string{until}), nil
		}
		return [][2]string{
			{"type", "date"},
			{"format", col.pattern.String()},
			{"range", first + "," + until},
			{"interval", "1"},
			{"interval.unit", strings.ToUpper(units[last].name) + "S"},
		}, nil
	}
	if col.pattern.first() != last {
		return nil, broken(ErrLayout, "prefix", c.table.Prefix, "has a folder "+col.pattern.String()+" that cannot be projected: name the year in it, or one unit")
	}
	u := units[last]
	return numbered(fmt.Sprintf("%02d", u.min), fmt.Sprintf("%02d", u.max)), nil
}

// ProjectedPartitions returns how many partitions Athena computes at a time for
// a query that bounds none of them. Athena lists the folder of each. An injected
// account or Region counts as one. The answer is 0 for a table that is not
// Projected, has no partitions, or breaks a rule.
func (t *Table) ProjectedPartitions(now time.Time) int {
	c, err := t.check()
	if err != nil || len(c.plan.cols) == 0 || t.Partitioning != Projected {
		return 0
	}
	from, to := t.Since, t.Until
	if from.IsZero() {
		from = firstFlowLog
	}
	if to.IsZero() {
		to = now
	}
	n := max(1, len(t.Accounts)) * max(1, len(t.Regions))
	for _, col := range c.plan.cols {
		if col.kind != timeColumn {
			continue
		}
		fine, _ := col.pattern.last()
		if col.pattern.first() != year {
			n *= units[fine].max - units[fine].min + 1
			continue
		}
		dates := 0
		for at := truncate(from, fine); at.Before(to); at = next(at, fine) {
			dates++
		}
		n *= dates
	}
	return n
}

// numbered returns the properties of a column of numbers of one width.
func numbered(from, to string) [][2]string {
	return [][2]string{{"type", "integer"}, {"range", from + "," + to}, {"digits", strconv.Itoa(len(to))}}
}

// lastMoment returns the last moment before t, which is a bound that is not
// part of its range.
func lastMoment(t time.Time) time.Time { return t.Add(-time.Nanosecond) }

// listed returns the properties of a column of known values; without them
// every query has to name the value.
func listed(values []string) [][2]string {
	if len(values) == 0 {
		return [][2]string{{"type", "injected"}}
	}
	return [][2]string{{"type", "enum"}, {"values", strings.Join(values, ",")}}
}
