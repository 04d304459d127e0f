package cli

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Table is text in aligned columns. A column whose title begins with a space is
// aligned to the right.
type Table struct {
	rows  [][]string // the first has the titles
	right []bool     // for each column, whether it is aligned to the right
}

// NewTable returns a Table with the given titles.
func NewTable(titles ...string) *Table {
	t := new(Table)
	row := make([]string, len(titles))
	for i, s := range titles {
		row[i] = strings.TrimPrefix(s, " ")
		t.right = append(t.right, row[i] != s)
	}
	t.rows = append(t.rows, row)
	return t
}

// Row adds a row with at most one cell for each column. It applies [Printable] to
// the cells.
func (t *Table) Row(cells ...string) {
	row := make([]string, len(cells))
	for i, s := range cells {
		row[i] = Printable(s)
	}
	t.rows = append(t.rows, row)
}

// Len returns the number of rows without the titles.
func (t *Table) Len() int { return len(t.rows) - 1 }

// WriteTo writes the table, with two spaces between columns and none at the end
// of a line.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	widths := make([]int, len(t.right))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.right[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// Count returns a number with commas between thousands, such as "1,234,567".
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Counted returns a number and a noun, with an s for the plural, such as
// "2 files".
func Counted(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Count(n) + " " + noun
}
