package cwlogs

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipID is the first byte of a gzip member. No JSON text begins with it.
const gzipID = 0x1f

// A member decompresses gzip members, one at a time, so that the end of each is
// known. The multistream mode of gzip.Reader does not report a header that is
// truncated in its file name.
type member struct {
	src   bytes.Reader // the compressed data
	gz    gzip.Reader
	chunk []byte // buffer for the text
}

// inflate writes the text of the member at data[at:] to out and verifies its
// checksum and length. It returns the offset in data at which reading stopped.
func (m *member) inflate(data []byte, at int, out io.Writer) (int, error) {
	if data[at] != gzipID {
		return at, fmt.Errorf("after the last member: %w", gzip.ErrHeader)
	}
	m.chunk = sized(m.chunk, chunkSize)
	m.src.Reset(data[at:])
	defer m.src.Reset(nil)
	err := m.gz.Reset(&m.src)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	m.gz.Multistream(false)
	for err == nil {
		var n int
		n, err = m.gz.Read(m.chunk)
		if _, werr := out.Write(m.chunk[:n]); werr != nil {
			err = werr
		}
	}
	if err == io.EOF {
		err = nil
	}
	return len(data) - m.src.Len(), err
}
