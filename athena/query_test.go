package athena

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// predefined are the questions of AWS's own integration.
var predefined = []string{
	"VpcFlowLogsAcceptedTraffic", "VpcFlowLogsAdminPortTraffic", "VpcFlowLogsIPv4Traffic", "VpcFlowLogsIPv6Traffic",
	"VpcFlowLogsRejectedTCPTraffic", "VpcFlowLogsRejectedTraffic", "VpcFlowLogsSshRdpTraffic", "VpcFlowLogsTopTalkers",
	"VpcFlowLogsTopTalkersPacketLevel", "VpcFlowLogsTopTalkingInstances", "VpcFlowLogsTopTalkingSubnets", "VpcFlowLogsTopTCPTraffic",
	"VpcFlowLogsTotalBytesTransferred", "VpcFlowLogsTotalBytesTransferredPacketLevel", "VpcFlowLogsTrafficFrmSrcAddr", "VpcFlowLogsTrafficToDstAddr",
}

func names(qs []Query) []string {
	var s []string
	for _, q := range qs {
		s = append(s, q.Name)
	}
	return s
}

// ask returns the questions about a table, which must be valid.
func ask(t testing.TB, table *Table, p Params) []Query {
	t.Helper()
	qs, err := table.Queries(p)
	require.NoError(t, err)
	return qs
}

