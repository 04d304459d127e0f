package flowlogtest_test

import (
	"fmt"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

// This example counts the rejected records of a generated log.
func ExampleNewReader() {
	f, err := flowlog.FormatOf(5)
	if err != nil {
		panic(err)
	}
	var rejected, without int
	for r, err := range flowlog.NewReader(flowlogtest.NewReader(f, 1000, 1), f).All() {
		if err != nil {
			panic(err)
		}
		switch {
		case !r.HasFlow(): // NODATA or SKIPDATA
			without++
		case r.Action == flowlog.Reject:
			rejected++
		}
	}
	fmt.Println(rejected, "rejected,", without, "without a flow")
	// Output: 98 rejected, 4 without a flow
}
