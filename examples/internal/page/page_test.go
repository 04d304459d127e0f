package page

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
)

// write returns the page. It also writes it to the file VPCFLOW_PAGE, if set.
func write(t *testing.T, a *answer.Answer, queries []Query) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, a, queries))
	if dir := os.Getenv("VPCFLOW_PAGE"); dir != "" {
		require.NoError(t, os.WriteFile(dir+"/"+strings.ReplaceAll(t.Name(), "/", "-")+".html", b.Bytes(), 0o666))
	}
	return b.String()
}

// elements returns the elements of the body, in order, with the names of their
// attributes, but without text and values.
func elements(t *testing.T, page string) []string {
	t.Helper()
	body := page[strings.Index(page, "<header>"):strings.LastIndex(page, "<script>")]
	d := xml.NewDecoder(strings.NewReader("<x>" + body + "</x>"))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			var s strings.Builder
			s.WriteString(e.Name.Local)
			for _, a := range e.Attr {
				s.WriteString(" " + a.Name.Local)
			}
			all = append(all, s.String())
		case xml.EndElement:
			all = append(all, "/"+e.Name.Local)
		case xml.Comment, xml.Directive, xml.ProcInst:
			all = append(all, fmt.Sprintf("%T", e))
		}
	}
}

// has requires that a page has a text. It does not print the page, which is long.
func has(t *testing.T, page, text string) {
	t.Helper()
	assert.True(t, strings.Contains(page, text), text)
}

func hasNot(t *testing.T, page, text string) {
	t.Helper()
	assert.False(t, strings.Contains(page, text), text)
}

func matches(t *testing.T, page, pattern string) {
	t.Helper()
	assert.True(t, regexp.MustCompile(pattern).MatchString(page), pattern)
}

