package parquet

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

const sample = `2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA
2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK
`

func TestConvertAndRead(t *testing.T) {
	var out bytes.Buffer
	stats, err := Convert(t.Context(), &out, strings.NewReader(sample), nil)
	require.NoError(t, err)
	assert.Equal(t, flowlog.Stats{Lines: 5, Records: 5, NoData: 1, SkipData: 1, Bytes: int64(len(sample))}, stats)

	r, err := NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	assert.Equal(t, flowlog.V2.String(), r.Format().String())
	var text strings.Builder
	for rec, err := range r.All() {
		require.NoError(t, err)
		text.WriteString(rec.String() + "\n")
	}
	assert.Equal(t, sample, text.String())
	var rec flowlog.Record
	assert.Equal(t, io.EOF, r.Read(&rec))
	require.NoError(t, r.Close())
}
