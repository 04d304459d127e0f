package athena

import (
	"iter"
	"net/url"
	"strings"
	"time"
)

// Partition names a partition of a table: a time, and for the S3 layouts an
// account and a Region. The layout says which unit of the time counts.
// Partitions that a Table returned are comparable with ==.
type Partition struct {
	Account, Region string
	Time            time.Time // UTC, the start of the unit
}

// AddPartitions returns ALTER TABLE ADD IF NOT EXISTS PARTITION statements,
// each with as many partitions as Athena's limit of 262,144 bytes allows. A
// partition given twice is added once. The table must be Explicit. Without
// partitions there are no statements.
//
// See https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html.
func (t *Table) AddPartitions(p ...Partition) ([]string, error) {
	return t.alter(p, "ADD IF NOT EXISTS", " ", func(c *checked, part Partition) string {
		return "PARTITION " + c.spec(part) + " LOCATION " + ddlString(c.folder(part))
	})
}

// DropPartitions returns ALTER TABLE DROP IF EXISTS PARTITION statements, as
// AddPartitions does. The files stay where they are.
func (t *Table) DropPartitions(p ...Partition) ([]string, error) {
	return t.alter(p, "DROP IF EXISTS", ", ", func(c *checked, part Partition) string {
		return "PARTITION " + c.spec(part)
	})
}

