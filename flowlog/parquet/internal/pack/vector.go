package pack

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// Column is a column of a file.
type Column struct {
	Name string
	Type format.Type // Int32, Int64, or ByteArray for text
}

// Vector holds the values of one column of a row group, one entry for each row.
// The entry of a null row repeats that of the row before it, or, at the start,
// that of the first row with a value. So code that looks at all entries can
// ignore nulls. Settle completes this.
type Vector struct {
	Column
	Addr   bool       // the texts are IP addresses
	Rows   int        // number of rows, set by Settle
	Nulls  Bitmap     // the rows that are null
	Null   int        // number of null rows
	Ints32 []int32    // the entries, if Type is Int32
	Ints64 []int64    // the entries, if Type is Int64
	Codes  []uint32   // the entries, if Type is ByteArray: numbers of Dict
	Dict   Dictionary // the texts
	Bad    bool       // the text of the last row is not UTF-8

	fresh  bool   // the text of the last row was new to Dict
	before uint32 // the value of recent before the last row
	recent uint32 // number of the last text that is not null, or noText
	steady int    // negative if texts seldom repeat that of the row before

	// Before Settle, an entry of Codes is an IPv4 address if Addr is set and
	// the row is not in others.
	others  Bitmap
	settled bool // Settle was called
}

// Reset empties the vector and keeps its memory.
func (v *Vector) Reset() {
	v.Rows, v.Null, v.settled = 0, 0, false
	v.Nulls, v.others = v.Nulls[:0], v.others[:0]
	v.fresh, v.before, v.recent, v.steady = false, noText, noText, 0
	v.Ints32, v.Ints64, v.Codes = v.Ints32[:0], v.Ints64[:0], v.Codes[:0]
	if v.Type == format.ByteArray {
		v.Dict.reset()
	}
}

// Grow allocates memory for a total number of rows.
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

// RowBytes returns the bytes of memory of a row. For an address it includes the
// text that Settle may add.
func (v *Vector) RowBytes() int {
	switch {
	case v.Type == format.Int64:
		return 8
	case v.Addr:
		return 4 + len("255.255.255.255") + TextOverhead/4
	}
	return 4
}

// AddAddr adds an address as the given row, or null if it is the zero Addr. It
// returns the number of bytes added to Dict.
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

// AddText adds a text as the given row, or null if it is "-" or empty. It
// returns the number of bytes added to Dict.
func (v *Vector) AddText(s string, row int) int {
	v.fresh, v.before = false, v.recent
	if s == "-" || s == "" {
		v.AddNull(row)
		return 0
	}
	// Some columns seldom change, and comparing with the row before is faster
	// than a lookup. It is skipped for columns that change often.
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

// AddNull adds null as the given row.
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

// Drop removes the last row, which is the given one, and its text if it was new.
// It must not be called after Settle.
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

// last returns the last element of s, or zero if s is empty.
func last[T any](s []T) T {
	if len(s) == 0 {
		return *new(T)
	}
	return s[len(s)-1]
}

// Settle completes the vector after all rows are added: it replaces IPv4
// addresses by the numbers of their texts, and sets the entries of null rows at
// the start. A second call does nothing. The encoder calls it, so that it runs
// in another goroutine than AddAddr.
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

// number replaces the IPv4 addresses in Codes by the numbers of their texts.
func (v *Vector) number() {
	start := 0 // of a run of rows with IPv4 addresses
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

// TextOverhead is about the number of bytes that a text takes in a Dictionary
// besides its own.
const TextOverhead = 4 + 4*16
