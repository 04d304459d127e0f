package parquet

import (
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// rowGroup holds the rows of a row group until it is encoded.
type rowGroup struct {
	columns  []column
	vectors  []pack.Vector // one for each column
	rows     int           // rows added
	room     int           // rows the vectors have memory for
	most     int           // rows the options allow
	rowBytes int           // bytes of a row in all vectors
	text     int           // bytes of the distinct texts, with their overhead

	// The same vectors, by type.
	rec    *flowlog.Record // the record to add
	codes  []bound[int32]
	ports  []bound[uint16]
	protos []bound[uint8]
	ints   []bound[int64]
	addrs  []bound[netip.Addr]
	texts  []bound[string]
	extras []*pack.Vector // columns with unknown names, in order
}

// bound is a vector, the field whose values it holds, and the member of the record that
// they come from.
type bound[T any] struct {
	*pack.Vector
	field  flowlog.Field
	member *T
}

// newRowGroup returns an empty row group that takes its values from rec. It allocates
// nothing for rows yet.
func newRowGroup(columns []column, opts *Options, rec *flowlog.Record) *rowGroup {
	g := &rowGroup{columns: columns, vectors: make([]pack.Vector, len(columns))}
	for i, c := range columns {
		v := &g.vectors[i]
		v.Column = c.Column
		v.Addr = c.field.Kind() == flowlog.KindAddr
		v.Reset()
		g.rowBytes += v.RowBytes()
	}
	g.most = min(opts.RowGroupRows, opts.RowGroupBytes/g.rowBytes+1)
	g.bind(rec)
	return g
}

// bind makes the row group take its values from rec.
func (g *rowGroup) bind(rec *flowlog.Record) {
	g.rec = rec
	g.codes, g.ports, g.protos, g.ints = g.codes[:0], g.ports[:0], g.protos[:0], g.ints[:0]
	g.addrs, g.texts, g.extras = g.addrs[:0], g.texts[:0], g.extras[:0]
	for i, c := range g.columns {
		v := &g.vectors[i]
		switch member := rec.Member(c.field).(type) {
		case *int32:
			g.codes = append(g.codes, bound[int32]{v, c.field, member})
		case *uint16:
			g.ports = append(g.ports, bound[uint16]{v, c.field, member})
		case *uint8:
			g.protos = append(g.protos, bound[uint8]{v, c.field, member})
		case *int64:
			g.ints = append(g.ints, bound[int64]{v, c.field, member})
		case *netip.Addr:
			g.addrs = append(g.addrs, bound[netip.Addr]{v, c.field, member})
		case *string:
			g.texts = append(g.texts, bound[string]{v, c.field, member})
		default:
			g.extras = append(g.extras, v)
		}
	}
}

// firstRoom is the number of rows a row group first allocates.
const firstRoom = 1 << 12

// grow allocates memory for rows in all columns at once. A few large steps copy
// less and leave less garbage than append would.
func (g *rowGroup) grow(rows int) {
	g.room = min(rows, g.most)
	for i := range g.vectors {
		g.vectors[i].Grow(g.room)
	}
}

func (g *rowGroup) reset() {
	for i := range g.vectors {
		g.vectors[i].Reset()
	}
	g.rows, g.text = 0, 0
}

// bytes estimates the memory of the rows.
func (g *rowGroup) bytes() int { return g.rows*g.rowBytes + g.text }

// manyTexts is the number of bytes of text that every row group may hold. Above
// it the limit is a quarter of RowGroupBytes, because a growing dictionary is
// copied.
const manyTexts = 32 << 20

// full reports whether the rows have reached a limit in bytes.
func (g *rowGroup) full(limit int) bool {
	return g.bytes() >= limit || g.text >= max(limit/4, manyTexts)
}

// add adds the record g.rec. Columns with unknown names take the values of its Extra in
// order, and are null where it has too few. add returns an error, and adds nothing, if a
// text is not UTF-8.
func (g *rowGroup) add() error {
	if g.rows == g.room && g.rows < g.most {
		g.grow(max(4*g.rows, firstRoom))
	}
	fields := g.rec.Fields
	addInts32(g.codes, fields, g.rows)
	addInts32(g.ports, fields, g.rows)
	addInts32(g.protos, fields, g.rows)
	for _, v := range g.ints {
		if !fields.Has(v.field) {
			v.AddNull(g.rows)
			continue
		}
		v.Ints64 = append(v.Ints64, *v.member)
	}
	bad, text := false, g.text
	for _, v := range g.addrs {
		var a netip.Addr // null
		if fields.Has(v.field) {
			a = *v.member
		}
		if n := v.AddAddr(a, g.rows); n > 0 {
			g.text += n + pack.TextOverhead
		}
		bad = bad || v.Bad
	}
	for _, v := range g.texts {
		s := "" // null
		if fields.Has(v.field) {
			s = *v.member
		}
		if n := v.AddText(s, g.rows); n > 0 {
			g.text += n + pack.TextOverhead
		}
		bad = bad || v.Bad
	}
	rest := g.rec.Extra
	for _, v := range g.extras {
		var value string
		value, rest = cutExtra(rest)
		if n := v.AddText(value, g.rows); n > 0 {
			g.text += n + pack.TextOverhead
		}
		bad = bad || v.Bad
	}
	if bad {
		g.text = text
		return g.refuse()
	}
	g.rows++
	return nil
}

// addInts32 adds the given row to vectors of Int32.
func addInts32[T int32 | uint16 | uint8](vectors []bound[T], fields flowlog.FieldSet, row int) {
	for _, v := range vectors {
		if !fields.Has(v.field) {
			v.AddNull(row)
			continue
		}
		v.Ints32 = append(v.Ints32, int32(*v.member))
	}
}

// refuse removes the row of a record with a bad text and returns the error that
// names the field.
func (g *rowGroup) refuse() error {
	e := &flowlog.ParseError{Err: ErrUTF8}
	for _, v := range g.addrs {
		if v.Bad && e.Value == "" {
			e.Field, e.Value = v.field, quote(g.rec.Value(v.field))
		}
	}
	for _, v := range g.texts {
		if v.Bad && e.Value == "" {
			e.Field, e.Value = v.field, quote(*v.member)
		}
	}
	for i := range g.vectors {
		v := &g.vectors[i]
		if v.Bad && e.Value == "" {
			e.Value = quote(g.rec.Extra)
		}
		v.Drop(g.rows)
	}
	return e
}

// cutExtra returns the first value of a flowlog.Record.Extra and the rest.
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
