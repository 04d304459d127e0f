// Command redrive sends lines of flow logs that could not be delivered to a
// Firehose stream again. It reads the lines from
//
//   - records of an on-failure destination of Lambda, which have events of the
//     forwarder,
//   - error objects of Firehose, below failed/,
//   - messages of a queue with either of these, as aws sqs receive-message prints
//     them,
//   - objects that a subscription delivered without a transformation,
//   - objects of a CloudWatch Logs export task, whose lines begin with a time,
//   - plain lines.
//
// redrive reads an object to its end before it sends any of it. If the object is
// invalid or of another kind, that is an error: nothing of it is sent, and it is
// not moved. When all lines of an object are accepted, redrive moves it to the
// folder "redriven", which is in the folder of a file, or at the top of a bucket.
// It does not read that folder, so the command can run again at any time. If
// Firehose accepts only some of the lines, redrive first writes the others to a
// new file or object, whose name is the old one with ".rest" at its end, and then
// moves the old one. For standard input it is the first of redrive-1.rest,
// redrive-2.rest, and so on that does not exist. Lines are sent twice only if the
// command is killed between sending and moving.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/flowlog"
)

func main() {
	cli.Main(func(ctx context.Context) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	})
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli.Command{
		Name:    "redrive",
		Purpose: "redrive sends lines that could not be delivered to a Firehose stream again. It reads on-failure records of Lambda, error objects of Firehose, queue messages with these, untransformed subscription objects, export tasks, and plain lines.",
		Args:    "PATH ...",
		Examples: []string{
			"redrive -dry-run s3://amzn-s3-demo-bucket/failed/",
			"redrive -stream flow-logs s3://amzn-s3-demo-bucket/failed/",
			"aws sqs receive-message --queue-url URL --max-number-of-messages 10 | redrive -stream flow-logs -",
		},
		Reads:  "A PATH is a file, a folder, s3://bucket/prefix/, or - for standard input. redrive prints a table with the result for each object, and moves objects that it has sent to the folder redriven.",
		Stdout: stdout, Stderr: stderr,
	}
	r := redrive{stdin: stdin, progress: cli.NewProgress(stderr), table: cli.NewTable("object", "kind", "lines", "result")}
	var stream string
	f := c.Flags()
	f.StringVar(&stream, "stream", "", "the `name` of the stream")
	f.BoolVar(&r.dry, "dry-run", false, "read and count the lines, but send and move nothing")
	f.BoolVar(&r.wrap, "message", false, `send {"message":"..."} instead of lines: for a stream with the function transform`)
	paths, err := c.Parse(args)
	switch {
	case err != nil:
		return c.BadUsage(err)
	case len(paths) == 0:
		return c.BadUsage(errors.New("no PATH"))
	case stream == "" && !r.dry:
		return c.BadUsage(errors.New("-stream is missing"))
	}
	if !r.dry {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return c.Exit(ctx, err)
		}
		if cfg.Region == "" {
			cfg.Region = "us-east-1"
		}
		r.batcher = firehose.NewBatcher(awsfirehose.NewFromConfig(cfg), stream, nil)
	}
	for _, path := range paths {
		if err := r.path(ctx, path); err != nil && ctx.Err() == nil {
			r.failed++
			c.Error(err)
		}
	}
	r.progress.Clear()
	if r.table.Len() > 0 {
		if _, err := r.table.WriteTo(stdout); err != nil {
			return c.Exit(ctx, err)
		}
	}
	c.Print(r.summary())
	switch {
	case r.failed > 0 && r.dry:
		err = errors.New("not all objects are readable")
	case r.failed > 0:
		err = errors.New("not all lines were sent; the others are in the original objects or in .rest objects")
	}
	return c.Exit(ctx, err)
}

