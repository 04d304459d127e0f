package parquet

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/vpcflow/vpcflow/flowlog"
)

// vector holds the values of one column of the row group being filled, one
// entry per row: numbers as they are, text as its number in a dictionary. The
// entry of a null row repeats that of the row before, so that what looks at all
// entries need not ask which are null; see settle.
type vector struct {
	column
	addr   bool   // text is an address
	rows   int    // once all are added
	nulls  bitmap // the rows that are null
	null   int    // how many
	ints32 []int32
	ints64 []int64
	codes  []uint32
	dict   dictionary
	bad    bool // the last row has a text that cannot be in a dictionary

	recent uint32 // number of the last text that is not null, or noText
	steady int    // above 0 if that text tends to come again

	// IPv4 addresses stand in codes as they are until settle; others has the
	// rows where codes has the number of a text already.
	others  bitmap
	settled bool
}

// bitmap is a set of rows. It may end before the last row.
type bitmap []uint64

// add adds a row behind those that are in the set.
func (b *bitmap) add(row int) {
	for len(*b) <= row>>6 {
		*b = append(*b, 0)
	}
	(*b)[row>>6] |= 1 << (row & 63)
}

// has reports whether a row is in the set.
func (b bitmap) has(row int) bool { return row>>6 < len(b) && b[row>>6]>>(row&63)&1 != 0 }

// word returns the 64 rows from row on.
func (b bitmap) word(row int) uint64 {
	i, shift := row>>6, row&63
	var w uint64
	if i < len(b) {
		w = b[i] >> shift
	}
	if shift > 0 && i+1 < len(b) {
		w |= b[i+1] << (64 - shift)
	}
	return w
}

// reset empties the vector but keeps its memory.
func (v *vector) reset() {
	v.rows, v.null, v.settled = 0, 0, false
	v.nulls, v.others = v.nulls[:0], v.others[:0]
	v.recent, v.steady = noText, 0
	v.ints32, v.ints64, v.codes = v.ints32[:0], v.ints64[:0], v.codes[:0]
	if v.typ == flowlog.TypeString {
		v.dict.reset()
	}
}

// grow makes room for rows in all.
func (v *vector) grow(rows int) {
	switch v.typ {
	case flowlog.TypeInt32:
		v.ints32 = slices.Grow(v.ints32, rows-len(v.ints32))
	case flowlog.TypeInt64:
		v.ints64 = slices.Grow(v.ints64, rows-len(v.ints64))
	default:
		v.codes = slices.Grow(v.codes, rows-len(v.codes))
	}
}

// rowBytes is what a row takes in the vector. An address may take a text too,
// but that is known only later.
func (v *vector) rowBytes() int {
	switch {
	case v.typ == flowlog.TypeInt64:
		return 8
	case v.addr:
		return 4 + len("255.255.255.255") + textOverhead/4
	}
	return 4
}

// addAddr adds the value of a field of addresses as a row. It returns the bytes
// added to the dictionary.
func (v *vector) addAddr(r *flowlog.Record, row int) int {
	a, ok := r.Addr(v.field)
	switch {
	case !ok || !a.IsValid():
		v.addNull(row)
	case a.Is4():
		b := a.As4()
		v.codes = append(v.codes, binary.BigEndian.Uint32(b[:]))
	default:
		was := len(v.dict.arena)
		v.dict.arena = a.AppendTo(v.dict.arena)
		code := v.dict.addTail(was)
		if code == noText {
			v.bad = true
			v.addNull(row)
			return 0
		}
		v.others.add(row)
		v.codes = append(v.codes, code)
		return len(v.dict.arena) - was
	}
	return 0
}

// addText adds a text, "-" being null, as a row. It returns the bytes added to the
// dictionary.
func (v *vector) addText(s string, row int) int {
	if s == "-" || s == "" {
		v.addNull(row)
		return 0
	}
	// Some columns hardly ever change, and then a look at the row before is
	// all it takes. Where they do, the look only costs.
	if v.steady >= 0 && v.recent != noText {
		if string(v.dict.text(v.recent)) == s {
			v.steady = min(v.steady+1, 64)
			v.codes = append(v.codes, v.recent)
			return 0
		}
		v.steady -= 4
	}
	was := len(v.dict.arena)
	code := v.dict.add(s)
	if code == noText {
		v.bad = true
		v.addNull(row)
		return 0
	}
	v.recent = code
	v.codes = append(v.codes, code)
	return len(v.dict.arena) - was
}

// addNull adds a null row.
func (v *vector) addNull(row int) {
	v.nulls.add(row)
	v.null++
	switch v.typ {
	case flowlog.TypeInt32:
		v.ints32 = append(v.ints32, last(v.ints32))
	case flowlog.TypeInt64:
		v.ints64 = append(v.ints64, last(v.ints64))
	default:
		v.codes = append(v.codes, last(v.codes))
	}
}

// drop takes away the last row, which is not settled.
func (v *vector) drop(row int) {
	v.bad = false
	if v.nulls.has(row) {
		v.nulls[row>>6] &^= 1 << (row & 63)
		v.null--
	}
	if v.others.has(row) {
		v.others[row>>6] &^= 1 << (row & 63)
	}
	switch v.typ {
	case flowlog.TypeInt32:
		v.ints32 = v.ints32[:row]
	case flowlog.TypeInt64:
		v.ints64 = v.ints64[:row]
	default:
		v.codes = v.codes[:row]
	}
}

