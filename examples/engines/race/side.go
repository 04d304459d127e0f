package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// side is one competitor in one job.
type side struct {
	name   string
	args   []string
	env    []string
	out    string                       // the file it writes, if any
	parse  func([]byte) (string, error) // its answer from what it prints; nil: the text itself
	times  []time.Duration
	rss    int64 // KiB, the greatest of all rounds
	size   int64 // of the file, in bytes
	answer string

	compared string // what must be equal
}

// rowGroup is how many rows each side puts in a row group; the library's default.
const rowGroup = 1 << 19

var peers = []string{"duckdb", "clickhouse", "polars", "pyarrow"}

// env tells the peers about the columns.
func (r *race) env() []string {
	var names, types []string
	for _, f := range r.format.Fields() {
		names, types = append(names, f.Column()), append(types, f.Type().String())
	}
	return []string{
		"RACE_COLUMNS=" + strings.Join(names, " "), "RACE_TYPES=" + strings.Join(types, " "),
		"RACE_ROWGROUP=" + strconv.Itoa(rowGroup),
	}
}

// everyone returns all sides of a job, ours first.
func (r *race) everyone(cores, task, path string) []*side {
	threads := strconv.Itoa(len(strings.Split(cores, ",")))
	ours := &side{name: "vpcflow"}
	format := strconv.Itoa(r.fields)
	switch task {
	case "start":
		ours.args = []string{r.path("ports"), "-h"}
		ours.parse = func([]byte) (string, error) { return "", nil }
	case "convert":
		ours.out = r.path("vpcflow.parquet")
		ours.args = []string{r.path("toparquet"), "-format", format, "-o", ours.out, path}
	case "sourceports":
		ours = r.ports(path, "-source-ports")
	}
	sides := []*side{ours}
	for _, peer := range peers {
		s := &side{name: peer, env: r.env(), args: []string{r.python, filepath.Join("python", "race.py"), peer, threads, task, path}}
		if task == "convert" {
			s.out = r.path(peer + ".parquet")
			s.args = append(s.args, s.out)
		}
		sides = append(sides, s)
	}
	return sides
}

// whole returns our side alone, answering all that ports can: the services that are opened,
// their peers, machines, times and bytes. No peer's statement does the same.
func (r *race) whole(path string) []*side { return []*side{r.ports(path)} }

// ports returns our side with the command ports and more flags.
func (r *race) ports(path string, flags ...string) *side {
	args := []string{r.path("ports"), "-format", strconv.Itoa(r.fields), "-cidr", "10.0.0.0/16", "-top", "0", "-json"}
	return &side{name: "vpcflow", args: append(append(args, flags...), path), parse: sourcePorts}
}

// sourcePorts sums up what ports -json says of the article's question.
func sourcePorts(out []byte) (string, error) {
	var answer struct {
		SourcePorts []struct{ Count int64 } `json:"source_ports"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return "", err
	}
	var sum int64
	for _, p := range answer.SourcePorts {
		sum += p.Count
	}
	return fmt.Sprint(sum, len(answer.SourcePorts)), nil
}

// once runs the side in a process of its own on the given cores.
func (s *side) once(ctx context.Context, cores string) error {
	cmd, err := command(ctx, cores, s.args)
	if err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, s.env...)
	if s.out != "" {
		if err := os.Remove(s.out); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	u, err := run(cmd)
	if err != nil {
		return fmt.Errorf("%w: %s", err, stderr.String())
	}
	s.times = append(s.times, u.time)
	s.rss = max(s.rss, u.rss)
	s.answer = strings.TrimSpace(out.String())
	if s.parse != nil {
		answer, err := s.parse(out.Bytes())
		if err != nil {
			return err
		}
		s.answer = answer
	}
	if s.out != "" {
		info, err := os.Stat(s.out)
		if err != nil {
			return err
		}
		if s.size = info.Size(); s.size == 0 {
			return errors.New(s.out + " is empty")
		}
	}
	return nil
}

// median is the median of the times on the clock. Whatever else the machine does is in
// it; the sides take turns, so that it is in all of them.
func (s *side) median() time.Duration {
	return slices.Sorted(slices.Values(s.times))[len(s.times)/2]
}
