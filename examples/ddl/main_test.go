package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
)

// TestMain makes the test executable the command, if it is started as one.
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
		"\n-- SourcePorts: Which source ports have the most flows?\n"+
		"SELECT \"srcport\", count(*) AS \"cnt\"\nFROM \"vpc_flow_logs\"\n"+
		"WHERE \"srcport\" IS NOT NULL\n"+
		"  AND (contains('10.0.0.0/16', TRY_CAST(\"srcaddr\" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST(\"srcaddr\" AS IPADDRESS)))\n"+
		"GROUP BY \"srcport\"\nORDER BY \"cnt\" DESC, \"srcport\"\nLIMIT 5;\n", out)
}

// TestJSON prints all kinds of statements, one per object.
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
	assert.Len(t, names, 4+14+16)
	assert.Contains(t, all[0].SQL, "`logs`.`flows`")
	assert.Contains(t, all[4].SQL, `"aws-account-id" IN ('123456789012', '210987654321')`)
	assert.Contains(t, all[4].SQL, `"day" BETWEEN '22' AND '23'`)
}

// TestEnd sets the end of a Hive-compatible log of transit gateways.
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
		"CIDR":              {[]string{location, "-cidr", "10.0.0.0/33"}, 2, "10.0.0.0"},
		"argument":          {[]string{location, "x"}, 2, `"x"`},
		"flag":              {[]string{"-x"}, 2, "-x"},
		"no such question":  {[]string{location, "-queries", "SourcePorts,What"}, 1, `question "What": must be one that this table can answer: SourcePorts, OutboundPorts,`},
		"backwards":         {[]string{location, "-queries", "all", "-from", "2026-11-23", "-to", "2026-11-22"}, 1, "end before it starts"},
		"view":              {[]string{location, "-view", "a b"}, 1, `"a b"`},
		"copy inside":       {[]string{location, "-parquet", "s3://amzn-s3-demo-bucket/copy/"}, 1, "its own copy"},
		"two outputs":       {[]string{location, "-glue", "-json"}, 2, "-glue"},
		"glue and queries":  {[]string{location, "-glue", "-queries", "all"}, 2, "print only the table"},
		"no database":       {[]string{location, "-terraform"}, 2, "-database"},
		"copy":              {[]string{location, "-parquet", "x"}, 1, "s3://"},
		"a zone twice":      {[]string{location, "-queries", "all", "-zone", "a=10.0.0.0/24", "-zone", "a=10.0.1.0/24"}, 1, `zone "a": must not be given twice`},
		"a subnet twice":    {[]string{location, "-queries", "all", "-zone", "a=10.0.0.0/24", "-zone", "b=10.0.0.0/16"}, 1, `subnet "10.0.0.0/16": must not overlap with subnet 10.0.0.0/24`},
		"zone":              {[]string{location, "-zone", "a"}, 2, "-zone"},
		"subnet":            {[]string{location, "-zone", "a=10.0.0.0/33"}, 2, "-zone"},
		"source":            {[]string{location, "-source", "10.0.0"}, 2, "-source"},
		"iceberg's layout":  {[]string{location, "-storage", "iceberg", "-layout", "s3-daily"}, 1, `layout "s3-daily": must be unpartitioned`},
		"iceberg's start":   {[]string{location, "-storage", "iceberg", "-layout", "unpartitioned", "-format", "srcaddr"}, 1, "must have the field start"},
		"iceberg and glue":  {[]string{location, "-storage", "iceberg", "-layout", "unpartitioned", "-glue"}, 1, `storage "iceberg": must not be iceberg`},
		"table bucket":      {[]string{location, "-iceberg", "s3tablescatalog/B", "-database", "logs"}, 1, "name of a table bucket"},
		"namespace":         {[]string{location, "-iceberg", "s3tablescatalog/amzn-s3-demo-bucket", "-database", "aws_logs"}, 1, "must not begin with aws in S3 Tables"},
		"no namespace":      {[]string{location, "-iceberg", "s3tablescatalog/amzn-s3-demo-bucket"}, 1, "must not be empty in S3 Tables"},
		"duckdb, iceberg":   {[]string{location, "-storage", "iceberg", "-layout", "unpartitioned", "-dialect", "duckdb"}, 1, "DuckDB reads text and Parquet tables"},
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
	assert.Empty(t, errs)
	assert.Contains(t, out, "usage: ddl")
}

// TestFormats sets the format in several forms.
func TestFormats(t *testing.T) {
	want, _, _ := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-since", "2026-11-22", "-format", "v5")
	assert.Contains(t, want, "`traffic_path` int")
	for _, format := range []string{"5", "V5", " 5 "} {
		out, errs, status := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-since", "2026-11-22", "-format", format)
		assert.Zero(t, status)
		assert.Empty(t, errs)
		assert.Equal(t, want, out)
	}
}

