package engines

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// paramSets are the bounds the questions are asked with.
func paramSets() map[string]athena.Params {
	return map[string]athena.Params{
		"zero": {},
		"bounded": {
			CIDRs: prefixes("10.0.0.0/16", "2001:db8:1234::/48"),
			From:  begin.Add(30 * time.Minute), To: begin.Add(150 * time.Minute),
			Since: begin.Add(time.Hour), Accounts: accounts[:1], Limit: 200, Ports: 2,
		},
		"one-address": {
			Source: netip.MustParseAddr("10.0.0.7"), Destination: netip.MustParseAddr("2001:db8:1234::7"),
			From: begin.Add(90 * time.Minute), Regions: []string{region}, Limit: 1000,
		},
	}
}

// asks reports whether the questions are asked of a table: each format as text
// and as Parquet, and each way of naming columns and partitions once.
func (ft *flowTable) asks() bool {
	for _, suffix := range []string{"_firehose_text", "_s3_hive_hourly_parquet_explicit", "v2_firehose_text_article",
		"v2_s3_daily_regex", "v2_prefix", "v2_unpartitioned_parquet", "v2_s3_daily_injected"} {
		if strings.HasSuffix(ft.Name, suffix) {
			return true
		}
	}
	return false
}

// testQueries holds the answers to every question against those computed from
// the records.
func testQueries(t *testing.T, k *trino, tables []*flowTable) {
	type job struct {
		ft   *flowTable
		name string
		p    athena.Params
		q    athena.Query
		rows [][]string
		err  error
	}
	var jobs []*job
	for _, ft := range tables {
		if !ft.asks() {
			continue
		}
		for name, p := range paramSets() {
			// All bounds where the format changes the questions, as text and for the
			// default format; elsewhere one set shows that the columns are right.
			if name != "bounded" && !slices.Contains([]string{"v2_firehose_text", "v2_s3_hive_hourly_parquet_explicit", "v5_firehose_text", "transit_gateway_firehose_text"}, ft.Name) {
				continue
			}
			if strings.HasSuffix(ft.Name, "_injected") {
				p.Accounts, p.Regions = accounts[:1], []string{region}
			}
			for _, q := range ft.Queries(p) {
				jobs = append(jobs, &job{ft: ft, name: name, p: p, q: q})
			}
		}
	}
	// A query is mostly waiting; three at a time keep both cores at work.
	next := make(chan *job)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for j := range next {
				j.rows, j.err = k.read(t, j.ft, j.q.SQL)
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	wg.Wait()

	found := make(map[string]bool)
	for _, j := range jobs {
		t.Run(strings.Join([]string{j.ft.Name, j.name, j.q.Name}, "/"), func(t *testing.T) {
			require.NoError(t, j.err, j.q.SQL)
			answer := answers[j.q.Name]
			require.NotNil(t, answer, "a question without an answer of ours")
			want := answer(&asked{j.ft, j.p, parse(t, j.ft.Format, j.ft.lines)})
			if len(want) == 0 {
				want = nil
			}
			assert.Equal(t, want, j.rows, j.q.SQL)
			if len(want) > 0 {
				found[j.q.Name] = true
			}
		})
	}
	// A question nobody asked, or with nothing to find, has shown nothing.
	for name := range answers {
		assert.True(t, found[name], "%s was not asked, or found nothing", name)
	}
	t.Logf("%d queries", len(jobs))
}

// testViews reads a view of each kind of table.
func testViews(t *testing.T, k *trino, tables []*flowTable) {
	for _, ft := range tables {
		if !strings.HasSuffix(ft.Name, "_firehose_text") && !strings.HasSuffix(ft.Name, "_unpartitioned_parquet") && ft.Name != "v2_firehose_text_article" && ft.Name != "v5_s3_hive_hourly_text_explicit" {
			continue
		}
		t.Run(ft.Name, func(t *testing.T) {
			name := "view_" + ft.Name
			create := must[string](t)(ft.View(name))
			k.run(t, create)
			k.run(t, create) // OR REPLACE
			view := *ft
			view.Name = name
			tab := ft.expected(false)
			var names []string
			for _, row := range k.run(t, "SHOW COLUMNS FROM "+view.sql()) {
				i := slices.Index(tab.names, strings.TrimSuffix(row[0], "_logged"))
				if i < 0 {
					assert.Equal(t, "varchar", row[1], "partition column %s", row[0])
					continue
				}
				names = append(names, row[0])
				field := ft.Format.Fields()[i]
				want := map[flowlog.Type]string{flowlog.Int32: "integer", flowlog.Int64: "bigint", flowlog.String: "varchar"}[field.Type()]
				switch field.Kind() {
				case flowlog.KindAddr:
					want = "ipaddress"
				case flowlog.KindTime:
					want = "timestamp(3)"
				}
				assert.Equal(t, want, row[1], row[0])
				for r, v := range tab.columns[i] {
					switch {
					case v == "-":
						tab.columns[i][r] = null
					case v != null && field.Kind() == flowlog.KindTime:
						tab.columns[i][r] = time.Unix(number(v), 0).UTC().Format("2006-01-02 15:04:05.000")
					}
				}
			}
			require.NotEmpty(t, names)
			rows, err := k.read(t, ft, "SELECT "+quoted(names, `"`)+" FROM "+view.sql())
			require.NoError(t, err)
			equalLines(t, tab.project(names), sortedRows(rows))
			k.run(t, "DROP VIEW "+view.sql())
		})
	}
}

// testArticle runs the article's query, word for word.
func testArticle(t *testing.T, k *trino, tables []*flowTable) {
	i := slices.IndexFunc(tables, func(ft *flowTable) bool { return ft.Name == "vpc_flow_logs" })
	counts := make(map[string]int64)
	records := parse(t, tables[i].Format, tables[i].lines)
	for _, r := range records {
		if strings.HasPrefix(r.Value(flowlog.FieldSrcAddr), "10.0") {
			port := r.Value(flowlog.FieldSrcPort)
			if port == "-" {
				port = null
			}
			counts[port]++
		}
	}
	want := slices.Sorted(maps.Values(counts))
	slices.Reverse(want)
	rows := k.run(t, `SELECT sourceport, count(*) cnt FROM vpc_flow_logs WHERE sourceaddress LIKE '10.0%' GROUP BY sourceport ORDER BY cnt desc LIMIT 10`)
	require.Len(t, rows, 10)
	for i, row := range rows {
		assert.Equal(t, want[i], number(row[1]))
		assert.Equal(t, counts[row[0]], number(row[1]), "port %s", row[0])
	}
}
