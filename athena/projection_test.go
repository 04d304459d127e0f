package athena

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// No local engine computes projected partitions, so the tests do, by the
// documented grammar:
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html.

// projected is a partition that Athena would compute.
type projectedPartition struct {
	values   map[string]string
	location string
}

// project computes the partitions of a table at a time, or says what in its
// properties Athena would refuse.
func project(c created, now time.Time) ([]projectedPartition, error) {
	props := make(map[string]string)
	for _, p := range c.props {
		if _, ok := props[p[0]]; ok {
			return nil, fmt.Errorf("property %s twice", p[0])
		}
		props[p[0]] = p[1]
	}
	if props["projection.enabled"] != "true" {
		return nil, fmt.Errorf("projection is not enabled")
	}
	template := props["storage.location.template"]
	if !strings.HasPrefix(template, "s3://") || !strings.HasSuffix(template, "/") {
		return nil, fmt.Errorf("template %q", template)
	}
	used := map[string]bool{"projection.enabled": true, "storage.location.template": true, "skip.header.line.count": true}
	out := []projectedPartition{{map[string]string{}, template}}
	for _, col := range c.partitions {
		name := col[0]
		if strings.Count(template, "${"+name+"}") != 1 {
			return nil, fmt.Errorf("template lacks %s", name)
		}
		values, err := projectColumn(name, props, used, now)
		if err != nil {
			return nil, err
		}
		var more []projectedPartition
		for _, p := range out {
			for _, v := range values {
				m := maps.Clone(p.values)
				m[name] = v
				more = append(more, projectedPartition{m, strings.ReplaceAll(p.location, "${"+name+"}", v)})
			}
		}
		out = more
	}
	for name := range props {
		if !used[name] {
			return nil, fmt.Errorf("property %s belongs to no column", name)
		}
	}
	return out, nil
}

func projectColumn(name string, props map[string]string, used map[string]bool, now time.Time) ([]string, error) {
	get := func(key string) (string, bool) {
		key = "projection." + name + "." + key
		used[key] = true
		v, ok := props[key]
		return v, ok
	}
	typ, _ := get("type")
	switch typ {
	case "enum":
		v, _ := get("values")
		values := strings.Split(v, ",")
		for _, v := range values {
			if v == "" || strings.TrimSpace(v) != v {
				return nil, fmt.Errorf("%s: value %q", name, v)
			}
		}
		return values, nil
	case "integer":
		return projectInteger(name, get)
	case "date":
		return projectDate(name, get, now)
	}
	return nil, fmt.Errorf("%s: type %q", name, typ)
}

func projectInteger(name string, get func(string) (string, bool)) ([]string, error) {
	r, _ := get("range")
	lo, hi, ok := strings.Cut(r, ",")
	from, err1 := strconv.Atoi(lo)
	to, err2 := strconv.Atoi(hi)
	if !ok || err1 != nil || err2 != nil || from > to {
		return nil, fmt.Errorf("%s: range %q", name, r)
	}
	digits, ok := get("digits")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < len(hi) {
		return nil, fmt.Errorf("%s: digits %q", name, digits)
	}
	var values []string
	for v := from; v <= to; v++ {
		values = append(values, fmt.Sprintf("%0*d", n, v))
	}
	return values, nil
}

func projectDate(name string, get func(string) (string, bool), now time.Time) ([]string, error) {
	format, _ := get("format")
	layout := strings.NewReplacer("yyyy", "2006", "MM", "01", "dd", "02", "HH", "15").Replace(format)
	if strings.ContainsAny(layout, "yMdHmsDYu'") {
		return nil, fmt.Errorf("%s: format %q", name, format)
	}
	r, _ := get("range")
	lo, hi, ok := strings.Cut(r, ",")
	from, err := time.Parse(layout, lo)
	if !ok || err != nil {
		return nil, fmt.Errorf("%s: range %q", name, r)
	}
	to := now
	if hi != "NOW" {
		// Trino takes no range of one date; Athena's pages show none.
		if to, err = time.Parse(layout, hi); err != nil || !from.Before(to) {
			return nil, fmt.Errorf("%s: range %q", name, r)
		}
	}
	interval, _ := get("interval")
	unit, ok := get("interval.unit")
	if !strings.HasSuffix(format, "MM") && !strings.HasSuffix(format, "dd") && (!ok || interval == "") {
		return nil, fmt.Errorf("%s: hours and years need an interval and a unit", name)
	}
	n, err := strconv.Atoi(interval)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("%s: interval %q", name, interval)
	}
	var values []string
	for t := from; !t.After(to); {
		values = append(values, t.Format(layout))
		switch unit {
		case "HOURS":
			t = t.Add(time.Duration(n) * time.Hour)
		case "DAYS":
			t = t.AddDate(0, 0, n)
		case "MONTHS":
			t = t.AddDate(0, n, 0)
		case "YEARS":
			t = t.AddDate(n, 0, 0)
		default:
			return nil, fmt.Errorf("%s: unit %q", name, unit)
		}
	}
	return values, nil
}

