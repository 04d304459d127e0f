package athena

import (
	"cmp"
	"encoding/hex"
	"net/netip"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/flowlog"
)

// DuckDBView returns the CREATE OR REPLACE VIEW statement that DuckDB needs
// before it can answer questions in its Dialect. The view has the table's name,
// in lower case and without its database, and its columns and partition
// columns. A condition on a partition column reads only the files it names.
// Each address column has a second one, such as srcaddr_hex: the address as "4:"
// or "6:" and its digits in hexadecimal, so that prefixes can be compared without
// an extension. It is NULL where there is no address, and for an IPv6 address
// with a zone or with an IPv4 address in it.
//
// The folder stands for the table's Location, such as "logs/": a local folder,
// absolute or relative to DuckDB's working directory, with slashes, or a URL that
// DuckDB reads. Empty is the Location itself; DuckDB reads s3:// with its
// extension httpfs. All files below the folder that follow the Layout are read,
// also those outside Since and Until, except those whose names begin with "_" or
// ".".
// Text that is no number in a column of numbers is NULL, as in Athena.
//
// The error is a *RuleError, with ErrLayout for a storage other than Text and
// Parquet, with ErrLocation for a folder with pattern characters (* ? [ ] { }) or
// unprintable ones, and with ErrColumn for a format with a column named as an
// added one.
//
// See https://duckdb.org/docs/stable/data/overview.
func (t *Table) DuckDBView(folder string) (string, error) {
	c, err := t.check()
	if err != nil {
		return "", err
	}
	if err := DuckDB.check(c); err != nil {
		return "", err
	}
	if folder, err = duckFolder(cmp.Or(folder, t.Location)); err != nil {
		return "", err
	}
	exprs := c.duckColumns()
	glob, pattern := c.duckPaths(folder)
	for i, col := range c.plan.cols {
		exprs = append(exprs, alias("regexp_extract("+sqlIdent(duckFile)+", "+sqlString(pattern)+", "+strconv.Itoa(i+1)+")", col.name))
	}
	options := []string{sqlString(glob)}
	read := "read_parquet"
	if t.Storage == Text {
		read = "read_csv"
		names := make([]string, len(c.columns))
		for i, col := range c.columns {
			names[i] = sqlString(col.key) + ": 'VARCHAR'"
		}
		skip := "0"
		if t.hasHeader() {
			skip = "1"
		}
		options = append(options, "columns = {"+join(names)+"}", "auto_detect = false", "header = false", "skip = "+skip,
			"delim = ' '", "quote = ''", "escape = ''", "null_padding = true", "strict_mode = false")
	}
	options = append(options, "filename = "+sqlString(duckFile), "hive_partitioning = false")
	return fits("CREATE OR REPLACE VIEW " + dialects[DuckDB].table(t) + " AS\nSELECT\n  " +
		strings.Join(exprs, ",\n  ") + "\nFROM " + read + "(\n  " + strings.Join(options, ",\n  ") + "\n)")
}

// duckFile is the column in which DuckDB gives the file of a row. No column of
// a table has a space.
const duckFile = "the file"

// hexSuffix ends the name of a column with addresses in hexadecimal.
const hexSuffix = "_hex"

// checkHex checks that no column has the name of an added one.
func (c *checked) checkHex() error {
	taken := make(map[string]bool)
	for _, col := range c.columns {
		taken[cmp.Or(col.place, col.name)] = true
	}
	for _, col := range c.plan.cols {
		taken[col.name] = true
	}
	for _, col := range c.columns {
		if name := col.name + hexSuffix; col.field.Kind() == flowlog.KindAddr && taken[name] {
			return broken(ErrColumn, "column", name, "must not be there: in DuckDB it holds the addresses of "+col.name)
		}
	}
	return nil
}

// duckTypes are DuckDB's names of AWS's types of numbers.
var duckTypes = map[flowlog.Type]string{flowlog.TypeInt32: "INTEGER", flowlog.TypeInt64: "BIGINT"}

// duckColumns returns the columns of the view, without the partition columns.
func (c *checked) duckColumns() []string {
	var exprs, added []string
	for _, col := range c.columns {
		name := cmp.Or(col.place, col.name)
		expr := sqlIdent(col.key)
		if col.field.Kind() == flowlog.KindAddr {
			added = append(added, alias(duckHex(expr), col.name+hexSuffix))
		}
		if typ := duckTypes[col.field.Type()]; typ != "" && c.table.Storage == Text {
			// DuckDB 2.0 moves a bare TRY_CAST into read_csv, where "-" then fails.
			expr = "TRY_CAST(NULLIF(" + expr + ", '-') AS " + typ + ")"
		}
		exprs = append(exprs, alias(expr, name))
	}
	return append(exprs, added...)
}

