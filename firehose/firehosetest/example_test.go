package firehosetest_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// Without options every stream exists and keeps its records.
func Example() {
	server, err := firehosetest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	_, err = server.Client().PutRecordBatch(context.Background(), &sdk.PutRecordBatchInput{
		DeliveryStreamName: aws.String("my-stream"),
		Records:            []types.Record{{Data: []byte("one\n")}, {Data: []byte("two\n")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", server.Data("my-stream"))
	fmt.Println(server.Stats("my-stream").BilledBytes, "bytes billed")
	// Output:
	// one
	// two
	// 10240 bytes billed
}

// A script sets the faults of the next calls. Here the first answer refuses one of the
// records, which is not an error to the SDK.
func ExampleServer_Script() {
	server, err := firehosetest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.Script(firehosetest.RefuseRecords(1), firehosetest.Throttle())

	in := &sdk.PutRecordBatchInput{
		DeliveryStreamName: aws.String("my-stream"),
		Records:            []types.Record{{Data: []byte("one\n")}, {Data: []byte("two\n")}},
	}
	client := server.Client(func(o *sdk.Options) { o.Retryer = aws.NopRetryer{} })
	out, err := client.PutRecordBatch(context.Background(), in)
	fmt.Println(*out.FailedPutCount, *out.RequestResponses[1].ErrorCode, *out.RequestResponses[1].ErrorMessage, err)
	_, err = client.PutRecordBatch(context.Background(), in)
	fmt.Println(regexp.MustCompile(`RequestID: [^,]*, `).ReplaceAllString(err.Error(), ""))
	// Output:
	// 1 ServiceUnavailableException Slow down. <nil>
	// operation error Firehose: PutRecordBatch, https response error StatusCode: 500, ServiceUnavailableException: Slow down.
}

// A stream delivers objects. With a Clock the test does not wait for them.
func ExampleStream() {
	clock := firehosetest.NewClock(time.Date(2026, 11, 23, 6, 24, 59, 0, time.UTC))
	server, err := firehosetest.Start(&firehosetest.Options{
		Clock: clock,
		Streams: []firehosetest.Stream{{
			Name:        "my-stream",
			Prefix:      "logs/day=!{timestamp:yyyy-MM-dd}/",
			ErrorPrefix: "errors/!{firehose:error-output-type}/",
			OnObject: func(o *firehosetest.Object) error { // or Dir, or S3 and Bucket
				fmt.Println(o.Key[:len(o.Key)-len("8f6f1f3b-5d0d-4b43-9d3c-3f1d9a3f1f6e.gz")], o.ContentEncoding, o.Records)
				return nil
			},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	_, err = server.Client().PutRecord(context.Background(), &sdk.PutRecordInput{
		DeliveryStreamName: aws.String("my-stream"),
		Record:             &types.Record{Data: []byte("one\n")},
	})
	if err != nil {
		log.Fatal(err)
	}
	clock.Advance(5 * time.Minute)
	// Output: logs/day=2026-11-23/my-stream-1-2026-11-23-06-24-59- gzip 1
}

// A Server is an http.Handler, and its zero value is ready.
func ExampleServer() {
	var server firehosetest.Server
	endpoint := httptest.NewTLSServer(&server)
	defer endpoint.Close()

	client := server.Client(func(o *sdk.Options) {
		o.BaseEndpoint = aws.String(endpoint.URL)
		o.HTTPClient = endpoint.Client()
	})
	_, err := client.PutRecord(context.Background(), &sdk.PutRecordInput{
		DeliveryStreamName: aws.String("my-stream"),
		Record:             &types.Record{Data: []byte("one\n")},
	})
	fmt.Println(len(server.Records("my-stream")), err)
	// Output: 1 <nil>
}

// Random faults are the same in every run.
func ExampleFaults() {
	server, err := firehosetest.Start(&firehosetest.Options{
		Faults: firehosetest.Faults{Seed: 1, RecordRate: 0.1, CallRate: 0.05, Calls: []firehosetest.Rate{
			{Share: 0.02, Fault: firehosetest.LostAnswer()},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	client := server.Client(func(o *sdk.Options) { o.Retryer = aws.NopRetryer{} })
	for range 200 {
		_, _ = client.PutRecordBatch(context.Background(), &sdk.PutRecordBatchInput{
			DeliveryStreamName: aws.String("my-stream"),
			Records:            []types.Record{{Data: []byte("one\n")}, {Data: []byte("two\n")}},
		})
	}
	st := server.Stats("my-stream")
	fmt.Printf("%d calls, %d of them failed, %d records taken, %d of them without an answer\n", st.Calls, st.RefusedCalls, st.Records, st.Unanswered)
	// Output: 200 calls, 16 of them failed, 336 records taken, 8 of them without an answer
}
