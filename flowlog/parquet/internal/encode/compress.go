package encode

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// compressor compresses pages, one at a time. It reuses its memory.
type compressor struct {
	codec format.CompressionCodec
	zstd  *zstd.Encoder
	gzip  *gzip.Writer
}

// NewCompressor returns a compressor for one of the codecs Zstd, Snappy, Gzip
// and Uncompressed.
func NewCompressor(c format.CompressionCodec) (*compressor, error) {
	z := &compressor{codec: c}
	var err error
	switch c {
	case format.Zstd:
		// Slower levels do not make packed indices smaller. Without entropy
		// coding of all literals, the fastest level would store a page without
		// matches uncompressed.
		z.zstd, err = zstd.NewWriter(nil,
			zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithAllLitEntropyCompression(true),
			zstd.WithEncoderConcurrency(1),
			zstd.WithLowerEncoderMem(true),
			zstd.WithWindowSize(1<<20),
			zstd.WithEncoderCRC(false))
	case format.Gzip:
		z.gzip = gzip.NewWriter(io.Discard)
	}
	if err != nil {
		return nil, fmt.Errorf("parquet: zstd: %w", err)
	}
	return z, nil
}

// Append appends the compressed form of src to dst.
func (z *compressor) Append(dst, src []byte) ([]byte, error) {
	switch z.codec {
	case format.Zstd:
		return z.zstd.EncodeAll(src, dst), nil
	case format.Snappy:
		n := len(dst)
		dst = append(dst, make([]byte, snappy.MaxEncodedLen(len(src)))...)
		return dst[:n+len(snappy.Encode(dst[n:], src))], nil
	case format.Gzip:
		b := bytes.NewBuffer(dst)
		z.gzip.Reset(b)
		if _, err := z.gzip.Write(src); err != nil {
			return nil, fmt.Errorf("parquet: gzip: %w", err)
		}
		if err := z.gzip.Close(); err != nil {
			return nil, fmt.Errorf("parquet: gzip: %w", err)
		}
		return b.Bytes(), nil
	}
	return append(dst, src...), nil
}
