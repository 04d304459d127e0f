package answer

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// WriteCSV writes the rows, or for SourcePorts the source ports, as CSV with a line
// of titles. Lists of members are separated by spaces. A name that a spreadsheet
// would interpret as a formula gets a quote before it.
func (a *Answer) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if a.Question == SourcePorts {
		return a.writeSourceCSV(c)
	}
	titles := []string{
		"by", "label", "port", "protocol", "service", "name", "count", "connections", "records", "packets", "bytes",
		"accepted", "rejected", "sources", "interfaces", "instances", "peers", "first", "last", "evidence", "new",
		"source_list", "machine_list", "peer_list",
	}
	if err := c.Write(titles); err != nil {
		return err
	}
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	for i := range a.Ports {
		r := &a.Ports[i]
		isNew := ""
		if r.New != nil {
			isNew = strconv.FormatBool(*r.New)
		}
		err := c.Write([]string{
			plainText(r.By), plainText(r.Label), n(int64(r.Port)), r.Protocol.String(), r.Service().String(), r.Name,
			n(r.Count), n(r.Connections), n(r.Records), n(r.Packets), n(r.Bytes), n(r.Accepted), n(r.Rejected),
			n(int64(r.Sources)), n(int64(r.Interfaces)), n(int64(r.Instances)), n(int64(r.Peers)),
			stamp(r.First), stamp(r.Last), r.Evidence, isNew,
			ids(r.SourceList), ids(r.MachineList), ids(r.PeerList),
		})
		if err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// writeSourceCSV writes the source ports.
func (a *Answer) writeSourceCSV(c *csv.Writer) error {
	if err := c.Write([]string{"port", "name", "count"}); err != nil {
		return err
	}
	for _, p := range a.SourcePorts {
		if err := c.Write([]string{strconv.Itoa(int(p.Port)), PortName(p.Port), strconv.FormatInt(p.Count, 10)}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func ids(list []Member) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.ID
	}
	return plainText(strings.Join(texts, " "))
}

// plainText escapes a text that a spreadsheet would interpret as a formula.
func plainText(s string) string {
	if s != "" && s != "-" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
