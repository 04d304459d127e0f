package athena

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// icebergTable returns an Iceberg table, in S3 Tables if asked to.
func icebergTable(f *flowlog.Format, s3Tables bool) *Table {
	t := &Table{Database: "logs", Name: "flows", Location: "s3://amzn-s3-demo-bucket/iceberg/", Format: f, Storage: Iceberg}
	if s3Tables {
		t.Location, t.Catalog = "", "s3tablescatalog/amzn-s3-demo-table-bucket"
	}
	return t
}

func TestGoldenIceberg(t *testing.T) {
	days := func(n int) time.Time { return day1.AddDate(0, 0, n) }
	for name, f := range testFormats(t) {
		t.Run(name, func(t *testing.T) {
			var out script
			one := func(title string) func(string, error) {
				return func(sql string, err error) {
					require.NoError(t, err, title)
					out.add(title, sql)
				}
			}
			all := func(title string) func([]string, error) {
				return func(sqls []string, err error) {
					require.NoError(t, err, title)
					out.add(title, sqls...)
				}
			}
			src := testTable(f, Text, S3Hourly, Projected)
			week := &WriteOptions{From: day1, To: days(7), Compression: Zstd}
			for _, s3Tables := range []bool{false, true} {
				where := map[bool]string{false: "S3", true: "S3 Tables"}[s3Tables]
				table := icebergTable(f, s3Tables)
				one(where + ", create")(table.Create())
				one(where + ", create as")(table.CreateAs(src, week))
				one(where + ", drop")(table.Drop())
				all(where + ", merge")(table.MergeFrom(src, &WriteOptions{From: day1, To: days(1)}))
			}
			table := icebergTable(f, false)
			table.Hourly = true
			one("hourly, create")(table.Create())
			all("hourly, insert")(table.InsertFrom(src, &WriteOptions{From: day1, To: days(4)}))
			all("merge Parquet")(icebergTable(f, false).MergeFrom(testTable(f, Parquet, Unpartitioned, Projected), nil))
			all("merge by a key")(icebergTable(f, false).MergeFrom(src, &WriteOptions{From: day1, To: days(1),
				Key: []flowlog.Field{flowlog.FieldSrcAddr, flowlog.FieldDstPort, flowlog.FieldStart}}))
			one("optimize")(icebergTable(f, false).Optimize(nil))
			one("optimize a week")(icebergTable(f, false).Optimize(week))
			one("vacuum")(icebergTable(f, false).Vacuum())
			one("view")(icebergTable(f, false).View("v"))
			one("unload")(icebergTable(f, false).Unload("s3://amzn-s3-demo-bucket/unload/", nil))
			golden(t, "iceberg/"+name+".sql", out.String())
		})
	}
}

// createdIceberg is what the CREATE TABLE statement of an Iceberg table says.
type createdIceberg struct {
	name        []string
	columns     [][2]string
	period, col string
	location    string
	props       [][2]string
}

// parseIceberg reads the statement by the grammar of
// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html.
func parseIceberg(sql string) (c createdIceberg, err error) {
	err = parse(sql, true, func(p *parser) {
		p.words("CREATE TABLE")
		c.name = p.name()
		p.list(func() { c.columns = append(c.columns, [2]string{p.take('i', ""), p.take('w', "")}) })
		p.words("PARTITIONED BY")
		p.take('p', "(")
		c.period = p.take('w', "")
		p.take('p', "(")
		c.col = p.take('i', "")
		p.take('p', ")")
		p.take('p', ")")
		if p.try('w', "LOCATION") {
			c.location = p.take('s', "")
		}
		p.words("TBLPROPERTIES")
		p.pairs(&c.props)
	})
	return c, err
}

