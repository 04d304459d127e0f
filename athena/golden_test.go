package athena

import (
	"flag"
	"fmt"
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
	assert.Equal(t, string(want), got, "%s; go test -update writes it", path)
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
	for _, q := range a.Queries(Params{}) {
		out.add("query "+q.Name, q.SQL)
	}
	sql, err = a.Drop()
	require.NoError(t, err)
	out.add("drop", sql)
	golden(t, "article.sql", out.String())
}
