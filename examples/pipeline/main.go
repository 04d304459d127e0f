// Command pipeline runs the whole path of a flow log through AWS on this
// machine, and shows which ports a VPC uses:
//
//	log -> subscription events -> forwarder -> Firehose -> S3 -> Parquet -> answer
//
//	go run ./examples/pipeline [-format F] [-cidr CIDR] [-faults RATE] [-out DIR] [-json] [FILE …]
//
// Without a FILE it makes a log of 100,000 lines. A FILE is a flow log, plain or
// gzip, with or without header lines; all of them must have the same columns.
//
// The forwarder is the program of examples/forwarder, built with the go command
// and run as Lambda runs it, over the Runtime API. Firehose is firehosetest: the
// protocol and the limits of the service, on loopback, behind the AWS SDK. Its
// objects are files in a directory, which become one Parquet file; the answer
// is read from that.
//
// The lines are counted at each stage. What comes out as objects is compared
// with what went in, line by line and whatever the order, and so are the records
// in the Parquet file, and the answer with that of the log itself. A line that
// is missing, changed or there twice fails the run, which names it. Lines that
// do not parse travel like all others; they have no row in Parquet, and are
// counted. Blank lines and header lines stay behind: CloudWatch Logs has
// neither.
//
// With -json the report is one object. Its events are log events; what it says of
// Firehose is what the forwarder logged; a protocol is IANA's number; the lists
// of ports have all of them unless -top is given. If lines were lost
// the object says how many, and has no answer.
//
// The exit status is 1 if anything fails, 2 for flags that make no sense, 130
// after an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
	"github.com/vpcflow/vpcflow/flowlog"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, buildForwarder)
	stop()
	os.Exit(code)
}

// options are what the flags say.
type options struct {
	format *flowlog.Format // nil: from the header, or the default
	cidrs  []netip.Prefix
	faults float64
	out    string
	json   bool
	top    int
	lines  int // of the sample
	files  []string

	progress *cli.Progress
	build    func(ctx context.Context, dir string) (string, error)
}

// run is the command. It returns the exit status.
func run(ctx context.Context, args []string, stdout io.Writer, stderr *os.File, build func(context.Context, string) (string, error)) int {
	o, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "pipeline:", err)
		return 2
	}
	o.build = build
	o.progress = cli.NewProgress(stderr)
	r, err := o.pipeline(ctx)
	o.progress.Clear()
	if r != nil {
		write := r.writeText
		if o.json {
			write = r.writeJSON
		}
		if werr := write(stdout); err == nil {
			err = werr
		}
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "pipeline: interrupted")
		return 130
	case err != nil:
		fmt.Fprintln(stderr, "pipeline:", strings.ReplaceAll(err.Error(), "\n", "; "))
		return 1
	}
	return 0
}

func parseFlags(args []string, stderr io.Writer) (*options, error) {
	o := &options{cidrs: ports.Private()}
	flags := flag.NewFlagSet("pipeline", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "", "the `fields` of the log, such as \"version srcaddr …\", or 2 to 11 for the fields up to a version, or tgw; a header line wins (default: AWS's default format)")
	cidr := flags.String("cidr", "", "our `addresses`, such as 10.0.0.0/16; several with commas (default: the private ranges)")
	flags.Float64Var(&o.faults, "faults", 0, "the share of Firehose records and calls to refuse, at least `0` and below 1")
	flags.StringVar(&o.out, "out", "", "a `directory` that keeps the objects and the Parquet file")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	flags.IntVar(&o.top, "top", 0, "the most `ports` to list, 0 for all (default 10, with -json all)")
	flags.IntVar(&o.lines, "lines", 100_000, "the `number` of lines of the log that is made when no file is given")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: pipeline [-format F] [-cidr CIDR] [-faults RATE] [-out DIR] [-json] [FILE …]")
			flags.PrintDefaults()
		}
		return nil, err
	}
	o.files = flags.Args()
	ports.SetTop(flags, &o.top, o.json)
	switch {
	case !(o.faults >= 0 && o.faults < 1):
		return nil, fmt.Errorf("-faults %v: must be at least 0 and below 1", o.faults)
	case o.top < 0:
		return nil, fmt.Errorf("-top %d: must not be negative", o.top)
	case o.lines < 1:
		return nil, fmt.Errorf("-lines %d: must be at least 1", o.lines)
	}
	var err error
	if *cidr != "" {
		if o.cidrs, err = ports.ParseCIDRs(*cidr); err != nil {
			return nil, fmt.Errorf("-cidr: %w", err)
		}
	}
	if *format != "" {
		o.format, err = ports.ParseFormat(*format)
		if errors.Is(err, flowlog.ErrUnknownField) {
			fmt.Fprintf(stderr, "pipeline: warning: -format: %v\n", err)
		} else if err != nil {
			return nil, fmt.Errorf("-format: %w", err)
		}
	}
	return o, nil
}

// buildForwarder builds the function.
func buildForwarder(ctx context.Context, dir string) (string, error) {
	return runtimeapi.Build(ctx, dir, "github.com/vpcflow/vpcflow/examples/forwarder")
}
