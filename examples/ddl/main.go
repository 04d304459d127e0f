// Command ddl prints the Athena statements for a flow log: its table, its
// partitions, and queries.
//
//	ddl -location s3://bucket/prefix/ -layout s3-daily -accounts 123456789012 -regions us-east-1
//	zcat x.log.gz | head -n 1 | ddl -format - -location s3://bucket/ -layout s3-daily -accounts 123456789012 -regions us-east-1
//	aws s3 ls --recursive s3://bucket/ | ddl -location s3://bucket/ -layout firehose -explicit -keys
//	ddl -location s3://bucket/prefix/ -database logs -terraform
//
// With -dialect duckdb it prints a view that DuckDB makes over the files
// themselves, and the queries for it:
//
//	ddl -dialect duckdb -folder logs/ -layout unpartitioned -queries OutboundPorts | duckdb
//
// Each statement has a comment with its name before it, and ends in ";". Athena
// runs one statement at a time, so -json prints a list of objects with one
// statement each. -glue, -cloudformation and -terraform print only the table, in
// the form of these tools. If a statement cannot be made, ddl prints the reason
// on standard error, and the exit status is 1. For invalid flags it is 2.
package main

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

func main() {
	cli.Main(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	})
}

// run runs the command and returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	c := command{in: in, Command: cli.Command{
		Name:    "ddl",
		Purpose: "ddl prints the Athena statements for a flow log in S3: its table, its partitions, a view, copies as Parquet and Iceberg, and queries.",
		Examples: []string{
			"ddl -location s3://bucket/ -layout s3-daily -format 5 -accounts 123456789012 -regions us-east-1 -since 2026-11-22",
			"aws s3 ls --recursive s3://bucket/ | ddl -location s3://bucket/ -explicit -keys",
			"ddl -dialect duckdb -folder logs/ -layout unpartitioned -queries OutboundPorts | duckdb",
			"ddl -location s3://bucket/vpc/ -queries OutboundPorts -cidr 10.0.0.0/8 -from 2026-11-22 -to 2026-11-23",
		},
		Reads:  "ddl reads standard input for -format - and -keys, and nothing else. It writes statements to standard output and does not run them.",
		Stdout: out,
		Stderr: errs,
	}}
	c.define()
	if _, err := c.Parse(args); err != nil {
		return c.BadUsage(err)
	}
	if err := c.checkOutput(); err != nil {
		return c.BadUsage(err)
	}
	return c.Exit(ctx, c.print())
}

// command is the values of the flags.
type command struct {
	cli.Command
	in             io.Reader
	table          athena.Table
	params         athena.Params
	queries        []string
	format         string
	view, parquet  string
	iceberg        string
	folder         string
	explicit, keys bool

	json, glue, terraform, cloudformation bool
}

func (c *command) define() {
	t, p, f := &c.table, &c.params, c.Flags()
	f.StringVar(&c.format, "format", "2", "`format` of the log: "+cli.FormatHelp+", or - for names or a header line on standard input")
	f.StringVar(&t.Location, "location", "", "the location of the log: `s3://bucket/folder/`")
	f.TextVar(&t.Layout, "layout", athena.Firehose, "`layout` below the location: unpartitioned, firehose, s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly")
	f.TextVar(&t.Storage, "storage", athena.Text, "`storage` of the files: text, regex (as in the article) or parquet; or iceberg, with -layout unpartitioned")
	f.TextVar(&t.Columns, "columns", athena.AWSNames, "column `names`: aws (srcport) or article (sourceport)")
	f.StringVar(&t.Database, "database", "", "the `database` of the table (default that of the query context)")
	f.StringVar(&t.Name, "table", "vpc_flow_logs", "the `name` of the table")
	f.StringVar(&t.Prefix, "prefix", "", "custom `prefix` of the firehose layout, such as dt=!{timestamp:yyyy-MM-dd}/")
	f.BoolVar(&c.explicit, "explicit", false, "keep the partitions in the catalog; without it Athena computes them")
	f.Func("accounts", "`ids` of the accounts that deliver to S3, separated by commas", list(&t.Accounts))
	f.Func("regions", "`names` of the Regions that deliver to S3, separated by commas", list(&t.Regions))
	c.TimeFlag("since", &t.Since, "the `time` at which the log begins, such as 2026-11-22 or 2026-11-22T05:00:00Z")
	c.TimeFlag("until", &t.Until, "the `time` before which the log ends (default none)")
	f.TextVar(&t.Header, "header", athena.HeaderAuto, "whether text `files` begin with a header line: auto, line or none")
	f.StringVar(&t.ServiceKey, "service", "", "`name` of the service folder in the s3-hive layouts: aws-service, or service as for transit gateways")
	f.BoolVar(&c.keys, "keys", false, "read S3 keys from standard input and add their partitions: one per line, several separated by tabs, or the output of aws s3 ls --recursive")
	f.StringVar(&c.view, "view", "", "also print a view of this `name`")
	f.StringVar(&c.parquet, "parquet", "", "also print the statement that copies the log as Parquet to this `location`")
	f.StringVar(&c.iceberg, "iceberg", "", "also print an Iceberg table at this `location`, or s3tablescatalog/BUCKET with -database, and the statements that merge the log from -from to -to into it")
	f.Func("queries", "also print these `queries`: all, or names separated by commas; list prints only the names, and what they ask", list(&c.queries))
	c.CIDRFlag(&p.CIDRs, "our addresses, for the queries: `prefixes` separated by commas")
	c.TimeFlag("from", &p.From, "query flows from this `time` on")
	c.TimeFlag("to", &p.To, "query flows before this `time`")
	f.Func("zone", "an Availability Zone and its subnets, for CrossZoneBytes: `id=prefixes`, such as use1-az1=10.0.0.0/24,10.0.1.0/24; once for each zone", c.zone)
	f.TextVar(&p.Source, "source", netip.Addr{}, "the `address` for queries about one source")
	f.TextVar(&p.Destination, "destination", netip.Addr{}, "the `address` for queries about one destination")
	f.IntVar(&p.Limit, "limit", 10, "the maximum number of `rows` of a query")
	f.TextVar(&p.Dialect, "dialect", athena.Athena, "`engine` that runs the statements: athena or duckdb, which reads the files itself")
	f.StringVar(&c.folder, "folder", "", "`folder` where DuckDB finds the files, if not at -location")
	f.BoolVar(&c.json, "json", false, "print a list of {\"name\", \"description\", \"sql\"}")
	f.BoolVar(&c.glue, "glue", false, "print the table for aws glue create-table --table-input")
	f.BoolVar(&c.cloudformation, "cloudformation", false, "print the table as a CloudFormation template")
	f.BoolVar(&c.terraform, "terraform", false, "print the table as a Terraform resource")
}

// zone adds the zone that a value of -zone describes.
func (c *command) zone(s string) error {
	id, subnets, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("want a zone, = and its subnets")
	}
	prefixes, err := cli.ParseCIDRs(subnets)
	c.params.Zones = append(c.params.Zones, athena.Zone{ID: id, Subnets: prefixes})
	return err
}

func list(to *[]string) func(string) error {
	return func(s string) error {
		*to = strings.Split(s, ",")
		return nil
	}
}