// alter packs clauses into statements.
func (t *Table) alter(parts []Partition, verb, sep string, clause func(*checked, Partition) string) ([]string, error) {
	c, err := t.explicit()
	if err != nil {
		return nil, err
	}
	head := "ALTER TABLE " + t.ddlName() + " " + verb + " "
	var out []string
	var b strings.Builder
	seen := make(map[Partition]bool, len(parts))
	for _, p := range parts {
		if err := c.checkPartition(p); err != nil {
			return nil, err
		}
		if p = c.normal(p); seen[p] {
			continue
		}
		seen[p] = true
		s := clause(c, p)
		if b.Len() > 0 && b.Len()+len(sep)+len(s) > maxStatement {
			out = append(out, b.String())
			b.Reset()
		}
		if b.Len() == 0 {
			b.WriteString(head)
		} else {
			b.WriteString(sep)
		}
		b.WriteString(s)
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out, nil
}

// explicit checks the table, and that its partitions are in the catalog.
func (t *Table) explicit() (*checked, error) {
	c, err := t.check()
	if err != nil {
		return nil, err
	}
	if len(c.plan.cols) == 0 {
		return nil, broken(ErrLayout, "layout", t.Layout.String(), "has no partitions")
	}
	if t.Partitioning != Explicit {
		return nil, broken(ErrLayout, "partitioning", t.Partitioning.String(), "must be explicit: Athena ignores the catalog's partitions of a projected table")
	}
	return c, nil
}

// checkPartition checks that a partition is one of the layout's.
func (c *checked) checkPartition(p Partition) error {
	if err := checkTime(ErrPartition, "partition time", p.Time); err != nil {
		return err
	}
	if !c.table.Layout.s3() {
		if p.Account != "" || p.Region != "" {
			return broken(ErrPartition, "partition account", p.Account+p.Region, "is for the S3 layouts only")
		}
		return nil
	}
	if err := checkAccount(ErrPartition, "partition account", p.Account); err != nil {
		return err
	}
	return checkRegion(ErrPartition, "partition region", p.Region)
}

// normal returns the partition with its time at the start of the unit.
func (c *checked) normal(p Partition) Partition {
	p.Time = truncate(p.Time, c.plan.fine)
	return p
}

// of returns the value of a column for a partition.
func (c *partitionColumn) of(p Partition) string {
	switch c.kind {
	case accountColumn:
		return p.Account
	case regionColumn:
		return p.Region
	case fixedColumn:
		return c.value
	}
	return c.pattern.format(p.Time)
}

// spec returns the clause that names a partition.
func (c *checked) spec(p Partition) string {
	s := make([]string, len(c.plan.cols))
	for i := range c.plan.cols {
		s[i] = ddlIdent(c.plan.cols[i].name) + "=" + ddlString(c.plan.cols[i].of(p))
	}
	return "(" + strings.Join(s, ", ") + ")"
}

// folder returns the folder of a partition.
func (c *checked) folder(p Partition) string {
	return c.plan.path(func(col *partitionColumn) string { return col.of(p) })
}

// PartitionLocation returns the folder of the objects of a partition, such as
// "s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/",
// for projected and explicit tables. It is the inverse of ParseKey and
// Table.Partition, which returns the partition of a key in that folder. The
// error is that of AddPartitions for a partition the layout does not have, and
// an ErrLayout for a table without partitions.
func (t *Table) PartitionLocation(p Partition) (string, error) {
	c, err := t.check()
	if err != nil {
		return "", err
	}
	if len(c.plan.cols) == 0 {
		return "", broken(ErrLayout, "layout", t.Layout.String(), "has no partitions")
	}
	if err := c.checkPartition(p); err != nil {
		return "", err
	}
	return c.folder(c.normal(p)), nil
}

// Repair returns the MSCK REPAIR TABLE statement, which lists the whole location
// and adds the partitions it finds. It works for Explicit tables whose folders
// are all name=value; others need AddPartitions. It drops no partition, and the
// role that runs it needs glue:BatchCreatePartition.
//
// See https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html.
func (t *Table) Repair() (string, error) {
	c, err := t.explicit()
	if err != nil {
		return "", err
	}
	if !c.plan.hive {
		return "", broken(ErrLayout, "layout", t.Layout.String(), "must have name=value folders only, MSCK REPAIR TABLE finds no others; use AddPartitions")
	}
	return "MSCK REPAIR TABLE " + t.ddlName(), nil
}

// ShowPartitions returns the SHOW PARTITIONS statement. Each row of its answer
// is one partition; ParsePartition reads it.
func (t *Table) ShowPartitions() (string, error) {
	if _, err := t.explicit(); err != nil {
		return "", err
	}
	return "SHOW PARTITIONS " + t.ddlName(), nil
}

// ParsePartition reads a row of SHOW PARTITIONS, such as
// "datehour=2026%2F11%2F22%2F05": the columns in order with slashes between,
// values percent-encoded as Hive does.
func (t *Table) ParsePartition(row string) (Partition, error) {
	c, err := t.explicit()
	if err != nil {
		return Partition{}, err
	}
	refuse := func(rule string) (Partition, error) {
		return Partition{}, broken(ErrPartition, "partition", row, rule)
	}
	fields := strings.Split(row, "/")
	if len(fields) != len(c.plan.cols) {
		return refuse("must name each partition column once")
	}
	var m match
	for i, f := range fields {
		name, escaped, ok := strings.Cut(f, "=")
		if name, err := url.PathUnescape(name); !ok || err != nil || !strings.EqualFold(name, c.plan.cols[i].name) {
			return refuse("must name the column " + c.plan.cols[i].name)
		}
		value, err := url.PathUnescape(escaped)
		if err != nil || m.column(&c.plan.cols[i], value) != len(value) {
			return refuse("has an invalid value of column " + c.plan.cols[i].name + "")
		}
	}
	p, ok := m.partition()
	if !ok {
		return refuse("has a date that does not exist")
	}
	return p, nil
}

// PartitionEnd returns the moment at which the time of a partition ends: an
// hour, a day, a month or a year after its start, as the layout has it. It is
// the partition's own time if the table breaks a rule or has no partitions.
func (t *Table) PartitionEnd(p Partition) time.Time {
	c, err := t.check()
	if err != nil || len(c.plan.cols) == 0 {
		return p.Time
	}
	return next(truncate(p.Time, c.plan.fine), c.plan.fine)
}

// Partitions yields the partitions of the time [from, to), for every account
// and Region of the table: to add them ahead, to drop them, to fill a table
// hour by hour. It yields nothing if the table breaks a rule, has no
// partitions, or is of an S3 layout without Accounts and Regions.
func (t *Table) Partitions(from, to time.Time) iter.Seq[Partition] {
	return func(yield func(Partition) bool) {
		c, err := t.check()
		if err != nil || len(c.plan.cols) == 0 || checkTime(ErrRange, "", from) != nil || checkTime(ErrRange, "", to) != nil {
			return
		}
		accounts, regions := t.Accounts, t.Regions
		if !t.Layout.s3() {
			accounts, regions = []string{""}, []string{""}
		}
		for at := truncate(from, c.plan.fine); at.Before(to); at = next(at, c.plan.fine) {
			for _, a := range accounts {
				for _, r := range regions {
					if !yield(Partition{a, r, at}) {
						return
					}
				}
			}
		}
	}
}
