package athena

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// Each test below names the numbers of the cases it stands for.

// every calls f with a table of every storage, layout, partitioning and format.
func every(t *testing.T, f func(t *testing.T, table *Table)) {
	for name, format := range testFormats(t) {
		for _, s := range []Storage{Text, Regex, Parquet} {
			for _, l := range Layouts() {
				for _, p := range partitionings(l) {
					t.Run(fmt.Sprintf("%s/%s/%s/%s", name, s, l, p), func(t *testing.T) {
						f(t, testTable(format, s, l, p))
					})
				}
			}
		}
	}
}

// case 114: the types are those of flowlog's table, which flowlog/parquet
// writes by; protocol is int everywhere.
func TestTypesAgree(t *testing.T) {
	every(t, func(t *testing.T, table *Table) {
		c := mustCreate(t, table)
		types := make(map[string]string)
		for _, col := range c.columns {
			types[col[0]] = col[1]
		}
		assert.Equal(t, "int", types["protocol"])
		for f := range table.Format.FieldSet().All() {
			if typ, ok := types[f.Column()]; ok {
				assert.Equal(t, map[string]string{"INT_32": "int", "INT_64": "bigint", "STRING": "string"}[f.Type().String()], typ, f)
			}
		}
	})
}

// cases 115, 128: what the log leaves out is NULL in views and in what is
// written to Parquet, for every text column; numbers are left to the SerDe,
// which reads "-" as NULL, and 0 stays 0.
func TestAbsentIsNull(t *testing.T) {
	for _, format := range testFormats(t) {
		src := testTable(format, Text, Unpartitioned, Projected)
		view, err := src.View("v")
		require.NoError(t, err)
		dst := testTable(format, Parquet, Unpartitioned, Projected)
		dst.Name, dst.Location = "parquet", copyTo
		written, err := dst.CreateAs(src, nil)
		require.NoError(t, err)
		unloaded, err := src.Unload("s3://amzn-s3-demo-bucket/unload/", nil)
		require.NoError(t, err)
		for f := range format.FieldSet().All() {
			name := sqlIdent(f.Column())
			null := "NULLIF(NULLIF(" + name + ", '-'), '') AS " + name
			switch {
			case f.Type() != flowlog.TypeString:
				assert.NotContains(t, written, "NULLIF("+name)
			case f.Kind() == flowlog.KindAddr:
				assert.Contains(t, view, "TRY_CAST("+name+" AS IPADDRESS) AS "+name)
				assert.Contains(t, written, null)
			default:
				assert.Contains(t, view, null)
				assert.Contains(t, written, null)
				assert.Contains(t, unloaded, null)
			}
		}
	}
}

// The reserved words that AWS publishes for the two languages.
// See https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html.
const (
	reservedDDL = `ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR COLUMN CONF
		CONSTRAINT COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL DELETE
		DESCRIBE DISTINCT DIV DOUBLE DROP ELSE END EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR FOLLOWING FOR
		FOREIGN FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS
		JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR ORDER OUT OUTER OVER PARTIALSCAN
		PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS REDUCE REGEXP REFERENCES REVOKE RIGHT RLIKE
		ROLLBACK ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE TABLESAMPLE THEN TIME TIMESTAMP TO TRANSFORM TRIGGER TRUE TRUNCATE
		UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH`
	reservedSQL = `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
		CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT
		EXECUTE EXISTS EXTRACT FALSE FIRST FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY
		JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LAST LEFT LIKE LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE
		NOT NULL OF ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING
		VALUES WHEN WHERE WITH`
)

