package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// view is what the template is given.
type view struct {
	scale int // lists show this part of what they could: a half, a quarter

	Style  template.CSS
	Script template.JS
	Policy string

	Question, Headline, Verb, By string
	Sub                          string
	Facts                        []fact
	Notes                        []string

	Columns    []column
	TimeLabels []string
	TimeUnit   string

	Ports      []portRow
	MorePorts  string
	New        []string
	Gone       []string
	Compared   bool
	Since      string
	Peers      []barRow
	MorePeers  string
	Rejects    []barRow
	MoreReject string
	Matrix     *matrixView
	Queries    map[string][]Query
	Counted    string // what Count is: connections or records
}

type fact struct{ Term, Text string }

// column is a bar over time.
type column struct {
	Label              string
	Accepted, Rejected string
	A, R               int // percent of the highest
}

// cell is a value with the number to sort it by.
type cell struct {
	Text  string
	Value int64
	Title string
}

type portRow struct {
	Key, Name                   string
	SortKey                     string
	New                         bool
	Count, Records, Bytes       cell
	Sources, Peers              cell
	SourceNames, PeerNames      string
	First, Last, Rejected, Kind cell
	Width                       int
	Spark                       string // points of a polyline
	SparkText                   string
}

// barRow is an address with a bar.
type barRow struct {
	Address, Name, Services string
	New                     bool
	Count, Bytes, Others    cell
	Width                   int
}

type matrixView struct {
	Kind      string
	Instances []string
	Rows      []matrixRow
	More      string
}

type matrixRow struct {
	Port  string
	Cells []matrixCell
}

type matrixCell struct {
	Text  string
	Shade int
}

// limit returns how much of a list is shown that shows up to n.
func (v *view) limit(n int) int { return max(1, n/v.scale) }

func newView(d *Data, scale int) *view {
	d = clipped(d)
	v := &view{
		scale:    scale,
		Question: or(text(d.Question), "Which ports do we open outbound?"),
		Verb:     or(text(d.Verb), "opens"),
		By:       or(text(d.By), "service"),
		Notes:    sentences(d.Notes, max(1, maxNew/scale)),
		Compared: d.Compared,
		Since:    date(d.Baseline),
		Queries:  map[string][]Query{},
		Counted:  "connections",
	}
	if !countsConnections(d.Ports) {
		v.Counted = "records"
	}
	for _, q := range d.Queries {
		q.Name, q.Description, q.SQL = text(q.Name), sentence(q.Description), lines(q.SQL)
		if len(q.SQL) > v.limit(maxSQL) {
			q.SQL = "-- too long for this page; ddl -queries " + q.Name + " prints it"
		}
		v.Queries[q.View] = append(v.Queries[q.View], q)
	}
	v.headline(d)
	v.facts(d)
	v.times(d)
	v.ports(d)
	v.peers(d)
	v.rejects(d)
	v.matrix(d)
	return v
}

// clipped returns the data without what the page does not show of the time.
func clipped(d *Data) *Data {
	c := *d
	if n := (len(d.Times) + maxTimes - 1) / maxTimes; n > 1 {
		c.Times = nil
		for group := range slices.Chunk(d.Times, n) {
			b := Bucket{Start: group[0].Start}
			for _, g := range group {
				b.Accepted += g.Accepted
				b.Rejected += g.Rejected
			}
			c.Times = append(c.Times, b)
		}
		c.Ports = slices.Clone(d.Ports)
		for i := range c.Ports {
			var series []int64
			for group := range slices.Chunk(c.Ports[i].Series, n) {
				var sum int64
				for _, g := range group {
					sum += g
				}
				series = append(series, sum)
			}
			c.Ports[i].Series = series
		}
	}
	return &c
}

func countsConnections(ports []Port) bool {
	for _, p := range ports {
		if p.Connections >= 0 {
			return true
		}
	}
	return len(ports) == 0
}

// headline says the finding.
func (v *view) headline(d *Data) {
	var fresh []Port
	for _, p := range d.Ports {
		if p.New {
			fresh = append(fresh, p)
		}
	}
	since := ""
	if v.Since != "" {
		since = " since " + v.Since
	}
	switch {
	case len(d.Ports) == 0:
		v.Headline = "None: no record answers the question."
	case d.Compared && len(fresh) > 0:
		v.Headline = cli.Counted(int64(len(fresh)), "new "+short(v.By)) + since + ": " + v.opening(fresh[0])
	case d.Compared:
		v.Headline = "Nothing new" + since + ": " + cli.Counted(int64(len(d.Ports))+d.MorePorts.Rows, short(v.By)) + ", most of it " + label(d.Ports[0]) + "."
	default:
		v.Headline = cli.Counted(int64(len(d.Ports))+d.MorePorts.Rows, short(v.By)) + ": " + v.opening(d.Ports[0])
	}
	for i, p := range fresh {
		if i == v.limit(maxNew) {
			v.New = append(v.New, "and "+cli.Count(int64(len(fresh)-i))+" more")
			break
		}
		v.New = append(v.New, v.opening(p))
	}
	v.Gone = texts(d.Gone, v.limit(maxNew))
}

// opening says who opens a port, and to whom.
func (v *view) opening(p Port) string {
	who := cli.Counted(p.Sources, "address")
	if p.Sources != 1 {
		who = cli.Count(p.Sources) + " addresses"
	} else if len(p.SourceNames) > 0 {
		who = text(p.SourceNames[0])
	}
	verb := v.Verb
	if p.Sources != 1 {
		verb = strings.TrimSuffix(verb, "s")
	}
	to := cli.Counted(p.Peers, "peer")
	if p.Peers == 1 && len(p.PeerNames) > 0 {
		to = text(p.PeerNames[0])
	}
	if v.By != "service" {
		return fmt.Sprintf("%s, %s to %s.", label(p), count(p), to)
	}
	return fmt.Sprintf("%s %s %s to %s.", who, verb, label(p), to)
}

func label(p Port) string {
	s := text(p.Service)
	if p.Name != "" {
		s += " (" + text(p.Name) + ")"
	}
	return s
}

func count(p Port) string {
	if p.Connections >= 0 {
		return cli.Counted(p.Connections, "connection")
	}
	return cli.Counted(p.Records, "record")
}

func short(by string) string {
	if by == "service" {
		return "port"
	}
	return by
}

func (v *view) facts(d *Data) {
	add := func(term, text string) {
		if text != "" {
			v.Facts = append(v.Facts, fact{term, text})
		}
	}
	if !d.From.IsZero() {
		add("Period", moment(d.From)+" to "+moment(d.To)+" UTC")
	}
	ours := texts(d.Ours, v.limit(maxList))
	add("Our addresses", strings.Join(ours, ", "))
	add("Read", sentence(d.Read))
	add("How it was inferred", sentence(d.Inferred))
	if d.Records > 0 && d.OtherSides > 0 {
		add("No side of ours", fmt.Sprintf("%s of the records", percent(d.OtherSides, d.Records)))
	}
}
