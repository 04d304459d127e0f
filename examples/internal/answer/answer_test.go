package answer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// records returns the records of a generated log.
func records(t testing.TB, n int) []flowlog.Record {
	t.Helper()
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	var all []flowlog.Record
	for r, err := range flowlog.NewReader(flowlogtest.NewReader(v5, n, 3), v5).All() {
		require.NoError(t, err)
		all = append(all, *r)
	}
	return all
}

// text returns the JSON and the lists of the page.
func text(t *testing.T, c *Counter, v View) string {
	t.Helper()
	a, err := c.Answer(v)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, a.WriteJSON(&b))
	fmt.Fprintln(&b, a.Hours, a.Bucket, a.Peers, a.Machines, a.Rejects, a.PeersMore, a.MachinesMore, a.RejectsMore)
	for _, r := range a.Ports {
		fmt.Fprintln(&b, r.Hours, r.Machines)
	}
	return b.String()
}

// The answer does not depend on the order of the records, or on how they are divided
// among Counters. The sums are those of a tally with package traffic.
func TestMerge(t *testing.T) {
	all := records(t, 20_000)
	for _, o := range []Options{
		{}, {Question: Inbound}, {Question: Internal}, {Question: Inbound, Rejected: true}, {By: Address}, {By: Interface}, {By: Instance}, {By: Peer}, {By: HourOf},
		{CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/17")}},
	} {
		t.Run(fmt.Sprint(o.Question, o.By, o.Rejected, o.CIDRs), func(t *testing.T) {
			one := NewCounter(&o)
			parts := []*Counter{NewCounter(&o), NewCounter(&o), NewCounter(&o)}
			for i := range all {
				one.Add(&all[i])
			}
			order := rand.New(rand.NewPCG(1, 1)).Perm(len(all))
			for i, k := range order {
				parts[i*i%3].Add(&all[k])
			}
			parts[1].Merge(parts[2])
			parts[0].Merge(parts[1])
			want := text(t, one, View{})
			assert.True(t, want == text(t, parts[0], View{}))
			assert.True(t, want == text(t, one, View{}), "again")
		})
	}
	c := NewCounter(&Options{})
	tally := traffic.Tally[traffic.Service]{}
	var classifier traffic.Classifier
	for i := range all {
		c.Add(&all[i])
		if f, ok := classifier.Classify(&all[i]); ok && traffic.OpenedOutbound(&all[i], f) {
			tally.Add(f.Service(), &all[i], f)
		}
	}
	a, err := c.Answer(View{})
	require.NoError(t, err)
	require.Len(t, a.Ports, len(tally))
	for _, r := range a.Ports {
		assert.Equal(t, tally[r.Service()].Records, r.Count, r.Service())
		assert.Equal(t, tally[r.Service()].Openings, r.Connections, r.Service())
	}
}

// The question SourcePorts gives the same source ports as the other questions, from
// fewer fields.
func TestSourcePorts(t *testing.T) {
	all := records(t, 20_000)
	at := all[0].Start.Time()
	for _, o := range []Options{
		{}, {CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/17"), netip.MustParsePrefix("2001:db8::/32")}}, {Since: at}, {Until: at.Add(time.Minute)},
	} {
		alone := o
		alone.Question = SourcePorts
		one, other := NewCounter(&o), NewCounter(&alone)
		for i := range all {
			one.Add(&all[i])
			r := all[i]
			for f := range r.Fields.All() {
				if !alone.Fields().Has(f) {
					require.NoError(t, r.Set(f, "-"))
				}
			}
			other.Add(&r)
		}
		want, err := one.Answer(View{})
		require.NoError(t, err)
		got, err := other.Answer(View{})
		require.NoError(t, err)
		require.NotEmpty(t, got.SourcePorts)
		assert.Equal(t, want.SourcePorts, got.SourcePorts)
		assert.Empty(t, got.Ports)
		var sum int64
		for _, p := range got.SourcePorts {
			sum += p.Count
		}
		assert.Equal(t, sum, got.Flows)
		var b, table, list bytes.Buffer
		require.NoError(t, got.WriteJSON(&b))
		assert.NotContains(t, b.String(), "outbound")
		var back Answer
		require.NoError(t, json.Unmarshal(b.Bytes(), &back))
		assert.Equal(t, got.SourcePorts, back.SourcePorts)
		require.NoError(t, got.WriteTable(&table, 0))
		assert.Contains(t, table.String(), "source ports of our addresses")
		assert.NotContains(t, table.String(), "outbound")
		require.NoError(t, got.WriteCSV(&list))
		first, rest, _ := strings.Cut(list.String(), "\n")
		assert.Equal(t, "port,name,count", first)
		assert.Equal(t, len(got.SourcePorts), strings.Count(rest, "\n"))
	}
}

// Sources returns the prefixes of the options, for IPv4 also as IPv6, or the private
// prefixes if no other address can be ours.
func TestSources(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	cidr := netip.MustParsePrefix("10.0.0.0/16")
	assert.Nil(t, (&Options{CIDRs: []netip.Prefix{cidr}}).Sources(flowlog.V2))
	assert.Equal(t, []netip.Prefix{cidr, netip.MustParsePrefix("::ffff:10.0.0.0/112")},
		(&Options{Question: SourcePorts, CIDRs: []netip.Prefix{cidr}}).Sources(v5))
	assert.Contains(t, (&Options{Question: SourcePorts}).Sources(flowlog.V2), netip.MustParsePrefix("fc00::/7"))
	assert.Nil(t, (&Options{Question: SourcePorts}).Sources(v5), "flow-direction shows public addresses to be ours")
}

// Add allocates nothing for known values, and keeps no text of a record.
func TestAddAllocates(t *testing.T) {
	all := records(t, 2000)
	c := NewCounter(&Options{})
	count := func() {
		for i := range all {
			c.Add(&all[i])
		}
	}
	count()
	assert.Zero(t, testing.AllocsPerRun(5, count))
}

// Sums of wrong counters stop at the largest number.
func TestLargeSums(t *testing.T) {
	a, b := NewCounter(&Options{}), NewCounter(&Options{})
	// One peer in two rows.
	for _, text := range []string{"eni-1 10.0.0.1 192.0.2.1 40000 443", "eni-1 10.0.0.1 192.0.2.1 40000 80"} {
		rec, err := flowlog.Parse("2 123456789012 " + text + " 6 9223372036854775807 9223372036854775807 1418530010 1418530070 ACCEPT OK")
		require.NoError(t, err)
		for range 2 {
			a.Add(&rec)
			b.Add(&rec)
		}
	}
	a.Merge(b)
	got, err := a.Answer(View{})
	require.NoError(t, err)
	require.Len(t, got.Ports, 2)
	const largest = int64(math.MaxInt64)
	for _, r := range got.Ports {
		assert.EqualValues(t, 4, r.Records)
		assert.Equal(t, largest, r.Bytes, "not negative")
		assert.Equal(t, largest, r.Packets)
		for _, list := range [][]Member{r.SourceList, r.PeerList, r.MachineList} {
			require.Len(t, list, 1)
			assert.Equal(t, largest, list[0].Bytes, list[0].ID)
		}
	}
	require.Len(t, got.Peers, 1)
	assert.Equal(t, largest, got.Peers[0].Bytes)
	require.Len(t, got.Hours, 1)
	assert.Equal(t, largest, got.Hours[0].Bytes)

	// The entries of a long log are more than an hour, and sum hours.
	long := NewCounter(&Options{})
	for hour := range 2 * maxHours {
		start := 1418529600 + 3600*hour
		rec, err := flowlog.Parse(fmt.Sprintf("2 123456789012 eni-1 10.0.0.1 192.0.2.1 40000 443 6 1 9223372036854775807 %d %d ACCEPT OK", start, start+60))
		require.NoError(t, err)
		long.Add(&rec)
	}
	got, err = long.Answer(View{})
	require.NoError(t, err)
	for _, h := range got.Hours {
		require.Equal(t, largest, h.Bytes, h.Start)
	}
}

// Memory is bounded for any log. The answer says what was omitted, and its sums are
// correct.
func TestBounds(t *testing.T) {
	all := records(t, 20_000)
	full, cut := NewCounter(&Options{By: Peer}), NewCounter(&Options{By: Peer, bounds: &bounds{rows: 100, members: 200, texts: 5}})
	for i := range all {
		full.Add(&all[i])
		cut.Add(&all[i])
	}
	sum := func(c *Counter) (total Total, a *Answer) {
		a, err := c.Answer(View{})
		require.NoError(t, err)
		total = a.Rest
		for _, r := range a.Ports {
			total.Add(r.Total)
		}
		return total, a
	}
	want, a := sum(full)
	assert.Empty(t, a.Limits)
	got, a := sum(cut)
	assert.Equal(t, want.Count, got.Count)
	assert.Equal(t, want.Connections, got.Connections)
	assert.Len(t, a.Limits, 3)
	assert.LessOrEqual(t, len(a.Ports), 100)
	assert.LessOrEqual(t, cut.groups.members+len(cut.groups.hours), 200)
	assert.LessOrEqual(t, cut.groups.machines.len(), 5)
}

func TestJSON(t *testing.T) {
	for _, q := range []Question{Outbound, Inbound, Internal} {
		c := NewCounter(&Options{Question: q, By: Interface})
		for _, r := range records(t, 3000) {
			c.Add(&r)
		}
		a, err := c.Answer(View{Top: 5})
		require.NoError(t, err)
		var first, second bytes.Buffer
		require.NoError(t, a.WriteJSON(&first))
		assert.Contains(t, first.String(), fmt.Sprintf("%q: [", q.String()+"_ports"))
		var back Answer
		require.NoError(t, json.Unmarshal(first.Bytes(), &back))
		require.NoError(t, back.WriteJSON(&second))
		assert.Equal(t, first.String(), second.String())
	}
}

func TestBaseline(t *testing.T) {
	c := NewCounter(&Options{})
	for _, r := range records(t, 3000) {
		c.Add(&r)
	}
	a, err := c.Answer(View{})
	require.NoError(t, err)
	earlier := *a
	earlier.Ports = append([]Row{{Key: Key{Port: 9, Protocol: flowlog.UDP}}}, a.Ports[2:]...)
	path := filepath.Join(t.TempDir(), "x.json")
	var b bytes.Buffer
	require.NoError(t, earlier.WriteJSON(&b))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o666))
	base, err := ReadBaseline(path)
	require.NoError(t, err)
	now, err := c.Answer(View{Baseline: base, Top: 3})
	require.NoError(t, err)
	assert.Equal(t, 2, now.New)
	assert.True(t, now.Ports[0].IsNew() && now.Ports[1].IsNew() && !now.Ports[2].IsNew())
	assert.Equal(t, []Key{{Port: 9, Protocol: flowlog.UDP}}, now.Gone)

	base.PortsMore = 1
	now, err = c.Answer(View{Baseline: base})
	assert.ErrorContains(t, err, "without -top")
	assert.Len(t, now.Ports, len(a.Ports), "the answer is good without it")
}

