package parquet_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

const text = `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
`

func Example() {
	var file bytes.Buffer
	stats, err := parquet.Convert(context.Background(), &file, strings.NewReader(text), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stats.Records, "records")

	r, err := parquet.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rec.SrcAddr, rec.DstPort, rec.Has(flowlog.FieldDstPort))
	}
	// Output:
	// 3 records
	// 172.31.16.139 22 true
	// invalid IP 0 false
	// 203.0.113.12 0 true
}

func ExampleWriter() {
	f, err := flowlog.NewFormat(flowlog.FieldSrcAddr, flowlog.FieldDstPort, flowlog.FieldBytes)
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	w := parquet.NewWriter(&file, f, &parquet.Options{Compression: parquet.Snappy})
	for rec, err := range flowlog.NewReader(strings.NewReader(text), nil).All() {
		if err != nil {
			fmt.Println(err)
			continue
		}
		if err := w.Write(rec); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Close(); err != nil { // without the footer there is no file
		fmt.Println(err)
		return
	}
	r, err := parquet.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Rows(), r.Format())
	// Output:
	// 3 ${srcaddr} ${dstport} ${bytes}
}

// Only the columns of two fields are read, and only records with a source address
// in a network.
func ExampleNewReader() {
	var file bytes.Buffer
	if _, err := parquet.Convert(context.Background(), &file, strings.NewReader(text), nil); err != nil {
		fmt.Println(err)
		return
	}
	r, err := parquet.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()), &parquet.ReaderOptions{
		Fields: flowlog.FieldSetOf(flowlog.FieldDstPort),
		Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {netip.MustParsePrefix("172.16.0.0/12")}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	ports := make(map[uint16]int)
	for rec, err := range r.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		ports[rec.DstPort]++
	}
	fmt.Println(ports)
	// Output:
	// map[22:1]
}

// OnBad gets each line that does not parse. The others are converted.
func ExampleConvert() {
	log := strings.Replace(text, "20641", "70641", 1)
	stats, err := parquet.Convert(context.Background(), &bytes.Buffer{}, strings.NewReader(log), &parquet.ConvertOptions{
		Options: parquet.Options{Sort: true},
		AppendOptions: parquet.AppendOptions{OnBad: func(e *flowlog.ParseError) error {
			fmt.Println(e)
			return nil
		}},
	})
	fmt.Println(stats.Records, stats.Bad, err)
	// Output:
	// flowlog: line 2, byte 65, srcport, "70641": value out of range
	// 2 1 <nil>
}

// Several logs become one file.
func ExampleWriter_Append() {
	var file bytes.Buffer
	w := parquet.NewWriter(&file, nil, nil)
	for _, log := range []string{text, text} {
		if _, err := w.Append(context.Background(), strings.NewReader(log), nil); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(w.Rows(), "rows")
	// Output:
	// 6 rows
}
