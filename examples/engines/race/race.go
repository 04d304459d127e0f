package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// race is one comparison.
type race struct {
	lines, rounds, groupRows int
	distinct, check          bool
	dir                      string

	self, duckdb string
	missed       []string
}

// runner is one side of a comparison.
type runner struct {
	name   string
	args   []string
	out    string // the file it writes, if any
	times  []time.Duration
	cpu    []time.Duration
	rss    int64 // KiB, the greatest of all rounds
	size   int64
	answer string
}

func (r *race) run(ctx context.Context) error {
	dir, err := cache()
	if err != nil {
		return err
	}
	// The program itself: the command of that name starts Python first.
	found, err := filepath.Glob(filepath.Join(dir, "python", "lib", "python3*", "site-packages", "duckdb_cli", "duckdb"))
	if err != nil || len(found) != 1 {
		return errors.New("no DuckDB: run ./install")
	}
	r.duckdb = found[0]
	if r.self, err = os.Executable(); err != nil {
		return err
	}
	if r.dir == "" {
		if r.dir, err = os.MkdirTemp("", "race"); err != nil {
			return err
		}
		defer os.RemoveAll(r.dir)
	} else if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	log, small := filepath.Join(r.dir, "log.gz"), filepath.Join(r.dir, "tenth.gz")
	for path, lines := range map[string]int{log: r.lines, small: r.lines / 10} {
		if err := writeLog(path, lines, r.distinct); err != nil {
			return err
		}
	}
	info, err := os.Stat(log)
	if err != nil {
		return err
	}
	version, err := exec.CommandContext(ctx, r.duckdb, "--version").Output()
	if err != nil {
		return fmt.Errorf("DuckDB: %w; run ./install", err)
	}
	data := "repeating addresses"
	if r.distinct {
		data = "all addresses distinct"
	}
	fmt.Printf("%d lines, %s, %.1f MB of gzip; %d rounds; row groups of %d; DuckDB %s\n",
		r.lines, data, mb(info.Size()), r.rounds, r.groupRows, strings.TrimSpace(string(version)))

	speed, size := 2.0, 0.90
	if r.distinct {
		speed, size = 1.2, 1.0
	}
	ours, theirs, err := r.compare(ctx, "two cores", "0,1", r.convert(log, 0, false), r.copy(log, 2))
	if err != nil {
		return err
	}
	r.goal("speed, two cores", ratio(theirs.median(), ours.median()), ">=", speed)
	r.goal("size", float64(ours.size)/float64(theirs.size), "<=", size)
	r.goal("peak memory", float64(ours.rss)/float64(theirs.rss), "<=", 0.5)
	tenth, _, err := r.compare(ctx, "two cores, a tenth of the lines", "0,1", r.convert(small, 0, false), r.copy(small, 2))
	if err != nil {
		return err
	}
	// Flat: a tenth of the lines takes about as much. Below a row group there is
	// less to hold.
	if r.lines/10 >= r.groupRows/2 {
		r.goal("peak memory, all lines to a tenth", float64(ours.rss)/float64(tenth.rss), "<=", 1.25)
	}
	if err := r.equal(ctx, ours.out, theirs.out); err != nil {
		return err
	}
	one, duckOne, err := r.compare(ctx, "one core", "0", r.convert(log, 1, false), r.copy(log, 1))
	if err != nil {
		return err
	}
	// The goal on one core is set for a log whose addresses repeat.
	if !r.distinct {
		r.goal("speed, one core", ratio(duckOne.median(), one.median()), ">=", 1.8)
	}
	sorted, _, err := r.compare(ctx, "sorted by interface and start", "0,1", r.convert(log, 0, true), nil)
	if err != nil {
		return err
	}
	if err := r.equal(ctx, sorted.out, theirs.out); err != nil {
		return err
	}
	if !r.distinct {
		r.goal("size, sorted", float64(sorted.size)/float64(theirs.size), "<=", 0.75)
	}
	count, duckCount, err := r.compare(ctx, "count by dstport where srcaddr in 10.0.0.0/16, one core", "0",
		&runner{name: "vpcflow", args: []string{r.self, "do", "count", "10.0.0.0/16", ours.out}},
		r.duck(1, "", "SELECT coalesce(sum(n), 0)::BIGINT || ' ' || count(*) FROM (SELECT dstport, count(*) AS n FROM read_parquet("+quote(ours.out)+
			") WHERE srcaddr LIKE '10.0.%' AND dstport IS NOT NULL GROUP BY dstport)"))
	if err != nil {
		return err
	}
	if count.answer != duckCount.answer {
		return fmt.Errorf("the counts differ: %q and %q", count.answer, duckCount.answer)
	}
	r.goal("speed of the count, one core", ratio(duckCount.median(), count.median()), ">=", 1.0)
	if r.check && len(r.missed) > 0 {
		return errors.New("missed: " + strings.Join(r.missed, ", "))
	}
	return nil
}

// convert is the library's side of a conversion.
func (r *race) convert(log string, workers int, sorted bool) *runner {
	out := filepath.Join(r.dir, fmt.Sprintf("vpcflow-%d-%v-%s.parquet", workers, sorted, filepath.Base(log)))
	return &runner{name: "vpcflow", out: out, args: []string{
		r.self, "do", "convert", strconv.Itoa(r.groupRows), strconv.Itoa(workers), strconv.FormatBool(sorted), log, out,
	}}
}

