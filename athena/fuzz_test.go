package athena

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// case 118: FuzzStatements builds every statement from hostile names, paths, prefixes,
// columns and addresses. What is not refused must be one statement that says
// what was asked and nothing else: the same shape as for harmless values, the
// same columns, and the values themselves where they belong.
func FuzzStatements(f *testing.F) {
	f.Add("logs", "vpc_flow_logs", "prefix/", "", "x-new", "10.0.0.0/8", "fe80::1%eth0", "123456789012", "us-east-1", uint8(0))
	f.Add("a`b", "t; DROP TABLE x", "it's/", "a'!{timestamp:yyyy}/", "x", "'; --", "::1%';--", "1'", "us'", uint8(7))
	f.Add(`\`, `"`, `\'/`, "dt=!{timestamp:yyyy-MM-dd}/", "a`b", "::/0", "::ffff:1.2.3.4", "", "", uint8(19))
	f.Add("logs", "t", "a/", "", "x", "::1/9", "::1", "123456789012", "us-east-1", uint8(1))
	f.Add("SELECT", "end", "a b/é/", "!{timestamp:'y='yyyy'/m='MM}/!{firehose:random-string}/", "select", "0.0.0.0/0", "%", "000000000000", "us-gov-west-1", uint8(34))
	f.Add("_a", "1a", "--/", "vpc/*/", "datehour", "10.0.0.0/33", "1.2.3.4%;", "123456789012", "cn-north-1", uint8(41))
	f.Fuzz(func(t *testing.T, database, name, folder, prefix, col, cidr, addr, account, region string, pick uint8) {
		format, _ := flowlog.ParseFormat("version srcaddr dstaddr srcport dstport protocol start end action log-status " + col)
		if format == nil {
			format = flowlog.V2
		}
		layout := Layouts()[pick%6]
		hostile := &Table{
			Database: database, Name: name, Location: "s3://amzn-s3-demo-bucket/" + folder, Format: format,
			Storage: Storage(pick / 6 % 3), Layout: layout, Partitioning: Partitioning(pick / 18 % 2), Columns: Naming(pick / 36 % 2), Prefix: prefix,
		}
		if layout.s3() {
			hostile.Accounts, hostile.Regions = []string{account}, []string{region}
		}
		if hostile.Validate() != nil {
			return
		}
		// The harmless twin: the same structure with nothing to quote.
		twin := *hostile
		twin.Name, twin.Location = "t", "s3://amzn-s3-demo-bucket/"
		if database != "" {
			twin.Database = "d"
		}
		if layout.s3() {
			twin.Accounts, twin.Regions = []string{"123456789012"}, []string{"us-east-1"}
		}

		sql, err := hostile.Create()
		if err != nil {
			return // a prefix that cannot be projected
		}
		twinSQL, err := twin.Create()
		require.NoError(t, err)
		require.Equal(t, shape(t, twinSQL, true), shape(t, sql, true))
		c, err := parseCreate(sql)
		require.NoError(t, err)
		if database == "" {
			require.Equal(t, []string{strings.ToLower(name)}, c.name)
		} else {
			require.Equal(t, []string{strings.ToLower(database), strings.ToLower(name)}, c.name)
		}
		require.True(t, strings.HasPrefix(c.location, hostile.Location), c.location)
		twinCreated, err := parseCreate(twinSQL)
		require.NoError(t, err)
		require.Equal(t, twinCreated.columns, c.columns)
		require.Equal(t, twinCreated.partitions, c.partitions)
		// The twin has the same columns and prefix; these are held to what they
		// say themselves.
		want := strings.ToLower(strings.Join(format.Columns(), " "))
		if hostile.Columns == ArticleNames {
			want = ""
			for i, f := range format.Fields() {
				want += " " + cmp.Or(articleColumns[f], strings.ReplaceAll(strings.ToLower(format.Columns()[i]), "_", ""))
			}
		}
		for _, part := range c.partitions {
			named := strings.Contains(prefix, part[0]+"=") || slices.Contains([]string{"datehour", "ingestdatetime", "day", "month", "year"}, part[0])
			require.True(t, layout.s3() || named, "partition %q is none of prefix %q", part[0], prefix)
		}
		for i, name := range strings.Fields(want) {
			if hostile.Storage == Text {
				require.Equal(t, name, strings.TrimSuffix(c.columns[i][0], "_logged"))
			}
		}
		if hostile.Storage == Text {
			require.Len(t, c.columns, format.Len())
		}

		glue, err := hostile.Glue()
		require.NoError(t, err)
		var input glueTable
		require.NoError(t, json.Unmarshal(glue, &input))
		require.Equal(t, c.location, input.StorageDescriptor.Location)
		require.Len(t, input.StorageDescriptor.Columns, len(c.columns))

		p := Partition{Time: day1}
		if layout.s3() {
			p.Account, p.Region = account, region
		}
		if layout != Unpartitioned && hostile.Partitioning == Explicit {
			for _, alter := range []func(...Partition) ([]string, error){hostile.AddPartitions, hostile.DropPartitions} {
				sqls, err := alter(p)
				require.NoError(t, err)
				parts, err := parseAlter(sqls[0])
				require.NoError(t, err)
				require.Len(t, parts, 1)
				require.Len(t, parts[0].spec, len(c.partitions))
				location, err := hostile.PartitionLocation(p)
				require.NoError(t, err)
				require.Contains(t, []string{"", location}, parts[0].location)
				// The key of an object in the partition gives that partition.
				if where := parts[0].location; where != "" {
					key := strings.TrimPrefix(where, "s3://amzn-s3-demo-bucket/") + "object"
					got, err := hostile.Partition(key)
					require.NoError(t, err)
					again, err := alter(got)
					require.NoError(t, err)
					require.Equal(t, sqls, again)
				}
			}
		}

		params := Params{Accounts: hostile.Accounts, Regions: hostile.Regions, From: day1, To: day1.Add(time.Hour)}
		if p, err := netip.ParsePrefix(cidr); err == nil {
			params.CIDRs = []netip.Prefix{p}
		}
		params.Source, _ = netip.ParseAddr(addr)
		params.Destination = params.Source
		twinParams := params
		twinParams.Accounts, twinParams.Regions = twin.Accounts, twin.Regions
		if len(params.CIDRs) > 0 {
			twinParams.CIDRs = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
			if p := params.CIDRs[0]; p.Addr().Is6() && !p.Addr().Is4In6() && p.Contains(netip.MustParseAddr("::ffff:0:0")) {
				twinParams.CIDRs[0] = netip.MustParsePrefix("::/0") // takes two conditions
			}
		}
		if params.Source.IsValid() {
			twinParams.Source, twinParams.Destination = netip.IPv6Unspecified(), netip.IPv6Unspecified()
		}
		if zones := []Zone{{col, params.CIDRs}}; checkZones(zones) == nil {
			params.Zones, twinParams.Zones = zones, []Zone{{"z", twinParams.CIDRs}}
		}
		if queries, err := hostile.Queries(params); err == nil {
			twins, err := twin.Queries(twinParams)
			require.NoError(t, err)
			require.Len(t, queries, len(twins))
			for i, q := range queries {
				require.Equal(t, shape(t, twins[i].SQL, false), shape(t, q.SQL, false))
			}
		}

		if duck, err := hostile.DuckDBView(""); err == nil {
			twinDuck, err := twin.DuckDBView("")
			require.NoError(t, err)
			require.Equal(t, shape(t, twinDuck, false), shape(t, duck, false))
			params.Dialect, twinParams.Dialect = DuckDB, DuckDB
			queries, err := hostile.Queries(params)
			if err == nil {
				twins, err := twin.Queries(twinParams)
				require.NoError(t, err)
				require.Len(t, queries, len(twins))
				for i, q := range queries {
					require.Equal(t, shape(t, twins[i].SQL, false), shape(t, q.SQL, false))
				}
			}
			duck, err = hostile.DuckDBView(folder)
			if folder != "" && err == nil {
				require.Equal(t, shape(t, twinDuck, false), shape(t, duck, false))
			}
		}

		view, err := hostile.View("v")
		if err == nil {
			twinView, err := twin.View("v")
			require.NoError(t, err)
			require.Equal(t, shape(t, twinView, false), shape(t, view, false))
		}
		unloadTo := "s3://amzn-s3-demo-target/" + folder
		unload, err := hostile.Unload(unloadTo, nil)
		require.NoError(t, err)
		twinUnload, err := twin.Unload("s3://amzn-s3-demo-target/", nil)
		require.NoError(t, err)
		require.Equal(t, shape(t, twinUnload, false), shape(t, unload, false))
		tokens, err := lex(unload, false)
		require.NoError(t, err)
		require.True(t, slices.Contains(tokens, token{'s', unloadTo}))
	})
}
