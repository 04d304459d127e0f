package answer

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// column is a column of the table.
type column struct {
	title string // right-aligned if it begins with a space
	rank  int    // columns with the highest rank are omitted first; 0 means never
	cell  func(r *Row) string
}

// columns returns the columns of the table.
func (a *Answer) columns() []column {
	all := []column{
		{headings[a.Question], 0, func(r *Row) string { return r.Service().String() }},
		{"", 5, func(r *Row) string { return r.Name }},
		{" connections", 0, func(r *Row) string { return number(r.Connections) }},
		{" records", 3, func(r *Row) string { return cli.Count(r.Records) }},
		{" packets", 12, func(r *Row) string { return cli.Count(r.Packets) }},
		{" bytes", 2, func(r *Row) string { return Bytes(r.Bytes) }},
		{" accepted", 11, func(r *Row) string { return cli.Count(r.Accepted) }},
		{" rejected", 9, func(r *Row) string { return cli.Count(r.Rejected) }},
		{" ours", 4, func(r *Row) string { return r.atLeast(r.Sources) }},
		{" peers", 1, func(r *Row) string { return r.atLeast(r.Peers) }},
		{"first seen", 8, func(r *Row) string { return minute(r.First) }},
		{"last seen", 7, func(r *Row) string { return minute(r.Last) }},
		{"known by", 10, func(r *Row) string { return r.Evidence }},
		{"ours are", 6, func(r *Row) string { return r.machines() }},
		{"peers are", 6, func(r *Row) string { return few(r.PeerList, r.Peers) }},
	}
	if a.Rejected {
		all[0].title = "rejected: " + all[0].title
	}
	if a.By != Service {
		by := column{a.By.String(), 0, func(r *Row) string { return labelled(r.By, r.Label) }}
		all = slices.Insert(all, 0, by)
	}
	if a.New+len(a.Gone) > 0 {
		all = slices.Insert(all, 0, column{"", 0, func(r *Row) string {
			if r.IsNew() {
				return "new"
			}
			return ""
		}})
	}
	return all
}

