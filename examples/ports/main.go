// Command ports answers which ports we open outbound: how often, from which of our
// machines, to whom, and since when.
//
//	ports [flags] [PATH ...]
//
// A PATH is a flow log, a folder, s3://bucket/prefix/, or "-" for standard input.
// Without a PATH, ports reads standard input. Package examples/internal/input
// describes which files it reads and which it skips.
//
// ports prints a table. With -json it prints a JSON object, and with -csv CSV. With
// -html FILE it writes a page with charts, which needs no other file. -by groups the
// ports by our machines, by peers or by time. -baseline compares with an earlier
// -json. -inbound, -internal and -rejected answer related questions. -source-ports
// answers only the question of the article, GROUP BY sourceport.
//
// In the table, records, packets and bytes are those of accepted flows, in both
// directions. connections are the records of opened connections, where TCP flags
// show them, and "-" otherwise; "count" in JSON and CSV is the number that
// flowlog/traffic and Athena's OutboundPorts count, with flags or without. accepted
// and rejected count all records of the direction asked for.
//
// If a log cannot be read, ports prints its name on standard error, answers from the
// others, and the exit status is 1. It is 2 for invalid flags, and 130 after SIGINT
// or SIGTERM. Standard error also has the first line that does not parse, and the
// share of records without an address of ours. If that is large, -cidr is wrong or
// missing.
//
// Package flowlog/traffic has the rule that tells the client and the server of a
// connection apart. athena.Table.Queries answers the same questions in SQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/page"
	"github.com/vpcflow/vpcflow/flowlog"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // saves a fifth of the memory at the same speed: the heap is tables that double
	}
	cli.Main(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	})
}

// options are the values of the flags.
type options struct {
	format    *flowlog.Format // nil: from the header, or the default
	ask       answer.Options
	view      answer.View
	names     []string // files
	baseline  string   // file; empty: none
	html      string   // file; empty: none
	json, csv bool
	paths     []string
}

// run runs the command and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd, o := newCommand(stdout, stderr), new(options)
	if err := o.parse(cmd, args); err != nil {
		return cmd.BadUsage(err)
	}
	errs := o.readFiles()
	s := newScan(o, stdin, cli.NewProgress(stderr))
	errs = append(errs, s.run(ctx)...)
	s.progress.Clear()
	if ctx.Err() != nil {
		return cmd.Exit(ctx, nil)
	}
	if n, why := s.logs.Skipped(); n > 0 {
		cmd.Print(fmt.Sprintf("skipped %s: %s", cli.Count(n), why))
	}
	if s.bad.err != nil {
		cmd.Print(fmt.Sprintf("%s not parsed, the first: %v", cli.Counted(s.total.Bad, "line"), s.bad.err))
	}
	if s.lacking != nil {
		cmd.Warn("bytes and packets of a file are not counted: %v", s.lacking)
	}
	if s.total.Records > 0 {
		errs = append(errs, s.write(cmd)...)
	} else if len(errs) == 0 {
		errs = append(errs, errors.New("there are no records"))
	}
	for _, err := range errs {
		cmd.Error(err)
	}
	if len(errs) > 0 {
		return cli.Failed
	}
	return cli.OK
}

// readFiles reads the files of the flags. If one cannot be read, the answer is made
// without it.
func (o *options) readFiles() (errs []error) {
	if len(o.names) > 0 {
		o.ask.Names = new(answer.Names)
	}
	for _, path := range o.names {
		if err := o.ask.Names.ReadFile(path); err != nil {
			errs = append(errs, err)
		}
	}
	if o.baseline != "" {
		var err error
		if o.view.Baseline, err = answer.ReadBaseline(o.baseline); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// write writes the answer in the formats of the flags.
func (s *scan) write(cmd *cli.Command) (errs []error) {
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	a, err := s.answer(s.view)
	if err != nil {
		add(cli.PathError(s.baseline, err))
	}
	if a.NoSide > 0 {
		cmd.Print(noSide(a))
	}
	if s.html != "" {
		v := s.view
		if !cmd.Given("top") {
			v.Top = 0
		}
		all, _ := s.answer(v) // the same error as above
		queries, err := page.Queries(all, s.seen, s.ask.CIDRs)
		add(err)
		add(cmd.WriteFile(s.html, func(w io.Writer) error { return page.Write(w, all, queries) }))
	}
	switch {
	case s.json:
		add(a.WriteJSON(cmd.Stdout))
	case s.csv:
		add(a.WriteCSV(cmd.Stdout))
	case s.html != "-":
		add(a.WriteTable(cmd.Stdout, cli.Width(cmd.Stdout)))
	}
	return errs
}

// noSide returns a line with the share of records without an address of ours.
func noSide(a *answer.Answer) string {
	return fmt.Sprintf("%.1f%% of the records (%s) have no address of ours: %s", 100*float64(a.NoSide)/float64(a.Flows), cli.Count(a.NoSide), a.Ours)
}

func newCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:    "ports",
		Purpose: "ports answers which ports we open outbound: how often, from which machines, to whom, and since when.",
		Args:    "[PATH ...]",
		Examples: []string{
			"ports logs/",
			"ports -cidr 10.0.0.0/16 -html ports.html s3://bucket/AWSLogs/ -since 2026-11-22",
			"ports -by instance -baseline last-week.json -json logs/ >this-week.json",
		},
		Reads: "A PATH is a flow log (text, gzip, zstd, bzip2 or Parquet, detected by content), a folder, " +
			"s3://bucket/prefix/, or - for standard input, the default.",
		Stdout: stdout,
		Stderr: stderr,
	}
}