// Which rows are omitted depends on the order of the records, so an answer without all
// rows is not compared: it would differ from that of the same log.
func TestBaselineWithoutAllRows(t *testing.T) {
	full, cut := NewCounter(&Options{By: Peer}), NewCounter(&Options{By: Peer, bounds: &bounds{rows: 100, members: 1 << 10, texts: 5}})
	for _, r := range records(t, 3000) {
		full.Add(&r)
		cut.Add(&r)
	}
	all, err := full.Answer(View{})
	require.NoError(t, err)
	some, err := cut.Answer(View{})
	require.NoError(t, err)
	for want, tt := range map[string]struct {
		c       *Counter
		earlier *Answer
	}{"the baseline does not have all rows": {full, some}, "too many rows": {cut, all}} {
		now, err := tt.c.Answer(View{Baseline: tt.earlier})
		assert.ErrorContains(t, err, want)
		assert.Zero(t, now.New)
		assert.Empty(t, now.Gone)
	}
}

// The table has the given width, if possible, and escapes the values of a log.
func TestTable(t *testing.T) {
	c := NewCounter(&Options{By: Interface})
	for i, r := range records(t, 3000) {
		if r.InterfaceID != "" {
			r.InterfaceID = fmt.Sprintf("\x1b[2J\n%d%s", i%7, strings.Repeat("x", 100))
		}
		c.Add(&r)
	}
	a, err := c.Answer(View{Top: 10})
	require.NoError(t, err)
	for _, width := range []int{0, 60, 80, 120, 400} {
		var b strings.Builder
		require.NoError(t, a.WriteTable(&b, width))
		assert.NotContains(t, b.String(), "\x1b")
		table := strings.SplitN(b.String(), "\n\n", 3)[1]
		for line := range strings.Lines(table) {
			if width >= 80 {
				assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), width)
			}
		}
		assert.Contains(t, b.String(), "443/TCP")
	}
}

func TestCSV(t *testing.T) {
	a := &Answer{Ports: []Row{{Key: Key{Port: 443, Protocol: flowlog.TCP, By: "=cmd()"}, Label: "@x", SourceList: []Member{{ID: "10.0.0.1"}, {ID: "10.0.0.2"}}}}}
	var b strings.Builder
	require.NoError(t, a.WriteCSV(&b))
	assert.Contains(t, b.String(), "\n'=cmd(),'@x,443,TCP,443/TCP,")
	assert.Contains(t, b.String(), ",10.0.0.1 10.0.0.2,")
}
