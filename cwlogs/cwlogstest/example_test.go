package cwlogstest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
)

// handle is the function under test.
func handle(_ context.Context, e events.CloudwatchLogsEvent) (lines int, err error) {
	for b, err := range new(cwlogs.Decoder).DecodeLambda(e) {
		if err != nil {
			return 0, err
		}
		if b.Type == cwlogs.DataMessage {
			lines += len(b.Events)
		}
	}
	return lines, nil
}

// The handler of a subscription, with the events it gets in production.
func ExampleLambdaEvent() {
	ctx := context.Background()
	fmt.Println(handle(ctx, cwlogstest.LambdaEvent(cwlogstest.DataMessage("first line", "second line"))))
	fmt.Println(handle(ctx, cwlogstest.LambdaEvent(cwlogstest.ControlMessage())))
	fmt.Println(handle(ctx, cwlogstest.LambdaEvent(&cwlogs.Batch{
		Type:        cwlogs.DataMessage,
		LogGroup:    "my-group",
		PolicyLevel: "ACCOUNT_LEVEL_POLICY",
		Events:      []cwlogs.Event{{ID: "1", Timestamp: 1418530010000, Message: "third line"}},
	})))
	// Output:
	// 2 <nil>
	// 0 <nil>
	// 1 <nil>
}

// A payload of several gzip members, and a truncated one.
func ExampleLambdaEventOf() {
	ctx := context.Background()
	payload := append(cwlogstest.Document(cwlogstest.DataMessage("one")), cwlogstest.Document(cwlogstest.DataMessage("two"))...)
	fmt.Println(handle(ctx, cwlogstest.LambdaEventOf(payload)))
	_, err := handle(ctx, cwlogstest.LambdaEventOf(payload[:len(payload)-10]))
	fmt.Println(errors.Is(err, cwlogs.ErrFormat))
	// Output:
	// 2 <nil>
	// true
}

// The bytes that the Lambda Runtime API delivers to a function.
func ExampleKinesisEvent() {
	event, err := json.Marshal(cwlogstest.KinesisEvent(cwlogstest.ControlMessage(), cwlogstest.DataMessage("a line")))
	if err != nil {
		fmt.Println(err)
	}
	var e events.KinesisEvent
	fmt.Println(json.Unmarshal(event, &e), len(e.Records), e.Records[0].EventSource)
	// Output: <nil> 2 aws:kinesis
}

func ExampleFirehoseEvent() {
	e := cwlogstest.FirehoseEvent(cwlogstest.ControlMessage(), cwlogstest.DataMessage("a line"))
	for _, r := range cwlogs.Transform(e, nil).Records {
		fmt.Printf("%s %q\n", r.Result, r.Data)
	}
	// Output:
	// Dropped ""
	// Ok "a line\n"
}