// The words that statements of this package are made of. Whatever else stands
// outside quotes is a name that somebody forgot to quote.
const (
	wordsDDL = `CREATE EXTERNAL TABLE IF NOT EXISTS PARTITIONED BY ROW FORMAT DELIMITED FIELDS TERMINATED SERDE WITH SERDEPROPERTIES
		STORED AS TEXTFILE INPUTFORMAT OUTPUTFORMAT LOCATION TBLPROPERTIES ALTER ADD PARTITION DROP MSCK REPAIR SHOW PARTITIONS
		int bigint string timestamp day hour`
	wordsSQL = `CREATE TABLE WITH AS SELECT FROM WHERE AND OR NOT IN IS NULL BETWEEN LIKE GROUP BY HAVING ORDER DESC LIMIT INSERT INTO
		UNLOAD TO REPLACE VIEW CROSS JOIN UNNEST ARRAY DISTINCT CAST TRY_CAST IPADDRESS INTERVAL DAY NULLIF IF
		CASE WHEN THEN END OVER PARTITION MERGE USING ON MATCHED VALUES OPTIMIZE REWRITE DATA BIN_PACK VACUUM FROM COALESCE TIMESTAMP
		format write_compression compression external_location partitioned_by current_timestamp timestamp bigint
		table_type is_external false location partitioning
		count sum min avg round stddev_pop lag row_number date_trunc count_if contains bitwise_and substr to_unixtime from_unixtime at_timezone`
)

// statements returns every statement of a table: DDL and SQL.
func statements(t *testing.T, table *Table) (ddl, sql []string) {
	add := func(into *[]string, err error, s ...string) {
		require.NoError(t, err)
		*into = append(*into, s...)
	}
	s, err := table.Create()
	add(&ddl, err, s)
	s, err = table.Drop()
	add(&ddl, err, s)
	if table.Layout != Unpartitioned && table.Partitioning == Explicit {
		parts := slices.Collect(table.Partitions(day1, day1.AddDate(0, 0, 2)))
		require.NotEmpty(t, parts)
		ss, err := table.AddPartitions(parts...)
		add(&ddl, err, ss...)
		ss, err = table.DropPartitions(parts...)
		add(&ddl, err, ss...)
		s, err = table.ShowPartitions()
		add(&ddl, err, s)
		if table.Layout == S3HiveDaily || table.Layout == S3HiveHourly {
			s, err = table.Repair()
			add(&ddl, err, s)
		}
	}
	s, err = table.View("a_view")
	add(&sql, err, s)
	s, err = table.Unload("s3://amzn-s3-demo-bucket/unload/", nil)
	add(&sql, err, s)
	dst := *table
	dst.Name, dst.Location, dst.Storage, dst.Layout, dst.Accounts, dst.Regions, dst.Prefix = "copy", copyTo, Parquet, Unpartitioned, nil, nil, ""
	s, err = dst.CreateAs(table, nil)
	add(&sql, err, s)
	if table.Layout != Unpartitioned {
		dst.Layout, dst.Partitioning, dst.Prefix = Firehose, Explicit, "day=!{timestamp:yyyy-MM-dd}/"
		opts := &WriteOptions{From: day1, To: day1.AddDate(0, 0, 1)}
		s, err = dst.CreateAs(table, opts)
		add(&sql, err, s)
		ss, err := dst.InsertFrom(table, opts)
		add(&sql, err, ss...)
	}
	ice := icebergTable(table.Format, false)
	ice.Columns = table.Columns
	opts := &WriteOptions{From: day1, To: day1.AddDate(0, 0, 1)}
	if table.Layout == Unpartitioned {
		opts = nil
	}
	s, err = ice.Create()
	add(&ddl, err, s)
	s, err = ice.CreateAs(table, opts)
	add(&sql, err, s)
	ss, err := ice.MergeFrom(table, opts)
	add(&sql, err, ss...)
	ss, err = ice.MergeFrom(table, &WriteOptions{From: day1, To: day1.AddDate(0, 0, 1), Key: []flowlog.Field{flowlog.FieldStart, flowlog.FieldSrcAddr}})
	if table.Layout != Unpartitioned {
		add(&sql, err, ss...)
	}
	s, err = ice.Optimize(&WriteOptions{From: day1})
	add(&sql, err, s)
	s, err = ice.Vacuum()
	add(&sql, err, s)
	p := Params{
		Zones: []Zone{{"use1-az1", prefixes("10.0.0.0/24")}}, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, From: day1, To: day1.AddDate(0, 0, 1), Since: day1.Add(time.Hour),
		Source: netip.MustParseAddr("10.0.0.1"), Destination: netip.MustParseAddr("::1"),
	}
	for _, p := range []Params{{}, p} {
		for _, q := range append(ask(t, table, p), ask(t, ice, p)...) {
			add(&sql, nil, q.SQL)
		}
	}
	return ddl, sql
}

