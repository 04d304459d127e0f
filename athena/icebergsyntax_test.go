package athena

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// icebergStatement is what OPTIMIZE, VACUUM, MERGE INTO or CREATE TABLE AS says.
type icebergStatement struct {
	verb, query string // the first word; what follows USING or AS
	table       []string
	props       [][2]string // of CREATE TABLE AS
	where       [][3]string // of OPTIMIZE: column, operator, time
	on          []string    // the conditions of MERGE
	columns     []string    // the columns that MERGE inserts
}

// parseStatement reads a statement by the grammar of Athena's pages:
// https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html,
// https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html,
// https://docs.aws.amazon.com/athena/latest/ug/merge-into-statement.html and
// https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html.
func parseStatement(sql string) (st icebergStatement, err error) {
	err = parse(sql, false, func(p *parser) {
		switch st.verb = p.take('w', ""); st.verb {
		case "OPTIMIZE":
			st.table = p.bare()
			p.words("REWRITE DATA USING BIN_PACK")
			for word := "WHERE"; p.try('w', word); word = "AND" {
				c := [3]string{p.take('i', ""), p.take('p', "")}
				p.words("TIMESTAMP")
				c[2] = p.take('s', "")
				st.where = append(st.where, c)
			}
		case "VACUUM":
			st.table = p.bare()
		case "CREATE":
			p.words("TABLE")
			st.table = p.name()
			p.words("WITH")
			p.list(func() {
				key := p.take('w', "")
				p.take('p', "=")
				var value string
				switch {
				case p.try('w', "ARRAY"):
					p.take('p', "[")
					value = p.take('s', "")
					p.take('p', "]")
				case p.peek().kind == 'w':
					value = p.take('w', "")
				default:
					value = p.take('s', "")
				}
				st.props = append(st.props, [2]string{key, value})
			})
			p.words("AS")
			st.query = p.rest()
		case "MERGE":
			p.words("INTO")
			st.table = p.name()
			p.words("AS")
			target := p.take('i', "")
			p.words("USING")
			st.query = p.group()
			p.words("AS")
			source := p.take('i', "")
			p.words("ON")
			st.on = strings.Split(p.group(), " AND ")
			p.words("WHEN NOT MATCHED THEN INSERT")
			p.list(func() { st.columns = append(st.columns, p.take('i', "")) })
			p.words("VALUES")
			n := 0
			p.list(func() {
				p.take('i', source)
				p.take('p', ".")
				p.take('i', st.columns[n])
				n++
			})
			if n != len(st.columns) || target == source {
				panic(fmt.Errorf("%d values for %d columns of %s", n, len(st.columns), target))
			}
		default:
			panic(fmt.Errorf("unexpected %s", st.verb))
		}
	})
	return st, err
}

// bare reads a name without quotes.
func (p *parser) bare() []string {
	s := []string{p.take('w', "")}
	for p.try('p', ".") {
		s = append(s, p.take('w', ""))
	}
	return s
}

// group reads what is between parentheses.
func (p *parser) group() string {
	p.take('p', "(")
	depth, n := 1, 0
	for ; depth > 0; n++ {
		switch tok := p.tokens[n]; {
		case tok == token{'p', "("}:
			depth++
		case tok == token{'p', ")"}:
			depth--
		}
	}
	inner := parser{p.tokens[:n-1]}
	p.tokens = p.tokens[n:]
	return inner.rest()
}

// rest reads all that is left.
func (p *parser) rest() string {
	var words []string
	for _, tok := range p.tokens {
		words = append(words, tok.text)
	}
	p.tokens = nil
	return strings.Join(words, " ")
}

// TestIcebergSyntax reads the statements that only Athena has, or has in its own form.
func TestIcebergSyntax(t *testing.T) {
	read := func(sql string, err error) icebergStatement {
		t.Helper()
		require.NoError(t, err)
		st, err := parseStatement(sql)
		require.NoError(t, err, sql)
		return st
	}
	for name, f := range testFormats(t) {
		for _, s3Tables := range []bool{false, true} {
			table := icebergTable(f, s3Tables)
			where := []string{"logs", "flows"}
			if s3Tables {
				where = slices.Insert(where, 0, table.Catalog)
			} else {
				assert.Equal(t, icebergStatement{verb: "VACUUM", table: where}, read(table.Vacuum()))
				assert.Equal(t, icebergStatement{verb: "OPTIMIZE", table: where}, read(table.Optimize(nil)))
				assert.Equal(t, icebergStatement{verb: "OPTIMIZE", table: where, where: [][3]string{
					{"start", ">=", "2026-01-01 00:00:00"}, {"start", "<", "2026-01-03 00:00:00"},
				}}, read(table.Optimize(&WriteOptions{From: day1, To: day1.AddDate(0, 0, 2)})))
			}
			src := testTable(f, Text, Firehose, Projected)
			opts := &WriteOptions{From: day1, To: day1.AddDate(0, 0, 2), Compression: Snappy}
			st := read(table.CreateAs(src, opts))
			assert.Equal(t, where, st.table)
			props := [][2]string{{"format", "PARQUET"}, {"partitioning", "day(start)"}}
			if !s3Tables {
				props = [][2]string{{"table_type", "ICEBERG"}, {"is_external", "false"}, {"format", "PARQUET"}, {"write_compression", "SNAPPY"},
					{"location", table.Location}, {"partitioning", "day(start)"}}
			}
			assert.Equal(t, props, st.props)
			assert.Contains(t, st.query, "datehour BETWEEN 2026/01/01/00 AND 2026/01/02/23")
			for _, storage := range []Storage{Text, Regex, Parquet} {
				src.Storage = storage
				merges, err := table.MergeFrom(src, opts)
				require.NoError(t, err)
				require.Len(t, merges, 1)
				st = read(merges[0], nil)
				assert.Equal(t, where, st.table)
				require.Len(t, st.columns, f.Len(), name)
				for i, column := range f.Columns() {
					assert.Equal(t, strings.ToLower(column), st.columns[i])
				}
				assert.Len(t, st.on, f.Len()+1, "a condition for each column, two for the start")
				assert.True(t, strings.HasPrefix(st.query, "SELECT DISTINCT "))
			}
		}
	}
	for _, sql := range []string{
		"OPTIMIZE t REWRITE DATA", "OPTIMIZE t REWRITE DATA USING SORT", `OPTIMIZE "t" REWRITE DATA USING BIN_PACK`, `VACUUM "t"`, "VACUUM t RETAIN", `DROP TABLE "t"`,
		`MERGE INTO "t" AS "t" USING ("s") AS "s" ON (1 = 1) WHEN NOT MATCHED THEN INSERT ("a", "b") VALUES ("s"."a")`,
		`CREATE TABLE "t" WITH (format = PARQUET, ) AS SELECT 1`,
	} {
		_, err := parseStatement(sql)
		assert.Error(t, err, sql)
	}
	// Only the name of the table may need backticks.
	for name, want := range map[[2]string]string{
		{"Logs", "Flows"}: "VACUUM logs.flows", {"_logs", "_Flows"}: "VACUUM _logs.`_flows`", {"", "_f"}: "VACUUM `_f`", {"_f", "_f"}: "VACUUM _f.`_f`",
	} {
		table := icebergTable(testFormats(t)["v2"], false)
		table.Database, table.Name = name[0], name[1]
		sql, err := table.Vacuum()
		require.NoError(t, err)
		assert.Equal(t, want, sql)
	}
	table := icebergTable(testFormats(t)["v2"], false)
	table.Location = "s3://amzn-s3-demo-bucket/"
	_, err := table.Vacuum()
	refused(t, err, ErrLocation)
}
