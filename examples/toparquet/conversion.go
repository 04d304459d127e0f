package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// conversion is one run of the command.
type conversion struct {
	*options
	logs     *input.Source
	stdout   io.Writer
	progress *cli.Progress

	result          // the sums of the complete files
	outputs int     // number of complete files
	already int     // Parquet files found in folders, which are skipped
	errs    []error // reported at the end
}

// result is the result of converting some logs.
type result struct {
	stats   flowlog.Stats
	read    int64    // bytes of the logs, as stored
	written int64    // bytes of Parquet
	bad     []string // messages for the first maxBad bad lines
}

// maxBad is the maximum number of bad lines that are shown.
const maxBad = 5

// sourceError is the error for a log that could not be read.
type sourceError struct {
	index int // the index of the log in group.sources
	err   error
}

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

func (c *conversion) fail(err error) { c.errs = append(c.errs, err) }

// run converts all logs.
func (c *conversion) run(ctx context.Context) {
	m := &meter{progress: c.progress}
	found := c.find(ctx, m)
	switch {
	case ctx.Err() != nil:
	case c.out != "-" && isFolder(c.out):
		c.folder(ctx, found, m)
	case len(c.errs) == 0:
		c.file(ctx, found, m)
	}
}

// find returns the logs and their formats.
func (c *conversion) find(ctx context.Context, m *meter) []*source {
	var found []*source
	streams := false
	for l, err := range c.logs.Logs(ctx, c.paths) {
		if err != nil {
			c.fail(err)
			continue
		}
		if l.Found && path.Ext(l.Name) == ".parquet" {
			c.already++
			continue
		}
		s := &source{Log: l}
		switch err := s.probe(ctx, c.format, m); {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, input.ErrSkipped):
		case errors.Is(err, errParquet) && l.Found:
			c.already++
		case err != nil:
			c.fail(err)
		default:
			found = append(found, s)
			m.total += l.Size
			streams = streams || l.Stream
		}
	}
	if streams {
		m.total = 0
	}
	return found
}

// file converts all logs to one file or to standard output. If one fails, none is
// converted.
func (c *conversion) file(ctx context.Context, sources []*source, m *meter) {
	g, err := single(sources)
	if err == nil && len(sources) == 0 {
		err = errors.New("there are no logs")
	}
	if err == nil {
		err = c.group(ctx, g, c.out, m)
	}
	if err != nil {
		c.fail(err)
	}
}

// folder converts the logs to files in a folder.
func (c *conversion) folder(ctx context.Context, sources []*source, m *meter) {
	groups := merge(sources, int64(c.target))
	if len(groups) == 0 {
		if len(c.errs) == 0 {
			c.fail(errors.New("there are no records"))
		}
		return
	}
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		c.fail(cli.PathError(c.out, err))
		return
	}
	for i, name := range names(groups) {
		c.most(ctx, groups[i], filepath.Join(c.out, name), m)
	}
}

// most converts to one file the logs of a group that can be read to their end. If
// one fails, it reads the logs after it to find all that fail, and writes the
// file again from the others. So it converts each log at most twice, unless logs
// change while it runs.
func (c *conversion) most(ctx context.Context, g *group, path string, m *meter) {
	for len(g.sources) > 0 && ctx.Err() == nil {
		err := c.group(ctx, g, path, m)
		if err == nil {
			return
		}
		c.fail(err)
		ie, ok := errors.AsType[*sourceError](err)
		if !ok {
			return
		}
		good := g.sources[:ie.index:ie.index]
		for _, in := range g.sources[ie.index+1:] {
			if err := c.check(ctx, in, m); err != nil {
				c.fail(err)
			} else {
				good = append(good, in)
			}
		}
		g.sources = good
		for _, in := range good {
			m.total += in.Size
		}
	}
}

// check reads a log to its end and returns the error of reading it.
func (c *conversion) check(ctx context.Context, in *source, m *meter) error {
	src, err := in.open(ctx, m)
	if err != nil {
		return err
	}
	defer src.Close()
	r := flowlog.NewReader(src, c.format)
	r.ReuseText = true
	var rec flowlog.Record
	for {
		err := r.Read(&rec)
		if err == io.EOF {
			return nil
		}
		if _, bad := errors.AsType[*flowlog.ParseError](err); err != nil && !bad {
			return in.named(err)
		}
	}
}

// group converts logs to one file.
func (c *conversion) group(ctx context.Context, g *group, path string, m *meter) error {
	o := &output{w: c.stdout}
	if path != "-" {
		var err error
		if o, err = create(path); err != nil {
			return err
		}
	}
	defer o.discard()
	res, err := c.write(ctx, o, g, m)
	if err == nil {
		err = o.complete()
	}
	if err != nil {
		if _, ok := errors.AsType[*sourceError](err); ok || path == "-" {
			return err
		}
		return cli.PathError(path, err)
	}
	c.outputs++
	c.add(res)
	return nil
}

// write writes a complete file.
func (c *conversion) write(ctx context.Context, o *output, g *group, m *meter) (res result, err error) {
	w := parquet.NewWriter(o, g.format, &c.writer)
	for i, in := range g.sources {
		st, err := c.append(ctx, w, in, m, &res)
		if err != nil {
			o.stop.Store(true)
			_ = w.Close() // ends its goroutines; o writes nothing more
			if o.err != nil {
				return res, o.err
			}
			return res, &sourceError{i, err}
		}
		res.read += in.read
		res.stats.Add(st)
	}
	err = w.Close()
	res.written = o.n
	return res, err
}

// append adds a log to a file.
func (c *conversion) append(ctx context.Context, w *parquet.Writer, in *source, m *meter, res *result) (flowlog.Stats, error) {
	src, err := in.open(ctx, m)
	if err != nil {
		return flowlog.Stats{}, err
	}
	defer src.Close()
	var first *flowlog.ParseError
	st, err := w.Append(ctx, src, &parquet.AppendOptions{Format: c.format, OnBad: func(pe *flowlog.ParseError) error {
		if first == nil {
			first = pe
		}
		if len(res.bad) < maxBad {
			res.bad = append(res.bad, in.named(pe).Error())
		}
		return nil
	}})
	if err == nil && st.Records == 0 && st.Bad > 0 {
		err = fmt.Errorf("%w: %w", errNoLog, first)
	}
	return st, in.named(err)
}

// add adds the result for a complete file.
func (c *conversion) add(r result) {
	c.stats.Add(r.stats)
	c.read += r.read
	c.written += r.written
	c.bad = append(c.bad, r.bad[:min(len(r.bad), maxBad-len(c.bad))]...)
}

// summary returns a line about the complete files.
func (c *conversion) summary() string {
	s := fmt.Sprintf("%s, %s, %s in, %s out", cli.Counted(c.stats.Records, "record"),
		cli.Counted(c.stats.Bad, "bad line"), cli.Counted(c.read, "byte"), cli.Counted(c.written, "byte"))
	if c.written > 0 {
		s += fmt.Sprintf(", ratio %.2f", float64(c.read)/float64(c.written))
	}
	return s + ", " + cli.Counted(int64(c.outputs), "file")
}

// skipped returns a line about skipped files, or "" if there are none.
func (c *conversion) skipped() string {
	n, why := c.logs.Skipped()
	if c.already > 0 {
		n += int64(c.already)
		why = strings.TrimPrefix(why+", "+cli.Count(int64(c.already))+" already Parquet", ", ")
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("skipped %s: %s", cli.Count(n), why)
}