func TestIcebergCreate(t *testing.T) {
	for _, f := range testFormats(t) {
		for _, naming := range []Naming{AWSNames, ArticleNames} {
			for _, s3Tables := range []bool{false, true} {
				table := icebergTable(f, s3Tables)
				table.Columns, table.Hourly = naming, s3Tables
				sql, err := table.Create()
				require.NoError(t, err)
				c, err := parseIceberg(sql)
				require.NoError(t, err, sql)
				assert.Equal(t, []string{"logs", "flows"}, c.name)
				assert.Equal(t, map[bool]string{false: "day", true: "hour"}[s3Tables], c.period)
				assert.Equal(t, map[Naming]string{AWSNames: "start", ArticleNames: "starttime"}[naming], c.col)
				assert.Equal(t, table.Location, c.location)
				assert.Contains(t, c.props, [2]string{"table_type", "ICEBERG"})
				require.Len(t, c.columns, f.Len())
				for i, field := range f.Fields() {
					want := ddlTypes[field.Type()]
					if field == flowlog.FieldStart || field == flowlog.FieldEnd {
						want = "timestamp"
					}
					assert.Equal(t, want, c.columns[i][1], field)
				}
			}
		}
	}
}

func TestIcebergRules(t *testing.T) {
	noStart, err := flowlog.ParseFormat("srcaddr end")
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		kind  error
		spoil func(*Table)
	}{
		"layout":              {ErrLayout, func(t *Table) { t.Layout = Firehose }},
		"S3 layout":           {ErrLayout, func(t *Table) { t.Layout = S3Daily }},
		"no start":            {ErrFormat, func(t *Table) { t.Format = noStart }},
		"no format":           {ErrFormat, func(t *Table) { t.Format = nil }},
		"no location":         {ErrLocation, func(t *Table) { t.Location = "" }},
		"S3 Tables, location": {ErrLocation, func(t *Table) { t.Catalog = "s3tablescatalog/amzn-s3-demo-bucket" }},
		"catalog":             {ErrName, func(t *Table) { t.Catalog, t.Location = `s3tablescatalog/a"; DROP`, "" }},
		"other catalog":       {ErrName, func(t *Table) { t.Catalog, t.Location = "AwsDataCatalog", "" }},
		"no namespace":        {ErrName, func(t *Table) { t.Catalog, t.Location, t.Database = "s3tablescatalog/amzn-s3-demo-bucket", "", "" }},
		"namespace of AWS": {ErrName, func(t *Table) {
			t.Catalog, t.Location, t.Database = "s3tablescatalog/amzn-s3-demo-bucket", "", "AWS_logs"
		}},
		"underscore first":     {ErrName, func(t *Table) { t.Catalog, t.Location, t.Name = "s3tablescatalog/amzn-s3-demo-bucket", "", "_flows" }},
		"catalog of Parquet":   {ErrLayout, func(t *Table) { t.Catalog, t.Storage = "s3tablescatalog/amzn-s3-demo-bucket", Parquet }},
		"hourly Parquet":       {ErrLayout, func(t *Table) { t.Hourly, t.Storage = true, Parquet }},
		"prefix":               {ErrLayout, func(t *Table) { t.Prefix = "a/" }},
		"accounts":             {ErrLayout, func(t *Table) { t.Accounts = []string{"123456789012"} }},
		"hostile location":     {ErrLocation, func(t *Table) { t.Location = "s3://amzn-s3-demo-bucket/a'b/" }},
		"hostile table bucket": {ErrName, func(t *Table) { t.Catalog, t.Location = "s3tablescatalog/a'b", "" }},
	} {
		t.Run(name, func(t *testing.T) {
			table := icebergTable(flowlog.V2, false)
			tt.spoil(table)
			src := testTable(flowlog.V2, Text, Unpartitioned, Projected)
			_, err := table.Create()
			refused(t, err, tt.kind)
			for _, f := range []func() error{
				func() error { _, err := table.Drop(); return err },
				func() error { _, err := table.MergeFrom(src, nil); return err },
				func() error { _, err := table.InsertFrom(src, nil); return err },
				func() error { _, err := table.CreateAs(src, nil); return err },
				func() error { _, err := table.Optimize(nil); return err },
				func() error { _, err := table.Vacuum(); return err },
				func() error { _, err := table.View("v"); return err },
				func() error { _, err := table.Glue(); return err },
				func() error { _, err := table.Queries(Params{}); return err },
			} {
				assert.Equal(t, err, f())
			}
		})
	}
}

