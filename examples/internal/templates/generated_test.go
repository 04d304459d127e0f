// Package templates tests the CloudFormation templates of the examples. It has
// no code of its own.
package templates

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

const article = "../../article.yaml"

// TestGenerated compares the tables and queries of article.yaml with those of
// package athena. With VPCFLOW_UPDATE=1 it writes them into the file.
func TestGenerated(t *testing.T) {
	const begin, end = "  # Generated from package athena: begin\n", "  # Generated from package athena: end\n"
	text, err := os.ReadFile(article)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	old, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	got := generated(t)
	if os.Getenv("VPCFLOW_UPDATE") != "" {
		require.NoError(t, os.WriteFile(article, []byte(before+begin+got+end+after), 0o644))
		return
	}
	require.Equal(t, got, old, "run it with VPCFLOW_UPDATE=1")
}

func generated(t *testing.T) string {
	lines := athena.Table{
		Name: "vpc_flow_logs", Location: "s3://bucket/flowlogs/", Format: flowlog.V2, Layout: athena.Firehose,
		Since: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	parquet := lines
	parquet.Name, parquet.Location = "vpc_flow_logs_parquet", "s3://bucket/parquet/flowlogs/"
	parquet.Storage, parquet.Partitioning = athena.Parquet, athena.Explicit

	var b strings.Builder
	b.WriteString("\n")
	writeTable(t, &b, "Table", "Tables", &lines)
	writeTable(t, &b, "ParquetTable", "ParquetTables", &parquet)
	queries, err := lines.Queries(athena.Params{Names: []string{"SourcePorts", "OutboundPorts", "RejectedPorts", "TopTalkers", "BytesPerHour", "LogStatus"}})
	require.NoError(t, err)
	for _, q := range queries {
		fmt.Fprintf(&b, "  %sQuery:\n    Type: AWS::Athena::NamedQuery\n    Condition: Tables\n    DependsOn: Table\n    Properties:\n", q.Name)
		fmt.Fprintf(&b, "      Name: %s\n      Description: %s\n", q.Name, quote(t, q.Description))
		b.WriteString("      Database: !Ref Database\n      WorkGroup: !Ref WorkGroup\n      QueryString: |\n")
		for line := range strings.Lines(q.SQL) {
			b.WriteString("        " + strings.TrimSuffix(line, "\n") + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// quote returns a text as a YAML string. JSON is valid YAML.
func quote(t *testing.T, s string) string {
	out, err := json.Marshal(s)
	require.NoError(t, err)
	return string(out)
}

// value returns a text as YAML. CloudFormation fills in the values of the stack.
func value(t *testing.T, s string) string {
	sub := strings.ReplaceAll(s, "${", "${!")
	sub = strings.ReplaceAll(sub, "s3://bucket/", "s3://${Logs}/")
	sub = strings.ReplaceAll(sub, "2026/01/01/00", "${Since}")
	switch {
	case strings.Contains(sub, "${Logs}"):
		return "!Sub [" + quote(t, sub) + ", {Logs: !If [NewBucket, !Ref Bucket, !Ref ExistingBucket]}]"
	case sub != s:
		return "!Sub " + quote(t, sub)
	}
	return quote(t, s)
}

func writeTable(t *testing.T, b *strings.Builder, name, condition string, table *athena.Table) {
	type columns []struct{ Name, Type string }
	var in struct {
		Name, TableType   string
		Parameters        map[string]string
		PartitionKeys     columns
		StorageDescriptor struct {
			Columns                             columns
			Location, InputFormat, OutputFormat string
			SerdeInfo                           struct {
				SerializationLibrary string
				Parameters           map[string]string
			}
		}
	}
	text, err := table.Glue()
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&in))

	parameters := func(indent string, m map[string]string) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			fmt.Fprintf(b, "%s%s: %s\n", indent, quote(t, k), value(t, m[k]))
		}
	}
	list := func(indent string, c columns) {
		for _, c := range c {
			fmt.Fprintf(b, "%s- {Name: %s, Type: %s}\n", indent, c.Name, c.Type)
		}
	}
	fmt.Fprintf(b, "  %s:\n    Type: AWS::Glue::Table\n    Condition: %s\n    Properties:\n      CatalogId: !Ref AWS::AccountId\n      DatabaseName: !Ref Database\n      TableInput:\n", name, condition)
	fmt.Fprintf(b, "        Name: %s\n        TableType: %s\n        Parameters:\n", in.Name, in.TableType)
	parameters("          ", in.Parameters)
	b.WriteString("        PartitionKeys:\n")
	list("          ", in.PartitionKeys)
	s := in.StorageDescriptor
	b.WriteString("        StorageDescriptor:\n          Columns:\n")
	list("            ", s.Columns)
	fmt.Fprintf(b, "          Location: %s\n          InputFormat: %s\n          OutputFormat: %s\n", value(t, s.Location), s.InputFormat, s.OutputFormat)
	fmt.Fprintf(b, "          SerdeInfo:\n            SerializationLibrary: %s\n            Parameters:\n", s.SerdeInfo.SerializationLibrary)
	parameters("              ", s.SerdeInfo.Parameters)
	b.WriteString("\n")
}
