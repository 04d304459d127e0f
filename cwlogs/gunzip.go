package cwlogs

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// inflate returns the verified text of data, and the error that stopped it or
// nil. Data that does not begin as gzip is its own text. For usual payloads it
// allocates only the text.
func (d *Decoder) inflate(data []byte) (string, *DecodeError) {
	limit := d.maxBytes()
	if len(data) == 0 || data[0] != gzipID {
		if int64(len(data)) > limit {
			return string(data[:limit]), &DecodeError{Stage: StageJSON, Offset: limit, Err: tooLarge(limit)}
		}
		return string(data), nil
	}
	t := &d.text
	t.start(data, limit)
	verified := 0
	for at := 0; at < len(data); {
		var err error
		if at, err = d.member.inflate(data, at, t); err != nil {
			return t.take()[:verified], &DecodeError{Stage: StageGzip, Offset: int64(at), Err: err}
		}
		verified = t.b.Len()
	}
	return t.take(), nil
}

// A text is an io.Writer that collects the text of a payload. It checks the
// limit before it allocates memory.
type text struct {
	b       strings.Builder
	data    []byte // the payload
	limit   int64  // maximum size of the text in bytes
	trusted int64  // bytes that may be allocated without measuring the text
}

func (t *text) start(data []byte, limit int64) {
	t.data, t.limit = data, limit
	t.trusted = min(limit, 32*int64(len(data))+64<<10)
	// The trailer has the text length of the last member, and most payloads
	// have one member. This is only a hint: Write allocates more if needed.
	if n := len(data) - 4; n >= 0 {
		t.b.Grow(int(min(int64(binary.LittleEndian.Uint32(data[n:])), t.trusted)))
	}
}

// take returns the text and releases it and the payload.
func (t *text) take() string {
	s := t.b.String()
	*t = text{}
	return s
}

// Write implements io.Writer.
func (t *text) Write(p []byte) (int, error) {
	need := int64(t.b.Len()) + int64(len(p))
	if need > t.limit {
		return 0, tooLarge(t.limit)
	}
	if need > int64(t.b.Cap()) {
		size := max(2*int64(t.b.Len()), need)
		if size > t.trusted {
			if need > t.trusted {
				t.trusted = measure(t.data, t.limit)
			}
			if need > t.trusted {
				return 0, tooLarge(t.limit)
			}
			size = t.trusted
		}
		// Builder.Grow would more than double the capacity, which may be more
		// than trusted.
		held := t.b.String()
		t.b.Reset()
		t.b.Grow(int(size))
		t.b.WriteString(held)
	}
	return t.b.Write(p)
}

// measure returns the length of the text of data up to its end or first error,
// or 0 if that is more than limit. It decompresses data without holding the
// text.
func measure(data []byte, limit int64) int64 {
	m, c := new(member), &counter{limit: limit}
	var err error
	for at := 0; at < len(data) && err == nil; {
		at, err = m.inflate(data, at, c)
	}
	if c.n > limit {
		return 0
	}
	return c.n
}

// A counter is an io.Writer that counts bytes. Write fails beyond the limit.
type counter struct{ n, limit int64 }

func (c *counter) Write(p []byte) (int, error) {
	if c.n += int64(len(p)); c.n > c.limit {
		return 0, ErrTooLarge
	}
	return len(p), nil
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: more than %d bytes of text", ErrTooLarge, limit)
}

func (d *Decoder) maxBytes() int64 {
	if d.MaxBytes <= 0 {
		return DefaultMaxBytes
	}
	return min(d.MaxBytes, math.MaxInt/8) // so that multiples do not overflow
}
