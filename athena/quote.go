package athena

import "strings"

// Athena has two languages. DDL is Hive's: identifiers in backticks, string
// literals with backslash escapes. SELECT, views, CTAS and INSERT are Trino's:
// identifiers in double quotes, string literals in which only the quote itself
// is doubled. Every value in a statement that is not written in this package goes
// through one of the functions below, or is a number.
// See https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html.

// ddlIdent quotes an identifier for DDL.
func ddlIdent(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// ddlString quotes a string literal for DDL.
func ddlString(s string) string { return "'" + ddlEscape.Replace(s) + "'" }

var ddlEscape = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// sqlIdent quotes an identifier for SELECT, INSERT and views.
func sqlIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// bare returns an identifier as it is. OPTIMIZE and VACUUM take no double quotes, and
// backticks only in VACUUM around the name of the table. Names have been checked: they
// hold letters, digits and underscores.
// See https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html.
func bare(s string) string { return s }

// sqlString quotes a string literal for SELECT, INSERT and views.
func sqlString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// sqlStrings quotes a list of string literals.
func sqlStrings(s []string) string {
	q := make([]string, len(s))
	for i, v := range s {
		q[i] = sqlString(v)
	}
	return strings.Join(q, ", ")
}