func find(t testing.TB, qs []Query, name string) Query {
	t.Helper()
	i := slices.IndexFunc(qs, func(q Query) bool { return q.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return qs[i]
}

// descriptions is the form of every Description: a question on one line, and then
// sentences.
var descriptions = regexp.MustCompile(`^(At which|How many|To which|Which|Why) [^?\n]*[^?\s]\?( [A-Z0-9][^?\n]*\.)?$`)

// TestQuestions compares the list of questions with what Queries returns for a format
// with all fields, and the package comment with the list.
func TestQuestions(t *testing.T) {
	all := Questions()
	var list strings.Builder
	for _, q := range all {
		assert.Regexp(t, descriptions, q.Description, q.Name)
		assert.True(t, strings.HasSuffix(q.Description, "?"), q.Description)
		assert.NotEmpty(t, q.Fields)
		fmt.Fprintf(&list, "//\t%s\n//\t\t%s\n", q.Name, q.Description)
	}
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, got, _ := strings.Cut(string(doc), "\n// # Questions\n")
	_, got, _ = strings.Cut(got, "\n//\n")
	got, _, _ = strings.Cut(got, "//\n")
	assert.Equal(t, list.String(), got)

	v11, err := flowlog.FormatOf(11)
	require.NoError(t, err)
	both, err := flowlog.NewFormat(slices.Collect(v11.FieldSet().Union(flowlog.TransitGateway.FieldSet()).All())...)
	require.NoError(t, err)
	qs := ask(t, testTable(both, Text, Unpartitioned, Projected), Params{})
	require.Len(t, qs, len(all))
	for i, q := range qs {
		assert.Equal(t, all[i].Name, q.Name)
		assert.True(t, strings.HasPrefix(q.Description, all[i].Description))
		for _, f := range all[i].Fields {
			assert.Contains(t, q.SQL, sqlIdent(f.Column()), q.Name)
		}
	}
	// Without one of its fields, a question is left out. The caller owns the list.
	for _, q := range all {
		for _, f := range q.Fields {
			without := slices.DeleteFunc(both.Fields(), func(other flowlog.Field) bool { return other == f })
			format, err := flowlog.NewFormat(without...)
			require.NoError(t, err)
			assert.NotContains(t, names(ask(t, testTable(format, Text, Unpartitioned, Projected), Params{})), q.Name)
		}
		clear(q.Fields)
	}
	assert.NotContains(t, Questions()[0].Fields, flowlog.Field(0))
	_, err = testTable(both, Text, Unpartitioned, Projected).Queries(Params{Names: []string{"x"}})
	refused(t, err, ErrQuery)
	for _, q := range all {
		assert.ErrorContains(t, err, q.Name)
	}
}

func TestQueries(t *testing.T) {
	first := []string{"SourcePorts", "OutboundPorts", "RejectedPorts", "TopTalkers", "PortScans", "NewPorts", "LogStatus", "NewDestinations"}
	for version := 3; version <= 11; version++ {
		ours := append(first[:len(first):len(first)], "NewInstancePorts", "RegularCallers", "BytesPerHour")
		for _, more := range []struct {
			version int
			names   []string
		}{
			{11, []string{"CrossZoneBytes"}}, {3, []string{"NATBytes"}}, {5, []string{"GatewayEndpointBytes"}}, {11, []string{"BytesByTag"}},
			{7, []string{"BytesByECSService"}}, {11, []string{"BytesByNextHop"}}, {5, []string{"BytesByPath"}}, {8, []string{"RejectReasons"}},
		} {
			if version >= more.version {
				ours = append(ours, more.names...)
			}
		}
		f, err := flowlog.FormatOf(version)
		require.NoError(t, err)
		qs := ask(t, testTable(f, Text, Firehose, Projected), Params{})
		assert.Equal(t, slices.Concat(ours, predefined), names(qs), "version %d", version)
		for _, q := range qs {
			assert.True(t, strings.HasPrefix(q.SQL, "SELECT "), q.SQL)
			assert.Regexp(t, descriptions, q.Description, q.Name)
		}
	}
	v2 := names(ask(t, testTable(flowlog.V2, Text, Firehose, Projected), Params{}))
	for _, name := range []string{"VpcFlowLogsTopTalkersPacketLevel", "VpcFlowLogsTopTalkingInstances", "VpcFlowLogsTopTalkingSubnets", "VpcFlowLogsTotalBytesTransferredPacketLevel"} {
		assert.NotContains(t, v2, name)
	}
	assert.Equal(t, append(first, "RegularCallers", "BytesPerHour"), v2[:len(first)+2])
	assert.Len(t, v2, len(first)+2+len(predefined)-4)
	tgw := names(ask(t, testTable(flowlog.TransitGateway, Text, Firehose, Projected), Params{}))
	for _, name := range []string{"CrossZoneBytes", "LostPackets"} {
		assert.Contains(t, tgw, name)
	}
	// A caller's zones need addresses alone.
	zones := []Zone{{"use1-az1", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}, {"use1-az2", []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}}}
	q := find(t, ask(t, testTable(flowlog.V2, Text, Firehose, Projected), Params{Zones: zones}), "CrossZoneBytes")
	assert.Contains(t, q.SQL, `CASE WHEN contains('10.0.0.0/24', TRY_CAST("srcaddr" AS IPADDRESS)) THEN 'use1-az1' WHEN `)
	assert.Contains(t, q.Description, "counts twice")
}

// TestQueriesNameOnlyColumns takes each field of the newest format out in turn
// and keeps each alone: no question may name a column that is not there.
func TestQueriesNameOnlyColumns(t *testing.T) {
	full, err := flowlog.FormatOf(11)
	require.NoError(t, err)
	all := full.Fields()
	formats := [][]flowlog.Field{all}
	for i, f := range all {
		formats = append(formats, slices.Concat(all[:i], all[i+1:]), []flowlog.Field{f})
	}
	p := Params{
		CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, From: day1, To: day1.AddDate(0, 0, 1), Since: day1.Add(time.Hour),
		Source: netip.MustParseAddr("10.0.0.1"), Destination: netip.MustParseAddr("::1"), Accounts: []string{"123456789012"}, Regions: []string{"us-east-1"},
	}
	aliases := []string{"logs", "vpc_flow_logs", "cnt", "flows", "total_packets", "total_bytes", "sources", "ports", "rejected", "first_start",
		"side", "ip", "ok", "nodata", "skipdata", "records", "at", "gap", "intervals", "seconds", "hour", "from_zone", "to_zone", "inside",
		"tag", "field", "value", "lost", "no_route", "blackhole", "mtu_exceeded", "ttl_expired"}
	for _, fields := range formats {
		format, err := flowlog.NewFormat(fields...)
		require.NoError(t, err)
		for _, l := range []Layout{Unpartitioned, Firehose, S3Hourly} {
			table := testTable(format, Text, l, Projected)
			c := mustCreate(t, table)
			known := slices.Concat(c.columnNames(), aliases)
			for _, part := range c.partitions {
				known = append(known, part[0])
			}
			for _, p := range []Params{{}, p} {
				for _, q := range ask(t, table, p) {
					tokens, err := lex(q.SQL, false)
					require.NoError(t, err)
					for _, tok := range tokens {
						if tok.kind == 'i' {
							require.Contains(t, known, tok.text, "%s of %s", q.Name, format)
						}
					}
					bounded := strings.Contains(q.SQL, ` >= 1767225600`) || strings.Contains(q.SQL, `"datehour" BETWEEN '2026/01/01/00' AND '2026/01/02/00'`)
					require.Equal(t, !p.From.IsZero(), bounded, "%s of %s is not bounded by the time", q.Name, format)
				}
			}
		}
	}
}

// TestArticleQuery runs the article's own words against the table: every name
// in them is one of its columns, whatever the letter case.
func TestArticleQuery(t *testing.T) {
	const article1 = `SELECT sourceport, count(*) cnt FROM vpc_flow_logs WHERE sourceaddress LIKE '10.0%' GROUP BY sourceport ORDER BY cnt desc LIMIT 10`
	c := mustCreate(t, article())
	assert.Equal(t, []string{"vpc_flow_logs"}, c.name)
	assert.Equal(t, strings.Fields("version account interfaceid sourceaddress destinationaddress sourceport destinationport protocol packets bytes starttime endtime action logstatus"), c.columnNames())
	assert.Equal(t, "ingestdatetime", c.partitions[0][0])
	assert.Equal(t, "org.apache.hadoop.hive.serde2.RegexSerDe", c.serde)
	tokens, err := lex(article1, false)
	require.NoError(t, err)
	for _, tok := range tokens {
		if tok.kind == 'w' && strings.HasPrefix(tok.text, "source") {
			assert.Contains(t, c.columnNames(), tok.text)
		}
	}
	// The same question as Queries asks it.
	p := Params{CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}
	assert.Equal(t, `SELECT "sourceport", count(*) AS "cnt"
FROM "vpc_flow_logs"
WHERE "sourceport" IS NOT NULL
  AND contains('10.0.0.0/16', TRY_CAST("sourceaddress" AS IPADDRESS))
GROUP BY "sourceport"
ORDER BY "cnt" DESC, "sourceport"
LIMIT 10`, ask(t, article(), p)[0].SQL)
}

// TestOutboundPorts asks the question of formats that say more and less about
// who opened a connection.
func TestOutboundPorts(t *testing.T) {
	parse := func(s string) *flowlog.Format {
		f, err := flowlog.ParseFormat(s)
		require.NoError(t, err)
		return f
	}
	const base = "srcaddr dstaddr srcport dstport protocol"
	cidrs := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}
	const (
		ports  = `"dstport" IS NOT NULL` + "\n  AND " + `"protocol" IS NOT NULL` + "\n"
		lower  = `"dstport" <= COALESCE("srcport", "dstport")`
		flags  = `  AND (("protocol" = 6 AND bitwise_and("tcp_flags", 18) = 2) OR (("protocol" <> 6 OR "tcp_flags" IS NULL) AND ` + lower + "))\n"
		accept = `  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'` + "\n"
		given  = `contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS))` + "\n" + `  AND NOT contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS))` + "\n"
	)
	var from strings.Builder
	for i, p := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"} {
		if i > 0 {
			from.WriteString(" OR ")
		}
		from.WriteString("contains('" + p + `', TRY_CAST("srcaddr" AS IPADDRESS))`)
	}
	to := strings.ReplaceAll(from.String(), "srcaddr", "dstaddr")
	private := "(" + from.String() + ")\n  AND NOT (" + to + ")\n"
	directed := `TRY_CAST("srcaddr" AS IPADDRESS) IS NOT NULL` + "\n  AND ((" + from.String() + `) OR COALESCE("flow_direction", '') = 'egress')` + "\n" +
		"  AND NOT ((" + to + `) OR COALESCE("flow_direction", '') = 'ingress')` + "\n"
	for name, tt := range map[string]struct {
		format, where string
		p             Params
		says          string
	}{
		"neither":         {base, private + "  AND " + ports + "  AND " + lower + "\n", Params{}, "no flags that show"},
		"CIDRs":           {base, given + "  AND " + ports + "  AND " + lower + "\n", Params{CIDRs: cidrs}, "given CIDRs"},
		"action":          {base + " action", private + accept + "  AND " + ports + "  AND " + lower + "\n", Params{}, "private ones"},
		"log status":      {base + " log-status", private + "  AND " + ports + `  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')` + "\n  AND " + lower + "\n", Params{}, "private ones"},
		"flags":           {base + " tcp-flags", private + "  AND " + ports + flags, Params{}, "SYN"},
		"direction":       {base + " flow-direction", directed + "  AND " + ports + "  AND " + lower + "\n", Params{}, "flow-direction shows"},
		"both":            {base + " flow-direction tcp-flags", directed + "  AND " + ports + flags, Params{}, "flow-direction shows"},
		"both, CIDRs":     {base + " flow-direction tcp-flags", given + "  AND " + ports + flags, Params{CIDRs: cidrs}, "given CIDRs"},
		"transit gateway": {base + " flow-direction tcp-flags tgw-id", private + "  AND " + ports + "  AND " + lower + "\n", Params{}, "no flags that show"},
	} {
		t.Run(name, func(t *testing.T) {
			q := find(t, ask(t, testTable(parse(tt.format), Text, Firehose, Projected), tt.p), "OutboundPorts")
			assert.Equal(t, "SELECT \"dstport\", \"protocol\", count(*) AS \"cnt\"\nFROM \"logs\".\"vpc_flow_logs\"\nWHERE "+tt.where+
				"GROUP BY \"dstport\", \"protocol\"\nORDER BY \"cnt\" DESC, \"dstport\", \"protocol\"\nLIMIT 10", q.SQL)
			assert.Regexp(t, `opens? `, q.Description)
			assert.Contains(t, q.Description, tt.says)
		})
	}
}

