// Command ddl prints the Athena statements of a flow log: its table, what it
// takes to partition it, and the questions to ask of it.
//
//	ddl -location s3://bucket/prefix/ -layout s3-daily -accounts 123456789012 -regions us-east-1
//	zcat x.log.gz | head -n 1 | ddl -format - -location s3://bucket/
//	aws s3 ls --recursive s3://bucket/ | ddl -location s3://bucket/ -layout firehose -explicit -keys
//
// Statements are separated by ";" and each stands under a comment with its
// name; -json prints them as a list of objects instead, one statement each, for
// Athena takes one at a time. What breaks a rule is one line on standard error
// and exit status 1; wrong flags are status 2.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/athena"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main with its surroundings, and returns the exit status.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	var c command
	flags := flag.NewFlagSet("ddl", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() {
		fmt.Fprint(errs, "ddl prints the Athena statements of a flow log.\n\nusage: ddl -location s3://bucket/folder/ [flags]\n\n")
		flags.PrintDefaults()
	}
	c.define(flags)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(errs, "ddl: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	if err := c.print(in, out, errs); err != nil {
		fmt.Fprintf(errs, "ddl: %v\n", err)
		return 1
	}
	return 0
}

// command is what the flags say.
type command struct {
	table                athena.Table
	params               athena.Params
	format, queries      string
	view, parquet        string
	explicit, keys, json bool
}

func (c *command) define(f *flag.FlagSet) {
	t, p := &c.table, &c.params
	f.StringVar(&c.format, "format", "v2", "`format` of the log: v2 to v11, tgw, field names such as \"${version} ${srcaddr}\", or - for names or a header line on standard input")
	f.StringVar(&t.Location, "location", "", "where the log lies: `s3://bucket/folder/`")
	f.TextVar(&t.Layout, "layout", athena.Firehose, "`layout` below the location: unpartitioned, firehose, s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly")
	f.TextVar(&t.Storage, "storage", athena.Text, "`storage` of the files: text, regex (as in the article) or parquet")
	f.TextVar(&t.Columns, "columns", athena.AWSNames, "column `names`: aws (srcport) or article (sourceport)")
	f.StringVar(&t.Database, "database", "", "the table's `database`, if not that of the query's context")
	f.StringVar(&t.Name, "table", "vpc_flow_logs", "the table's `name`")
	f.StringVar(&t.Prefix, "prefix", "", "custom `prefix` of the firehose layout, such as dt=!{timestamp:yyyy-MM-dd}/")
	f.BoolVar(&c.explicit, "explicit", false, "keep the partitions in the catalog instead of having Athena compute them")
	f.Func("accounts", "`ids` of the accounts that deliver to S3, separated by commas", list(&t.Accounts))
	f.Func("regions", "`names` of the Regions that deliver to S3, separated by commas", list(&t.Regions))
	f.Func("since", "the `time` the log begins, such as 2026-11-22 or 2026-11-22T05:00:00Z", moment(&t.Since))
	f.Func("until", "the `time` before which the log ends, if it does", moment(&t.Until))
	f.TextVar(&t.Header, "header", athena.HeaderAuto, "whether text `files` begin with a header line: auto, line or none")
	f.StringVar(&t.ServiceKey, "service", "", "`name` of the service's folder in the s3-hive layouts: aws-service, or service as for transit gateways")
	f.BoolVar(&c.keys, "keys", false, "read S3 keys, or what aws s3 ls --recursive prints, from standard input and add their partitions")
	f.StringVar(&c.view, "view", "", "also print a view of this `name`")
	f.StringVar(&c.parquet, "parquet", "", "also print the statement that copies the log as Parquet to this `location`")
	f.StringVar(&c.queries, "queries", "", "also print these `questions`: all, or names separated by commas")
	f.Func("cidr", "our addresses, for the questions: `prefixes` separated by commas", prefixes(&p.CIDRs))
	f.Func("from", "ask about flows from this `time` on", moment(&p.From))
	f.Func("to", "ask about flows before this `time`", moment(&p.To))
	f.IntVar(&p.Limit, "limit", 10, "`rows` of an answer")
	f.BoolVar(&c.json, "json", false, "print a list of {\"name\", \"description\", \"sql\"}")
}

func list(to *[]string) func(string) error {
	return func(s string) error {
		*to = strings.Split(s, ",")
		return nil
	}
}

func moment(to *time.Time) func(string) error {
	return func(s string) (err error) {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if *to, err = time.Parse(layout, s); err == nil {
				return nil
			}
		}
		return errors.New("want 2026-11-22 or 2026-11-22T05:00:00Z")
	}
}

func prefixes(to *[]netip.Prefix) func(string) error {
	return func(s string) error {
		for part := range strings.SplitSeq(s, ",") {
			p, err := netip.ParsePrefix(part)
			if err != nil {
				return err
			}
			*to = append(*to, p)
		}
		return nil
	}
}
