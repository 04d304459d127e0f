package athena

import (
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// View returns the CREATE OR REPLACE VIEW statement of a view, in the database of the
// table, with columns of more precise types. Addresses are IPADDRESS. start and end are
// timestamp(3) in UTC; in an Iceberg table they are timestamps already. Absent values,
// whether "-", empty or NULL, are NULL. Numbers stay numbers, and 0 stays 0. The
// partition columns follow unchanged, so that queries over the view read only the
// partitions they need. Tags stay percent-encoded; url_decode decodes them. S3 Tables
// has no views.
//
// See https://docs.aws.amazon.com/athena/latest/ug/create-view.html.
func (t *Table) View(name string) (string, error) {
	c, err := t.check()
	if err != nil {
		return "", err
	}
	if err := checkName("view name", name); err != nil {
		return "", err
	}
	if strings.EqualFold(name, t.Name) {
		return "", broken(ErrName, "view name", name, "must not be the table's")
	}
	if t.s3Tables() {
		return "", broken(ErrLayout, "catalog", t.Catalog, "must be empty: S3 Tables has no views")
	}
	var exprs []string
	for _, col := range c.columns {
		if col.place == "" {
			exprs = append(exprs, alias(c.meaning(col), col.name))
		}
	}
	for _, col := range c.plan.cols {
		exprs = append(exprs, sqlIdent(col.name))
	}
	return fits("CREATE OR REPLACE VIEW " + t.qualify(name, sqlIdent) + " AS\nSELECT\n  " +
		strings.Join(exprs, ",\n  ") + "\nFROM " + t.sqlName())
}

// meaning returns a column in the type of what it means.
func (c *checked) meaning(col fileColumn) string {
	name := sqlIdent(col.name)
	switch col.field.Kind() {
	case flowlog.KindAddr:
		return "TRY_CAST(" + name + " AS IPADDRESS)"
	case flowlog.KindTime:
		if c.table.iceberg() {
			return name // unchanged, so that a query over the view prunes partitions
		}
		return toTimestamp(name, 3)
	}
	return plain(col)
}
