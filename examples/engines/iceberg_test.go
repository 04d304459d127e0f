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

// mergeSources are tables of text, with both SerDes, and of Parquet over the same lines.
// Some lines are there twice, and some have no start.
func mergeSources(t testing.TB, s *s3Server) []*flowTable {
	t.Helper()
	var out []*flowTable
	format := logFormat{"merge", flowlog.V2}
	lines := logLines(flowlog.V2)
	for _, line := range append([]string{strings.Repeat("- ", flowlog.V2.Len())}, lines[:3]...) {
		values := strings.Fields(line)
		values[slices.Index(flowlog.V2.Fields(), flowlog.FieldStart)] = "-"
		line = strings.Join(values, " ")
		lines = append(lines, line, line)
	}
	started := len(lines) - 8
	for _, storage := range []athena.Storage{athena.Text, athena.Regex, athena.Parquet} {
		l := &flowLog{format: format, storage: storage, layout: athena.Firehose, lines: lines[:started]}
		name, data := "no-start.parquet", parquetFile(t, flowlog.V2, lines[started:])
		if storage != athena.Parquet {
			l.storage = athena.Text
			name, data = "no-start.gz", gzipFile(t, lines[started:])
		}
		l.deliver(t, s)
		s.put(t, "logs", l.folder()+begin.Format("2006/01/02/15/")+name, data)
		out = append(out, &flowTable{lines: lines, keys: l.keys(t, s), Table: athena.Table{
			Database: "flows", Name: "merge_" + storage.String(), Location: l.location(), Format: flowlog.V2,
			Storage: storage, Layout: l.layout, Partitioning: athena.Explicit,
		}})
	}
	return out
}

// mergeTarget returns the Iceberg table that an engine fills from mergeSources.
func mergeTarget(engine string, src *flowTable) *target {
	name := "iceberg_" + engine
	return &target{src: src, Table: athena.Table{
		Database: "flows", Name: name, Location: "s3://out/" + name + "/", Format: src.Format, Storage: athena.Iceberg,
	}}
}

// merge merges each source twice into an Iceberg table: each line is one row.
func merge(t *testing.T, dst *target, sources []*flowTable, run func(sql string), rows func() [][]string) {
	want := icebergRows(dst.Format, dst.src.lines)
	require.Less(t, len(want.columns[0]), len(dst.src.lines), "no line is there twice")
	require.Contains(t, want.columns[slices.Index(want.names, "start")], null, "no line is without a start")
	opts := &athena.WriteOptions{From: begin.Truncate(24 * time.Hour), To: end.Truncate(24 * time.Hour).Add(24 * time.Hour)}
	for _, src := range append(sources, sources...) {
		for _, sql := range must[[]string](t)(dst.MergeFrom(&src.Table, opts)) {
			run(sql)
		}
		got := rows()
		require.Len(t, got, len(want.columns[0]), src.Name)
		equalLines(t, want.project(want.names), sortedRows(got))
	}
}

// mergeSpark makes the sources, and a target for each engine, and merges in Spark.
func mergeSpark(t *testing.T, spark sparkSQL, sources []*flowTable) {
	for _, src := range sources {
		spark.run(t, must[string](t)(src.Create()))
		addPartitions(t, spark, src)
	}
	dst := mergeTarget("spark", sources[0])
	createIceberg(t, spark, []*target{dst, mergeTarget("trino", sources[0])})
	names := make([]string, dst.Format.Len())
	for i, name := range dst.Format.Columns() {
		names[i] = "`" + name + "`"
		if dst.Format.Fields()[i].Kind() == flowlog.KindTime {
			names[i] = "date_format(" + names[i] + ", 'yyyy-MM-dd HH:mm:ss.SSS')"
		}
	}
	merge(t, dst, sources, func(sql string) {
		require.Regexp(t, athenaTimestamp, sql)
		sql = athenaTimestamp.ReplaceAllString(sql, "CAST(timestamp_millis(IF($1 >= 100000000000, $1, $1 * 1000)) AS timestamp_ntz)")
		spark.run(t, strings.ReplaceAll(sql, `"`, "`"))
	}, func() [][]string {
		return texts(spark.run(t, "SELECT "+strings.Join(names, ", ")+" FROM `flows`.`"+dst.Name+"`"))
	})
}

// mergeTrino merges in Trino, and into what Spark merged.
func mergeTrino(t *testing.T, k *trino, sources []*flowTable) {
	mayLeaveOut(t, "iceberg")
	for _, engine := range []string{"trino", "spark"} {
		dst := mergeTarget(engine, sources[0])
		merge(t, dst, sources, func(sql string) {
			k.run(t, sql)
		}, func() [][]string {
			return k.run(t, "SELECT "+quoted(dst.Format.Columns(), `"`)+` FROM "flows"."`+dst.Name+`"`)
		})
	}
}

// icebergRows returns what an Iceberg table must hold of lines: each once.
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