func TestIcebergStatementRules(t *testing.T) {
	table, bucket := icebergTable(flowlog.V2, false), icebergTable(flowlog.V2, true)
	plain, hourly := testTable(flowlog.V2, Text, Unpartitioned, Projected), testTable(flowlog.V2, Text, S3Hourly, Projected)
	for name, tt := range map[string]struct {
		kind error
		f    func() error
	}{
		"Glue":                {ErrLayout, func() error { _, err := table.Glue(); return err }},
		"partitions":          {ErrLayout, func() error { _, err := table.AddPartitions(Partition{Time: day1}); return err }},
		"location":            {ErrLayout, func() error { _, err := table.PartitionLocation(Partition{Time: day1}); return err }},
		"view in S3 Tables":   {ErrLayout, func() error { _, err := bucket.View("v"); return err }},
		"optimize S3 Tables":  {ErrLayout, func() error { _, err := bucket.Optimize(nil); return err }},
		"vacuum S3 Tables":    {ErrLayout, func() error { _, err := bucket.Vacuum(); return err }},
		"optimize text":       {ErrLayout, func() error { _, err := plain.Optimize(nil); return err }},
		"vacuum text":         {ErrLayout, func() error { _, err := plain.Vacuum(); return err }},
		"optimize half a day": {ErrRange, func() error { _, err := table.Optimize(&WriteOptions{From: day1.Add(time.Hour)}); return err }},
		"optimize backwards": {ErrRange, func() error {
			_, err := table.Optimize(&WriteOptions{From: day1, To: day1.AddDate(0, 0, -1)})
			return err
		}},
		"merge into Parquet": {ErrLayout, func() error {
			dst := testTable(flowlog.V2, Parquet, Unpartitioned, Projected)
			dst.Location = copyTo
			_, err := dst.MergeFrom(plain, nil)
			return err
		}},
		"merge into text": {ErrLayout, func() error {
			_, err := plain.MergeFrom(table, nil)
			assert.ErrorContains(t, err, "must be iceberg")
			return err
		}},
		"merge all of a partitioned log": {ErrRange, func() error { _, err := table.MergeFrom(hourly, nil); return err }},
		"merge half a day": {ErrRange, func() error {
			_, err := table.MergeFrom(hourly, &WriteOptions{From: day1, To: day1.Add(time.Hour)})
			return err
		}},
		"merge 8,000 years": {ErrRange, func() error {
			_, err := table.MergeFrom(hourly, &WriteOptions{From: day1, To: time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)})
			return err
		}},
		"hours from months": {ErrLayout, func() error {
			src, dst := testTable(flowlog.V2, Text, Firehose, Projected), *table
			src.Prefix, dst.Hourly = "!{timestamp:yyyy/MM}/", true
			_, err := dst.MergeFrom(src, &WriteOptions{From: day1, To: day1.AddDate(0, 1, 0)})
			return err
		}},
		"key without start": {ErrColumn, func() error {
			_, err := table.MergeFrom(plain, &WriteOptions{Key: []flowlog.Field{flowlog.FieldSrcAddr}})
			return err
		}},
		"key of another format": {ErrColumn, func() error {
			_, err := table.MergeFrom(plain, &WriteOptions{Key: []flowlog.Field{flowlog.FieldStart, flowlog.FieldVPCID}})
			return err
		}},
		"merge itself": {ErrLocation, func() error { _, err := table.MergeFrom(table, nil); return err }},
	} {
		t.Run(name, func(t *testing.T) { refused(t, tt.f(), tt.kind) })
	}
	many, err := table.MergeFrom(hourly, &WriteOptions{From: day1, To: day1.AddDate(0, 0, 120)})
	require.NoError(t, err)
	assert.Len(t, many, 3)
}

