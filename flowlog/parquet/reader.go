package parquet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/vpcflow/vpcflow/flowlog"
)

// ReaderOptions says what a Reader reads. The zero ReaderOptions, or a nil
// pointer, reads everything.
type ReaderOptions struct {
	// Fields are the fields to read, all if zero. The columns of other fields,
	// and columns of unknown name, are not touched.
	Fields flowlog.FieldSet
}

// Reader reads records from a Parquet file.
type Reader struct {
	format  *flowlog.Format
	columns []column
	keep    []bool
	file    *parquet.File
	group   int
	rows    parquet.Rows
	buf     []parquet.Row
	pos, n  int
	row     int
	err     error
}

// NewReader returns a Reader of the file of the given size in r.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) { return NewReaderWith(r, size, nil) }

// NewReaderWith is NewReader with options.
func NewReaderWith(r io.ReaderAt, size int64, opts *ReaderOptions) (pr *Reader, err error) {
	defer guard(&err)
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("parquet: open: %w: %w", ErrCorrupt, err)
	}
	pr = &Reader{file: file, buf: make([]parquet.Row, 64)}
	names := []string{}
	for _, c := range file.Root().Columns() {
		if !c.Leaf() {
			return nil, fmt.Errorf("parquet: open: %w: column %q is nested", ErrUnsupported, c.Name())
		}
		names = append(names, c.Name())
	}
	pr.format, err = flowlog.ParseFormat(strings.Join(names, " "))
	if pr.format == nil {
		return nil, fmt.Errorf("parquet: open: %w", err)
	}
	pr.columns = columnsOf(pr.format)
	for _, c := range pr.columns {
		pr.keep = append(pr.keep, opts == nil || opts.Fields == flowlog.FieldSet{} || opts.Fields.Has(c.field))
	}
	return pr, nil
}

// guard turns a panic of the library below into an error: it trusts files.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("parquet: %w: %v", ErrCorrupt, p)
	}
}

// Format returns the columns of the file.
func (r *Reader) Format() *flowlog.Format { return r.format }

// Read reads the next record into rec, all of which it resets.
func (r *Reader) Read(rec *flowlog.Record) (err error) {
	*rec = flowlog.Record{}
	if r.err != nil {
		return r.err
	}
	defer func() {
		if _, ok := errors.AsType[*flowlog.ParseError](err); err != nil && !ok {
			r.err = err
		}
	}()
	defer guard(&err)
	for r.pos == r.n {
		if r.rows == nil {
			groups := r.file.RowGroups()
			if r.group == len(groups) {
				return io.EOF
			}
			r.rows = groups[r.group].Rows()
			r.group++
		}
		r.pos = 0
		r.n, err = r.rows.ReadRows(r.buf)
		if err != nil && err != io.EOF {
			return fmt.Errorf("parquet: read: %w", err)
		}
		if r.n == 0 {
			r.rows.Close()
			r.rows = nil
		}
	}
	row := r.buf[r.pos]
	r.pos++
	r.row++
	var extra []string
	for i, c := range r.columns {
		v := row[i]
		if !r.keep[i] {
			continue
		}
		text := "-"
		if !v.IsNull() {
			switch v.Kind() {
			case parquet.ByteArray:
				text = string(v.ByteArray())
			case parquet.Int32:
				text = strconv.Itoa(int(v.Int32()))
			case parquet.Int64:
				text = strconv.FormatInt(v.Int64(), 10)
			default:
				return fmt.Errorf("parquet: column %q: %w: %v", c.name, ErrUnsupported, v.Kind())
			}
		}
		if text == "" || text == "None" {
			text = "-"
		}
		if c.field == 0 {
			extra = append(extra, text)
			continue
		}
		if err := rec.Set(c.field, text); err != nil {
			if pe, ok := errors.AsType[*flowlog.ParseError](err); ok {
				pe.Line = r.row
			}
			return err
		}
	}
	rec.Extra = strings.Join(extra, " ")
	return nil
}

// All returns an iterator over the rest of the records; it can be used once.
func (r *Reader) All() iter.Seq2[*flowlog.Record, error] {
	return func(yield func(*flowlog.Record, error) bool) {
		var rec flowlog.Record
		for {
			err := r.Read(&rec)
			if err == io.EOF || !yield(&rec, err) {
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

// Close ends the reading. It does not close the underlying file.
func (r *Reader) Close() error {
	if r.rows != nil {
		r.rows.Close()
		r.rows = nil
	}
	r.err = ErrClosed
	return nil
}