// duckFolder checks a folder and returns it as DuckDB writes it in the names of
// files, with a slash at the end.
func duckFolder(s string) (string, error) {
	switch {
	case len(s) > maxPath || !utf8.ValidString(s):
		return "", broken(ErrLocation, "folder", s, "must be valid UTF-8 of at most 1024 bytes")
	case strings.ContainsAny(s, "*?[]{}\\"):
		return "", broken(ErrLocation, "folder", s, "must not hold backslashes or the pattern characters * ? [ ] { }")
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", broken(ErrLocation, "folder", s, "must hold only printable characters")
	case strings.Contains(s, "://"):
		return strings.TrimSuffix(s, "/") + "/", nil
	}
	if s = path.Clean(s); s == "." {
		return "", nil
	}
	return strings.TrimSuffix(s, "/") + "/", nil
}

// duckPaths returns the pattern of the files below the folder, and a regular
// expression with a group for each partition column.
func (c *checked) duckPaths(folder string) (glob, pattern string) {
	var g, re strings.Builder
	g.WriteString(folder)
	re.WriteString("^" + regexp.QuoteMeta(folder))
	// The steps begin at the bucket, the folder is the table's location.
	_, above, _ := strings.Cut(strings.TrimPrefix(c.table.Location, "s3://"), "/")
	for i, s := range c.plan.steps {
		if !s.isCol {
			literal := s.literal
			if i == 0 {
				literal = strings.TrimPrefix(literal, above)
			}
			g.WriteString(literal)
			re.WriteString(regexp.QuoteMeta(literal))
			continue
		}
		re.WriteString("(")
		items := c.plan.cols[s.col].pattern
		if len(items) == 0 { // not of the time
			g.WriteString("*")
			re.WriteString("[^/]+")
		}
		for _, item := range items {
			if item.literal != "" {
				g.WriteString(item.literal)
				re.WriteString(regexp.QuoteMeta(item.literal))
			} else {
				digits := strings.Repeat("[0-9]", len(units[item.unit].letters))
				g.WriteString(digits)
				re.WriteString(digits)
			}
		}
		re.WriteString(")")
	}
	// Hive and Athena skip these names too.
	return g.String() + "**/[!_.]*", re.String()
}

// duckHex returns an address column of text in hexadecimal. The view computes
// it only where a question asks for it.
func duckHex(column string) string {
	octets := make([]string, 4)
	for i := range octets {
		octets[i] = "TRY_CAST(split_part(" + column + ", '.', " + strconv.Itoa(i+1) + ") AS UTINYINT)"
	}
	// With the missing groups between its colons an address has seven of them.
	colons := "length(regexp_replace(" + column + ", '[^:]', '', 'g'))"
	groups := "':' || replace(lower(" + column + "), '::', repeat(':', 9 - " + colons + "))"
	digits := "regexp_replace(replace(" + groups + ", ':', ':0000'), ':[0-9a-f]*([0-9a-f]{4})', '\\1', 'g')"
	return "CASE\n    WHEN regexp_full_match(" + column + ", '[0-9]+([.][0-9]+){3}')" +
		" THEN '4:' || printf('%02x%02x%02x%02x', " + join(octets) + ")\n" +
		"    WHEN regexp_full_match(" + column + ", '([0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}')" +
		" THEN '6:' || NULLIF(regexp_extract(" + digits + ", '^[0-9a-f]{32}$'), '')\n  END"
}

// hexAddr returns an address as duckHex does.
func hexAddr(a netip.Addr) string {
	family := "6:"
	if a.Is4() {
		family = "4:"
	}
	return family + hex.EncodeToString(a.AsSlice())
}

// inHexPrefixes returns the condition that an address in hexadecimal is in one
// of the prefixes. It names the address once: DuckDB puts the expression of the
// view in its place and computes it each time.
func inHexPrefixes(prefixes []netip.Prefix, address string) string {
	s := make([]string, len(prefixes))
	for i, p := range prefixes {
		p, _ = unmap(p)
		digits, whole := hexAddr(p.Addr()), p.Bits()/4
		s[i] = digits[:2+whole]
		if bits := p.Bits() % 4; bits > 0 { // of the next digit
			const all = "0123456789abcdef"
			first := strings.IndexByte(all, digits[2+whole])
			s[i] += "[" + all[first:first+16>>bits] + "]"
		}
	}
	return "regexp_matches(" + address + ", " + sqlString("^("+strings.Join(s, "|")+")") + ")"
}
