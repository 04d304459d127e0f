package decode

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// pageHeader is the part of a page header that reading needs.
type pageHeader struct {
	typ      format.PageType
	size     int // size of the body in the file, in bytes
	full     int // size of the body when decompressed
	crc      uint32
	hasCRC   bool
	values   int // rows, including nulls, or entries of a dictionary
	encoding format.Encoding
	levels   format.Encoding // of the definition levels, in a page of version 1
	defined  int             // bytes of definition levels, in a page of version 2
	repeated int             // bytes of repetition levels, in a page of version 2
	raw      bool            // the values are not compressed, in a page of version 2
	has      bool            // the header has the structure for typ
}

// decodePageHeader decodes the header at the start of b. It returns the length of the
// header, or 0 if b is too short.
func decodePageHeader(b []byte) (pageHeader, int, error) {
	r := &compact{b: b}
	h := pageHeader{typ: -1}
	var sizes [2]int32
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == ThriftI32:
			h.typ = format.PageType(r.i32())
		case id == 2 && typ == ThriftI32:
			sizes[0] = r.i32()
		case id == 3 && typ == ThriftI32:
			sizes[1] = r.i32()
		case id == 4 && typ == ThriftI32:
			h.crc, h.hasCRC = uint32(r.i32()), true
		case typ == ThriftStruct && (id == 5 && h.typ == format.DataPage || id == 7 && h.typ == format.DictionaryPage || id == 8 && h.typ == format.DataPageV2):
			h.has = true
			r.fields(func(id int16, typ byte) bool { return h.decode(r, id, typ) })
		default:
			return false
		}
		return true
	})
	if r.short {
		return h, 0, nil
	}
	h.full, h.size = int(sizes[0]), int(sizes[1])
	switch {
	case r.err != nil:
		return h, 0, r.err
	case h.size < 0 || h.full < 0 || h.values < 0 || h.defined < 0 || h.repeated < 0:
		return h, 0, fmt.Errorf("%w: negative size in a page header", pack.ErrCorrupt)
	case !h.has && h.typ != format.IndexPage:
		return h, 0, fmt.Errorf("%w: page header without a type", pack.ErrCorrupt)
	}
	return h, r.pos, nil
}

// decode decodes a field of the structure for the type of the page.
func (h *pageHeader) decode(r *compact, id int16, typ byte) bool {
	v2 := h.typ == format.DataPageV2
	switch {
	case id == 1 && typ == ThriftI32:
		h.values = int(r.i32())
	case typ == ThriftI32 && (id == 2 && !v2 || id == 4 && v2):
		h.encoding = format.Encoding(r.i32())
	case id == 3 && typ == ThriftI32 && h.typ == format.DataPage:
		h.levels = format.Encoding(r.i32())
	case id == 5 && typ == ThriftI32 && v2:
		h.defined = int(r.i32())
	case id == 6 && typ == ThriftI32 && v2:
		h.repeated = int(r.i32())
	case id == 7 && v2 && (typ == ThriftTrue || typ == thriftFalse):
		h.raw = typ == thriftFalse
	default:
		return false
	}
	return true
}
