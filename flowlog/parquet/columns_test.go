package parquet

import (
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// Columns have the order of the format, and the names and types of AWS. Case 114:
// one table has the types of files and of DDL.
func TestSchema(t *testing.T) {
	for name, f := range formats(t) {
		t.Run(name, func(t *testing.T) {
			file := openFile(t, write(t, f, nil, nil))
			elements := file.Metadata().Schema
			require.Len(t, elements, f.Len()+1)
			for i, field := range f.Fields() {
				e := elements[i+1]
				if field != 0 {
					assert.Equal(t, field.Column(), e.Name)
				}
				assert.Equal(t, format.Optional, e.RepetitionType.V)
				switch field.Type() {
				case flowlog.TypeInt32:
					assert.Equal(t, format.Int32, e.Type.V)
					assert.Equal(t, deprecated.Int32, e.ConvertedType.V)
					assert.Equal(t, "INT(32,true)", e.LogicalType.String())
				case flowlog.TypeInt64:
					assert.Equal(t, format.Int64, e.Type.V)
					assert.Equal(t, deprecated.Int64, e.ConvertedType.V)
					assert.Equal(t, "INT(64,true)", e.LogicalType.String())
				default:
					assert.Equal(t, format.ByteArray, e.Type.V)
					assert.Equal(t, deprecated.UTF8, e.ConvertedType.V)
					assert.Equal(t, "STRING", e.LogicalType.String())
				}
			}
		})
	}
}

// The schema is that of a file of parquet-go.
func TestSchemaAgainstReference(t *testing.T) {
	for name, f := range formats(t) {
		t.Run(name, func(t *testing.T) {
			want := openFile(t, writeRef(t, f, nil, nil)).Schema()
			got := openFile(t, write(t, f, nil, nil)).Schema()
			assert.True(t, parquet.EqualNodes(want, got), "want %v\ngot %v", want, got)
		})
	}
}

func TestColumnNames(t *testing.T) {
	for _, tt := range []struct{ format, want string }{
		{"version dstport", "version dstport"},
		{"new-field version", "new_field version"},
		{"SrcAddr srcaddr", "SrcAddr_2 srcaddr"},                     // engines ignore case; the known field keeps its name
		{"srcaddr_2 SrcAddr srcaddr", "srcaddr_2 SrcAddr_3 srcaddr"}, // a number that is taken
		{"x ${srcaddr} y,dstaddr", "x srcaddr y dstaddr"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			f, _ := flowlog.ParseFormat(tt.format)
			require.NotNil(t, f)
			var got strings.Builder
			for _, c := range columnsOf(f) {
				got.WriteString(" " + c.Name)
			}
			assert.Equal(t, tt.want, got.String()[1:])

			// The Reader returns the same format.
			r := open(t, write(t, f, nil, nil), nil)
			assert.Equal(t, f.Names(), r.Format().Names())
		})
	}
}
