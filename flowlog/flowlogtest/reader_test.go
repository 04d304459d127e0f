package flowlogtest_test

import (
	"bytes"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

func text(t *testing.T, f *flowlog.Format, lines int) []byte {
	t.Helper()
	b, err := io.ReadAll(flowlogtest.NewReader(f, lines, 2))
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
	assert.Greater(t, len(remote), 1000, "many addresses, some of them frequent")
	assert.Less(t, len(remote), lines/2)
}

func TestSeed(t *testing.T) {
	read := func(lines int, seed uint64) string {
		b, err := io.ReadAll(flowlogtest.NewReader(nil, lines, seed))
		require.NoError(t, err)
		return string(b)
	}
	assert.Equal(t, read(1000, 7), read(1000, 7))
	assert.NotEqual(t, read(1000, 7), read(1000, 8))
	assert.Equal(t, 1000, strings.Count(read(1000, 8), "\n"))
	assert.Empty(t, read(0, 7))
	assert.Empty(t, read(-1, 7))
	assert.NoError(t, iotest.TestReader(flowlogtest.NewReader(nil, 100, 7), []byte(read(100, 7))))
}

func TestEveryFormat(t *testing.T) {
	formats := []*flowlog.Format{flowlog.TransitGateway}
	for version := 2; version <= 11; version++ {
		f, err := flowlog.FormatOf(version)
		require.NoError(t, err)
		formats = append(formats, f)
	}
	custom, err := flowlog.ParseFormat("dstport srcaddr core-network-id action")
	require.ErrorIs(t, err, flowlog.ErrUnknownField)
	for _, f := range append(formats, custom) {
		t.Run(f.Header(), func(t *testing.T) {
			var seen flowlog.FieldSet
			log := text(t, f, 500)
			r := flowlog.NewReader(bytes.NewReader(log), f)
			for rec, err := range r.All() {
				require.NoError(t, err)
				seen = seen.Union(rec.Fields)
				if f.FieldSet().Has(flowlog.FieldVersion) {
					highest := 0
					for _, field := range f.Fields() {
						highest = max(highest, field.Version())
					}
					assert.EqualValues(t, highest, rec.Version)
				}
			}
			assert.EqualValues(t, 500, r.Stats().Records)
			assert.GreaterOrEqual(t, 2*seen.Len(), f.FieldSet().Len(), "most fields have values")
		})
	}
}

// TestFlows checks that Record.HasFlow agrees with the log status of the records, and gives
// the same count for a format without log status.
func TestFlows(t *testing.T) {
	bare, err := flowlog.ParseFormat("interface-id srcaddr dstaddr start")
	require.NoError(t, err)
	count := func(f *flowlog.Format) (flows int) {
		for rec, err := range flowlog.NewReader(bytes.NewReader(text(t, f, 2000)), f).All() {
			require.NoError(t, err)
			if rec.LogStatus != "" {
				assert.Equal(t, rec.LogStatus == flowlog.OK, rec.HasFlow())
			}
			if rec.HasFlow() {
				flows++
			}
		}
		return flows
	}
	assert.Equal(t, 1992, count(flowlog.V2))
	assert.Equal(t, 1992, count(bare))
}
