package parquet

import (
	"fmt"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// column is one column of a file: a field, or a column of unknown name.
type column struct {
	name  string        // in the file
	field flowlog.Field // zero if the name is not known
	typ   flowlog.Type
	extra int // place among the values of Record.Extra, for a column of unknown name
}

// columnsOf returns the columns of a format, in its order. Engines take names
// for equal that differ in case, so a name that would be there twice gets a
// number.
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
		cols[i] = column{name: names[i], field: field, typ: field.Type()}
		if field != 0 {
			continue
		}
		cols[i].extra = extra
		extra++
		for n := 2; taken[strings.ToLower(cols[i].name)]; n++ {
			cols[i].name = fmt.Sprintf("%s_%d", names[i], n)
		}
		taken[strings.ToLower(cols[i].name)] = true
	}
	return cols
}
