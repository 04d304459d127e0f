package decode

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// The error for a truncated page must not look like the end of the file.
func TestTruncatedPage(t *testing.T) {
	var member bytes.Buffer
	w := gzip.NewWriter(&member)
	require.NoError(t, w.Close())
	for _, codec := range []format.CompressionCodec{format.Gzip, format.Zstd, format.Snappy} {
		for n := range member.Len() + 1 {
			b, err := new(Decompressor).append(nil, member.Bytes()[:n], codec, 10)
			assert.Empty(t, b)
			if err != nil { // otherwise the page has too few bytes
				assert.ErrorIs(t, err, pack.ErrCorrupt)
			}
			assert.NotErrorIs(t, err, io.EOF, "%v %d", codec, n)
		}
	}
}