// defaultTop is the default number of ports in the table.
const defaultTop = 10

// parse parses the flags.
func (o *options) parse(cmd *cli.Command, args []string) error {
	flags := cmd.Flags()
	cmd.FormatFlag(&o.format, "the `fields` of text without a header line: "+cli.FormatHelp+" (default 2)")
	cmd.CIDRFlag(&o.ask.CIDRs, "our `addresses`, such as 10.0.0.0/16, separated by commas (default: private ones, and those that flow-direction shows)")
	cmd.TimeFlag("since", &o.ask.Since, "count only records that start at this `time` or later")
	cmd.TimeFlag("until", &o.ask.Until, "count only records that start before this `time`")
	flags.TextVar(&o.ask.By, "by", answer.Service, "also `group` by address, interface, instance, peer or hour")
	inbound := flags.Bool("inbound", false, "list which of our ports others open")
	internal := flags.Bool("internal", false, "list which ports we open on each other")
	sources := flags.Bool("source-ports", false, "only count the source ports of our addresses, which is several times faster")
	flags.BoolVar(&o.ask.Rejected, "rejected", false, "count rejected records instead of accepted ones")
	list := func(s string) error {
		o.names = append(o.names, s)
		return nil
	}
	flags.Func("names", "a `file` with names of addresses: CSV, ip-ranges.json, or the output of describe-network-interfaces; can be given several times", list)
	flags.StringVar(&o.baseline, "baseline", "", "an earlier -json `file`; mark new ports, and list those that are gone")
	flags.BoolVar(&o.view.Rare, "rare", false, "list the rarest ports first")
	flags.IntVar(&o.view.Top, "top", 0, "the maximum number of `ports` to list, 0 for all (default 10 in the table)")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	flags.BoolVar(&o.csv, "csv", false, "print CSV")
	flags.StringVar(&o.html, "html", "", "write a page to this `file`, - for standard output")
	var err error
	if o.paths, err = cmd.Parse(args); err != nil {
		return err
	}
	if len(o.paths) == 0 {
		o.paths = []string{"-"}
	}
	switch {
	case *inbound && *internal, *inbound && *sources, *internal && *sources:
		return errors.New("-inbound, -internal and -source-ports: choose one")
	case *sources:
		o.ask.Question = answer.SourcePorts
		for _, name := range []string{"by", "rejected", "names", "baseline", "rare", "html"} {
			if cmd.Given(name) {
				return fmt.Errorf("-source-ports and -%s exclude each other: with -source-ports no opened ports are listed", name)
			}
		}
	case *inbound:
		o.ask.Question = answer.Inbound
	case *internal:
		o.ask.Question = answer.Internal
	}
	switch {
	case o.json && o.csv, o.html == "-" && (o.json || o.csv):
		return errors.New("-json, -csv and -html -: choose one")
	case o.view.Top < 0:
		return fmt.Errorf("-top %d: must not be negative", o.view.Top)
	case !o.ask.Until.IsZero() && !o.ask.Since.Before(o.ask.Until):
		return fmt.Errorf("-until %s: must be after -since", o.ask.Until.Format(time.RFC3339))
	case !o.json && !o.csv && !cmd.Given("top"):
		o.view.Top = defaultTop
	}
	return nil
}
