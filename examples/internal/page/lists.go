package page

import (
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// column is a bar of the chart over time.
type column struct {
	Label              string
	Accepted, Rejected string
	A, R               int // percent of the highest
}

// cell is a value and the number by which it is sorted.
type cell struct {
	Text  string
	Value int64
	Title string
}

type portRow struct {
	Key, Name, Note        string
	SortKey                string
	New                    bool
	Count, Records, Bytes  cell
	Sources, Peers         cell
	SourceNames, PeerNames string
	First, Last, Rejected  cell
	Width                  int
	Spark                  string // points of a polyline
	SparkText              string
}

// barRow is an address with a bar.
type barRow struct {
	Address, Name, Services string
	Count, Bytes            cell
	Width                   int
}

type matrixView struct {
	Machines []string
	Rows     []matrixRow
	More     string
}

type matrixRow struct {
	Port  string
	Cells []matrixCell
}

type matrixCell struct {
	Text  string
	Shade int
}

// times sets the chart and returns its buckets, or nil if there are none.
func (v *view) times() *buckets {
	b := bucketsOf(v.a.Hours, v.a.Bucket)
	if b == nil {
		return nil
	}
	accepted, rejected := make([]int64, b.n), make([]int64, b.n)
	var most int64 = 1
	for _, h := range v.a.Hours {
		i := b.index(h.Start)
		accepted[i] += h.Accepted
		rejected[i] += h.Rejected
		most = max(most, accepted[i]+rejected[i])
	}
	for i := range b.n {
		c := column{
			Label:    moment(b.at(i)),
			Accepted: cli.Count(accepted[i]), Rejected: cli.Count(rejected[i]),
			A: share(accepted[i], most), R: share(rejected[i], most),
		}
		c.A = min(c.A, 100-c.R)
		v.Columns = append(v.Columns, c)
		if i == 0 || i == b.n-1 || b.n > 4 && i == b.n/2 {
			v.TimeLabels = append(v.TimeLabels, c.Label)
		}
	}
	v.TimeUnit = period(b.width)
	return b
}

// at returns the start of a bucket.
func (b *buckets) at(i int) time.Time { return b.start.Add(time.Duration(i) * b.width) }

func (v *view) ports(b *buckets) {
	a := v.a
	var most int64 = 1
	for i := range a.Ports {
		most = max(most, a.Ports[i].Count)
	}
	rest, left := a.Rest, a.PortsMore
	for i := range a.Ports {
		r := &a.Ports[i]
		if i >= v.limit(maxPorts) {
			rest.Add(r.Total)
			left++
			continue
		}
		service := r.Service().String()
		row := portRow{
			Key: service, Name: text(r.Name), SortKey: sortKey(r), New: r.IsNew(), Note: evidence(r),
			Count: number(r.Count), Records: number(r.Records), Bytes: size(r.Bytes), Rejected: number(r.Rejected),
			Sources: atLeast(r.Sources, r.AtLeast), Peers: atLeast(r.Peers, r.AtLeast),
			SourceNames: v.members(r.MachineList, max(r.Instances, r.Interfaces)), PeerNames: v.members(r.PeerList, r.Peers),
			First: when(r.First), Last: when(r.Last),
			Width: share(r.Count, most),
		}
		if row.SourceNames == "" {
			row.SourceNames = v.members(r.SourceList, r.Sources)
		}
		if r.By != "" {
			row.Key = text(r.By)
			if r.Label != "" {
				row.Key = text(r.Label)
			}
			row.Name = strings.TrimSuffix(service+" "+row.Name, " ")
		}
		if b != nil {
			row.Spark, row.SparkText = v.spark(r, b)
		}
		v.Ports = append(v.Ports, row)
	}
	if left > 0 {
		v.MorePorts = "and " + cli.Counted(int64(left), "more "+v.noun("")) + ": opened " + cli.Count(rest.Count) + ", " +
			cli.Counted(rest.Records, "record") + ", " + answer.Bytes(rest.Bytes)
	}
}

// members returns the names of the first of n addresses or machines.
func (v *view) members(list []answer.Member, n int) string {
	var names []string
	for _, m := range list[:min(len(list), v.limit(maxList))] {
		names = append(names, member(m))
	}
	if left := n - len(names); left > 0 && len(names) > 0 {
		names = append(names, "and "+cli.Count(int64(left))+" more")
	}
	return strings.Join(names, ", ")
}

func (v *view) matrix() {
	a := v.a
	columns, rows := min(len(a.Machines), v.limit(maxInstances)), min(len(a.Ports), v.limit(maxMatrix))
	for rows > 0 && len(a.Ports[rows-1].Machines) == 0 {
		rows--
	}
	if columns == 0 || rows == 0 {
		return
	}
	m := new(matrixView)
	for _, name := range a.Machines[:columns] {
		m.Machines = append(m.Machines, text(name))
	}
	var most int64 = 1
	for i := range a.Ports[:rows] {
		for _, n := range a.Ports[i].Machines {
			most = max(most, n)
		}
	}
	for i := range a.Ports[:rows] {
		r := &a.Ports[i]
		row := matrixRow{Port: strings.TrimPrefix(text(r.By)+" "+r.Service().String(), " ")}
		for _, n := range r.Machines[:min(columns, len(r.Machines))] {
			c := matrixCell{Shade: int((10*float64(n) + float64(most) - 1) / float64(most))}
			if n > 0 {
				c.Text = compact(n)
			}
			row.Cells = append(row.Cells, c)
		}
		m.Rows = append(m.Rows, row)
	}
	var more []string
	if left := len(a.Machines) - columns + a.MachinesMore; left > 0 {
		more = append(more, "and "+cli.Counted(int64(left), "more machine"))
	}
	if left := len(a.Ports) - rows + a.PortsMore; left > 0 {
		more = append(more, "and "+cli.Counted(int64(left), "more "+v.noun("")))
	}
	m.More = strings.Join(more, ", ")
	v.Matrix = m
}

func (v *view) peers() {
	v.Peers, v.MorePeers = v.bars(v.a.Peers, maxPeers, v.a.PeersMore, "peer")
}

func (v *view) rejects() {
	v.Rejects, v.MoreReject = v.bars(v.a.Rejects, maxRejects, v.a.RejectsMore, "source")
}

// bars returns the rows of a list, and a text about the omitted ones.
func (v *view) bars(list []answer.Member, limit, left int, noun string) (rows []barRow, more string) {
	var most, count int64 = 1, 0
	for _, m := range list {
		most = max(most, m.Count)
	}
	for i, m := range list {
		if i >= v.limit(limit) {
			count += m.Count
			left++
			continue
		}
		services := few(m.Services, v.limit(maxList))
		if m.More > 0 {
			services = append(services, "and "+cli.Count(int64(m.More))+" more")
		}
		rows = append(rows, barRow{
			Address: text(m.ID), Name: text(m.Name), Services: strings.Join(services, ", "),
			Count: number(m.Count), Bytes: size(m.Bytes), Width: share(m.Count, most),
		})
	}
	if left > 0 {
		more = "and " + cli.Counted(int64(left), "more "+noun)
		if count > 0 {
			more += ", which count " + cli.Count(count) + " or more"
		}
	}
	return rows, more
}
