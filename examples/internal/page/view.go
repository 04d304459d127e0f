package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// view is the data of the template.
type view struct {
	scale int // divisor of the limits: 1, 2, 4 and so on
	a     *answer.Answer

	Style  template.CSS
	Script template.JS
	Policy string

	Question, Headline, By string
	Facts                  []fact
	Notes                  []string
	Opened                 string // explains the numbers in the column "opened"

	Compared bool // there is a baseline
	Since    string
	New      []string
	Gone     []string

	Columns    []column
	TimeLabels []string
	TimeUnit   string

	Ports      []portRow
	MorePorts  string
	Matrix     *matrixView
	Peers      []barRow
	MorePeers  string
	Rejects    []barRow
	MoreReject string

	Queries map[string][]Query // by view
}

type fact struct{ Term, Text string }

// titles are the questions in full.
var titles = map[answer.Question]string{
	answer.Outbound: "Which ports do we open outbound?",
	answer.Inbound:  "Which of our ports do others open?",
	answer.Internal: "Which ports do we open on each other?",
}

func newView(a *answer.Answer, queries []Query, scale int) *view {
	v := &view{
		scale:    scale,
		a:        a,
		Question: titles[a.Question],
		By:       a.By.String(),
		Compared: a.Baseline != nil,
		Queries:  map[string][]Query{},
		Opened:   "Opened counts connections by TCP flags, and records from the client where there are none",
	}
	if a.Rejected {
		v.Question = strings.TrimSuffix(v.Question, "?") + ", and are refused?"
	}
	if a.Evidence["tcp-flags"] == 0 {
		v.Opened = "Opened counts records from the client: the log has no TCP flags to tell connections"
	}
	if v.Compared {
		v.Since = date(a.Baseline.Last)
	}
	for _, s := range a.Limits[:min(len(a.Limits), v.limit(maxNew))] {
		v.Notes = append(v.Notes, sentence(s))
	}
	for _, q := range queries {
		q.Name, q.Description, q.SQL = text(q.Name), sentence(q.Description), lines(q.SQL)
		if len(q.SQL) > v.limit(maxSQL) {
			q.SQL = "-- too long for this page; ddl -queries " + q.Name + " prints it"
		}
		v.Queries[q.View] = append(v.Queries[q.View], q)
	}
	v.headline()
	v.facts()
	buckets := v.times()
	v.ports(buckets)
	v.matrix()
	v.peers()
	v.rejects()
	return v
}

// limit returns the limit n, divided by scale.
func (v *view) limit(n int) int { return max(1, n/v.scale) }

// headline sets Headline, the result in a sentence.
func (v *view) headline() {
	a := v.a
	since := ""
	if v.Since != "" {
		since = " since " + v.Since
	}
	all := cli.Counted(int64(len(a.Ports)+a.PortsMore), v.noun(""))
	fresh := slices.IndexFunc(a.Ports, func(r answer.Row) bool { return r.IsNew() })
	switch {
	case len(a.Ports) == 0:
		v.Headline = "None: no record answers the question."
	case v.Compared && fresh >= 0:
		v.Headline = cli.Counted(int64(a.New), v.noun("new ")) + since + ": " + v.opening(&a.Ports[fresh])
	case v.Compared:
		v.Headline = "Nothing new" + since + ": " + all + ", most of it " + label(most(a.Ports)) + "."
	case len(a.Ports)+a.PortsMore == 1:
		v.Headline = all + ": " + v.opening(&a.Ports[0])
	default:
		v.Headline = all + ". Most often, " + v.opening(most(a.Ports))
	}
	for i := range a.Ports {
		if !a.Ports[i].IsNew() {
			continue
		}
		if len(v.New) == v.limit(maxNew) {
			v.New = append(v.New, "and "+cli.Count(int64(a.New-len(v.New)))+" more")
			break
		}
		v.New = append(v.New, v.opening(&a.Ports[i]))
	}
	var gone []string
	for _, k := range a.Gone {
		gone = append(gone, strings.TrimPrefix(text(k.By)+" "+k.Service().String(), " "))
	}
	v.Gone = few(gone, v.limit(maxNew))
}

// most returns the row with the highest count. It is not always the first.
func most(rows []answer.Row) *answer.Row {
	m := &rows[0]
	for i := range rows {
		if rows[i].Count > m.Count {
			m = &rows[i]
		}
	}
	return m
}

