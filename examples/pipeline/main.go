// Command pipeline runs the whole path of a flow log through AWS on this machine,
// and shows which ports a VPC uses:
//
//	log -> subscription events -> forwarder -> Firehose -> S3 -> Parquet -> answer
//
//	go run ./examples/pipeline [flags] [FILE ...]
//
// A FILE is a flow log: text, compressed or not, with or without header lines, or
// the documents of a subscription. All files must have the same columns. Without
// a FILE, pipeline generates a log of 100,000 lines.
//
// The forwarder is the program of examples/forwarder. pipeline builds it with the
// go command and runs it as Lambda does, over the Runtime API. Firehose is
// firehosetest, a server on the loopback interface with the protocol and the
// limits of the service, called with the AWS SDK. Its objects are files in a
// directory. They become one Parquet file, and the answer is read from that file.
//
// pipeline counts the lines at each stage. It compares the lines of the objects
// with those of the log: each line must occur as often in both, in any order. In
// the same way it compares the records of the Parquet file, and the answers. If a
// line is missing, changed or duplicated, the run fails and prints it. Lines that
// do not parse are delivered like all others; they have no row in Parquet and are
// counted. Blank lines and header lines are skipped, because CloudWatch Logs has
// neither.
//
// With -json the report is one JSON object. Its events are log events. Its counts
// for Firehose are those that the forwarder logged. A protocol is an IANA number.
// The lists of ports are complete unless -top is given. If lines were lost, the
// object has their number, and no answer. With -html the answer is also written as
// a page; see examples/internal/page.
//
// The exit status is 1 if anything fails, 2 for invalid flags, and 130 after
// SIGINT or SIGTERM.
package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/flowlog"
)

func main() {
	cli.Main(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdout, os.Stderr, buildForwarder)
	})
}

// defaultTop is the default number of ports in the tables.
const defaultTop = 10

// options are the values of the flags.
type options struct {
	format *flowlog.Format // nil: from the header, or the default
	cidrs  []netip.Prefix
	faults float64
	out    string
	html   string // the page to write; empty: none
	json   bool
	top    int
	lines  int // lines of the generated log
	files  []string

	stage *stage
	build func(ctx context.Context, dir string) (string, error)
}

// run runs the command and returns the exit status. build builds the forwarder in
// a directory and returns its path.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, build func(context.Context, string) (string, error)) int {
	cmd := newCommand(stdout, stderr)
	o := &options{build: build, stage: newStage(cmd)}
	if err := o.parse(cmd, args); err != nil {
		return cmd.BadUsage(err)
	}
	r, err := o.pipeline(ctx)
	o.stage.end()
	if r != nil {
		write := r.writeText
		if o.json {
			write = r.writeJSON
		}
		if werr := write(stdout); err == nil {
			err = werr
		}
	}
	if err == nil && o.html != "" {
		err = o.writePage(cmd, r.source, r.answer)
	}
	return cmd.Exit(ctx, err)
}

func newCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name: "pipeline",
		Purpose: "pipeline runs a flow log through AWS on this machine, and shows which ports a VPC uses: " +
			"log, subscription events, forwarder, Firehose, S3, Parquet, answer.",
		Args: "[FILE ...]",
		Examples: []string{
			"pipeline",
			"pipeline -faults 0.2 -json",
			"pipeline -cidr 10.0.0.0/16 -html ports.html -out kept x.log.gz",
		},
		Reads: "A FILE is a flow log as text, compressed or not; all must have the same columns. Without a FILE, " +
			"pipeline generates a log. It builds the forwarder with the go command, so run it in a folder of this module.",
		Stdout: stdout,
		Stderr: stderr,
	}
}

// parse parses the flags.
func (o *options) parse(cmd *cli.Command, args []string) error {
	flags := cmd.Flags()
	cmd.FormatFlag(&o.format, "the `fields` of a log without a header line: "+cli.FormatHelp+" (default 2)")
	cmd.CIDRFlag(&o.cidrs, "our `addresses`, such as 10.0.0.0/16, separated by commas (default: private addresses)")
	flags.Float64Var(&o.faults, "faults", 0, "the `share` of Firehose records and calls to refuse, from 0 to below 1")
	flags.StringVar(&o.out, "out", "", "keep the objects and the Parquet file in this `directory`")
	flags.StringVar(&o.html, "html", "", "also write the answer as an HTML page to this `file`")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	flags.IntVar(&o.top, "top", 0, "the maximum number of `ports` to list, 0 for all (default 10, with -json all)")
	flags.IntVar(&o.lines, "lines", 100_000, "the `number` of lines of the generated log")
	var err error
	if o.files, err = cmd.Parse(args); err != nil {
		return err
	}
	if !o.json && !cmd.Given("top") {
		o.top = defaultTop
	}
	switch {
	case !(o.faults >= 0 && o.faults < 1):
		return fmt.Errorf("-faults %v: must be at least 0 and below 1", o.faults)
	case o.top < 0:
		return fmt.Errorf("-top %d: must not be negative", o.top)
	case o.lines < 1:
		return fmt.Errorf("-lines %d: must be at least 1", o.lines)
	}
	return nil
}

// buildForwarder builds the forwarder.
func buildForwarder(ctx context.Context, dir string) (string, error) {
	return runtimeapi.Build(ctx, dir, "github.com/vpcflow/vpcflow/examples/forwarder")
}
