package flowlog

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sampleValue returns a value for the field that differs from those of other fields.
func sampleValue(f Field) string {
	n := int(f)
	switch f.Kind() {
	case KindAddr:
		return fmt.Sprintf("10.1.2.%d", n)
	case KindPort:
		return strconv.Itoa(40_000 + n)
	case KindProtocol:
		return "17"
	case KindCount:
		return strconv.FormatInt(1<<40+int64(n), 10)
	case KindTime:
		return strconv.Itoa(1_700_000_000 + n)
	case KindVersion, KindFlags, KindCode:
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s-%d", f.Column(), n)
}

// fullRecord returns a record with a value for every field.
func fullRecord(t testing.TB) Record {
	var r Record
	for f := range Fields() {
		require.NoError(t, r.Set(f, sampleValue(f)))
	}
	return r
}

// TestFieldTable compares the table with AWS's list of fields in testdata/fields.tsv.
func TestFieldTable(t *testing.T) {
	data, err := os.ReadFile("testdata/fields.tsv")
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")
	require.Equal(t, "name\tversion\ttype\tvpc\ttgw", rows[0])
	var got []string
	for f := range Fields() {
		vpc, tgw := "0", ""
		if f.VPC() {
			vpc = "1"
		}
		if place := slices.Index(TransitGateway.Fields(), f); place >= 0 {
			tgw = strconv.Itoa(place + 1)
		}
		assert.Equal(t, tgw != "", f.TransitGateway())
		got = append(got, strings.Join([]string{f.String(), strconv.Itoa(f.Version()), f.Type().String(), vpc, tgw}, "\t"))
	}
	assert.Equal(t, rows[1:], got)
	assert.Len(t, got, NumFields)
	assert.Equal(t, 72, NumFields)
}

// TestMembers checks that each exported member of Record belongs to exactly one field, which
// has its name, and that members and fields have the same order.
func TestMembers(t *testing.T) {
	var r Record
	v := reflect.ValueOf(&r).Elem()
	field := Field(0)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Fields" || name == "Extra" {
			continue
		}
		field++
		t.Run(name, func(t *testing.T) {
			assert.True(t, strings.EqualFold(name, strings.ReplaceAll(field.String(), "-", "")), field.String())
			member := v.Field(i).Addr().UnsafePointer()
			var found []Kind
			for f := range Fields() {
				var p reflect.Value
				switch f.Kind() {
				case KindText:
					p = reflect.ValueOf(r.text(f))
				case KindAddr:
					p = reflect.ValueOf(r.addr(f))
				case KindPort:
					p = reflect.ValueOf(r.port(f))
				case KindProtocol:
					p = reflect.ValueOf(&r.Protocol)
				case KindCount, KindTime:
					p = reflect.ValueOf(r.int64(f))
				default:
					p = reflect.ValueOf(r.int32(f))
				}
				assert.Equal(t, p.UnsafePointer(), reflect.ValueOf(r.Member(f)).UnsafePointer())
				assert.Equal(t, p.Type().Elem().Kind(), reflect.TypeOf(r.Member(f)).Elem().Kind())
				if p.UnsafePointer() == member {
					assert.Equal(t, field, f)
					found = append(found, f.Kind())
				}
			}
			require.Len(t, found, 1)
			want := map[Kind]reflect.Kind{
				KindText: reflect.String, KindAddr: reflect.Struct, KindPort: reflect.Uint16, KindProtocol: reflect.Uint8,
				KindCount: reflect.Int64, KindTime: reflect.Int64,
				KindVersion: reflect.Int32, KindFlags: reflect.Int32, KindCode: reflect.Int32,
			}
			assert.Equal(t, want[found[0]], v.Field(i).Kind())
		})
	}
	assert.Equal(t, NumFields, int(field))
	for _, f := range []Field{0, fieldEnd, 255} {
		assert.Nil(t, r.Member(f))
		assert.Nil(t, r.text(f))
		assert.Nil(t, r.addr(f))
		assert.Nil(t, r.port(f))
		assert.Nil(t, r.int64(f))
		assert.Nil(t, r.int32(f))
	}
}

