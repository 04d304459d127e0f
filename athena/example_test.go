package athena_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// What Firehose delivers under its default prefix, with partitions that Athena
// computes.
func ExampleTable_Create() {
	f, err := flowlog.ParseFormat("${srcaddr} ${dstaddr} ${start} ${end}")
	if err != nil {
		panic(err)
	}
	t := athena.Table{
		Database: "logs",
		Name:     "vpc_flow_logs",
		Location: "s3://amzn-s3-demo-bucket/vpc/",
		Format:   f,
		Layout:   athena.Firehose,
		Since:    time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC),
	}
	sql, err := t.Create()
	if err != nil {
		panic(err)
	}
	fmt.Println(sql)
	// Output:
	// CREATE EXTERNAL TABLE IF NOT EXISTS `logs`.`vpc_flow_logs` (
	//   `srcaddr` string,
	//   `dstaddr` string,
	//   `start` bigint,
	//   `end` bigint
	// )
	// PARTITIONED BY (
	//   `datehour` string
	// )
	// ROW FORMAT DELIMITED
	//   FIELDS TERMINATED BY ' '
	// STORED AS TEXTFILE
	// LOCATION 's3://amzn-s3-demo-bucket/vpc/'
	// TBLPROPERTIES (
	//   'projection.enabled' = 'true',
	//   'projection.datehour.type' = 'date',
	//   'projection.datehour.format' = 'yyyy/MM/dd/HH',
	//   'projection.datehour.range' = '2026/11/22/00,NOW',
	//   'projection.datehour.interval' = '1',
	//   'projection.datehour.interval.unit' = 'HOURS',
	//   'storage.location.template' = 's3://amzn-s3-demo-bucket/vpc/${datehour}/'
	// )
}

