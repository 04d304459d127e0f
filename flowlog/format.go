package flowlog

import (
	"fmt"
	"slices"
	"strings"
)

// Format is the order of the columns of a log. It is immutable and safe for
// concurrent use. The zero Format has no columns and decodes nothing.
//
// A Format may have columns whose names this version does not know, because
// AWS adds fields. Their values travel in Record.Extra.
type Format struct {
	names  []string // as given, without ${}
	fields []Field  // zero for an unknown column
	set    FieldSet
	v2     bool // the default format
}

// maxColumns bounds a format. AWS documents 72 fields.
const maxColumns = 1024

// maxName bounds a column's name, as Athena does.
const maxName = 255

// transitGateway is the resource type of the records of a transit gateway.
const transitGateway = "TransitGateway"

// The two default formats of AWS: of VPC flow logs (version 2, 14 columns) and
// of transit gateway flow logs (version 6, 36 columns).
var (
	V2             = mustFormat(vpcFields(2))
	TransitGateway = mustFormat(tgwFields())
)

// vpcFields returns the VPC fields up to a version in AWS's order.
func vpcFields(version int) []Field {
	var s []Field
	for f := range Fields() {
		if f.VPC() && f.Version() <= version {
			s = append(s, f)
		}
	}
	return s
}

// tgwFields returns the transit gateway fields in the order of its default
// format.
func tgwFields() []Field {
	s := slices.DeleteFunc(slices.Collect(Fields()), func(f Field) bool { return !f.TransitGateway() })
	slices.SortFunc(s, func(a, b Field) int { return int(a.info().tgw) - int(b.info().tgw) })
	return s
}

// mustFormat is NewFormat for lists that are known to be right.
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

// FormatOf returns the format with every VPC field up to a log version, in
// AWS's order: 14 columns for version 2, 29 for version 5, 54 for version 11.
// Version 6 added no VPC field, so it has those of version 5; the format of
// transit gateways is TransitGateway. A version below 2 or newer than this
// package knows is an error that wraps ErrFormat.
func FormatOf(version int) (*Format, error) {
	if version < 2 || version > maxVersion() {
		return nil, fmt.Errorf("flowlog: version %d: %w", version, ErrFormat)
	}
	return NewFormat(vpcFields(version)...)
}

// NewFormat returns the format with the given columns. No column, a field
// twice, or a value that is no field is an error that wraps ErrFormat.
func NewFormat(fields ...Field) (*Format, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		if f == 0 || f >= fieldEnd {
			return nil, fmt.Errorf("flowlog: column %d is no field: %w", i+1, ErrFormat)
		}
		names[i] = f.String()
	}
	return newFormat(names, slices.Clone(fields))
}

// newFormat checks the columns and compiles the plan.
func newFormat(names []string, fields []Field) (*Format, error) {
	if len(fields) == 0 {
		return nil, fmt.Errorf("flowlog: empty format: %w", ErrFormat)
	}
	if len(fields) > maxColumns {
		return nil, fmt.Errorf("flowlog: %d columns: %w", len(fields), ErrFormat)
	}
	f := &Format{names: names, fields: fields}
	seen := make(map[string]bool)
	for i, field := range fields {
		if field == 0 {
			if column := strings.ToLower(f.column(i)); seen[column] {
				return nil, fmt.Errorf("flowlog: column %q twice: %w", clip(names[i]), ErrFormat)
			} else {
				seen[column] = true
			}
			continue
		}
		if f.set.Has(field) {
			return nil, fmt.Errorf("flowlog: column %q twice: %w", names[i], ErrFormat)
		}
		f.set = f.set.With(field)
	}
	f.v2 = slices.Equal(fields, vpcFields(2))
	return f, nil
}

