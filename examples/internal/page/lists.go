package page

import (
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

func (v *view) times(d *Data) {
	var most int64 = 1
	for _, b := range d.Times {
		most = max(most, b.Accepted+b.Rejected)
	}
	for i, b := range d.Times {
		c := column{
			Label:    moment(b.Start),
			Accepted: cli.Count(b.Accepted), Rejected: cli.Count(b.Rejected),
			A: share(b.Accepted, most), R: share(b.Rejected, most),
		}
		if c.A+c.R > 100 {
			c.A = 100 - c.R
		}
		v.Columns = append(v.Columns, c)
		if i == 0 || i == len(d.Times)-1 || len(d.Times) > 4 && i == len(d.Times)/2 {
			v.TimeLabels = append(v.TimeLabels, moment(b.Start))
		}
	}
	if len(d.Times) > 1 {
		v.TimeUnit = period(d.Times[1].Start.Sub(d.Times[0].Start))
	}
}

func (v *view) ports(d *Data) {
	var most int64 = 1
	for _, p := range d.Ports {
		most = max(most, counted(p.Connections, p.Records))
	}
	more := d.MorePorts
	for i, p := range d.Ports {
		if i >= v.limit(maxPorts) {
			more.add(p.Connections, p.Records, p.Bytes)
			continue
		}
		n := counted(p.Connections, p.Records)
		row := portRow{
			Key: text(p.Service), Name: text(p.Name), SortKey: sortKey(p.Service), New: p.New,
			Count:   number(p.Connections),
			Records: number(p.Records), Bytes: size(p.Bytes),
			Sources: number(p.Sources), Peers: number(p.Peers),
			SourceNames: strings.Join(texts(p.SourceNames, v.limit(maxList)), ", "),
			PeerNames:   strings.Join(texts(p.PeerNames, v.limit(maxList)), ", "),
			First:       when(p.First), Last: when(p.Last), Rejected: number(p.Rejected),
			Kind:  cell{Text: text(p.Evidence)},
			Width: share(n, most),
		}
		row.Spark, row.SparkText = spark(p.Series, d.Times)
		v.Ports = append(v.Ports, row)
	}
	v.MorePorts = more.text(short(v.By))
}

func (v *view) peers(d *Data) {
	var most int64 = 1
	for _, p := range d.Peers {
		most = max(most, counted(p.Connections, p.Records))
	}
	more := d.MorePeers
	for i, p := range d.Peers {
		if i >= v.limit(maxPeers) {
			more.add(p.Connections, p.Records, p.Bytes)
			continue
		}
		n := counted(p.Connections, p.Records)
		v.Peers = append(v.Peers, barRow{
			Address: text(p.Address), Name: text(p.Name), New: p.New,
			Services: strings.Join(texts(p.Services, v.limit(maxList)), ", "),
			Count:    number(n), Bytes: size(p.Bytes), Others: number(p.Sources), Width: share(n, most),
		})
	}
	v.MorePeers = more.text("peer")
}

func (v *view) rejects(d *Data) {
	var most int64 = 1
	for _, r := range d.Rejects {
		most = max(most, r.Records)
	}
	more := d.MoreRejects
	for i, r := range d.Rejects {
		if i >= v.limit(maxRejects) {
			more.add(-1, r.Records, 0)
			continue
		}
		v.Rejects = append(v.Rejects, barRow{
			Address: text(r.Address), Name: text(r.Name),
			Services: strings.Join(texts(r.Services, v.limit(maxList)), ", "),
			Count:    number(r.Records), Others: number(r.Peers), Width: share(r.Records, most),
		})
	}
	v.MoreReject = more.text("source")
}

func (v *view) matrix(d *Data) {
	m := d.Matrix
	if len(m.Ports) == 0 || len(m.Instances) == 0 {
		return
	}
	columns, rows := min(len(m.Instances), v.limit(maxInstances)), min(len(m.Ports), v.limit(maxMatrix))
	out := &matrixView{Kind: or(text(m.Kind), "instance"), Instances: texts(m.Instances[:columns], columns)}
	var most int64 = 1
	for _, counts := range m.Count {
		for _, n := range counts {
			most = max(most, n)
		}
	}
	for i, port := range m.Ports[:rows] {
		row := matrixRow{Port: text(port)}
		for j := range columns {
			var n int64
			if i < len(m.Count) && j < len(m.Count[i]) {
				n = m.Count[i][j]
			}
			c := matrixCell{Shade: int((10*n + most - 1) / most)}
			if n > 0 {
				c.Text = compact(n)
			}
			row.Cells = append(row.Cells, c)
		}
		out.Rows = append(out.Rows, row)
	}
	if left := len(m.Instances) - columns; left > 0 {
		out.More = "and " + cli.Counted(int64(left), "more "+out.Kind)
	}
	if left := len(m.Ports) - rows; left > 0 {
		out.More = strings.TrimPrefix(out.More+", and "+cli.Counted(int64(left), "more port"), ", ")
	}
	v.Matrix = out
}

func (m *More) add(connections, records, bytes int64) {
	m.Rows++
	m.Connections += max(connections, 0)
	m.Records += records
	m.Bytes += bytes
}

func (m *More) text(noun string) string {
	if m.Rows == 0 {
		return ""
	}
	s := "and " + cli.Counted(m.Rows, "more "+noun) + " with " + cli.Counted(m.Records, "record")
	if m.Connections > 0 {
		s += ", " + cli.Counted(m.Connections, "connection")
	}
	if m.Bytes > 0 {
		s += ", " + bytesText(m.Bytes)
	}
	return s
}
