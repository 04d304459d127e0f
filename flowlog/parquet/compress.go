package parquet

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// codec returns the codec's number in the file.
func (c Compression) codec() format.CompressionCodec {
	switch c {
	case Snappy:
		return format.Snappy
	case Gzip:
		return format.Gzip
	case Uncompressed:
		return format.Uncompressed
	}
	return format.Zstd
}

// compressor compresses pages, one at a time.
type compressor struct {
	codec Compression
	zstd  *zstd.Encoder
	gzip  *gzip.Writer
}

func newCompressor(c Compression) (*compressor, error) {
	z := &compressor{codec: c}
	var err error
	switch c {
	case Zstd:
		// The fastest level finds in packed indices what there is to find. It
		// would store a page raw where it finds no match; entropy coding all
		// literals is what makes indices small.
		z.zstd, err = zstd.NewWriter(nil,
			zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithAllLitEntropyCompression(true),
			zstd.WithEncoderConcurrency(1),
			zstd.WithLowerEncoderMem(true),
			zstd.WithWindowSize(1<<20),
			zstd.WithEncoderCRC(false))
	case Gzip:
		z.gzip = gzip.NewWriter(io.Discard)
	}
	if err != nil {
		return nil, fmt.Errorf("parquet: zstd: %w", err)
	}
	return z, nil
}

// append appends the compressed form of src to dst.
func (z *compressor) append(dst, src []byte) ([]byte, error) {
	switch z.codec {
	case Zstd:
		return z.zstd.EncodeAll(src, dst), nil
	case Snappy:
		n := len(dst)
		dst = append(dst, make([]byte, snappy.MaxEncodedLen(len(src)))...)
		return dst[:n+len(snappy.Encode(dst[n:], src))], nil
	case Gzip:
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

// decompressor decompresses pages.
type decompressor struct {
	zstd *zstd.Decoder
	gzip *gzip.Reader
	src  bytes.Reader
}

// append appends the size bytes that src decompresses to, or says why it
// cannot. It allocates no more than size bytes, whatever src says of itself.
func (z *decompressor) append(dst, src []byte, codec format.CompressionCodec, size int) ([]byte, error) {
	if len(src) == 0 && size == 0 { // what some writers make of the values of a page of nulls
		return dst, nil
	}
	switch codec {
	case format.Uncompressed:
		return append(dst, src...), nil
	case format.Snappy:
		if n, err := snappy.DecodedLen(src); err != nil || n != size {
			return nil, fmt.Errorf("%w: snappy: %d bytes, not %d", ErrCorrupt, n, size)
		}
		at := len(dst)
		dst = append(dst, make([]byte, size)...)
		if _, err := snappy.Decode(dst[at:], src); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return dst, nil
	case format.Zstd:
		if z.zstd == nil {
			var err error
			z.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(1<<31))
			if err != nil {
				return nil, fmt.Errorf("zstd: %w", err)
			}
		}
		dst, err := z.zstd.DecodeAll(src, slices.Grow(dst, size))
		if err != nil {
			return nil, fmt.Errorf("%w: zstd: %w", ErrCorrupt, err)
		}
		return dst, nil
	case format.Gzip:
		return z.gunzip(dst, src, size)
	}
	return nil, fmt.Errorf("%w: compressed with %v", ErrUnsupported, codec)
}

func (z *decompressor) gunzip(dst, src []byte, size int) ([]byte, error) {
	z.src.Reset(src)
	var err error
	if z.gzip == nil {
		z.gzip, err = gzip.NewReader(&z.src)
	} else {
		err = z.gzip.Reset(&z.src)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	at := len(dst)
	dst = append(dst, make([]byte, size)...)
	if _, err := io.ReadFull(z.gzip, dst[at:]); err != nil {
		return nil, fmt.Errorf("%w: gzip: %w", ErrCorrupt, err)
	}
	// One byte more must be the end; reading it checks the trailer.
	if n, err := z.gzip.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: gzip: not %d bytes", ErrCorrupt, size)
	}
	return dst, nil
}
