package layout

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// The examples in this file are those of the README.

const lines = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n" +
	"2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK\n" +
	"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA\n"

const header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"

// gzipped returns what S3 holds.
func gzipped(text string) *bytes.Buffer {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return &b
}

func Example_flowlog() {
	count := func(file io.Reader) (map[uint16]int64, error) {
		rejected := map[uint16]int64{}
		r := flowlog.NewReader(file, nil) // text or gzip; the format is that of the header line
		for rec, err := range r.All() {
			if err != nil {
				return nil, err // to pass over a bad line, continue on a *flowlog.ParseError
			}
			if rec.Action == flowlog.Reject && rec.Has(flowlog.FieldDstPort) {
				rejected[rec.DstPort]++
			}
		}
		return rejected, nil
	}
	fmt.Println(count(gzipped(header + lines)))

	rec, err := flowlog.Parse("2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK")
	fmt.Println(rec.SrcAddr, rec.Protocol, rec.Start.Time(), err)
	// Output:
	// map[3389:1] <nil>
	// 172.31.9.69 TCP 2014-12-14 04:06:50 +0000 UTC <nil>
}

func Example_parquet() {
	dst, err := os.CreateTemp("", "*.parquet")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(dst.Name())
	defer dst.Close()
	ctx, src := context.Background(), gzipped(header+lines)

	stats, err := parquet.Convert(ctx, dst, src, nil) // zstd, AWS's columns, "-" as null
	fmt.Println(stats.Records, stats.Bad, err)
	// Output: 3 0 <nil>
}

func Example_forward() {
	server, err := firehosetest.Start(nil) // a Firehose on loopback, for tests
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := server.Client()

	var decoder cwlogs.Decoder
	batcher := firehose.NewBatcher(client, "flow-logs", nil)
	handler := func(ctx context.Context, event events.CloudwatchLogsEvent) error {
		for batch, err := range decoder.DecodeLambda(event) {
			if err != nil {
				return err
			}
			if batch.Type != cwlogs.DataMessage {
				continue // CloudWatch Logs checks that the function is there
			}
			for _, e := range batch.Events {
				if err := batcher.AddString(ctx, e.Message); err != nil {
					return err // a *firehose.DeliveryError holds what was not accepted
				}
			}
		}
		return batcher.Flush(ctx)
	}

	var event events.CloudwatchLogsEvent
	event.AWSLogs.Data = base64.StdEncoding.EncodeToString(gzipped(`{"messageType":"DATA_MESSAGE","logEvents":[` +
		`{"id":"1","timestamp":1418530010000,"message":"` + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n",
		`"},{"id":"2","timestamp":1418530010000,"message":"`) + `"}]}`).Bytes())
	fmt.Println(handler(context.Background(), event), batcher.Stats().Lines, "lines")
	// Output: <nil> 3 lines
}

func Example_athena() {
	t := athena.Table{
		Database: "logs",
		Name:     "vpc_flow_logs",
		Location: "s3://amzn-s3-demo-bucket/flowlogs/",
		Format:   flowlog.V2,
		Layout:   athena.Firehose,
	}
	create, err := t.Create()
	fmt.Println(strings.SplitN(create, "\n", 2)[0], err)
	questions, err := t.Queries(athena.Params{Names: []string{"OutboundPorts"}})
	if err == nil {
		fmt.Println(strings.SplitN(questions[0].SQL, "\n", 2)[0])
	}
	// Output:
	// CREATE EXTERNAL TABLE IF NOT EXISTS `logs`.`vpc_flow_logs` ( <nil>
	// SELECT "dstport", "protocol", count(*) AS "cnt"
}