// TestNewSince checks that new means since the given time, or the last seven days.
func TestNewSince(t *testing.T) {
	table := testTable(flowlog.V2, Text, Firehose, Projected)
	for having, p := range map[string]Params{
		`HAVING min("start") >= 1767229200`:                                        {Since: day1.Add(time.Hour), To: day1.AddDate(0, 0, 9)},
		`HAVING min("start") >= 1767225600`:                                        {To: day1.AddDate(0, 0, 7)},
		`HAVING min("start") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)`: {},
	} {
		for _, name := range []string{"NewPorts", "NewDestinations"} {
			assert.Contains(t, find(t, ask(t, table, p), name).SQL, "\n"+having+"\n")
		}
	}
}

// TestLogStatus counts every record, those that name no interface too, and
// names their group alike however the files are stored.
func TestLogStatus(t *testing.T) {
	for _, s := range []Storage{Text, Regex, Parquet} {
		q := find(t, ask(t, testTable(flowlog.V2, s, Unpartitioned, Projected), Params{}), "LogStatus")
		assert.Equal(t, `SELECT NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id", `+
			`count_if("log_status" = 'OK') AS "ok", count_if("log_status" = 'NODATA') AS "nodata", count_if("log_status" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "logs"."vpc_flow_logs"
GROUP BY NULLIF(NULLIF("interface_id", '-'), '')
ORDER BY "skipdata" DESC, "nodata" DESC, "interface_id"
LIMIT 10`, q.SQL)
	}
	f, err := flowlog.ParseFormat("log-status start")
	require.NoError(t, err)
	q := find(t, ask(t, testTable(f, Text, Unpartitioned, Projected), Params{}), "LogStatus")
	assert.NotContains(t, q.SQL, "GROUP BY", "without interfaces, one row for the whole log")
	assert.NotContains(t, q.SQL, "WHERE")
}

