package athena

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// cases 60, 61, 63: every layout, in plain, prefixed and organisation form, in
// every kind of Region, text and Parquet, encoded as in events and not.
func TestParseKey(t *testing.T) {
	at := time.Date(2018, time.June, 20, 16, 20, 0, 0, time.UTC)
	for _, l := range []Layout{S3Daily, S3Hourly, S3HiveDaily, S3HiveHourly} {
		for _, prefix := range []string{"", "prefix/", "my logs+more/2020/01/01/", "AWSLogs.old/"} {
			for _, org := range []string{"", "o-exampleorgid"} {
				for _, region := range []string{"us-east-1", "us-gov-west-1", "cn-northwest-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "ap-southeast-2", "mx-central-1", "eusc-de-east-1"} {
					for ext, storage := range map[string]Storage{".log.gz": Text, ".log.parquet": Parquet, ".log.parquet.gz": Parquet} {
						root := prefix
						folder := deliveredFolder(l, "", "123456789012", region, at)
						if org != "" {
							folder = strings.Replace(folder, "AWSLogs/", "AWSLogs/"+org+"/", 1)
						}
						key := root + folder + "123456789012_vpcflowlogs_" + region + "_fl-1234abcd_20180620T1620Z_fe123456" + ext
						want := Object{
							Key: key, Layout: l, Storage: storage, Prefix: prefix, Organization: org, Account: "123456789012", Region: region,
							FlowLog: "fl-1234abcd", Time: at, Partition: Partition{"123456789012", region, truncate(at, hour)},
						}
						if l == S3Daily || l == S3HiveDaily {
							want.Partition.Time = truncate(at, day)
						}
						got, err := ParseKey(url.QueryEscape(key)) // as S3 encodes keys in events
						require.NoError(t, err, key)
						require.Equal(t, want, got)
						if !strings.Contains(key, "+") {
							got, err = ParseKey(key)
							require.NoError(t, err, key)
							require.Equal(t, want, got)
						}
					}
				}
			}
		}
	}
}

func TestParseKeyHiveService(t *testing.T) {
	// The page on transit gateways names the service's folder otherwise.
	o, err := ParseKey("AWSLogs/aws-account-id=123456789012/service=vpcflowlogs/aws-region=us-east-1/year=2026/month=02/day=28/x.parquet")
	require.NoError(t, err)
	assert.Equal(t, S3HiveDaily, o.Layout)
	assert.Equal(t, time.Date(2026, time.February, 28, 0, 0, 0, 0, time.UTC), o.Time, "of the folder, the name has none")
	assert.Empty(t, o.FlowLog)
}

func TestParseKeyFirehose(t *testing.T) {
	const name = "vpc-logs-7-2026-11-22-05-59-58-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
	at := time.Date(2026, time.November, 22, 5, 59, 58, 0, time.UTC)
	for _, tt := range []struct {
		key, prefix, stream string
		time                time.Time
		partition           time.Time
	}{
		{"2026/11/22/05/" + name + ".gz", "", "vpc-logs-7", at, truncate(at, hour)},
		{"2026/11/22/05/" + name, "", "vpc-logs-7", at, truncate(at, hour)},
		{"a/b/2026/11/22/05/" + name + ".gz", "a/b/", "vpc-logs-7", at, truncate(at, hour)},
		{"vpc-2026/11/22/05/" + name + ".gz", "vpc-", "vpc-logs-7", at, truncate(at, hour)},
		// The folder is the partition, whatever the name says.
		{"2026/11/22/04/" + name + ".gz", "", "vpc-logs-7", at, truncate(at, hour).Add(-time.Hour)},
		// Another prefix: the name has the time.
		{"dt=2026-11-22/" + name + ".gz", "dt=2026-11-22/", "vpc-logs-7", at, truncate(at, hour)},
		// Another name: the folder has it.
		{"2026/11/22/05/part-0000.parquet", "", "", truncate(at, hour), truncate(at, hour)},
	} {
		o, err := ParseKey(tt.key)
		require.NoError(t, err, tt.key)
		assert.Equal(t, Firehose, o.Layout)
		assert.Equal(t, tt.prefix, o.Prefix, tt.key)
		assert.Equal(t, tt.stream, o.DeliveryStream, tt.key)
		assert.Equal(t, tt.time, o.Time, tt.key)
		assert.Equal(t, Partition{Time: tt.partition}, o.Partition, tt.key)
	}
}

// case 62: an odd name is an error for that key, not a panic.
func TestParseKeyRefuses(t *testing.T) {
	for _, key := range []string{
		"", "/", "x", strings.Repeat("2026/11/22/05/", 300) + "x.gz", "AWSLogs/", "2026/11/22/05/", "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/01/01/",
		"AWSLogs/123/vpcflowlogs/us-east-1/2026/01/01/x.log.gz",
		"AWSLogs/123456789012/cloudtrail/us-east-1/2026/01/01/x.log.gz",
		"AWSLogs/123456789012/vpcflowlogs/US-EAST/2026/01/01/x.log.gz",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/02/30/x.log.gz",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/13/01/x.log.gz",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/1/1/x.log.gz",
		"2026/11/22/24/x.gz", "2026/11/31/05/x.gz", "0000/11/22/05/x.gz",
		"%zz", "a%2", "AWSLogs/ConfigWritabilityCheckFile", "processing-failed/x.gz", "stream-2026-99-99-99-99-99-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
	} {
		_, err := ParseKey(key)
		assert.ErrorIs(t, err, ErrKey, key)
	}
}

