package engines

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
)

// duck is a DuckDB with one database, kept in memory.
type duck struct {
	*talker
	mu *sync.Mutex // for one question at a time
}

func (d duck) try(t testing.TB, statement string) ([][]string, error) {
	var answer struct {
		Rows  [][]string
		Error string
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ask(t, map[string]string{"sql": statement}, &answer)
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	if len(answer.Rows) == 0 {
		return nil, nil
	}
	return answer.Rows, nil
}

func (d duck) run(t testing.TB, statement string) [][]string {
	t.Helper()
	rows, err := d.try(t, statement)
	require.NoError(t, err, statement)
	return rows
}

// asksDuck reports whether DuckDB is asked about a table: each layout of each
// format as text and as Parquet, under both namings.
func (ft *flowTable) asksDuck() bool {
	return ft.Storage != athena.Regex && ft.Partitioning != athena.Explicit &&
		!strings.HasSuffix(ft.Name, coarseSuffix) && !strings.HasSuffix(ft.Name, poisonedSuffix)
}

// scanned is what a plan says of the files that are read, and of all.
var scanned = regexp.MustCompile(`Scanning Files: (\d+)/(\d+)`)

// TestDuckDB asks DuckDB every question over the files themselves and compares
// its answers with those computed from the records.
func TestDuckDB(t *testing.T) {
	s := startS3(t, "logs")
	d := duck{talk(t, "python", pythonCommand(t, "read.py")), new(sync.Mutex)}
	found := make(map[string]bool)
	n := 0
	tables := flowTables(t, s)
	for _, ft := range tables {
		if !ft.asksDuck() {
			continue
		}
		// The folder has an object for each file, under the name of the bucket.
		folder := filepath.ToSlash(filepath.Join(s.Folder, strings.TrimPrefix(ft.Location, "s3://")))
		d.run(t, must[string](t)(ft.DuckDBView(folder)))
		records := parse(t, ft.Format, ft.lines)
		for name, p := range paramSets() {
			edges := name == "edges" || name == "to"
			p.Dialect = athena.DuckDB
			for _, q := range must[[]athena.Query](t)(ft.Queries(p)) {
				// All questions of each format; elsewhere some show that the columns and
				// the bounds are right.
				all := name == "bounded" || ft.Name == "v2_firehose_text" || ft.Storage == athena.Parquet && ft.Columns == athena.AWSNames
				if (edges || !all || ft.Layout != athena.Firehose) && q.Name != "OutboundPorts" && q.Name != "LogStatus" {
					continue
				}
				n++
				t.Run(strings.Join([]string{ft.Name, name, q.Name}, "/"), func(t *testing.T) {
					want := answers[q.Name](&asked{ft, p, records})
					if len(want) == 0 {
						want = nil
					}
					assert.Equal(t, want, d.run(t, q.SQL), q.SQL)
					if name == "edges" && (ft.Layout == athena.Firehose || strings.HasSuffix(ft.Layout.String(), "hourly")) {
						plan := fmt.Sprint(d.run(t, "EXPLAIN "+q.SQL))
						scan := scanned.FindStringSubmatch(plan)
						require.NotNil(t, scan, plan)
						assert.Less(t, number(scan[1]), number(scan[2]), "files outside the partitions are read")
					}
					if len(want) > 0 {
						found[q.Name] = true
					}
				})
			}
		}
	}
	t.Run("addresses", func(t *testing.T) { testAddresses(t, d.run, athena.DuckDB, tables) })
	for name := range answers {
		assert.True(t, found[name], "%s was not asked, or found nothing", name)
	}
	t.Logf("%d queries", n)
	d.end(t)
}
