package page

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write returns the page. With VPCFLOW_PAGE set it is also kept there.
func write(t *testing.T, d *Data) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	if dir := os.Getenv("VPCFLOW_PAGE"); dir != "" {
		require.NoError(t, os.WriteFile(dir+"/"+strings.ReplaceAll(t.Name(), "/", "-")+".html", b.Bytes(), 0o666))
	}
	return b.String()
}

// elements returns the elements of the body, in order, each with its attributes'
// names; text and the values of attributes are not part of it.
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
			s := e.Name.Local
			for _, a := range e.Attr {
				s += " " + a.Name.Local
			}
			all = append(all, s)
		case xml.EndElement:
			all = append(all, "/"+e.Name.Local)
		case xml.Comment, xml.Directive, xml.ProcInst:
			all = append(all, fmt.Sprintf("%T", e))
		}
	}
}

// The page is too long to be printed when something is missing.
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
	p := write(t, Sample())
	for _, want := range []string{
		"3 new ports since 20 Nov 2026: i-0a1b2c3d4e5f0006 opens 4444/TCP to 70 peers.",
		"2026-11-20 00:00 to 2026-11-22 00:00 UTC", "by TCP flags, for UDP by port numbers", "less than 1 % of the records",
		"4444/TCP<span class=\"tag\">new</span>", "scanner.example.net", "No longer seen: 21/TCP, 8009/TCP", "records per hour",
		"and 10 more peers with ", "<title>Which ports do we open outbound?</title>", "GROUP BY 1, 2",
	} {
		has(t, p, want)
	}
	assert.Equal(t, 6, strings.Count(p, "<summary>Ask Athena: "))
	for _, outside := range []string{"http:", "https:", "url(", "<link", "@import", "src=", "<img", "style=", "on" + "click="} {
		assert.False(t, strings.Contains(p, outside), outside)
	}
	has(t, p, "default-src &#39;none&#39;")
	hasNot(t, p, "unsafe-inline")
	hasNot(t, p, "ZgotmplZ")
}

func TestHeadline(t *testing.T) {
	port := func(edit func(p *Port)) []Port {
		p := Port{Service: "443/TCP", Name: "https", Connections: -1, Records: 5, Sources: 3, Peers: 2}
		edit(&p)
		return []Port{p}
	}
	for _, tt := range []struct {
		d    Data
		want string
	}{
		{Data{}, "None: no record answers the question."},
		{Data{Ports: port(func(*Port) {})}, "1 port: 3 addresses open 443/TCP (https) to 2 peers."},
		{Data{Ports: port(func(p *Port) { p.Sources, p.Peers, p.PeerNames = 0, 1, []string{"S3"} })}, "1 port: 0 addresses open 443/TCP (https) to S3."},
		{Data{Compared: true, Ports: port(func(*Port) {})}, "Nothing new: 1 port, most of it 443/TCP (https)."},
		{Data{Compared: true, Ports: port(func(p *Port) { p.New = true })}, "1 new port: 3 addresses open 443/TCP (https) to 2 peers."},
		{Data{By: "instance", Ports: port(func(p *Port) { p.Service, p.Name = "i-1", "" })}, "1 instance: i-1, 5 records to 2 peers."},
		{Data{MorePorts: More{Rows: 1000}, Ports: port(func(p *Port) { p.Sources = 1; p.SourceNames = []string{"web"} })}, "1,001 ports: web opens 443/TCP (https) to 2 peers."},
	} {
		assert.Equal(t, tt.want, newView(&tt.d, 1).Headline)
	}
}

// hostile returns the sample with s in place of all text.
func hostile(s string) *Data {
	d := Sample()
	d.Read, d.Inferred, d.Question, d.Verb = s, s, s, s
	all := func(list []string) {
		for i := range list {
			list[i] = s
		}
	}
	all(d.Ours)
	all(d.Gone)
	d.Notes = []string{s}
	for i := range d.Ports {
		p := &d.Ports[i]
		p.Service, p.Name, p.Evidence = s, s, s
		all(p.SourceNames)
		all(p.PeerNames)
	}
	for i := range d.Peers {
		d.Peers[i].Address, d.Peers[i].Name = s, s
		all(d.Peers[i].Services)
	}
	for i := range d.Rejects {
		d.Rejects[i].Address, d.Rejects[i].Name = s, s
		all(d.Rejects[i].Services)
	}
	all(d.Matrix.Ports)
	all(d.Matrix.Instances)
	d.Matrix.Kind = s
	for i := range d.Queries {
		d.Queries[i].Name, d.Queries[i].Description, d.Queries[i].SQL = s, s, s
	}
	return d
}

