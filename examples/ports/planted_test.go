package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
)

const plantedHeader = "interface-id instance-id interface-type srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags flow-direction start end packets bytes action log-status\n"

// planted returns a log with planted findings.
func planted() string {
	var b strings.Builder
	b.WriteString(plantedHeader)
	start := 1_763_600_000 // 2025-11-20
	packets := func(eni, instance, kind, src, dst, pktDst string, srcport, dstport, flags int, direction, action string) {
		start += 7
		fmt.Fprintf(&b, "%s %s %s %s %s %s %s %d %d 6 %d %s %d %d 3 120 %s OK\n",
			eni, instance, kind, src, dst, src, pktDst, srcport, dstport, flags, direction, start, start+60, action)
	}
	line := func(eni, instance, kind, src, dst string, srcport, dstport, flags int, direction, action string) {
		packets(eni, instance, kind, src, dst, dst, srcport, dstport, flags, direction, action)
	}
	for i := range 40 {
		peer := fmt.Sprintf("52.0.0.%d", i%8+1)
		line("eni-1", "i-1", "-", "10.0.1.5", peer, 40000+i, 443, 2, "egress", "ACCEPT")
		line("eni-1", "i-1", "-", peer, "10.0.1.5", 443, 40000+i, 18, "ingress", "ACCEPT")
		line("eni-1", "i-1", "-", peer, "10.0.1.5", 443, 40000+i, 0, "ingress", "ACCEPT") // a response, without SYN
	}
	for range 5 { // a service on a higher port than its client
		line("eni-2", "i-2", "-", "10.0.1.6", "52.0.1.1", 20000, 31337, 3, "egress", "ACCEPT")
		line("eni-2", "i-2", "-", "52.0.1.1", "10.0.1.6", 31337, 20000, 19, "ingress", "ACCEPT")
	}
	for i := range 70 {
		line("eni-3", "i-3", "-", "10.0.1.7", fmt.Sprintf("52.1.0.%d", i+1), 50000+i, 4444, 2, "egress", "ACCEPT")
	}
	// IPv6 without a prefix of ours: only flow-direction tells.
	line("eni-4", "i-4", "-", "2600:1f18::5", "2a00:1450::1", 51000, 8443, 2, "egress", "ACCEPT")
	line("eni-4", "i-4", "-", "2a00:1450::1", "2600:1f18::5", 8443, 51000, 18, "ingress", "ACCEPT")
	// A NAT gateway sees the connection of an instance again.
	line("eni-5", "i-5", "-", "10.0.2.1", "52.2.0.1", 45000, 25, 2, "egress", "ACCEPT")
	packets("eni-nat", "-", "nat_gateway", "10.0.2.1", "10.0.9.9", "52.2.0.1", 45000, 25, 2, "ingress", "ACCEPT")
	line("eni-nat", "-", "nat_gateway", "10.0.9.9", "52.2.0.1", 1025, 25, 2, "egress", "ACCEPT")
	for range 9 {
		line("eni-1", "i-1", "-", "198.51.100.7", "10.0.1.5", 60000, 3389, 2, "ingress", "REJECT")
	}
	return b.String()
}

func find(t *testing.T, a *answer.Answer, service string) answer.Row {
	t.Helper()
	i := slices.IndexFunc(a.Ports, func(r answer.Row) bool { return r.Service().String() == service })
	require.GreaterOrEqual(t, i, 0, "%s in %v", service, opened(a))
	return a.Ports[i]
}

// The planted findings are in the JSON, the table and the page.
func TestPlanted(t *testing.T) {
	dir := t.TempDir()
	log := planted()
	var before strings.Builder
	for line := range strings.Lines(log) {
		if !strings.Contains(line, " 4444 ") {
			before.WriteString(line)
		}
	}
	_, earlier, _ := command(t, t.Context(), []byte(before.String()), "-json")
	base := write(t, filepath.Join(dir, "base.json"), []byte(earlier))
	page := filepath.Join(dir, "ports.html")
	code, stdout, stderr := command(t, t.Context(), []byte(log), "-json", "-baseline", base, "-html", page)
	require.Zero(t, code, stderr)
	a := decode(t, stdout)

	row := find(t, a, "4444/TCP")
	assert.True(t, row.IsNew())
	assert.EqualValues(t, 70, row.Connections)
	assert.Equal(t, 70, row.Peers)
	assert.Equal(t, 1, row.Instances)
	require.NotEmpty(t, row.MachineList)
	assert.Equal(t, "i-3", row.MachineList[0].ID)
	row = find(t, a, "443/TCP")
	assert.EqualValues(t, 40, row.Connections, "answers are no connections")
	assert.Equal(t, 8, row.Peers)
	assert.EqualValues(t, 120, row.Records)
	assert.EqualValues(t, 5, find(t, a, "31337/TCP").Connections)
	row = find(t, a, "8443/TCP")
	assert.EqualValues(t, 1, row.Connections)
	assert.Equal(t, "2600:1f18::5", row.SourceList[0].ID)
	row = find(t, a, "25/TCP")
	assert.EqualValues(t, 2, row.Connections)
	assert.EqualValues(t, 1, row.Middle, "one of two is the gateway's")
	assert.Len(t, a.Ports, 5, "%v", opened(a))
	assert.Zero(t, a.NoSide)

	code, stdout, _ = command(t, t.Context(), []byte(log), "-inbound", "-rejected", "-json")
	require.Zero(t, code)
	row = find(t, decode(t, stdout), "3389/TCP")
	assert.EqualValues(t, 9, row.Count)
	assert.Equal(t, "198.51.100.7", row.PeerList[0].ID)

	_, table, _ := command(t, t.Context(), []byte(log), "-baseline", base)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	html := string(text)
	for _, service := range []string{"4444/TCP", "443/TCP", "31337/TCP", "8443/TCP", "25/TCP"} {
		assert.Contains(t, table, service)
		assert.True(t, strings.Contains(html, service), service)
	}
	for _, fact := range []string{"1 new port since 20 Nov 2025: i-3 opens 4444/TCP to 70 peers.", "2a00:1450::1", "198.51.100.7", "1 at a gateway"} {
		assert.True(t, strings.Contains(html, fact), fact)
	}
	assert.Contains(t, table, "i-3")
	assert.NotContains(t, table, "20000/TCP")
	assert.Less(t, len(html), 300_000)
}
