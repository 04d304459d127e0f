package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// race is one comparison.
type race struct {
	lines, fields, rounds int
	distinct, readme      bool
	only, dir             string

	format *flowlog.Format
	python string // the interpreter of the peers
}

// job is one task that every side does.
type job struct {
	name  string
	cores string // for taskset: "0" or "0,1"
	sides []*side
}

func (r *race) run(ctx context.Context) (err error) {
	if r.format, err = flowlog.FormatOf(r.fields); err != nil {
		return err
	}
	installed, err := cache()
	if err != nil {
		return err
	}
	r.python = filepath.Join(installed, "python", "bin", "python")
	if _, err := os.Stat(r.python); err != nil {
		return fmt.Errorf("%w: run ./install", err)
	}
	if r.dir == "" {
		if r.dir, err = os.MkdirTemp("", "race"); err != nil {
			return err
		}
		defer os.RemoveAll(r.dir)
	} else if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	for _, command := range []string{"toparquet", "ports"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", r.path(command), "./examples/"+command)
		build.Dir = filepath.Join("..", "..") // the module of the commands
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w: %s", err, out)
		}
	}
	if err := writeLog(r.path("log"), r.format, r.lines, r.distinct); err != nil {
		return err
	}
	what := "repeating addresses"
	if r.distinct {
		what = "all addresses distinct"
	}
	fmt.Printf("%d lines of %d fields, %s; medians of %d rounds\n", r.lines, len(r.format.Fields()), what, r.rounds)

	var results []*result
	for _, j := range r.jobs() {
		if !strings.Contains(j.name, r.only) {
			continue
		}
		res, err := r.compete(ctx, j)
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		results = append(results, res)
	}
	table := r.table(results)
	fmt.Print("\n", table)
	if r.readme {
		return replaceTable(filepath.Join("..", "..", "README.md"), table)
	}
	return nil
}

func (r *race) path(name string) string { return filepath.Join(r.dir, name) }

// jobs returns what is raced. Conversion comes first: the questions over Parquet read
// our file, all sides the same.
func (r *race) jobs() []job {
	var jobs []job
	for _, cores := range []string{"0,1", "0"} {
		suffix := ", 2 cores"
		if cores == "0" {
			suffix = ", 1 core"
		}
		jobs = append(jobs,
			job{"start" + suffix, cores, r.everyone(cores, "start", "")},
			job{"gzip to Parquet" + suffix, cores, r.everyone(cores, "convert", r.path("log.gz"))},
			job{"question over gzip" + suffix, cores, r.everyone(cores, "sourceports", r.path("log.gz"))},
			job{"question over text" + suffix, cores, r.everyone(cores, "sourceports", r.path("log"))},
			job{"question over Parquet" + suffix, cores, r.everyone(cores, "sourceports", r.path("vpcflow.parquet"))},
			job{"all of `ports` over gzip" + suffix, cores, r.whole(r.path("log.gz"))},
			job{"all of `ports` over text" + suffix, cores, r.whole(r.path("log"))},
			job{"all of `ports` over Parquet" + suffix, cores, r.whole(r.path("vpcflow.parquet"))},
		)
	}
	return jobs
}

// compete checks the answers of all sides against each other, then times them in turns.
func (r *race) compete(ctx context.Context, j job) (*result, error) {
	fmt.Printf("\n%s\n", j.name)
	for _, s := range j.sides { // also warms the page cache; not counted
		if err := s.once(ctx, j.cores); err != nil {
			return nil, err
		}
		s.times, s.rss = nil, 0
	}
	if err := r.equal(ctx, j.sides); err != nil {
		return nil, err
	}
	for round := range r.rounds {
		for i := range j.sides {
			// Who begins changes, so that no side always follows the same other.
			if err := j.sides[(i+round)%len(j.sides)].once(ctx, j.cores); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range j.sides {
		fmt.Printf("  %-10s median %7.3f s  least %7.3f  greatest %7.3f  peak memory %6.0f MB", s.name,
			s.median().Seconds(), slices.Min(s.times).Seconds(), slices.Max(s.times).Seconds(), float64(s.rss)/1024)
		if s.size > 0 {
			fmt.Printf("  file %7.2f MB", float64(s.size)/1e6)
		}
		fmt.Println()
	}
	return &result{job: j.name, sides: j.sides}, nil
}

// equal compares what the sides answered or wrote. Files are compared by pyarrow's count of
// the rows and DuckDB's order-free sums over each column.
func (r *race) equal(ctx context.Context, sides []*side) error {
	for _, s := range sides {
		answer := s.answer
		if s.out != "" {
			sum := &side{name: "sums", args: []string{r.python, filepath.Join("python", "racesum.py"), s.out}, env: r.env()}
			if err := sum.once(ctx, "0,1"); err != nil {
				return err
			}
			answer = sum.answer
		}
		s.compared = answer
	}
	for _, s := range sides[1:] {
		if s.compared != sides[0].compared {
			return errors.New("different answers:\n" + sides[0].name + ": " + sides[0].compared + "\n" + s.name + ": " + s.compared)
		}
	}
	return nil
}
