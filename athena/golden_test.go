package athena

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i, line := range gotLines {
		if i == len(wantLines) || wantLines[i] != line {
			require.Equal(t, strings.Join(wantLines[i:min(i+1, len(wantLines))], ""), line, "%s:%d; go test -update writes it", path, i+1)
		}
	}
	assert.Len(t, gotLines, len(wantLines), "%s has more lines; go test -update writes it", path)
}

// script joins statements under titles, so that a golden file reads like one.
type script struct{ strings.Builder }

func (s *script) add(title string, statements ...string) {
	for _, st := range statements {
		fmt.Fprintf(s, "-- %s\n%s;\n\n", title, st)
	}
}

// testFormats are the formats of the golden files.
func testFormats(t testing.TB) map[string]*flowlog.Format {
	m := map[string]*flowlog.Format{"v2": flowlog.V2, "tgw": flowlog.TransitGateway}
	for name, version := range map[string]int{"v5": 5, "v11": 11} {
		f, err := flowlog.FormatOf(version)
		require.NoError(t, err)
		m[name] = f
	}
	return m
}

// day1 is where the tables of the tests begin.
var day1 = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// testTable returns a table that is right in every layout.
func testTable(f *flowlog.Format, s Storage, l Layout, p Partitioning) *Table {
	t := &Table{
		Database: "logs", Name: "vpc_flow_logs", Location: "s3://amzn-s3-demo-bucket/prefix/",
		Format: f, Storage: s, Layout: l, Partitioning: p, Since: day1,
	}
	if l.s3() {
		t.Accounts = []string{"123456789012", "210987654321"}
		t.Regions = []string{"us-east-1", "us-gov-west-1"}
	}
	return t
}

func partitionings(l Layout) []Partitioning {
	if l == Unpartitioned {
		return []Partitioning{Projected}
	}
	return []Partitioning{Projected, Explicit}
}

// allParams are the parameters of the golden files that have them all.
var allParams = Params{
	CIDRs:  []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("2001:db8::/32")},
	From:   day1.Add(5 * time.Hour),
	To:     day1.Add(29 * time.Hour),
	Since:  day1.Add(24 * time.Hour),
	Limit:  50,
	Source: netip.MustParseAddr("10.0.0.5"), Destination: netip.MustParseAddr("2001:db8::1"),
	Accounts: []string{"123456789012"},
	Ports:    100,
	Zones:    []Zone{{"use1-az1", prefixes("10.0.0.0/24", "2001:db8::/64")}, {"use1-az2", prefixes("10.0.1.0/24")}},
}

func TestGoldenQueries(t *testing.T) {
	for name, f := range testFormats(t) {
		for params, p := range map[string]Params{"zero": {}, "all": allParams} {
			file := "queries/" + name + "-" + params + ".sql"
			t.Run(file, func(t *testing.T) {
				table := testTable(f, Text, S3Hourly, Projected)
				var out script
				for _, q := range ask(t, table, p) {
					out.add(q.Name+": "+q.Description, q.SQL)
				}
				golden(t, file, out.String())
			})
		}
	}
}

// TestGoldenPruning shows how each layout's partitions are bounded.
func TestGoldenPruning(t *testing.T) {
	var out script
	hours := func(n int) time.Time { return day1.Add(time.Duration(n) * time.Hour) }
	for _, l := range Layouts() {
		for _, c := range []struct {
			title string
			p     Params
		}{
			{"one hour", Params{From: hours(5), To: hours(6), Late: -1}},
			{"one hour and the late", Params{From: hours(5), To: hours(6)}},
			{"one day", Params{From: hours(0), To: hours(24), Late: -1}},
			{"over the end of the year", Params{From: hours(-30), To: hours(30)}},
			{"from", Params{From: hours(5)}},
			{"to", Params{To: hours(5)}},
		} {
			q := ask(t, testTable(flowlog.V2, Parquet, l, Projected), c.p)
			require.NotEmpty(t, q)
			out.add(l.String()+", "+c.title, q[0].SQL)
		}
	}
	golden(t, "pruning.sql", out.String())
}

func TestGoldenView(t *testing.T) {
	for name, f := range testFormats(t) {
		t.Run(name, func(t *testing.T) {
			var out script
			for _, s := range []Storage{Text, Parquet} {
				for _, l := range []Layout{Unpartitioned, S3Daily} {
					sql, err := testTable(f, s, l, Projected).View("flows")
					require.NoError(t, err)
					out.add(s.String()+", "+l.String(), sql)
				}
			}
			golden(t, "view/"+name+".sql", out.String())
		})
	}
}

