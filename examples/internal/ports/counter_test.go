package ports_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

var vpc = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("2001:db8:1::/48")}

// count counts the lines of a format given as names.
func count(t testing.TB, names string, cidrs []netip.Prefix, lines ...string) *ports.Counter {
	t.Helper()
	f, err := flowlog.ParseFormat(names)
	require.NoError(t, err)
	c := ports.NewCounter(f, cidrs)
	for _, line := range lines {
		var r flowlog.Record
		require.NoError(t, f.Decode(&r, line))
		c.Add(&r)
	}
	return c
}

// outbound writes ports as "443/TCP 2".
func outbound(c *ports.Counter) string {
	var b strings.Builder
	for _, o := range c.Outbound(0) {
		fmt.Fprintf(&b, "%d/%v %d\n", o.Port.Port, o.Protocol, o.Count)
	}
	return b.String()
}

const tuple = "srcaddr dstaddr srcport dstport protocol"

func TestOutbound(t *testing.T) {
	for name, tt := range map[string]struct {
		format string
		lines  []string
		want   string
	}{
		"lower port is the service": {tuple, []string{
			"10.0.0.1 52.1.1.1 40000 443 6",
			"52.1.1.1 10.0.0.1 443 40000 6",
			"10.0.0.2 52.1.1.1 443 50000 6", // an answer
			"10.0.0.1 52.1.1.1 123 123 17",  // NTP
			"10.0.0.1 52.1.1.1 0 0 1",       // ICMP has no ports
		}, "123/UDP 1\n443/TCP 1\n"},
		"inside is not outbound": {tuple, []string{
			"10.0.0.1 10.0.9.9 40000 5432 6",
			"10.1.0.1 52.1.1.1 40000 443 6", // not ours
			"2001:db8:1::5 2001:db8:1::6 40000 443 6",
			"2001:db8:1::5 2001:db8:2::6 40000 443 6",
			"::ffff:10.0.0.1 52.1.1.1 40000 80 6",
		}, "80/TCP 1\n443/TCP 1\n"},
		"absent values": {tuple, []string{
			"- - - - -",
			"10.0.0.1 - 40000 443 6",
			"10.0.0.1 52.1.1.1 - 443 6",
			"10.0.0.1 52.1.1.1 40000 - 6",
			"10.0.0.1 52.1.1.1 40000 443 -",
		}, ""},
		"rejected": {tuple + " action", []string{
			"10.0.0.1 52.1.1.1 40000 25 6 REJECT",
			"10.0.0.1 52.1.1.1 40000 443 6 ACCEPT",
			"10.0.0.1 52.1.1.1 40000 80 6 -",
		}, "443/TCP 1\n"},
		"flags": {tuple + " tcp-flags", []string{
			"10.0.0.1 52.1.1.1 40000 443 6 2",
			"10.0.0.1 52.1.1.1 40000 443 6 3",
			"10.0.0.1 52.1.1.1 40000 443 6 0",   // a later interval
			"10.0.0.1 52.1.1.1 40000 443 6 -",   // not known
			"10.0.0.1 52.1.1.1 22 30000 6 18",   // an answer
			"10.0.0.1 52.1.1.1 30000 50051 6 2", // a service above its client
			"10.0.0.1 52.1.1.1 40000 53 17 0",   // UDP has no flags
			"10.0.0.1 52.1.1.1 53 40000 17 0",
		}, "443/TCP 2\n53/UDP 1\n50051/TCP 1\n"},
		"direction": {tuple + " flow-direction", []string{
			"10.0.0.1 52.1.1.1 40000 443 6 egress",
			"10.0.0.1 52.1.1.1 40000 443 6 ingress", // an appliance in between
			"10.0.0.1 52.1.1.1 40000 443 6 -",
		}, "443/TCP 1\n"},
		"transit gateway": {tuple + " tcp-flags flow-direction tgw-id", []string{
			"10.0.0.1 52.1.1.1 40000 443 6 18 ingress tgw-1",
			"10.0.0.1 52.1.1.1 443 40000 6 18 egress tgw-1",
		}, "443/TCP 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, outbound(count(t, tt.format, vpc, tt.lines...)))
		})
	}
}

func TestSource(t *testing.T) {
	c := count(t, tuple, vpc,
		"10.0.0.1 52.1.1.1 443 40000 6",
		"10.0.0.1 10.0.0.2 443 40000 6",
		"10.0.0.1 52.1.1.1 0 0 1",
		"10.0.0.1 52.1.1.1 80 1 6",
		"10.0.0.1 52.1.1.1 - 1 6",
		"52.1.1.1 10.0.0.1 22 1 6",
		"- - - - -",
	)
	assert.Equal(t, []ports.SourceCount{{443, 2}, {0, 1}, {80, 1}}, c.Source(0))
	assert.Equal(t, []ports.SourceCount{{443, 2}}, c.Source(1))
	assert.Empty(t, count(t, tuple, vpc).Source(10))
	assert.NotNil(t, count(t, tuple, vpc).Outbound(10), "an empty list in JSON, not null")

	b, err := json.Marshal(c.Outbound(0))
	require.NoError(t, err)
	assert.JSONEq(t, `[{"port":1,"protocol":6,"count":1}]`, string(b))
}

