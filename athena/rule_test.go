package athena

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// refused checks an error of this package: its type, its kind, and that it is
// one line that does not pour out its input.
func refused(t *testing.T, err, kind error) {
	t.Helper()
	require.Error(t, err)
	var rule *RuleError
	require.ErrorAs(t, err, &rule)
	require.ErrorIs(t, err, kind)
	assert.NotEmpty(t, rule.Rule)
	assert.NotEmpty(t, rule.What)
	assert.LessOrEqual(t, len(rule.Value), 64)
	assert.NotContains(t, err.Error(), "\n")
	assert.True(t, strings.HasPrefix(err.Error(), "athena: "), err.Error())
}

// TestRules breaks each rule of a table; every method then refuses it before
// any text exists.
func TestRules(t *testing.T) {
	alike, _ := flowlog.ParseFormat("log-status logstatus")
	for name, tt := range map[string]struct {
		kind   error
		layout Layout
		spoil  func(*Table)
	}{
		"no name":               {ErrName, 0, func(t *Table) { t.Name = "" }},
		"hyphen in name":        {ErrName, 0, func(t *Table) { t.Name = "vpc-flow-logs" }},
		"quote in name":         {ErrName, 0, func(t *Table) { t.Name = "a`; DROP TABLE b" }},
		"dot in name":           {ErrName, 0, func(t *Table) { t.Name = "a.b" }},
		"letter not ASCII":      {ErrName, 0, func(t *Table) { t.Name = "fløw" }},
		"long name":             {ErrName, 0, func(t *Table) { t.Name = strings.Repeat("a", 256) }},
		"hyphen in database":    {ErrName, 0, func(t *Table) { t.Database = "a-b" }},
		"no location":           {ErrLocation, 0, func(t *Table) { t.Location = "" }},
		"no scheme":             {ErrLocation, 0, func(t *Table) { t.Location = "amzn-s3-demo-bucket/x/" }},
		"s3a":                   {ErrLocation, 0, func(t *Table) { t.Location = "s3a://amzn-s3-demo-bucket/x/" }},
		"upper-case scheme":     {ErrLocation, 0, func(t *Table) { t.Location = "S3://amzn-s3-demo-bucket/x/" }},
		"bucket alone":          {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket" }},
		"no bucket":             {ErrLocation, 0, func(t *Table) { t.Location = "s3:///x/" }},
		"bucket in capitals":    {ErrLocation, 0, func(t *Table) { t.Location = "s3://Bucket/x/" }},
		"bucket with two dots":  {ErrLocation, 0, func(t *Table) { t.Location = "s3://a..b/x/" }},
		"no slash at the end":   {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/x" }},
		"file":                  {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/x.log.gz" }},
		"glob":                  {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/*/" }},
		"template":              {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/${day}/" }},
		"empty folder":          {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/a//b/" }},
		"only slashes":          {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket//" }},
		"parent folder":         {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/../" }},
		"quote in location":     {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/a'b/" }},
		"backslash":             {ErrLocation, 0, func(t *Table) { t.Location = `s3://amzn-s3-demo-bucket/a\b/` }},
		"semicolon":             {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/a;b/" }},
		"newline":               {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/a\nb/" }},
		"not UTF-8":             {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/\xff/" }},
		"long location":         {ErrLocation, 0, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/" + strings.Repeat("a", 1025) + "/" }},
		"inside the layout":     {ErrLocation, S3Daily, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/AWSLogs/123456789012/" }},
		"no format":             {ErrFormat, 0, func(t *Table) { t.Format = nil }},
		"empty format":          {ErrFormat, 0, func(t *Table) { t.Format = &flowlog.Format{} }},
		"column twice":          {ErrColumn, 0, func(t *Table) { t.Format, t.Columns = alike, ArticleNames }},
		"no such storage":       {ErrLayout, 0, func(t *Table) { t.Storage = 9 }},
		"no such layout":        {ErrLayout, 0, func(t *Table) { t.Layout = 99 }},
		"no such naming":        {ErrLayout, 0, func(t *Table) { t.Columns = 9 }},
		"no such partitioning":  {ErrLayout, 0, func(t *Table) { t.Partitioning = 9 }},
		"no such header":        {ErrLayout, 0, func(t *Table) { t.Header = 9 }},
		"prefix without need":   {ErrLayout, S3Daily, func(t *Table) { t.Prefix = "x/" }},
		"service without need":  {ErrLayout, S3Daily, func(t *Table) { t.ServiceKey = "service" }},
		"no such service":       {ErrLayout, S3HiveDaily, func(t *Table) { t.ServiceKey = "aws-service'" }},
		"accounts without need": {ErrLayout, Firehose, func(t *Table) { t.Accounts = []string{"123456789012"} }},
		"short account":         {ErrPartition, S3Daily, func(t *Table) { t.Accounts = []string{"123"} }},
		"account twice":         {ErrPartition, S3Daily, func(t *Table) { t.Accounts = []string{"123456789012", "123456789012"} }},
		"hostile account":       {ErrPartition, S3Daily, func(t *Table) { t.Accounts = []string{"123456789012,'"} }},
		"no such region":        {ErrPartition, S3Daily, func(t *Table) { t.Regions = []string{"us-east"} }},
		"region twice":          {ErrPartition, S3Daily, func(t *Table) { t.Regions = []string{"us-east-1", "us-east-1"} }},
		"hostile region":        {ErrPartition, S3Daily, func(t *Table) { t.Regions = []string{"us-east-1'"} }},
		"until before since":    {ErrRange, S3Daily, func(t *Table) { t.Until = t.Since.Add(-time.Hour) }},
		"until is since":        {ErrRange, S3Daily, func(t *Table) { t.Until = t.Since }},
		"since in no time":      {ErrRange, S3Daily, func(t *Table) { t.Since = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"YYYY":                  {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:YYYY/MM/dd}/" }},
		"DDD":                   {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy/MM/DDD}/" }},
		"minutes":               {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy/MM/dd/HH/mm}/" }},
		"does not sort":         {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:dd-MM-yyyy}/" }},
		"gap":                   {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy/dd}/" }},
		"no year":               {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:MM/dd}/" }},
		"time twice":            {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy}/!{timestamp:yyyy-MM-dd}/" }},
		"literal in run":        {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy}/x/!{timestamp:yyyy}/" }},
		"no slash after time":   {ErrLayout, Firehose, func(t *Table) { t.Prefix = "x/!{timestamp:yyyy/MM/dd}" }},
		"slash first":           {ErrLayout, Firehose, func(t *Table) { t.Prefix = "/x/" }},
		"no pattern":            {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp}" }},
		"empty pattern":         {ErrLayout, Firehose, func(t *Table) { t.Prefix = "vpc/!{timestamp:}/" }},
		"only a quote":          {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:'x/'}" }},
		"slashes as time":       {ErrLayout, Firehose, func(t *Table) { t.Prefix = "vpc!{timestamp:/}" }},
		"open expression":       {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:yyyy" }},
		"open quote":            {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:'yyyy}/" }},
		"doubled quote":         {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{timestamp:''yyyy}/" }},
		"dynamic partitioning":  {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{partitionKeyFromLambda:a}/" }},
		"error output":          {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{firehose:error-output-type}/" }},
		"random first":          {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{firehose:random-string}/!{timestamp:yyyy}/" }},
		"random only":           {ErrLayout, Firehose, func(t *Table) { t.Prefix = "!{firehose:random-string}/" }},
		"hostile prefix":        {ErrLayout, Firehose, func(t *Table) { t.Prefix = "a'b/" }},
		"hostile key":           {ErrLayout, Firehose, func(t *Table) { t.Prefix = "a`b=!{timestamp:yyyy}/" }},
		"key in capitals":       {ErrLayout, Firehose, func(t *Table) { t.Prefix = "Year=!{timestamp:yyyy}/" }},
		"text after a key":      {ErrLayout, Firehose, func(t *Table) { t.Prefix = "a=!{timestamp:yyyy}x/" }},
		"same key twice":        {ErrLayout, Firehose, func(t *Table) { t.Prefix = "a=!{timestamp:yyyy}/a=!{timestamp:MM}/" }},
		"long prefix":           {ErrLayout, Firehose, func(t *Table) { t.Prefix = strings.Repeat("a", 1025) }},
	} {
		t.Run(name, func(t *testing.T) {
			table := testTable(flowlog.V2, Text, tt.layout, Explicit)
			tt.spoil(table)
			good := testTable(flowlog.V2, Parquet, Unpartitioned, Projected)
			good.Name, good.Location = "good", copyTo
			_, err := table.Create()
			refused(t, err, tt.kind)
			assert.Equal(t, err, table.Validate())
			for _, f := range []func() error{
				func() error { _, err := table.Drop(); return err },
				func() error { _, err := table.AddPartitions(Partition{Time: day1}); return err },
				func() error { _, err := table.DropPartitions(); return err },
				func() error { _, err := table.Repair(); return err },
				func() error { _, err := table.ShowPartitions(); return err },
				func() error { _, err := table.PartitionLocation(Partition{Time: day1}); return err },
				func() error { _, err := table.Glue(); return err },
				func() error { _, err := table.ParsePartition("x"); return err },
				func() error { _, err := table.Partition("x"); return err },
				func() error { _, err := table.View("v"); return err },
				func() error { _, err := table.Unload("s3://amzn-s3-demo-bucket/u/", nil); return err },
				func() error { _, err := table.CreateAs(good, nil); return err },
				func() error { _, err := good.InsertFrom(table, nil); return err },
				func() error { _, err := table.Queries(Params{}); return err },
			} {
				assert.Equal(t, err, f())
			}
			assert.Empty(t, slices.Collect(table.Partitions(day1, day1.AddDate(0, 0, 1))))
		})
	}
}

func TestPartitionRules(t *testing.T) {
	good := Partition{"123456789012", "us-east-1", day1}
	for name, tt := range map[string]struct {
		layout Layout
		p      Partition
	}{
		"no time":         {S3Daily, Partition{"123456789012", "us-east-1", time.Time{}}},
		"no account":      {S3Daily, Partition{"", "us-east-1", day1}},
		"hostile account": {S3Daily, Partition{"12345678901'", "us-east-1", day1}},
		"no region":       {S3Daily, Partition{"123456789012", "", day1}},
		"hostile region":  {S3Daily, Partition{"123456789012", "us-east-1/'", day1}},
		"account":         {Firehose, good},
		"year 10000":      {Firehose, Partition{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"before Christ":   {Firehose, Partition{Time: time.Date(-4, 1, 1, 0, 0, 0, 0, time.UTC)}},
	} {
		t.Run(name, func(t *testing.T) {
			table := testTable(flowlog.V2, Text, tt.layout, Explicit)
			_, err := table.AddPartitions(tt.p)
			refused(t, err, ErrPartition)
			_, err = table.DropPartitions(tt.p)
			refused(t, err, ErrPartition)
		})
	}
	_, err := testTable(flowlog.V2, Text, Unpartitioned, Explicit).AddPartitions(good)
	refused(t, err, ErrLayout)
	_, err = testTable(flowlog.V2, Text, S3Daily, Projected).AddPartitions(good)
	refused(t, err, ErrLayout)
	_, err = testTable(flowlog.V2, Text, S3Daily, Explicit).Repair()
	refused(t, err, ErrLayout)
	sql, err := testTable(flowlog.V2, Text, S3HiveDaily, Explicit).Repair()
	require.NoError(t, err)
	assert.Equal(t, "MSCK REPAIR TABLE `logs`.`vpc_flow_logs`", sql)

	// A time in another zone is the same partition.
	table := testTable(flowlog.V2, Text, Firehose, Explicit)
	sqls, err := table.AddPartitions(Partition{Time: day1.In(time.FixedZone("", 3600))}, Partition{Time: day1.Add(59 * time.Minute)})
	require.NoError(t, err)
	parts, err := parseAlter(sqls[0])
	require.NoError(t, err)
	assert.Len(t, parts, 1)
}

func TestPartitions(t *testing.T) {
	at := func(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		layout   Layout
		from, to time.Time
		want     int
	}{
		{Firehose, day1, day1, 0},
		{Firehose, day1.Add(30 * time.Minute), day1.Add(31 * time.Minute), 1},
		{Firehose, day1, day1.AddDate(0, 0, 1), 24},
		{Firehose, day1.AddDate(0, 0, 1), day1, 0},
		{S3Daily, at(2026, 1, 31, 5), at(2026, 3, 1, 0), 29 * 4},
		{S3HiveHourly, at(2025, 12, 31, 22), at(2026, 1, 1, 2), 4 * 4},
		{Firehose, time.Time{}, day1, 0},
		{Unpartitioned, day1, day1.AddDate(0, 0, 1), 0},
	} {
		got := slices.Collect(testTable(flowlog.V2, Text, tt.layout, Explicit).Partitions(tt.from, tt.to))
		assert.Len(t, got, tt.want, tt)
	}
	for p := range testTable(flowlog.V2, Text, Firehose, Explicit).Partitions(day1, day1.AddDate(8, 0, 0)) {
		assert.Equal(t, day1, p.Time)
		break
	}
}

func TestPartitionEnd(t *testing.T) {
	at := time.Date(2026, time.February, 28, 23, 59, 0, 0, time.UTC)
	table := testTable(flowlog.V2, Text, Firehose, Explicit)
	for prefix, want := range map[string]time.Time{
		"":                         time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC),
		"!{timestamp:yyyy/MM/dd}/": time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC),
		"!{timestamp:yyyy/MM}/":    time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC),
		"!{timestamp:yyyy}/":       time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC),
	} {
		table.Prefix = prefix
		assert.Equal(t, want, table.PartitionEnd(Partition{Time: at}), prefix)
	}
	assert.Equal(t, at, (&Table{}).PartitionEnd(Partition{Time: at}))
}

// copyTo is where the tests write to: beside the tables they read.
const copyTo = "s3://amzn-s3-demo-bucket/copy/"

func TestWriteRules(t *testing.T) {
	days := func(n int) time.Time { return day1.AddDate(0, 0, n) }
	narrow, err := flowlog.ParseFormat("srcaddr dstaddr")
	require.NoError(t, err)
	type tables struct{ dst, src *Table }
	for name, tt := range map[string]struct {
		kind  error
		opts  *WriteOptions
		spoil func(*tables)
	}{
		"no source":          {ErrLayout, nil, func(x *tables) { x.src = nil }},
		"text":               {ErrLayout, nil, func(x *tables) { x.dst.Storage = Text }},
		"delivered layout":   {ErrLayout, nil, func(x *tables) { x.dst.Layout = S3Daily }},
		"folders not name=":  {ErrLayout, nil, func(x *tables) { x.dst.Layout, x.dst.Prefix = Firehose, "" }},
		"missing column":     {ErrColumn, nil, func(x *tables) { x.src.Format = narrow }},
		"injected source":    {ErrLayout, nil, func(x *tables) { x.src.Accounts = nil }},
		"no range":           {ErrRange, nil, func(x *tables) { x.dst.Layout = Firehose }},
		"half a range":       {ErrRange, &WriteOptions{From: day1}, func(x *tables) { x.dst.Layout = Firehose }},
		"range backwards":    {ErrRange, &WriteOptions{From: days(1), To: day1}, func(x *tables) { x.dst.Layout = Firehose }},
		"range off the day":  {ErrRange, &WriteOptions{From: day1.Add(time.Hour), To: days(1)}, func(x *tables) { x.dst.Layout = Firehose }},
		"range off the hour": {ErrRange, &WriteOptions{From: day1, To: day1.Add(time.Minute)}, func(x *tables) {}},
		"unpartitioned":      {ErrLayout, &WriteOptions{From: day1, To: days(1)}, func(x *tables) { x.src.Layout, x.src.Accounts, x.src.Regions = Unpartitioned, nil, nil }},
		"coarser source": {ErrLayout, &WriteOptions{From: day1, To: days(1)}, func(x *tables) {
			x.src.Layout = S3Daily
			x.dst.Layout, x.dst.Prefix = Firehose, "d=!{timestamp:yyyy-MM-dd}/h=!{timestamp:HH}/"
		}},
		"own folder":          {ErrLocation, nil, func(x *tables) { x.dst.Location = x.src.Location + "AWSLogs/" }},
		"below the source":    {ErrLocation, nil, func(x *tables) { x.dst.Location = x.src.Location + "AWSLogs/copy/" }},
		"above the source":    {ErrLocation, nil, func(x *tables) { x.dst.Location = "s3://amzn-s3-demo-bucket/" }},
		"beside the source":   {nil, nil, func(x *tables) { x.dst.Location = "s3://amzn-s3-demo-bucket/prefix-copy/" }},
		"8,000 years":         {ErrRange, &WriteOptions{From: day1, To: time.Date(9998, 1, 1, 0, 0, 0, 0, time.UTC)}, func(x *tables) { x.dst.Layout = Firehose }},
		"year 10000":          {ErrRange, &WriteOptions{From: day1, To: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, func(x *tables) { x.dst.Layout = Firehose }},
		"no such compression": {ErrLayout, &WriteOptions{Compression: 9}, func(x *tables) {}},
	} {
		t.Run(name, func(t *testing.T) {
			x := tables{testTable(flowlog.V2, Parquet, Unpartitioned, Explicit), testTable(flowlog.V2, Text, S3Hourly, Projected)}
			x.dst.Name, x.dst.Location = "dst", copyTo
			tt.spoil(&x)
			if x.dst.Layout == Firehose && name != "coarser source" && name != "folders not name=" {
				x.dst.Prefix = "day=!{timestamp:yyyy-MM-dd}/"
			}
			_, err := x.dst.CreateAs(x.src, tt.opts)
			if tt.kind == nil {
				require.NoError(t, err)
				return
			}
			refused(t, err, tt.kind)
			_, err = x.dst.InsertFrom(x.src, tt.opts)
			refused(t, err, tt.kind)
		})
	}
	dst := testTable(flowlog.V2, Parquet, Firehose, Projected)
	dst.Name, dst.Location, dst.Prefix = "dst", copyTo, "day=!{timestamp:yyyy-MM-dd}/"
	src := testTable(flowlog.V2, Text, S3Hourly, Projected)
	_, err = dst.CreateAs(src, &WriteOptions{From: day1, To: days(1)})
	refused(t, err, ErrLayout)
	dst.Partitioning = Explicit
	_, err = dst.CreateAs(src, &WriteOptions{From: day1, To: days(101)})
	refused(t, err, ErrRange)
	_, err = dst.CreateAs(src, &WriteOptions{From: day1, To: days(100)})
	require.NoError(t, err)
	only, err := flowlog.ParseFormat("day")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	dst.Format, src.Format = only, only
	_, err = dst.CreateAs(src, &WriteOptions{From: day1, To: days(1)})
	refused(t, err, ErrColumn)
	_, err = dst.Create()
	refused(t, err, ErrColumn)
	_, err = src.Unload("s3://amzn-s3-demo-bucket/x", nil)
	refused(t, err, ErrLocation)
	for _, location := range []string{"s3://amzn-s3-demo-bucket/prefix/", "s3://amzn-s3-demo-bucket/prefix/below/", "s3://amzn-s3-demo-bucket/"} {
		_, err = testTable(flowlog.V2, Text, Firehose, Projected).Unload(location, nil)
		refused(t, err, ErrLocation)
	}
	for _, name := range []string{"", "a b", "a\"b", "VPC_flow_logs"} {
		_, err = src.View(name)
		refused(t, err, ErrName)
	}
}

// TestInsertTiles checks that the statements of InsertFrom copy each partition
// of the source exactly once, at most 100 partitions at a time.
func TestInsertTiles(t *testing.T) {
	dst := testTable(flowlog.V2, Parquet, Firehose, Explicit)
	dst.Name, dst.Location, dst.Prefix = "dst", copyTo, "day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/"
	src := testTable(flowlog.V2, Text, Firehose, Projected)
	opts := &WriteOptions{From: day1, To: day1.Add(250 * time.Hour)}
	sqls, err := dst.InsertFrom(src, opts)
	require.NoError(t, err)
	require.Len(t, sqls, 3)
	count := make(map[string]int)
	for _, sql := range sqls {
		_, rest, ok := strings.Cut(sql, `"datehour" BETWEEN '`)
		require.True(t, ok)
		lo, rest, _ := strings.Cut(rest, "' AND '")
		hi, _, _ := strings.Cut(rest, "'")
		n := 0
		for p := range src.Partitions(opts.From.AddDate(0, 0, -2), opts.To.AddDate(0, 0, 2)) {
			if v := p.Time.Format("2006/01/02/15"); lo <= v && v <= hi {
				count[v]++
				n++
			}
		}
		assert.LessOrEqual(t, n, maxWritten)
	}
	assert.Len(t, count, 250)
	for v, n := range count {
		assert.Equal(t, 1, n, v)
	}
}

// TestLongStatements lists as many accounts as fit into a statement, and more,
// and has more columns than do.
func TestLongStatements(t *testing.T) {
	table := testTable(flowlog.V2, Text, S3Daily, Projected)
	table.Accounts = nil
	for i := range 21_000 {
		table.Accounts = append(table.Accounts, fmt.Sprintf("%012d", i))
	}
	_, err := table.Create()
	refused(t, err, ErrRange)
	_, err = table.Queries(Params{Accounts: table.Accounts})
	refused(t, err, ErrRange)
	table.Accounts = table.Accounts[:19_000]
	sql, err := table.Create()
	require.NoError(t, err)
	assert.LessOrEqual(t, len(sql), maxStatement)

	names := make([]string, 1024)
	for i := range names {
		names[i] = strings.Repeat("x", maxName-4) + fmt.Sprintf("%04d", i)
	}
	f, err := flowlog.ParseFormat(strings.Join(names, " "))
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	table, dst := testTable(f, Text, Unpartitioned, Projected), testTable(f, Parquet, Unpartitioned, Projected)
	dst.Name, dst.Location = "dst", copyTo
	for _, write := range []func() error{
		func() error { _, err := table.Create(); return err },
		func() error { _, err := table.View("v"); return err },
		func() error { _, err := table.Unload("s3://amzn-s3-demo-bucket/unload/", nil); return err },
		func() error { _, err := dst.CreateAs(table, nil); return err },
		func() error { _, err := dst.InsertFrom(table, nil); return err },
	} {
		refused(t, write(), ErrRange)
	}
}

func prefixes(s ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(s))
	for i := range s {
		out[i] = netip.MustParsePrefix(s[i])
	}
	return out
}

func TestParamsRules(t *testing.T) {
	table := testTable(flowlog.V2, Text, S3Daily, Projected)
	for name, tt := range map[string]struct {
		kind error
		p    Params
	}{
		"zero CIDR":         {ErrQuery, Params{CIDRs: []netip.Prefix{{}}}},
		"mapped and short":  {ErrQuery, Params{CIDRs: []netip.Prefix{netip.MustParsePrefix("::ffff:10.0.0.0/95")}}},
		"backwards":         {ErrRange, Params{From: day1, To: day1.Add(-1)}},
		"empty range":       {ErrRange, Params{From: day1, To: day1}},
		"since before from": {ErrRange, Params{From: day1, Since: day1.Add(-time.Hour)}},
		"year 0":            {ErrRange, Params{From: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"year 10000":        {ErrRange, Params{From: day1, To: time.Date(9998, 12, 31, 0, 0, 0, 0, time.UTC), Late: 1 << 62}},
		"late a century":    {ErrRange, Params{To: day1, Late: 100 * 366 * 24 * time.Hour}},
		"zone twice":        {ErrQuery, Params{Zones: []Zone{{"a", prefixes("10.0.0.0/24")}, {"a", prefixes("10.0.1.0/24")}}}},
		"subnet twice":      {ErrQuery, Params{Zones: []Zone{{"a", prefixes("10.0.0.0/24")}, {"b", prefixes("10.0.0.0/25")}}}},
		"hostile zone":      {ErrQuery, Params{Zones: []Zone{{"a'", prefixes("10.0.0.0/24")}}}},
		"empty zone":        {ErrQuery, Params{Zones: []Zone{{"a", nil}}}},
		"zero subnet":       {ErrQuery, Params{Zones: []Zone{{"a", []netip.Prefix{{}}}}}},
		"negative limit":    {ErrQuery, Params{Limit: -1}},
		"negative ports":    {ErrQuery, Params{Ports: -1}},
		"account":           {ErrQuery, Params{Accounts: []string{"1' OR '1'='1"}}},
		"region":            {ErrQuery, Params{Regions: []string{"us-east-1'"}}},
	} {
		t.Run(name, func(t *testing.T) {
			qs, err := table.Queries(tt.p)
			refused(t, err, tt.kind)
			assert.Empty(t, qs)
		})
	}
	// As many CIDRs as fit into a question, and more.
	var many Params
	for i := range 3000 {
		many.CIDRs = append(many.CIDRs, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24))
	}
	qs, err := table.Queries(many)
	refused(t, err, ErrRange)
	assert.Empty(t, qs)
	many.CIDRs = many.CIDRs[:1000]
	for _, q := range ask(t, table, many) {
		assert.LessOrEqual(t, len(q.SQL), maxStatement)
	}

	// An unknown question is an error that lists those there are.
	_, err = table.Queries(Params{Names: []string{"SourcePorts", "What"}})
	refused(t, err, ErrQuery)
	assert.ErrorContains(t, err, `question "What": must be one that this table can answer: SourcePorts, OutboundPorts, `)
	// Version 2 has no instances.
	_, err = table.Queries(Params{Names: []string{"VpcFlowLogsTopTalkingInstances"}})
	refused(t, err, ErrQuery)
	assert.Equal(t, []string{"SourcePorts", "LogStatus"}, names(ask(t, table, Params{Names: []string{"LogStatus", "SourcePorts"}})))
}

// TestNameRules checks that the error names the rule that a name breaks.
func TestNameRules(t *testing.T) {
	for name, want := range map[string]string{
		"":                       `athena: table name: must not be empty`,
		"flow-logs":              `athena: table name "flow-logs": must hold only ASCII letters, digits and underscores, not "-"`,
		"flux_é":                 `athena: table name "flux_é": must hold only ASCII letters, digits and underscores, not "é"`,
		"a\xff":                  `athena: table name "a\xff": must hold only ASCII letters, digits and underscores, not "\xff"`,
		"logs.flows":             `athena: table name "logs.flows": must hold only ASCII letters, digits and underscores, not "."`,
		"\u212a":                 "athena: table name \"\u212a\": must hold only ASCII letters, digits and underscores, not \"\u212a\"", // the Kelvin sign
		strings.Repeat("a", 256): `athena: table name "` + strings.Repeat("a", 61) + `...": must not be longer than 255 bytes`,
	} {
		table := testTable(flowlog.V2, Text, Firehose, Projected)
		table.Name = name
		err := table.Validate()
		assert.EqualError(t, err, want)
		assert.ErrorIs(t, err, ErrName)
	}
	assert.EqualError(t, ErrName, "athena: invalid name")
	for name, want := range map[string]string{
		"_a": `athena: table name "_a": must begin and end with a letter or a digit in S3 Tables`,
		"a_": `athena: table name "a_": must begin and end with a letter or a digit in S3 Tables`,
	} {
		table := &Table{Catalog: "s3tablescatalog/amzn-s3-demo-bucket", Database: "logs", Name: name, Format: flowlog.V2, Storage: Iceberg}
		assert.EqualError(t, table.Validate(), want)
	}
	table := &Table{Catalog: "s3tablescatalog/amzn-s3-demo-bucket", Name: "a", Format: flowlog.V2, Storage: Iceberg}
	assert.EqualError(t, table.Validate(), `athena: database name: must not be empty in S3 Tables`)
}