// logColumns are the columns of the log for DuckDB, which is told everything.
const logColumns = "{'version': 'INTEGER', 'account_id': 'VARCHAR', 'interface_id': 'VARCHAR', 'srcaddr': 'VARCHAR', 'dstaddr': 'VARCHAR', " +
	"'srcport': 'INTEGER', 'dstport': 'INTEGER', 'protocol': 'INTEGER', 'packets': 'BIGINT', 'bytes': 'BIGINT', 'start': 'BIGINT', 'end': 'BIGINT', " +
	"'action': 'VARCHAR', 'log_status': 'VARCHAR'}"

// copy is DuckDB's side of a conversion.
func (r *race) copy(log string, threads int) *runner {
	out := filepath.Join(r.dir, fmt.Sprintf("duckdb-%d-%s.parquet", threads, filepath.Base(log)))
	return r.duck(threads, out, "COPY (SELECT * FROM read_csv("+quote(log)+", auto_detect=false, delim=' ', header=false, nullstr='-', columns="+logColumns+
		")) TO "+quote(out)+" (FORMAT parquet, CODEC 'zstd', ROW_GROUP_SIZE "+strconv.Itoa(r.groupRows)+")")
}

func (r *race) duck(threads int, out, sql string) *runner {
	return &runner{name: "DuckDB", out: out, args: []string{
		r.duckdb, "-noheader", "-list", "-c", fmt.Sprintf("SET threads=%d; SET enable_progress_bar=false", threads), "-c", sql,
	}}
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// compare runs two sides in turns on the given cores and prints both.
func (r *race) compare(ctx context.Context, what, cores string, sides ...*runner) (*runner, *runner, error) {
	sides = slices.DeleteFunc(sides, func(s *runner) bool { return s == nil })
	for round := range r.rounds {
		for i := range sides {
			// Who begins changes, so that neither always runs after the other.
			if err := sides[(i+round)%len(sides)].once(ctx, cores); err != nil {
				return nil, nil, err
			}
		}
	}
	fmt.Printf("\n%s\n", what)
	for _, s := range sides {
		fmt.Printf("  %-8s median %7.3fs  least %7.3fs  greatest %7.3fs  cpu %7.3fs  peak memory %6.1f MB", s.name,
			s.median().Seconds(), slices.Min(s.times).Seconds(), slices.Max(s.times).Seconds(), median(s.cpu).Seconds(), float64(s.rss)/1024)
		if s.out != "" {
			fmt.Printf("  file %7.2f MB", mb(s.size))
		}
		fmt.Println()
	}
	return sides[0], sides[len(sides)-1], nil
}

// once runs a side in a process of its own.
func (s *runner) once(ctx context.Context, cores string) error {
	cmd := exec.CommandContext(ctx, "taskset", append([]string{"-c", cores}, s.args...)...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	begin := time.Now()
	err := cmd.Run()
	if err != nil || stderr.Len() > 0 {
		return fmt.Errorf("%s: %w: %s", strings.Join(s.args, " "), cmp.Or(err, errors.New("it complains")), stderr.String())
	}
	s.times = append(s.times, time.Since(begin))
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	s.rss = max(s.rss, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	s.answer = strings.TrimSpace(out.String())
	if s.out != "" {
		info, err := os.Stat(s.out)
		if err != nil {
			return err
		}
		s.size = info.Size()
	}
	return nil
}

// median is the median of the times on the clock. Whatever else the machine
// does is in it; both sides take turns, so that it is in both.
func (s *runner) median() time.Duration { return median(s.times) }

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

// equal checks that two files hold the same values: rows, nulls and sums of the
// numbers, and an order-free sum of the hashes of each column.
func (r *race) equal(ctx context.Context, a, b string) error {
	sums := "count(*)"
	for name := range strings.SplitSeq(logColumns, ",") {
		name = strings.Trim(strings.Split(name, "'")[1], " {")
		sums += fmt.Sprintf(`, count("%[1]s"), sum(hash("%[1]s"))`, name)
	}
	var answers []string
	for _, path := range []string{a, b} {
		s := r.duck(2, "", "SELECT "+sums+" FROM read_parquet("+quote(path)+")")
		if err := s.once(ctx, "0,1"); err != nil {
			return err
		}
		answers = append(answers, s.answer)
	}
	if answers[0] != answers[1] {
		return fmt.Errorf("%s and %s differ:\n%s\n%s", a, b, answers[0], answers[1])
	}
	fmt.Println("  both files hold the same values")
	return nil
}

func (r *race) goal(what string, got float64, op string, want float64) {
	ok := op == ">=" && got >= want || op == "<=" && got <= want
	verdict := "reached"
	if !ok {
		verdict = "MISSED"
		r.missed = append(r.missed, what)
	}
	fmt.Printf("  %-36s %5.2fx, goal %s %.2fx: %s\n", what, got, op, want, verdict)
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }

func mb(n int64) float64 { return float64(n) / 1e6 }