func TestGoldenWrite(t *testing.T) {
	const daily = "day=!{timestamp:yyyy-MM-dd}/"
	for name, f := range testFormats(t) {
		t.Run(name, func(t *testing.T) {
			var out script
			dst := testTable(f, Parquet, Unpartitioned, Projected)
			dst.Name, dst.Location = "flows", "s3://amzn-s3-demo-bucket/parquet/"
			src := testTable(f, Text, S3Hourly, Projected)
			sql, err := dst.CreateAs(src, nil)
			require.NoError(t, err)
			out.add("create as, unpartitioned", sql)
			sqls, err := dst.InsertFrom(src, &WriteOptions{From: day1, To: day1.Add(6 * time.Hour)})
			require.NoError(t, err)
			out.add("insert, unpartitioned", sqls...)
			dst.Layout, dst.Partitioning, dst.Prefix = Firehose, Explicit, daily
			sql, err = dst.CreateAs(src, &WriteOptions{From: day1, To: day1.AddDate(0, 0, 3), Compression: Snappy})
			require.NoError(t, err)
			out.add("create as, by day", sql)
			sqls, err = dst.InsertFrom(src, &WriteOptions{From: day1, To: day1.AddDate(0, 0, 150)})
			require.NoError(t, err)
			out.add("insert, by day", sqls...)
			src = testTable(f, Text, S3HiveHourly, Projected)
			sqls, err = dst.InsertFrom(src, &WriteOptions{From: day1.AddDate(0, 0, -1), To: day1.AddDate(0, 0, 1)})
			require.NoError(t, err)
			out.add("insert from Hive folders, by day", sqls...)
			sql, err = src.Unload("s3://amzn-s3-demo-bucket/unload/", &WriteOptions{From: day1, To: day1.Add(time.Hour), Compression: Zstd})
			require.NoError(t, err)
			out.add("unload", sql)
			golden(t, "write/"+name+".sql", out.String())
		})
	}
}

// TestGoldenPrefixes shows what becomes of Firehose's custom prefixes.
func TestGoldenPrefixes(t *testing.T) {
	var out script
	for _, prefix := range []string{
		"", "vpc/", "vpc-", "vpc/!{timestamp:yyyy/MM/dd}/", "!{timestamp:yyyy/MM/dd}/!{timestamp:HH}/", "dt=!{timestamp:yyyy-MM-dd}/",
		"dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/", "!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/",
		"year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/", "dt=!{timestamp:yyyyMMddHH}/",
		"logs/!{timestamp:yyyy/MM}/", "!{timestamp:yyyy/MM/dd/HH}/!{firehose:random-string}/", "h!{timestamp:yyyy-MM-dd_HH}z/",
	} {
		for _, p := range partitionings(Firehose) {
			table := testTable(flowlog.V2, Parquet, Firehose, p)
			table.Prefix = prefix
			sql, err := table.Create()
			require.NoError(t, err, prefix)
			_, sql, _ = strings.Cut(sql, "\nPARTITIONED BY")
			out.add(fmt.Sprintf("%q, %s", prefix, p), "PARTITIONED BY"+sql)
			if p == Explicit {
				sqls, err := table.AddPartitions(Partition{Time: day1.Add(5 * time.Hour)})
				require.NoError(t, err)
				out.add("add", sqls...)
				drop, err := table.DropPartitions(Partition{Time: day1.Add(5 * time.Hour)})
				require.NoError(t, err)
				out.add("drop", drop...)
			}
		}
	}
	golden(t, "prefixes.sql", out.String())
}

func TestGoldenCreate(t *testing.T) {
	for name, f := range testFormats(t) {
		for _, s := range []Storage{Text, Regex, Parquet} {
			file := "create/" + name + "-" + s.String() + ".sql"
			t.Run(file, func(t *testing.T) {
				var out script
				for _, l := range Layouts() {
					for _, p := range partitionings(l) {
						sql, err := testTable(f, s, l, p).Create()
						require.NoError(t, err)
						out.add(l.String()+", "+p.String(), sql)
					}
				}
				golden(t, file, out.String())
			})
		}
	}
}

// TestGoldenForms shows where the partitions of the delivered layouts lie if
// the log has no prefix, has one, or is that of an organization.
func TestGoldenForms(t *testing.T) {
	var out script
	for _, folder := range []string{"", "prefix/", "AWSLogs/o-exampleorgid/", "prefix/AWSLogs/o-exampleorgid/"} {
		for _, l := range []Layout{S3Daily, S3Hourly, S3HiveDaily, S3HiveHourly} {
			for _, p := range partitionings(l) {
				table := testTable(flowlog.V2, Parquet, l, p)
				table.Location = "s3://amzn-s3-demo-bucket/" + folder
				sql, err := table.Create()
				require.NoError(t, err)
				_, sql, _ = strings.Cut(sql, "\nLOCATION")
				out.add(fmt.Sprintf("%q, %s, %s", folder, l, p), "LOCATION"+sql)
				if p == Explicit {
					sqls, err := table.AddPartitions(Partition{"123456789012", "us-gov-west-1", day1.Add(5 * time.Hour)})
					require.NoError(t, err)
					out.add("add", sqls...)
				}
			}
		}
	}
	golden(t, "forms.sql", out.String())
}

// article is the table of the article.
func article() *Table {
	return &Table{
		Name: "vpc_flow_logs", Location: "s3://amzn-s3-demo-bucket/", Format: flowlog.V2,
		Storage: Regex, Layout: Firehose, Columns: ArticleNames, Partitioning: Explicit,
	}
}

func TestGoldenArticle(t *testing.T) {
	var out script
	a := article()
	sql, err := a.Create()
	require.NoError(t, err)
	out.add("create", sql)
	sqls, err := a.AddPartitions(Partition{Time: day1}, Partition{Time: day1.Add(time.Hour)})
	require.NoError(t, err)
	out.add("add partitions", sqls...)
	a.Partitioning, a.Since = Projected, day1
	sql, err = a.Create()
	require.NoError(t, err)
	out.add("create, projected", sql)
	a.Storage, a.Layout = Parquet, Unpartitioned
	sql, err = a.Create()
	require.NoError(t, err)
	out.add("create, Parquet", sql)
	for _, q := range ask(t, a, Params{}) {
		out.add("query "+q.Name, q.SQL)
	}
	sql, err = a.Drop()
	require.NoError(t, err)
	out.add("drop", sql)
	golden(t, "article.sql", out.String())
}
