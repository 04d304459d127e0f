package subscription_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/examples/internal/subscription"
)

// decode decodes an event with package cwlogs and with the decoder of
// aws-lambda-go.
func decode(t *testing.T, event []byte) []*cwlogs.Batch {
	t.Helper()
	var e events.CloudwatchLogsEvent
	require.NoError(t, json.Unmarshal(event, &e))
	_, err := e.AWSLogs.Parse()
	require.NoError(t, err)
	var batches []*cwlogs.Batch
	for b, err := range new(cwlogs.Decoder).DecodeLambda(e) {
		require.NoError(t, err)
		batches = append(batches, b)
	}
	return batches
}

func TestPacker(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + random.IntN(26))
		}
		return string(b)
	}
	for name, tt := range map[string]struct {
		packer   subscription.Packer
		streams  int
		payloads int // at least
		message  func(i int) string
	}{
		"by events":   {subscription.Packer{MaxEvents: 10, MaxBytes: 1 << 20, MaxHeld: 1 << 20}, 3, 20, func(int) string { return "x" }},
		"by size":     {subscription.Packer{MaxEvents: 1000, MaxBytes: 5000, MaxHeld: 1 << 20}, 1, 15, func(int) string { return noise(500) }},
		"documents":   {subscription.Packer{MaxEvents: 1000, MaxBytes: 5000, MaxHeld: 1 << 20}, 7, 15, func(int) string { return noise(500) }},
		"by held":     {subscription.Packer{MaxEvents: 1000, MaxBytes: 1 << 20, MaxHeld: 30}, 50, 15, func(int) string { return "y" }},
		"all at once": {subscription.Packer{MaxEvents: 1000, MaxBytes: 1 << 20, MaxHeld: 1 << 20}, 2, 1, func(int) string { return "z" }},
	} {
		t.Run(name, func(t *testing.T) {
			want, got, events := map[string][]string{}, map[string][]string{}, 0
			p := &tt.packer
			p.Emit = func(event []byte, n int) error {
				assert.LessOrEqual(t, len(event), p.MaxBytes)
				assert.LessOrEqual(t, n, p.MaxEvents)
				events++
				for _, b := range decode(t, event) {
					n -= len(b.Events)
					for _, e := range b.Events {
						got[b.LogStream] = append(got[b.LogStream], e.Message)
					}
				}
				assert.Zero(t, n)
				return nil
			}
			for i := range 200 {
				stream := fmt.Sprint("eni-", i%tt.streams)
				m := fmt.Sprint(i, tt.message(i))
				want[stream] = append(want[stream], m)
				require.NoError(t, p.Add(stream, int64(i), m))
			}
			require.NoError(t, p.Flush())
			assert.Equal(t, want, got, "each event once, in the order of its stream")
			assert.GreaterOrEqual(t, events, tt.payloads)
			require.NoError(t, p.Flush(), "nothing is left")
		})
	}
}

func TestPackerErrors(t *testing.T) {
	p := subscription.Packer{MaxEvents: 10, MaxBytes: 1000, MaxHeld: 1 << 20, Emit: func([]byte, int) error { return assert.AnError }}
	assert.ErrorContains(t, p.Add("s", 1, "a\xff"), "UTF-8")
	require.NoError(t, p.Add("s", 1, "a"))
	assert.ErrorIs(t, p.Flush(), assert.AnError)

	var large strings.Builder
	for i := range 5000 {
		fmt.Fprint(&large, i*i)
	}
	require.NoError(t, p.Add("s", 1, large.String()))
	assert.ErrorContains(t, p.Flush(), "want at most 1000")
}
