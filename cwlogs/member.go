package cwlogs

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipID is the first byte of a gzip member. No JSON text begins with it.
const gzipID = 0x1f

// A member decompresses gzip members from memory, one at a time, so that the
// end of each is known. In multistream mode gzip.Reader would also take a header
// that is cut within its file name for the end of the input.
type member struct {
	src   bytes.Reader
	gz    gzip.Reader
	chunk []byte
}

// inflate writes the text of the member at data[at:] to out, checks it against
// its trailer, and returns where reading stopped.
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
