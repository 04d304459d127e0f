package samplelog_test

import (
	"bytes"
	"io"
	"net/netip"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/samplelog"
	"github.com/vpcflow/vpcflow/flowlog"
)

func text(t *testing.T, f *flowlog.Format, lines int) []byte {
	t.Helper()
	b, err := io.ReadAll(samplelog.NewReader(f, lines))
	require.NoError(t, err)
	return b
}

func TestShares(t *testing.T) {
	const lines = 20_000
	log := text(t, flowlog.V2, lines)
	assert.Equal(t, lines, bytes.Count(log, []byte{'\n'}))
	inside := netip.MustParsePrefix("10.0.0.0/16")
	var rejected, ipv6 int
	enis, remote := map[string]int{}, map[netip.Addr]int{}
	r := flowlog.NewReader(bytes.NewReader(log), nil)
	for rec, err := range r.All() {
		require.NoError(t, err)
		enis[rec.InterfaceID]++
		if rec.Action == flowlog.Reject {
			rejected++
		}
		if rec.SrcAddr.Is6() {
			ipv6++
		}
		if rec.SrcAddr.Is4() && !inside.Contains(rec.SrcAddr) {
			assert.False(t, rec.SrcAddr.IsPrivate())
			remote[rec.SrcAddr]++
		}
	}
	st := r.Stats()
	assert.InDelta(t, 0.10, float64(rejected)/lines, 0.01)
	assert.InDelta(t, 0.03, float64(ipv6)/lines, 0.005)
	assert.InDelta(t, 0.004, float64(st.NoData+st.SkipData)/lines, 0.0005)
	assert.Positive(t, st.SkipData)
	assert.Greater(t, len(enis), 8, "several interfaces")
	assert.Greater(t, len(remote), 1000, "many addresses, some of which come often")
	assert.Less(t, len(remote), lines/2)
}

func TestSameEachTime(t *testing.T) {
	assert.Equal(t, text(t, flowlog.V2, 1000), text(t, flowlog.V2, 1000))
	assert.Empty(t, text(t, flowlog.V2, 0))
	assert.NoError(t, iotest.TestReader(samplelog.NewReader(flowlog.V2, 100), text(t, flowlog.V2, 100)))
}

func TestEveryFormat(t *testing.T) {
	v11, err := flowlog.FormatOf(11)
	require.NoError(t, err)
	v5, err := flowlog.FormatOf(5)
	require.NoError(t, err)
	for _, f := range []*flowlog.Format{flowlog.V2, v5, v11, flowlog.TransitGateway} {
		r := flowlog.NewReader(bytes.NewReader(text(t, f, 500)), f)
		for rec, err := range r.All() {
			require.NoError(t, err)
			version := rec.Version
			assert.Contains(t, []int32{2, 5, 6, 11}, version)
		}
		assert.EqualValues(t, 500, r.Stats().Records)
	}
}
