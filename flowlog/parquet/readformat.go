package parquet

import (
	"fmt"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// formatOf returns the format of a file, its columns, and whether this package wrote it.
// Such a file has the spelling of its unknown columns in its metadata. Nested columns of
// unknown names are left out.
func formatOf(m *decode.FileMeta) (*flowlog.Format, []readColumn, bool, error) {
	if f, _ := flowlog.ParseFormat(m.Keys[keyFormat]); f != nil && f.Len() == len(m.Columns) {
		columns := make([]readColumn, f.Len())
		same := true
		for i, c := range columnsOf(f) {
			same = same && c.Name == m.Columns[i].Name
			columns[i].index, columns[i].field = i, c.field
		}
		if same {
			return f, columns, true, nil
		}
	}
	var columns []readColumn
	var names []string
	taken := make(map[string]bool)
	for i, c := range m.Columns {
		column := readColumn{index: i}
		name := ""
		if f, err := flowlog.ParseField(strings.ToLower(c.Name)); err == nil && !taken[f.Column()] {
			column.field, name = f, f.String()
			taken[f.Column()] = true
		}
		if c.Nested && column.field == 0 {
			continue // it has not one value for each row
		}
		columns, names = append(columns, column), append(names, name)
	}
	for i := range columns {
		if columns[i].field != 0 {
			continue
		}
		name := fieldName(m.Columns[columns[i].index].Name)
		names[i] = name
		for n := 2; taken[columnKey(names[i])] || isField(names[i]); n++ {
			names[i] = fmt.Sprintf("%s_%d", name, n)
		}
		taken[columnKey(names[i])] = true
	}
	f, err := flowlog.ParseFormat(strings.Join(names, " "))
	if f == nil {
		return nil, nil, false, fmt.Errorf("%w: columns: %w", ErrUnsupported, err)
	}
	return f, columns, false, nil
}

// check returns an error for a column whose values the field cannot have.
func (c *readColumn) check() error {
	isTime := c.field.Kind() == flowlog.KindTime && c.Meaning == decode.Timestamp
	switch {
	case c.Nested:
		return fmt.Errorf("parquet: %w: column %.64q is nested", ErrUnsupported, c.Name)
	case c.field.Type() == flowlog.TypeString || c.Meaning == decode.Integer || isTime:
		return nil
	case c.Meaning == decode.Decimal:
		return fmt.Errorf("parquet: %w: column %.64q is a decimal number with %d digits after the point, not an integer", ErrUnsupported, c.Name, c.Scale)
	}
	return fmt.Errorf("parquet: %w: column %.64q is a %v", ErrUnsupported, c.Name, c.Meaning)
}

// isField reports whether name is the name of a field.
func isField(name string) bool {
	_, err := flowlog.ParseField(name)
	return err == nil
}

// columnKey returns a key that is equal for names that query engines or formats consider
// equal.
func columnKey(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

// fieldName converts the name of a column to one that a format can have.
func fieldName(s string) string {
	b := []byte(s[:min(len(s), 200)])
	for i, c := range b {
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			b[i] = '_'
		}
	}
	if len(b) == 0 || !('a' <= b[0]|0x20 && b[0]|0x20 <= 'z') {
		return "column_" + string(b)
	}
	return string(b)
}
