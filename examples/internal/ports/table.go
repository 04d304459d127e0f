package ports

import (
	"fmt"
	"io"
	"strconv"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// WriteTables writes both answers as tables. The lists may be the first of
// more; the totals say how many ports there are.
func WriteTables(w io.Writer, source []SourceCount, sourceTotal int, outbound []OutboundCount, outboundTotal int) error {
	t := cli.NewTable("source ports of our addresses", " records", "")
	for _, s := range source {
		t.Row(strconv.Itoa(int(s.Port)), cli.Count(s.Count), Service(s.Port))
	}
	if err := write(w, t, sourceTotal); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	t = cli.NewTable("ports we open outbound", " records", "")
	for _, o := range outbound {
		t.Row(fmt.Sprintf("%d/%v", o.Port.Port, o.Protocol), cli.Count(o.Count), Service(o.Port.Port))
	}
	return write(w, t, outboundTotal)
}

// write writes a table and how many rows it leaves out.
func write(w io.Writer, t *cli.Table, total int) error {
	if t.Len() == 0 {
		t.Row("none")
		total = 1
	}
	if _, err := t.WriteTo(w); err != nil {
		return err
	}
	if more := total - t.Len(); more > 0 {
		if _, err := fmt.Fprintf(w, "and %s more\n", cli.Count(int64(more))); err != nil {
			return err
		}
	}
	return nil
}
