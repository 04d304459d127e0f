package parquet

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// blockRows is how many records are filled at a time: few enough for the processor's
// first cache.
const blockRows = 64

// recordBlock holds records, which are filled column by column.
type recordBlock struct {
	recs   [blockRows]flowlog.Record
	filled [blockRows]flowlog.FieldSet // of the records as the Reader left them
	bad    uint64                      // the records with a value that is not one of its field, from the lowest bit on
}

// reset prepares the first n records for the fields of the file. Members of other fields
// are zero, as long as nobody has changed the record.
func (b *recordBlock) reset(n int, fields flowlog.FieldSet) {
	for i := range b.recs[:n] {
		rec := &b.recs[i]
		if rec.Fields != b.filled[i] {
			*rec = flowlog.Record{}
		}
		if rec.Extra != "" {
			rec.Extra = ""
		}
		rec.Fields, b.filled[i] = fields, fields
	}
	b.bad = 0
}

// binding ties a column of the file to the members of the records of a block that its
// values go to.
type binding struct {
	*readColumn
	fill  fillKind
	block *recordBlock

	// The members by record: one of the slices is used.
	text   []*string
	addr   []*netip.Addr
	int64  []*int64
	int32  []*int32
	uint16 []*uint16
	uint8  []*uint8

	// The batch.
	codes []uint32 // of each row; nil for numbers that are no codes
	ints  []int64  // of each row, or, if there are codes, of the dictionary
}

// fillKind says how the values of a column get into the records.
type fillKind uint8

const (
	fillOther fillKind = iota // by Record.Set or SetInt
	fillText                  // the others by a copy
	fillAddr
	fillInt64
	fillInt32
	fillUint16
	fillUint8
)

// bind returns the binding of a column to the records of a block.
func bind(c *readColumn, records *recordBlock) binding {
	b := binding{readColumn: c, block: records}
	isText := c.field.Type() == flowlog.TypeString
	if isText != c.IsText() || !isText && c.Meaning != decode.Integer {
		return b
	}
	for i := range records.recs {
		switch member := records.recs[i].Member(c.field).(type) {
		case *string:
			b.text, b.fill = append(b.text, member), fillText
		case *netip.Addr:
			b.addr, b.fill = append(b.addr, member), fillAddr
		case *int64:
			b.int64, b.fill = append(b.int64, member), fillInt64
		case *int32:
			b.int32, b.fill = append(b.int32, member), fillInt32
		case *uint16:
			b.uint16, b.fill = append(b.uint16, member), fillUint16
		case *uint8:
			b.uint8, b.fill = append(b.uint8, member), fillUint8
		}
	}
	return b
}

// next takes the arrays of the batch that was decoded.
func (b *binding) next() {
	b.codes, b.ints = nil, nil
	if b.IsText() {
		b.codes = b.Batch.Codes
	} else {
		b.ints, b.codes = b.Numbers()
	}
	if b.codes != nil && !b.kept {
		b.kept = true
		b.keep()
	}
}

// keep prepares texts, addrs or ports for the dictionary, if the memory budget allows it.
func (b *binding) keep() {
	n := b.DictLen()
	switch {
	case b.fill == fillText && b.hold(16*n): // the size of a string
		b.texts = make([]string, n)
	case b.fill == fillAddr && b.hold(4*n):
		b.addrs = make([][4]byte, n)
		for i := range b.addrs {
			if a, ok := parseV4(b.Dict(uint32(i))); ok && a >= maxOthers {
				binary.BigEndian.PutUint32(b.addrs[i][:], a)
			}
		}
	case b.fill == fillUint16 && b.hold(2*n):
		b.ports = make([]uint16, n)
		for i, v := range b.ints {
			if b.ports[i] = uint16(v); int64(b.ports[i]) != v {
				b.ports = nil
				return
			}
		}
	}
}

// rows gives the records the values of rows of the batch, which are in order. A value that
// only Record.Set can judge goes there; a row with one that it refuses is marked as bad.
func (b *binding) rows(rows []int) {
	// Null rows also get a value, that of code 0, and lose it again.
	null := b.nulls(rows)
	switch {
	case null == 1<<len(rows)-1:
	case b.fill == fillText:
		var memory [blockRows]uint32
		codes, texts, members := pick(b.codes, rows, &memory), b.texts, b.text
		for i, code := range codes {
			if uint(code) < uint(len(texts)) && texts[code] != "" {
				*members[i] = texts[code]
			} else {
				b.set(i, rows[i])
			}
		}
	case b.fill == fillAddr:
		b.fillAddrs(rows)
	case b.fill == fillInt64:
		fillInts(b, b.int64, rows, math.MaxInt64)
	case b.fill == fillInt32:
		fillInts(b, b.int32, rows, math.MaxInt32)
	case b.fill == fillUint16 && b.codes != nil && b.ports != nil:
		var memory [blockRows]uint32
		members, ports := b.uint16, b.ports
		for i, code := range pick(b.codes, rows, &memory) {
			*members[i] = ports[code]
		}
	case b.fill == fillUint16:
		fillInts(b, b.uint16, rows, math.MaxUint16)
	case b.fill == fillUint8:
		fillInts(b, b.uint8, rows, math.MaxUint8)
	default:
		for i, row := range rows {
			b.set(i, row)
		}
	}
	for ; null != 0; null &= null - 1 {
		b.absent(bits.TrailingZeros64(null))
	}
}