// TestIcebergQueries asks the same questions of an Iceberg table, bounded by the
// true column.
func TestIcebergQueries(t *testing.T) {
	for name, f := range testFormats(t) {
		t.Run(name, func(t *testing.T) {
			p := Params{From: day1, To: day1.Add(time.Hour + 1), Since: day1.Add(time.Minute)}
			qs := ask(t, icebergTable(f, true), p)
			assert.Equal(t, names(ask(t, testTable(f, Text, Unpartitioned, Projected), p)), names(qs))
			for _, q := range qs {
				assert.Contains(t, q.SQL, `FROM "s3tablescatalog/amzn-s3-demo-table-bucket"."logs"."flows"`)
				assert.Contains(t, q.SQL, `"start" >= TIMESTAMP '2026-01-01 00:00:00'`)
				assert.Contains(t, q.SQL, `"start" < TIMESTAMP '2026-01-01 01:00:01'`)
			}
			assert.Contains(t, find(t, qs, "NewPorts").SQL, `min(CAST(to_unixtime("start") AS bigint))`)
		})
	}
}

// TestMergeKey tells records apart by all columns, or by those named.
func TestMergeKey(t *testing.T) {
	f, err := flowlog.ParseFormat("srcaddr copy dstport start")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	table, src := icebergTable(f, false), testTable(f, Text, Unpartitioned, Projected)
	sqls, err := table.MergeFrom(src, nil)
	require.NoError(t, err)
	require.Len(t, sqls, 1)
	assert.Contains(t, sqls[0], "\nON (COALESCE(\"t\".\"start\", TIMESTAMP '1970-01-01 00:00:00') = COALESCE(\"s\".\"start\", TIMESTAMP '1970-01-01 00:00:00')\n  AND \"t\".\"start\" IS NOT DISTINCT FROM \"s\".\"start\"\n  AND COALESCE(\"t\".\"srcaddr\", '-') = COALESCE(\"s\".\"srcaddr\", '-')\n"+
		"  AND COALESCE(\"t\".\"copy\", '-') = COALESCE(\"s\".\"copy\", '-')\n  AND \"t\".\"dstport\" IS NOT DISTINCT FROM \"s\".\"dstport\")\n")
	assert.Contains(t, sqls[0], "SELECT DISTINCT\n")
	sqls, err = table.MergeFrom(src, &WriteOptions{Key: []flowlog.Field{flowlog.FieldDstPort, flowlog.FieldStart}})
	require.NoError(t, err)
	assert.Contains(t, sqls[0], "\nON (COALESCE(\"t\".\"start\", TIMESTAMP '1970-01-01 00:00:00') = COALESCE(\"s\".\"start\", TIMESTAMP '1970-01-01 00:00:00')\n  AND \"t\".\"start\" IS NOT DISTINCT FROM \"s\".\"start\"\n  AND \"t\".\"dstport\" IS NOT DISTINCT FROM \"s\".\"dstport\")\n")
	assert.Contains(t, sqls[0], `row_number() OVER (PARTITION BY "start", "dstport" ORDER BY "srcaddr", "copy", "dstport", "start") AS "copy_"`)
	// All columns named is the same as none.
	whole, err := icebergTable(flowlog.V2, false).MergeFrom(testTable(flowlog.V2, Text, Unpartitioned, Projected), &WriteOptions{Key: slices.Collect(flowlog.V2.FieldSet().All())})
	require.NoError(t, err)
	none, err := icebergTable(flowlog.V2, false).MergeFrom(testTable(flowlog.V2, Text, Unpartitioned, Projected), nil)
	require.NoError(t, err)
	assert.Equal(t, none, whole)
}

