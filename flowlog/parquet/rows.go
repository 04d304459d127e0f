package parquet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// All returns a single-use iterator over the remaining records. For a row with an invalid
// value it yields a *flowlog.ParseError, and the loop may continue. After any other error
// the iteration ends. The end of the file is not an error and is not yielded.
//
// The record is valid until the next step of the loop; copy it to keep it. Its strings may
// be kept. The loop may change the record with Set, SetInt and SetAddr. If it assigns to a
// member without updating Fields, it must restore the member before the next step.
func (r *Reader) All() iter.Seq2[*flowlog.Record, error] {
	return func(yield func(*flowlog.Record, error) bool) {
		for {
			if r.taken < r.ready && r.block.bad == 0 && len(r.unknown) == 0 {
				r.taken++
				if !yield(&r.block.recs[r.taken-1], nil) {
					return
				}
				continue
			}
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

// Read resets rec and reads the next record into it. Strings of the record may be kept.
// They keep the dictionary or the page that they come from in memory.
//
// For a row with an invalid value the error is a *flowlog.ParseError. Its Line is the number
// of the row in the file, from 1, and rec holds the fields before the invalid one. The next
// Read continues after that row. At the end of the file the error is io.EOF. Any other error
// means that the file cannot be read further, and every further Read returns it again. It
// wraps ErrCorrupt or ErrUnsupported, or is the error of the file.
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
	rec := &r.block.recs[i]
	bad := r.block.bad>>i&1 != 0
	if len(r.unknown) == 0 && !bad {
		return rec, nil
	}
	err := r.finish(rec, r.selected[r.pos-r.ready+i], bad)
	r.block.filled[i] = rec.Fields
	if _, ok := errors.AsType[*flowlog.ParseError](err); err != nil && !ok {
		r.err, r.selected, r.pos, r.taken, r.ready = err, nil, 0, 0, 0
		return new(flowlog.Record), err
	}
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
	r.taken, r.ready = 0, len(rows)
	r.pos += len(rows)
	return nil
}

// finish completes a record that needs more than its bindings: it reads a bad row again,
// value by value, and adds the columns of unknown names.
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

// joinExtra returns the values of the columns of unknown names as Record.Extra has them.
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
