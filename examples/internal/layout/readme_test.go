package layout

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
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
				return nil, err // to skip a bad line, continue on a *flowlog.ParseError
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

func Example_traffic() {
	count := func(r *flowlog.Reader) (traffic.Tally[traffic.Service], error) {
		var classifier traffic.Classifier // its Ours says which addresses are ours; nil: the private ones
		opened := traffic.Tally[traffic.Service]{}
		for rec, err := range r.All() {
			if err != nil {
				return nil, err
			}
			if flow, ok := classifier.Classify(rec); ok && traffic.OpenedOutbound(rec, flow) {
				opened.Add(flow.Service(), rec, flow)
			}
		}
		return opened, nil
	}
	const outbound = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.5 49152 443 6 20 4249 1418530010 1418530070 ACCEPT OK\n" +
		"2 123456789010 eni-1235b8ca123456789 203.0.113.5 172.31.16.139 443 49152 6 20 90000 1418530010 1418530070 ACCEPT OK\n"
	opened, err := count(flowlog.NewReader(strings.NewReader(outbound), nil))
	for service, totals := range opened {
		fmt.Println(service, totals.Records, "record,", totals.Bytes, "bytes", err)
	}
	// Output: 443/TCP 1 record, 4249 bytes <nil>
}

// newHandler is the handler of the README.
func newHandler(client firehose.PutRecordBatchAPIClient) func(context.Context, events.CloudwatchLogsEvent) error {
	handler := func(ctx context.Context, event events.CloudwatchLogsEvent) error {
		var decoder cwlogs.Decoder
		batcher := firehose.NewBatcher(client, "flow-logs", nil) // a new one for each invocation
		for batch, err := range decoder.DecodeLambda(event) {
			if err != nil {
				return err
			}
			if batch.Type != cwlogs.DataMessage {
				continue // CloudWatch Logs checks that the function is there
			}
			for _, e := range batch.Events {
				if err := batcher.AddString(ctx, e.Message); err != nil {
					return err // Lambda tries the event again, all of it
				}
			}
		}
		return batcher.Flush(ctx)
	}
	return handler
}

func Example_forward() {
	server, err := firehosetest.Start(nil) // a Firehose on loopback, for tests
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := server.Client()

	handler := newHandler(client)
	event := cwlogstest.LambdaEvent(cwlogstest.DataMessage(strings.Split(strings.TrimSuffix(lines, "\n"), "\n")...))
	fmt.Println(handler(context.Background(), event), strings.Count(string(server.Data("flow-logs")), "\n"), "lines")
	// Output: <nil> 3 lines
}

// TestReadmeHandlerThroughOutage runs the README's handler while Firehose is down, and
// then again, as Lambda does.
func TestReadmeHandlerThroughOutage(t *testing.T) {
	server, err := firehosetest.Start(nil)
	require.NoError(t, err)
	defer server.Close()
	var sent []string
	for i := range 10 {
		sent = append(sent, fmt.Sprintf("2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.5 %d 443 6 1 40 1418530010 1418530070 ACCEPT OK", 49152+i))
	}
	event := cwlogstest.LambdaEvent(cwlogstest.DataMessage(sent...))
	handler := newHandler(server.Client())

	server.SetDown(true)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var undelivered *firehose.DeliveryError
	require.ErrorAs(t, handler(ctx, event), &undelivered)
	require.Len(t, undelivered.Failed, 1)
	assert.Equal(t, 10, undelivered.Failed[0].Lines)
	assert.Empty(t, server.Data("flow-logs"))

	server.SetDown(false)
	require.NoError(t, handler(t.Context(), event))
	assert.Equal(t, strings.Join(sent, "\n")+"\n", string(server.Data("flow-logs")), "each line once")
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
