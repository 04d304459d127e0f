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
			Zones: []athena.Zone{{ID: "use1-az1", Subnets: prefixes("10.0.0.0/24")}, {ID: "use1-az2", Subnets: prefixes("10.0.1.0/24")}},
		},
		"one-address": {
			Source: netip.MustParseAddr("10.0.0.7"), Destination: netip.MustParseAddr("2001:db8:1234::7"),
			From: begin.Add(90 * time.Minute), Regions: []string{region}, Limit: 1000,
		},
		// From the start of a partition to the start of another, over midnight and
		// with nothing late: a bound too narrow loses records, for the objects lie
		// in the hours in which their flows start.
		"edges": {From: begin.Add(time.Hour), To: begin.Add(3 * time.Hour), Late: -1, Limit: 1000},
		"to":    {To: begin.Add(2 * time.Hour), Late: -1, Limit: 1000},
	}
}

// edgeQuestions are enough to see what a bound of the time lets through.
var edgeQuestions = []string{"SourcePorts", "LogStatus"}

// asksEdges reports whether a table is asked about the edges of partitions:
// each layout, projected and explicit.
func (ft *flowTable) asksEdges() bool {
	return strings.HasPrefix(ft.Name, "v2_") && ft.Storage == athena.Text && ft.Columns == athena.AWSNames && !strings.HasSuffix(ft.Name, coarseSuffix)
}

// asks reports whether the questions are asked of a table: of what the pipeline
// made, each format as text and as Parquet, and of what AWS delivers, each way of
// naming columns and partitions once.
func (ft *flowTable) asks() bool {
	return ft.isPipeline() || slices.Contains([]string{"v2_s3_hive_hourly_parquet_explicit", "v5_s3_hive_hourly_parquet_explicit",
		"v2_firehose_text_article", "v2_s3_daily_regex", "v2_prefix", "v2_s3_daily_injected"}, ft.Name)
}

// asksAll are the tables of which they are asked with every set of bounds.
var asksAll = []string{"pipeline_v2", "pipeline_v5", "pipeline_transit_gateway", "v2_s3_hive_hourly_parquet_explicit"}