// TestKeys reads keys in the forms that the aws command prints.
func TestKeys(t *testing.T) {
	key := func(day string) string {
		return "AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/05/" + day + "/a.log.gz"
	}
	for name, in := range map[string]string{
		"lines":       key("25") + "\n" + key("26") + "\n" + key("27") + "\n",
		"no line end": key("25") + "\n\n" + key("26") + "\n" + key("27"),
		"tabs":        key("25") + "\t" + key("26") + "\t" + key("27") + "\n",
		"Windows":     key("25") + "\t" + key("26") + "\r\n" + key("27") + "\r\n",
		"listing":     "2024-05-25 10:00:00       1234 " + key("25") + "\n2024-05-26 10:00:00 9 " + key("26") + "\n2024-05-27 10:00:00 0 " + key("27") + "\n",
		// A line longer than a buffer.
		"many": strings.Repeat(key("25")+"\t", 2000) + key("26") + "\t" + key("27"),
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, status := ddl(t, in, "-location", "s3://amzn-s3-demo-bucket/", "-layout", "s3-daily", "-explicit", "-keys")
			require.Zero(t, status, errs)
			assert.Empty(t, errs)
			for _, day := range []string{"25", "26", "27"} {
				assert.Equal(t, 1, strings.Count(out, "`day`='2024/05/"+day+"'"), day)
			}
			assert.Equal(t, 3, strings.Count(out, "PARTITION ("))
		})
	}
}

// TestManyPartitions warns about a table with hourly partitions for years.
func TestManyPartitions(t *testing.T) {
	for name, tt := range map[string]struct {
		args  []string
		warns string
	}{
		"hours":       {nil, "log"},
		"since":       {[]string{"-since", "2015-06-10"}, ""},
		"explicit":    {[]string{"-explicit"}, ""},
		"days":        {[]string{"-layout", "s3-daily", "-accounts", "123456789012", "-regions", "us-east-1"}, ""},
		"days, three": {[]string{"-layout", "s3-daily", "-accounts", "123456789012", "-regions", "us-east-1,us-east-2,us-west-1"}, "log"},
		"from":        {[]string{"-from", "2026-11-22"}, "log; -from bounds only the queries that ddl prints"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, status := ddl(t, "", append(tt.args, "-location", "s3://amzn-s3-demo-bucket/")...)
			require.Zero(t, status, errs)
			assert.Contains(t, out, "CREATE EXTERNAL TABLE")
			if tt.warns == "" {
				assert.Empty(t, errs)
				return
			}
			assert.Regexp(t, `^ddl: warning: without -since the table has \d{2,3},\d{3} partitions, and a query without a time lists a folder for each: set -since to the first day of the `+tt.warns+`\n$`, errs)
		})
	}
}

// TestDefinitions prints a table in the forms of Glue, CloudFormation and
// Terraform.
func TestDefinitions(t *testing.T) {
	args := []string{"-location", "s3://amzn-s3-demo-bucket/vpc/", "-format", "srcaddr start", "-database", "Logs", "-since", "2026-11-22", "-storage", "regex"}
	glue, errs, status := ddl(t, "", append(args, "-glue")...)
	require.Zero(t, status, errs)
	assert.Empty(t, errs)
	var table map[string]any
	require.NoError(t, json.Unmarshal([]byte(glue), &table))
	assert.Equal(t, "vpc_flow_logs", table["Name"])

	template, errs, status := ddl(t, "", append(args, "-cloudformation")...)
	require.Zero(t, status, errs)
	var cfn struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				CatalogID    map[string]string `json:"CatalogId"`
				DatabaseName string
				TableInput   map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(template), &cfn))
	require.Len(t, cfn.Resources, 1)
	for _, r := range cfn.Resources {
		assert.Equal(t, "AWS::Glue::Table", r.Type)
		assert.Equal(t, map[string]string{"Ref": "AWS::AccountId"}, r.Properties.CatalogID)
		assert.Equal(t, "logs", r.Properties.DatabaseName)
		assert.Equal(t, table, r.Properties.TableInput)
	}

	hcl, errs, status := ddl(t, "", append(args, "-terraform")...)
	require.Zero(t, status, errs)
	want, err := os.ReadFile("testdata/table.tf")
	require.NoError(t, err)
	assert.Equal(t, string(want), hcl)
}

// TestParams passes the parameters of queries on.
func TestParams(t *testing.T) {
	out, errs, status := ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-since", "2026-11-22", "-queries", "CrossZoneBytes,VpcFlowLogsTrafficFrmSrcAddr,VpcFlowLogsTrafficToDstAddr",
		"-zone", "use1-az1=10.0.0.0/24,10.0.1.0/24", "-zone", "use1-az2=10.0.2.0/24", "-source", "10.0.0.5", "-destination", "2001:db8::1")
	require.Zero(t, status, errs)
	assert.Contains(t, out, `contains('10.0.1.0/24', TRY_CAST("srcaddr" AS IPADDRESS))) THEN 'use1-az1' WHEN contains('10.0.2.0/24', TRY_CAST("srcaddr" AS IPADDRESS)) THEN 'use1-az2' END`)
	assert.Contains(t, out, `TRY_CAST("srcaddr" AS IPADDRESS) = IPADDRESS '10.0.0.5'`)
	assert.Contains(t, out, `TRY_CAST("dstaddr" AS IPADDRESS) = IPADDRESS '2001:db8::1'`)
}