// TestAbsentIsNoValue checks for every question what Queries promises: a column
// of strings is compared with a value, or stripped of what is none.
func TestAbsentIsNoValue(t *testing.T) {
	full, err := flowlog.FormatOf(11)
	require.NoError(t, err)
	for _, q := range ask(t, testTable(full, Text, Unpartitioned, Projected), Params{}) {
		_, where, _ := strings.Cut(q.SQL, "\nWHERE ")
		where, group, _ := strings.Cut(where, "\nGROUP BY ")
		group, _, _ = strings.Cut(group, "\n")
		for f := range full.FieldSet().All() {
			if name := sqlIdent(f.Column()); f.Type() == flowlog.TypeString {
				assert.NotContains(t, q.SQL, "DISTINCT "+name, q.Name)
				if slices.Contains(strings.Split(group, ", "), name) {
					assert.Contains(t, where, name+" NOT IN ('-', '')", q.Name)
				}
			}
		}
	}
}

// TestAddresses writes prefixes and addresses as Trino reads them.
func TestAddresses(t *testing.T) {
	table := testTable(flowlog.V2, Text, Firehose, Projected)
	sql := func(p Params, name string) string { return find(t, ask(t, table, p), name).SQL }
	for in, want := range map[string]string{
		"10.1.2.3/8":          "'10.0.0.0/8'",
		"::ffff:10.1.2.3/104": "'10.0.0.0/8'",
		"2001:db8::1/32":      "'2001:db8::/32'",
		"0.0.0.0/0":           "'0.0.0.0/0'",
	} {
		assert.Contains(t, sql(Params{CIDRs: []netip.Prefix{netip.MustParsePrefix(in)}}, "SourcePorts"), "contains("+want+",", in)
	}
	// Around ::ffff:0:0/96 lie the prefixes that contain would find IPv4 in.
	for in, want := range map[string]string{
		"::/0":         `(contains('::/0', TRY_CAST("srcaddr" AS IPADDRESS)) AND NOT contains('0.0.0.0/0', TRY_CAST("srcaddr" AS IPADDRESS)))`,
		"::1:0:0:0/64": `(contains('::/64', TRY_CAST("srcaddr" AS IPADDRESS)) AND NOT contains('0.0.0.0/0', TRY_CAST("srcaddr" AS IPADDRESS)))`,
		"::/80":        `(contains('::/80', TRY_CAST("srcaddr" AS IPADDRESS)) AND NOT contains('0.0.0.0/0', TRY_CAST("srcaddr" AS IPADDRESS)))`,
		"::/81":        `contains('::/81', TRY_CAST("srcaddr" AS IPADDRESS))`,
		"::/128":       `contains('::/128', TRY_CAST("srcaddr" AS IPADDRESS))`,
	} {
		q := sql(Params{CIDRs: []netip.Prefix{netip.MustParsePrefix(in)}}, "SourcePorts")
		assert.Contains(t, q, "\n  AND "+want+"\n", in)
		q = sql(Params{CIDRs: []netip.Prefix{netip.MustParsePrefix(in)}}, "OutboundPorts")
		assert.Contains(t, q, "\n  AND NOT "+strings.ReplaceAll(want, "srcaddr", "dstaddr")+"\n", in)
	}
	for in, want := range map[string]string{"10.0.0.1": "'10.0.0.1'", "::ffff:10.0.0.1": "'10.0.0.1'", "fe80::1%eth0'; --": "'fe80::1'"} {
		p := Params{Source: netip.MustParseAddr(in), Destination: netip.MustParseAddr(in)}
		assert.Contains(t, sql(p, "VpcFlowLogsTrafficFrmSrcAddr"), `TRY_CAST("srcaddr" AS IPADDRESS) = IPADDRESS `+want+"\n")
		assert.Contains(t, sql(p, "VpcFlowLogsTrafficToDstAddr"), `TRY_CAST("dstaddr" AS IPADDRESS) = IPADDRESS `+want+"\n")
	}
	assert.True(t, strings.HasSuffix(sql(Params{}, "SourcePorts"), "LIMIT 10"))
	assert.True(t, strings.HasSuffix(sql(Params{Limit: 7}, "SourcePorts"), "LIMIT 7"))
	// A part of a second is rounded up, to a bound that lets nothing else in.
	q := sql(Params{From: day1.Add(time.Nanosecond), To: day1.Add(time.Second + 1)}, "SourcePorts")
	assert.Contains(t, q, `"start" >= 1767225601`)
	assert.Contains(t, q, `"start" < 1767225602`)
}
