package flowlog_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/vpcflow/vpcflow/flowlog"
)

// This program prints the addresses that send the most bytes. It reads all logs of a
// directory: lines of the default format, a file with a header line as in S3, and JSON objects
// as published directly to Firehose.
func Example_topTalkers() {
	zip := func(text string) *fstest.MapFile {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return &fstest.MapFile{Data: b.Bytes()}
	}
	folder := fstest.MapFS{
		"flowlogs/2026/11/22/05/flow-logs.gz":               zip("2 123456789010 eni-1 10.0.1.5 203.0.113.9 40000 443 6 9 4000 1 2 ACCEPT OK\n"),
		"AWSLogs/123456789010/vpcflowlogs/us-east-1/a.gz":   zip("srcaddr bytes log-status\n10.0.1.5 500 OK\n10.0.1.6 2500 OK\n- - NODATA\n"),
		"direct/flow-logs-1-2026-11-22-05-00-00-1234567890": zip(`{"message":"2 123456789010 eni-1 10.0.1.6 10.0.1.5 1 2 6 1 900 1 2 ACCEPT OK"}` + "\n"),
	}
	sent := map[netip.Addr]int64{}
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := folder.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		for r, err := range flowlog.NewReader(file, nil).All() {
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if r.HasFlow() {
				sent[r.SrcAddr] += r.Bytes
			}
		}
		return nil
	})
	for _, a := range slices.SortedFunc(maps.Keys(sent), func(a, b netip.Addr) int { return cmp.Compare(sent[b], sent[a]) }) {
		fmt.Println(a, sent[a], err)
	}
	// Output:
	// 10.0.1.5 4500 <nil>
	// 10.0.1.6 3400 <nil>
}

// This program writes records with a name as JSON lines. The struct has a named Record field,
// because an embedded Record would promote MarshalJSON, which omits the other fields.
func Example_enrich() {
	const log = "srcaddr dstport new-field\n10.0.1.5 443 x\n10.0.9.9 22 -\n"
	names := map[string]string{"10.0.1.5": "web"}
	r := flowlog.NewReader(strings.NewReader(log), nil)
	out := json.NewEncoder(os.Stdout)
	for rec, err := range r.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		line := struct {
			Name   string          `json:"name,omitempty"`
			Record json.RawMessage `json:"record"`
		}{names[rec.SrcAddr.String()], r.Format().AppendJSON(nil, rec)}
		if err := out.Encode(line); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// {"name":"web","record":{"srcaddr":"10.0.1.5","dstport":443,"new_field":"x"}}
	// {"record":{"srcaddr":"10.0.9.9","dstport":22}}
}

// This program decodes lines of a custom format in Terraform's syntax and writes them again,
// byte for byte and as CSV.
func Example_customFormat() {
	f, err := flowlog.ParseFormat(`"$${dstport} $${pkt-srcaddr} $${tcp-flags} $${action}"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(f.Columns(), ","))
	for _, line := range []string{"443 10.0.1.5 2 ACCEPT", "0 - - -"} {
		var r flowlog.Record
		if err := f.Decode(&r, line); err != nil {
			fmt.Println(err)
		}
		fmt.Println(string(f.AppendCSV(nil, &r)), string(f.Append(nil, &r)) == line)
	}
	// Output:
	// dstport,pkt_srcaddr,tcp_flags,action
	// 443,10.0.1.5,2,ACCEPT true
	// 0,,, true
}
