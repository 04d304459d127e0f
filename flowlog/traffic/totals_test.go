package traffic_test

import (
	"cmp"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

const counted = flags + " action packets bytes start end"

func TestTally(t *testing.T) {
	var c traffic.Classifier
	all := make(traffic.Tally[traffic.Service])
	halves := []traffic.Tally[traffic.Service]{{}, {}}
	for i, line := range []string{
		"10.0.0.1 52.1.1.1 40000 443 6 2 ACCEPT 10 1000 100 160",
		"52.1.1.1 10.0.0.1 443 40000 6 18 ACCEPT 20 9000 101 170",
		"10.0.0.1 52.1.1.1 40001 443 6 2 REJECT 1 40 90 -",
		"10.0.0.1 52.1.1.1 40000 80 6 2 - - - - -",
		"10.0.0.1 52.1.1.1 0 0 1 - ACCEPT 1 84 1616729292000 1616729349000",
	} {
		r := decode(t, counted, line)
		f, ok := c.Classify(r)
		require.True(t, ok)
		all.Add(f.Service(), r, f)
		halves[i%2].Add(f.Service(), r, f)
	}
	https, http, icmp := traffic.Service{Port: 443, Protocol: 6}, traffic.Service{Port: 80, Protocol: 6}, traffic.Service{Protocol: 1}
	want := []traffic.Entry[traffic.Service]{
		{Key: https, Totals: traffic.Totals{Records: 3, Openings: 2, Accepted: 2, Rejected: 1, Packets: 31, Bytes: 10040, First: 90, Last: 170}},
		{Key: http, Totals: traffic.Totals{Records: 1, Openings: 1}},
		{Key: icmp, Totals: traffic.Totals{Records: 1, Accepted: 1, Packets: 1, Bytes: 84, First: 1616729292000, Last: 1616729349000}},
	}
	assert.Equal(t, want, all.Top(0, nil), "equal entries are sorted by text")
	halves[0].Merge(halves[1])
	assert.Equal(t, all, halves[0])
	halves[0].Merge(halves[1])
	assert.Equal(t, int64(1), halves[1][http].Records, "Merge does not share totals")

	byBytes := func(a, b traffic.Entry[traffic.Service]) int { return cmp.Compare(a.Bytes, b.Bytes) }
	assert.Equal(t, []traffic.Service{http, icmp}, []traffic.Service{all.Top(2, byBytes)[0].Key, all.Top(2, byBytes)[1].Key})
	assert.Len(t, all.Top(9, byBytes), 3)
	assert.Empty(t, traffic.Tally[string]{}.Top(1, nil))

	text, err := json.Marshal(all.Top(0, nil)[1])
	require.NoError(t, err)
	assert.JSONEq(t, `{"key":{"port":80,"protocol":6},"records":1,"openings":1,"accepted":0,"rejected":0,"packets":0,"bytes":0,"first":0,"last":0}`, string(text))
}

// TestTotalsLimits compares times in seconds with times in milliseconds, and checks that sums do
// not become negative.
func TestTotalsLimits(t *testing.T) {
	var total traffic.Totals
	add := func(bytes int64, start, end flowlog.Timestamp) {
		total.Add(&flowlog.Record{Bytes: bytes, Packets: bytes, Start: start, End: end}, traffic.Flow{})
	}
	add(math.MaxInt64, 1616729292, 1616729349)
	add(1, 1616729291000, 1616729348000)
	assert.Equal(t, traffic.Totals{Records: 2, Packets: math.MaxInt64, Bytes: math.MaxInt64, First: 1616729291000, Last: 1616729349}, total)
	total.Merge(total)
	assert.Equal(t, int64(math.MaxInt64), total.Bytes)
	assert.Equal(t, int64(4), total.Records)
}

func TestNamesOfValues(t *testing.T) {
	for d := traffic.DirectionUnknown; d <= traffic.External; d++ {
		var back traffic.Direction
		text, err := d.MarshalText()
		require.NoError(t, err)
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, d, back)
	}
	for e := traffic.NoEvidence; e <= traffic.TCPFlags; e++ {
		var back traffic.Evidence
		text, err := e.MarshalText()
		require.NoError(t, err)
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, e, back)
	}
	assert.Equal(t, "9", traffic.Direction(9).String())
	assert.Equal(t, "9", traffic.Evidence(9).String())
	var e traffic.Evidence
	assert.EqualError(t, e.UnmarshalText([]byte("x")), `traffic: "x": want one of none, port-numbers, tcp-flags`)
}

func TestService(t *testing.T) {
	for text, want := range map[string]traffic.Service{
		"443/TCP": {Port: 443, Protocol: flowlog.TCP}, "0/UDP": {Protocol: flowlog.UDP}, "ICMP": {Protocol: flowlog.ICMP},
		"GRE": {Protocol: 47}, "5/GRE": {Port: 5, Protocol: 47}, "9/SCTP": {Port: 9, Protocol: 132},
		"443": {Port: 443}, "HOPOPT": {}, "61": {Port: 61}, "0/61": {Protocol: 61}, "A/N": {Protocol: 107},
	} {
		assert.Equal(t, text, want.String())
		got, err := traffic.ParseService(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got)
	}
	for p := range 256 {
		for _, port := range []uint16{0, 1, uint16(p)} {
			s := traffic.Service{Port: port, Protocol: flowlog.Protocol(p)}
			got, err := traffic.ParseService(s.String())
			require.NoError(t, err, s)
			assert.Equal(t, s, got)
		}
	}
	for _, text := range []string{"", "/", "65536/TCP", "-1/TCP", "443/", "443/NONE", "a/TCP", "443/TCP/x"} {
		_, err := traffic.ParseService(text)
		assert.ErrorIs(t, err, traffic.ErrService, text)
	}
}