func TestColumns(t *testing.T) {
	valid := regexp.MustCompile(`^[a-z0-9_]+$`)
	seen := map[string]Field{}
	for f := range Fields() {
		assert.Regexp(t, valid, f.Column())
		assert.NotContains(t, seen, f.Column())
		seen[f.Column()] = f
		assert.Equal(t, strings.ReplaceAll(f.String(), "-", "_"), f.Column())
		assert.NotEqual(t, extraKey, f.Column())
	}
}

func TestParseField(t *testing.T) {
	for f := range Fields() {
		for _, s := range []string{f.String(), f.Column(), "${" + f.String() + "}", "${" + f.Column() + "}"} {
			t.Run(s, func(t *testing.T) {
				got, err := ParseField(s)
				require.NoError(t, err)
				assert.Equal(t, f, got)
			})
		}
	}
	for _, s := range []string{
		"", "-", "${}", "${", "}", "srcaddr ", " srcaddr", "SRCADDR", "srcAddr", "${srcaddr", "srcaddr}",
		"$srcaddr", "src-addr", "pkt-srcaddr-", "extra", "${${srcaddr}}", strings.Repeat("x", 1000),
	} {
		t.Run("no field "+strconv.Quote(clip(s)), func(t *testing.T) {
			got, err := ParseField(s)
			assert.ErrorIs(t, err, ErrUnknownField)
			assert.Zero(t, got)
			assert.Less(t, len(err.Error()), 200)
		})
	}
}

func TestFieldText(t *testing.T) {
	for f := range Fields() {
		text, err := json.Marshal(map[Field]Field{f: f})
		require.NoError(t, err)
		assert.JSONEq(t, fmt.Sprintf(`{%q:%q}`, f, f), string(text))
		var got map[Field]Field
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, map[Field]Field{f: f}, got)
	}
	f := FieldBytes
	assert.ErrorIs(t, f.UnmarshalText([]byte("nonsense")), ErrUnknownField)
	assert.Equal(t, FieldBytes, f, "an error leaves the field unchanged")
}

// TestNoField checks that a value that is not a field has no name and the default type, and
// is in no record.
func TestNoField(t *testing.T) {
	full := fullRecord(t)
	for _, f := range []Field{0, fieldEnd, fieldEnd + 1, 127, 128, 200, 255} {
		t.Run(strconv.Itoa(int(f)), func(t *testing.T) {
			assert.Empty(t, f.String())
			assert.Empty(t, f.Column())
			assert.Equal(t, TypeString, f.Type())
			assert.Equal(t, KindText, f.Kind())
			assert.Zero(t, f.Version())
			assert.False(t, f.VPC())
			assert.False(t, f.TransitGateway())
			r := full
			assert.False(t, r.Has(f))
			assert.Equal(t, "-", r.Value(f))
			assert.Equal(t, "x-", string(r.AppendValue([]byte("x"), f)))
			_, ok := r.Int(f)
			assert.False(t, ok)
			_, ok = r.Addr(f)
			assert.False(t, ok)
			assert.ErrorIs(t, r.Set(f, "1"), ErrUnknownField)
			assert.ErrorIs(t, r.SetInt(f, 1), ErrUnknownField)
			assert.ErrorIs(t, r.SetAddr(f, netip.IPv6Loopback()), ErrUnknownField)
			assert.Equal(t, full, r)
			_, err := NewFormat(FieldVersion, f)
			assert.ErrorIs(t, err, ErrFormat)
		})
	}
}

func TestTypeNames(t *testing.T) {
	assert.Equal(t, "INT_32", TypeInt32.String())
	assert.Equal(t, "INT_64", TypeInt64.String())
	assert.Equal(t, "STRING", TypeString.String())
	assert.Equal(t, TypeString, Type(0))
}

func TestFieldsStops(t *testing.T) {
	for f := range Fields() {
		require.Equal(t, FieldVersion, f)
		break
	}
}
