package engines

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// icebergTables are Iceberg tables of each format that Spark makes from the
// statements of Create and Trino fills.
func icebergTables(t testing.TB, tables []*flowTable) []*target {
	t.Helper()
	var out []*target
	for _, ft := range tables {
		if !ft.writeSource() {
			continue
		}
		name := "iceberg_" + ft.Name
		out = append(out, &target{src: ft, Table: athena.Table{
			Database: "flows", Name: name, Location: "s3://out/" + name + "/", Format: ft.Format, Storage: athena.Iceberg,
			Hourly: ft.Name == "pipeline_v5",
		}})
	}
	require.Len(t, out, len(logFormats(t)))
	return out
}

// Athena says in a property that a table is Iceberg's, Spark in a clause, and
// Trino by the catalog. Trino has no property for the codec.
var (
	athenaIceberg  = regexp.MustCompile(`\nTBLPROPERTIES \(\n  'table_type' = 'ICEBERG',\n  'format' = 'parquet',\n  'write_compression' = 'zstd'\n\)$`)
	athenaLocation = regexp.MustCompile(`\nLOCATION '[^']*'`)
	athenaCreateAs = regexp.MustCompile(`\n  (table_type = 'ICEBERG'|is_external = false|write_compression = '\w+'),`)
	athenaOptimize = regexp.MustCompile(`^OPTIMIZE (\S+) REWRITE DATA USING BIN_PACK`)
)

// createIceberg makes the tables in Spark.
func createIceberg(t *testing.T, spark sparkSQL, targets []*target) {
	for _, dst := range targets {
		create := must[string](t)(dst.Create())
		require.Regexp(t, athenaIceberg, create)
		spark.run(t, strings.Replace(athenaIceberg.ReplaceAllString(create, ""), "\nPARTITIONED BY", "\nUSING iceberg\nPARTITIONED BY", 1))
		require.NotEmpty(t, athenaLocation.FindString(create))
		rows := texts(spark.run(t, "DESCRIBE `flows`.`"+dst.Name+"`"))
		for i, name := range dst.Format.Columns() {
			want := map[flowlog.Type]string{flowlog.TypeInt32: "int", flowlog.TypeInt64: "bigint", flowlog.TypeString: "string"}[dst.Format.Fields()[i].Type()]
			if dst.Format.Fields()[i].Kind() == flowlog.KindTime {
				want = "timestamp_ntz"
			}
			assert.Equal(t, []string{strings.ToLower(name), want}, rows[i][:2])
		}
		period := map[bool]string{false: "days(start)", true: "hours(start)"}[dst.Hourly]
		assert.Contains(t, fmt.Sprint(rows), period)
	}
}

// Spark quotes names with backticks, and has another function for timestamps.
var athenaTimestamp = regexp.MustCompile(`CAST\(at_timezone\(from_unixtime\(IF\(("\w+") >= 100000000000, "\w+" / 1e3, "\w+"\)\), 'UTC'\) AS timestamp\(6\)\)`)

// mergeSpark merges text with lines that are there twice into an Iceberg table
// in Spark, twice: each line is one row.
func mergeSpark(t *testing.T, spark sparkSQL, tables []*flowTable) {
	src := tables[slices.IndexFunc(tables, func(ft *flowTable) bool { return ft.Name == "v2_firehose_text_explicit" })]
	dst := &target{src: src, Table: athena.Table{
		Database: "flows", Name: "iceberg_spark", Location: "s3://out/iceberg_spark/", Format: src.Format, Storage: athena.Iceberg,
	}}
	createIceberg(t, spark, []*target{dst})
	want := icebergRows(dst.Format, src.lines)
	require.Less(t, len(want.columns[0]), len(src.lines), "no line is there twice")
	names := make([]string, len(want.names))
	for i, name := range want.names {
		names[i] = "`" + name + "`"
		if dst.Format.Fields()[i].Kind() == flowlog.KindTime {
			names[i] = "date_format(" + names[i] + ", 'yyyy-MM-dd HH:mm:ss.SSS')"
		}
	}
	merges := must[[]string](t)(dst.MergeFrom(&src.Table, &athena.WriteOptions{From: begin.Truncate(24 * time.Hour), To: end.Truncate(24 * time.Hour).Add(24 * time.Hour)}))
	for range 2 {
		for _, sql := range merges {
			require.Regexp(t, athenaTimestamp, sql)
			sql = athenaTimestamp.ReplaceAllString(sql, "CAST(timestamp_millis(IF($1 >= 100000000000, $1, $1 * 1000)) AS timestamp_ntz)")
			spark.run(t, strings.ReplaceAll(sql, `"`, "`"))
		}
		rows := texts(spark.run(t, "SELECT "+strings.Join(names, ", ")+" FROM `flows`.`iceberg_spark`"))
		require.Len(t, rows, len(want.columns[0]))
		equalLines(t, want.project(want.names), sortedRows(rows))
	}
}

