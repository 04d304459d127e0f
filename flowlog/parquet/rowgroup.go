package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// rowGroup holds the rows of a row group until it is encoded.
type rowGroup struct {
	vectors  []pack.Vector // one for each column
	rows     int           // rows added
	room     int           // rows the vectors have memory for
	most     int           // rows the options allow
	rowBytes int           // bytes of a row in all vectors
	text     int           // bytes of the distinct texts, with their overhead

	// The same vectors, by type.
	ints32, ints64, addrs, texts []fieldVector
	extras                       []*pack.Vector // columns with unknown names, in order
}

// fieldVector is a vector and the field whose values it holds.
type fieldVector struct {
	*pack.Vector
	field flowlog.Field
}

// newRowGroup returns an empty row group. It allocates nothing for rows yet.
func newRowGroup(columns []column, opts *Options) *rowGroup {
	g := &rowGroup{vectors: make([]pack.Vector, len(columns))}
	for i, c := range columns {
		v := &g.vectors[i]
		v.Column = c.Column
		v.Addr = c.field.Kind() == flowlog.KindAddr
		v.Reset()
		g.rowBytes += v.RowBytes()
		switch {
		case c.field == 0:
			g.extras = append(g.extras, v)
		case v.Type == format.Int32:
			g.ints32 = append(g.ints32, fieldVector{v, c.field})
		case v.Type == format.Int64:
			g.ints64 = append(g.ints64, fieldVector{v, c.field})
		case v.Addr:
			g.addrs = append(g.addrs, fieldVector{v, c.field})
		default:
			g.texts = append(g.texts, fieldVector{v, c.field})
		}
	}
	g.most = min(opts.RowGroupRows, opts.RowGroupBytes/g.rowBytes+1)
	return g
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

// add adds one record. Columns with unknown names take the values of r.Extra in
// order, and are null where it has too few. add returns an error, and adds
// nothing, if a text is not UTF-8.
func (g *rowGroup) add(r *flowlog.Record) error {
	if g.rows == g.room && g.rows < g.most {
		g.grow(max(4*g.rows, firstRoom))
	}
	for _, v := range g.ints32 {
		n, ok := r.Int(v.field)
		if !ok {
			v.AddNull(g.rows)
			continue
		}
		v.Ints32 = append(v.Ints32, int32(n))
	}
	for _, v := range g.ints64 {
		n, ok := r.Int(v.field)
		if !ok {
			v.AddNull(g.rows)
			continue
		}
		v.Ints64 = append(v.Ints64, n)
	}
	bad, text := false, g.text
	for _, v := range g.addrs {
		a, _ := r.Addr(v.field) // the zero Addr is null
		if n := v.AddAddr(a, g.rows); n > 0 {
			g.text += n + pack.TextOverhead
		}
		bad = bad || v.Bad
	}
	for _, v := range g.texts {
		if n := v.AddText(r.Value(v.field), g.rows); n > 0 {
			g.text += n + pack.TextOverhead
		}
		bad = bad || v.Bad
	}
	rest := r.Extra
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
		return g.refuse(r)
	}
	g.rows++
	return nil
}

// refuse removes the row of a record with a bad text and returns the error that
// names the field.
func (g *rowGroup) refuse(r *flowlog.Record) error {
	e := &flowlog.ParseError{Err: ErrUTF8}
	for _, columns := range [][]fieldVector{g.addrs, g.texts} {
		for _, v := range columns {
			if v.Bad && e.Value == "" {
				e.Field, e.Value = v.field, quote(r.Value(v.field))
			}
		}
	}
	for i := range g.vectors {
		v := &g.vectors[i]
		if v.Bad && e.Value == "" {
			e.Value = quote(r.Extra)
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
