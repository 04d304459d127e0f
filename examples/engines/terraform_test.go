package engines

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// TestTerraform reads what ddl -terraform prints with Terraform's own parser.
// Every value must be that of ddl -glue, and nothing may be missing.
func TestTerraform(t *testing.T) {
	for name, args := range map[string][]string{
		"firehose": {"-location", "s3://amzn-s3-demo-bucket/vpc/"},
		"regex":    {"-location", "s3://amzn-s3-demo-bucket/$x%/", "-storage", "regex", "-columns", "article", "-explicit"},
		"s3":       {"-location", "s3://amzn-s3-demo-bucket/", "-layout", "s3-hive-hourly", "-format", "11", "-storage", "parquet", "-accounts", "123456789012", "-regions", "us-east-1"},
		"one":      {"-location", "s3://amzn-s3-demo-bucket/é/", "-layout", "unpartitioned", "-format", "${srcaddr}"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-database", "Logs"}, args...)
			var want map[string]any
			require.NoError(t, json.Unmarshal(ddl(t, append(args, "-glue")...), &want))
			want["DatabaseName"] = "logs"
			if keys, ok := want["PartitionKeys"].([]any); ok && len(keys) == 0 {
				delete(want, "PartitionKeys") // no block is an empty list
			}

			f, diags := hclsyntax.ParseConfig(ddl(t, append(args, "-terraform")...), "table.tf", hcl.InitialPos)
			require.False(t, diags.HasErrors(), diags.Error())
			file := f.Body.(*hclsyntax.Body)
			require.Empty(t, file.Attributes)
			require.Len(t, file.Blocks, 1)
			assert.Equal(t, "resource", file.Blocks[0].Type)
			assert.Equal(t, []string{"aws_glue_catalog_table", "vpc_flow_logs"}, file.Blocks[0].Labels)
			assert.Equal(t, want, glueOf(t, file.Blocks[0].Body))
		})
	}
}

// ddl runs examples/ddl.
func ddl(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"run", "./examples/ddl"}, args...)...)
	cmd.Dir = "../.."
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	return out
}

// glueOf returns a block of Terraform's language as the Glue API has it.
func glueOf(t *testing.T, body *hclsyntax.Body) map[string]any {
	t.Helper()
	out := make(map[string]any)
	// partition_keys is PartitionKeys; of ser_de_info Glue's name is SerdeInfo.
	name := func(s string) string {
		var b strings.Builder
		for word := range strings.SplitSeq(strings.ReplaceAll(s, "ser_de", "serde"), "_") {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		return b.String()
	}
	for key, a := range body.Attributes {
		v, diags := a.Expr.Value(nil)
		require.False(t, diags.HasErrors(), diags.Error())
		if v.Type() == cty.String {
			out[name(key)] = v.AsString()
			continue
		}
		values := make(map[string]any)
		for k, v := range v.AsValueMap() {
			values[k] = v.AsString()
		}
		out[name(key)] = values
	}
	for _, b := range body.Blocks {
		key := name(b.Type)
		switch b.Type {
		case "columns", "partition_keys":
			list, _ := out[key].([]any)
			out[key] = append(list, glueOf(t, b.Body))
		default:
			require.NotContains(t, out, key)
			out[key] = glueOf(t, b.Body)
		}
	}
	return out
}
