package parquet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// All returns an iterator over the rest of the records; it can be used once.
// For a row that is no record it yields a *flowlog.ParseError, and the loop may
// go on. Any other error is the last thing it yields; the end of the file is
// none.
//
// The record is valid until the next step of the loop. Its strings may be kept, the
// record itself must be copied. The loop may change it with Set, SetInt and SetAddr; a
// member that is changed without Fields must be changed back.
func (r *Reader) All() iter.Seq2[*flowlog.Record, error] {
	return func(yield func(*flowlog.Record, error) bool) {
		for {
			rec, err := r.next()
			if err == io.EOF || !yield(rec, err) {
				return
			}
			if err != nil {
				if _, ok := errors.AsType[*flowlog.ParseError](err); !ok {
					return
				}
			}
		}
	}
}

// Read reads the next record into rec, all of which it resets. Strings in the
// record may be kept; they keep the dictionary or the page they come from in
// memory.
//
// A row with a value that its field cannot have is a *flowlog.ParseError whose
// Line is the row's number in the file, from 1: the next Read goes on after
// it, and rec holds the fields before the bad one. At the end of the file the
// error is io.EOF. Any other error says why the file cannot be read on, and
// every further Read returns it again; it wraps ErrCorrupt or ErrUnsupported,
// or is the error of the file.
func (r *Reader) Read(rec *flowlog.Record) error {
	from, err := r.next()
	*rec = *from
	return err
}

// next returns the next record. With an error that is not a *flowlog.ParseError the
// record is empty.
func (r *Reader) next() (*flowlog.Record, error) {
	if r.taken == r.ready {
		if err := r.nextBlock(); err != nil {
			return new(flowlog.Record), err
		}
	}
	i := r.taken
	r.taken++
	rec, row := &r.block.recs[i], r.selected[r.pos]
	r.pos++
	if len(r.unknown) == 0 && !r.block.bad[i] {
		return rec, nil
	}
	err := r.finish(rec, row, r.block.bad[i])
	r.block.note(i)
	return rec, err
}

// nextBlock fills the next records of the batch, or of the next batch.
func (r *Reader) nextBlock() error {
	for r.pos == len(r.selected) {
		if r.err == nil {
			r.err = r.nextBatch()
		}
		if r.err != nil {
			r.selected, r.pos = nil, 0
			return r.err
		}
	}
	rows := r.selected[r.pos:min(r.pos+blockRows, len(r.selected))]
	r.block.reset(len(rows), r.fields)
	for i := range r.bindings {
		r.bindings[i].rows(rows)
	}
	for i := range rows {
		r.block.note(i)
	}
	r.taken, r.ready = 0, len(rows)
	return nil
}

// finish does what is to be done for few records, one by one: those with columns of
// unknown name, and bad ones.
func (r *Reader) finish(rec *flowlog.Record, row int, bad bool) error {
	if bad {
		*rec = flowlog.Record{}
		if err := r.readRow(rec, row); err != nil {
			return err
		}
	}
	extra, err := r.joinExtra(row)
	rec.Extra = extra
	return err
}

// readRow reads a row into rec, which is empty, value by value.
func (r *Reader) readRow(rec *flowlog.Record, row int) error {
	for _, c := range r.columns {
		var err error
		switch {
		case c.field == 0: // joinExtra reads it
		case c.IsText():
			err = c.setText(rec, row)
		default:
			err = c.setInt(rec, row)
		}
		if err != nil {
			if e, ok := errors.AsType[*flowlog.ParseError](err); ok {
				e.Line = int(r.row) + row + 1
			}
			return err
		}
	}
	return nil
}

// joinExtra returns the values of unknown columns as they are in a record.
func (r *Reader) joinExtra(row int) (string, error) {
	size := 0
	r.extra = r.extra[:0]
	for _, c := range r.unknown {
		s := c.extra(row)
		r.extra = append(r.extra, s)
		size += len(s) + 1
	}
	if size > r.budget {
		return "", fmt.Errorf("parquet: %w: the columns of unknown name of a row take more memory than ReaderOptions.MaxMemory", ErrUnsupported)
	}
	return strings.Join(r.extra, " "), nil
}
