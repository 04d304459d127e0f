package parquet

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// column is a column of a file that is written: a field, or a column of unknown name.
type column struct {
	pack.Column
	field flowlog.Field // zero for a column of unknown name
	extra int           // index among the values of Record.Extra, for a column of unknown name
}

// fileType returns the Parquet type for fields of type t.
func fileType(t flowlog.Type) format.Type {
	switch t {
	case flowlog.TypeInt32:
		return format.Int32
	case flowlog.TypeInt64:
		return format.Int64
	}
	return format.ByteArray
}

// specs returns the schema of columns.
func specs(columns []column) []pack.Column {
	s := make([]pack.Column, len(columns))
	for i, c := range columns {
		s[i] = c.Column
	}
	return s
}

// columnsOf returns the columns of a format, in its order. Query engines ignore the case of
// names, so a name that would occur twice gets a number.
func columnsOf(f *flowlog.Format) []column {
	names := f.Columns()
	cols := make([]column, len(names))
	taken := make(map[string]bool)
	for i, field := range f.Fields() {
		if field != 0 {
			taken[names[i]] = true
		}
	}
	extra := 0
	for i, field := range f.Fields() {
		cols[i] = column{Column: pack.Column{Name: names[i], Type: fileType(field.Type())}, field: field}
		if field != 0 {
			continue
		}
		cols[i].extra = extra
		extra++
		for n := 2; taken[strings.ToLower(cols[i].Name)]; n++ {
			cols[i].Name = fmt.Sprintf("%s_%d", names[i], n)
		}
		taken[strings.ToLower(cols[i].Name)] = true
	}
	return cols
}
