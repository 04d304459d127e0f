package answer

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

func TestAddDoesNotAllocate(t *testing.T) {
	var r flowlog.Record
	require.NoError(t, flowlog.V2.Decode(&r, "2 1 eni-1 10.0.0.1 52.1.1.1 40000 443 6 1 1 1 1 ACCEPT OK"))
	c := NewCounter(&Options{})
	c.Add(&r)
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.Add(&r) }))
}

// BenchmarkAdd compares counting the records of a log with decoding them.
func BenchmarkAdd(b *testing.B) {
	var text bytes.Buffer
	_, err := text.ReadFrom(flowlogtest.NewReader(flowlog.V2, 200_000, 1))
	require.NoError(b, err)
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	perRecord := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/record")
	}
	for name, c := range map[string]*Counter{"Decode": nil, "Decode and Add": NewCounter(&Options{})} {
		b.Run(name, func(b *testing.B) {
			var r flowlog.Record
			for b.Loop() {
				for _, line := range lines {
					if err := flowlog.V2.Decode(&r, line); err != nil {
						b.Fatal(err)
					}
					if c != nil {
						c.Add(&r)
					}
				}
			}
			perRecord(b)
		})
	}
}
