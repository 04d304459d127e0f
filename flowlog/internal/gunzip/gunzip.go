// Package gunzip finds the text of a log that may be compressed with gzip, in any number of
// members and layers. flowlog and flowlog/parquet read logs through it, so that they give
// the same answer.
package gunzip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipMagic is what every gzip member starts with.
const gzipMagic = "\x1f\x8b"

// MaxLayers is how many layers of gzip are unpacked: a log that was compressed
// twice on its way is common, one that was compressed more often is not.
const MaxLayers = 3

var errLayers = fmt.Errorf("gzip within gzip, more than %d layers", MaxLayers)

// errTrailing says that a log has other data after its last gzip member.
var errTrailing = fmt.Errorf("%w: data after the last member is neither gzip nor zeros", gzip.ErrHeader)

// Unpacker finds the text of logs. Its zero value is ready; it keeps the memory of the
// outermost layer for the next log.
type Unpacker struct {
	outer *member
}

// Text returns the text of a log: what src holds, or, if that is gzip, told by its first
// bytes, what it decompresses to. Each of MaxLayers layers of gzip is unpacked.
func (u *Unpacker) Text(src *bufio.Reader) (io.Reader, error) {
	var text io.Reader = src
	for layer := 0; ; layer++ {
		magic, err := src.Peek(len(gzipMagic))
		if string(magic) != gzipMagic {
			if layer == 0 && err != nil && err != io.EOF {
				return nil, err
			}
			return text, nil // a member returns its error again
		}
		if layer == MaxLayers {
			return nil, errLayers
		}
		z := u.outer
		if layer > 0 || z == nil {
			z = &member{}
		}
		if layer == 0 {
			u.outer = z
		}
		if err := z.reset(src); err != nil {
			return nil, err
		}
		// Reads of text are larger than this buffer, and bypass it once the first
		// bytes have been read.
		src = bufio.NewReaderSize(z, 512)
		text = src
	}
}

// member decompresses a gzip stream with any number of members. Like gunzip(1)
// it ignores zeros after a member, as in files that are padded to a block size.
// Other data after the last member is an error.
type member struct {
	src  *bufio.Reader
	gzip gzip.Reader
	err  error // what ended the stream
}

// reset reads the header of the first member.
func (z *member) reset(src *bufio.Reader) error {
	z.src, z.err = src, nil
	return z.header()
}

// header reads the header of a member.
func (z *member) header() error {
	err := z.gzip.Reset(z.src)
	z.gzip.Multistream(false)
	return noEOF(err)
}

func (z *member) Read(p []byte) (n int, err error) {
	for n == 0 && z.err == nil {
		if n, err = z.gzip.Read(p); err == io.EOF {
			err = z.next()
		}
		z.err = err
	}
	return n, z.err
}

// next goes to the next member. It returns io.EOF if there is none.
func (z *member) next() error {
	for {
		if _, err := z.src.Peek(1); err != nil {
			return err
		}
		b, _ := z.src.Peek(z.src.Buffered())
		zeros := len(b) - len(bytes.TrimLeft(b, "\x00"))
		_, _ = z.src.Discard(zeros) // of what is buffered
		if zeros < len(b) {
			break
		}
	}
	switch magic, err := z.src.Peek(len(gzipMagic)); {
	case string(magic) == gzipMagic, string(magic) == gzipMagic[:1]:
		return z.header()
	case err != nil && err != io.EOF:
		return err
	}
	return errTrailing
}

// noEOF returns an error that is not taken for the end of the stream, for an end
// where there should be more.
func noEOF(err error) error {
	switch {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %v", io.ErrUnexpectedEOF, err)
	}
	return err
}
