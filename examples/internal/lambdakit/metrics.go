package lambdakit

import (
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Namespace and Dimension are those of all metrics. The value of the dimension is
// the name of the function.
const (
	Namespace = "vpcflow"
	Dimension = "FunctionName"
)

// The names of the metrics. Each value counts something in one invocation.
const (
	Lines            = "Lines"            // lines of the event
	FailedLines      = "FailedLines"      // lines that were not delivered
	RejectedPayloads = "RejectedPayloads" // payloads, records or whole events that could not be decoded
	Retried          = "Retried"          // lines sent again within the invocation
	AmbiguousLines   = "AmbiguousLines"   // lines sent again although they may have been stored: possible duplicates
	BilledBytes      = "BilledBytes"      // bytes that Firehose bills
	BadLines         = "BadLines"         // lines that are not valid records
	Partitions       = "Partitions"       // partitions added to a table or dropped from it
)

// A Metric is one value of one invocation.
type Metric struct {
	Name  string
	Value int64
}

// Metrics returns attributes for a log line. CloudWatch reads the metrics from
// the line, which has the embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
// The attributes must not be in a group.
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