// ParseFormat returns the format of a format string or header line. It takes
// the form of the EC2 API, "${version} ${srcaddr}", and the names alone, with
// hyphens or underscores, separated by white space or commas.
//
// Names this version does not know become columns of their own: ParseFormat
// then returns a usable Format and an error that wraps ErrUnknownField.
// Whoever is strict stops there, whoever is tolerant goes on. An empty format,
// a column twice, in whatever spelling, or what cannot be a name is an error
// that wraps ErrFormat, and no Format.
func ParseFormat(s string) (*Format, error) {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "}${", "} ${")
	tokens := strings.FieldsFunc(s, func(c rune) bool {
		return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','
	})
	if len(tokens) > maxColumns {
		return nil, fmt.Errorf("flowlog: %d columns: %w", len(tokens), ErrFormat)
	}
	var unknown []string
	names := make([]string, len(tokens))
	fields := make([]Field, len(tokens))
	for i, t := range tokens {
		if strings.HasPrefix(t, "${") && strings.HasSuffix(t, "}") {
			t = t[2 : len(t)-1]
		}
		if !isName(t) {
			return nil, fmt.Errorf("flowlog: column %d, %q is no name: %w", i+1, clip(t), ErrFormat)
		}
		names[i] = strings.Clone(t)
		fields[i] = byName[t]
		if fields[i] == 0 {
			unknown = append(unknown, names[i])
		}
	}
	f, err := newFormat(names, fields)
	if err != nil {
		return nil, err
	}
	if unknown != nil {
		return f, fmt.Errorf("flowlog: %w %q", ErrUnknownField, unknown[:min(len(unknown), 8)])
	}
	return f, nil
}

// isName reports whether s can be the name of a field: letters, digits,
// hyphens and underscores after a letter.
func isName(s string) bool {
	if len(s) == 0 || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return true
}

// Len returns the number of columns.
func (f *Format) Len() int { return len(f.fields) }

// Fields returns the columns' fields in order, the zero Field where the name is
// not known. The slice is the caller's.
func (f *Format) Fields() []Field { return slices.Clone(f.fields) }

// FieldSet returns the known fields of the format.
func (f *Format) FieldSet() FieldSet { return f.set }

// Names returns the columns' names in order, as they were given, without ${}.
// The slice is the caller's.
func (f *Format) Names() []string { return slices.Clone(f.names) }

// Columns returns the columns' names with underscores, in order: the JSON
// keys and the columns of Parquet files and Athena tables. The slice is the
// caller's.
func (f *Format) Columns() []string {
	s := make([]string, len(f.fields))
	for i := range s {
		s[i] = f.column(i)
	}
	return s
}

// column returns a column's name with underscores.
func (f *Format) column(i int) string {
	if f.fields[i] == 0 {
		return strings.ReplaceAll(f.names[i], "-", "_")
	}
	return f.fields[i].Column()
}

// name returns AWS's name of a column, or the name given if it is unknown.
func (f *Format) name(i int) string {
	if f.fields[i] == 0 {
		return f.names[i]
	}
	return f.fields[i].String()
}

// String returns the format as the EC2 API takes it, "${version} ${srcaddr}",
// in AWS's spelling of the names.
func (f *Format) String() string {
	b, _ := f.AppendText(nil)
	return string(b)
}

// Header returns the header line of text files in S3, "version srcaddr",
// without a line end.
func (f *Format) Header() string { return string(f.appendNames(nil, "", "")) }

// AppendText appends what String returns. It never fails.
func (f *Format) AppendText(b []byte) ([]byte, error) { return f.appendNames(b, "${", "}"), nil }

// MarshalText returns what String returns. It never fails.
func (f *Format) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// appendNames appends the names with something before and behind each.
func (f *Format) appendNames(b []byte, before, behind string) []byte {
	for i := range f.fields {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, before...)
		b = append(b, f.name(i)...)
		b = append(b, behind...)
	}
	return b
}

// UnmarshalText is ParseFormat, for flags and configuration. It changes f,
// which must not be in use elsewhere, and like ParseFormat it sets f even when
// it returns an error that wraps ErrUnknownField.
func (f *Format) UnmarshalText(text []byte) error {
	v, err := ParseFormat(string(text))
	if v != nil {
		*f = *v
	}
	return err
}

// Equal reports whether two formats have the same columns in the same order,
// whatever the spelling of their names.
func (f *Format) Equal(g *Format) bool {
	if f == g {
		return true
	}
	if f == nil || g == nil || !slices.Equal(f.fields, g.fields) {
		return false
	}
	for i, field := range f.fields {
		if field == 0 && f.column(i) != g.column(i) {
			return false
		}
	}
	return true
}
