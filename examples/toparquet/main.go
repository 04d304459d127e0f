// Command toparquet converts flow logs to Parquet, on this machine or as a Lambda
// function that converts each new object of a bucket.
//
//	toparquet [flags] [PATH ...]
//
// A PATH is a flow log, a folder, s3://bucket/prefix/, or "-" for standard input.
// Without a PATH, toparquet reads standard input. Package examples/internal/input
// describes which files it reads and which it skips. It also skips Parquet files
// in folders.
//
// With -o FILE, all logs become one file and must have the same columns. With "-",
// or without -o, that file is standard output. With -o DIR, an existing folder or
// a name that ends in a slash, toparquet merges whole logs, in order, into files
// of up to -target bytes of input. Logs with different columns go to different
// files. A file has the name of its first log. Logs without records make no file
// in a folder.
//
// A file appears under its name when it is complete. No file is overwritten. A
// line that does not parse is counted, the first few such lines are shown, and
// the rest of the log is converted; with -strict, the exit status is then 1. If a
// log cannot be found or read to its end, or has no record in its first 4 MiB, it
// is named on standard error, and the exit status is 1. With -o DIR, the other
// logs are converted, and no file has records of the failed log. Otherwise no
// file is written.
//
// After SIGINT or SIGTERM the exit status is 130, and unfinished files are
// removed. A blocked input does not delay this, but a blocked output does. A
// second signal ends the process at once.
//
// If AWS_LAMBDA_RUNTIME_API is set, toparquet is a Lambda function. lambda.go
// describes it, and template.yaml deploys it.
package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

func main() {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		startLambda()
		return
	}
	cli.Main(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	})
}

// options are the values of the flags.
type options struct {
	format *flowlog.Format // nil: from the header, or the default
	out    string          // "-" for standard output
	writer parquet.Options
	target byteSize
	strict bool
	paths  []string
}

// run runs the command and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newCommand(stdout, stderr)
	o, logs := &options{target: 128 << 20}, &input.Source{Stdin: stdin}
	if err := o.parse(cmd, logs, args); err != nil {
		return cmd.BadUsage(err)
	}
	c := &conversion{options: o, logs: logs, stdout: stdout, progress: cli.NewProgress(stderr)}
	c.run(ctx)
	c.progress.Clear()
	if ctx.Err() != nil {
		return cmd.Exit(ctx, nil)
	}
	c.report(cmd)
	if len(c.errs) > 0 || o.strict && c.stats.Bad > 0 {
		return cli.Failed
	}
	return cli.OK
}

// report writes the results to standard error.
func (c *conversion) report(cmd *cli.Command) {
	for _, line := range c.bad {
		cmd.Print(line)
	}
	if more := c.stats.Bad - int64(len(c.bad)); more > 0 && len(c.bad) > 0 {
		cmd.Print("and " + cli.Counted(more, "more bad line"))
	}
	for _, err := range c.errs {
		cmd.Error(err)
	}
	if s := c.skipped(); s != "" {
		cmd.Print(s)
	}
	if c.outputs > 0 {
		cmd.Print(c.summary())
	}
}

func newCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:    "toparquet",
		Purpose: "toparquet converts VPC flow logs to Parquet.",
		Args:    "[PATH ...]",
		Examples: []string{
			"toparquet -o day.parquet logs/2026/11/22/",
			"toparquet -sort -o parquet/ s3://bucket/AWSLogs/ -since 2026-11-22",
			"zcat x.log.gz | toparquet -format 5 >x.parquet",
		},
		Reads: "A PATH is a flow log (text, gzip, zstd or bzip2, detected by content), a folder, " +
			"s3://bucket/prefix/, or - for standard input, the default. " +
			"No file is overwritten. " +
			"As a Lambda function, toparquet converts new objects of a bucket to the prefix TARGET_PREFIX (default parquet/); " +
			"LOG_FORMAT is -format. examples/DEPLOY.md deploys it.",
		Stdout: stdout,
		Stderr: stderr,
	}
}

// parse parses the flags.
func (o *options) parse(cmd *cli.Command, logs *input.Source, args []string) error {
	flags := cmd.Flags()
	cmd.FormatFlag(&o.format, "the `fields` of logs without a header line: "+cli.FormatHelp+" (default 2)")
	flags.StringVar(&o.out, "o", "", "the `file` or folder to write (default -, standard output)")
	flags.TextVar(&o.writer.Compression, "codec", parquet.Zstd, "the `codec`: zstd, snappy, gzip or none")
	flags.Var((*sortFlag)(&o.writer), "sort", "sort the rows of each row group by interface-id and start, or with -sort=`fields` by these, separated by commas")
	flags.Var(&o.target, "target", "the maximum of input `bytes` per file in a folder; 0 makes one file per log")
	flags.BoolVar(&o.strict, "strict", false, "exit with status 1 if a line does not parse")
	cmd.TimeFlag("since", &logs.Since, "in folders and prefixes, skip files delivered before this `time`")
	cmd.TimeFlag("until", &logs.Until, "in folders and prefixes, skip files delivered at this `time` or later")
	var err error
	if o.paths, err = cmd.Parse(args); err != nil {
		return err
	}
	if len(o.paths) == 0 {
		o.paths = []string{"-"}
	}
	if o.out == "" {
		if f, ok := cmd.Stdout.(*os.File); ok && cli.IsTerminal(f) {
			return errors.New("-o is missing: Parquet is not written to a terminal")
		}
		o.out = "-"
	}
	return nil
}
