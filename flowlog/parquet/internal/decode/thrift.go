package decode

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// compact reads Thrift's compact protocol, the encoding of footers and page headers.
// parquet-go's decoder allocates the length that the header of a list claims, and five
// bytes can claim gigabytes. This one only allocates memory for what it has read. The first
// error is kept, and everything read after it is zero.
//
// See https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
type compact struct {
	b     []byte
	pos   int
	short bool // the error is that b ends too early
	err   error
}

// The types of fields.
const (
	ThriftTrue   = 1
	thriftFalse  = 2
	thriftI8     = 3
	thriftI16    = 4
	ThriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	ThriftBinary = 8
	ThriftList   = 9
	thriftSet    = 10
	ThriftMap    = 11
	ThriftStruct = 12
	thriftUUID   = 13
)

// maxDepth is the maximum nesting of values that are skipped.
const maxDepth = 16

func (r *compact) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: "+format, append([]any{pack.ErrCorrupt}, args...)...)
	}
}

// take returns the next n bytes.
func (r *compact) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.b)-r.pos {
		r.short = true
		r.fail("metadata cut short")
		return nil
	}
	r.pos += n
	return r.b[r.pos-n : r.pos]
}

func (r *compact) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *compact) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b[r.pos:])
	if n <= 0 {
		r.short = n == 0
		r.fail("bad number in metadata")
		return 0
	}
	r.pos += n
	return v
}

func (r *compact) i64() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *compact) i32() int32 {
	v := r.i64()
	if v != int64(int32(v)) {
		r.fail("number out of range in metadata")
		return 0
	}
	return int32(v)
}

// bytes reads a binary or a string. The result shares the memory of b.
func (r *compact) bytes() []byte {
	n := r.uvarint()
	if n > math.MaxInt32 {
		r.fail("length out of range in metadata")
		return nil
	}
	return r.take(int(n))
}

// list calls each for every element of a list. The elements must have the given type.
func (r *compact) list(each func(typ byte)) {
	head := r.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = r.uvarint()
	}
	// An element takes at least a byte.
	if r.err == nil && n > uint64(len(r.b)-r.pos) {
		r.short = true
		r.fail("list longer than the metadata")
	}
	for range n {
		if r.err != nil {
			return
		}
		each(head & 15)
	}
}

// structs calls each for every element of a list of structures.
func (r *compact) structs(each func()) {
	r.list(func(typ byte) {
		if typ != ThriftStruct {
			r.fail("a list of type %d, not of structures", typ)
			return
		}
		each()
	})
}

// fields calls each for every field of a structure. If each returns false, it has not read
// the field, which is then skipped.
func (r *compact) fields(each func(id int16, typ byte) bool) {
	id := int16(0)
	for r.err == nil {
		head := r.byte()
		typ := head & 15
		if r.err != nil || typ == 0 {
			return
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(r.i64())
		}
		if !each(id, typ) {
			r.skip(typ, 0)
		}
	}
}

// skip skips a value.
func (r *compact) skip(typ byte, depth int) {
	if depth > maxDepth {
		r.fail("metadata nested too deep")
		return
	}
	switch typ {
	case ThriftTrue, thriftFalse: // the type is the value
	case thriftI8:
		r.take(1)
	case thriftI16, ThriftI32, thriftI64:
		r.uvarint()
	case thriftDouble:
		r.take(8)
	case thriftUUID:
		r.take(16)
	case ThriftBinary:
		r.bytes()
	case ThriftList, thriftSet:
		r.list(func(typ byte) { r.skipElement(typ, depth+1) })
	case ThriftMap:
		n := r.uvarint()
		if n == 0 {
			return
		}
		types := r.byte()
		for range n {
			if r.err != nil {
				return
			}
			r.skipElement(types>>4, depth+1)
			r.skipElement(types&15, depth+1)
		}
	case ThriftStruct:
		r.fields(func(_ int16, typ byte) bool {
			r.skip(typ, depth+1)
			return true
		})
	default:
		r.fail("unknown type %d in metadata", typ)
	}
}

// skipElement skips an element of a list or map, where a boolean takes a byte.
func (r *compact) skipElement(typ byte, depth int) {
	if typ == ThriftTrue || typ == thriftFalse {
		r.take(1)
		return
	}
	r.skip(typ, depth)
}