// FuzzIceberg builds the statements of Iceberg tables from hostile names. What
// is not refused has the shape of the same statement from harmless names.
func FuzzIceberg(f *testing.F) {
	f.Add("logs", "flows", "prefix/", "", "x-new", uint8(0))
	f.Add("a`b", `t"; DROP TABLE x`, "it's/", "s3tablescatalog/b'd", "x", uint8(1))
	f.Add("logs", "flows", "", "s3tablescatalog/bucket", "copy", uint8(2))
	f.Add("", "end", "a b/é/", "", "select", uint8(7))
	f.Fuzz(func(t *testing.T, database, name, folder, catalog, col string, pick uint8) {
		format, _ := flowlog.ParseFormat("version srcaddr dstport start end " + col)
		if format == nil {
			format = flowlog.V2
		}
		hostile := &Table{Database: database, Name: name, Format: format, Storage: Iceberg, Catalog: catalog, Hourly: pick&1 > 0, Columns: Naming(pick >> 1 & 1)}
		if catalog == "" {
			hostile.Location = "s3://amzn-s3-demo-bucket/" + folder
		}
		if hostile.Validate() != nil {
			return
		}
		twin := *hostile
		twin.Name = "t"
		if database != "" {
			twin.Database = "d"
		}
		if catalog == "" {
			twin.Location = "s3://amzn-s3-demo-bucket/"
		} else {
			twin.Catalog = "s3tablescatalog/abc"
		}
		src := &Table{Name: "src", Location: "s3://amzn-s3-demo-source/", Format: format, Layout: Firehose}
		opts := &WriteOptions{From: day1, To: day1.AddDate(0, 0, 1)}
		if pick&4 > 0 {
			opts.Key = []flowlog.Field{flowlog.FieldStart, flowlog.FieldSrcAddr}
		}
		for _, write := range []func(*Table) (string, bool, error){
			func(t *Table) (string, bool, error) { s, err := t.Create(); return s, true, err },
			func(t *Table) (string, bool, error) { s, err := t.Drop(); return s, true, err },
			func(t *Table) (string, bool, error) { s, err := t.CreateAs(src, opts); return s, false, err },
			func(t *Table) (string, bool, error) {
				s, err := t.MergeFrom(src, opts)
				return strings.Join(s, " "), false, err
			},
			func(t *Table) (string, bool, error) {
				s, err := t.InsertFrom(src, opts)
				return strings.Join(s, " "), false, err
			},
			func(t *Table) (string, bool, error) { s, err := t.View("v_" + t.Name); return s, false, err },
		} {
			got, ddl, err := write(hostile)
			want, _, twinErr := write(&twin)
			require.Equal(t, twinErr == nil, err == nil, "%v, %v", err, twinErr)
			if err == nil {
				require.Equal(t, shape(t, want, ddl), shape(t, got, ddl))
			}
		}
		if catalog == "" {
			// The names are not quoted.
			bare := strings.ToLower(name)
			if database != "" {
				bare = strings.ToLower(database) + "." + bare
			}
			require.Regexp(t, `^[a-z0-9_]+(\.[a-z0-9_]+)?$`, bare)
			sql, err := hostile.Optimize(nil)
			require.NoError(t, err)
			require.Equal(t, "OPTIMIZE "+bare+" REWRITE DATA USING BIN_PACK", sql)
			if sql, err = hostile.Vacuum(); err == nil {
				require.Equal(t, "VACUUM "+bare, strings.ReplaceAll(sql, "`", ""))
			}
		}
		sql, err := hostile.Create()
		require.NoError(t, err)
		c, err := parseIceberg(sql)
		require.NoError(t, err, sql)
		require.Equal(t, strings.ToLower(name), c.name[len(c.name)-1])
		require.Equal(t, hostile.Location, c.location)
		require.Len(t, c.columns, format.Len())
	})
}
