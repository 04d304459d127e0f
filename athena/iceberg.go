package athena

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// iceberg reports whether the table is an Iceberg table.
func (t *Table) iceberg() bool { return t.Storage == Iceberg }

// s3Tables reports whether the table is in a table bucket of S3 Tables.
func (t *Table) s3Tables() bool { return t.Catalog != "" }

var tableBucket = regexp.MustCompile(`^s3tablescatalog/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// checkIceberg checks the rules of Iceberg tables, and that no other table has their
// options.
func (t *Table) checkIceberg() error {
	switch {
	case !t.iceberg() && t.Catalog != "":
		return broken(ErrLayout, "catalog", t.Catalog, "is for Iceberg tables only")
	case !t.iceberg() && t.Hourly:
		return broken(ErrLayout, "hourly", "", "is for Iceberg tables only")
	case !t.iceberg():
		return nil
	case t.Layout != Unpartitioned:
		return broken(ErrLayout, "layout", t.Layout.String(), "must be unpartitioned: an Iceberg table makes its partitions from the start of the flow")
	case t.Format != nil && t.Format.Len() > 0 && !t.Format.FieldSet().Has(flowlog.FieldStart):
		return broken(ErrFormat, "format", t.Format.String(), "must have the field start, from which an Iceberg table makes its partitions")
	case !t.s3Tables():
		return nil
	case !tableBucket.MatchString(t.Catalog):
		return broken(ErrName, "catalog", t.Catalog, "must be s3tablescatalog/ and the name of a table bucket: 3 to 63 lower-case letters, digits and hyphens")
	case t.Location != "":
		return broken(ErrLocation, "location", t.Location, "must be empty: S3 Tables says where its tables lie")
	}
	for _, n := range []struct{ what, name string }{{"database name", t.Database}, {"table name", t.Name}} {
		switch {
		case n.name == "":
			return broken(ErrName, n.what, "", "must not be empty in S3 Tables")
		case n.name[0] == '_' || n.name[len(n.name)-1] == '_':
			return broken(ErrName, n.what, n.name, "must begin and end with a letter or a digit in S3 Tables")
		}
	}
	if strings.HasPrefix(strings.ToLower(t.Database), "aws") {
		return broken(ErrName, "database name", t.Database, "must not begin with aws in S3 Tables")
	}
	return nil
}

// period returns the unit of an Iceberg table's partitions.
func (t *Table) period() unit {
	if t.Hourly {
		return hour
	}
	return day
}

// startName returns the name of the column of the start of the flow.
func (c *checked) startName() string {
	i := slices.IndexFunc(c.columns, func(col fileColumn) bool { return col.field == flowlog.FieldStart })
	return c.columns[i].name
}

// isTime reports whether a column is a timestamp in the table.
func (t *Table) isTime(col fileColumn) bool {
	return t.iceberg() && col.field.Kind() == flowlog.KindTime
}

// createIceberg returns the statement that creates an Iceberg table.
func (c *checked) createIceberg() (string, error) {
	var columns [][2]string
	for _, col := range c.columns {
		typ := ddlTypes[col.field.Type()]
		if c.table.isTime(col) {
			typ = "timestamp"
		}
		columns = append(columns, [2]string{col.name, typ})
	}
	s := "CREATE TABLE " + c.table.ddlName() + " (\n" + ddlList(columns) + "\n)\n" +
		"PARTITIONED BY (" + units[c.table.period()].name + "(" + ddlIdent(c.startName()) + "))\n"
	props := [][2]string{{"table_type", "ICEBERG"}}
	if !c.table.s3Tables() {
		s += "LOCATION " + ddlString(c.plan.location) + "\n"
		props = append(props, [2]string{"format", "parquet"}, [2]string{"write_compression", "zstd"})
	}
	return fits(s + "TBLPROPERTIES (\n" + ddlProperties(props) + "\n)")
}

// icebergProperties returns the properties of a CREATE TABLE AS statement.
func (w *writing) icebergProperties() []string {
	t := w.dst.table
	partitioning := "partitioning = ARRAY[" + sqlString(units[t.period()].name+"("+w.dst.startName()+")") + "]"
	if t.s3Tables() {
		return []string{"format = 'PARQUET'", partitioning}
	}
	return []string{
		"table_type = 'ICEBERG'",
		"is_external = false",
		"format = 'PARQUET'",
		"write_compression = " + sqlString(w.opts.Compression.String()),
		"location = " + sqlString(w.dst.plan.location),
		partitioning,
	}
}

// MergeFrom returns MERGE INTO statements that add to an Iceberg table the records of
// src that it does not have yet. Running them again adds nothing, and lines that were
// delivered twice become one row. In everything else it is like InsertFrom.
//
// Two records are the same if all their columns are equal, or those in
// WriteOptions.Key. Absent values are equal to each other. Rows that are already twice in
// the table stay.
//
// How much of the table a statement reads is up to the engine. Trino reads only the
// partitions that have the starts of the records if it has statistics by which src is the
// smaller side, as of an Iceberg table, and otherwise all of it. No bound of the start is
// safe, because a folder of src may hold records that started at any time before: with
// one, records outside it would be added by every run. See
// https://docs.aws.amazon.com/athena/latest/ug/merge-into-statement.html.
func (t *Table) MergeFrom(src *Table, opts *WriteOptions) ([]string, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	if !t.iceberg() {
		return nil, broken(ErrLayout, "storage", t.Storage.String(), "must be iceberg: Athena merges into no other table")
	}
	w, err := t.writing(src, opts)
	if err != nil {
		return nil, err
	}
	key, err := w.key()
	if err != nil {
		return nil, err
	}
	names := w.names()
	same := make([]string, len(key))
	for i, col := range key {
		same[i] = sameValue(col, `"t".`, `"s".`)
	}
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = `"s".` + name
	}
	head := "MERGE INTO " + t.sqlName() + " AS \"t\"\nUSING (\n"
	tail := "\n) AS \"s\"\nON (" + strings.Join(same, "\n  AND ") + ")\n" +
		"WHEN NOT MATCHED THEN INSERT (" + join(names) + ")\nVALUES (" + join(values) + ")"
	out := make([]string, len(w.chunks))
	for i, chunk := range w.chunks {
		if out[i], err = fits(head + w.distinct(chunk, key) + tail); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sameValue returns the condition that a column has the same value in two tables, where
// absent values are equal to each other. If possible the condition is an equation,
// because engines have fast joins for equations.
func sameValue(col fileColumn, t, s string) string {
	name := sqlIdent(col.name)
	same := t + name + " IS NOT DISTINCT FROM " + s + name
	equal := func(absent string) string {
		return "COALESCE(" + t + name + ", " + absent + ") = COALESCE(" + s + name + ", " + absent + ")"
	}
	switch {
	case col.field == flowlog.FieldStart:
		// The equation is for the join. The other condition tells an absent start from
		// 1970, and compares the column itself, by which partitions can be pruned.
		return equal(sqlTime(time.Unix(0, 0))) + "\n  AND " + same
	case col.field.Type() == flowlog.TypeString:
		return equal("'-'") // which is never a value
	}
	return same
}

// key returns the columns by which MergeFrom tells records apart, the start
// first.
func (w *writing) key() ([]fileColumn, error) {
	var key []fileColumn
	wanted := w.opts.Key
	for _, f := range wanted {
		if !w.dst.table.Format.FieldSet().Has(f) {
			return nil, broken(ErrColumn, "key", f.String(), "must be a field of the table")
		}
	}
	if len(wanted) > 0 && !slices.Contains(wanted, flowlog.FieldStart) {
		return nil, broken(ErrColumn, "key", "", "must contain start, by which the table is partitioned")
	}
	for _, c := range w.dst.columns {
		if len(wanted) == 0 || c.field != 0 && slices.Contains(wanted, c.field) {
			key = append(key, c)
		}
	}
	i := slices.IndexFunc(key, func(c fileColumn) bool { return c.field == flowlog.FieldStart })
	start := key[i]
	return slices.Insert(slices.Delete(key, i, i+1), 0, start), nil
}

// distinct returns the SELECT of one range with one row for each key.
func (w *writing) distinct(chunk [2]time.Time, key []fileColumn) string {
	if len(key) == len(w.dst.columns) {
		return w.selectFrom(chunk, "DISTINCT")
	}
	by := make([]string, len(key))
	for i, c := range key {
		by[i] = sqlIdent(c.name)
	}
	number := "copy"
	for slices.ContainsFunc(w.dst.columns, func(c fileColumn) bool { return c.name == number }) {
		number += "_"
	}
	names := join(w.names())
	return "SELECT " + names + "\nFROM (\nSELECT " + names + ", row_number() OVER (PARTITION BY " + join(by) + " ORDER BY " + names + ") AS " + sqlIdent(number) +
		"\nFROM (\n" + w.selectFrom(chunk, "") + "\n)\n)\nWHERE " + sqlIdent(number) + " = 1"
}

// Optimize returns the OPTIMIZE statement, which merges the small files of an Iceberg
// table and removes the rows that MERGE has marked as deleted. From and To of opts may
// bound the partitions; each must be the start of a day, or of an hour in an Hourly
// table. S3 Tables optimizes its tables itself, so for these it is an error.
//
// See https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html.
func (t *Table) Optimize(opts *WriteOptions) (string, error) {
	c, err := t.maintained()
	if err != nil {
		return "", err
	}
	if opts == nil {
		opts = &WriteOptions{}
	}
	if err := checkRange("from and to", opts.From, opts.To); err != nil {
		return "", err
	}
	var where []string
	for _, b := range []struct {
		at time.Time
		op string
	}{{opts.From, " >= "}, {opts.To, " < "}} {
		if b.at.IsZero() {
			continue
		}
		if !truncate(b.at, t.period()).Equal(b.at) {
			return "", broken(ErrRange, "from and to", b.at.UTC().Format(time.RFC3339), "must lie on the start of a "+units[t.period()].name+" (UTC): OPTIMIZE takes whole partitions")
		}
		where = append(where, sqlIdent(c.startName())+b.op+sqlTime(b.at))
	}
	lines := append([]string{"OPTIMIZE " + t.qualify(t.Name, bare) + " REWRITE DATA USING BIN_PACK"}, conditions(where)...)
	return strings.Join(lines, "\n"), nil
}

// Vacuum returns the VACUUM statement, which deletes the snapshots of an Iceberg
// table that are older than five days, and the files that only they need. The table
// property vacuum_max_snapshot_age_seconds sets another age. If Athena answers
// ICEBERG_VACUUM_MORE_RUNS_NEEDED, run the statement again. The table must be in a
// folder: at the top of a bucket VACUUM fails, so Vacuum returns a *RuleError. S3 Tables
// does all this itself, so for its tables it is an error too.
//
// See https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html.
func (t *Table) Vacuum() (string, error) {
	c, err := t.maintained()
	if err != nil {
		return "", err
	}
	if t.Location == c.plan.bucket {
		return "", broken(ErrLocation, "location", t.Location, "must be a folder in the bucket: VACUUM fails at the top of one")
	}
	name := t.qualify(t.Name, bare)
	if t.Name[0] == '_' {
		// Only the name of the table goes in backticks.
		head := strings.TrimSuffix(name, strings.ToLower(t.Name))
		name = head + ddlIdent(name[len(head):])
	}
	return "VACUUM " + name, nil
}

// maintained checks that the table is one that Athena maintains.
func (t *Table) maintained() (*checked, error) {
	c, err := t.check()
	switch {
	case err != nil:
		return nil, err
	case !t.iceberg():
		return nil, broken(ErrLayout, "storage", t.Storage.String(), "must be iceberg")
	case t.s3Tables():
		return nil, broken(ErrLayout, "catalog", t.Catalog, "must be empty: S3 Tables maintains its tables itself and refuses OPTIMIZE and VACUUM")
	}
	return c, nil
}
