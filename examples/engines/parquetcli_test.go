package engines

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// parquetCLI is parquet-cli, the reference Java reader, in a process that takes
// one command after the other.
type parquetCLI struct{ *talker }

func startParquetCLI(t testing.TB) parquetCLI {
	t.Helper()
	dir := need(t, "parquet-cli")
	return parquetCLI{talk(t, "parquet-cli", java17(t, "-Xmx1g", "-cp", filepath.Join(dir, "classes")+":"+filepath.Join(dir, "lib", "*"), "ParquetCLI"))}
}

// run runs a command and returns what it prints.
func (p parquetCLI) run(t testing.TB, args ...string) string {
	t.Helper()
	var answer struct {
		Status int
		Out    string
	}
	p.ask(t, args, &answer)
	require.Zero(t, answer.Status, "%v\n%s", args, answer.Out)
	return answer.Out
}

// javaTypes are the types as the Java reader writes a schema.
var javaTypes = map[flowlog.Type]string{
	flowlog.TypeInt32:  "optional int32 %s (INTEGER(32,true));",
	flowlog.TypeInt64:  "optional int64 %s (INTEGER(64,true));",
	flowlog.TypeString: "optional binary %s (STRING);",
}

// checkParquetCLI holds what parquet-cli says about the files against their
// tables.
func checkParquetCLI(t *testing.T, cases []parquetCase, paths []string, tables []*table) {
	cli := startParquetCLI(t)
	defer cli.end(t)
	for i, c := range cases {
		if paths[i] == "" {
			continue // left out by -run
		}
		t.Run(c.name, func(t *testing.T) {
			tab := tables[i]
			assert.Contains(t, cli.run(t, "check-stats", paths[i]), "has no corrupt stats")
			meta := cli.run(t, "meta", paths[i])
			_, schema, _ := strings.Cut(meta, "message ")
			schema, _, _ = strings.Cut(schema, "\n}")
			var want []string
			for i, name := range tab.names {
				want = append(want, "  "+fmt.Sprintf(javaTypes[tab.types[i]], name))
			}
			assert.Equal(t, want, strings.Split(schema, "\n")[1:])
			if len(c.lines) == 0 {
				return
			}
			checkCat(t, cli.run(t, "cat", paths[i]), tab)
			checkPageIndex(t, cli.run(t, "column-index", paths[i]), tab)
			for column, name := range tab.names {
				if field, err := flowlog.ParseField(name); err == nil && c.opts.BloomFilters.Has(field) {
					checkBloom(t, cli, paths[i], name, tab.columns[column])
				}
			}
		})
	}
}

// checkCat holds the rows that cat prints, a JSON object a line, against the
// table.
func checkCat(t *testing.T, out string, tab *table) {
	columns := make([][]string, len(tab.names))
	dec := json.NewDecoder(strings.NewReader(out))
	dec.UseNumber()
	for dec.More() {
		var row map[string]any
		require.NoError(t, dec.Decode(&row))
		require.Len(t, row, len(tab.names))
		for i, name := range tab.names {
			v := null
			if row[name] != nil {
				v = fmt.Sprint(row[name])
			}
			columns[i] = append(columns[i], v)
		}
	}
	for i, name := range tab.names {
		assert.Equal(t, tab.columns[i], columns[i], name)
	}
}

var (
	pageIndexGroup  = regexp.MustCompile(`^row-group (\d+):$`)
	pageIndexColumn = regexp.MustCompile(`^column index for column (\S+):$`)
	pageIndexOffset = regexp.MustCompile(`^offset index for column (\S+):$`)
)

// checkPageIndex checks that each column of each row group has an index of its
// pages, and that its null counts and its number of rows are right.
func checkPageIndex(t *testing.T, out string, tab *table) {
	nulls := make(map[string]int)
	indexed := make(map[string]int)
	none := make(map[string]bool)
	groups, column, inColumns := 0, "", false
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		switch {
		case pageIndexGroup.MatchString(line):
			groups++
		case pageIndexColumn.MatchString(line):
			column, inColumns = pageIndexColumn.FindStringSubmatch(line)[1], true
			indexed[column]++
		case pageIndexOffset.MatchString(line):
			inColumns = false
		case strings.HasPrefix(line, "NONE"):
			none[column] = true
		case strings.HasPrefix(line, "page-") && inColumns:
			words := strings.Fields(line)
			n := 0
			_, err := fmt.Sscan(words[1], &n)
			require.NoError(t, err, line)
			nulls[column] += n
		}
	}
	require.Positive(t, groups, out)
	for i, name := range tab.names {
		want, low, high := tab.facts(i, 0, len(tab.columns[i]))
		// Only a column with a bound too long to keep goes without.
		if assert.Equal(t, max(len(low), len(high)) > 1<<10, none[name], "no page index of %s", name); none[name] {
			continue
		}
		assert.Equal(t, want.Nulls, nulls[name], "nulls of %s in its page index", name)
		assert.Equal(t, groups, indexed[name], "page indexes of %s", name)
	}
}

// checkBloom checks that each row group has a bloom filter of a column, that
// some filter knows each value that is there, and none one that is not.
func checkBloom(t *testing.T, cli parquetCLI, path, name string, column []string) {
	bloom := func(v string) string { return cli.run(t, "bloom-filter", "-c", name, "-v", v, path) }
	for i := 0; i < len(column); i += len(column)/20 + 1 {
		if v := column[i]; v != null {
			out := bloom(v)
			assert.NotContains(t, out, "has no bloom filter", name)
			assert.Contains(t, out, fmt.Sprintf("value %s maybe exists.", v), name)
		}
	}
	assert.NotContains(t, bloom("198.51.100.77"), "maybe exists", name)
}
