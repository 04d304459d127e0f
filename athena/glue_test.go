package athena

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

func TestGoldenGlue(t *testing.T) {
	for name, f := range testFormats(t) {
		for _, s := range []Storage{Text, Regex, Parquet} {
			file := "glue/" + name + "-" + s.String() + ".json"
			t.Run(file, func(t *testing.T) {
				text, err := testTable(f, s, S3HiveHourly, Projected).Glue()
				require.NoError(t, err)
				golden(t, file, string(text)+"\n")
			})
		}
	}
}

// TestGlueIsCreate compares the TableInput with the CREATE statement.
func TestGlueIsCreate(t *testing.T) {
	every(t, func(t *testing.T, table *Table) {
		for _, naming := range []Naming{AWSNames, ArticleNames} {
			table.Columns = naming
			text, err := table.Glue()
			require.NoError(t, err)
			var got glueTable
			d := json.NewDecoder(strings.NewReader(string(text)))
			d.DisallowUnknownFields()
			require.NoError(t, d.Decode(&got))
			c := mustCreate(t, table)
			assert.Equal(t, c.name[1], got.Name)
			assert.Equal(t, "EXTERNAL_TABLE", got.TableType)
			pairs := func(columns []glueColumn) (out [][2]string) {
				for _, col := range columns {
					out = append(out, [2]string{col.Name, col.Type})
				}
				return out
			}
			assert.Equal(t, c.columns, pairs(got.StorageDescriptor.Columns))
			assert.Equal(t, c.partitions, pairs(got.PartitionKeys))
			assert.NotNil(t, got.PartitionKeys)
			assert.Equal(t, c.location, got.StorageDescriptor.Location)
			props := map[string]string{"EXTERNAL": "TRUE"}
			for _, p := range c.props {
				props[p[0]] = p[1]
			}
			assert.Equal(t, props, got.Parameters)
			serde := got.StorageDescriptor.SerdeInfo
			if table.Storage == Text {
				assert.Equal(t, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", serde.SerializationLibrary)
				assert.Equal(t, c.delimiter, serde.Parameters["field.delim"])
			} else {
				assert.Equal(t, c.serde, serde.SerializationLibrary)
			}
			for _, p := range c.serdeProps {
				assert.Equal(t, p[1], serde.Parameters[p[0]])
			}
			if table.Storage == Parquet {
				assert.Equal(t, c.formats, []string{got.StorageDescriptor.InputFormat, got.StorageDescriptor.OutputFormat})
			}
		}
	})
	only, _ := flowlog.ParseFormat("day")
	table := testTable(only, Parquet, S3Daily, Projected)
	_, err := table.Glue()
	refused(t, err, ErrColumn)
}

// TestPartitionLocation converts a partition to its folder and back.
func TestPartitionLocation(t *testing.T) {
	for _, l := range Layouts()[1:] {
		for _, p := range partitionings(l) {
			table := testTable(flowlog.V2, Text, l, p)
			parts := slices.Collect(table.Partitions(day1, day1.Add(30*time.Hour)))
			require.NotEmpty(t, parts)
			for _, part := range parts {
				folder, err := table.PartitionLocation(part)
				require.NoError(t, err)
				key, ok := strings.CutPrefix(folder, "s3://amzn-s3-demo-bucket/")
				require.True(t, ok)
				assert.Equal(t, deliveredFolder(l, "prefix/", part.Account, part.Region, part.Time), key)
				o, err := ParseKey(key + "x.log.gz")
				require.NoError(t, err)
				assert.Equal(t, part, o.Partition)
				assert.Equal(t, l, o.Layout)
				got, err := table.Partition(key + "x.log.gz")
				require.NoError(t, err)
				assert.Equal(t, part, got)
			}
			// A time within the partition is the partition.
			part := parts[0]
			want, err := table.PartitionLocation(part)
			require.NoError(t, err)
			part.Time = part.Time.Add(59 * time.Minute).In(time.FixedZone("", -7200))
			got, err := table.PartitionLocation(part)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			_, err = table.PartitionLocation(Partition{Account: "1'"})
			refused(t, err, ErrPartition)
		}
	}
	table := testTable(flowlog.V2, Text, Firehose, Projected)
	table.Prefix = "vpc/dt=!{timestamp:yyyy-MM-dd}/!{firehose:random-string}/"
	got, err := table.PartitionLocation(Partition{Time: day1.Add(5 * time.Hour)})
	require.NoError(t, err)
	assert.Equal(t, "s3://amzn-s3-demo-bucket/prefix/vpc/dt=2026-01-01/", got)
	_, err = testTable(flowlog.V2, Text, Unpartitioned, Projected).PartitionLocation(Partition{Time: day1})
	refused(t, err, ErrLayout)
}