// WriteTable writes the answer as tables. If width is not 0, it is that of the terminal,
// and columns that do not fit are omitted.
func (a *Answer) WriteTable(w io.Writer, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", a.Summary(), cli.Printable(a.basis()))
	if a.Question != SourcePorts {
		a.ports(&b, width)
		if len(a.Gone) > 0 {
			fmt.Fprintf(&b, "gone since the baseline: %s\n", cli.Printable(a.gone()))
		}
		b.WriteByte('\n')
	}
	if err := a.writeSourcePorts(&b); err != nil {
		return err
	}
	for _, s := range a.Limits {
		fmt.Fprintf(&b, "\n%s\n", s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary returns a line with the number of files and records.
func (a *Answer) Summary() string {
	parts := []string{cli.Counted(a.Records, "record") + " in " + cli.Counted(int64(a.Files), "file")}
	for _, part := range []struct {
		n    int64
		what string
	}{{a.NoData, "NODATA"}, {a.SkipData, "SKIPDATA"}, {a.Bad, "not parsed"}} {
		if part.n > 0 {
			parts = append(parts, cli.Count(part.n)+" "+part.what)
		}
	}
	return strings.Join(parts, ", ")
}

// basis returns a line with the time of the log, our addresses, and the evidence for the
// clients.
func (a *Answer) basis() string {
	s := "ours: " + a.Ours
	if !a.First.IsZero() {
		s = minute(a.First) + " to " + minute(a.Last) + " UTC, " + s
	}
	return s
}

// ports writes the table of the rows.
func (a *Answer) ports(b *strings.Builder, width int) {
	columns := a.columns()
	cells := make([][]string, 1, 1+len(a.Ports))
	for _, c := range columns {
		cells[0] = append(cells[0], strings.TrimPrefix(c.title, " "))
	}
	for i := range a.Ports {
		row := make([]string, len(columns))
		for j, c := range columns {
			row[j] = cli.Printable(c.cell(&a.Ports[i]))
		}
		cells = append(cells, row)
	}
	keep := fit(columns, cells, width)
	var titles []string
	for _, j := range keep {
		titles = append(titles, columns[j].title)
	}
	t := cli.NewTable(titles...)
	for _, row := range cells[1:] {
		var kept []string
		for _, j := range keep {
			kept = append(kept, row[j])
		}
		t.Row(kept...)
	}
	if t.Len() == 0 {
		t = cli.NewTable(strings.TrimPrefix(columns[0].title, " "))
		t.Row("none")
	}
	_, _ = t.WriteTo(b) // a Builder never fails
	if a.PortsMore > 0 {
		fmt.Fprintf(b, "and %s more: %s, %s\n", cli.Count(int64(a.PortsMore)), cli.Counted(a.Rest.Records, "record"), Bytes(a.Rest.Bytes))
	}
}

// maxCell is the maximum width of a column on a terminal that is too narrow.
const maxCell = 40

// fit returns the indices of the columns that fit into a width. It truncates long cells.
func fit(columns []column, cells [][]string, width int) []int {
	keep := make([]int, len(columns))
	widths := make([]int, len(columns))
	for j := range columns {
		keep[j] = j
		for _, row := range cells {
			if r := []rune(row[j]); width > 0 && len(r) > maxCell {
				row[j] = string(r[:maxCell-1]) + "…"
			}
			widths[j] = max(widths[j], utf8.RuneCountInString(row[j]))
		}
	}
	for {
		sum, worst := -2, -1
		for i, j := range keep {
			sum += widths[j] + 2
			if rank := columns[j].rank; rank > 0 && (worst < 0 || rank >= columns[keep[worst]].rank) {
				worst = i
			}
		}
		if width <= 0 || sum <= width || worst < 0 {
			return keep
		}
		keep = slices.Delete(keep, worst, worst+1)
	}
}

func (a *Answer) writeSourcePorts(w io.Writer) error {
	t := cli.NewTable("source ports of our addresses", " records", "")
	for _, s := range a.SourcePorts {
		t.Row(fmt.Sprint(s.Port), cli.Count(s.Count), PortName(s.Port))
	}
	if t.Len() == 0 {
		t.Row("none")
	}
	if _, err := t.WriteTo(w); err != nil {
		return err
	}
	if a.SourcePortsMore > 0 {
		if _, err := fmt.Fprintf(w, "and %s more\n", cli.Count(int64(a.SourcePortsMore))); err != nil {
			return err
		}
	}
	return nil
}

// gone returns a line with the rows that are gone.
func (a *Answer) gone() string {
	var texts []string
	list, more := first(a.Gone, maxMembers)
	for _, k := range list {
		texts = append(texts, strings.TrimSpace(k.By+" "+k.Service().String()))
	}
	if more > 0 {
		texts = append(texts, "and "+cli.Count(int64(more))+" more")
	}
	return strings.Join(texts, ", ")
}

// machines returns the names of our first machines.
func (r *Row) machines() string {
	if len(r.MachineList) > 0 {
		return few(r.MachineList, max(r.Instances, len(r.MachineList)))
	}
	return few(r.SourceList, r.Sources)
}

// few returns the names of the first two members, and the number of the others.
func few(list []Member, all int) string {
	var texts []string
	for _, m := range list[:min(2, len(list))] {
		texts = append(texts, labelled(m.ID, m.Name))
	}
	s := strings.Join(texts, ", ")
	if more := all - len(texts); more > 0 {
		s += " +" + cli.Count(int64(more))
	}
	return s
}

func labelled(id, name string) string {
	if name == "" {
		return id
	}
	return id + " (" + name + ")"
}

// atLeast returns a number that may be a lower bound, as text.
func (r *Row) atLeast(n int) string {
	if r.AtLeast {
		return cli.Count(int64(n)) + "+"
	}
	return cli.Count(int64(n))
}

func number(n int64) string {
	if n == 0 {
		return "-"
	}
	return cli.Count(n)
}

func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// Bytes returns a number of bytes in units of 1,000, such as "1.2 MB".
func Bytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	f, i := float64(n)/1000, 0
	for f >= 999.95 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
