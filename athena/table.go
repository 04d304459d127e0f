package athena

import (
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Table describes an Athena table over flow logs in S3. Its methods return
// statements as text; none of them changes it, so a Table may be shared once
// it is filled in. Every method checks the Table first and returns a
// *RuleError for what Athena would refuse.
type Table struct {
	// Database and Name are Athena's names: ASCII letters, digits and
	// underscores. Statements hold them in lower case, as Athena keeps them. An
	// empty Database leaves it to the context the statement runs in.
	Database, Name string

	// Location is where the log is delivered to: s3://bucket/ or
	// s3://bucket/folder/, with the slash at the end. For the S3 layouts it is
	// the folder that holds AWSLogs/, or AWSLogs/ itself, or, for the logs of an
	// organization, AWSLogs/o-exampleorgid/.
	Location string

	// Format is the order of the log's columns. Columns of unknown name become
	// columns of type string.
	Format *flowlog.Format

	Storage Storage
	Layout  Layout
	Columns Naming

	// Hourly partitions an Iceberg table by the hour of the start of the flow
	// instead of the day.
	Hourly bool

	// Catalog is "s3tablescatalog/" and the name of a table bucket for an Iceberg
	// table in S3 Tables, empty otherwise. Such a table has no Location, Database
	// is its namespace, and names follow the narrower rules of S3 Tables. SELECT,
	// INSERT and MERGE name the catalog; Create and Drop take it from the context
	// they run in. S3 Tables has no views and refuses OPTIMIZE and VACUUM.
	// See https://docs.aws.amazon.com/athena/latest/ug/gdc-register-s3-table-bucket-cat.html.
	Catalog string

	// Partitioning is Projected (the zero value) or Explicit; it has no meaning
	// for Unpartitioned.
	Partitioning Partitioning

	// Prefix is the custom prefix of the Firehose layout in Firehose's own
	// syntax, such as "vpc/dt=!{timestamp:yyyy-MM-dd}/", relative to Location.
	// Empty is Firehose's default. A folder written name=!{timestamp:...} is a
	// partition column of that name; any other run of the time is one column,
	// datehour, day or month by how fine it is. The time must be UTC and be
	// named from the year down; dynamic partitioning is not supported.
	Prefix string

	// ServiceKey is the name of the service's folder in the Hive-compatible
	// layouts. AWS's pages disagree: empty is "aws-service", as for VPC flow
	// logs; the page on transit gateways has "service".
	ServiceKey string

	// Header says whether each text file begins with a header line; see
	// HeaderAuto.
	Header Header

	// Accounts and Regions are those that deliver to the S3 layouts. A projected
	// table lists them. Left empty, they are injected: every query must then
	// name them, which Queries does from Params.
	Accounts, Regions []string

	// Since and Until bound a projected table: Athena finds nothing outside them,
	// without an error. The zero Since is 10 June 2015, before which no flow log
	// exists; give the day your log begins, or queries without a time list years
	// of empty folders (see ProjectedPartitions). The zero Until is the present.
	//
	// Where the year is a column of its own, as in the Hive-compatible layouts,
	// Until makes it a range of numbers. Without Until it is a date of YEARS, since
	// only dates can end NOW; a prefix by yyyy/MM is a date of MONTHS. Athena
	// documents both, but Trino does not take them, so only these tables have not
	// been tried on an engine.
	Since, Until time.Time
}

// fileColumn is a column of the files.
type fileColumn struct {
	name  string        // under which its values are read
	field flowlog.Field // zero for an unknown column
	key   string        // AWS's name with underscores, in lower case
	// place is the name it has in the table if a partition column has its name,
	// such as "region_logged", "" otherwise. In text it cannot be left out, or the
	// columns after it would move.
	place string
}

// articleColumns are the article's names that are not AWS's without hyphens.
var articleColumns = map[flowlog.Field]string{
	flowlog.FieldAccountID: "account",
	flowlog.FieldSrcAddr:   "sourceaddress",
	flowlog.FieldDstAddr:   "destinationaddress",
	flowlog.FieldSrcPort:   "sourceport",
	flowlog.FieldDstPort:   "destinationport",
	flowlog.FieldStart:     "starttime",
	flowlog.FieldEnd:       "endtime",
}

// columnName returns the name of a column; key is AWS's name of it.
func (n Naming) columnName(f flowlog.Field, key string) string {
	if n != ArticleNames {
		return key
	}
	if s, ok := articleColumns[f]; ok {
		return s
	}
	return strings.ReplaceAll(key, "_", "")
}

// checked is a Table that has passed its checks, with what its statements need.
type checked struct {
	table   *Table
	plan    *plan
	columns []fileColumn // in the order of the format
}

// check checks the Table against every rule.
func (t *Table) check() (*checked, error) {
	if t.Database != "" {
		if err := checkName("database name", t.Database); err != nil {
			return nil, err
		}
	}
	if err := checkName("table name", t.Name); err != nil {
		return nil, err
	}
	if err := t.checkIceberg(); err != nil {
		return nil, err
	}
	if !t.s3Tables() {
		if err := checkLocation("location", t.Location); err != nil {
			return nil, err
		}
	}
	if t.Format == nil || t.Format.Len() == 0 {
		return nil, broken(ErrFormat, "format", "", "must have a column")
	}
	for _, e := range []struct {
		what  string
		names []string
		v     uint8
	}{
		{"storage", storageNames[:], uint8(t.Storage)},
		{"layout", layoutNames[:], uint8(t.Layout)},
		{"naming", namingNames[:], uint8(t.Columns)},
		{"partitioning", partitioningNames[:], uint8(t.Partitioning)},
		{"header", headerNames[:], uint8(t.Header)},
	} {
		if err := checkEnum(e.what, e.names, e.v); err != nil {
			return nil, err
		}
	}
	if err := t.checkBounds(); err != nil {
		return nil, err
	}
	p, err := t.plan()
	if err != nil {
		return nil, err
	}
	columns, err := t.fileColumns(p)
	if err != nil {
		return nil, err
	}
	return &checked{t, p, columns}, nil
}

// Validate returns the *RuleError that Create and the other methods would
// return for the Table itself, or nil.
func (t *Table) Validate() error {
	_, err := t.check()
	return err
}

// checkBounds checks the accounts, the Regions and the time.
func (t *Table) checkBounds() error {
	if !t.Layout.s3() && len(t.Accounts)+len(t.Regions) > 0 {
		return broken(ErrLayout, "accounts and regions", "", "are for the S3 layouts only")
	}
	for _, list := range []struct {
		what   string
		values []string
		check  func(kind error, what, s string) error
	}{{"account", t.Accounts, checkAccount}, {"region", t.Regions, checkRegion}} {
		seen := make(map[string]bool, len(list.values))
		for _, s := range list.values {
			if err := list.check(ErrPartition, list.what, s); err != nil {
				return err
			}
			if seen[s] {
				return broken(ErrPartition, list.what, s, "must not be given twice")
			}
			seen[s] = true
		}
	}
	return checkRange("since and until", t.Since, t.Until)
}

// checkRange checks that from is before to. A zero time is no bound.
func checkRange(what string, from, to time.Time) error {
	for _, t := range []time.Time{from, to} {
		if err := checkTime(ErrRange, what, t); err != nil && !t.IsZero() {
			return err
		}
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return broken(ErrRange, what, from.UTC().Format(time.RFC3339)+" to "+to.UTC().Format(time.RFC3339), "must not end before it starts")
	}
	return nil
}

// checkTime returns an error for a time whose year does not have four digits.
func checkTime(kind error, what string, t time.Time) error {
	if y := t.UTC().Year(); t.IsZero() || y < 1970 || y > 9998 {
		return broken(kind, what, t.UTC().Format(time.RFC3339), "must lie between 1970 and 9998")
	}
	return nil
}

// fileColumns names the columns of the files, in order.
func (t *Table) fileColumns(p *plan) ([]fileColumn, error) {
	fields, keys := t.Format.Fields(), t.Format.Columns()
	columns := make([]fileColumn, len(fields))
	taken := make(map[string]bool, len(fields)+len(p.cols))
	for i, field := range fields {
		key := strings.ToLower(keys[i])
		c := fileColumn{name: t.Columns.columnName(field, key), field: field, key: key}
		if err := checkName("column", c.name); err != nil {
			return nil, err
		}
		if taken[c.name] {
			return nil, broken(ErrColumn, "column", c.name, "must not be there twice; Athena ignores the letter case")
		}
		taken[c.name] = true
		columns[i] = c
	}
	for _, pc := range p.cols {
		taken[pc.name] = true
	}
	for _, pc := range p.cols {
		i := slices.IndexFunc(columns, func(c fileColumn) bool { return c.name == pc.name })
		if i < 0 {
			continue
		}
		place := pc.name
		for taken[place] {
			place += "_logged"
		}
		taken[place] = true
		columns[i].place = place
		if err := checkName("column", place); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

// ddlName returns the table's name in DDL.
func (t *Table) ddlName() string { return t.qualify(t.Name, ddlIdent) }

// sqlName returns the table's name in SELECT.
func (t *Table) sqlName() string {
	name := t.qualify(t.Name, sqlIdent)
	if t.s3Tables() {
		name = sqlIdent(t.Catalog) + "." + name
	}
	return name
}

// qualify puts the database before a name.
func (t *Table) qualify(name string, quote func(string) string) string {
	name = quote(strings.ToLower(name))
	if t.Database == "" {
		return name
	}
	return quote(strings.ToLower(t.Database)) + "." + name
}

// Drop returns the DROP TABLE statement. It leaves the files where they are,
// except for those of an Iceberg table: with that, Athena deletes the data.
func (t *Table) Drop() (string, error) {
	if _, err := t.check(); err != nil {
		return "", err
	}
	return "DROP TABLE IF EXISTS " + t.ddlName(), nil
}
