// Command race times the commands of this module against DuckDB, ClickHouse, polars
// and pyarrow: the same gzip log to Parquet, and the article's question over gzip, text
// and Parquet.
//
//	go run ./race [-lines N] [-fields 2|5] [-distinct] [-rounds N] [-readme]
//
// It needs what ./install installs, and Linux's taskset. Every run is a process of its
// own, from its start to its end, pinned to one core or two; the sides take turns, and
// medians are printed. Before anything is timed, all sides must give the same answer.
// Everything reads from a warm page cache. With -readme the table between the
// markers in the README is replaced by this run's.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	if os.Getenv(measuring) != "" {
		os.Exit(measure(os.Args[1:]))
	}
	var r race
	flag.IntVar(&r.lines, "lines", 1_000_000, "lines of the log")
	flag.IntVar(&r.fields, "fields", 2, "fields of the log, by version: 2 (14 fields) or 5 (29)")
	flag.IntVar(&r.rounds, "rounds", 5, "rounds; the medians count")
	flag.BoolVar(&r.distinct, "distinct", false, "make every address of the log new")
	flag.BoolVar(&r.readme, "readme", false, "write the table into the README")
	flag.StringVar(&r.only, "only", "", "only the jobs whose name contains this")
	flag.StringVar(&r.dir, "dir", "", "folder for the files, kept; a temporary one if empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := r.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "race:", err)
		os.Exit(1)
	}
}

// cache returns the folder that the install script filled.
func cache() (string, error) {
	if dir := os.Getenv("VPCFLOW_CACHE"); dir != "" {
		return dir, nil
	}
	base, err := os.UserCacheDir()
	return filepath.Join(base, "vpcflow-engines"), err
}
