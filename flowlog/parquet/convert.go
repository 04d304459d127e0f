package parquet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/internal/ahead"
	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
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

	// OnBad is called for each line that is not written to the file. The cause
	// is ErrUTF8 if the line has text that is not UTF-8. It is ErrColumn if the
	// line has a value for a column that the file does not have, which happens
	// only after a second, different header line. Otherwise the line does not
	// parse. If OnBad returns an error, Convert or Append stops and returns it.
	// If OnBad is nil, such lines are only counted.
	OnBad func(*flowlog.ParseError) error

	// OnProgress is called with the counts so far, about every 65,536 lines
	// and at the end.
	OnProgress func(flowlog.Stats)
}

// progressLines is the number of lines between two calls of OnProgress.
const progressLines = 1 << 16

// Convert reads the log src, which is text or gzip as flowlog.Reader accepts
// it, and writes it to dst as a Parquet file. It returns the counts of the lines
// read. Each line is a row of the file, a header or blank line, or counted as
// bad.
//
// The columns of the file are those of the header line before the first record,
// or of opts.Format if there is none. A log without records becomes a file
// without rows.
//
// Unless opts.Workers is 1, Convert decompresses, parses and encodes in
// parallel, and keeps the order of the log. It needs the memory of a Writer and
// 16 MiB for text read ahead, whatever the size of the log.
//
// When ctx is done, Convert stops before its next Read of src and returns an
// error that wraps the context's cause. It cannot interrupt a Read. After an
// error, dst holds a part of a file without a footer, which readers refuse. No
// goroutine of Convert is left when it returns. Unless opts.Workers is 1,
// Convert calls src and dst in other goroutines. If one of them panics or calls
// runtime.Goexit, so does Convert.
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

// Append adds the records of the log src, as Convert does. With several calls,
// several logs become one file. The counts returned are those of src; the
// metadata of the file has the sums. Nil options are the default.
//
// If the Writer was made with a nil format, the first log sets the columns. If a
// later log has columns that the file does not have, Append returns an error
// that wraps ErrColumn, and adds and counts nothing of that log. The Writer can
// be used further after this error, and after an error of src, opts.OnBad or
// ctx; in the latter case, the records before the error are in the file.
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
		r := ahead.New(ctx, &unpacked{src: bufio.NewReaderSize(src, ahead.BlockSize)}, aheadBlocks)
		r.Start()
		defer r.Stop()
		src = r
	}
	a := appender{w: w, opts: &o}
	a.r = flowlog.NewReader(&source{ctx: ctx, src: src, before: a.progress}, o.Format)
	a.r.ReuseText = true // Write does not keep the text
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

// source is an io.Reader that returns the context's cause when the context is
// done.
type source struct {
	ctx    context.Context
	src    io.Reader
	before func() // called before each Read; may be nil
}

func (s *source) Read(b []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, gunzip.NoEOF(context.Cause(s.ctx)) // io.EOF would be a regular end
	}
	if s.before != nil {
		s.before()
	}
	return s.src.Read(b)
}

// aheadBlocks is how many blocks Append reads ahead, 16 MiB. Decompressing is its slowest
// step, so it must not stop while the text waits for a row group to be encoded.
const aheadBlocks = 128

// unpacked is an io.Reader of the text of a log.
type unpacked struct {
	src    *bufio.Reader
	unpack gunzip.Unpacker
	text   io.Reader // nil before the first read
}

func (u *unpacked) Read(b []byte) (n int, err error) {
	if u.text == nil {
		if u.text, err = u.unpack.Text(u.src); err != nil {
			return 0, err
		}
	}
	return u.text.Read(b)
}

// appender is the state of one call of Append.
type appender struct {
	w      *Writer
	r      *flowlog.Reader
	opts   *AppendOptions
	told   int64           // Lines at the last call of OnProgress
	format *flowlog.Format // of the last record
	fit    fit             // maps format to the columns of the file
	lacks  bool            // the file lacks a column of the first format
	lost   flowlog.Stats   // records that parsed but were not written
}

// progress calls OnProgress if progressLines were read since the last call.
func (a *appender) progress() {
	if a.opts.OnProgress == nil {
		return
	}
	if s := a.stats(); s.Lines-a.told >= progressLines {
		a.told = s.Lines
		a.opts.OnProgress(s)
	}
}

// stats returns the counts so far. A record that was not written counts as bad.
func (a *appender) stats() flowlog.Stats {
	s := a.r.Stats()
	s.Records -= a.lost.Records
	s.NoData -= a.lost.NoData
	s.SkipData -= a.lost.SkipData
	s.OtherStatus -= a.lost.OtherStatus
	s.Bad += a.lost.Records
	return s
}

// run adds all records of the log.
func (a *appender) run() error {
	defer a.w.use(&a.w.own)
	for rec, err := range a.r.All() {
		a.w.use(rec)
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

// add adds one record, the one that the Writer uses.
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
		err = a.w.add()
	}
	if pe, ok := err.(*flowlog.ParseError); ok {
		pe.Line = a.r.Line()
		a.lost.AddRecord(rec)
	}
	return err
}
