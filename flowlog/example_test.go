package flowlog_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

func Example() {
	const text = `version srcaddr dstaddr dstport protocol bytes action
5 10.0.0.71 52.95.128.179 443 6 15044 ACCEPT
5 10.0.0.71 52.95.128.179 443 6 471 ACCEPT
5 203.0.113.9 10.0.0.71 22 6 60 REJECT
`
	total := map[uint16]int64{}
	for r, err := range flowlog.NewReader(strings.NewReader(text), nil).All() {
		if err != nil {
			log.Fatal(err)
		}
		if r.Action == flowlog.Accept {
			total[r.DstPort] += r.Bytes
		}
	}
	fmt.Println(total)
	// Output: map[443:15515]
}

// With ReuseText, a Reader allocates nothing per record. Strings to keep must be cloned.
// Never use a string of a record as the key of a map assignment, not even for a key that
// the map already has: the map may keep the new string.
func ExampleReader_reuseText() {
	const text = `2 123456789010 eni-0a 10.0.0.1 10.0.0.2 443 50001 6 9 840 1767225600 1767225660 ACCEPT OK
2 123456789010 eni-0b 10.0.0.3 10.0.0.2 443 50002 6 1 40 1767225600 1767225660 ACCEPT OK
2 123456789010 eni-0a 10.0.0.1 10.0.0.2 443 50003 6 2 120 1767225660 1767225720 ACCEPT OK
`
	r := flowlog.NewReader(strings.NewReader(text), nil)
	r.ReuseText = true
	total := map[string]*int64{}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		n, ok := total[rec.InterfaceID]
		if !ok {
			n = new(int64)
			total[strings.Clone(rec.InterfaceID)] = n
		}
		*n += rec.Bytes
	}
	for _, eni := range slices.Sorted(maps.Keys(total)) {
		fmt.Println(eni, *total[eni])
	}
	// Output:
	// eni-0a 960
	// eni-0b 40
}

func ExampleParse() {
	r, err := flowlog.Parse("2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.SrcAddr, "->", r.DstAddr, r.DstPort, r.Protocol, r.Action)
	fmt.Println(r.Bytes, "bytes from", r.Start.Time())
	// Output:
	// 172.31.16.139 -> 172.31.16.21 22 TCP ACCEPT
	// 4249 bytes from 2014-12-14 04:06:50 +0000 UTC
}

func ExampleFormat_Decode() {
	f, err := flowlog.NewFormat(flowlog.FieldSrcAddr, flowlog.FieldDstPort, flowlog.FieldPackets)
	if err != nil {
		log.Fatal(err)
	}
	var r flowlog.Record // reused for each line
	for _, line := range []string{"10.0.0.1 443 12", "10.0.0.2 - 3", "10.0.0.3 443 many"} {
		if err := f.Decode(&r, line); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(r.SrcAddr, r.Has(flowlog.FieldDstPort), r.Packets)
	}
	// Output:
	// 10.0.0.1 true 12
	// 10.0.0.2 false 3
	// flowlog: byte 14, packets, "many": invalid syntax
}

func ExampleFormat_Append() {
	from, _ := flowlog.ParseFormat("version srcaddr srcport bytes")
	to, _ := flowlog.ParseFormat("bytes srcaddr vpc-id")
	var r flowlog.Record
	if err := from.Decode(&r, "2 10.0.0.1 0 4249"); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n%s\n", from.Append(nil, &r), to.Append(nil, &r))
	// Output:
	// 2 10.0.0.1 0 4249
	// 4249 10.0.0.1 -
}

func ExampleParseFormat() {
	f, err := flowlog.ParseFormat("version, srcaddr, pkt_srcaddr")
	fmt.Println(f, err)

	// An unknown field is an error, but the format can be used.
	f, err = flowlog.ParseFormat("${version} ${srcaddr} ${color}")
	fmt.Println(errors.Is(err, flowlog.ErrUnknownField))
	var r flowlog.Record
	if err := f.Decode(&r, "12 10.0.0.1 green"); err != nil {
		log.Fatal(err)
	}
	color, _ := f.Value(&r, "color")
	fmt.Println(r.SrcAddr, color)

	_, err = flowlog.ParseFormat("$${version} $${src-addr}") // escaped for Terraform
	fmt.Println(err)
	// Output:
	// ${version} ${srcaddr} ${pkt-srcaddr} <nil>
	// true
	// 10.0.0.1 green
	// flowlog: unknown field "src-addr" (did you mean srcaddr?)
}

func ExampleFormatOf() {
	f, err := flowlog.FormatOf(3)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Len())
	fmt.Println(f.Header())
	// Output:
	// 21
	// version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr
}

