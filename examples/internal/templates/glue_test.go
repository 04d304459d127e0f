package templates

import (
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// setByGlue are the fields of a table that Glue sets itself.
var setByGlue = []string{"DatabaseName", "CreateTime", "UpdateTime", "CreatedBy", "CatalogId", "VersionId", "Retention", "IsRegisteredWithLakeFormation"}

// glue creates the tables that ddl -glue prints with aws glue create-table, which
// checks every parameter against the service's model, and compares what get-table
// returns with them.
func (e *emulator) glue(t *testing.T) {
	e = e.in(t)
	e.run("glue", "create-database", "--database-input", `{"Name":"logs"}`)
	ddl := e.build("ddl", "")
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	account, region := []string{"123456789012"}, []string{"us-east-1", "eu-west-1"}
	layouts := map[string]struct {
		args  []string
		table athena.Table
	}{
		"unpartitioned": {[]string{"-layout", "unpartitioned"}, athena.Table{}},
		"firehose":      {nil, athena.Table{Layout: athena.Firehose}},
		"daily": {[]string{"-layout", "s3-daily", "-accounts", account[0], "-regions", strings.Join(region, ",")},
			athena.Table{Layout: athena.S3Daily, Accounts: account, Regions: region}},
		"hive": {[]string{"-layout", "s3-hive-hourly", "-explicit"}, athena.Table{Layout: athena.S3HiveHourly, Partitioning: athena.Explicit}},
		"projected": {[]string{"-layout", "s3-hive-hourly", "-columns", "article"},
			athena.Table{Layout: athena.S3HiveHourly, Columns: athena.ArticleNames}},
	}
	n := 0
	for name, layout := range layouts {
		for _, storage := range []athena.Storage{athena.Text, athena.Regex, athena.Parquet} {
			t.Run(name+"/"+storage.String(), func(t *testing.T) {
				e := e.in(t)
				table := layout.table
				table.Name, table.Location, table.Storage = "t"+strconv.Itoa(n), "s3://amzn-s3-demo-bucket/vpc/", storage
				table.Format = v5
				n++
				want, err := table.Glue()
				require.NoError(t, err)
				printed, err := exec.CommandContext(t.Context(), ddl, append([]string{"-glue", "-table", table.Name, "-location", table.Location,
					"-storage", storage.String(), "-format", "5"}, layout.args...)...).Output()
				require.NoError(t, err)
				assert.Equal(t, string(want)+"\n", string(printed))

				e.run("glue", "create-table", "--database-name", "logs", "--table-input", "file://"+e.file("table.json", string(printed)))
				var sent map[string]any
				require.NoError(t, json.Unmarshal(printed, &sent))
				var answer struct{ Table map[string]any }
				e.json(&answer, "glue", "get-table", "--database-name", "logs", "--name", table.Name)
				for _, key := range setByGlue {
					delete(answer.Table, key)
				}
				assert.Equal(t, sent, answer.Table)
			})
		}
	}
	assert.Equal(t, 15, n)

	// The command does check: it refuses what the model does not have.
	for _, text := range []string{`{"Name":"t","EXTERNAL":"TRUE"}`, `{"Name":"t","PartitionKeys":{"Name":"day"}}`, `{"TableType":"EXTERNAL_TABLE"}`} {
		cmd := exec.CommandContext(t.Context(), e.aws, "--endpoint-url", e.url, "glue", "create-table", "--database-name", "logs", "--table-input", text)
		cmd.Env = e.env
		out, err := cmd.CombinedOutput()
		assert.Error(t, err, text)
		assert.Contains(t, string(out), "Parameter validation failed")
	}
}

// in returns the emulator for a subtest.
func (e *emulator) in(t *testing.T) *emulator {
	sub := *e
	sub.t = t
	return &sub
}
