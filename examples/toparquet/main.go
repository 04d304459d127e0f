// Command toparquet makes Parquet of flow logs: on this machine, or as a Lambda
// function of each object that appears in a bucket.
//
//	toparquet [flags] [PATH ...]
//
// A PATH is a flow log, a folder of them, s3://bucket/prefix/, or "-" for
// standard input, which is also read without a PATH. Package
// examples/internal/input says what is read and what is skipped; Parquet in a
// folder is skipped too.
//
// With -o FILE all logs become that file, and must have the same columns; with
// "-", or without -o, it goes to standard output. With -o DIR, an existing
// folder or a name that ends in a slash, logs are merged, whole and in order,
// into files of up to -target bytes of input; logs with other columns go into
// other files. A file has the name of its first log. There, logs without records
// make no file.
//
// Files appear under their name when they are complete, and no file is
// overwritten. A line that is no record is counted, the first few are shown, and
// the rest of its log is converted; with -strict the exit status is then 1. A
// log that cannot be found or read to its end, or has lines but no record in its
// first 4 MiB, is named on standard error and the exit status is 1. With -o DIR
// no file has any of its records and the other logs are converted, otherwise
// nothing is written under the name.
//
// After SIGINT or SIGTERM the exit status is 130, and nothing is left of an
// unfinished file. An input that blocks does not delay this; an output that
// blocks does, and a second signal ends the process at once.
//
// With AWS_LAMBDA_RUNTIME_API in its environment it is the Lambda function; see
// lambda.go for what it does and template.yaml for how to deploy it.
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

// options are what the flags say.
type options struct {
	format *flowlog.Format // nil: from the header, or the default
	out    string          // "-" for standard output
	writer parquet.Options
	target byteSize
	strict bool
	paths  []string
}

// run is the command. It returns the exit status.
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

// report says what was done, on standard error.
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
		Reads: "A PATH is a flow log (text, gzip, zstd or bzip2, told apart by content), a folder, " +
			"s3://bucket/prefix/, or - for standard input, which is also read without a PATH. " +
			"No file is overwritten.",
		Stdout: stdout,
		Stderr: stderr,
	}
}

// parse reads the flags.
func (o *options) parse(cmd *cli.Command, logs *input.Source, args []string) error {
	flags := cmd.Flags()
	cmd.FormatFlag(&o.format, "the `fields` of logs without a header line: "+cli.FormatHelp+" (default 2)")
	flags.StringVar(&o.out, "o", "", "the `file` or folder to write (default -, standard output)")
	flags.TextVar(&o.writer.Compression, "codec", parquet.Zstd, "the `codec`: zstd, snappy, gzip or none")
	flags.Var((*sortFlag)(&o.writer), "sort", "sort the rows of each row group, by -sort=fields with commas, or by interface-id and start")
	flags.Var(&o.target, "target", "the most input `bytes` of a file in a folder; 0: a file for each log")
	flags.BoolVar(&o.strict, "strict", false, "exit with status 1 if a line is no record")
	cmd.TimeFlag("since", &logs.Since, "in folders and prefixes, skip what was delivered before this `time`")
	cmd.TimeFlag("until", &logs.Until, "in folders and prefixes, skip what was delivered at this `time` or later")
	var err error
	if o.paths, err = cmd.Parse(args); err != nil {
		return err
	}
	if len(o.paths) == 0 {
		o.paths = []string{"-"}
	}
	if o.out == "" {
		if f, ok := cmd.Stdout.(*os.File); ok && cli.IsTerminal(f) {
			return errors.New("-o is missing: Parquet is not for a terminal")
		}
		o.out = "-"
	}
	return nil
}
