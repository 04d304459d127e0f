// Command ddl prints the Athena statements of a flow log: its table, what it
// takes to partition it, and the questions to ask of it.
//
//	ddl -location s3://bucket/prefix/ -layout s3-daily -accounts 123456789012 -regions us-east-1
//	zcat x.log.gz | head -n 1 | ddl -format - -location s3://bucket/
//	aws s3 ls --recursive s3://bucket/ | ddl -location s3://bucket/ -layout firehose -explicit -keys
//	ddl -location s3://bucket/prefix/ -database logs -terraform
//
// Statements are separated by ";" and each stands under a comment with its
// name. Athena takes one statement at a time, so -json prints them as a list of
// objects with one statement each. -glue, -cloudformation and -terraform print
// the table as those take it, and no statements. What breaks a rule is one line
// on standard error and exit status 1; wrong flags are status 2.
package main

import (
	"context"
	"io"
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

// run is main with its surroundings. It returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	c := command{in: in, Command: cli.Command{
		Name:    "ddl",
		Purpose: "ddl prints the Athena statements of a flow log in S3: its table, its partitions, a view, copies as Parquet and Iceberg, and the questions to ask of it.",
		Examples: []string{
			"ddl -location s3://bucket/ -layout s3-daily -format 5 -accounts 123456789012 -regions us-east-1 -since 2026-11-22",
			"aws s3 ls --recursive s3://bucket/ | ddl -location s3://bucket/ -explicit -keys",
			"ddl -location s3://bucket/vpc/ -queries OutboundPorts -cidr 10.0.0.0/8 -from 2026-11-22 -to 2026-11-23",
		},
		Reads:  "Nothing is read but standard input, for -format - and -keys, and nothing is run. Statements go to standard output.",
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

// command is what the flags say.
type command struct {
	cli.Command
	in             io.Reader
	table          athena.Table
	params         athena.Params
	queries        []string
	format         string
	view, parquet  string
	iceberg        string
	explicit, keys bool

	json, glue, terraform, cloudformation bool
}

func (c *command) define() {
	t, p, f := &c.table, &c.params, c.Flags()
	f.StringVar(&c.format, "format", "2", "`format` of the log: "+cli.FormatHelp+", or - for names or a header line on standard input")
	f.StringVar(&t.Location, "location", "", "where the log lies: `s3://bucket/folder/`")
	f.TextVar(&t.Layout, "layout", athena.Firehose, "`layout` below the location: unpartitioned, firehose, s3-daily, s3-hourly, s3-hive-daily, s3-hive-hourly")
	f.TextVar(&t.Storage, "storage", athena.Text, "`storage` of the files: text, regex (as in the article) or parquet; or iceberg, with -layout unpartitioned")
	f.TextVar(&t.Columns, "columns", athena.AWSNames, "column `names`: aws (srcport) or article (sourceport)")
	f.StringVar(&t.Database, "database", "", "the table's `database`, if not that of the query's context")
	f.StringVar(&t.Name, "table", "vpc_flow_logs", "the table's `name`")
	f.StringVar(&t.Prefix, "prefix", "", "custom `prefix` of the firehose layout, such as dt=!{timestamp:yyyy-MM-dd}/")
	f.BoolVar(&c.explicit, "explicit", false, "keep the partitions in the catalog instead of having Athena compute them")
	f.Func("accounts", "`ids` of the accounts that deliver to S3, separated by commas", list(&t.Accounts))
	f.Func("regions", "`names` of the Regions that deliver to S3, separated by commas", list(&t.Regions))
	c.TimeFlag("since", &t.Since, "the `time` the log begins, such as 2026-11-22 or 2026-11-22T05:00:00Z")
	c.TimeFlag("until", &t.Until, "the `time` before which the log ends, if it does")
	f.TextVar(&t.Header, "header", athena.HeaderAuto, "whether text `files` begin with a header line: auto, line or none")
	f.StringVar(&t.ServiceKey, "service", "", "`name` of the service's folder in the s3-hive layouts: aws-service, or service as for transit gateways")
	f.BoolVar(&c.keys, "keys", false, "read S3 keys from standard input and add their partitions: one on a line, several with tabs between, or what aws s3 ls --recursive prints")
	f.StringVar(&c.view, "view", "", "also print a view of this `name`")
	f.StringVar(&c.parquet, "parquet", "", "also print the statement that copies the log as Parquet to this `location`")
	f.StringVar(&c.iceberg, "iceberg", "", "also print an Iceberg table and the statements that merge the log of -from to -to into it: its `location`, or s3tablescatalog/BUCKET and -database")
	f.Func("queries", "also print these `questions`: all, or names separated by commas", list(&c.queries))
	c.CIDRFlag(&p.CIDRs, "our addresses, for the questions: `prefixes` separated by commas")
	c.TimeFlag("from", &p.From, "ask about flows from this `time` on")
	c.TimeFlag("to", &p.To, "ask about flows before this `time`")
	f.IntVar(&p.Limit, "limit", 10, "`rows` of an answer")
	f.BoolVar(&c.json, "json", false, "print a list of {\"name\", \"description\", \"sql\"}")
	f.BoolVar(&c.glue, "glue", false, "print the table for aws glue create-table --table-input")
	f.BoolVar(&c.cloudformation, "cloudformation", false, "print the table as a CloudFormation template")
	f.BoolVar(&c.terraform, "terraform", false, "print the table as a Terraform resource")
}

func list(to *[]string) func(string) error {
	return func(s string) error {
		*to = strings.Split(s, ",")
		return nil
	}
}