func TestPage(t *testing.T) {
	a := Sample()
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	queries, err := Queries(a, v5, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")})
	require.NoError(t, err)
	p := write(t, a, queries)
	for _, want := range []string{
		"3 new ports since 20 Nov 2026: i-0a1b2c3d4e5f0003 opens 4444/TCP to 70 peers.",
		"2026-11-20 00:00 to 2026-11-22 00:00 UTC", "by TCP flags 67%, by port numbers 33%", "less than 1% of the records",
		"1,204,331 records in 96 files, 412 NODATA", "4444/TCP<span class=\"tag\">new</span>", "scanner.example.net",
		"No longer seen: 21/TCP, 8009/TCP", "records per hour", "and 10 more peers", "<title>Which ports do we open outbound?</title>",
	} {
		has(t, p, want)
	}
	for _, view := range []string{"new", "times", "ports", "peers", "rejects", "matrix"} {
		assert.True(t, slices.ContainsFunc(queries, func(q Query) bool { return q.View == view }), view)
	}
	assert.Equal(t, len(queries), strings.Count(p, "<summary>Ask Athena: "))
	has(t, p, "10.0.0.0/16")
	for _, outside := range []string{"http:", "https:", "url(", "<link", "@import", "src=", "<img", "style=", "on" + "click="} {
		hasNot(t, p, outside)
	}
	has(t, p, "default-src &#39;none&#39;")
	hasNot(t, p, "unsafe-inline")
	hasNot(t, p, "ZgotmplZ")
	for _, a := range []*answer.Answer{
		{}, {First: a.First, Last: a.First}, {Baseline: &answer.Span{}}, {First: a.Last, Last: a.First}, {First: a.First}, {Last: a.Last},
		{First: a.First, Last: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}, {First: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		{First: a.First, Last: a.Last, Baseline: &answer.Span{Last: a.First}},
	} {
		queries, err = Queries(a, nil, nil)
		require.NoError(t, err)
		assert.NotEmpty(t, queries)
	}
}

func TestHeadline(t *testing.T) {
	fresh, old := true, false
	span := &answer.Span{}
	https := answer.Key{Port: 443, Protocol: flowlog.TCP}
	web := []answer.Member{{ID: "i-1", Name: "web"}}
	for _, tt := range []struct {
		a    answer.Answer
		row  *answer.Row
		want string
	}{
		{answer.Answer{}, nil, "None: no record answers the question."},
		{answer.Answer{}, &answer.Row{Sources: 3, Peers: 2}, "1 port: 3 addresses open 443/TCP (https) to 2 peers."},
		{answer.Answer{}, &answer.Row{Sources: 3, Instances: 2, Peers: 1, PeerList: []answer.Member{{ID: "192.0.2.1"}}}, "1 port: 2 instances open 443/TCP (https) to 192.0.2.1."},
		{answer.Answer{PortsMore: 1000}, &answer.Row{Sources: 9, Instances: 1, MachineList: web, Peers: 2}, "1,001 ports. Most often, web opens 443/TCP (https) to 2 peers."},
		{answer.Answer{}, &answer.Row{Sources: 1, SourceList: web, Peers: 7, AtLeast: true}, "1 port: web opens 443/TCP (https) to at least 7 peers."},
		{answer.Answer{Question: answer.Inbound}, &answer.Row{Sources: 1, SourceList: web, Peers: 7}, "1 port: 7 peers open 443/TCP (https) on web."},
		{answer.Answer{By: answer.Instance}, &answer.Row{Key: answer.Key{By: "i-1"}, Sources: 1, SourceList: web, Peers: 7}, "1 row: web opens 443/TCP (https) of i-1 to 7 peers."},
		{answer.Answer{Baseline: span}, &answer.Row{Sources: 3, Peers: 2, New: &old}, "Nothing new: 1 port, most of it 443/TCP (https)."},
		{answer.Answer{Baseline: span, New: 1}, &answer.Row{Sources: 3, Peers: 2, New: &fresh}, "1 new port: 3 addresses open 443/TCP (https) to 2 peers."},
	} {
		if tt.row != nil {
			tt.row.Name, tt.row.Port, tt.row.Protocol = "https", https.Port, https.Protocol
			tt.a.Ports = []answer.Row{*tt.row}
		}
		assert.Equal(t, tt.want, newView(&tt.a, nil, 1).Headline)
	}
	assert.Equal(t, "Which of our ports do others open, and are refused?", newView(&answer.Answer{Question: answer.Inbound, Rejected: true}, nil, 1).Question)
}

// Hours become few buckets with the same sums.
func TestBuckets(t *testing.T) {
	start := time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		last, width time.Duration
		want        string
		n           int
	}{
		{0, 0, "hour", 1}, {95 * time.Hour, time.Hour, "hour", 96}, {96 * time.Hour, time.Hour, "2 hours", 49},
		{30 * 24 * time.Hour, time.Hour, "12 hours", 61}, {90 * 24 * time.Hour, time.Hour, "day", 91}, {20 * 365 * 24 * time.Hour, 24 * time.Hour, "128 days", 58},
	} {
		b := bucketsOf([]answer.Hour{{Start: start}, {Start: start.Add(tt.last)}}, tt.width)
		assert.Equal(t, tt.want, period(b.width))
		assert.Equal(t, tt.n, b.n)
		assert.Equal(t, 0, b.index(start))
		assert.Equal(t, b.n-1, b.index(start.Add(tt.last)))
	}
	assert.Nil(t, bucketsOf(nil, 0))
}

// hostile returns the sample with all text replaced by s.
func hostile(s string) (*answer.Answer, []Query) {
	a := Sample()
	members := func(list []answer.Member) {
		for i := range list {
			list[i].ID, list[i].Name = s, s
			for k := range list[i].Services {
				list[i].Services[k] = s
			}
		}
	}
	a.Ours, a.Limits = s, []string{s}
	for i := range a.Ports {
		r := &a.Ports[i]
		r.By, r.Label, r.Name, r.Evidence = s, s, s, s
		members(r.SourceList)
		members(r.MachineList)
		members(r.PeerList)
	}
	for i := range a.Gone {
		a.Gone[i].By = s
	}
	for i := range a.Machines {
		a.Machines[i] = s
	}
	members(a.Peers)
	members(a.Rejects)
	return a, []Query{{"ports", s, s, s}, {"rejects", s, s, s}}
}

func distinct(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}

// Values of a log do not change the structure of the page.
func TestHostile(t *testing.T) {
	a, queries := hostile("x")
	want := elements(t, write(t, a, queries))
	require.Greater(t, len(want), 500)
	for _, s := range []string{
		"</td><script>alert(1)</script>", `" onclick="alert(1)`, "' onload='", "</style><b>", "</script>", "<!--", "-->", "]]>", "&lt;", "\x1b[2J\x00\x7f",
		"\xff\xfe", "\u202eabc", "{{.Script}}", "javascript:alert(1)", strings.Repeat("<b>&\"", 800), strings.Repeat("x", 4000), strings.Repeat("ü", 4000),
	} {
		a, queries := hostile(s)
		p := write(t, a, queries)
		got := elements(t, p)
		if len(s) > maxText { // lists may be shorter
			got, want = distinct(got), distinct(want)
		}
		require.True(t, slices.Equal(want, got), "%.40q", s)
		hasNot(t, p, "\x1b")
		hasNot(t, p, "\u202e")
		assert.Less(t, len(p), 300_000)
	}
}

// The page is small for any answer, and says what it omits.
func TestLarge(t *testing.T) {
	long := strings.Repeat("é<", 2000)
	a, queries := hostile(long)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	row, peer, reject := a.Ports[0], a.Peers[0], a.Rejects[0]
	a.Hours, a.Ports, a.Peers, a.Rejects, a.Machines = nil, nil, nil, nil, nil
	row.Hours, row.Machines = nil, nil
	for i := range 10_000 {
		a.Hours = append(a.Hours, answer.Hour{Start: start.Add(time.Duration(i) * time.Hour), Accepted: int64(i), Rejected: 1})
		row.Hours = append(row.Hours, int64(i)<<30)
	}
	for range 1000 {
		a.Machines = append(a.Machines, long)
		row.Machines = append(row.Machines, 1<<60)
		peer.Services = append(peer.Services, long)
		row.PeerList = append(row.PeerList, peer)
		row.MachineList = append(row.MachineList, peer)
		a.Gone = append(a.Gone, a.Gone[0])
		a.Limits = append(a.Limits, long)
	}
	for range 5000 {
		a.Ports, a.Peers, a.Rejects = append(a.Ports, row), append(a.Peers, peer), append(a.Rejects, reject)
	}
	a.New = 5000
	queries[0].SQL = strings.Repeat("SELECT <1>", 1000)
	p := write(t, a, queries)
	assert.Less(t, len(p), 300_000)
	assert.Greater(t, len(p), 50_000)
	shown := strings.Count(p[strings.Index(p, `id="ports-t"`):strings.Index(p, `id="peers-t"`)], `scope="row" data-v`)
	assert.Greater(t, shown, 5)
	has(t, p, fmt.Sprintf("and %d,%03d more ports: opened ", (5000-shown)/1000, (5000-shown)%1000))
	matches(t, p, `and 4,9\d\d more peers, which count `)
	matches(t, p, `and 4,9\d\d more sources, which count `)
	matches(t, p, `and 9\d\d more `)
	has(t, p, "ddl -queries ")
	assert.LessOrEqual(t, strings.Count(p, "<li title="), maxTimes)
}

func TestEmpty(t *testing.T) {
	p := write(t, &answer.Answer{}, nil)
	assert.Equal(t, 3, strings.Count(p, "<p>None.</p>"))
	hasNot(t, p, "id=\"times\"")
	hasNot(t, p, "id=\"matrix\"")
	elements(t, p)
}

func TestTexts(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10_000: "10k", 23_400_000: "23M"} {
		assert.Equal(t, want, compact(n))
	}
	assert.Equal(t, "00443/TCP", sortKey(&answer.Row{Key: answer.Key{Port: 443, Protocol: flowlog.TCP}}))
	assert.Equal(t, strings.Repeat("ü", 63)+"…", text(strings.Repeat("ü", 4000)))
	for d, want := range map[time.Duration]string{time.Hour: "hour", 48 * time.Hour: "2 days", 5 * time.Minute: "5 minutes", 90 * time.Second: "90 seconds"} {
		assert.Equal(t, want, period(d))
	}
}
