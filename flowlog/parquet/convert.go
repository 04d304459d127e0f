package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/vpcflow/vpcflow/flowlog"
)

// ConvertOptions says how Convert reads and writes. The zero ConvertOptions,
// or a nil pointer, is the default.
type ConvertOptions struct {
	Options       // how the file is written
	AppendOptions // how the log is read
}

// AppendOptions says how a log is read. The zero AppendOptions, or a nil
// pointer, is the default.
type AppendOptions struct {
	// Format is the format of the lines as long as no header line names
	// another, flowlog.V2 if nil.
	Format *flowlog.Format

	// OnBad is called for each line that is not in the file: because it does
	// not parse; with the cause ErrUTF8, because it has text that is not UTF-8;
	// or, with the cause ErrColumn, because it has a value for a column the
	// file does not have, which can only happen after a second, different
	// header. If it returns an error, Convert or Append stops and returns that
	// error. If OnBad is nil, such lines are only counted.
	OnBad func(*flowlog.ParseError) error

	// OnProgress is called with the counts so far, every 65,536 lines or so,
	// and at the end.
	OnProgress func(flowlog.Stats)
}

// progressLines is after how many lines Convert tells how far it is.
const progressLines = 1 << 16

// Convert reads the log src, text or gzip in any shape that flowlog.Reader
// reads, and writes it to dst as a Parquet file. It returns the counts of the
// lines read; each is a row of the file or among the bad ones.
//
// The columns of the file are those of the format in force at the first
// record: of the header line, if there is one, or else of opts.Format. A log
// without records becomes a file without rows.
//
// Decompressing, parsing and encoding go on side by side, unless opts.Workers
// is 1, and in the order of the log. Memory is that of a Writer and 32 MiB of text
// read ahead, whatever the size of the log.
//
// When ctx is done, Convert stops with an error that wraps its cause, before it
// reads src again; a Read of src that blocks holds it up. After any error dst
// holds a part of a file without a footer, which no reader takes for a file. No
// goroutine of Convert is left when it returns. src and dst are read and written
// in goroutines of their own, unless opts.Workers is 1; if one panics or calls runtime.Goexit, so does
// Convert.
func Convert(ctx context.Context, dst io.Writer, src io.Reader, opts *ConvertOptions) (flowlog.Stats, error) {
	var o ConvertOptions
	if opts != nil {
		o = *opts
	}
	w := NewWriter(dst, nil, &o.Options)
	defer w.abandon() // also after a panic or runtime.Goexit of dst, src or OnBad
	stats, err := w.Append(ctx, src, &o.AppendOptions)
	if err != nil {
		return stats, err
	}
	return stats, w.Close()
}

// Append adds the records of the log src as Convert does, so that many logs
// become one file. The counts returned are of src alone; the file's metadata has
// those of all. Nil options are the default.
//
// If the Writer was made with a nil format, the first log gives it its columns.
// A log that has columns the file does not have is an error that wraps
// ErrColumn. Then nothing of it has been added or counted, and the Writer can
// still be used and closed; so it can after an error of src, of opts.OnBad or of
// ctx, and the records up to there are in the file.
func (w *Writer) Append(ctx context.Context, src io.Reader, opts *AppendOptions) (flowlog.Stats, error) {
	var o AppendOptions
	if opts != nil {
		o = *opts
	}
	if w.err != nil {
		return flowlog.Stats{}, w.err
	}
	src = &source{ctx: ctx, src: src}
	if w.opts.Workers != 1 {
		ahead := newReadAhead(ctx, src, w.short)
		defer ahead.close()
		src = ahead
	}
	a := appender{w: w, opts: &o}
	a.r = flowlog.NewReader(&source{ctx: ctx, src: src, before: a.progress}, o.Format)
	a.r.ReuseText = true // Write copies
	err := a.run()
	if a.lacks {
		return flowlog.Stats{}, err
	}
	stats := a.stats()
	w.addSource(stats)
	if o.OnProgress != nil && (a.told == 0 || a.told < stats.Lines) {
		o.OnProgress(stats)
	}
	return stats, err
}

// source is a log that ends when a context is done.
type source struct {
	ctx    context.Context
	src    io.Reader
	before func() // each Read, if it is not nil
}

func (s *source) Read(b []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	if s.before != nil {
		s.before()
	}
	return s.src.Read(b)
}

// appender is one call of Append.
type appender struct {
	w      *Writer
	r      *flowlog.Reader
	opts   *AppendOptions
	told   int64           // lines, when OnProgress was last called
	format *flowlog.Format // of the last record
	fit    fit             // of it to the columns of the file
	lacks  bool            // the file lacks columns of the first record
	lost   flowlog.Stats   // records that are not in the file
}

// progress tells how far it is, if it has come far since.
func (a *appender) progress() {
	if a.opts.OnProgress == nil {
		return
	}
	if s := a.stats(); s.Lines-a.told >= progressLines {
		a.told = s.Lines
		a.opts.OnProgress(s)
	}
}

// stats returns the counts so far.
func (a *appender) stats() flowlog.Stats {
	s := a.r.Stats()
	s.Records -= a.lost.Records
	s.NoData -= a.lost.NoData
	s.SkipData -= a.lost.SkipData
	s.OtherStatus -= a.lost.OtherStatus
	s.Bad += a.lost.Records
	return s
}

// run adds the records.
func (a *appender) run() error {
	for rec, err := range a.r.All() {
		if err == nil {
			err = a.add(rec)
		}
		if err == nil {
			continue
		}
		if a.w.err != nil || a.lacks {
			return err
		}
		pe, ok := errors.AsType[*flowlog.ParseError](err)
		if !ok {
			return fmt.Errorf("parquet: convert: %w", err)
		}
		if a.opts.OnBad != nil {
			if err := a.opts.OnBad(pe); err != nil {
				return err
			}
		}
	}
	return a.w.begin(a.r.Format())
}

// add adds one record.
func (a *appender) add(rec *flowlog.Record) error {
	if f := a.r.Format(); f != a.format {
		first := a.format == nil
		if err := a.w.begin(f); err != nil {
			return err
		}
		a.format, a.fit = f, a.w.fit(f)
		if a.lacks = first && a.fit.lacks(); a.lacks {
			return fmt.Errorf("parquet: append: %w: %s", ErrColumn, f)
		}
	}
	var err error
	if !a.fit.same {
		err = a.fit.apply(rec)
	}
	if err == nil {
		err = a.w.Write(rec)
	}
	if pe, ok := err.(*flowlog.ParseError); ok {
		pe.Line = a.r.Line()
		a.lost.AddRecord(rec)
	}
	return err
}
