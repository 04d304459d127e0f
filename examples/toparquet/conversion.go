package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// conversion is one run of the command.
type conversion struct {
	*options
	stdin    io.Reader
	stdout   io.Writer
	progress *cli.Progress

	result      // of the files that are complete
	outputs int // how many
	errs    []error
}

// result is what came of some logs.
type result struct {
	stats   flowlog.Stats
	read    int64    // bytes, as they lie in the logs
	written int64    // bytes
	bad     []string // the first bad lines
}

// maxBad is how many bad lines are shown.
const maxBad = 5

// inputError is a log that could not be read.
type inputError struct {
	index int // in its group
	err   error
}

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

func (c *conversion) fail(err error) { c.errs = append(c.errs, err) }

// run converts everything.
func (c *conversion) run(ctx context.Context) {
	inputs, errs := list(ctx, c.paths)
	c.errs = errs
	folder := c.out != "-" && isFolder(c.out)
	m := &meter{progress: c.progress}
	found := inputs[:0]
	for _, in := range inputs {
		if ctx.Err() != nil {
			return
		}
		if err := in.probe(ctx, c.stdin, c.format); err != nil {
			c.fail(plain(in.path, err))
			continue
		}
		found = append(found, in)
		m.total += in.size
	}
	if slices.ContainsFunc(found, func(in *input) bool { return in.stream }) {
		m.total = 0 // not known
	}
	switch {
	case folder:
		c.folder(ctx, found, m)
	case len(c.errs) == 0:
		c.file(ctx, found, m)
	}
}

// file converts all logs to one file or to standard output, or none of them.
func (c *conversion) file(ctx context.Context, inputs []*input, m *meter) {
	g, err := single(inputs)
	if err == nil && len(inputs) == 0 {
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
func (c *conversion) folder(ctx context.Context, inputs []*input, m *meter) {
	groups := merge(inputs, int64(c.target))
	if len(groups) == 0 {
		if len(c.errs) == 0 {
			c.fail(errors.New("there are no records"))
		}
		return
	}
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		c.fail(plain(c.out, err))
		return
	}
	for i, name := range names(groups) {
		c.most(ctx, groups[i], filepath.Join(c.out, name), m)
	}
}

// most converts to one file those logs that can be read to their end. If one
// fails in the middle, those behind it are read, to leave out all that fail at
// once, and the file is made anew of the others: so each log is read twice and no
// more, however many fail, unless some change meanwhile.
func (c *conversion) most(ctx context.Context, g *group, path string, m *meter) {
	for len(g.inputs) > 0 && ctx.Err() == nil {
		err := c.group(ctx, g, path, m)
		if err == nil {
			return
		}
		c.fail(err)
		ie, ok := errors.AsType[*inputError](err)
		if !ok {
			return
		}
		good := g.inputs[:ie.index:ie.index]
		for _, in := range g.inputs[ie.index+1:] {
			if err := c.check(ctx, in, m); err != nil {
				c.fail(plain(in.path, err))
			} else {
				good = append(good, in)
			}
		}
		g.inputs = good
		for _, in := range good {
			m.total += in.size
		}
	}
}

// check reads a log to its end.
func (c *conversion) check(ctx context.Context, in *input, m *meter) error {
	src, err := in.open(m)
	if err != nil {
		return err
	}
	defer src.Close()
	r := flowlog.NewReader(src, c.format)
	r.ReuseText = true
	var rec flowlog.Record
	for ctx.Err() == nil {
		err := r.Read(&rec)
		if err == io.EOF {
			return nil
		}
		if _, bad := errors.AsType[*flowlog.ParseError](err); err != nil && !bad {
			return err
		}
	}
	return context.Cause(ctx)
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
		if _, ok := errors.AsType[*inputError](err); ok || path == "-" {
			return err
		}
		return plain(path, err)
	}
	c.outputs++
	c.add(res)
	return nil
}

// write writes one file to its end.
func (c *conversion) write(ctx context.Context, o *output, g *group, m *meter) (res result, err error) {
	w := parquet.NewWriter(o, g.format, &c.parquet)
	for i, in := range g.inputs {
		before := m.done.Load()
		st, err := c.append(ctx, w, in, m, &res)
		if err != nil {
			o.stop.Store(true)
			_ = w.Close() // ends its goroutines; nothing is written any more
			if o.err != nil {
				return res, o.err
			}
			return res, &inputError{i, plain(in.path, err)}
		}
		res.read += m.done.Load() - before
		res.stats.Add(st)
	}
	err = w.Close()
	res.written = o.n
	return res, err
}

// append adds one log to a file.
func (c *conversion) append(ctx context.Context, w *parquet.Writer, in *input, m *meter, res *result) (flowlog.Stats, error) {
	src, err := in.open(m)
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
			res.bad = append(res.bad, plain(in.path, pe).Error())
		}
		return nil
	}})
	if err == nil && st.Records == 0 && st.Bad > 0 {
		err = fmt.Errorf("%w: %w", errNoLog, first)
	}
	return st, err
}

// add adds what came of a file.
func (c *conversion) add(r result) {
	c.stats.Add(r.stats)
	c.read += r.read
	c.written += r.written
	c.bad = append(c.bad, r.bad[:min(len(r.bad), maxBad-len(c.bad))]...)
}

// summary is a line about the files that are complete.
func (c *conversion) summary() string {
	s := fmt.Sprintf("%s, %s, %s in, %s out", cli.Counted(c.stats.Records, "record"),
		cli.Counted(c.stats.Bad, "bad line"), cli.Counted(c.read, "byte"), cli.Counted(c.written, "byte"))
	if c.written > 0 {
		s += fmt.Sprintf(", ratio %.2f", float64(c.read)/float64(c.written))
	}
	return s + ", " + cli.Counted(int64(c.outputs), "file")
}
