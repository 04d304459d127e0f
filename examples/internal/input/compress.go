package input

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// gunzip reads the members of a gzip stream. Zeros after the last member are
// padding, as for the gunzip command. Other data after it is an error.
type gunzip struct {
	src *bufio.Reader
	z   *gzip.Reader
	err error // returned by the next Read
}

var errGarbage = errors.New("data after the end of the gzip stream")

func newGunzip(src *bufio.Reader) (io.ReadCloser, error) {
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gunzip{src: src, z: z}, nil
}

func (g *gunzip) Read(p []byte) (int, error) {
	for g.err == nil {
		n, err := g.z.Read(p)
		if err == io.EOF {
			g.err = g.next()
		} else {
			g.err = err
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
	return 0, g.err
}

// next moves to the next member. At the end of the stream it returns io.EOF.
func (g *gunzip) next() error {
	padded := false
	for {
		b, err := g.src.Peek(1)
		switch {
		case err != nil:
			return err
		case b[0] != 0 && padded:
			return errGarbage
		case b[0] == 0:
			padded = true
			_, _ = g.src.Discard(1)
			continue
		}
		if magic, _ := g.src.Peek(len(gzipMagic)); string(magic) != gzipMagic {
			return errGarbage
		}
		if err := g.z.Reset(g.src); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		g.z.Multistream(false)
		return nil
	}
}

// Close never fails: Read returns the errors of the stream.
func (g *gunzip) Close() error {
	_ = g.z.Close()
	return nil
}

// newUnzstd returns a reader of zstd. It decompresses in the caller's goroutine.
func newUnzstd(src *bufio.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

func newBunzip2(src *bufio.Reader) (io.ReadCloser, error) {
	return io.NopCloser(bzip2.NewReader(src)), nil
}
