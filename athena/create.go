package athena

import (
	"cmp"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// ddlTypes are DDL's names of AWS's types.
var ddlTypes = map[flowlog.Type]string{flowlog.TypeInt32: "int", flowlog.TypeInt64: "bigint", flowlog.TypeString: "string"}

// Create returns the CREATE EXTERNAL TABLE statement.
//
// The column types are those of flowlog.Field.Type: protocol is int, bytes is
// bigint. In Text and Regex tables "-" is NULL in a column of numbers and stays "-"
// in a column of strings; see View. If a partition column has the name of a column,
// Parquet and Regex tables omit the column. A Text table must keep it, because its
// columns match by position, and adds "_logged" to its name.
//
// For an Iceberg table it is the CREATE TABLE statement, which fails if the table
// exists. start and end are timestamps. Athena does not support a sort order. Spark
// can set one with ALTER TABLE ... WRITE ORDERED BY, which writers other than Athena
// follow.
//
// See https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs.html and
// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html.
func (t *Table) Create() (string, error) {
	c, err := t.check()
	if err != nil {
		return "", err
	}
	if t.iceberg() {
		return c.createIceberg()
	}
	props, err := c.properties()
	if err != nil {
		return "", err
	}
	columns, err := c.ddlColumns()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("CREATE EXTERNAL TABLE IF NOT EXISTS " + t.ddlName() + " (\n" + ddlList(columns) + "\n)\n")
	if len(c.plan.cols) > 0 {
		var parts [][2]string
		for _, col := range c.plan.cols {
			parts = append(parts, [2]string{col.name, "string"})
		}
		b.WriteString("PARTITIONED BY (\n" + ddlList(parts) + "\n)\n")
	}
	b.WriteString(c.rowFormat())
	b.WriteString("LOCATION " + ddlString(c.plan.location))
	if len(props) > 0 {
		b.WriteString("\nTBLPROPERTIES (\n" + ddlProperties(props) + "\n)")
	}
	return fits(b.String())
}

// ddlColumns returns the names and types of the table's columns, without the
// partition columns.
func (c *checked) ddlColumns() ([][2]string, error) {
	var columns [][2]string
	for _, col := range c.columns {
		if c.leftOut(col) {
			continue
		}
		columns = append(columns, [2]string{cmp.Or(col.place, col.name), ddlTypes[col.field.Type()]})
	}
	if len(columns) == 0 {
		return nil, broken(ErrColumn, "format", c.table.Format.String(), "must have a column that is no partition")
	}
	return columns, nil
}

// leftOut reports whether the table omits a column of the files.
func (c *checked) leftOut(col fileColumn) bool {
	t := c.table
	return col.place != "" && (t.Storage == Regex || t.Storage == Parquet && t.Columns == AWSNames)
}

// fileFormat is how Hive reads files: a SerDe with its properties, and the
// classes that read and write files.
type fileFormat struct {
	serde, input, output string
	props                [][2]string
}

// fileFormat returns the format of the table's files.
func (c *checked) fileFormat() fileFormat {
	const text, noKey = "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	switch c.table.Storage {
	case Regex:
		return fileFormat{"org.apache.hadoop.hive.serde2.RegexSerDe", text, noKey,
			[][2]string{{"input.regex", c.lineRegex()}, {"serialization.format", "1"}}}
	case Parquet:
		f := fileFormat{"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
			"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
			"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
			[][2]string{{"serialization.format", "1"}}}
		if c.table.Columns != AWSNames {
			// The names in the files are AWS's. Access by index ignores them.
			f.props = append([][2]string{{"parquet.column.index.access", "true"}}, f.props...)
		}
		return f
	}
	return fileFormat{"org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", text, noKey,
		[][2]string{{"field.delim", " "}, {"serialization.format", " "}}}
}

// rowFormat returns the clauses that name the SerDe.
func (c *checked) rowFormat() string {
	if c.table.Storage == Text {
		return "ROW FORMAT DELIMITED\n  FIELDS TERMINATED BY ' '\nSTORED AS TEXTFILE\n"
	}
	f := c.fileFormat()
	s := "ROW FORMAT SERDE " + ddlString(f.serde) + "\n"
	// serialization.format is the last property, and Hive's default.
	if props := f.props[:len(f.props)-1]; len(props) > 0 {
		s += "WITH SERDEPROPERTIES (\n" + ddlProperties(props) + "\n)\n"
	}
	if c.table.Storage == Regex {
		return s + "STORED AS TEXTFILE\n"
	}
	return s + "STORED AS INPUTFORMAT " + ddlString(f.input) + "\nOUTPUTFORMAT " + ddlString(f.output) + "\n"
}

// lineRegex returns the regular expression of a line, a group for each column.
func (c *checked) lineRegex() string {
	var b strings.Builder
	b.WriteString(`^\s*`)
	for i, col := range c.columns {
		if i > 0 {
			b.WriteString(`\s+`)
		}
		if c.leftOut(col) {
			b.WriteString(`\S+`)
		} else {
			b.WriteString(`(\S+)`)
		}
	}
	b.WriteString(`(?:\s.*)?$`)
	return b.String()
}

// hasHeader reports whether each file begins with a header line.
func (t *Table) hasHeader() bool {
	switch {
	case t.Storage == Parquet || t.Header == NoHeader:
		return false
	case t.Header == HeaderLine:
		return true
	}
	return t.Layout.s3() || t.Layout == Unpartitioned && strings.Contains(t.Location, "/"+awsLogs+"/")
}

// properties returns the table's properties in order.
func (c *checked) properties() ([][2]string, error) {
	var props [][2]string
	if c.table.hasHeader() {
		props = append(props, [2]string{"skip.header.line.count", "1"})
	}
	if len(c.plan.cols) == 0 || c.table.Partitioning == Explicit {
		return props, nil
	}
	projection, err := c.projection()
	return append(props, projection...), err
}