// deliveredFolder is where AWS's pages say that a layout's objects lie, below
// the bucket. It shares nothing with the package.
func deliveredFolder(l Layout, root, account, region string, t time.Time) string {
	t = t.UTC()
	switch l {
	case Firehose:
		return root + t.Format("2006/01/02/15/")
	case S3Daily:
		return root + "AWSLogs/" + account + "/vpcflowlogs/" + region + t.Format("/2006/01/02/")
	case S3Hourly:
		return root + "AWSLogs/" + account + "/vpcflowlogs/" + region + t.Format("/2006/01/02/15/")
	}
	s := root + "AWSLogs/aws-account-id=" + account + "/aws-service=vpcflowlogs/aws-region=" + region + t.Format("/year=2006/month=01/day=02/")
	if l == S3HiveHourly {
		s += t.Format("hour=15/")
	}
	return s
}

// TestProjection computes the partitions that Athena would and compares them
// with where the objects of each hour are delivered, and with what
// AddPartitions adds for the same objects (case 122).
func TestProjection(t *testing.T) {
	const bucket = "s3://amzn-s3-demo-bucket/"
	since := time.Date(2025, time.December, 30, 22, 0, 0, 0, time.UTC)
	now := time.Date(2026, time.January, 2, 3, 30, 0, 0, time.UTC)
	type form struct {
		layout Layout
		// The location of a log, and the part before the folders of the layout. In the
		// logs of an organisation AWSLogs/ is followed by its id.
		location, root, org string
		until               bool
	}
	cases := map[string]form{}
	for _, l := range Layouts()[1:] {
		for _, f := range []form{
			{location: "", root: ""},
			{location: "prefix/", root: "prefix/"},
			{location: "prefix/", root: "prefix/", until: true},
			{location: "prefix/AWSLogs/", root: "prefix/"},
			{location: "AWSLogs/o-exampleorgid/", root: "", org: "o-exampleorgid/"},
			{location: "a/b/AWSLogs/o-exampleorgid/", root: "a/b/", org: "o-exampleorgid/"},
		} {
			if f.layout = l; l == Firehose {
				f.root, f.org = f.location, ""
			}
			name := fmt.Sprintf("%s of %q", l, f.location)
			if f.until {
				name += ", until"
			}
			cases[name] = f
		}
	}
	for name, form := range cases {
		t.Run(name, func(t *testing.T) {
			l, until := form.layout, form.until
			table := testTable(flowlog.V2, Text, l, Projected)
			table.Location = bucket + form.location
			table.Since = since
			if l == S3HiveHourly { // as many as there are hours in the months
				table.Accounts, table.Regions = table.Accounts[:1], table.Regions[:1]
			}
			if until {
				table.Until = now
			}
			got, err := project(mustCreate(t, table), now)
			require.NoError(t, err)
			byLocation := make(map[string]map[string]string)
			for _, p := range got {
				byLocation[p.location] = p.values
			}
			require.Len(t, byLocation, len(got), "two partitions share a folder")

			accounts, regions := table.Accounts, table.Regions
			if !l.s3() {
				accounts, regions = []string{""}, []string{""}
			}
			explicit := *table
			explicit.Partitioning = Explicit
			want := make(map[string]bool)
			for at := since; !at.After(now); at = at.Add(time.Hour) {
				for _, a := range accounts {
					for _, r := range regions {
						folder := bucket + deliveredFolder(l, form.root, a, r, at)
						if form.org != "" {
							folder = strings.Replace(folder, "AWSLogs/", "AWSLogs/"+form.org, 1)
						}
						want[folder] = true
						require.NotNil(t, byLocation[folder], folder)
						p, err := table.Partition(strings.TrimPrefix(folder, bucket) + "object.log.gz")
						require.NoError(t, err)
						sql, err := explicit.AddPartitions(p)
						require.NoError(t, err)
						added, err := parseAlter(sql[0])
						require.NoError(t, err)
						assert.Equal(t, folder, added[0].location)
						for _, kv := range added[0].spec {
							assert.Equal(t, byLocation[folder][kv[0]], kv[1], kv[0])
						}
					}
				}
			}
			if l != S3HiveDaily && l != S3HiveHourly { // these count every day of a month and every month of a year
				assert.Len(t, byLocation, len(want))
			}
		})
	}
}