func distinct(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}

// Values of a log change nothing in the page's structure.
func TestHostile(t *testing.T) {
	want := elements(t, write(t, hostile("x")))
	require.Greater(t, len(want), 500)
	for _, s := range []string{
		"</td><script>alert(1)</script>", `" onclick="alert(1)`, "' onload='", "</style><b>", "</script>", "<!--", "-->", "]]>", "&lt;", "\x1b[2J\x00\x7f",
		"\xff\xfe", "\u202eabc", "{{.Script}}", "javascript:alert(1)", strings.Repeat("<b>&\"", 800), strings.Repeat("x", 4000), strings.Repeat("ü", 4000),
	} {
		p := write(t, hostile(s))
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

// The page is small whatever it shows, and says what it leaves out.
func TestLarge(t *testing.T) {
	long := strings.Repeat("é<", 2000)
	d := hostile(long)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d.Times = nil
	var records int64
	for i := range 10_000 {
		d.Times = append(d.Times, Bucket{start.Add(time.Duration(i) * time.Hour), int64(i), 1})
		records += int64(i)
	}
	names := make([]string, 1000)
	for i := range names {
		names[i] = long
	}
	d.Ours, d.Gone, d.Notes = names, names, names
	d.Matrix.Instances, d.Matrix.Ports = names, names
	d.Matrix.Count = nil
	for range names {
		d.Matrix.Count = append(d.Matrix.Count, make([]int64, len(names)))
	}
	series := make([]int64, 10_000)
	for i := range series {
		series[i] = int64(i) << 40
	}
	d.Ports, d.Peers, d.Rejects = nil, nil, nil
	for range 5000 {
		d.Ports = append(d.Ports, Port{Service: long, Name: long, New: true, Connections: 1 << 60, Records: 1 << 50, Bytes: 1 << 62, Evidence: long,
			SourceNames: names, PeerNames: names, Sources: 1 << 60, Peers: 1 << 60, First: start, Last: start, Series: series})
		d.Peers = append(d.Peers, Peer{Address: long, Name: long, New: true, Services: names, Connections: 1 << 60, Records: 1 << 50, Bytes: 1 << 62})
		d.Rejects = append(d.Rejects, Reject{Address: long, Name: long, Services: names, Peers: 1 << 60, Records: 1 << 50})
	}
	for i := range d.Queries {
		d.Queries[i].SQL = strings.Repeat("SELECT <1>", 1000)
	}
	d.MorePeers = More{Rows: 7, Records: 3}
	p := write(t, d)
	assert.Less(t, len(p), 300_000)
	assert.Greater(t, len(p), 50_000)
	shown := strings.Count(p[strings.Index(p, `id="ports-t"`):strings.Index(p, `id="peers-t"`)], `scope="row" data-v`)
	assert.Greater(t, shown, 5)
	has(t, p, fmt.Sprintf("and %d,%03d more ports with ", (5000-shown)/1000, (5000-shown)%1000))
	matches(t, p, `and [45],\d\d\d more peers with `)
	matches(t, p, `and 4,9\d\d more sources with `)
	matches(t, p, `and 9\d\d more `)
	has(t, p, "ddl -queries ")
	matches(t, p, `records per \d+ hours`)
	assert.LessOrEqual(t, strings.Count(p, "<li title="), maxTimes)
	c := clipped(d)
	var sum int64
	for _, b := range c.Times {
		sum += b.Accepted
	}
	assert.Equal(t, records, sum)
}

func TestEmpty(t *testing.T) {
	p := write(t, &Data{})
	assert.Equal(t, 3, strings.Count(p, "<p>None.</p>"))
	hasNot(t, p, "id=\"times\"")
	hasNot(t, p, "id=\"matrix\"")
	elements(t, p)
}

func TestTexts(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 123_456: "123 kB", 13_100_000_000: "13.1 GB"} {
		assert.Equal(t, want, bytesText(n))
	}
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10_000: "10k", 23_400_000: "23M"} {
		assert.Equal(t, want, compact(n))
	}
	assert.Equal(t, "00443/TCP", sortKey("443/TCP"))
	assert.Equal(t, "ICMP", sortKey("ICMP"))
	assert.Equal(t, strings.Repeat("ü", 63)+"…", text(strings.Repeat("ü", 4000)))
	for d, want := range map[time.Duration]string{time.Hour: "hour", 48 * time.Hour: "2 days", 5 * time.Minute: "5 minutes", 90 * time.Second: "90 seconds"} {
		assert.Equal(t, want, period(d))
	}
}
