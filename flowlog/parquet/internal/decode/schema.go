package decode

import (
	"fmt"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// Leaf is a column of the schema.
type Leaf struct {
	Name     string // the path in the schema, with dots, if it is in a group
	Type     format.Type
	Meaning  Meaning // what its numbers stand for
	Nested   bool    // it is in a group, a list or a map, and has not one value for each row
	optional bool
	unsigned bool
	size     int   // size of a value in bytes, if Type is FixedLenByteArray
	Scale    int   // digits after the point of a Decimal
	ticks    int64 // ticks in a second, for TimeOfDay and Timestamp
}

// Meaning is what the numbers of a column stand for.
type Meaning uint8

// The meanings.
const (
	Integer   Meaning = iota // integers, or a column without numbers
	Decimal                  // decimal fractions
	Date                     // days since 1970
	TimeOfDay                // ticks since midnight
	Timestamp                // ticks since 1970, UTC or without a zone
)

// schemaNode is an element of the schema, which is a tree in depth-first order.
type schemaNode struct {
	Leaf
	children   int32
	isLeaf     bool
	repetition format.FieldRepetitionType
}

func decodeNode(r *compact) schemaNode {
	n := schemaNode{}
	r.fields(func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == ThriftI32:
			n.Type, n.isLeaf = format.Type(r.i32()), true
		case id == 2 && typ == ThriftI32:
			n.size = int(r.i32())
		case id == 3 && typ == ThriftI32:
			n.repetition = format.FieldRepetitionType(r.i32())
		case id == 4 && typ == ThriftBinary:
			n.Name = string(r.bytes())
		case id == 5 && typ == ThriftI32:
			n.children = r.i32()
		case id == 6 && typ == ThriftI32:
			n.convert(deprecated.ConvertedType(r.i32()))
		case id == 7 && typ == ThriftI32:
			n.Scale = int(r.i32())
		case id == 10 && typ == ThriftStruct:
			r.fields(func(id int16, typ byte) bool { return n.decodeLogical(r, id, typ) })
		default:
			return false
		}
		return true
	})
	return n
}

// convert takes the converted type, the older way to give the meaning of a column.
func (n *schemaNode) convert(t deprecated.ConvertedType) {
	switch t {
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		n.unsigned = true
	case deprecated.Decimal:
		n.Meaning = Decimal
	case deprecated.Date:
		n.Meaning = Date
	case deprecated.TimeMillis:
		n.Meaning, n.ticks = TimeOfDay, 1e3
	case deprecated.TimeMicros:
		n.Meaning, n.ticks = TimeOfDay, 1e6
	case deprecated.TimestampMillis:
		n.Meaning, n.ticks = Timestamp, 1e3
	case deprecated.TimestampMicros:
		n.Meaning, n.ticks = Timestamp, 1e6
	}
}

// decodeLogical decodes the logical type of a column. It is a union: the field that is
// present is the type.
func (n *schemaNode) decodeLogical(r *compact, id int16, typ byte) bool {
	if typ != ThriftStruct {
		return false
	}
	switch id {
	case 5:
		n.Meaning = Decimal
		r.fields(func(id int16, typ byte) bool {
			if id == 1 && typ == ThriftI32 {
				n.Scale = int(r.i32())
				return true
			}
			return false
		})
	case 6:
		n.Meaning = Date
		return false
	case 7, 8:
		n.Meaning = TimeOfDay
		if id == 8 {
			n.Meaning = Timestamp
		}
		r.fields(func(id int16, typ byte) bool {
			if id != 2 || typ != ThriftStruct {
				return false
			}
			r.fields(func(id int16, _ byte) bool { // the unit, also a union
				n.ticks = map[int16]int64{1: 1e3, 2: 1e6, 3: 1e9}[id]
				return false
			})
			return true
		})
	case 10:
		r.fields(func(id int16, typ byte) bool {
			if id == 2 && typ == thriftFalse { // not signed
				n.unsigned = true
			}
			return id == 2 && (typ == ThriftTrue || typ == thriftFalse)
		})
	default:
		return false
	}
	return true
}

const (
	// maxColumns is the maximum number of columns, as flowlog has it for a format.
	maxColumns = 1024
	// maxScale is the maximum number of digits after the point of a Decimal.
	maxScale = 38
)

// flatten returns the leaves of the schema as columns.
func (m *FileMeta) flatten(schema []schemaNode) error {
	if len(schema) == 0 || schema[0].isLeaf {
		return fmt.Errorf("%w: a schema without a root", pack.ErrCorrupt)
	}
	rest, columns := schema[1:], int(schema[0].children)
	for n := range columns {
		if len(rest) == 0 {
			return fmt.Errorf("%w: a root with %d columns, but there are %d", pack.ErrCorrupt, columns, n)
		}
		var err error
		if rest, err = m.addNode(rest, "", false, 0); err != nil {
			return err
		}
	}
	if len(m.Columns) == 0 || len(rest) > 0 {
		return fmt.Errorf("%w: a root with %d columns, and %d elements after them", pack.ErrCorrupt, columns, len(rest))
	}
	return nil
}

// addNode adds the leaves of the first node and returns the nodes after it.
func (m *FileMeta) addNode(nodes []schemaNode, path string, nested bool, depth int) ([]schemaNode, error) {
	if len(nodes) == 0 || depth > maxDepth {
		return nil, fmt.Errorf("%w: a schema with too few elements, or too deep", pack.ErrCorrupt)
	}
	n := nodes[0]
	n.Name = path + n.Name
	n.Nested = nested || n.repetition == format.Repeated || !n.isLeaf
	nodes = nodes[1:]
	if n.isLeaf {
		if n.Meaning == Decimal && (n.Scale < 0 || n.Scale > maxScale) {
			return nil, fmt.Errorf("%w: column %.64q has %d digits after the point", pack.ErrCorrupt, n.Name, n.Scale)
		}
		n.optional = n.repetition == format.Optional
		m.Columns = append(m.Columns, n.Leaf)
		return nodes, nil
	}
	if n.children <= 0 {
		return nil, fmt.Errorf("%w: column %.64q is nested, but has no columns", pack.ErrUnsupported, n.Name)
	}
	for range n.children {
		var err error
		if nodes, err = m.addNode(nodes, n.Name+".", true, depth+1); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}