// nulls returns which of some rows are null, the first in the lowest bit.
func (b *binding) nulls(rows []int) (null uint64) {
	switch {
	case len(b.Batch.Nulls) == 0:
	case adjacent(rows):
		null = b.Batch.Nulls.Word(rows[0]) & (1<<len(rows) - 1)
	default:
		for i, row := range rows {
			null |= b.Batch.Nulls.Bit(row) << i
		}
	}
	return null
}

// adjacent reports whether rows that are in order have no others between them.
func adjacent(rows []int) bool { return rows[len(rows)-1]-rows[0] == len(rows)-1 }

// pick returns the elements of s for some rows. It copies them to memory if the rows are
// not adjacent.
func pick[T any](s []T, rows []int, memory *[blockRows]T) []T {
	if adjacent(rows) {
		return s[rows[0]:][:len(rows)]
	}
	for i, row := range rows {
		memory[i] = s[row]
	}
	return memory[:len(rows)]
}

// fillAddrs is rows for addresses.
func (b *binding) fillAddrs(rows []int) {
	var memory [blockRows]uint32
	codes, addrs, others, members := pick(b.codes, rows, &memory), b.addrs, b.others, b.addr
	for i, code := range codes {
		if uint(code) < uint(len(addrs)) {
			a := &addrs[code]
			if a[0] != 0 {
				*members[i] = netip.AddrFrom4(*a)
				continue
			}
			if at := binary.BigEndian.Uint32(a[:]); at > 0 {
				*members[i] = others[at-1]
				continue
			}
		}
		b.set(i, rows[i])
		others = b.others
	}
}

func addrFrom4(a uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

// fillInts is rows for numbers. Those above most, which has all lower bits set, and those
// below zero are for Record.SetInt to judge.
func fillInts[T int64 | int32 | uint16 | uint8](b *binding, members []*T, rows []int, most uint64) {
	var all uint64 // the bits of all numbers
	if b.codes == nil {
		var memory [blockRows]int64
		for i, v := range pick(b.ints, rows, &memory) {
			all |= uint64(v)
			*members[i] = T(v)
		}
	} else {
		var memory [blockRows]uint32
		ints := b.ints
		for i, code := range pick(b.codes, rows, &memory) {
			v := ints[code]
			all |= uint64(v)
			*members[i] = T(v)
		}
	}
	if all <= most {
		return
	}
	for i, row := range rows {
		if uint64(b.Number(row)) > most {
			b.set(i, row)
		}
	}
}

// set gives record i the value of a row as Record.Set does, and keeps what it is for other
// rows.
func (b *binding) set(i, row int) {
	if b.Batch.Nulls.Has(row) {
		b.absent(i)
		return
	}
	if b.fill == fillAddr {
		if a, ok := parseV4(b.At(b.codes[row])); ok {
			*b.addr[i] = addrFrom4(a)
			b.keepAddr(b.codes[row], *b.addr[i])
			return
		}
	}
	b.absent(i)
	rec := &b.block.recs[i]
	var err error
	if b.IsText() {
		err = b.setText(rec, row)
	} else {
		err = b.setInt(rec, row)
	}
	b.block.filled[i] = rec.Fields
	switch {
	case err != nil:
		b.block.bad |= 1 << i
	case !rec.Has(b.field):
	case b.fill == fillText && int(b.codes[row]) < len(b.texts):
		b.texts[b.codes[row]] = *b.text[i]
	case b.fill == fillAddr:
		b.keepAddr(b.codes[row], *b.addr[i])
	}
}

// absent leaves the field out of record i.
func (b *binding) absent(i int) {
	rec := &b.block.recs[i]
	rec.Fields = rec.Fields.Without(b.field)
	b.block.filled[i] = rec.Fields
	switch b.fill {
	case fillText:
		*b.text[i] = ""
	case fillAddr:
		*b.addr[i] = netip.Addr{}
	case fillInt64:
		*b.int64[i] = 0
	case fillInt32:
		*b.int32[i] = 0
	case fillUint16:
		*b.uint16[i] = 0
	case fillUint8:
		*b.uint8[i] = 0
	case fillOther:
		_ = rec.Set(b.field, "-") // which is never an error
	}
}
