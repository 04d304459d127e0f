// Package gunzip decompresses logs that may be compressed with gzip, with any number
// of members and up to MaxLayers layers. flowlog and flowlog/parquet both use it, so
// that they treat a log in the same way.
package gunzip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipMagic is the start of every gzip member.
const gzipMagic = "\x1f\x8b"

// MaxLayers is the maximum number of gzip layers. Logs that were compressed twice
// occur, for example when a tool compresses files that are already compressed; more
// layers are rare. The limit bounds the memory for hostile input.
const MaxLayers = 3

var errLayers = fmt.Errorf("gzip within gzip, more than %d layers", MaxLayers)

// errTrailing is the error for data after the last gzip member.
var errTrailing = fmt.Errorf("%w: data after the last member is neither gzip nor zeros", gzip.ErrHeader)

// Unpacker decompresses logs. The zero Unpacker is ready for use. It keeps the memory
// of the outermost layer for the next log.
type Unpacker struct {
	outer *member // decompressor of the outermost layer, nil if not used yet
}

// Text returns the text of the log src. If src starts with a gzip header, Text returns
// the decompressed text, with up to MaxLayers layers removed. More layers are an error.
// The result is valid until the next call of Text.
func (u *Unpacker) Text(src *bufio.Reader) (io.Reader, error) {
	var text io.Reader = src
	for layer := 0; ; layer++ {
		magic, err := src.Peek(len(gzipMagic))
		if string(magic) != gzipMagic {
			if layer == 0 && err != nil && err != io.EOF {
				return nil, err
			}
			return text, nil // text returns err again, if it is not nil
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
		// The buffer only serves the search for the next layer. Reads of text are
		// larger than the buffer and bypass it.
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
	err  error // error that ended the stream
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
	return NoEOF(err)
}

// Read reads decompressed text of all members.
func (z *member) Read(p []byte) (n int, err error) {
	for n == 0 && z.err == nil {
		if n, err = z.gzip.Read(p); err == io.EOF {
			err = z.next()
		}
		z.err = err
	}
	return n, z.err
}

// next skips padding and reads the header of the next member. It returns io.EOF if
// there is none.
func (z *member) next() error {
	for {
		if _, err := z.src.Peek(1); err != nil {
			return err
		}
		b, _ := z.src.Peek(z.src.Buffered())
		zeros := len(b) - len(bytes.TrimLeft(b, "\x00"))
		_, _ = z.src.Discard(zeros) // cannot fail: these bytes are buffered
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

// NoEOF returns io.ErrUnexpectedEOF, or an error that wraps it, if err is or wraps
// io.EOF. It returns any other error unchanged. Use it where the end of the input
// means that data is missing.
func NoEOF(err error) error {
	switch {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %v", io.ErrUnexpectedEOF, err)
	}
	return err
}
