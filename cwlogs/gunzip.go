package cwlogs

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// inflate returns data's text as far as it is verified, and what stopped it,
// nil at the end of data. The text is the only thing it allocates for a
// payload of ordinary shape.
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

// A text takes the text of a payload, with the limit checked before memory is
// taken.
type text struct {
	b       strings.Builder
	data    []byte // the payload
	limit   int64
	trusted int64 // what may be taken without measuring
}

func (t *text) start(data []byte, limit int64) {
	t.data, t.limit = data, limit
	t.trusted = min(limit, 32*int64(len(data))+64<<10)
	// The last trailer tells the length of the last member, and nearly every
	// payload has just one. It is a hint: Write goes on from there.
	if n := len(data) - 4; n >= 0 {
		t.b.Grow(int(min(int64(binary.LittleEndian.Uint32(data[n:])), t.trusted)))
	}
}

// take returns the text and lets go of it and of the payload.
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
		// Builder.Grow takes twice the old capacity and more, which would be
		// more than is trusted.
		held := t.b.String()
		t.b.Reset()
		t.b.Grow(int(size))
		t.b.WriteString(held)
	}
	return t.b.Write(p)
}

// measure returns the length of data's text up to its end or its first error,
// or 0 if that is more than limit. It takes the time of decompressing, but
// holds nothing.
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

// A counter counts what is written until that is more than its limit.
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
	return min(d.MaxBytes, math.MaxInt/8) // leaves room for multiples
}
