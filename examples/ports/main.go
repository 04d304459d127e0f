// Command ports answers, for flow logs on this machine, which ports we open
// outbound, and which source ports our addresses use.
//
//	ports [-format F] [-cidr CIDR] [-top N] [-json | -html] [PATH …]
//
// A PATH is a flow log: text or gzip, with or without header lines, or Parquet,
// told apart by content; or a folder, of which all files are read, those in
// folders below it too, but for names that begin with "." or "_". Without a
// PATH, and for "-", the log is read from standard input.
//
// It prints a table; with -json one JSON object, with -html a page with charts
// that needs nothing else. A file that cannot be read to its end, or is no flow
// log, is named on standard error; what was read of the others is answered all
// the same, and the exit status is 1.
//
// How a connection that was opened outbound is told from an answer is said at
// examples/internal/ports; athena.Table.Queries asks the same in SQL.
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
	"github.com/vpcflow/vpcflow/flowlog"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the flags say.
type options struct {
	format     *flowlog.Format // nil: from the header, or the default
	cidrs      []netip.Prefix
	top        int
	json, html bool
	paths      []string
}

// run is the command. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, stderr *os.File) int {
	o, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "ports:", err)
		return 2
	}
	s := &scan{options: o, stdin: stdin, progress: cli.NewProgress(stderr)}
	errs := s.run(ctx)
	s.progress.Clear()
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "ports: interrupted")
		return 130
	}
	for _, err := range errs {
		fmt.Fprintln(stderr, "ports:", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if s.total.Records > 0 {
		if err := s.write(stdout); err != nil {
			fmt.Fprintln(stderr, "ports:", err)
			return 1
		}
	} else if len(errs) == 0 {
		fmt.Fprintln(stderr, "ports: there are no records")
		return 1
	}
	return min(len(errs), 1)
}

func parseFlags(args []string, stderr io.Writer) (*options, error) {
	o := &options{cidrs: ports.Private()}
	flags := flag.NewFlagSet("ports", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	format := flags.String("format", "", "the `fields` of text logs, such as \"version srcaddr …\", or 2 to 11 for the fields up to a version, or tgw; a header line wins (default: AWS's default format)")
	cidr := flags.String("cidr", "", "our `addresses`, such as 10.0.0.0/16; several with commas (default: the private ranges)")
	flags.IntVar(&o.top, "top", 0, "the most `ports` to list, 0 for all (default 10, with -json all)")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	flags.BoolVar(&o.html, "html", false, "print an HTML page")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: ports [-format F] [-cidr CIDR] [-top N] [-json | -html] [PATH …]")
			flags.PrintDefaults()
		}
		return nil, err
	}
	if o.paths = flags.Args(); len(o.paths) == 0 {
		o.paths = []string{"-"}
	}
	if o.json && o.html {
		return nil, errors.New("-json and -html: choose one")
	}
	ports.SetTop(flags, &o.top, o.json)
	if o.top < 0 {
		return nil, fmt.Errorf("-top %d: must not be negative", o.top)
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
			fmt.Fprintf(stderr, "ports: warning: -format: %v\n", err)
		} else if err != nil {
			return nil, fmt.Errorf("-format: %w", err)
		}
	}
	return o, nil
}
