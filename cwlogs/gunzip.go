package cwlogs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipID is the first byte of a gzip member, which no JSON text begins with.
const gzipID = 0x1f

// inflate returns data's text as far as it is verified, and what stopped it,
// nil at the end of data. The returned string is the only thing it allocates
// for a payload of ordinary shape.
func (d *Decoder) inflate(data []byte) (string, *DecodeError) {
	limit := d.maxBytes()
	if len(data) == 0 || data[0] != gzipID {
		if int64(len(data)) > limit {
			return string(data[:limit]), &DecodeError{Stage: StageJSON, Offset: limit, Err: tooLarge(limit)}
		}
		return string(data), nil
	}

	d.chunk = sized(d.chunk, chunkSize)
	d.src.Reset(data)
	defer d.src.Reset(nil)
	defer d.text.Reset()
	// The last member's trailer tells its length modulo 2^32, and nearly
	// every payload has one member. It is a hint: growth goes on from there.
	room := room{d: d, data: data, limit: limit, trusted: min(limit, 32*int64(len(data))+64<<10)}
	if len(data) >= 4 {
		d.text.Grow(int(min(int64(binary.LittleEndian.Uint32(data[len(data)-4:])), room.trusted)))
	}

	verified := 0
	stop := func(err error) (string, *DecodeError) {
		at := int64(len(data) - d.src.Len())
		return d.text.String()[:verified], &DecodeError{Stage: StageGzip, Offset: at, Err: err}
	}
	for d.src.Len() > 0 {
		// One member at a time: in multistream mode the reader takes a header
		// that is cut in its name or comment for the end of the input.
		if err := d.gz.Reset(&d.src); err != nil {
			if verified > 0 && err == gzip.ErrHeader {
				err = fmt.Errorf("after the last member: %w", err)
			}
			return stop(noEOF(err))
		}
		d.gz.Multistream(false)
		for {
			n, err := d.gz.Read(d.chunk)
			if n > 0 {
				if !room.make(n) {
					return stop(tooLarge(limit))
				}
				d.text.Write(d.chunk[:n])
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return stop(noEOF(err))
			}
		}
		verified = d.text.Len()
	}
	return d.text.String(), nil
}

// room grows a Decoder's text, with the limit checked before memory is taken.
type room struct {
	d       *Decoder
	data    []byte
	limit   int64 // on the text
	trusted int64 // capacity that may be taken without measuring
}

// make sees to it that n more bytes can be written, and reports whether the
// limit permits them.
func (r *room) make(n int) bool {
	t := &r.d.text
	need := int64(t.Len()) + int64(n)
	if need > r.limit {
		return false
	}
	if need <= int64(t.Cap()) {
		return true
	}
	if need > r.trusted {
		size := measure(r.data, r.limit)
		if size > r.limit {
			return false
		}
		r.trusted = max(size, need)
	}
	// Builder.Grow adds to twice the capacity, which is more than allowed.
	held := t.String()
	t.Reset()
	t.Grow(int(min(max(2*int64(len(held)), need), r.trusted)))
	t.WriteString(held)
	return true
}

// measure returns the length of data's text, or some number above limit, or
// the length up to the first error, which the caller will meet in its turn. It
// costs the time of decompressing, and no memory that depends on data.
func measure(data []byte, limit int64) int64 {
	gz, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return 0
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(gz, limit+1))
	return n
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: more than %d bytes of text", ErrTooLarge, limit)
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