// cases 116, 117: every name is quoted, as each language wants it, and holds
// no quote itself, except where Athena takes no quotes; a statement has no semicolon
// and no comment.
func TestEveryNameIsQuoted(t *testing.T) {
	wordSet := func(s string) map[string]bool {
		m := make(map[string]bool)
		for w := range strings.FieldsSeq(s) {
			m[w] = true
		}
		return m
	}
	allowDDL, allowSQL := wordSet(wordsDDL), wordSet(wordsSQL)
	every(t, func(t *testing.T, table *Table) {
		ddl, sql := statements(t, table)
		for _, c := range []struct {
			statements []string
			ddl        bool
			allowed    map[string]bool
		}{{ddl, true, allowDDL}, {sql, false, allowSQL}} {
			for _, s := range c.statements {
				// OPTIMIZE and VACUUM name the table without quotes.
				s = regexp.MustCompile(`^(OPTIMIZE|VACUUM) logs\.flows\b`).ReplaceAllString(s, "$1")
				tokens, err := lex(s, c.ddl) // refuses semicolons and comments
				require.NoError(t, err, s)
				for _, tok := range tokens {
					if tok.kind == 'w' {
						require.True(t, c.allowed[tok.text], "%s is not quoted in %s", tok.text, s)
					}
					if tok.kind == 'i' {
						require.NotContains(t, tok.text, "`")
						require.NotContains(t, tok.text, `"`)
					}
				}
			}
		}
	})
}

// case 116: the columns that AWS reserves are among those that are quoted.
func TestReservedWords(t *testing.T) {
	reserved := func(list string) []string {
		var s []string
		for f := range flowlog.Fields() {
			if slices.Contains(strings.Fields(list), strings.ToUpper(f.Column())) {
				s = append(s, f.Column())
			}
		}
		return s
	}
	assert.Equal(t, []string{"start", "end"}, reserved(reservedDDL))
	assert.Equal(t, []string{"end"}, reserved(reservedSQL))
	sql, err := (&Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: flowlog.V2}).Create()
	require.NoError(t, err)
	assert.Contains(t, sql, "`start` bigint")
	assert.Contains(t, sql, "`end` bigint")

	// Every reserved word can be a table, a database, a view and an unknown
	// column.
	for _, w := range slices.Concat(strings.Fields(reservedDDL), strings.Fields(reservedSQL)) {
		f, _ := flowlog.ParseFormat("version x-" + w + " " + w)
		require.NotNil(t, f, w)
		table := &Table{Database: w, Name: w, Location: "s3://amzn-s3-demo-bucket/", Format: f}
		c := mustCreate(t, table)
		assert.Equal(t, []string{strings.ToLower(w), strings.ToLower(w)}, c.name)
		view, err := table.View(w + "_view")
		require.NoError(t, err)
		_, err = lex(view, false)
		require.NoError(t, err)
	}
}

// case 119: the statement's location is the root of the layout, hyphenated
// partition names and all; a location inside the layout is refused.
func TestLocationIsTheRoot(t *testing.T) {
	for location, want := range map[string]string{
		"s3://amzn-s3-demo-bucket/":                                                       "s3://amzn-s3-demo-bucket/AWSLogs/",
		"s3://amzn-s3-demo-bucket/prefix/":                                                "s3://amzn-s3-demo-bucket/prefix/AWSLogs/",
		"s3://amzn-s3-demo-bucket/AWSLogs/":                                               "s3://amzn-s3-demo-bucket/AWSLogs/",
		"s3://amzn-s3-demo-bucket/a/b/AWSLogs/":                                           "s3://amzn-s3-demo-bucket/a/b/AWSLogs/",
		"s3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/":                                "s3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/",
		"s3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/":                         "s3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/",
		"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/":                                  "",
		"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/":            "",
		"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/01/01/": "",
		"s3://amzn-s3-demo-bucket/AWSLogs/aws-account-id=123456789012/":                   "",
	} {
		for _, l := range []Layout{S3Daily, S3Hourly, S3HiveDaily, S3HiveHourly} {
			table := testTable(flowlog.V2, Text, l, Explicit)
			table.Location = location
			sql, err := table.Create()
			if want == "" {
				require.ErrorIs(t, err, ErrLocation, location)
				continue
			}
			require.NoError(t, err)
			c, err := parseCreate(sql)
			require.NoError(t, err)
			assert.Equal(t, want, c.location)
			adds, err := table.AddPartitions(Partition{"123456789012", "us-east-1", day1})
			require.NoError(t, err)
			parts, err := parseAlter(adds[0])
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(parts[0].location, want), parts[0].location)
			assert.True(t, strings.HasSuffix(parts[0].location, "/"))
		}
	}
}

