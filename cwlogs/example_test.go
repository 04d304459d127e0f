package cwlogs_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
)

const (
	accepted = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	nodata   = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
)

// A file that Firehose wrote without a transformation. It is a sequence of gzip
// members, some of them control messages.
func ExampleDecoder_Decode() {
	file := append(cwlogstest.Document(cwlogstest.ControlMessage()), cwlogstest.Document(cwlogstest.DataMessage(accepted, nodata))...)

	var d cwlogs.Decoder
	for b, err := range d.Decode(file) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if b.Type != cwlogs.DataMessage {
			fmt.Println("ignored:", b.Type)
			continue
		}
		for _, e := range b.Events {
			fmt.Println(b.LogStream, e.Time().Format("15:04:05"), strings.Fields(e.Message)[13])
		}
	}
	// Output:
	// ignored: CONTROL_MESSAGE
	// eni-1235b8ca123456789-all 04:06:50 OK
	// eni-1235b8ca123456789-all 04:06:50 NODATA
}

// The error for a truncated payload says where it ends. The documents before
// that are delivered.
func ExampleDecodeError() {
	whole := cwlogstest.Document(cwlogstest.DataMessage(accepted, nodata))
	cut := whole[:100]

	var d cwlogs.Decoder
	for b, err := range d.Decode(append(whole, cut...)) {
		if err != nil {
			decodeErr, _ := errors.AsType[*cwlogs.DecodeError](err)
			fmt.Println(decodeErr.Stage, decodeErr.Document, decodeErr.Err, errors.Is(err, cwlogs.ErrFormat))
			return
		}
		fmt.Println(len(b.Events), "events")
	}
	// Output:
	// 2 events
	// gzip 2 unexpected EOF true
}

// A Lambda function that is the destination of a subscription. If it returns an
// error, Lambda invokes it again with the same event.
func ExampleDecoder_DecodeLambda() {
	var d cwlogs.Decoder // one is enough: a Lambda process handles one event at a time
	handler := func(ctx context.Context, e events.CloudwatchLogsEvent) error {
		var lines []byte
		for b, err := range d.DecodeLambda(e) {
			if err != nil {
				return err
			}
			if lines, err = b.AppendLines(lines); err != nil {
				return err
			}
		}
		_, err := os.Stdout.Write(lines)
		return err
	}

	e := cwlogstest.LambdaEvent(cwlogstest.DataMessage(accepted, nodata))
	fmt.Println(handler(context.Background(), e))
	// Output:
	// 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
	// 2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
	// <nil>
}

// A Lambda function that reads a subscription from Kinesis. Its event source
// mapping has ReportBatchItemFailures set. The function stops at the first record
// that fails and reports it, and Lambda resumes the shard at that record. Lambda
// retries a record that can never be decoded until MaximumRetryAttempts or
// MaximumRecordAgeInSeconds of the mapping. Both are unlimited by default, so set
// one of them and an on-failure destination.
func ExampleDecoder_Decode_kinesis() {
	var d cwlogs.Decoder
	handler := func(ctx context.Context, e events.KinesisEvent) (events.KinesisEventResponse, error) {
		var res events.KinesisEventResponse
		for _, r := range e.Records {
			var lines []byte
			var err error
			for b, derr := range d.Decode(r.Kinesis.Data) { // the base64 is already decoded
				if err = derr; err != nil {
					break
				}
				if lines, err = b.AppendLines(lines); err != nil {
					break
				}
			}
			if err == nil {
				_, err = os.Stdout.Write(lines)
			}
			if err != nil {
				fmt.Println(err)
				res.BatchItemFailures = []events.KinesisBatchItemFailure{{ItemIdentifier: r.Kinesis.SequenceNumber}}
				return res, nil
			}
		}
		return res, nil
	}

	data := cwlogstest.DataMessage(accepted, nodata)
	e := cwlogstest.KinesisEvent(cwlogstest.ControlMessage(), data, data, data)
	e.Records[2].Kinesis.Data = e.Records[2].Kinesis.Data[:90] // truncated
	res, err := handler(context.Background(), e)
	fmt.Println(res.BatchItemFailures[0].ItemIdentifier == e.Records[2].Kinesis.SequenceNumber, err)
	// Output:
	// 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
	// 2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
	// cwlogs: gzip: document 1, offset 90: unexpected EOF
	// true <nil>
}

// A Firehose stream whose sources are a subscription and vended logs.
func ExampleTransform() {
	e := cwlogstest.FirehoseEventOf(
		cwlogstest.Document(cwlogstest.ControlMessage()),
		cwlogstest.Document(cwlogstest.DataMessage(accepted, nodata)),
		[]byte(`{"message":"2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA"}`),
		[]byte("something else"),
	)
	for i, r := range cwlogs.Transform(e, nil).Records {
		fmt.Println(i+1, r.Result)
		fmt.Print(string(r.Data))
	}
	// Output:
	// 1 Dropped
	// 2 Ok
	// 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
	// 2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
	// 3 Ok
	// 2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA
	// 4 ProcessingFailed
}

// A function that keeps only rejected flows and prefixes each with its log
// stream.
func ExampleTransform_func() {
	rejected := strings.Replace(accepted, "ACCEPT", "REJECT", 1)
	e := cwlogstest.FirehoseEvent(cwlogstest.DataMessage(accepted, nodata), cwlogstest.DataMessage(rejected, nodata))
	res := cwlogs.Transform(e, func(b *cwlogs.Batch, dst []byte) ([]byte, error) {
		for _, e := range b.Events {
			if strings.Contains(e.Message, " REJECT ") {
				dst = fmt.Appendf(dst, "%s %s\n", b.LogStream, e.Message)
			}
		}
		return dst, nil
	})
	for i, r := range res.Records {
		fmt.Println(i+1, r.Result)
		fmt.Print(string(r.Data))
	}
	// Output:
	// 1 Dropped
	// 2 Ok
	// eni-1235b8ca123456789-all 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 REJECT OK
}

// Firehose writes failed records under processing-failed/, one JSON object per
// line, with the unchanged record in rawData.
func ExampleTransform_replay() {
	object := fmt.Appendf(nil, `{"attemptsMade":4,"errorCode":"Lambda.ProcessingFailedStatus","rawData":%q}`+"\n",
		base64.StdEncoding.EncodeToString(cwlogstest.Document(cwlogstest.DataMessage(accepted, nodata))))

	var d cwlogs.Decoder
	var lines []byte
	for dec := json.NewDecoder(bytes.NewReader(object)); dec.More(); {
		var failed struct{ RawData []byte }
		if err := dec.Decode(&failed); err != nil {
			fmt.Println(err)
			return
		}
		for b, err := range d.Decode(failed.RawData) {
			if err != nil {
				fmt.Println(err) // a corrupt record
				break
			}
			if lines, err = b.AppendLines(lines); err != nil {
				fmt.Println(err)
			}
		}
	}
	fmt.Print(string(lines))
	// Output:
	// 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
	// 2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
}
