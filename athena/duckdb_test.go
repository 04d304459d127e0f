package athena

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

func TestGoldenDuckDB(t *testing.T) {
	for name, f := range testFormats(t) {
		t.Run(name, func(t *testing.T) {
			var out script
			for _, s := range []Storage{Text, Parquet} {
				view, err := testTable(f, s, S3Hourly, Projected).DuckDBView("")
				require.NoError(t, err)
				out.add("view over "+s.String(), view)
			}
			p := allParams
			p.Dialect = DuckDB
			for _, q := range ask(t, testTable(f, Text, S3Hourly, Projected), p) {
				out.add(q.Name+": "+q.Description, q.SQL)
			}
			golden(t, "duckdb/"+name+".sql", out.String())
		})
	}
}

// TestGoldenDuckDBPaths shows which files are read in each layout, and where
// the partition columns come from.
func TestGoldenDuckDBPaths(t *testing.T) {
	one, err := flowlog.NewFormat(flowlog.FieldBytes)
	require.NoError(t, err)
	var out script
	for _, l := range Layouts() {
		for _, folder := range []string{"", ".", "./it's/logs", "/var/a b/../log/"} {
			view, err := testTable(one, Parquet, l, Projected).DuckDBView(folder)
			require.NoError(t, err)
			out.add(l.String()+", folder "+folder, view)
		}
	}
	golden(t, "duckdb/paths.sql", out.String())
}

func TestDuckDBRefuses(t *testing.T) {
	own, err := flowlog.ParseFormat("srcaddr srcaddr-hex")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	for name, c := range map[string]struct {
		table  *Table
		folder string
		kind   error
	}{
		"regex":              {testTable(flowlog.V2, Regex, Firehose, Projected), "", ErrLayout},
		"iceberg":            {testTable(flowlog.V2, Iceberg, Unpartitioned, Projected), "", ErrLayout},
		"pattern":            {testTable(flowlog.V2, Text, Firehose, Projected), "logs/*/", ErrLocation},
		"backslash":          {testTable(flowlog.V2, Text, Firehose, Projected), `C:\logs`, ErrLocation},
		"line":               {testTable(flowlog.V2, Text, Firehose, Projected), "lo\ngs", ErrLocation},
		"invalid UTF-8":      {testTable(flowlog.V2, Text, Firehose, Projected), "lo\xffgs", ErrLocation},
		"column of its own":  {testTable(own, Text, Firehose, Projected), "", ErrColumn},
		"a rule of the rest": {testTable(flowlog.V2, Text, Layout(99), Projected), "", ErrLayout},
	} {
		t.Run(name, func(t *testing.T) {
			view, err := c.table.DuckDBView(c.folder)
			refused(t, err, c.kind)
			assert.Empty(t, view)
			if c.folder == "" {
				qs, err := c.table.Queries(Params{Dialect: DuckDB})
				refused(t, err, c.kind)
				assert.Empty(t, qs)
			}
		})
	}
	_, err = testTable(flowlog.V2, Text, Firehose, Projected).Queries(Params{Dialect: 9})
	refused(t, err, ErrLayout)
}

// TestHexPrefixes compares the expression of prefixes with netip.
func TestHexPrefixes(t *testing.T) {
	for in, want := range map[string]string{
		"0.0.0.0/0": "^(4:)", "::/0": "^(6:)", "10.0.0.0/8": "^(4:0a)", "172.16.0.0/12": "^(4:ac1)", "100.64.0.0/10": "^(4:64[4567])",
		"fc00::/7": "^(6:f[cd])", "10.1.2.3/9": "^(4:0a[01234567])", "::ffff:10.0.0.0/104": "^(4:0a)", "10.0.0.7/32": "^(4:0a000007)",
		"10.0.0.6/31": "^(4:0a00000[67])", "::1/128": "^(6:00000000000000000000000000000001)",
	} {
		assert.Equal(t, "regexp_matches(a, '"+want+"')", inHexPrefixes([]netip.Prefix{netip.MustParsePrefix(in)}, "a"), in)
	}
	assert.Equal(t, "regexp_matches(a, '^(4:0a|6:f[cd])')", inHexPrefixes(prefixes("10.0.0.0/8", "fc00::/7"), "a"))
}