// last returns the last entry, or zero if there is none.
func last[T any](s []T) T {
	if len(s) == 0 {
		return *new(T)
	}
	return s[len(s)-1]
}

// settle makes the vector ready to be encoded, once all rows are added: IPv4
// addresses get their numbers, and null rows at the start the entry of the first
// row that is not null. Doing this here rather than in add takes it to the
// goroutine of the encoder.
func (v *vector) settle() {
	if v.settled {
		return
	}
	v.settled = true
	v.rows = max(len(v.ints32), len(v.ints64), len(v.codes))
	if v.addr {
		v.number()
	}
	first := 0
	for first < v.rows && v.nulls.has(first) {
		first++
	}
	if first == 0 || first == v.rows {
		return
	}
	for row := range first {
		switch v.typ {
		case flowlog.TypeInt32:
			v.ints32[row] = v.ints32[first]
		case flowlog.TypeInt64:
			v.ints64[row] = v.ints64[first]
		default:
			v.codes[row] = v.codes[first]
		}
	}
}

// number gives IPv4 addresses their numbers, run by run of rows that have one.
func (v *vector) number() {
	start := 0 // of the run
	for row := 0; row < v.rows; row += 64 {
		for skip := v.nulls.word(row) | v.others.word(row); skip != 0; skip &= skip - 1 {
			at := row + bits.TrailingZeros64(skip)
			v.dict.addV4s(v.codes[start:at])
			start = at + 1
			if at > 0 && v.nulls.has(at) {
				v.codes[at] = v.codes[at-1]
			}
		}
	}
	v.dict.addV4s(v.codes[start:])
}

// rowGroup is the rows that will be one row group.
type rowGroup struct {
	vectors  []vector // the columns
	rows     int
	room     int // rows there is memory for
	most     int // rows there can be
	rowBytes int // that a row takes in all vectors
	text     int // bytes in the dictionaries

	// The vectors by what they hold.
	ints32, ints64, addrs, texts []*vector
	extras                       []*vector // columns of unknown name, in their order
}

// newRowGroup returns an empty row group for so many rows, at most, as fit into
// the options.
func newRowGroup(columns []column, opts *Options) *rowGroup {
	g := &rowGroup{vectors: make([]vector, len(columns))}
	for i, c := range columns {
		v := &g.vectors[i]
		v.column = c
		v.addr = c.field.Kind() == flowlog.KindAddr
		v.reset()
		g.rowBytes += v.rowBytes()
		switch {
		case c.field == 0:
			g.extras = append(g.extras, v)
		case v.typ == flowlog.TypeInt32:
			g.ints32 = append(g.ints32, v)
		case v.typ == flowlog.TypeInt64:
			g.ints64 = append(g.ints64, v)
		case v.addr:
			g.addrs = append(g.addrs, v)
		default:
			g.texts = append(g.texts, v)
		}
	}
	g.most = min(opts.RowGroupRows, opts.RowGroupBytes/g.rowBytes+1)
	return g
}

// firstRoom is for how many rows a row group makes room at first.
const firstRoom = 1 << 12

// grow makes room for rows, all columns at once and in a few large steps: to
// append to each would copy what is there more often, and leave more garbage than
// there are values in the end.
func (g *rowGroup) grow(rows int) {
	g.room = min(rows, g.most)
	for i := range g.vectors {
		g.vectors[i].grow(g.room)
	}
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
// turn, and are null where it has too few. A record with text that is not UTF-8
// is an error, and is not added.
func (g *rowGroup) add(r *flowlog.Record) error {
	if g.rows == g.room && g.rows < g.most {
		g.grow(max(4*g.rows, firstRoom))
	}
	for _, v := range g.ints32 {
		n, ok := r.Int(v.field)
		if !ok {
			v.addNull(g.rows)
			continue
		}
		v.ints32 = append(v.ints32, int32(n))
	}
	for _, v := range g.ints64 {
		n, ok := r.Int(v.field)
		if !ok {
			v.addNull(g.rows)
			continue
		}
		v.ints64 = append(v.ints64, n)
	}
	bad := false
	for _, v := range g.addrs {
		if n := v.addAddr(r, g.rows); n > 0 {
			g.text += n + textOverhead
		}
		bad = bad || v.bad
	}
	for _, v := range g.texts {
		if n := v.addText(r.Value(v.field), g.rows); n > 0 {
			g.text += n + textOverhead
		}
		bad = bad || v.bad
	}
	rest := r.Extra
	for _, v := range g.extras {
		var value string
		value, rest = cutExtra(rest)
		if n := v.addText(value, g.rows); n > 0 {
			g.text += n + textOverhead
		}
		bad = bad || v.bad
	}
	if bad {
		return g.refuse(r)
	}
	g.rows++
	return nil
}

// refuse takes the row of a record away again that has a bad text, and says
// which.
func (g *rowGroup) refuse(r *flowlog.Record) error {
	e := &flowlog.ParseError{Err: ErrUTF8}
	for i := range g.vectors {
		v := &g.vectors[i]
		if v.bad && e.Value == "" {
			e.Field, e.Value = v.field, quote(r.Extra)
			if v.field != 0 {
				e.Value = quote(r.Value(v.field))
			}
		}
		v.drop(g.rows)
	}
	return e
}

// textOverhead is about what a text takes in a dictionary besides its bytes.
const textOverhead = 4 + 4*16

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