func ExampleReader() {
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	fmt.Fprint(w, "version srcaddr bytes\n")
	fmt.Fprint(w, "2 10.0.0.1 100\n")
	fmt.Fprint(w, "2 10.0.0.300 200\n")
	fmt.Fprint(w, "2 10.0.0.2 300\n")
	w.Close()

	r := flowlog.NewReader(&file, nil)
	for rec, err := range r.All() {
		if pe, ok := errors.AsType[*flowlog.ParseError](err); ok {
			fmt.Println("skipped:", pe)
			continue
		}
		if err != nil {
			log.Fatal(err) // the stream cannot be read
		}
		fmt.Println(rec.SrcAddr, rec.Bytes)
	}
	s := r.Stats()
	fmt.Println(s.Records, "records,", s.Bad, "bad")
	// Output:
	// 10.0.0.1 100
	// skipped: flowlog: line 3, byte 3, srcaddr, "10.0.0.300": not an IP address
	// 10.0.0.2 300
	// 2 records, 1 bad
}

func ExampleReader_All() {
	// Flow logs published directly to Firehose are objects without newlines between them.
	const text = `{"message":"2 10.0.0.1 5"}{"message":"2 10.0.0.2 7"}`
	f, err := flowlog.ParseFormat("version srcaddr packets")
	if err != nil {
		log.Fatal(err)
	}
	for r, err := range flowlog.NewReader(strings.NewReader(text), f).All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.SrcAddr, r.Packets)
	}
	// Output:
	// 10.0.0.1 5
	// 10.0.0.2 7
}

func ExampleRecord_Value() {
	r, err := flowlog.Parse("2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - NODATA")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range []flowlog.Field{flowlog.FieldInterfaceID, flowlog.FieldSrcPort, flowlog.FieldEnd} {
		fmt.Printf("%s=%s\n", f, r.Value(f))
	}
	// Output:
	// interface-id=eni-11111111aaaaaaaaa
	// srcport=-
	// end=1431280934
}

func ExampleRecord_AppendJSON() {
	f, _ := flowlog.ParseFormat("srcaddr srcport dstport action tcp-flags")
	var r flowlog.Record
	if err := f.Decode(&r, "10.0.0.1 0 - ACCEPT 18"); err != nil {
		log.Fatal(err)
	}
	object := r.AppendJSON(nil)
	fmt.Printf("%s\n", object)

	// A struct that embeds Record loses its other fields in JSON. To add a member,
	// append it before the closing brace.
	object = append(object[:len(object)-1], `,"host":"web-1"}`...)
	fmt.Printf("%s\n", object)
	// Output:
	// {"srcaddr":"10.0.0.1","srcport":0,"action":"ACCEPT","tcp_flags":18}
	// {"srcaddr":"10.0.0.1","srcport":0,"action":"ACCEPT","tcp_flags":18,"host":"web-1"}
}

func ExampleFormat_AppendJSON() {
	f, err := flowlog.ParseFormat("srcaddr core-network-id bytes")
	if !errors.Is(err, flowlog.ErrUnknownField) {
		log.Fatal(err)
	}
	var r flowlog.Record
	if err := f.Decode(&r, "10.0.0.1 core-network-1 42"); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n%s\n", f.AppendJSON(nil, &r), f.AppendCSV(nil, &r))
	// Output:
	// {"srcaddr":"10.0.0.1","bytes":42,"core_network_id":"core-network-1"}
	// 10.0.0.1,core-network-1,42
}

func ExampleRecord_HasFlow() {
	f, _ := flowlog.ParseFormat("interface-id srcport encryption-status log-status")
	for _, line := range []string{"eni-1 0 0 OK", "eni-1 - - NODATA"} {
		var r flowlog.Record
		if err := f.Decode(&r, line); err != nil {
			log.Fatal(err)
		}
		// The members are equal. Has tells whether they are values.
		_, ok := r.Lookup(flowlog.FieldEncryptionStatus)
		fmt.Println(r.HasFlow(), r.SrcPort, r.EncryptionStatus, ok)
	}
	// Output:
	// true 0 not-encrypted true
	// false 0 not-encrypted false
}

func ExampleUnescapeTag() {
	f, _ := flowlog.ParseFormat("version instance-tag")
	var r flowlog.Record
	if err := f.Decode(&r, "11 web%20server"); err != nil {
		log.Fatal(err)
	}
	name, err := flowlog.UnescapeTag(r.InstanceTag)
	fmt.Println(r.InstanceTag, "is", name, err)
	// Output: web%20server is web server <nil>
}

func ExampleTCPFlags() {
	for _, f := range []flowlog.TCPFlags{0, 2, 18, 19} {
		fmt.Println(int(f), f, f.Has(flowlog.SYN|flowlog.ACK), f.Has(flowlog.FIN))
	}
	// Output:
	// 0 0 false false
	// 2 SYN false false
	// 18 SYN|ACK true false
	// 19 FIN|SYN|ACK true true
}
