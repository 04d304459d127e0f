package pack

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// Column is what a file says of a column. The type is Int32, Int64, or ByteArray for
// text.
type Column struct {
	Name string
	Type format.Type
}

// Vector holds the values of one column of the row group being filled, one
// entry per row: numbers as they are, text as its number in a dictionary. The
// entry of a null row repeats that of the row before, so that what looks at all
// entries need not ask which are null; see settle.
type Vector struct {
	Column
	Addr   bool   // text is an address
	Rows   int    // once all are added
	Nulls  bitmap // the rows that are null
	Null   int    // how many
	Ints32 []int32
	Ints64 []int64
	Codes  []uint32
	Dict   Dictionary
	Bad    bool // the last row has a text that cannot be in a dictionary

	fresh  bool   // the last row has a text that was new to the dictionary
	before uint32 // recent before the last row
	recent uint32 // number of the last text that is not null, or noText
	steady int    // above 0 if that text tends to come again

	// IPv4 addresses stand in codes as they are until settle; others has the
	// rows where codes has the number of a text already.
	others  bitmap
	settled bool
}

// Reset empties the vector but keeps its memory.
func (v *Vector) Reset() {
	v.Rows, v.Null, v.settled = 0, 0, false
	v.Nulls, v.others = v.Nulls[:0], v.others[:0]
	v.fresh, v.before, v.recent, v.steady = false, noText, noText, 0
	v.Ints32, v.Ints64, v.Codes = v.Ints32[:0], v.Ints64[:0], v.Codes[:0]
	if v.Type == format.ByteArray {
		v.Dict.reset()
	}
}

// Grow makes room for rows in all.
func (v *Vector) Grow(rows int) {
	switch v.Type {
	case format.Int32:
		v.Ints32 = slices.Grow(v.Ints32, rows-len(v.Ints32))
	case format.Int64:
		v.Ints64 = slices.Grow(v.Ints64, rows-len(v.Ints64))
	default:
		v.Codes = slices.Grow(v.Codes, rows-len(v.Codes))
	}
}

// RowBytes is what a row takes in the vector. An address may take a text too,
// but that is known only later.
func (v *Vector) RowBytes() int {
	switch {
	case v.Type == format.Int64:
		return 8
	case v.Addr:
		return 4 + len("255.255.255.255") + TextOverhead/4
	}
	return 4
}

// AddAddr adds an address as a row, null if it is not valid. It returns the bytes
// added to the dictionary.
func (v *Vector) AddAddr(a netip.Addr, row int) int {
	v.fresh = false
	switch {
	case !a.IsValid():
		v.AddNull(row)
	case a.Is4():
		b := a.As4()
		v.Codes = append(v.Codes, binary.BigEndian.Uint32(b[:]))
	default:
		was := len(v.Dict.Arena)
		v.Dict.Arena = a.AppendTo(v.Dict.Arena)
		code := v.Dict.addTail(was)
		if code == noText {
			v.Bad = true
			v.AddNull(row)
			return 0
		}
		v.others.add(row)
		v.Codes = append(v.Codes, code)
		v.fresh = len(v.Dict.Arena) > was
		return len(v.Dict.Arena) - was
	}
	return 0
}

// AddText adds a text, "-" being null, as a row. It returns the bytes added to the
// dictionary.
func (v *Vector) AddText(s string, row int) int {
	v.fresh, v.before = false, v.recent
	if s == "-" || s == "" {
		v.AddNull(row)
		return 0
	}
	// Some columns hardly ever change, and then a look at the row before is
	// all it takes. Where they do, the look only costs.
	if v.steady >= 0 && v.recent != noText {
		if string(v.Dict.Text(v.recent)) == s {
			v.steady = min(v.steady+1, 64)
			v.Codes = append(v.Codes, v.recent)
			return 0
		}
		v.steady -= 4
	}
	was := len(v.Dict.Arena)
	code := v.Dict.add(s)
	if code == noText {
		v.Bad = true
		v.AddNull(row)
		return 0
	}
	v.recent = code
	v.Codes = append(v.Codes, code)
	v.fresh = len(v.Dict.Arena) > was
	return len(v.Dict.Arena) - was
}

// AddNull adds a null row.
func (v *Vector) AddNull(row int) {
	v.Nulls.add(row)
	v.Null++
	switch v.Type {
	case format.Int32:
		v.Ints32 = append(v.Ints32, last(v.Ints32))
	case format.Int64:
		v.Ints64 = append(v.Ints64, last(v.Ints64))
	default:
		v.Codes = append(v.Codes, last(v.Codes))
	}
}

// Drop takes away the last row and its text. The vector is not settled.
func (v *Vector) Drop(row int) {
	v.Bad = false
	if v.fresh {
		v.Dict.undo()
		v.fresh = false
	}
	if v.Type == format.ByteArray && !v.Addr {
		v.recent = v.before
	}
	if v.Nulls.Has(row) {
		v.Nulls[row>>6] &^= 1 << (row & 63)
		v.Null--
	}
	if v.others.Has(row) {
		v.others[row>>6] &^= 1 << (row & 63)
	}
	switch v.Type {
	case format.Int32:
		v.Ints32 = v.Ints32[:row]
	case format.Int64:
		v.Ints64 = v.Ints64[:row]
	default:
		v.Codes = v.Codes[:row]
	}
}

// last returns the last entry, or zero if there is none.
func last[T any](s []T) T {
	if len(s) == 0 {
		return *new(T)
	}
	return s[len(s)-1]
}

// Settle makes the vector ready to be encoded, once all rows are added: IPv4
// addresses get their numbers, and null rows at the start the entry of the first
// row that is not null. Doing this here rather than in add takes it to the
// goroutine of the encoder.
func (v *Vector) Settle() {
	if v.settled {
		return
	}
	v.settled = true
	v.Rows = max(len(v.Ints32), len(v.Ints64), len(v.Codes))
	if v.Addr {
		v.number()
	}
	first := 0
	for first < v.Rows && v.Nulls.Has(first) {
		first++
	}
	if first == 0 || first == v.Rows {
		return
	}
	for row := range first {
		switch v.Type {
		case format.Int32:
			v.Ints32[row] = v.Ints32[first]
		case format.Int64:
			v.Ints64[row] = v.Ints64[first]
		default:
			v.Codes[row] = v.Codes[first]
		}
	}
}

// number gives IPv4 addresses their numbers, run by run of rows that have one.
func (v *Vector) number() {
	start := 0 // of the run
	for row := 0; row < v.Rows; row += 64 {
		for skip := v.Nulls.Word(row) | v.others.Word(row); skip != 0; skip &= skip - 1 {
			at := row + bits.TrailingZeros64(skip)
			v.Dict.addV4s(v.Codes[start:at])
			start = at + 1
			if at > 0 && v.Nulls.Has(at) {
				v.Codes[at] = v.Codes[at-1]
			}
		}
	}
	v.Dict.addV4s(v.Codes[start:])
}

// TextOverhead is about what a text takes in a dictionary besides its bytes.
const TextOverhead = 4 + 4*16
