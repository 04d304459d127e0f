package engines

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// target is a table that InsertFrom fills from src.
type target struct {
	athena.Table
	src *flowTable
}

// dayPrefix makes a table that Athena can write: folders of name=value.
const dayPrefix = "day=!{timestamp:yyyy-MM-dd}/"

// hourPrefix is finer: five days have more than the 100 partitions that one
// statement may write.
const hourPrefix = "day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/"

// writeSource reports whether tables are written from a table: the text that the
// pipeline made, in each format.
func (ft *flowTable) writeSource() bool { return ft.isPipeline() && ft.Storage == athena.Text }

// days returns the days that the partitions of a table lie in.
func (ft *flowTable) days(t testing.TB) (from, to time.Time) {
	t.Helper()
	for i, p := range ft.partitions(t) {
		day := p.Time.Truncate(24 * time.Hour)
		if i == 0 || day.Before(from) {
			from = day
		}
		if next := day.AddDate(0, 0, 1); next.After(to) {
			to = next
		}
	}
	return from, to
}

// insertTargets returns the tables that a release of Trino fills. Their DDL
// runs in Spark before.
func insertTargets(t testing.TB, release int, tables []*flowTable) []*target {
	t.Helper()
	var out []*target
	for _, ft := range tables {
		if !ft.writeSource() {
			continue
		}
		from, to := ft.days(t)
		for _, kind := range []struct {
			name   string
			layout athena.Layout
			part   athena.Partitioning
			prefix string
		}{
			{"plain", athena.Unpartitioned, 0, ""},
			{"explicit", athena.Firehose, athena.Explicit, dayPrefix},
			{"projected", athena.Firehose, athena.Projected, hourPrefix},
		} {
			if kind.name == "projected" && ft.Name != "pipeline_v2" {
				continue
			}
			name := fmt.Sprintf("ins%d_%s_%s", release, ft.Name, kind.name)
			out = append(out, &target{src: ft, Table: athena.Table{
				Database: "flows", Name: name, Location: "s3://out/" + name + "/", Format: ft.Format,
				Storage: athena.Parquet, Layout: kind.layout, Partitioning: kind.part, Prefix: kind.prefix,
				Since: from, Until: to,
			}})
		}
	}
	require.NotEmpty(t, out)
	return out
}

// Athena's statements say the codec, which Trino takes from the session, and
// UNLOAD, which Trino does not have, is a CREATE TABLE AS without a table.
var (
	athenaCodec  = regexp.MustCompile(`(?i)\n\s*write_compression = '\w+',`)
	athenaUnload = regexp.MustCompile(`(?s)^UNLOAD \(\n(.*)\n\)\nTO ('[^']*')\nWITH \(format = 'PARQUET', compression = '\w+'\)$`)
)

// testWrites runs CREATE TABLE AS, INSERT INTO and UNLOAD, and reads what was
// written with Trino and with the library.
func testWrites(t *testing.T, k *trino, s *s3Server, tables []*flowTable, targets []*target) {
	for _, ft := range tables {
		if !ft.writeSource() {
			continue
		}
		t.Run(ft.Name, func(t *testing.T) {
			t.Parallel()
			for _, prefix := range []string{"", dayPrefix} {
				name := fmt.Sprintf("%s_%s_%d", k.name, ft.Name, len(prefix))
				dst := &athena.Table{
					Database: "flows", Name: name, Location: "s3://out/" + name + "/", Format: ft.Format, Storage: athena.Parquet,
				}
				opts := &athena.WriteOptions{Compression: athena.Zstd}
				if prefix != "" {
					dst.Layout, dst.Partitioning, dst.Prefix = athena.Firehose, athena.Explicit, prefix
					opts.From, opts.To = ft.days(t)
				}
				statement := must[string](t)(dst.CreateAs(&ft.Table, opts))
				require.Regexp(t, athenaCodec, statement)
				_, err := query(t, k.open(t, "hive.compression_codec:ZSTD"), athenaCodec.ReplaceAllString(statement, ""))
				require.NoError(t, err, statement)
				checkWritten(t, k, s, ft, dst, 1)
			}
		})
		t.Run(ft.Name+"/unload", func(t *testing.T) {
			t.Parallel()
			location := fmt.Sprintf("s3://out/%s_%s_unload/", k.name, ft.Name)
			m := athenaUnload.FindStringSubmatch(must[string](t)(ft.Unload(location, nil)))
			require.NotNil(t, m)
			name := fmt.Sprintf("%s_%s_unload", k.name, ft.Name)
			k.run(t, `CREATE TABLE "flows"."`+name+`" WITH (format = 'PARQUET', external_location = `+m[2]+") AS\n"+m[1])
			dst := &athena.Table{Database: "flows", Name: name, Location: location, Format: ft.Format, Storage: athena.Parquet}
			checkWritten(t, k, s, ft, dst, 1)
		})
	}
	for _, dst := range targets {
		t.Run(dst.Name, func(t *testing.T) {
			t.Parallel()
			opts := &athena.WriteOptions{}
			statements := 1
			if dst.Layout != athena.Unpartitioned {
				opts.From, opts.To = dst.src.days(t)
			}
			if dst.Prefix == hourPrefix {
				opts.From = opts.From.Add(-4 * 24 * time.Hour)
				statements = 2 // of 120 hours, or 144 if the pipeline ran at midnight
			}
			inserts := must[[]string](t)(dst.InsertFrom(&dst.src.Table, opts))
			require.Len(t, inserts, statements)
			for _, statement := range inserts {
				k.run(t, statement)
			}
			checkWritten(t, k, s, dst.src, &dst.Table, 1)
			if dst.Layout == athena.Unpartitioned {
				k.run(t, inserts[0]) // a second time adds
				checkWritten(t, k, s, dst.src, &dst.Table, 2)
			}
		})
	}
}

// checkWritten holds what was written against the source's lines, each that
// many times: through Trino, and through the library's Reader.
func checkWritten(t *testing.T, k *trino, s *s3Server, src *flowTable, dst *athena.Table, times int) {
	t.Helper()
	want := &flowTable{Table: *dst}
	for range times {
		want.lines = append(want.lines, src.lines...)
	}
	tab := want.expected(false)
	rows := k.run(t, "SELECT "+quoted(tab.names, `"`)+" FROM "+want.sql())
	equalLines(t, tab.project(tab.names), sortedRows(rows))

	prefix := strings.TrimPrefix(dst.Location, "s3://out/")
	var got *table
	for _, key := range s.keys(t, "out", prefix) {
		if dst.Layout != athena.Unpartitioned {
			_, err := dst.Partition(key)
			assert.NoError(t, err, key)
		}
		object, err := s.client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("out"), Key: aws.String(key)})
		require.NoError(t, err)
		data, err := io.ReadAll(object.Body)
		require.NoError(t, err)
		r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), nil)
		require.NoError(t, err, key)
		var lines []string
		for rec, err := range r.All() {
			require.NoError(t, err, key)
			lines = append(lines, string(r.Format().Append(nil, rec)))
		}
		part := tableOf(r.Format(), lines)
		require.Equal(t, tab.names, part.names)
		if got == nil {
			got = part
			continue
		}
		for i := range got.columns {
			got.columns[i] = append(got.columns[i], part.columns[i]...)
		}
	}
	require.NotNil(t, got, "no objects below %s", dst.Location)
	equalLines(t, tab.project(tab.names), got.project(got.names))
}
