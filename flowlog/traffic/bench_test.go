package traffic_test

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// many returns n networks in addition to the private ones.
func many(n int) *traffic.Networks {
	networks := traffic.Private()
	random := rand.New(rand.NewPCG(1, 2))
	for networks.Len() < n {
		a := netip.AddrFrom4([4]byte{byte(random.IntN(220)), byte(random.IntN(256)), byte(random.IntN(256))})
		networks.Add(netip.PrefixFrom(a, 16+random.IntN(9)), "name")
	}
	return networks
}

func TestNoAllocation(t *testing.T) {
	r := decode(t, pkt, "10.0.0.1 52.1.1.1 40000 443 6 2 egress 2001:db8::1 52.1.1.1")
	tally := make(traffic.Tally[traffic.Service])
	networks := many(10_000)
	for _, c := range []traffic.Classifier{{}, {Ours: networks}, {Ours: networks, PacketAddrs: true}} {
		f, ok := c.Classify(r)
		require.True(t, ok)
		tally.Add(f.Service(), r, f)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			f, _ := c.Classify(r)
			tally.Add(f.Service(), r, f)
		}))
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() { networks.Name(r.DstAddr) }))
}

// BenchmarkClassify compares the time to classify the records of a log with the time to
// decode them.
func BenchmarkClassify(b *testing.B) {
	const n = 1000
	var text bytes.Buffer
	_, err := text.ReadFrom(flowlogtest.NewReader(flowlog.V2, n, 1))
	require.NoError(b, err)
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	records := make([]flowlog.Record, len(lines))
	for i, line := range lines {
		require.NoError(b, flowlog.V2.Decode(&records[i], line))
	}
	perRecord := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/record")
	}
	b.Run("Decode", func(b *testing.B) {
		var r flowlog.Record
		for b.Loop() {
			for _, line := range lines {
				if err := flowlog.V2.Decode(&r, line); err != nil {
					b.Fatal(err)
				}
			}
		}
		perRecord(b)
	})
	for _, tt := range []struct {
		name string
		ours *traffic.Networks
	}{{"private", nil}, {"5", traffic.Private()}, {"10000", many(10_000)}} {
		b.Run("Classify/"+tt.name, func(b *testing.B) {
			c := traffic.Classifier{Ours: tt.ours}
			for b.Loop() {
				for i := range records {
					c.Classify(&records[i])
				}
			}
			perRecord(b)
		})
	}
	b.Run("Tally", func(b *testing.B) {
		var c traffic.Classifier
		tally := make(traffic.Tally[traffic.Service])
		for b.Loop() {
			for i := range records {
				if f, ok := c.Classify(&records[i]); ok {
					tally.Add(f.Service(), &records[i], f)
				}
			}
		}
		perRecord(b)
	})
}