func TestMerge(t *testing.T) {
	lines := []string{"10.0.0.1 52.1.1.1 40000 443 6", "10.0.0.1 52.1.1.1 40000 80 6", "10.0.0.1 52.1.1.1 40000 443 6"}
	whole := count(t, tuple, vpc, lines...)
	a, b := count(t, tuple, vpc, lines[:1]...), count(t, tuple, vpc, lines[1:]...)
	assert.False(t, a.Equal(whole))
	a.Merge(b)
	assert.True(t, a.Equal(whole))
	a.Merge(a)
	assert.False(t, a.Equal(whole))
}

// The sample's connections have flags and directions in version 5, and lack
// them in the default format: what is inferred is the same ports.
func TestInferenceOnTheSample(t *testing.T) {
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	var names []string
	for _, f := range []*flowlog.Format{flowlog.V2, v5} {
		c := ports.NewCounter(f, ports.Private())
		r := flowlog.NewReader(flowlogtest.NewReader(f, 20_000, 2), f)
		for rec, err := range r.All() {
			require.NoError(t, err)
			c.Add(rec)
		}
		seen := map[ports.Port]bool{}
		for _, o := range c.Outbound(0) {
			seen[o.Port] = true
		}
		names = append(names, fmt.Sprint(seen))
		assert.Equal(t, ports.Port{Port: 443, Protocol: flowlog.TCP}, c.Outbound(1)[0].Port)
	}
	assert.Equal(t, names[0], names[1])
}

func TestParseCIDRs(t *testing.T) {
	got, err := ports.ParseCIDRs("10.0.3.4/16, fd00::/8,::ffff:192.168.0.0/112")
	require.NoError(t, err)
	assert.Equal(t, "[10.0.0.0/16 fd00::/8 192.168.0.0/16]", fmt.Sprint(got))
	for _, s := range []string{"", "10.0.0.0", "10.0.0.0/33", "x", "10.0.0.0/8,,"} {
		_, err := ports.ParseCIDRs(s)
		assert.Error(t, err, s)
	}
}

func TestParseFormat(t *testing.T) {
	for s, want := range map[string]int{"2": 14, "v5": 29, "11": 54, "tgw": 36, "srcaddr,dstaddr": 2, "${version} ${srcaddr} ${dstport}": 3} {
		f, err := ports.ParseFormat(s)
		require.NoError(t, err, s)
		assert.Equal(t, want, f.Len(), s)
	}
	for _, s := range []string{"", "1", "v99", "version version"} {
		_, err := ports.ParseFormat(s)
		assert.Error(t, err, s)
	}
	f, err := ports.ParseFormat("srcaddr nonsense")
	assert.ErrorIs(t, err, flowlog.ErrUnknownField)
	assert.Equal(t, 2, f.Len(), "usable all the same")
}

func TestSetTop(t *testing.T) {
	top := func(program bool, args ...string) (n int) {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.IntVar(&n, "top", 0, "")
		require.NoError(t, flags.Parse(args))
		ports.SetTop(flags, &n, program)
		return n
	}
	assert.Equal(t, 10, top(false))
	assert.Equal(t, 0, top(true))
	assert.Equal(t, 3, top(true, "-top", "3"))
	assert.Equal(t, 0, top(false, "-top", "0"))
}

func TestAddDoesNotAllocate(t *testing.T) {
	var r flowlog.Record
	require.NoError(t, flowlog.V2.Decode(&r, "2 1 eni-1 10.0.0.1 52.1.1.1 40000 443 6 1 1 1 1 ACCEPT OK"))
	c := ports.NewCounter(flowlog.V2, vpc)
	c.Add(&r)
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.Add(&r) }))
}

func BenchmarkAdd(b *testing.B) {
	var text bytes.Buffer
	_, err := text.ReadFrom(flowlogtest.NewReader(flowlog.V2, 10_000, 2))
	require.NoError(b, err)
	var all []flowlog.Record
	for rec, err := range flowlog.NewReader(&text, nil).All() {
		require.NoError(b, err)
		all = append(all, *rec)
	}
	c := ports.NewCounter(flowlog.V2, ports.Private())
	for b.Loop() {
		for i := range all {
			c.Add(&all[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/record")
}
