package flowlog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Format is the ordered list of columns of a log. It is safe for concurrent use and,
// except by UnmarshalText, never changes. The zero Format has no columns, and decoding
// any line with it is an error.
//
// A Format may have columns whose names this version does not know, because AWS adds
// fields. Their values are in Record.Extra; see Value.
type Format struct {
	names   []string // names as given, without ${}, such as "pkt_srcaddr"
	columns []string // names with underscores
	fields  []Field  // zero for an unknown column
	set     FieldSet // the known fields
	v2      bool     // the columns are those of V2
}

// maxColumns is the maximum number of columns of a format. AWS documents 72 fields.
const maxColumns = 1024

// maxName is the maximum length of a column name in bytes. Athena has the same limit.
const maxName = 255

// transitGateway is the resource-type of transit gateway records.
const transitGateway = "TransitGateway"

// AWS's two default formats: that of VPC flow logs (version 2, 14 columns) and that of
// transit gateway flow logs (version 6, 36 columns).
var (
	V2             = mustFormat(vpcFields(2))
	TransitGateway = mustFormat(tgwFields())
)

// vpcFields returns the VPC fields up to a version, in AWS's order.
func vpcFields(version int) []Field {
	var s []Field
	for f := range Fields() {
		if f.VPC() && f.Version() <= version {
			s = append(s, f)
		}
	}
	return s
}

// tgwFields returns the transit gateway fields in the order of their default format.
func tgwFields() []Field {
	s := slices.DeleteFunc(slices.Collect(Fields()), func(f Field) bool { return !f.TransitGateway() })
	slices.SortFunc(s, func(a, b Field) int { return int(a.info().tgw) - int(b.info().tgw) })
	return s
}

// mustFormat is NewFormat for a list of fields that is known to be valid.
func mustFormat(s []Field) *Format {
	f, err := NewFormat(s...)
	if err != nil {
		panic(err)
	}
	return f
}

// maxVersion is the newest log version of the field table.
func maxVersion() int {
	v := 0
	for f := range Fields() {
		v = max(v, f.Version())
	}
	return v
}

// FormatOf returns the format with every VPC field up to a log version, in AWS's order:
// 14 columns for version 2, 29 for version 5, 54 for version 11. Version 6 has the same
// fields as version 5; for transit gateways use TransitGateway. For a version below 2,
// or one that is newer than this package, the error wraps ErrFormat.
func FormatOf(version int) (*Format, error) {
	if version < 2 || version > maxVersion() {
		return nil, fmt.Errorf("flowlog: %w: version %d, want 2 to %d", ErrFormat, version, maxVersion())
	}
	return NewFormat(vpcFields(version)...)
}

// NewFormat returns the format with the given columns. The error wraps ErrFormat if
// there are no columns, if a field occurs twice, or if a value is not a field.
func NewFormat(fields ...Field) (*Format, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		if f == 0 || f >= fieldEnd {
			return nil, fmt.Errorf("flowlog: %w: column %d is not a field", ErrFormat, i+1)
		}
		names[i] = f.String()
	}
	return newFormat(names, slices.Clone(fields))
}

// newFormat returns the format with the given names and fields. It keeps both slices.
func newFormat(names []string, fields []Field) (*Format, error) {
	if len(fields) == 0 {
		return nil, fmt.Errorf("flowlog: %w: no columns", ErrFormat)
	}
	if len(fields) > maxColumns {
		return nil, fmt.Errorf("flowlog: %w: %d columns, want at most %d", ErrFormat, len(fields), maxColumns)
	}
	f := &Format{names: names, columns: make([]string, len(fields)), fields: fields}
	seen := make(map[string]bool)
	for i, field := range fields {
		f.columns[i] = field.Column()
		if field == 0 {
			f.columns[i] = strings.ReplaceAll(names[i], "-", "_")
			column := strings.ToLower(f.columns[i])
			if seen[column] {
				return nil, fmt.Errorf("flowlog: %w: column %q twice", ErrFormat, clip(names[i]))
			}
			seen[column] = true
			continue
		}
		if f.set.Has(field) {
			return nil, fmt.Errorf("flowlog: %w: column %q twice", ErrFormat, names[i])
		}
		f.set = f.set.With(field)
	}
	f.v2 = slices.Equal(fields, vpcFields(2))
	return f, nil
}

// Len returns the number of columns.
func (f *Format) Len() int { return len(f.fields) }

// Fields returns the fields of the columns in order, with the zero Field for a column
// of unknown name. The caller owns the slice.
func (f *Format) Fields() []Field { return slices.Clone(f.fields) }

// FieldSet returns the known fields of the format.
func (f *Format) FieldSet() FieldSet { return f.set }

// Names returns the names of the columns in order, as they were given but without ${}.
// The caller owns the slice.
func (f *Format) Names() []string { return slices.Clone(f.names) }

// Columns returns the names of the columns in order, with underscores. These are the
// keys in JSON and the names of the columns in Parquet files and Athena tables. The
// caller owns the slice.
func (f *Format) Columns() []string { return slices.Clone(f.columns) }

// name returns AWS's name for column i, or the given name if the field is unknown.
func (f *Format) name(i int) string {
	if f.fields[i] == 0 {
		return f.names[i]
	}
	return f.fields[i].String()
}

// String returns the format in the syntax of the EC2 API, such as
// "${version} ${srcaddr}", with AWS's spelling of the names.
func (f *Format) String() string {
	b, _ := f.AppendText(nil)
	return string(b)
}

// Header returns the header line that text files in S3 have, such as
// "version srcaddr", without a newline and with AWS's spelling of the names.
func (f *Format) Header() string { return string(f.appendNames(nil, "", "")) }

// AppendText appends the result of String. It never fails.
func (f *Format) AppendText(b []byte) ([]byte, error) { return f.appendNames(b, "${", "}"), nil }

// MarshalText returns the result of String. It never fails.
func (f *Format) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// appendNames appends the names, separated by spaces, each between before and after.
func (f *Format) appendNames(b []byte, before, after string) []byte {
	for i := range f.fields {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, before...)
		b = append(b, f.name(i)...)
		b = append(b, after...)
	}
	return b
}

// UnmarshalText sets f to the result of ParseFormat, for flags and configuration. f
// must not be in use elsewhere. Like ParseFormat, it sets f and also returns an error
// that wraps ErrUnknownField if the format has unknown names. After any other error f
// is unchanged.
func (f *Format) UnmarshalText(text []byte) error {
	v, err := ParseFormat(string(text))
	if v != nil {
		*f = *v
	}
	return err
}

// Equal reports whether two formats have the same columns in the same order. It does
// not distinguish hyphens from underscores.
func (f *Format) Equal(g *Format) bool {
	if f == g {
		return true
	}
	return f != nil && g != nil && slices.Equal(f.fields, g.fields) && slices.Equal(f.columns, g.columns)
}

// Value returns the value of the column with the given name, or "-" if the record has
// no value for it. It reports false if the format has no such column. name is the name
// of a field or, for an unknown column, the name given to ParseFormat. Value does not
// distinguish hyphens from underscores. For unknown columns, r must have been decoded
// with f.
func (f *Format) Value(r *Record, name string) (string, bool) {
	if field := fieldByName(name); field != 0 {
		if !f.set.Has(field) {
			return "", false
		}
		return r.Value(field), true
	}
	name = strings.ReplaceAll(name, "-", "_")
	extra := r.Extra
	for i, field := range f.fields {
		if field != 0 {
			continue
		}
		var value string
		value, extra = cutExtra(extra)
		if f.columns[i] == name {
			return cmp.Or(value, "-"), true
		}
	}
	return "", false
}
