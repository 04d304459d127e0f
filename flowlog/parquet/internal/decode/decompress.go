package decode

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// Decompressor decompresses pages.
type Decompressor struct {
	Zstd *zstd.Decoder
	gzip *gzip.Reader
	src  bytes.Reader
}

// append decompresses src, appends the result to dst and returns it. The result must have
// size bytes. append allocates no more than that, whatever src claims.
func (z *Decompressor) append(dst, src []byte, codec format.CompressionCodec, size int) ([]byte, error) {
	if len(src) == 0 && size == 0 { // some writers do this for a page of nulls
		return dst, nil
	}
	switch codec {
	case format.Uncompressed:
		return append(dst, src...), nil
	case format.Snappy:
		if n, err := snappy.DecodedLen(src); err != nil || n != size {
			return nil, fmt.Errorf("%w: snappy: %d bytes, not %d", pack.ErrCorrupt, n, size)
		}
		at := len(dst)
		dst = append(dst, make([]byte, size)...)
		if _, err := snappy.Decode(dst[at:], src); err != nil {
			return nil, fmt.Errorf("%w: %w", pack.ErrCorrupt, err)
		}
		return dst, nil
	case format.Zstd:
		if z.Zstd == nil {
			var err error
			z.Zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(1<<31))
			if err != nil {
				return nil, fmt.Errorf("zstd: %w", err)
			}
		}
		dst, err := z.Zstd.DecodeAll(src, slices.Grow(dst, size))
		if err != nil {
			return nil, fmt.Errorf("%w: zstd: %w", pack.ErrCorrupt, err)
		}
		return dst, nil
	case format.Gzip:
		return z.gunzip(dst, src, size)
	}
	return nil, fmt.Errorf("%w: compressed with %v", pack.ErrUnsupported, codec)
}

func (z *Decompressor) gunzip(dst, src []byte, size int) ([]byte, error) {
	z.src.Reset(src)
	var err error
	if z.gzip == nil {
		z.gzip, err = gzip.NewReader(&z.src)
	} else {
		err = z.gzip.Reset(&z.src)
	}
	if err != nil { // do not wrap io.EOF, which is the end of the file for callers
		return nil, fmt.Errorf("%w: gzip: %v", pack.ErrCorrupt, err)
	}
	at := len(dst)
	dst = append(dst, make([]byte, size)...)
	if _, err := io.ReadFull(z.gzip, dst[at:]); err != nil {
		return nil, fmt.Errorf("%w: gzip: %v", pack.ErrCorrupt, err)
	}
	// Reading one more byte must fail with io.EOF. It also checks the trailer.
	if n, err := z.gzip.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: gzip: not %d bytes", pack.ErrCorrupt, size)
	}
	return dst, nil
}
