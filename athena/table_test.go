package athena

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

func TestZeroTable(t *testing.T) {
	table := Table{Name: "t", Location: "s3://amzn-s3-demo-bucket/", Format: flowlog.V2}
	sql, err := table.Create()
	require.NoError(t, err)
	assert.NotContains(t, sql, ";")
	assert.NotContains(t, sql, "PARTITIONED")
	assert.NotContains(t, sql, "skip.header")
	_, err = table.AddPartitions(Partition{Time: day1})
	assert.ErrorIs(t, err, ErrLayout)
}
