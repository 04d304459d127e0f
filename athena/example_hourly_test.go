package athena_test

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// One Parquet file for each hour, the table over them, and where each file goes: what a
// converter of one's own needs.
func Example_hourlyParquet() {
	table := athena.Table{
		Database: "logs", Name: "hourly", Location: "s3://amzn-s3-demo-bucket/hourly/",
		Format: flowlog.V2, Storage: athena.Parquet, Layout: athena.Firehose, Partitioning: athena.Explicit,
	}
	files := map[time.Time]*bytes.Buffer{}
	writers := map[time.Time]*parquet.Writer{}
	for r, err := range flowlog.NewReader(flowlogtest.NewReader(flowlog.V2, 1000, 1), flowlog.V2).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		hour := r.Start.Time().Truncate(time.Hour)
		if writers[hour] == nil {
			files[hour] = new(bytes.Buffer)
			writers[hour] = parquet.NewWriter(files[hour], flowlog.V2, nil)
		}
		if err := writers[hour].Write(r); err != nil {
			fmt.Println(err)
		}
	}
	rows := int64(0)
	for hour, w := range writers {
		if err := w.Close(); err != nil {
			fmt.Println(err)
		}
		rows += w.Rows()
		location, err := table.PartitionLocation(athena.Partition{Time: hour})
		if err != nil || !strings.HasPrefix(location, table.Location) {
			fmt.Println(location, err) // upload files[hour] there
		}
		statements, err := table.AddPartitions(athena.Partition{Time: hour})
		if err != nil || len(statements) != 1 {
			fmt.Println(statements, err) // run them once the file is there
		}
	}
	create, err := table.Create()
	fmt.Println(rows, "rows;", strings.SplitN(create, "\n", 2)[0], err)
	// Output: 1000 rows; CREATE EXTERNAL TABLE IF NOT EXISTS `logs`.`hourly` ( <nil>
}
