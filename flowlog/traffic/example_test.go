package traffic_test

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// This example lists the ports to which each instance opens connections, and the servers.
func Example() {
	const log = `instance-id srcaddr dstaddr srcport dstport protocol tcp-flags action bytes
i-1 10.0.1.10 198.51.100.7 40001 443 6 2 ACCEPT 5200
i-1 198.51.100.7 10.0.1.10 443 40001 6 18 ACCEPT 90000
i-1 10.0.1.10 198.51.100.7 40002 443 6 2 ACCEPT 1200
i-1 10.0.1.10 203.0.113.9 40003 4444 6 2 ACCEPT 300
i-2 10.0.1.20 203.0.113.9 30000 50051 6 2 ACCEPT 700
i-2 192.0.2.66 10.0.1.20 40004 22 6 2 REJECT 40
`
	peers, err := traffic.ReadNames(strings.NewReader("198.51.100.0/24,payments\n"))
	if err != nil {
		panic(err)
	}
	type key struct {
		instance string
		service  traffic.Service
		peer     string
	}
	var classifier traffic.Classifier
	tally := make(traffic.Tally[key])
	for r, err := range flowlog.NewReader(strings.NewReader(log), nil).All() {
		if err != nil {
			panic(err)
		}
		flow, ok := classifier.Classify(r)
		if !ok || !traffic.OpenedOutbound(r, flow) {
			continue
		}
		peer, ok := peers.Name(flow.Server)
		if !ok {
			peer = flow.Server.String()
		}
		tally.Add(key{strings.Clone(r.InstanceID), flow.Service(), peer}, r, flow)
	}
	for _, e := range tally.Top(10, func(a, b traffic.Entry[key]) int { return cmp.Compare(b.Bytes, a.Bytes) }) {
		fmt.Printf("%s opens %v to %s: %d connections, %d bytes\n", e.Key.instance, e.Key.service, e.Key.peer, e.Openings, e.Bytes)
	}
	// Output:
	// i-1 opens 443/TCP to payments: 2 connections, 6400 bytes
	// i-2 opens 50051/TCP to 203.0.113.9: 1 connections, 700 bytes
	// i-1 opens 4444/TCP to 203.0.113.9: 1 connections, 300 bytes
}

// This example treats the interfaces of an account as ours, including their public addresses.
func ExampleReadInterfaces() {
	interfaces, err := traffic.ReadInterfaces(strings.NewReader(`{"NetworkInterfaces": [{
		"NetworkInterfaceId": "eni-1", "TagSet": [{"Key": "Name", "Value": "front"}],
		"PrivateIpAddress": "10.0.1.10", "Association": {"PublicIp": "203.0.113.10"}}]}`))
	if err != nil {
		panic(err)
	}
	ours := traffic.Private()
	ours.AddAll(interfaces.Networks())
	classifier := traffic.Classifier{Ours: ours}
	r, err := flowlog.Parse("2 123456789012 eni-9 203.0.113.10 198.51.100.7 40000 443 6 1 52 1 2 ACCEPT OK")
	if err != nil {
		panic(err)
	}
	flow, _ := classifier.Classify(&r)
	name, _ := ours.Name(flow.Client)
	fmt.Println(name, flow.Direction, flow.Service(), "by", flow.Evidence)
	// Output: front outbound 443/TCP by port-numbers
}
