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
	Options // of the file

	// Format is the format of the lines if no header names another. Nil is
	// flowlog.V2.
	Format *flowlog.Format

	// OnBad is called for each line that does not parse. If it returns an
	// error, Convert stops with that error. If OnBad is nil, bad lines are
	// only counted.
	OnBad func(*flowlog.ParseError) error

	// OnProgress is called now and then with the counts so far, and once at
	// the end.
	OnProgress func(flowlog.Stats)
}

// Convert reads the text or gzip log src and writes it to dst as a Parquet
// file.
func Convert(ctx context.Context, dst io.Writer, src io.Reader, opts *ConvertOptions) (flowlog.Stats, error) {
	var o ConvertOptions
	if opts != nil {
		o = *opts
	}
	r := flowlog.NewReader(src, o.Format)
	var w *Writer
	var rec flowlog.Record
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := context.Cause(ctx); err != nil {
				return r.Stats(), fmt.Errorf("parquet: convert: %w", err)
			}
		}
		err := r.Read(&rec)
		if err == io.EOF {
			break
		}
		if pe, ok := errors.AsType[*flowlog.ParseError](err); ok {
			if o.OnBad != nil {
				if err := o.OnBad(pe); err != nil {
					return r.Stats(), err
				}
			}
			continue
		}
		if err != nil {
			return r.Stats(), fmt.Errorf("parquet: convert: %w", err)
		}
		if w == nil {
			w = NewWriter(dst, r.Format(), &o.Options)
		}
		if err := w.Write(&rec); err != nil {
			return r.Stats(), err
		}
		if o.OnProgress != nil && n%65536 == 0 {
			o.OnProgress(r.Stats())
		}
	}
	if w == nil {
		w = NewWriter(dst, r.Format(), &o.Options)
	}
	w.stats, w.source = r.Stats(), true
	if err := w.Close(); err != nil {
		return r.Stats(), err
	}
	if o.OnProgress != nil {
		o.OnProgress(r.Stats())
	}
	return r.Stats(), nil
}
