// Package layout tests the architecture of the module: which package may import which,
// and what is at the top level. It contains only tests.
package layout

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/vpcflow/vpcflow"

// inParquet is where the Parquet format itself is.
const inParquet = module + "/flowlog/parquet/internal/"

const root = "../../.."

// arrows says what each package may import, test files apart, besides the
// standard library: modules, and packages of this module.
var arrows = map[string][]string{
	"":                                {},
	"flowlog":                         {module + "/flowlog/internal/ahead", module + "/flowlog/internal/gunzip"},
	"flowlog/internal/ahead":          {module + "/flowlog/internal/gunzip"},
	"flowlog/internal/gunzip":         {"github.com/klauspost/compress"},
	"flowlog/flowlogtest":             {module + "/flowlog"},
	"flowlog/parquet":                 {"github.com/klauspost/compress", "github.com/parquet-go/parquet-go", module + "/flowlog", module + "/flowlog/internal/ahead", module + "/flowlog/internal/gunzip", inParquet + "pack", inParquet + "encode", inParquet + "decode"},
	"flowlog/parquet/internal/pack":   {"github.com/parquet-go/parquet-go"},
	"flowlog/parquet/internal/encode": {"github.com/klauspost/compress", "github.com/parquet-go/parquet-go", inParquet + "pack"},
	"flowlog/parquet/internal/decode": {"github.com/klauspost/compress", "github.com/parquet-go/parquet-go", module + "/flowlog/internal/gunzip", inParquet + "pack"},
	"flowlog/traffic":                 {"github.com/gaissmai/bart", module + "/flowlog"},
	"cwlogs":                          {"github.com/klauspost/compress", "github.com/aws/aws-lambda-go/events"},
	"cwlogs/cwlogstest":               {"github.com/klauspost/compress", "github.com/aws/aws-lambda-go/events", module + "/cwlogs"},
	"firehose":                        {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},
	"firehose/firehosetest":           {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},
	"athena":                          {module + "/flowlog"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// packages lists the packages of the module with what they import directly.
func packages(t *testing.T) []listed {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

func TestArrowsPointDown(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		dir := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if within(dir, "examples") {
			continue
		}
		allowed, ok := arrows[dir]
		if !assert.True(t, ok, "a package the design does not know: %s", p.ImportPath) {
			continue
		}
		seen++
	imports:
		for _, path := range p.Imports {
			first, _, _ := strings.Cut(path, "/")
			if !strings.Contains(first, ".") {
				continue // the standard library
			}
			for _, a := range allowed {
				if path == a || !within(a, module) && within(path, a) {
					continue imports
				}
			}
			t.Errorf("%s must not import %s", p.ImportPath, path)
		}
	}
	assert.Equal(t, len(arrows), seen)
}

func TestNoUnsafeCgoOrInit(t *testing.T) {
	for _, p := range packages(t) {
		assert.NotContains(t, p.Imports, "C", p.ImportPath)
	}
	initFunc := regexp.MustCompile(`(?m)^func init\(\)`)
	walk(t, func(path string, text []byte) {
		if strings.HasSuffix(path, ".go") {
			// BenchmarkReader shows what it is good for.
			if path != "flowlog/view.go" {
				assert.NotContains(t, string(text), "\t\"unsafe\"", path)
				assert.NotContains(t, string(text), "import \"unsafe\"", path)
			}
			assert.False(t, initFunc.Match(text), "%s has an init", path)
		}
	})
}

// walk calls f for each text file git knows or would add.
func walk(t *testing.T, f func(path string, text []byte)) {
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	for path := range strings.Lines(string(out)) {
		path = strings.TrimSuffix(path, "\n")
		text, err := os.ReadFile(filepath.Join(root, path))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		require.NoError(t, err)
		f(path, text)
	}
}

func TestTopLevel(t *testing.T) {
	want := map[string]bool{
		"flowlog": true, "cwlogs": true, "firehose": true, "athena": true, "examples": true,
		"go.mod": true, "go.sum": true, "doc.go": true, "README.md": true,
	}
	got := map[string]bool{}
	walk(t, func(path string, _ []byte) {
		if top, _, _ := strings.Cut(path, "/"); !strings.HasPrefix(top, ".") {
			got[top] = true
		}
	})
	assert.Equal(t, want, got)
}

// maxLines is how long a file may be; tests, and the tables named below, may be longer.
const maxLines = 400

// tables are files that are mostly one table, by path.
var tables = map[string]bool{}

func TestFilesAreShort(t *testing.T) {
	walk(t, func(path string, text []byte) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || tables[path] {
			return
		}
		n := bytes.Count(text, []byte("\n"))
		assert.LessOrEqual(t, n, maxLines, "%s has %d lines: split it by subject", path, n)
	})
}

func TestNoReplace(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	assert.NotContains(t, string(mod), "replace", "go install of an example at a version refuses it")
	assert.NotContains(t, string(mod), "duckdb")
}

// TestReadmeSnippetsAreExamples compares every line of Go in the README with a line
// of a tested Example.
func TestReadmeSnippetsAreExamples(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	examples := map[string]bool{}
	walk(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			for line := range strings.Lines(string(text)) {
				examples[strings.TrimSpace(line)] = true
			}
		}
	})
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	require.NotEmpty(t, snippets)
	for _, s := range snippets {
		for line := range strings.Lines(s[1]) {
			if line = strings.TrimSpace(line); line != "" {
				assert.True(t, examples[line], "not in any Example: %s", line)
			}
		}
	}
}
