package engines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
)

// pipelineRun is a run of examples/pipeline whose files are in the bucket.
type pipelineRun struct {
	format       logFormat
	text, parted *flowTable // its objects, partitions projected and explicit
	parquet      *flowTable // its Parquet file
	report       struct {
		LinesIn      int `json:"lines_in"`
		LinesOut     int `json:"lines_out"`
		Lost         int
		SourcePorts  []portCount `json:"source_ports"`
		OutboundPort []portCount `json:"outbound_ports"`
	}
}

// pipelinePrefix begins the names of the tables over the pipeline's files.
const pipelinePrefix = "pipeline_"

// isPipeline reports whether a table is over files of the pipeline: its text in
// projected partitions, named for the hour of the run, or its Parquet file.
func (ft *flowTable) isPipeline() bool {
	return strings.HasPrefix(ft.Name, pipelinePrefix) && ft.Partitioning == athena.Projected
}

type portCount struct{ Port, Protocol, Count int }

// ours are the addresses whose ports are asked for.
var ours = prefixes("10.0.0.0/16", "2001:db8:1234::/48")

// runPipelines runs the pipeline over a log of each format, with faults on the
// way, and puts what it made into the bucket.
func runPipelines(t testing.TB, s *s3Server) []*pipelineRun {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	bin := filepath.Join(dir, "pipeline")
	build := exec.Command("go", "build", "-o", bin, "./examples/pipeline")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	arrived := time.Now().Add(-time.Hour) // to NOW
	var runs []*pipelineRun
	for _, f := range logFormats(t) {
		r := &pipelineRun{format: f}
		lines := logLines(f.Format)
		log, made := filepath.Join(dir, f.name+".log"), filepath.Join(dir, f.name)
		require.NoError(t, os.WriteFile(log, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
		cmd := exec.Command(bin, "-format", f.String(), "-cidr", ours[0].String()+","+ours[1].String(), "-faults", "0.2", "-json", "-out", made, log)
		cmd.Dir = root
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		require.NoError(t, cmd.Run(), "%s", stderr.String())
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &r.report))
		require.Equal(t, len(lines), r.report.LinesIn)
		require.Equal(t, len(lines), r.report.LinesOut)
		require.Zero(t, r.report.Lost)

		name := pipelinePrefix + strings.ReplaceAll(f.name, "-", "_")
		base := athena.Table{Database: "flows", Format: f.Format, Since: arrived}
		r.text = &flowTable{Table: base, lines: lines}
		r.text.Name, r.text.Layout = name, athena.Firehose
		r.text.Location = "s3://logs/" + name + "/objects/"
		require.NoError(t, filepath.WalkDir(filepath.Join(made, "objects"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			key, _ := filepath.Rel(made, path)
			data, err := os.ReadFile(path)
			s.put(t, "logs", name+"/"+filepath.ToSlash(key), data)
			return err
		}))
		r.text.keys = s.keys(t, "logs", name+"/objects/")
		require.NotEmpty(t, r.text.keys)
		explicit := *r.text
		r.parted = &explicit
		r.parted.Name, r.parted.Partitioning = name+"_explicit", athena.Explicit

		data, err := os.ReadFile(filepath.Join(made, "flowlogs.parquet"))
		require.NoError(t, err)
		s.put(t, "logs", name+"/parquet/flowlogs.parquet", data)
		r.parquet = &flowTable{Table: base, lines: lines}
		r.parquet.Name, r.parquet.Storage = name+"_parquet", athena.Parquet
		r.parquet.Location = "s3://logs/" + name + "/parquet/"
		runs = append(runs, r)
	}
	return runs
}

// tables returns the tables over the pipeline's files.
func (r *pipelineRun) tables() []*flowTable {
	return []*flowTable{r.text, r.parted, r.parquet}
}

// testPipeline asks the pipeline's two questions of its files: Trino, the
// pipeline itself and the records must agree.
func testPipeline(t *testing.T, k *trino, runs []*pipelineRun) {
	p := athena.Params{CIDRs: ours, Limit: 100_000}
	for _, r := range runs {
		for _, ft := range r.tables() {
			for _, q := range must[[]athena.Query](t)(ft.Queries(p)) {
				var want [][]string
				switch q.Name {
				case "SourcePorts":
					for _, c := range r.report.SourcePorts {
						want = append(want, []string{fmt.Sprint(c.Port), fmt.Sprint(c.Count)})
					}
				case "OutboundPorts":
					for _, c := range r.report.OutboundPort {
						want = append(want, []string{fmt.Sprint(c.Port), fmt.Sprint(c.Protocol), fmt.Sprint(c.Count)})
					}
				default:
					continue
				}
				t.Run(ft.Name+"/"+q.Name, func(t *testing.T) {
					t.Parallel()
					require.NotEmpty(t, want)
					computed := answers[q.Name](&asked{ft, p, parse(t, ft.Format, ft.lines)})
					assert.Equal(t, computed, want, "the pipeline and the records")
					assert.Equal(t, want, k.run(t, q.SQL), q.SQL)
				})
			}
		}
	}
}
