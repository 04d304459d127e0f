package parquet

import (
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// fit maps records of one format to the columns of a file.
type fit struct {
	same    bool             // the format and the file have the same columns
	missing flowlog.FieldSet // fields that the file does not have
	// extras has, for each value of Record.Extra, the index of its column among
	// the unknown columns of the file, or -1 if the file does not have it.
	extras []int
	values []string // scratch space, one value for each unknown column of the file
}

// fit returns the fit of records of the format f.
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

// lacks reports whether the format has a column that the file does not have.
func (x *fit) lacks() bool {
	for _, place := range x.extras {
		if place < 0 {
			return true
		}
	}
	return x.missing.Len() > 0
}

// apply puts the values of rec.Extra in the order of the file. It returns a
// *flowlog.ParseError without a line number if the file has no column for a
// value.
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

// quote returns a copy of the first 64 bytes of a text, for
// flowlog.ParseError.Value.
func quote(s string) string { return strings.Clone(s[:min(len(s), 64)]) }
