package page

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Sample returns an answer that is made up, for tests of the page: of two days,
// with three ports that are new.
func Sample() *Data {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	d := &Data{
		Read:     "1,204,331 records in 96 files, 412 NODATA",
		Inferred: "by TCP flags, for UDP by port numbers",
		Ours:     []string{"10.0.0.0/16", "10.1.0.0/16", "2001:db8:1000::/56"},
		From:     start, To: start.AddDate(0, 0, 2), Baseline: start, Compared: true,
		Records: 1_204_331, OtherSides: 8_300,
		Gone: []string{"21/TCP", "8009/TCP"},
	}
	for h := range 48 {
		day := int64(20_000 + 15_000*max(0, 6-abs(h%24-13)))
		d.Times = append(d.Times, Bucket{start.Add(time.Duration(h) * time.Hour), day + r.Int64N(4000), day/12 + r.Int64N(1500)})
	}
	d.Times[40].Rejected += 42_000
	for i, p := range []struct {
		service, name string
		n             int64
		fresh         bool
	}{
		{"443/TCP", "https", 182_411, false}, {"53/UDP", "domain", 95_120, false}, {"80/TCP", "http", 21_040, false},
		{"123/UDP", "ntp", 9_600, false}, {"5432/TCP", "postgresql", 7_210, false}, {"22/TCP", "ssh", 812, false},
		{"4444/TCP", "", 70, true}, {"587/TCP", "submission", 64, false}, {"6667/TCP", "ircd", 12, true}, {"27017/TCP", "mongodb", 4, true},
		{"ICMP", "", 310, false},
	} {
		port := Port{
			Service: p.service, Name: p.name, New: p.fresh,
			Connections: p.n, Records: p.n * 3, Accepted: p.n * 3, Rejected: r.Int64N(p.n/20 + 2), Packets: p.n * 40, Bytes: p.n * (4_000 + r.Int64N(90_000)),
			Sources: 1 + p.n/9000, Peers: 1 + p.n/900, First: start.Add(time.Duration(r.Int64N(3600)) * time.Second), Last: start.Add(47*time.Hour + time.Duration(r.Int64N(3600))*time.Second),
			Evidence: "TCP flags",
		}
		if p.service == "4444/TCP" {
			port.Peers, port.First = 70, start.Add(40*time.Hour)
		}
		port.SourceNames = []string{fmt.Sprintf("i-0a1b2c3d4e5f%04d", i), "web-1", "batch"}[:min(3, port.Sources)]
		port.PeerNames = []string{"S3 eu-west-1", "203.0.113.12", "payments.example.com"}[:min(3, port.Peers)]
		for h := range 48 {
			n := p.n / 48 * int64(1+max(0, 6-abs(h%24-13))) / 3
			if p.fresh && h < 40 {
				n = 0
			}
			port.Series = append(port.Series, n+r.Int64N(p.n/100+3))
		}
		d.Ports = append(d.Ports, port)
	}
	for i := range 60 {
		n := int64(40_000 / (i + 1))
		d.Peers = append(d.Peers, Peer{Address: fmt.Sprintf("203.0.113.%d", i+1), Services: []string{"443/TCP", "80/TCP"}, Sources: int64(1 + i%7), Connections: n, Records: 3 * n, Bytes: n * 51_000})
		d.Rejects = append(d.Rejects, Reject{Address: fmt.Sprintf("198.51.100.%d", i+1), Services: []string{"22/TCP", "3389/TCP", "445/TCP"}, Peers: int64(1 + i%40), Records: n / 3})
	}
	d.Peers[0].Name, d.Peers[1].Name, d.Peers[3].Name = "S3 eu-west-1", "payments.example.com", "EC2 eu-west-1"
	d.Peers[7].New = true
	d.Rejects[0].Name = "scanner.example.net"
	d.Matrix = Matrix{Kind: "instance", Ports: []string{"443/TCP", "53/UDP", "80/TCP", "123/UDP", "5432/TCP", "22/TCP", "4444/TCP"}}
	for i := range 8 {
		d.Matrix.Instances = append(d.Matrix.Instances, fmt.Sprintf("i-0a1b2c3d4e5f%04d", i))
	}
	for i := range d.Matrix.Ports {
		row := make([]int64, 8)
		for j := range row {
			if r.IntN(3) > 0 && i < 6 {
				row[j] = r.Int64N(40_000 / int64(i*i+1))
			}
		}
		d.Matrix.Count = append(d.Matrix.Count, row)
	}
	d.Matrix.Count[6][3] = 70
	for _, view := range []string{ViewTimes, ViewPorts, ViewPeers, ViewRejects, ViewMatrix, ViewNew} {
		d.Queries = append(d.Queries, Query{View: view, Name: "OutboundPorts", Description: "The ports that our addresses open outbound.", SQL: "SELECT \"dstport\", \"protocol\", count(*) AS \"cnt\"\nFROM \"vpc_flow_logs\"\nWHERE \"action\" = 'ACCEPT'\nGROUP BY 1, 2\nORDER BY 3 DESC\nLIMIT 10"})
	}
	return d
}

func abs(n int) int { return max(n, -n) }
