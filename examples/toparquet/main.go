// Command toparquet makes Parquet of flow logs: on this machine, or as a Lambda
// function of each object that appears in a bucket.
//
//	toparquet [-format F] [-o FILE|DIR] [-codec zstd|snappy|gzip|none]
//	          [-sort[=FIELDS]] [-target SIZE] [-strict] [PATH …]
//
// A PATH is a flow log, text or gzip, told apart by content, with or without
// header lines; or a folder, of which all files are read, those in folders below
// it too, but for names that begin with "." or "_" or end in ".parquet". There,
// links to files are followed and links to folders are not, and what is no file
// is passed over. Without a PATH, and for "-", the log is read from standard
// input; a PATH can be a pipe too.
//
// With -o FILE all logs become that file, and must have the same columns; with
// "-", or without -o, it goes to standard output. With -o DIR, a folder that is
// there or a name that ends in a slash, logs are merged, whole and in order,
// into files of up to -target bytes of input, a log with other columns into
// another file. A file has the name of its first log. Logs without records make
// no file there.
//
// Files appear under their name when they are complete, and none is written
// over. A line that is no record is counted, the first few are shown, and the
// rest of its log is converted; with -strict the exit status is then 1. A log
// that cannot be found or read to its end, or has lines but no record in its
// first 4 MiB, is named on standard error and the exit status is 1: with -o DIR
// no file has anything of it and the other logs are converted, else nothing is
// written under the name.
//
// After an interrupt or SIGTERM the exit status is 130, and of an unfinished file
// nothing is left. It need not wait for an input; for an output that blocks it
// does, and a second signal ends it at once.
//
// With AWS_LAMBDA_RUNTIME_API in its environment it is the Lambda function; see
// lambda.go for what it does and template.yaml for how to deploy it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

func main() {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		startLambda()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(code)
}

// options are what the flags say.
type options struct {
	format  *flowlog.Format // nil: from the header, or the default
	out     string          // "-" for standard output
	parquet parquet.Options
	target  byteSize
	strict  bool
	paths   []string
}

// run is the command. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, stderr *os.File) int {
	o, err := parseFlags(args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "toparquet:", err)
		return 2
	}
	c := &conversion{options: o, stdin: stdin, stdout: stdout, progress: cli.NewProgress(stderr)}
	c.run(ctx)
	c.progress.Clear()
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "toparquet: interrupted")
		return 130
	}
	for _, line := range c.bad {
		fmt.Fprintln(stderr, "toparquet:", line)
	}
	if more := c.stats.Bad - int64(len(c.bad)); more > 0 && len(c.bad) > 0 {
		fmt.Fprintf(stderr, "toparquet: and %s more\n", cli.Counted(more, "bad line"))
	}
	for _, err := range c.errs {
		fmt.Fprintln(stderr, "toparquet:", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if c.outputs > 0 {
		fmt.Fprintln(stderr, "toparquet:", c.summary())
	}
	if len(c.errs) > 0 || o.strict && c.stats.Bad > 0 {
		return 1
	}
	return 0
}

func parseFlags(args []string, stdout, stderr io.Writer) (*options, error) {
	o := &options{target: 128 << 20}
	flags := flag.NewFlagSet("toparquet", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "", "the `fields` of the logs, such as \"version srcaddr …\", or 2 to 11 for the fields up to a version, or tgw; a header line wins (default: AWS's default format)")
	flags.StringVar(&o.out, "o", "", "the `file` or folder to write, - for standard output (the default)")
	flags.TextVar(&o.parquet.Compression, "codec", parquet.Zstd, "the `codec`: zstd, snappy, gzip or none")
	flags.Var((*sortFlag)(&o.parquet), "sort", "sort the rows of each row group, by -sort=`fields` with commas or, without, by interface-id and start")
	flags.Var(&o.target, "target", "the most input `bytes` of a file in a folder, such as 128MiB; 0: a file for each log")
	flags.BoolVar(&o.strict, "strict", false, "exit with status 1 if a line is no record")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: toparquet [-format F] [-o FILE|DIR] [-codec C] [-sort[=FIELDS]] [-target SIZE] [-strict] [PATH …]")
			flags.PrintDefaults()
		}
		return nil, err
	}
	if o.paths = flags.Args(); len(o.paths) == 0 {
		o.paths = []string{"-"}
	}
	if o.out == "" {
		if f, ok := stdout.(*os.File); ok && cli.IsTerminal(f) {
			return nil, errors.New("-o is missing: Parquet is not for a terminal")
		}
		o.out = "-"
	}
	if *format != "" {
		var err error
		o.format, err = ports.ParseFormat(*format)
		if errors.Is(err, flowlog.ErrUnknownField) {
			fmt.Fprintf(stderr, "toparquet: warning: -format: %v\n", err)
		} else if err != nil {
			return nil, fmt.Errorf("-format: %w", err)
		}
	}
	return o, nil
}
