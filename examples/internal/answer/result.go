package answer

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// A View selects the rows of an Answer. The zero View selects all.
type View struct {
	Top      int     // maximum number of rows and of source ports; 0 means all
	Rare     bool    // list the rarest rows first
	Baseline *Answer // an earlier answer to compare with; may be nil
}

// The maximum lengths of the lists in rows and on the page.
const (
	maxMembers  = 10
	maxPeers    = 50
	maxMachines = 20
	maxPageRows = 500
	maxHours    = 800
)

// Answer returns the answer. The caller sets Files, Records, NoData, SkipData and Bad.
// The error is the reason for which the baseline cannot be used. The Answer is then
// valid, but without the comparison.
func (c *Counter) Answer(v View) (*Answer, error) {
	c.flush()
	a := &Answer{
		Version: Version, Question: c.options.Question, Rejected: c.options.Rejected, By: c.options.By, Ours: c.whose(),
		First: unix(c.first), Last: unix(c.last), Evidence: make(map[string]int64),
	}
	a.Flows, a.NoSide = c.flows()
	for e, n := range c.evidence {
		if n > 0 {
			a.Evidence[traffic.Evidence(e).String()] = n
		}
	}
	a.SourcePorts, a.SourcePortsMore = c.sourcePorts(v.Top)
	g := newGrouped(&c.groups)
	rows := g.sorted(v.Rare)
	a.Ports = make([]Row, len(rows))
	for i, id := range rows {
		a.Ports[i] = g.result(id)
	}
	var err error
	if v.Baseline != nil {
		if err = c.comparable(v.Baseline); err == nil {
			a.New = a.compare(v.Baseline)
		}
	}
	a.Rest.Add(g.rest)
	shown, _ := first(a.Ports, v.Top)
	for i := len(shown); i < len(a.Ports); i++ {
		a.PortsMore++
		a.Rest.Add(a.Ports[i].Total)
	}
	a.Ports = shown

	a.Peers, a.PeersMore = g.allPeers(rows)
	a.Rejects, a.RejectsMore = g.allRejects()
	a.Machines, a.MachinesMore = first(g.allMachines(rows), maxMachines)
	a.Hours, a.Bucket = g.allHours()
	for i := range a.Ports[:min(len(a.Ports), maxPageRows)] {
		g.detail(&a.Ports[i], a)
	}
	a.Limits = c.limits()
	return a, err
}

// limits returns the texts of Answer.Limits.
func (c *Counter) limits() (all []string) {
	g := &c.groups
	if g.rowsCut {
		all = append(all, "only the first "+cli.Count(int64(g.bounds.rows))+" rows were kept; the others are summed")
	}
	if g.membersCut {
		all = append(all, "only "+cli.Count(int64(g.bounds.members))+" addresses, interfaces and hours were kept; numbers of them are lower bounds")
	}
	if g.textsCut {
		all = append(all, "only "+cli.Count(int64(g.bounds.texts))+" ids of interfaces and instances were kept")
	}
	return all
}

// whose returns the text of Answer.Ours.
func (c *Counter) whose() string {
	if len(c.options.CIDRs) == 0 {
		return "private addresses, and those that flow-direction shows to be the interface's own"
	}
	texts := make([]string, len(c.options.CIDRs))
	for i, p := range c.options.CIDRs {
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}

// sourcePorts returns the top source ports of our addresses, by frequency, and the
// number of the others.
func (c *Counter) sourcePorts(top int) ([]SourcePort, int) {
	all := []SourcePort{}
	for port, n := range c.source {
		if n > 0 {
			all = append(all, SourcePort{uint16(port), n})
		}
	}
	slices.SortFunc(all, func(a, b SourcePort) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Port, b.Port))
	})
	return first(all, top)
}

// first returns the first n elements, or all if n is 0, and the number of the others.
func first[T any](all []T, n int) ([]T, int) {
	if n > 0 && len(all) > n {
		return all[:n], len(all) - n
	}
	return all, 0
}

// evidence returns the names of the kinds of evidence in bits, the strongest first.
func evidence(bits uint64) string {
	var texts []string
	for e := traffic.Evidence(63); ; e-- {
		if bits&(1<<e) != 0 {
			texts = append(texts, e.String())
		}
		if e == 0 {
			return strings.Join(texts, ", ")
		}
	}
}

// unix returns the time of Unix seconds, or the zero time for 0.
func unix(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