// testQueries compares the answers to every question with those computed from
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
		if ft.asks() {
			checkHard(t, ft)
		}
		for name, p := range paramSets() {
			edges := name == "edges" || name == "to"
			switch {
			case edges && !ft.asksEdges(), !edges && !ft.asks(),
				// With no beginning, the year alone bounds what is made of folders of
				// month, day and hour: thousands.
				name == "to" && strings.Contains(ft.Layout.String(), "hive") && ft.Partitioning == athena.Projected,
				// All bounds where the format changes the questions, as text and for the
				// default format; elsewhere one set shows that the columns are right.
				!edges && name != "bounded" && !slices.Contains(asksAll, ft.Name):
				continue
			}
			if ft.isPipeline() { // it has run long after the flows
				p.Late = time.Since(end) + 24*time.Hour
			}
			if strings.HasSuffix(ft.Name, "_injected") {
				p.Accounts, p.Regions = accounts[:1], []string{region}
			}
			for _, q := range must[[]athena.Query](t)(ft.Queries(p)) {
				if !edges || slices.Contains(edgeQuestions, q.Name) {
					jobs = append(jobs, &job{ft: ft, name: name, p: p, q: q})
				}
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

// checkHard checks that a log has what answers go wrong over.
func checkHard(t *testing.T, ft *flowTable) {
	t.Helper()
	records := parse(t, ft.Format, ft.lines)
	for name, hard := range map[string]struct {
		needs []flowlog.Field
		is    func(*flowlog.Record) bool
	}{
		"NODATA":   {by(flowlog.FieldLogStatus), func(r *flowlog.Record) bool { return r.LogStatus == flowlog.NoData }},
		"SKIPDATA": {by(flowlog.FieldLogStatus), func(r *flowlog.Record) bool { return r.LogStatus == flowlog.SkipData }},
		"IPv6":     {by(flowlog.FieldSrcAddr), func(r *flowlog.Record) bool { return r.SrcAddr.Is6() }},
		"port 0": {by(flowlog.FieldDstPort), func(r *flowlog.Record) bool {
			return r.Has(flowlog.FieldDstPort) && r.DstPort == 0
		}},
		"no interface": {by(flowlog.FieldInterfaceID), func(r *flowlog.Record) bool { return !r.Has(flowlog.FieldInterfaceID) }},
		"no port": {by(flowlog.FieldDstPort, flowlog.FieldLogStatus), func(r *flowlog.Record) bool {
			return r.LogStatus == flowlog.OK && !r.Has(flowlog.FieldDstPort)
		}},
		"rejected from nowhere": {by(flowlog.FieldAction, flowlog.FieldSrcAddr), func(r *flowlog.Record) bool {
			return r.Action == flowlog.Reject && !r.Has(flowlog.FieldSrcAddr)
		}},
	} {
		if ft.Format.FieldSet().Has(hard.needs[0]) && ft.Format.FieldSet().Has(hard.needs[len(hard.needs)-1]) {
			assert.True(t, slices.ContainsFunc(records, func(r flowlog.Record) bool { return hard.is(&r) }), "%s: no record with %s", ft.Name, name)
		}
	}
}

// poisonedSuffix ends the names of the tables of which a part cannot be read.
const poisonedSuffix = "_poisoned"

// testPruning asks every question about the hours between those that cannot be
// read: an answer shows that nothing else was looked at.
func testPruning(t *testing.T, k *trino, tables []*flowTable) {
	n := 0
	for _, ft := range tables {
		if !strings.HasSuffix(ft.Name, poisonedSuffix) {
			continue
		}
		n++
		all := `SELECT sum("bytes") FROM ` + ft.sql()
		if strings.Contains(ft.Layout.String(), "hive") { // of a year's thousands of hours, those of two days
			all += ` WHERE "year" = '2026' AND "month" = '11' AND "day" IN ('22', '23')`
		}
		_, err := k.try(t, all)
		require.ErrorContains(t, err, "arquet", "nothing keeps the whole table from being read")
		p := paramSets()["edges"]
		p.Since = p.From.Add(30 * time.Minute)
		records := parse(t, ft.Format, ft.lines)
		for _, q := range must[[]athena.Query](t)(ft.Queries(p)) {
			t.Run(ft.Name+"/"+q.Name, func(t *testing.T) {
				t.Parallel()
				want := answers[q.Name](&asked{ft, p, records})
				if len(want) == 0 {
					want = nil
				}
				rows, err := k.try(t, q.SQL)
				require.NoError(t, err, q.SQL)
				assert.Equal(t, want, rows, q.SQL)
			})
		}
	}
	assert.Equal(t, 3, n)
}

// testAddresses asks for the first and last prefixes and addresses,
// and for those that are written otherwise than they are meant.
func testAddresses(t *testing.T, run func(testing.TB, string) [][]string, d athena.Dialect, tables []*flowTable) {
	i := slices.IndexFunc(tables, func(ft *flowTable) bool { return ft.Name == "v2_unpartitioned_text" })
	ft := tables[i]
	records := parse(t, ft.Format, ft.lines)
	for in, meant := range map[string]string{
		"0.0.0.0/0": "0.0.0.0/0", "::/0": "::/0", "10.0.0.7/32": "10.0.0.7/32", "2001:db8:1234::7/128": "2001:db8:1234::7/128",
		"10.1.2.3/9": "10.0.0.0/9", "::ffff:10.0.0.0/104": "10.0.0.0/8", "2001:db8:1234:0:ffff::/33": "2001:db8::/33",
		"::/1": "::/1",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			asks, means := athena.Params{CIDRs: prefixes(in), Limit: 1000, Dialect: d}, athena.Params{CIDRs: prefixes(meant), Limit: 1000}
			asks.Names = []string{"VpcFlowLogsTotalBytesTransferred"}
			want := answers["VpcFlowLogsTotalBytesTransferred"](&asked{ft, means, records})
			require.NotEmpty(t, want)
			assert.Equal(t, want, run(t, must[[]athena.Query](t)(ft.Queries(asks))[0].SQL))
		})
	}
	for in, meant := range map[string]string{"10.0.0.7": "10.0.0.7", "::ffff:10.0.0.7": "10.0.0.7", "2001:db8:1234:0:0::7%eth0": "2001:db8:1234::7"} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			asks, means := athena.Params{Source: netip.MustParseAddr(in), Limit: 1000, Dialect: d}, athena.Params{Source: netip.MustParseAddr(meant), Limit: 1000}
			asks.Names = []string{"VpcFlowLogsTrafficFrmSrcAddr"}
			want := answers["VpcFlowLogsTrafficFrmSrcAddr"](&asked{ft, means, records})
			require.NotEmpty(t, want)
			assert.Equal(t, want, run(t, must[[]athena.Query](t)(ft.Queries(asks))[0].SQL))
		})
	}
}

// testViews reads a view of each kind of table and of all that the pipeline made.
func testViews(t *testing.T, k *trino, tables []*flowTable) {
	for _, ft := range tables {
		if !ft.isPipeline() && !slices.Contains([]string{"v2_firehose_text_article", "v5_s3_hive_hourly_text_explicit"}, ft.Name) {
			continue
		}
		t.Run(ft.Name, func(t *testing.T) {
			t.Parallel()
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
				want := map[flowlog.Type]string{flowlog.TypeInt32: "integer", flowlog.TypeInt64: "bigint", flowlog.TypeString: "varchar"}[field.Type()]
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
