package page

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
)

// Sample returns a sample answer for tests of the page. It covers two days and has
// three new ports.
func Sample() *answer.Answer {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	a := &answer.Answer{
		Version: answer.Version, Files: 96, Records: 1_204_331, NoData: 412,
		Ours: "10.0.0.0/16, 10.1.0.0/16, 2001:db8:1000::/56", First: start, Last: start.AddDate(0, 0, 2),
		Flows: 1_203_919, NoSide: 8_300, Evidence: map[string]int64{"tcp-flags": 212_000, "port-numbers": 105_000},
		Gone: []answer.Key{{Port: 21, Protocol: flowlog.TCP}, {Port: 8009, Protocol: flowlog.TCP}}, New: 3,
		Baseline: &answer.Span{First: start.AddDate(0, 0, -7), Last: start}, Bucket: time.Hour,
	}
	busy := func(hour int) int64 { return int64(max(0, 6-max(hour%24-13, 13-hour%24))) }
	for h := range 48 {
		n := 20_000 + 15_000*busy(h)
		a.Hours = append(a.Hours, answer.Hour{Start: start.Add(time.Duration(h) * time.Hour), Accepted: n + r.Int64N(4000), Rejected: n/12 + r.Int64N(1500)})
	}
	a.Hours[40].Rejected += 42_000
	for i := range 8 {
		a.Machines = append(a.Machines, fmt.Sprintf("i-0a1b2c3d4e5f%04d", i))
	}
	for i, p := range []struct {
		port     uint16
		protocol flowlog.Protocol
		name     string
		n        int64
		fresh    bool
	}{
		{4444, flowlog.TCP, "", 70, true}, {6667, flowlog.TCP, "ircd", 12, true}, {27017, flowlog.TCP, "mongodb", 4, true},
		{443, flowlog.TCP, "https", 182_411, false}, {53, flowlog.UDP, "domain", 95_120, false}, {80, flowlog.TCP, "http", 21_040, false},
		{123, flowlog.UDP, "ntp", 9_600, false}, {5432, flowlog.TCP, "postgresql", 7_210, false}, {22, flowlog.TCP, "ssh", 812, false},
		{587, flowlog.TCP, "submission", 64, false}, {0, flowlog.ICMP, "", 310, false},
	} {
		row := answer.Row{
			Key:   answer.Key{Port: p.port, Protocol: p.protocol},
			Total: answer.Total{Count: p.n, Connections: p.n, Records: p.n * 3, Packets: p.n * 40, Bytes: p.n * (4_000 + r.Int64N(90_000))},
			Name:  p.name, New: &p.fresh, Accepted: p.n * 3, Rejected: r.Int64N(p.n/20 + 2), Evidence: "tcp-flags",
			First: start.Add(time.Duration(r.Int64N(3600)) * time.Second), Last: start.Add(47*time.Hour + time.Duration(r.Int64N(3600))*time.Second),
			Sources: int(1 + p.n/9000), Instances: int(min(8, 1+p.n/9000)), Peers: int(1 + p.n/900),
		}
		if p.protocol == flowlog.UDP {
			row.Evidence = "port-numbers"
		}
		if p.port == 4444 {
			row.Peers, row.First = 70, start.Add(40*time.Hour)
		}
		for k, name := range []string{"", "web-1", "batch"}[:min(3, row.Instances)] {
			row.MachineList = append(row.MachineList, answer.Member{ID: a.Machines[(i+3*k+3)%8], Name: name, Count: 1})
		}
		for k, name := range []string{"S3 eu-west-1", "", "payments.example.com"}[:min(3, row.Peers)] {
			row.PeerList = append(row.PeerList, answer.Member{ID: fmt.Sprintf("203.0.113.%d", 10+k), Name: name, Count: 1})
		}
		for h := range 48 {
			n := p.n / 144 * (1 + busy(h))
			if p.fresh && h < 40 {
				n = 0
			} else {
				n += r.Int64N(p.n/100 + 3)
			}
			row.Hours = append(row.Hours, n)
		}
		for m := range a.Machines {
			var n int64
			if p.fresh == (m == 3) && r.IntN(4) > 0 || p.port == 4444 && m == 3 {
				n = p.n/8 + r.Int64N(p.n/4+1)
			}
			row.Machines = append(row.Machines, n)
		}
		a.Ports = append(a.Ports, row)
	}
	for i := range 60 {
		n := int64(40_000 / (i + 1))
		a.Peers = append(a.Peers, answer.Member{ID: fmt.Sprintf("203.0.113.%d", i+1), Count: n, Bytes: n * 51_000, Services: []string{"443/TCP", "80/TCP"}})
		a.Rejects = append(a.Rejects, answer.Member{ID: fmt.Sprintf("198.51.100.%d", i+1), Count: n / 3, Services: []string{"22/TCP", "3389/TCP", "445/TCP"}, More: i % 3})
	}
	a.Peers[0].Name, a.Peers[1].Name, a.Peers[3].Name = "S3 eu-west-1", "payments.example.com", "EC2 eu-west-1"
	a.Rejects[0].Name = "scanner.example.net"
	return a
}
