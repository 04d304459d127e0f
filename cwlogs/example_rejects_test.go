package cwlogs_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/flowlog"
)

// countRejects is the handler of a Lambda function that is the destination of a
// subscription. It counts the rejected flows of each network interface.
func countRejects(_ context.Context, e events.CloudwatchLogsEvent) (map[string]int, error) {
	rejects := map[string]int{}
	for b, err := range new(cwlogs.Decoder).DecodeLambda(e) {
		if err != nil {
			return nil, err // Lambda retries the event
		}
		if b.Type != cwlogs.DataMessage {
			continue // a control message
		}
		for _, event := range b.Events {
			r, err := flowlog.Parse(event.Message)
			if err != nil {
				continue // an invalid line must not stop the others
			}
			if r.Action == flowlog.Reject {
				rejects[r.InterfaceID]++
			}
		}
	}
	return rejects, nil
}

// A Lambda function that counts rejected flows per interface, with its test.
func Example_rejectsPerInterface() {
	rejected := strings.Replace(accepted, "ACCEPT", "REJECT", 1)
	other := strings.Replace(rejected, "eni-1235b8ca123456789", "eni-2", 1)
	ctx := context.Background()
	fmt.Println(countRejects(ctx, cwlogstest.LambdaEvent(cwlogstest.DataMessage(accepted, rejected, other, "no record", rejected, nodata))))
	fmt.Println(countRejects(ctx, cwlogstest.LambdaEvent(cwlogstest.ControlMessage())))
	_, err := countRejects(ctx, cwlogstest.LambdaEventOf([]byte("broken")))
	fmt.Println(err)
	// Output:
	// map[eni-1235b8ca123456789:2 eni-2:1] <nil>
	// map[] <nil>
	// cwlogs: json: document 1, offset 0: expected an object, found 'b'
}