// TestList prints the names of the questions, with no other flag.
func TestList(t *testing.T) {
	out, errs, status := ddl(t, "", "-queries", "list")
	require.Zero(t, status, errs)
	assert.Empty(t, errs)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	all := athena.Questions()
	require.Len(t, lines, 1+len(all))
	assert.Regexp(t, `^query +question$`, lines[0])
	for i, q := range all {
		assert.Regexp(t, "^"+q.Name+" +"+regexp.QuoteMeta(q.Description)+"$", lines[i+1])
	}
	out, _, status = ddl(t, "", "-queries", "list", "-json")
	require.Zero(t, status)
	var objects []map[string]string
	require.NoError(t, json.Unmarshal([]byte(out), &objects))
	require.Len(t, objects, len(all))
	for i, q := range all {
		assert.Equal(t, map[string]string{"name": q.Name, "description": q.Description}, objects[i])
	}
}

func TestHCLString(t *testing.T) {
	for in, want := range map[string]string{
		`a`: `"a"`, `^\s*"`: `"^\\s*\""`, `s3://b/${day}/`: `"s3://b/$${day}/"`, `%{x}`: `"%%{x}"`, "a\nb": `"a\nb"`, `$$`: `"$$"`,
	} {
		assert.Equal(t, want, hclString(in))
	}
}

// TestIceberg prints an Iceberg table and the statements that fill it, in a bucket
// and in S3 Tables.
func TestIceberg(t *testing.T) {
	args := []string{"-location", "s3://amzn-s3-demo-bucket/vpc/", "-format", "srcaddr start", "-database", "logs", "-since", "2026-11-22", "-from", "2026-11-22", "-to", "2026-11-24"}
	out, errs, status := ddl(t, "", append(args, "-iceberg", "s3://amzn-s3-demo-bucket/iceberg/")...)
	require.Zero(t, status, errs)
	assert.Contains(t, out, "-- create iceberg\nCREATE TABLE `logs`.`vpc_flow_logs_iceberg` (")
	assert.Contains(t, out, "LOCATION 's3://amzn-s3-demo-bucket/iceberg/'")
	assert.Equal(t, 1, strings.Count(out, "-- merge\nMERGE INTO \"logs\".\"vpc_flow_logs_iceberg\""))
	out, errs, status = ddl(t, "", append(args, "-iceberg", "s3tablescatalog/amzn-s3-demo-bucket")...)
	require.Zero(t, status, errs)
	assert.Contains(t, out, "MERGE INTO \"s3tablescatalog/amzn-s3-demo-bucket\".\"logs\".\"vpc_flow_logs_iceberg\"")
	for name, tt := range map[string][]string{
		"end before it starts":  {"-iceberg", "s3://amzn-s3-demo-bucket/iceberg/", "-to", "2026-11-21"},
		"its own copy":          {"-iceberg", "s3://amzn-s3-demo-bucket/vpc/iceberg/"},
		"must be unpartitioned": {"-storage", "iceberg"},
	} {
		out, errs, status := ddl(t, "", append(args, tt...)...)
		assert.Equal(t, 1, status)
		assert.Empty(t, out)
		assert.Contains(t, errs, name)
		assert.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}

func TestDuckDB(t *testing.T) {
	out, errs, status := ddl(t, "", "-dialect", "duckdb", "-folder", "logs", "-format", "${srcport}", "-layout", "s3-hive-daily", "-explicit", "-queries", "SourcePorts")
	require.Zero(t, status, errs)
	assert.Empty(t, errs)
	assert.True(t, strings.HasPrefix(out, "-- view\nCREATE OR REPLACE VIEW \"vpc_flow_logs\" AS\nSELECT\n  TRY_CAST("), out)
	assert.Contains(t, out, "\nFROM read_csv(\n  'logs/AWSLogs/aws-account-id=*/")
	assert.Contains(t, out, "\n-- SourcePorts: ")
	assert.Equal(t, 2, strings.Count(out, ";\n"))
	for name, args := range map[string][]string{
		"another table":  {"-location", "s3://amzn-s3-demo-bucket/", "-dialect", "duckdb", "-view", "v"},
		"a definition":   {"-location", "s3://amzn-s3-demo-bucket/", "-dialect", "duckdb", "-glue"},
		"Athena":         {"-location", "s3://amzn-s3-demo-bucket/", "-folder", "logs"},
		"no such engine": {"-dialect", "spark"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, status := ddl(t, "", args...)
			assert.Equal(t, 2, status)
			assert.Empty(t, out)
			assert.Contains(t, errs, "-")
		})
	}
	_, errs, status = ddl(t, "", "-location", "s3://amzn-s3-demo-bucket/", "-dialect", "duckdb", "-storage", "regex")
	assert.Equal(t, 1, status)
	assert.Equal(t, "ddl: athena: dialect \"duckdb\": must be athena for the storage regex: DuckDB reads text and Parquet tables\n", errs)
}
