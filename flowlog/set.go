package flowlog

import (
	"net/netip"
	"strconv"
	"strings"
)

// Set sets the field to a value as AWS writes it; "-" removes the field. It keeps the
// string value without a copy.
//
// The error is a *ParseError, and the record is unchanged, if value is empty, contains
// white space, or is not valid for the field.
func (r *Record) Set(f Field, value string) error {
	if f == 0 || f >= fieldEnd {
		return &ParseError{Value: clip(value), Err: ErrUnknownField}
	}
	if value == "-" {
		r.clear(f)
		return nil
	}
	if value == "" || breaksLine(value) {
		return &ParseError{Field: f, Value: clip(value), Err: strconv.ErrSyntax}
	}
	if err := r.parse(f, value); err != nil {
		return &ParseError{Field: f, Value: clip(value), Err: err}
	}
	r.Fields = r.Fields.With(f)
	return nil
}

// breaksLine reports whether s contains white space.
func breaksLine(s string) bool {
	if n := len(s); n >= 8 {
		m := spaces(load64(s, n-8))
		for i := 0; i+8 < n; i += 8 {
			m |= spaces(load64(s, i))
		}
		if m == 0 {
			return false
		}
	}
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\r', '\n':
			return true
		}
	}
	return false
}

// SetInt sets a field of TypeInt32 or TypeInt64. The error is a *ParseError, and the
// record is unchanged, if v is outside the range of the field or the field is of
// TypeString.
func (r *Record) SetInt(f Field, v int64) error {
	if f == 0 || f >= fieldEnd {
		return &ParseError{Value: strconv.FormatInt(v, 10), Err: ErrUnknownField}
	}
	if err := r.storeInt(f, v); err != nil {
		return &ParseError{Field: f, Value: strconv.FormatInt(v, 10), Err: err}
	}
	r.Fields = r.Fields.With(f)
	return nil
}

// SetAddr sets a field of KindAddr. The error is a *ParseError, and the record is
// unchanged, if a is the zero netip.Addr, a has a zone with white space, or the field is
// of another kind.
func (r *Record) SetAddr(f Field, a netip.Addr) error {
	p := r.addr(f)
	switch {
	case f == 0 || f >= fieldEnd:
		return &ParseError{Value: clip(a.String()), Err: ErrUnknownField}
	case p == nil:
		return &ParseError{Field: f, Value: clip(a.String()), Err: strconv.ErrSyntax}
	case !a.IsValid():
		return &ParseError{Field: f, Value: clip(a.String()), Err: ErrAddr}
	case breaksLine(a.Zone()):
		return &ParseError{Field: f, Value: clip(a.String()), Err: strconv.ErrSyntax}
	}
	*p = a
	r.Fields = r.Fields.With(f)
	return nil
}

// clear removes a field from the record.
func (r *Record) clear(f Field) {
	r.Fields = r.Fields.Without(f)
	switch fields[f].kind {
	case KindText:
		*r.text(f) = ""
	case KindAddr:
		*r.addr(f) = netip.Addr{}
	default:
		_ = r.storeInt(f, 0) // 0 is in every range
	}
}

// parse stores a value other than "-" and does not change Fields. It defines which
// values are valid. The fast paths of Decode must agree with it.
func (r *Record) parse(f Field, s string) error {
	switch fields[f].kind {
	case KindText:
		if otherLog(f, s) {
			return ErrOtherLog
		}
		*r.text(f) = s
		return nil
	case KindAddr:
		a, err := netip.ParseAddr(s)
		if err != nil {
			return ErrAddr
		}
		*r.addr(f) = a
		return nil
	}
	v, err := parseInt(s, 64)
	if err != nil {
		return err
	}
	return r.storeInt(f, v)
}

// otherLog reports whether s, as the value of f, shows that the line belongs to the
// other kind of log, because VPC and transit gateway records can be in one file. An
// interface id does not start with "tgw-", a transit gateway id does not start with
// "eni-", an account id is not "TransitGateway", and a resource type is not a number.
func otherLog(f Field, s string) bool {
	switch f {
	case FieldAccountID:
		return s == transitGateway
	case FieldInterfaceID:
		return strings.HasPrefix(s, "tgw-")
	case FieldTGWID, FieldTGWAttachmentID:
		return strings.HasPrefix(s, "eni-")
	case FieldResourceType:
		return strings.Trim(s, "0123456789") == ""
	}
	return false
}

// storeInt stores a number if it is in the range of the field. Codes may be any int32;
// other numbers must not be negative.
func (r *Record) storeInt(f Field, v int64) error {
	switch fields[f].kind {
	case KindPort:
		if v != int64(uint16(v)) {
			return strconv.ErrRange
		}
		*r.port(f) = uint16(v)
	case KindProtocol:
		if v != int64(uint8(v)) {
			return strconv.ErrRange
		}
		r.Protocol = Protocol(v)
	case KindCount, KindTime:
		if v < 0 {
			return strconv.ErrRange
		}
		*r.int64(f) = v
	case KindVersion, KindFlags, KindCode:
		if v != int64(int32(v)) || v < 0 && fields[f].kind != KindCode {
			return strconv.ErrRange
		}
		*r.int32(f) = int32(v)
	default:
		return strconv.ErrSyntax
	}
	return nil
}