// case 120: no name is both column and partition. In Text the column keeps its
// place, so that those after it do not move.
func TestPartitionIsNoColumn(t *testing.T) {
	every(t, func(t *testing.T, table *Table) {
		c := mustCreate(t, table)
		names := c.columnNames()
		for _, p := range c.partitions {
			assert.NotContains(t, names, p[0])
		}
		switch {
		case table.Storage == Text:
			require.Len(t, names, table.Format.Len())
			for i, want := range table.Format.Columns() {
				if names[i] != want {
					assert.Equal(t, want+"_logged", names[i])
				}
			}
		case table.Storage == Regex:
			re := c.serdeProps[0][1]
			assert.Equal(t, len(names), strings.Count(re, "(\\S+)"), "a group for each column")
			assert.Equal(t, table.Format.Len(), strings.Count(re, "\\S+"), "a word for each value")
		}
	})
	// The region's partition stands in for its column in every question.
	f, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	table := testTable(f, Text, S3Daily, Projected)
	view, err := table.View("v")
	require.NoError(t, err)
	assert.NotContains(t, view, "region_logged")
	assert.Contains(t, view, `"region"`)
}

// case 121: header lines are skipped where AWS delivers text, and only there.
func TestHeaderLine(t *testing.T) {
	every(t, func(t *testing.T, table *Table) {
		c := mustCreate(t, table)
		v, ok := c.prop("skip.header.line.count")
		assert.Equal(t, table.Layout.s3() && table.Storage != Parquet, ok)
		if ok {
			assert.Equal(t, "1", v)
		}
	})
	for _, tt := range []struct {
		location string
		header   Header
		storage  Storage
		want     bool
	}{
		{"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/", HeaderAuto, Text, true},
		{"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/", HeaderAuto, Parquet, false},
		{"s3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/", NoHeader, Text, false},
		{"s3://amzn-s3-demo-bucket/x/", HeaderAuto, Text, false},
		{"s3://amzn-s3-demo-bucket/x/", HeaderLine, Regex, true},
		{"s3://amzn-s3-demo-bucket/x/", HeaderLine, Parquet, false},
	} {
		c := mustCreate(t, &Table{Name: "t", Location: tt.location, Format: flowlog.V2, Header: tt.header, Storage: tt.storage})
		_, ok := c.prop("skip.header.line.count")
		assert.Equal(t, tt.want, ok, tt)
	}
}

// case 123: partitions are added idempotently and many to a statement, within
// Athena's limit, and none is lost between statements.
func TestManyPartitions(t *testing.T) {
	table := testTable(flowlog.V2, Text, S3HiveHourly, Explicit)
	parts := slices.Collect(table.Partitions(day1, day1.AddDate(0, 0, 90)))
	require.Len(t, parts, 90*24*4)
	for name, f := range map[string]func(...Partition) ([]string, error){"add": table.AddPartitions, "drop": table.DropPartitions} {
		t.Run(name, func(t *testing.T) {
			sqls, err := f(append(parts, parts...)...)
			require.NoError(t, err)
			var got []altered
			for i, sql := range sqls {
				assert.LessOrEqual(t, len(sql), maxStatement)
				p, err := parseAlter(sql)
				require.NoError(t, err)
				if i < len(sqls)-1 {
					longest := 600 // one more would not have fitted
					assert.Greater(t, len(sql), maxStatement-longest)
				}
				got = append(got, p...)
			}
			require.Len(t, got, len(parts))
			assert.Equal(t, "00", got[0].spec[6][1])
			assert.Equal(t, "23", got[len(got)-1].spec[6][1])
			assert.Less(t, len(sqls), 20)
		})
	}
	sqls, err := table.AddPartitions()
	require.NoError(t, err)
	assert.Empty(t, sqls)
}