// redrive is one run.
type redrive struct {
	stdin    io.Reader
	batcher  *firehose.Batcher // nil if dry
	dry      bool              // -dry-run
	wrap     bool              // -message
	progress *cli.Progress
	table    *cli.Table

	objects, done, failed int            // objects read, sent, and failed
	read, delivered       counts         // lines read and accepted
	control               int64          // control messages
	reader                flowlog.Reader // of isHeader
}

func (r *redrive) summary() string {
	s := fmt.Sprintf("%s read, %s, %s and %s in them", cli.Counted(int64(r.objects), "object"),
		cli.Counted(r.read.lines, "line"), cli.Counted(r.read.headers, "header line"), cli.Counted(r.control, "control message"))
	if r.dry {
		return s + "; nothing sent"
	}
	return fmt.Sprintf("%s; %s delivered, %s not; %s done, %s failed", s, cli.Count(r.delivered.lines), cli.Count(r.read.minus(r.delivered).lines),
		cli.Count(int64(r.done)), cli.Count(int64(r.failed)))
}

// path redrives the objects of a path.
func (r *redrive) path(ctx context.Context, path string) error {
	st, key, err := r.store(ctx, path)
	if err != nil {
		return err
	}
	names, err := st.list(ctx, key)
	if err != nil {
		return err
	}
	var errs []error
	for i, name := range names {
		if ctx.Err() != nil {
			break
		}
		r.progress.Set("redriving", int64(i), int64(len(names)))
		if err := r.object(ctx, st, name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// store returns the store of a path, and the name of the path in it.
func (r *redrive) store(ctx context.Context, path string) (store, string, error) {
	switch {
	case path == "-":
		return pipe{input.Interruptible(ctx, r.stdin)}, path, nil
	case len(path) < 5 || path[:5] != "s3://":
		return files{}, path, nil
	}
	bucket, key, err := input.ParseS3(path)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	client, err := input.NewS3(ctx)
	if err != nil {
		return nil, "", err
	}
	return &bucketStore{client, bucket}, key, nil
}

// object redrives one object.
func (r *redrive) object(ctx context.Context, st store, name string) error {
	shown := cli.Printable(st.show(name))
	fail := func(kind string, lines int, err error) error {
		r.table.Row(shown, kind, cli.Count(int64(lines)), "failed")
		return fmt.Errorf("%s: %w", shown, err)
	}
	r.objects++
	data, err := st.read(ctx, name)
	if err != nil {
		return fail("", 0, err)
	}
	var x extract
	if err := x.read(data); err != nil {
		return fail(x.kind, 0, err)
	}
	all := r.count(x.messages)
	r.read, r.control = r.read.plus(all), r.control+x.control
	n := all.lines
	if r.dry {
		r.table.Row(shown, x.kind, cli.Count(n), "readable")
		return nil
	}
	rest, sendErr := r.send(ctx, x.messages)
	left := r.count(rest)
	missing := left.lines
	r.delivered = r.delivered.plus(all.minus(left))
	switch {
	case sendErr != nil && left == all:
		return fail(x.kind, int(n), sendErr)
	case sendErr != nil:
		// Write the rest even if the context is done.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
		defer cancel()
		restName, err := st.rest(ctx, name, restOf(rest))
		if err != nil {
			return fail(x.kind, int(n), fmt.Errorf("%d of %d lines are delivered and would be sent again: %w", n-missing, n, errors.Join(err, sendErr)))
		}
		if err := st.done(ctx, name); err != nil {
			return fail(x.kind, int(n), errors.Join(err, sendErr))
		}
		r.table.Row(shown, x.kind, cli.Count(n), fmt.Sprintf("%d delivered", n-missing))
		return fmt.Errorf("%s: %d of %d lines not accepted, now in %s: %w", shown, missing, n, cli.Printable(st.show(restName)), sendErr)
	}
	if err := st.done(ctx, name); err != nil {
		return fail(x.kind, int(n), fmt.Errorf("all lines are delivered, but the object could not be moved and would be sent again: %w", err))
	}
	r.done++
	r.table.Row(shown, x.kind, cli.Count(n), "delivered")
	return nil
}
