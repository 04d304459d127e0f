package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain runs the command itself when a test has started it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("DDL_PROCESS") == "1" {
		main()
	}
	os.Exit(m.Run())
}

// ddl runs the command as a process.
func ddl(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), "DDL_PROCESS=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestCreate(t *testing.T) {
	out, errs, status := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/vpc/", "-format", "${srcaddr} ${srcport} ${start}", "-since", "2026-11-22", "-queries", "SourcePorts", "-cidr", "10.0.0.0/16,2001:db8::/32", "-limit", "5")
	require.Zero(t, status, errs)
	assert.Empty(t, errs)
	assert.Equal(t, "-- create\n"+
		"CREATE EXTERNAL TABLE IF NOT EXISTS `vpc_flow_logs` (\n"+
		"  `srcaddr` string,\n  `srcport` int,\n  `start` bigint\n)\n"+
		"PARTITIONED BY (\n  `datehour` string\n)\n"+
		"ROW FORMAT DELIMITED\n  FIELDS TERMINATED BY ' '\nSTORED AS TEXTFILE\n"+
		"LOCATION 's3://amzn-s3-demo-bucket/vpc/'\n"+
		"TBLPROPERTIES (\n"+
		"  'projection.enabled' = 'true',\n"+
		"  'projection.datehour.type' = 'date',\n"+
		"  'projection.datehour.format' = 'yyyy/MM/dd/HH',\n"+
		"  'projection.datehour.range' = '2026/11/22/00,NOW',\n"+
		"  'projection.datehour.interval' = '1',\n"+
		"  'projection.datehour.interval.unit' = 'HOURS',\n"+
		"  'storage.location.template' = 's3://amzn-s3-demo-bucket/vpc/${datehour}/'\n);\n"+
		"\n-- SourcePorts: The source ports with the most flows, as the article asks.\n"+
		"SELECT \"srcport\", count(*) AS \"cnt\"\nFROM \"vpc_flow_logs\"\n"+
		"WHERE \"srcport\" IS NOT NULL\n"+
		"  AND (contains('10.0.0.0/16', TRY_CAST(\"srcaddr\" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST(\"srcaddr\" AS IPADDRESS)))\n"+
		"GROUP BY \"srcport\"\nORDER BY \"cnt\" DESC, \"srcport\"\nLIMIT 5;\n", out)
}

// TestJSON asks for everything at once, one statement to an object.
func TestJSON(t *testing.T) {
	out, errs, status := ddl(t, "", "-json", "-location", "s3://amzn-s3-demo-bucket/", "-layout", "s3-hive-hourly", "-storage", "parquet", "-explicit",
		"-format", "v5", "-database", "logs", "-table", "flows", "-accounts", "123456789012,210987654321", "-regions", "us-east-1",
		"-view", "flows_view", "-parquet", "s3://amzn-s3-demo-bucket/copy/", "-queries", "all", "-from", "2026-11-22", "-to", "2026-11-23T00:00:00Z")
	require.Zero(t, status, errs)
	var all []struct{ Name, Description, SQL string }
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
		assert.NotContains(t, s.SQL, ";")
		assert.NotEmpty(t, s.SQL)
	}
	assert.Equal(t, []string{"create", "repair", "view", "copy", "SourcePorts", "OutboundPorts"}, names[:6])
	assert.Len(t, names, 4+7+16)
	assert.Contains(t, all[0].SQL, "`logs`.`flows`")
	assert.Contains(t, all[4].SQL, `"aws-account-id" IN ('123456789012', '210987654321')`)
	assert.Contains(t, all[4].SQL, `"day" BETWEEN '22' AND '23'`)
}

// TestEnd gives a Hive-compatible log of transit gateways an end.
func TestEnd(t *testing.T) {
	out, errs, status := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-layout", "s3-hive-daily", "-format", "tgw", "-service", "service",
		"-accounts", "123456789012", "-regions", "us-east-1", "-header", "none", "-since", "2025-06-01", "-until", "2027-01-01")
	require.Zero(t, status, errs)
	assert.Contains(t, out, "  `service` string,\n")
	assert.Contains(t, out, "'projection.year.type' = 'integer',\n  'projection.year.range' = '2025,2026'")
	assert.NotContains(t, out, "skip.header.line.count")
}