// case 125: every version has its columns, in the order of the format.
func TestColumnsFollowTheFormat(t *testing.T) {
	for version := 2; version <= 11; version++ {
		f, err := flowlog.FormatOf(version)
		require.NoError(t, err)
		for _, s := range []Storage{Text, Regex, Parquet} {
			c := mustCreate(t, &Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: f, Storage: s})
			assert.Equal(t, f.Columns(), c.columnNames(), "version %d", version)
		}
	}
	f, err := flowlog.ParseFormat("log-status bytes ${end} start srcaddr")
	require.NoError(t, err)
	c := mustCreate(t, &Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: f})
	assert.Equal(t, []string{"log_status", "bytes", "end", "start", "srcaddr"}, c.columnNames())
}

// case 126: transit gateway logs have a table of their own 36 columns, and no
// question that needs an action.
func TestTransitGateway(t *testing.T) {
	c := mustCreate(t, &Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: flowlog.TransitGateway})
	assert.Len(t, c.columns, 36)
	assert.Equal(t, flowlog.TransitGateway.Columns(), c.columnNames())
	for _, q := range ask(t, testTable(flowlog.TransitGateway, Text, S3Daily, Projected), Params{}) {
		assert.NotContains(t, q.SQL, `"action"`, q.Name)
		assert.NotContains(t, q.SQL, `"interface_id"`, q.Name)
		assert.NotContains(t, q.SQL, "bitwise_and", "every ACK is logged there, so the flags do not tell who opened")
	}
	table := testTable(flowlog.TransitGateway, Text, S3HiveDaily, Explicit)
	table.ServiceKey = "service"
	assert.Equal(t, "service", mustCreate(t, table).partitions[1][0])
}

// case 127: a hyphen becomes an underscore and nothing else changes; an
// unknown column is a string and keeps its place.
func TestUnknownColumns(t *testing.T) {
	f, err := flowlog.ParseFormat("${version} ${new-field} ${srcaddr} ${Other_One2}")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	for _, s := range []Storage{Text, Regex, Parquet} {
		c := mustCreate(t, &Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: f, Storage: s})
		assert.Equal(t, [][2]string{{"version", "int"}, {"new_field", "string"}, {"srcaddr", "string"}, {"other_one2", "string"}}, c.columns)
	}
	c := mustCreate(t, &Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: f, Columns: ArticleNames})
	assert.Equal(t, []string{"version", "newfield", "sourceaddress", "otherone2"}, c.columnNames())

	// An unknown column may have the name of a partition.
	f, _ = flowlog.ParseFormat("srcaddr datehour dstaddr")
	c = mustCreate(t, testTable(f, Text, Firehose, Projected))
	assert.Equal(t, []string{"srcaddr", "datehour_logged", "dstaddr"}, c.columnNames())
	c = mustCreate(t, testTable(f, Parquet, Firehose, Projected))
	assert.Equal(t, []string{"srcaddr", "dstaddr"}, c.columnNames())

	// Nor may the name under which it keeps its place be taken.
	f2, _ := flowlog.ParseFormat("day srcaddr")
	table := testTable(f2, Text, Firehose, Explicit)
	table.Prefix = "day=!{timestamp:yyyy}/day_logged=!{timestamp:MM}/"
	c = mustCreate(t, table)
	assert.Equal(t, []string{"day_logged_logged", "srcaddr"}, c.columnNames())

	dst := testTable(f, Parquet, Unpartitioned, Projected)
	dst.Name, dst.Location = "dst", copyTo
	sql, err := dst.CreateAs(testTable(f, Text, Firehose, Projected), nil)
	require.NoError(t, err)
	assert.Contains(t, sql, `NULLIF(NULLIF("datehour", '-'), '') AS "datehour"`)
}

// case 130: a question about a time asks for the time of the flow; the
// partition, named for the time of arrival, only bounds what is read.
func TestFlowTimeIsAsked(t *testing.T) {
	p := Params{From: day1.Add(time.Hour), To: day1.Add(2 * time.Hour)}
	for _, q := range ask(t, testTable(flowlog.V2, Text, Firehose, Projected), p) {
		assert.Contains(t, q.SQL, `"datehour" BETWEEN '2026/01/01/01' AND '2026/01/01/02'`, q.Name)
		assert.Contains(t, q.SQL, `"start" >= 1767229200`, q.Name)
		assert.Contains(t, q.SQL, `"start" < 1767232800`, q.Name)
	}
}