// TestProjectionOfPrefixes compares custom prefixes with the same model.
func TestProjectionOfPrefixes(t *testing.T) {
	at := time.Date(2026, time.January, 2, 3, 0, 0, 0, time.UTC)
	for prefix, folder := range map[string]string{
		"":                                     "2026/01/02/03/",
		"vpc/":                                 "vpc/2026/01/02/03/",
		"vpc-":                                 "vpc-2026/01/02/03/",
		"!{timestamp:yyyy/MM/dd}/":             "2026/01/02/",
		"a/!{timestamp:yyyy}/!{timestamp:MM}/": "a/2026/01/",
		"dt=!{timestamp:yyyy-MM-dd}/":          "dt=2026-01-02/",
		"dt=!{timestamp:yyyyMMddHH}/":          "dt=2026010203/",
		"!{timestamp:'year='yyyy'/month='MM}/": "year=2026/month=01/",
		"x/!{timestamp:'y='yyyy'/'}m=!{timestamp:MM}/":              "x/y=2026/m=01/",
		"!{timestamp:yyyy.MM.dd_HH}/x/":                             "2026.01.02_03/x/",
		"d=!{timestamp:yyyy-MM}/!{timestamp:dd}/h=!{timestamp:HH}/": "d=2026-01/02/h=03/",
	} {
		t.Run(prefix, func(t *testing.T) {
			table := testTable(flowlog.V2, Text, Firehose, Projected)
			table.Prefix = prefix
			got, err := project(mustCreate(t, table), at)
			require.NoError(t, err)
			var locations []string
			for _, p := range got {
				locations = append(locations, p.location)
			}
			assert.Contains(t, locations, table.Location+folder)
			p, err := table.Partition("prefix/" + folder + "object.gz")
			require.NoError(t, err)
			table.Partitioning = Explicit
			sql, err := table.AddPartitions(p)
			require.NoError(t, err)
			assert.Contains(t, sql[0], "'"+table.Location+folder+"'")
		})
	}
}

// TestProjectedPartitions compares the count with the partitions themselves.
func TestProjectedPartitions(t *testing.T) {
	now := day1.AddDate(0, 0, 3).Add(30 * time.Minute)
	for _, l := range Layouts()[1:] {
		for _, until := range []time.Time{{}, day1.AddDate(0, 0, 2)} {
			table := testTable(flowlog.V2, Text, l, Projected)
			table.Until = until
			got, err := project(mustCreate(t, table), now)
			require.NoError(t, err)
			assert.Equal(t, len(got), table.ProjectedPartitions(now), "%s %s", l, until)
		}
	}
	table := testTable(flowlog.V2, Text, Firehose, Projected)
	table.Since = time.Time{}
	assert.Equal(t, int(now.Sub(firstFlowLog)/time.Hour)+1, table.ProjectedPartitions(now))
	assert.Zero(t, testTable(flowlog.V2, Text, S3Daily, Explicit).ProjectedPartitions(now))
	assert.Zero(t, testTable(flowlog.V2, Text, Unpartitioned, Projected).ProjectedPartitions(now))
	assert.Zero(t, (&Table{}).ProjectedPartitions(now))
	table = testTable(flowlog.V2, Text, S3Daily, Projected)
	table.Accounts = nil // injected
	assert.Equal(t, 8, table.ProjectedPartitions(now))
}

func TestProjectionBounds(t *testing.T) {
	table := testTable(flowlog.V2, Text, S3Daily, Projected)
	table.Until = day1.AddDate(0, 0, 10)
	c := mustCreate(t, table)
	r, _ := c.prop("projection.day.range")
	assert.Equal(t, "2026/01/01,2026/01/10", r, "Until is not part of the range")
	// A single day is not a range.
	table.Until = day1.Add(time.Hour)
	c = mustCreate(t, table)
	typ, _ := c.prop("projection.day.type")
	values, _ := c.prop("projection.day.values")
	assert.Equal(t, "enum of 2026/01/01", typ+" of "+values)
	_, ok := c.prop("projection.day.range")
	assert.False(t, ok)
	got, err := project(c, day1.AddDate(1, 0, 0))
	require.NoError(t, err)
	assert.Len(t, got, len(table.Accounts)*len(table.Regions))
	table.Layout = S3HiveDaily
	table.Until = day1.AddDate(1, 0, 0)
	c = mustCreate(t, table)
	r, _ = c.prop("projection.year.range")
	assert.Equal(t, "2026,2026", r)
	table.Since, table.Until = time.Time{}, time.Time{}
	c = mustCreate(t, table)
	r, _ = c.prop("projection.year.range")
	assert.Equal(t, "2015,NOW", r)

	table.Accounts, table.Regions = nil, nil
	c = mustCreate(t, table)
	typ, _ = c.prop("projection.aws-account-id.type")
	assert.Equal(t, "injected", typ)
	typ, _ = c.prop("projection.aws-region.type")
	assert.Equal(t, "injected", typ)
	_, err = table.Queries(Params{})
	refused(t, err, ErrQuery) // a query without the account cannot run
	p := Params{Accounts: []string{"123456789012"}, Regions: []string{"us-east-1"}}
	for _, q := range ask(t, table, p) {
		assert.Contains(t, q.SQL, `"aws-account-id" IN ('123456789012')`)
		assert.Contains(t, q.SQL, `"aws-region" IN ('us-east-1')`)
	}

	// A folder of month and day without the year does not have a type.
	table = testTable(flowlog.V2, Text, Firehose, Projected)
	table.Prefix = "y=!{timestamp:yyyy}/md=!{timestamp:MM-dd}/"
	_, err = table.Create()
	assert.ErrorIs(t, err, ErrLayout)
	table.Partitioning = Explicit
	_, err = table.Create()
	assert.NoError(t, err)
}
