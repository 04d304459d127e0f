// Command race times the library against DuckDB: the same gzip log to Parquet,
// and a count over the file. Every run is a process of its own, the two take
// turns, and medians are printed with the ratio that each goal asks for.
//
//	go run ./race [-lines N] [-distinct] [-rounds N] [-check]
//
// It needs what ./install installs. Both see a warm page cache, both write
// zstd with row groups of the same size and statistics. A process on one core
// is pinned to it.
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
	if len(os.Args) > 1 && os.Args[1] == "do" {
		exit(do(os.Args[2:]))
	}
	var r race
	flag.IntVar(&r.lines, "lines", 1_000_000, "lines of the log")
	flag.IntVar(&r.rounds, "rounds", 5, "rounds; the medians count")
	flag.BoolVar(&r.distinct, "distinct", false, "make every address of the log new")
	flag.IntVar(&r.groupRows, "rowgroup", 1<<19, "rows of a row group, for both; the library's default")
	flag.BoolVar(&r.check, "check", false, "fail if a goal is missed")
	flag.StringVar(&r.dir, "dir", "", "folder for the files, kept; a temporary one if empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(r.run(ctx))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "race:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// cache returns the folder the install script filled.
func cache() (string, error) {
	if dir := os.Getenv("VPCFLOW_CACHE"); dir != "" {
		return dir, nil
	}
	base, err := os.UserCacheDir()
	return filepath.Join(base, "vpcflow-engines"), err
}