// TestTablePartition reads keys by a table's own location and prefix.
func TestTablePartition(t *testing.T) {
	table := testTable(flowlog.V2, Text, Firehose, Explicit)
	table.Prefix = "vpc/dt=!{timestamp:yyyy-MM-dd}/"
	want := Partition{Time: day1}
	for _, key := range []string{"prefix/vpc/dt=2026-01-01/x.gz", "prefix/vpc/dt%3D2026-01-01/x.gz", "prefix/vpc/dt=2026-01-01/deeper/x.gz"} {
		p, err := table.Partition(key)
		require.NoError(t, err, key)
		assert.Equal(t, want, p)
		assert.True(t, want == p, "comparable")
	}
	for _, key := range []string{"", "vpc/dt=2026-01-01/x.gz", "prefix/vpc/dt=2026-01-01/", "prefix/vpc/dt=2026-02-30/x.gz", "prefix/vpc/dt=2026-1-1/x.gz", "other/vpc/dt=2026-01-01/x.gz"} {
		_, err := table.Partition(key)
		assert.ErrorIs(t, err, ErrKey, key)
	}
	// A folder of the location may look encoded, or be something else encoded;
	// the location tells.
	for location, keys := range map[string][]string{
		"50%25 off/": {"50%25 off/2026/01/01/00/x.gz", "50%2525+off/2026/01/01/00/x.gz", "50%2525+off%2F2026%2F01%2F01%2F00%2Fx.gz"},
		"a b/":       {"a b/2026/01/01/00/x.gz", "a+b/2026/01/01/00/x.gz", "a%20b/2026/01/01/00/x.gz"},
		"a+b/":       {"a+b/2026/01/01/00/x.gz", "a%2Bb/2026/01/01/00/x.gz"},
	} {
		table := testTable(flowlog.V2, Text, Firehose, Explicit)
		table.Location = "s3://amzn-s3-demo-bucket/" + location
		for _, key := range keys {
			p, err := table.Partition(key)
			require.NoError(t, err, key)
			assert.Equal(t, want, p)
		}
		_, err := table.Partition("ab/2026/01/01/00/x.gz")
		assert.ErrorIs(t, err, ErrKey)
	}
	_, err := testTable(flowlog.V2, Text, Unpartitioned, Projected).Partition("prefix/x.gz")
	assert.ErrorIs(t, err, ErrLayout)
}

// TestParsePartition reads back what SHOW PARTITIONS would say.
func TestParsePartition(t *testing.T) {
	for _, l := range Layouts()[1:] {
		table := testTable(flowlog.V2, Text, l, Explicit)
		n := 0
		for p := range table.Partitions(day1, day1.Add(5*time.Hour)) {
			n++
			sql, err := table.AddPartitions(p)
			require.NoError(t, err)
			parts, err := parseAlter(sql[0])
			require.NoError(t, err)
			var row []string
			for _, kv := range parts[0].spec {
				row = append(row, kv[0]+"="+strings.ReplaceAll(kv[1], "/", "%2F"))
			}
			got, err := table.ParsePartition(strings.Join(row, "/"))
			require.NoError(t, err)
			assert.Equal(t, p, got)
		}
		assert.Positive(t, n)
		for _, row := range []string{"", "x", "datehour=", "datehour=2026%2F01%2F01", "datehour=2026%2F02%2F30%2F05", "datehour=%", "=", "a=b/c=d/e=f/g=h/i=j/k=l/m=n"} {
			_, err := table.ParsePartition(row)
			assert.ErrorIs(t, err, ErrPartition, "%s %q", l, row)
		}
	}
	// Rows of a Hive-compatible table of a partition with a plain value.
	table := testTable(flowlog.V2, Text, Firehose, Explicit)
	table.Prefix = "year=!{timestamp:yyyy}/month=!{timestamp:MM}/"
	p, err := table.ParsePartition("year=2026/month=03")
	require.NoError(t, err)
	assert.Equal(t, Partition{Time: time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)}, p)
}

func FuzzParseKey(f *testing.F) {
	for _, l := range Layouts()[1:] {
		f.Add(deliveredFolder(l, "p/", "123456789012", "us-east-1", day1) + "x.log.gz")
	}
	f.Add("AWSLogs%2F123456789012%2Fvpcflowlogs")
	f.Add("AWSLogs/AWSLogs/o-abcdefghij/AWSLogs/")
	tables := make(map[Layout]*Table)
	for _, l := range Layouts()[1:] {
		tables[l] = testTable(flowlog.V2, Text, l, Explicit)
	}
	f.Fuzz(func(t *testing.T, key string) {
		o, err := ParseKey(key)
		if err != nil {
			require.ErrorIs(t, err, ErrKey)
			return
		}
		require.True(t, strings.HasPrefix(o.Key, o.Prefix))
		// What was read is a partition of a table of the layout.
		sql, err := tables[o.Layout].AddPartitions(o.Partition)
		require.NoError(t, err, key)
		parts, err := parseAlter(sql[0])
		require.NoError(t, err)
		require.Len(t, parts, 1)
	})
}
