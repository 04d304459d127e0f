package parquet

import (
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// fit says how records of a format become rows of a file with other columns.
type fit struct {
	same    bool // the columns are those of the file
	missing flowlog.FieldSet
	extras  []int // for each value of Extra, its place among those of the file; -1 if the file has no column for it
	values  []string
}

// fit returns how records of a format fit the file.
func (w *Writer) fit(f *flowlog.Format) fit {
	if f == w.format || f.Equal(w.format) {
		return fit{same: true}
	}
	places := make(map[string]int)
	names := w.format.Names()
	for i, field := range w.format.Fields() {
		if field == 0 {
			places[columnKey(names[i])] = len(places)
		}
	}
	x := fit{values: make([]string, len(places))}
	names = f.Names()
	for i, field := range f.Fields() {
		switch place, ok := places[columnKey(names[i])]; {
		case field != 0:
			if !w.format.FieldSet().Has(field) {
				x.missing = x.missing.With(field)
			}
		case ok:
			x.extras = append(x.extras, place)
		default:
			x.extras = append(x.extras, -1)
		}
	}
	return x
}

// lacks reports whether the file lacks a column of the format.
func (x *fit) lacks() bool {
	for _, place := range x.extras {
		if place < 0 {
			return true
		}
	}
	return x.missing.Len() > 0
}

// apply puts the values of Extra in the order of the file. A value for which the
// file has no column is an error, without a line.
func (x *fit) apply(rec *flowlog.Record) error {
	for f := range x.missing.All() {
		if rec.Has(f) {
			return &flowlog.ParseError{Field: f, Value: quote(rec.Value(f)), Err: ErrColumn}
		}
	}
	for i := range x.values {
		x.values[i] = "-"
	}
	rest := rec.Extra
	for _, place := range x.extras {
		var value string
		if value, rest = cutExtra(rest); value == "" || value == "-" {
			continue
		}
		if place < 0 {
			return &flowlog.ParseError{Value: quote(value), Err: ErrColumn}
		}
		x.values[place] = value
	}
	rec.Extra = strings.Join(x.values, " ")
	return nil
}

// quote returns a copy of a text, cut as flowlog.ParseError has it.
func quote(s string) string { return strings.Clone(s[:min(len(s), 64)]) }