// The table of the article, and its question.
func ExampleTable_Queries() {
	t := athena.Table{
		Name:         "vpc_flow_logs",
		Location:     "s3://amzn-s3-demo-bucket/",
		Format:       flowlog.V2,
		Storage:      athena.Regex,
		Layout:       athena.Firehose,
		Columns:      athena.ArticleNames,
		Partitioning: athena.Explicit,
	}
	from := time.Date(2026, time.November, 22, 5, 0, 0, 0, time.UTC)
	questions, err := t.Queries(athena.Params{
		Names: []string{"SourcePorts"},
		CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
		From:  from,
		To:    from.Add(time.Hour),
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(questions[0].SQL)
	// Output:
	// SELECT "sourceport", count(*) AS "cnt"
	// FROM "vpc_flow_logs"
	// WHERE "ingestdatetime" BETWEEN '2026/11/22/05' AND '2026/11/22/06'
	//   AND "starttime" >= 1795323600
	//   AND "starttime" < 1795327200
	//   AND "sourceport" IS NOT NULL
	//   AND contains('10.0.0.0/16', TRY_CAST("sourceaddress" AS IPADDRESS))
	// GROUP BY "sourceport"
	// ORDER BY "cnt" DESC, "sourceport"
	// LIMIT 10
}

// From the key in an S3 event to the partition it lies in.
func ExampleTable_AddPartitions() {
	t := athena.Table{
		Name:         "vpc_flow_logs",
		Location:     "s3://amzn-s3-demo-bucket/",
		Format:       flowlog.V2,
		Layout:       athena.S3Daily,
		Partitioning: athena.Explicit,
	}
	p, err := t.Partition("AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261122T1620Z_fe123456.log.gz")
	if err != nil {
		panic(err)
	}
	statements, err := t.AddPartitions(p)
	if err != nil {
		panic(err)
	}
	for _, sql := range statements {
		fmt.Println(sql)
	}
	// Output:
	// ALTER TABLE `vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-east-1', `day`='2026/11/22') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/'
}

// Text to Parquet by day, on Athena itself.
func ExampleTable_InsertFrom() {
	f, err := flowlog.ParseFormat("srcaddr dstport bytes")
	if err != nil {
		panic(err)
	}
	text := athena.Table{Name: "vpc_text", Location: "s3://amzn-s3-demo-bucket/vpc/", Format: f, Layout: athena.Firehose}
	day := athena.Table{
		Name: "vpc", Location: "s3://amzn-s3-demo-bucket/parquet/", Format: f, Storage: athena.Parquet,
		Layout: athena.Firehose, Prefix: "day=!{timestamp:yyyy-MM-dd}/", Partitioning: athena.Explicit,
	}
	from := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	statements, err := day.InsertFrom(&text, &athena.WriteOptions{From: from, To: from.AddDate(0, 0, 7)})
	if err != nil {
		panic(err)
	}
	for _, sql := range statements {
		fmt.Println(sql)
	}
	// Output:
	// INSERT INTO "vpc" ("srcaddr", "dstport", "bytes", "day")
	// SELECT
	//   NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
	//   "dstport" AS "dstport",
	//   "bytes" AS "bytes",
	//   substr("datehour", 1, 4) || '-' || substr("datehour", 6, 2) || '-' || substr("datehour", 9, 2) AS "day"
	// FROM "vpc_text"
	// WHERE "datehour" BETWEEN '2026/11/22/00' AND '2026/11/28/23'
}

func ExampleTable_View() {
	f, err := flowlog.ParseFormat("srcaddr srcport start action")
	if err != nil {
		panic(err)
	}
	t := athena.Table{Name: "vpc", Location: "s3://amzn-s3-demo-bucket/vpc/", Format: f}
	sql, err := t.View("flows")
	if err != nil {
		panic(err)
	}
	fmt.Println(sql)
	// Output:
	// CREATE OR REPLACE VIEW "flows" AS
	// SELECT
	//   TRY_CAST("srcaddr" AS IPADDRESS) AS "srcaddr",
	//   "srcport" AS "srcport",
	//   CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3)) AS "start",
	//   NULLIF(NULLIF("action", '-'), '') AS "action"
	// FROM "vpc"
}

func ExampleParseKey() {
	o, err := athena.ParseKey("AWSLogs/aws-account-id%3D123456789012/aws-service%3Dvpcflowlogs/aws-region%3Dus-gov-west-1/year%3D2026/month%3D11/day%3D22/123456789012_vpcflowlogs_us-gov-west-1_fl-1234abcd_20261122T1620Z_fe123456.log.parquet")
	if err != nil {
		panic(err)
	}
	fmt.Println(o.Layout, o.Storage, o.Account, o.Region, o.FlowLog, o.Time.Format(time.DateTime))
	// Output: s3-hive-daily parquet 123456789012 us-gov-west-1 fl-1234abcd 2026-11-22 16:20:00
}

// DuckDB answers the same questions from a local copy of the log.
func ExampleTable_DuckDBView() {
	format, _ := flowlog.ParseFormat("${srcport}")
	table := athena.Table{Name: "vpc_flow_logs", Location: "s3://amzn-s3-demo-bucket/", Format: format, Storage: athena.Parquet, Layout: athena.Firehose}
	view, err := table.DuckDBView("copy/")
	if err != nil {
		fmt.Println(err)
		return
	}
	queries, err := table.Queries(athena.Params{Dialect: athena.DuckDB, Names: []string{"SourcePorts"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(view + ";\n\n" + queries[0].SQL + ";")
	// Output:
	// CREATE OR REPLACE VIEW "vpc_flow_logs" AS
	// SELECT
	//   "srcport" AS "srcport",
	//   regexp_extract("the file", '^copy/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "datehour"
	// FROM read_parquet(
	//   'copy/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
	//   filename = 'the file',
	//   hive_partitioning = false
	// );
	//
	// SELECT "srcport", count(*) AS "cnt"
	// FROM "vpc_flow_logs"
	// WHERE "srcport" IS NOT NULL
	// GROUP BY "srcport"
	// ORDER BY "cnt" DESC, "srcport"
	// LIMIT 10;
}
