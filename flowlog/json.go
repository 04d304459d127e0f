package flowlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

// extraKey is the JSON key of Record.Extra. No field has that name.
const extraKey = "extra"

// AppendJSON appends the record to b as a JSON object and returns the extended buffer.
// The object has the present fields only, in the order of the Field constants, with
// Field.Column as keys. Fields of TypeInt32 and TypeInt64 are numbers, and fields of
// TypeString are strings. If Extra is not empty, it is a string with the key "extra";
// use Format.AppendJSON to write its values under their own names. AppendJSON does not
// allocate unless b has to grow.
//
// Bytes that are not valid UTF-8 become U+FFFD. Apart from that, UnmarshalJSON restores
// an equal record.
func (r *Record) AppendJSON(b []byte) []byte {
	b = r.appendMembers(append(b, '{'))
	if r.Extra != "" {
		b = appendQuoted(appendKey(b, extraKey), r.Extra)
	}
	return append(b, '}')
}

// AppendJSON is like Record.AppendJSON, but writes the values of unknown columns as
// strings under their own names, as Columns returns them, instead of together under
// "extra". Values that are "-" are left out. r must have been decoded with f.
func (f *Format) AppendJSON(b []byte, r *Record) []byte {
	b = r.appendMembers(append(b, '{'))
	extra := r.Extra
	for i, field := range f.fields {
		if extra == "" {
			break
		}
		if field != 0 {
			continue
		}
		var value string
		if value, extra = cutExtra(extra); value != "-" {
			b = appendQuoted(appendKey(b, f.columns[i]), value)
		}
	}
	return append(b, '}')
}

// appendMembers appends the present fields as members of an object.
func (r *Record) appendMembers(b []byte) []byte {
	for set := r.Fields; set != (FieldSet{}); {
		f := set.first()
		set = set.Without(f)
		b = appendKey(b, fields[f].column)
		switch fields[f].kind {
		case KindText:
			b = appendQuoted(b, *r.text(f))
		case KindAddr:
			if a := *r.addr(f); a.Zone() != "" {
				b = appendQuoted(b, a.String())
			} else {
				b = append(appendAddr(append(b, '"'), a), '"')
			}
		default:
			v, _ := r.Int(f)
			b = appendInt(b, v)
		}
	}
	return b
}

// appendKey appends the key of the next member of an object. The key must not need
// escapes.
func appendKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, key...)
	return append(b, '"', ':')
}

// MarshalJSON returns the object that AppendJSON appends. It never fails.
func (r Record) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// UnmarshalJSON resets r and reads an object, as written by AppendJSON, into it. It
// also accepts AWS's names as keys, strings that hold numbers, and null, "-" and "" for
// absent fields. If a field occurs more than once, the last value is used. Unknown keys
// are ignored. If data is null, r is unchanged, as is usual for encoding/json.
//
// The error is a *ParseError for a value that Set rejects; r then holds the fields
// before it.
func (r *Record) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	token, err := d.Token()
	if err == nil && token == json.Delim('{') {
		*r = Record{}
		err = r.setObject(d)
	} else if err == nil && token != nil {
		err = &ParseError{Value: clip(string(data)), Err: formatError("not a JSON object")}
	}
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		} else if err == nil {
			err = errors.New("data after the object")
		}
	}
	if _, ok := err.(*ParseError); ok {
		return err
	}
	return fmt.Errorf("flowlog: JSON: %w", gunzip.NoEOF(err))
}

// setObject sets the fields from the members of an object. d has read the opening
// brace.
func (r *Record) setObject(d *json.Decoder) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if err := r.setJSON(key.(string), raw); err != nil {
			return err
		}
	}
	_, err := d.Token() // the closing brace
	return err
}

// setJSON sets the field with the given key to a JSON value.
func (r *Record) setJSON(key string, raw []byte) error {
	f := fieldByName(key)
	if f == 0 && key != extraKey {
		return nil
	}
	value := string(raw)
	switch {
	case value == "null":
		value = ""
	case raw[0] == '"':
		if err := json.Unmarshal(raw, &value); err != nil {
			return err
		}
	case f.Type() == TypeString:
		return &ParseError{Field: f, Value: clip(value), Err: strconv.ErrSyntax}
	}
	switch {
	case f == 0 && strings.ContainsAny(value, "\r\n"):
		return &ParseError{Value: clip(value), Err: strconv.ErrSyntax}
	case f == 0:
		r.Extra = value
	case value == "":
		r.clear(f)
	default:
		return r.Set(f, value)
	}
	return nil
}

// LogValue returns the present fields as a group with Field.Column as keys. Fields of
// TypeInt32 and TypeInt64 are integers, and fields of TypeString are strings.
func (r Record) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, r.Fields.Len()+1)
	for f := range r.Fields.All() {
		if v, ok := r.Int(f); ok {
			attrs = append(attrs, slog.Int64(f.Column(), v))
		} else {
			attrs = append(attrs, slog.String(f.Column(), r.Value(f)))
		}
	}
	if r.Extra != "" {
		attrs = append(attrs, slog.String(extraKey, r.Extra))
	}
	return slog.GroupValue(attrs...)
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[done:i]...)
		switch {
		case c >= utf8.RuneSelf:
			b = append(b, "\ufffd"...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i += size
		done = i
	}
	return append(append(b, s[done:]...), '"')
}