// icebergRows returns what an Iceberg table must hold of lines: each once, and
// those without a start never.
func icebergRows(f *flowlog.Format, lines []string) *table {
	lines = slices.Clone(lines)
	slices.Sort(lines)
	tab := tableOf(f, slices.Compact(lines))
	for i, field := range f.Fields() {
		for r, v := range tab.columns[i] {
			switch {
			case field.Type() != flowlog.TypeString && strings.Trim(v, "0123456789") != "", v == "-":
				tab.columns[i][r] = null
			case field.Kind() == flowlog.KindTime:
				tab.columns[i][r] = time.Unix(number(v), 0).UTC().Format("2006-01-02 15:04:05.000")
			}
		}
	}
	return tab
}

// testIceberg fills the tables from what the pipeline made, merges it twice over
// lines that are there twice, asks every question, and reads the table with
// Trino and pyiceberg.
func testIceberg(t *testing.T, k *trino, s *s3Server, targets []*target) {
	mayLeaveOut(t, "iceberg")
	for _, dst := range targets {
		t.Run(dst.Name, func(t *testing.T) {
			from, to := dst.src.days(t)
			opts := &athena.WriteOptions{From: from, To: to}
			want := icebergRows(dst.Format, dst.src.lines)
			check := func(name, when string) {
				t.Helper()
				rows := k.run(t, "SELECT "+quoted(want.names, `"`)+` FROM "flows"."`+name+`"`)
				equalLines(t, want.project(want.names), sortedRows(rows))
				require.Len(t, rows, len(want.columns[0]), when)
			}
			merges := must[[]string](t)(dst.MergeFrom(&dst.src.Table, opts))
			for _, when := range []string{"merged", "merged again"} {
				for _, sql := range merges {
					k.run(t, sql)
				}
				check(dst.Name, when)
			}
			k.run(t, athenaOptimize.ReplaceAllString(must[string](t)(dst.Optimize(&athena.WriteOptions{From: begin.Truncate(24 * time.Hour)})), `ALTER TABLE $1 EXECUTE optimize`))
			check(dst.Name, "optimized")
			readPyIceberg(t, s, dst, want)

			// The same by CREATE TABLE AS, with each line twice, which MERGE by a key
			// then does not add to.
			again := dst.Table
			again.Name, again.Location = dst.Name+"_as", "s3://out/"+dst.Name+"_as/"
			create := must[string](t)(again.CreateAs(&dst.src.Table, opts))
			create = athenaCreateAs.ReplaceAllString(create, "")
			_, err := query(t, k.openCatalog(t, "iceberg", ""), create)
			require.NoError(t, err, create)
			rows := k.run(t, `SELECT count(*) FROM "flows"."`+again.Name+`"`)
			require.Equal(t, fmt.Sprint(len(dst.src.lines)), rows[0][0])
			byKey := &athena.WriteOptions{From: from, To: to, Key: by(flowlog.FieldStart)}
			for _, sql := range must[[]string](t)(again.MergeFrom(&dst.src.Table, byKey)) {
				k.run(t, sql)
			}
			require.Equal(t, rows, k.run(t, `SELECT count(*) FROM "flows"."`+again.Name+`"`), "every start was there")
			for _, sql := range must[[]string](t)(again.InsertFrom(&dst.src.Table, opts)) {
				k.run(t, sql)
			}
			require.Equal(t, fmt.Sprint(2*len(dst.src.lines)), k.run(t, `SELECT count(*) FROM "flows"."`+again.Name+`"`)[0][0])
			// From Iceberg back to Unix seconds.
			unload := must[string](t)(dst.Unload("s3://out/"+dst.Name+"_unload/", nil))
			m := athenaUnload.FindStringSubmatch(unload)
			require.NotNil(t, m, unload)
			back := k.run(t, `SELECT sum("start") FROM (`+m[1]+")")
			var sum int64
			for _, v := range want.columns[slices.Index(want.names, "start")] {
				at, err := time.Parse("2006-01-02 15:04:05.000", v)
				require.NoError(t, err)
				sum += at.Unix()
			}
			require.Equal(t, fmt.Sprint(sum), back[0][0])

			askIceberg(t, k, dst)
		})
	}
}

