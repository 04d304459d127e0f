package lambdakit

import (
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Namespace and Dimension are those of all metrics. The value of the dimension
// is the function's name.
const (
	Namespace = "vpcflow"
	Dimension = "FunctionName"
)

// The names of the metrics. Each is the count of one invocation.
const (
	Lines            = "Lines"            // read of the event, delivered or not
	FailedLines      = "FailedLines"      // read and not delivered
	RejectedPayloads = "RejectedPayloads" // payloads, records or whole events that could not be read
	Retried          = "Retried"          // sent again within the invocation
	AmbiguousLines   = "AmbiguousLines"   // sent again although the first time may have worked: possible duplicates
	BilledBytes      = "BilledBytes"      // as Firehose bills them
	BadLines         = "BadLines"         // lines that are no records
	Partitions       = "Partitions"       // added to or dropped from a table
)

// A Metric is one value of one invocation.
type Metric struct {
	Name  string
	Value int64
}

// Metrics returns the attributes that make a metric of each value, out of the
// log line they are added to: CloudWatch's embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
// They must not be within a group.
func Metrics(metrics ...Metric) []slog.Attr {
	type definition struct {
		Name string
		Unit string
	}
	type directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []definition
	}
	d := directive{Namespace, [][]string{{Dimension}}, make([]definition, len(metrics))}
	attrs := make([]slog.Attr, 0, 2+len(metrics))
	for i, m := range metrics {
		unit := "Count"
		if m.Name == BilledBytes {
			unit = "Bytes"
		}
		d.Metrics[i] = definition{m.Name, unit}
		attrs = append(attrs, slog.Int64(m.Name, m.Value))
	}
	return append(attrs, slog.String(Dimension, lambdacontext.FunctionName), slog.Any("_aws", struct {
		Timestamp         int64
		CloudWatchMetrics []directive
	}{time.Now().UnixMilli(), []directive{d}}))
}