func TestStandardInput(t *testing.T) {
	t.Run("header line", func(t *testing.T) {
		out, errs, status := ddl(t, "version srcaddr x-new\n2 10.0.0.1 a\n", "-format", "-", "-location", "s3://amzn-s3-demo-bucket/", "-layout", "unpartitioned")
		require.Zero(t, status, errs)
		assert.Contains(t, out, "`x_new` string")
		assert.Contains(t, errs, "warning")
		assert.Contains(t, errs, "x-new")
	})
	t.Run("keys", func(t *testing.T) {
		out, errs, status := ddl(t, "2026-11-22 05:10:00     123456 a b/2026/11/22/05/x.gz\na b/2026/11/22/05/y.gz\na b/2026/11/22/06/x.gz\na b/odd\n",
			"-location", "s3://amzn-s3-demo-bucket/a b/", "-explicit", "-keys")
		require.Zero(t, status, errs)
		assert.Equal(t, 2, strings.Count(out, "PARTITION (`datehour`"))
		assert.Equal(t, 1, strings.Count(out, "ALTER TABLE"))
		assert.Contains(t, out, "PARTITION (`datehour`='2026/11/22/05') LOCATION 's3://amzn-s3-demo-bucket/a b/2026/11/22/05/'")
		assert.Equal(t, 1, strings.Count(errs, "skipped"))
		assert.Contains(t, errs, `"a b/odd"`)
	})
	t.Run("both", func(t *testing.T) {
		_, errs, status := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-explicit", "-keys", "-format", "-")
		assert.Equal(t, 1, status)
		assert.Contains(t, errs, "standard input")
	})
}

func TestFailures(t *testing.T) {
	const location = "-location=s3://amzn-s3-demo-bucket/"
	for name, tt := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"no location":       {nil, 1, "location"},
		"no slash":          {[]string{"-location", "s3://amzn-s3-demo-bucket/x"}, 1, "slash"},
		"name":              {[]string{location, "-table", "a-b"}, 1, `"a-b"`},
		"format":            {[]string{location, "-format", "${a"}, 1, "format"},
		"version":           {[]string{location, "-format", "v1"}, 1, "version 1"},
		"empty input":       {[]string{location, "-format", "-"}, 1, "format"},
		"layout":            {[]string{location, "-layout", "s3"}, 2, "s3-hive-hourly"},
		"time":              {[]string{location, "-since", "yesterday"}, 2, "2026-11-22"},
		"until":             {[]string{location, "-since", "2026-11-22", "-until", "2026-11-22"}, 1, "since and until"},
		"header":            {[]string{location, "-header", "yes"}, 2, "auto, line, none"},
		"service":           {[]string{location, "-service", "service"}, 1, "Hive-compatible"},
		"CIDR":              {[]string{location, "-cidr", "10.0.0.0"}, 2, "10.0.0.0"},
		"argument":          {[]string{location, "x"}, 2, `"x"`},
		"flag":              {[]string{"-x"}, 2, "-x"},
		"no such question":  {[]string{location, "-queries", "SourcePorts,What"}, 1, `"What"`},
		"backwards":         {[]string{location, "-queries", "all", "-from", "2026-11-23", "-to", "2026-11-22"}, 1, "end before it starts"},
		"view":              {[]string{location, "-view", "a b"}, 1, `"a b"`},
		"copy":              {[]string{location, "-parquet", "x"}, 1, "s3://"},
		"keys not explicit": {[]string{location, "-keys"}, 1, "explicit"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, status := ddl(t, "", tt.args...)
			assert.Equal(t, tt.status, status)
			assert.Contains(t, errs, tt.says)
			assert.Empty(t, out)
			if status == 1 {
				assert.Equal(t, 1, strings.Count(errs, "\n"), errs)
			}
		})
	}
	out, errs, status := ddl(t, "", "-h")
	assert.Zero(t, status)
	assert.Empty(t, out)
	assert.Contains(t, errs, "usage: ddl")
}
