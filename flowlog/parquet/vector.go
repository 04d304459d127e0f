package parquet

import (
	"encoding/binary"

	"github.com/vpcflow/vpcflow/flowlog"
)

// vector holds the values of one column of the row group being filled, one
// entry per row: numbers as they are, text as its number in a dictionary. A
// null row's entry means nothing.
type vector struct {
	column
	addr   bool // text is an address
	rows   int
	nulls  []uint64 // a bit per row, set where the row is null; may be short
	null   int      // null rows
	ints32 []int32
	ints64 []int64
	codes  []uint32
	dict   dictionary

	// Of a column of addresses, IPv4 addresses stand in codes as they are
	// until number is called; others has a bit per row, set where codes has
	// the number of a text already.
	others  []uint64
	pending bool
}

// reset empties the vector but keeps its memory.
func (v *vector) reset() {
	v.rows, v.null = 0, 0
	v.nulls, v.ints32, v.ints64, v.codes = v.nulls[:0], v.ints32[:0], v.ints64[:0], v.codes[:0]
	v.others, v.pending = v.others[:0], v.addr
	if v.typ == flowlog.String {
		v.dict.reset()
	}
}

// isNull reports whether a row is null.
func (v *vector) isNull(row int) bool { return isSet(v.nulls, row) }

// isSet reports whether a bit is set.
func isSet(bits []uint64, i int) bool { return i>>6 < len(bits) && bits[i>>6]>>(i&63)&1 != 0 }

// setBit sets a bit, the last one that is set so far.
func setBit(bits []uint64, i int) []uint64 {
	for len(bits) <= i>>6 {
		bits = append(bits, 0)
	}
	bits[i>>6] |= 1 << (i & 63)
	return bits
}

// setNull notes that the row to be added is null.
func (v *vector) setNull() {
	v.nulls = setBit(v.nulls, v.rows)
	v.null++
}

// rowBytes is what a row takes in the vector. An address may take a text too,
// but that is known only later.
func (v *vector) rowBytes() int {
	switch {
	case v.typ == flowlog.Int64:
		return 8
	case v.addr:
		return 4 + len("255.255.255.255") + textOverhead/4
	}
	return 4
}

// add adds the record's value. It returns the bytes added to the dictionary.
func (v *vector) add(r *flowlog.Record) int {
	grown := 0
	switch v.typ {
	case flowlog.Int32:
		n, ok := r.Int(v.field)
		if !ok {
			v.setNull()
		}
		v.ints32 = append(v.ints32, int32(n))
	case flowlog.Int64:
		n, ok := r.Int(v.field)
		if !ok {
			v.setNull()
		}
		v.ints64 = append(v.ints64, n)
	default:
		if v.addr {
			a, ok := r.Addr(v.field)
			switch {
			case !ok || !a.IsValid():
				v.addNull()
				return 0
			case !a.Is4():
				v.others = setBit(v.others, v.rows)
				was := len(v.dict.arena)
				v.dict.arena = a.AppendTo(v.dict.arena)
				v.codes = append(v.codes, v.dict.addTail(was))
				v.rows++
				return len(v.dict.arena) - was
			}
			b := a.As4()
			v.codes = append(v.codes, binary.BigEndian.Uint32(b[:]))
			break
		}
		return v.addText(r.Value(v.field))
	}
	v.rows++
	return grown
}

// addText adds a text, "-" being null. It returns the bytes added to the
// dictionary.
func (v *vector) addText(s string) int {
	if s == "-" || s == "" {
		v.addNull()
		return 0
	}
	was := len(v.dict.arena)
	v.codes = append(v.codes, v.dict.add(s))
	v.rows++
	return len(v.dict.arena) - was
}

// addNull adds a null text.
func (v *vector) addNull() {
	v.setNull()
	v.codes = append(v.codes, 0)
	v.rows++
}

// number gives the IPv4 addresses of a column of addresses their numbers. It is
// put off until the row group is full because it then goes several times
// faster, and in the goroutine of the encoder.
func (v *vector) number() {
	if !v.pending {
		return
	}
	v.pending = false
	for row, addr := range v.codes {
		if v.null > 0 && v.isNull(row) || len(v.others) > 0 && isSet(v.others, row) {
			continue
		}
		v.codes[row] = v.dict.addV4(addr)
	}
}

// rowGroup is the rows that will be one row group.
type rowGroup struct {
	vectors  []vector
	extras   []*vector // the vectors of columns of unknown name, in their order
	rows     int
	rowBytes int // that a row takes in all vectors
	text     int // bytes in the dictionaries
}

func newRowGroup(columns []column) *rowGroup {
	g := &rowGroup{vectors: make([]vector, len(columns))}
	for i, c := range columns {
		v := &g.vectors[i]
		v.column = c
		v.addr = c.field.Kind() == flowlog.KindAddr
		v.reset()
		g.rowBytes += v.rowBytes()
		if c.field == 0 {
			g.extras = append(g.extras, v)
		}
	}
	return g
}

func (g *rowGroup) reset() {
	for i := range g.vectors {
		g.vectors[i].reset()
	}
	g.rows, g.text = 0, 0
}

// bytes is about what the rows take in memory. A text has, besides its bytes,
// an end and its share of a hash table.
func (g *rowGroup) bytes() int { return g.rows*g.rowBytes + g.text }

// add adds one record. Columns of unknown name take the values of r.Extra in
// turn, and are null where it has too few.
func (g *rowGroup) add(r *flowlog.Record) {
	for i := range g.vectors {
		v := &g.vectors[i]
		if v.field == 0 {
			continue
		}
		if n := v.add(r); n > 0 {
			g.text += n + textOverhead
		}
	}
	if len(g.extras) > 0 {
		g.addExtra(r.Extra)
	}
	g.rows++
}

// textOverhead is about what a text takes in a dictionary besides its bytes.
const textOverhead = 4 + 4*8

// addExtra adds the values of an Extra.
func (g *rowGroup) addExtra(extra string) {
	for _, v := range g.extras {
		var value string
		value, extra = cutExtra(extra)
		if n := v.addText(value); n > 0 {
			g.text += n + textOverhead
		}
	}
}

// cutExtra returns the first value of an Extra and the rest.
func cutExtra(s string) (value, rest string) {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i] == ' ' || s[i] == '\t' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