func (v *view) noun(adjective string) string {
	if v.a.By == answer.Service {
		return adjective + "port"
	}
	return adjective + "row"
}

// opening returns a sentence about who opens a port to whom.
func (v *view) opening(r *answer.Row) string {
	ours, n := v.ours(r)
	peers := cli.Counted(int64(r.Peers), "peer")
	if r.AtLeast {
		peers = "at least " + peers
	}
	if r.Peers == 1 && len(r.PeerList) == 1 {
		peers = member(r.PeerList[0])
	}
	switch {
	case v.a.Question == answer.Inbound && r.Peers == 1:
		return fmt.Sprintf("%s opens %s on %s.", peers, label(r), ours)
	case v.a.Question == answer.Inbound:
		return fmt.Sprintf("%s open %s on %s.", peers, label(r), ours)
	case n == 1:
		return fmt.Sprintf("%s opens %s to %s.", ours, label(r), peers)
	}
	return fmt.Sprintf("%s open %s to %s.", ours, label(r), peers)
}

// ours returns the name of our machine if there is one, or else their number.
func (v *view) ours(r *answer.Row) (string, int) {
	for _, of := range []struct {
		n    int
		noun string
		list []answer.Member
	}{{r.Instances, "instance", r.MachineList}, {r.Interfaces, "interface", r.MachineList}, {r.Sources, "address", r.SourceList}} {
		switch {
		case of.n == 0:
			continue
		case of.n == 1 && len(of.list) == 1:
			return member(of.list[0]), 1
		case of.n != 1 && of.noun == "address":
			return cli.Count(int64(of.n)) + " addresses", of.n
		}
		return cli.Counted(int64(of.n), of.noun), of.n
	}
	return "no address of ours", 1
}

func (v *view) facts() {
	a := v.a
	add := func(term, text string) {
		if text != "" {
			v.Facts = append(v.Facts, fact{term, text})
		}
	}
	if !a.First.IsZero() {
		add("Period", moment(a.First)+" to "+moment(a.Last)+" UTC")
	}
	add("Our addresses", sentence(a.Ours))
	var read strings.Builder
	read.WriteString(cli.Counted(a.Records, "record") + " in " + cli.Counted(int64(a.Files), "file"))
	for _, part := range []struct {
		n    int64
		what string
	}{{a.NoData, "NODATA"}, {a.SkipData, "SKIPDATA"}, {a.Bad, "not parsed"}} {
		if part.n > 0 {
			read.WriteString(", " + cli.Count(part.n) + " " + part.what)
		}
	}
	add("Read", read.String())
	var sum int64
	for _, n := range a.Evidence {
		sum += n
	}
	var parts []string
	for _, e := range []struct{ key, words string }{{"tcp-flags", "by TCP flags"}, {"port-numbers", "by port numbers"}, {"none", "not told"}} {
		if n := a.Evidence[e.key]; n > 0 {
			parts = append(parts, e.words+" "+percent(n, sum))
		}
	}
	add("Client and server", strings.Join(parts, ", "))
	if a.Flows > 0 {
		add("No side of ours", percent(a.NoSide, a.Flows)+" of the records")
	}
}

// buckets are groups of the hours of an answer.
type buckets struct {
	start time.Time
	width time.Duration
	n     int
}

// index returns the index of the bucket of a time.
func (b *buckets) index(t time.Time) int { return int(t.Sub(b.start) / b.width) }

// bucketsOf returns buckets for hours. There are at most maxTimes.
func bucketsOf(hours []answer.Hour, width time.Duration) *buckets {
	if len(hours) == 0 {
		return nil
	}
	width = max(width, time.Hour)
	first, last := hours[0].Start, hours[len(hours)-1].Start
	for _, n := range []time.Duration{1, 2, 3, 6, 12} {
		if w := n * width; last.Sub(first.Truncate(w))/w < maxTimes {
			return &buckets{first.Truncate(w), w, int(last.Sub(first.Truncate(w))/w) + 1}
		}
	}
	day := 24 * time.Hour
	w := max(day, width)
	for last.Sub(first.Truncate(w))/w >= maxTimes {
		w *= 2
	}
	return &buckets{first.Truncate(w), w, int(last.Sub(first.Truncate(w))/w) + 1}
}