// askIceberg asks the questions of an Iceberg table, and of a view over it.
func askIceberg(t *testing.T, k *trino, dst *target) {
	lines := slices.Clone(dst.src.lines)
	slices.Sort(lines)
	ft := &flowTable{Table: dst.Table, lines: slices.Compact(lines)}
	records := parse(t, ft.Format, ft.lines)
	for name, p := range paramSets() {
		if name != "bounded" && (name != "edges" || !dst.Hourly) {
			continue
		}
		for _, q := range must[[]athena.Query](t)(ft.Queries(p)) {
			t.Run(name+"/"+q.Name, func(t *testing.T) {
				rows, err := k.try(t, q.SQL)
				require.NoError(t, err, q.SQL)
				want := answers[q.Name](&asked{ft, p, records})
				if len(want) == 0 {
					want = nil
				}
				assert.Equal(t, want, rows, q.SQL)
			})
		}
	}
	// The true column prunes: the plan names the bound.
	p := athena.Params{From: begin.Add(time.Hour), To: begin.Add(2 * time.Hour), Names: []string{"LogStatus"}}
	plan := fmt.Sprint(k.run(t, "EXPLAIN "+must[[]athena.Query](t)(ft.Queries(p))[0].SQL))
	assert.Regexp(t, `constraint on \[start\]|start:timestamp\(6\)`, plan)
	view := must[string](t)(ft.View("view_" + ft.Name))
	k.run(t, view)
	rows := k.run(t, `SELECT count(*), count("srcaddr") FROM "flows"."view_`+ft.Name+`" WHERE "start" >= TIMESTAMP '2026-11-23 00:00:00'`)
	n, addresses := 0, 0
	for _, r := range records {
		if int64(r.Start) >= midnight {
			n++
			if r.Has(flowlog.FieldSrcAddr) {
				addresses++
			}
		}
	}
	require.Equal(t, []string{fmt.Sprint(n), fmt.Sprint(addresses)}, rows[0])
	k.run(t, `DROP VIEW "flows"."view_`+ft.Name+`"`)
}

// readPyIceberg reads the table's newest metadata with pyiceberg.
func readPyIceberg(t *testing.T, s *s3Server, dst *target, want *table) {
	t.Helper()
	var newest string
	for _, key := range s.keys(t, "out", dst.Name+"/metadata/") {
		if strings.HasSuffix(key, ".metadata.json") {
			newest = max(newest, key)
		}
	}
	require.NotEmpty(t, newest)
	cmd := pythonCommand(t, "iceberg.py", "s3://out/"+newest, s.URL, s3Key, s3Secret)
	cmd.Env = append(cmd.Env, "PYTHONPATH="+need(t, "iceberg")+"/python")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	var got struct {
		Columns   []string
		Partition string
		Rows      [][]*string
	}
	require.NoError(t, json.Unmarshal(out, &got))
	assert.Equal(t, want.names, got.Columns)
	assert.Contains(t, got.Partition, map[bool]string{false: "day(", true: "hour("}[dst.Hourly])
	equalLines(t, want.project(want.names), sortedRows(texts(got.Rows)))
}
