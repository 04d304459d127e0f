package parquet

import (
	"math"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// blockRows is how many records are filled at a time: few enough for the processor's
// first cache.
const blockRows = 32

// recordBlock holds records, which are filled column by column.
type recordBlock struct {
	recs   [blockRows]flowlog.Record
	filled [blockRows]recordState // as the Reader left the records
	bad    [blockRows]bool        // a value of the row is not one of its field
}

// recordState is what shows whether a caller has changed a record.
type recordState struct {
	fields flowlog.FieldSet
	extra  string
}

// reset prepares the first n records for the fields of the file. Members of other fields
// are zero, as long as nobody has changed the record.
func (b *recordBlock) reset(n int, fields flowlog.FieldSet) {
	for i := range b.recs[:n] {
		rec, filled := &b.recs[i], &b.filled[i]
		if rec.Fields != filled.fields || rec.Extra != filled.extra {
			*rec = flowlog.Record{}
		}
		rec.Fields = fields
		b.bad[i] = false
	}
}

// note notes the state of a record that is handed out.
func (b *recordBlock) note(i int) { b.filled[i] = recordState{b.recs[i].Fields, b.recs[i].Extra} }

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
	levels []uint32 // 0 for a row that is null; nil if none is
	codes  []uint32 // of each row; nil for numbers that are no codes
	ints   []int64  // of each row, or, if there are codes, of the dictionary
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
	b.levels, b.codes, b.ints = nil, nil, nil
	if b.Batch.Nulls {
		b.levels = b.Batch.Levels
	}
	if b.IsText() {
		b.codes = b.Batch.Codes
		b.keep()
	} else {
		b.ints, b.codes = b.Numbers()
	}
}

// rows gives the records the values of rows of the batch. A value that only Record.Set can
// judge goes there; a row with one that it refuses is marked as bad.
func (b *binding) rows(rows []int) {
	switch b.fill {
	case fillText:
		codes, texts, levels, members := b.codes, b.texts, b.levels, b.text
		for i, row := range rows {
			if code := codes[row]; uint(code) < uint(len(texts)) && texts[code] != "" && has(levels, row) {
				*members[i] = texts[code]
			} else {
				b.set(i, row)
			}
		}
	case fillAddr:
		codes, addrs, levels, members := b.codes, b.addrs, b.levels, b.addr
		for i, row := range rows {
			if code := codes[row]; uint(code) < uint(len(addrs)) && addrs[code].IsValid() && has(levels, row) {
				*members[i] = addrs[code]
			} else {
				b.set(i, row)
			}
		}
	case fillInt64:
		fillInts(b, b.int64, rows, math.MaxInt64)
	case fillInt32:
		fillInts(b, b.int32, rows, math.MaxInt32)
	case fillUint16:
		fillInts(b, b.uint16, rows, math.MaxUint16)
	case fillUint8:
		fillInts(b, b.uint8, rows, math.MaxUint8)
	default:
		for i, row := range rows {
			b.set(i, row)
		}
	}
}

// fillInts is rows for numbers. Those above most and those below zero are for Record.SetInt
// to judge.
func fillInts[T int64 | int32 | uint16 | uint8](b *binding, members []*T, rows []int, most uint64) {
	ints, codes, levels := b.ints, b.codes, b.levels
	for i, row := range rows {
		at := row
		if codes != nil {
			at = int(codes[row])
		}
		if has(levels, row) && uint(at) < uint(len(ints)) && uint64(ints[at]) <= most {
			*members[i] = T(ints[at])
		} else {
			b.set(i, row)
		}
	}
}

// has reports whether a row is not null.
func has(levels []uint32, row int) bool { return levels == nil || levels[row] != 0 }

// set gives record i the value of a row as Record.Set does, and keeps what it is for other
// rows.
func (b *binding) set(i, row int) {
	rec := &b.block.recs[i]
	if !b.setV4(i, row) {
		b.absent(i)
		var err error
		switch {
		case !has(b.levels, row):
			return
		case b.IsText():
			err = b.setText(rec, row)
		default:
			err = b.setInt(rec, row)
		}
		if err != nil {
			b.block.bad[i] = true
			return
		}
	}
	if b.codes == nil || !rec.Has(b.field) {
		return
	}
	switch code := b.codes[row]; {
	case int(code) < len(b.texts):
		b.texts[code] = *b.text[i]
	case int(code) < len(b.addrs):
		b.addrs[code] = *b.addr[i]
	}
}

// setV4 gives record i an IPv4 address, as most new values of a file are. It reports
// false if the value is not one.
func (b *binding) setV4(i, row int) bool {
	if b.fill != fillAddr || !has(b.levels, row) {
		return false
	}
	addr, ok := parseV4(b.At(b.codes[row]))
	if ok {
		*b.addr[i] = netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)})
	}
	return ok
}

// absent leaves the field out of record i.
func (b *binding) absent(i int) {
	rec := &b.block.recs[i]
	rec.Fields = rec.Fields.Without(b.field)
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
