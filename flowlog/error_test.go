package flowlog

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseErrorText(t *testing.T) {
	for want, e := range map[string]*ParseError{
		`flowlog: line 3, byte 7, srcaddr, "x": not an IP address`: {Line: 3, Column: 7, Field: FieldSrcAddr, Value: "x", Err: ErrAddr},
		`flowlog: byte 1, "x": wrong number of fields`:             {Column: 1, Value: "x", Err: ErrFieldCount},
		`flowlog: protocol, "": invalid syntax`:                    {Field: FieldProtocol, Err: strconv.ErrSyntax},
		`flowlog: line 1, byte 1, "a\nb\x00\xff\"": line too long`: {Line: 1, Column: 1, Value: "a\nb\x00\xff\"", Err: ErrLineTooLong},
	} {
		assert.EqualError(t, e, want)
		assert.ErrorIs(t, e, e.Err)
	}
}

// TestParseErrorIsShort checks that an error neither keeps the line in memory nor prints
// all of it.
func TestParseErrorIsShort(t *testing.T) {
	f := mustParse(t, "version srcaddr")
	for _, line := range []string{"2 " + strings.Repeat("y", 1<<20), strings.Repeat("y ", 1<<19), strings.Repeat("9", 1<<20) + " x"} {
		pe := parseError(t, f, line)
		assert.Len(t, pe.Value, 64)
		assert.Less(t, len(pe.Error()), 200)
	}
	_, err := UnescapeTag(strings.Repeat("%zz", 1000))
	assert.Less(t, len(err.Error()), 200)
	var r Record
	require.Error(t, r.UnmarshalJSON([]byte(`{"srcaddr":"`+strings.Repeat("x", 1<<20)+`"}`)))
	assert.Less(t, len(r.UnmarshalJSON([]byte(`"`+strings.Repeat("x", 1<<20)+`"`)).Error()), 200)
}

func TestParseInt(t *testing.T) {
	for s, cause := range map[string]error{"": strconv.ErrSyntax, "+1": strconv.ErrSyntax, "1_0": strconv.ErrSyntax, "0x1": strconv.ErrSyntax, "128": strconv.ErrRange, "-129": strconv.ErrRange} {
		_, err := parseInt(s, 8)
		assert.Equal(t, cause, err, s)
	}
	for s, want := range map[string]int64{"0": 0, "-0": 0, "007": 7, "127": 127, "-128": -128} {
		got, err := parseInt(s, 8)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// TestFormatErrors checks that callers can distinguish the causes that match ErrFormat.
func TestFormatErrors(t *testing.T) {
	_, format := ParseFormat("version version")
	other := parseError(t, V2, lineT)
	var rec Record
	message := NewReader(strings.NewReader(`{"line":1}`), nil).Read(&rec)
	for _, tt := range []struct {
		err   error
		cause error
	}{{format, nil}, {other, ErrOtherLog}, {message, ErrMessage}} {
		assert.ErrorIs(t, tt.err, ErrFormat)
		for _, cause := range []error{ErrOtherLog, ErrMessage} {
			assert.Equal(t, cause == tt.cause, errors.Is(tt.err, cause), tt.err)
		}
	}
	assert.NotErrorIs(t, ErrFormat, ErrOtherLog)
}

// TestFieldCountText checks that the error of a Reader tells which format it used and where
// that format came from.
func TestFieldCountText(t *testing.T) {
	v5, err := FormatOf(5)
	require.NoError(t, err)
	line := strings.TrimSuffix(strings.Repeat("- ", 29), " ")
	for _, tt := range []struct {
		format *Format
		text   string
		want   string
	}{
		{nil, line, "29 fields, want 14 of the default format; give the format or a header line"},
		{V2, line, "29 fields, want 14 of the given format"},
		{v5, "-", "1 field, want 29 of the given format"},
		{nil, "\nversion srcaddr dstaddr\n" + line, "29 fields, want 3 of the header in line 2"},
		{v5, V2.Header() + "\n" + line, "29 fields, want 14 of the header in line 1"},
		{nil, `{"message":"` + line + `"}`, "29 fields, want 14 of the default format; give the format or a header line"},
		{nil, lineT, "36 fields, want 14 of the default format; give the format or a header line; VPC and transit gateway records are mixed"},
		{nil, awsExamples1 + "\n" + line, "29 fields, want 14 of the default format"}, // the line above fits it
		{nil, awsExamples1 + "\n" + lineT, "36 fields, want 14 of the default format; VPC and transit gateway records are mixed"},
	} {
		r := NewReader(strings.NewReader(tt.text), tt.format)
		var rec Record
		err := r.Read(&rec)
		if err == nil {
			err = r.Read(&rec)
		}
		require.ErrorIs(t, err, ErrFieldCount)
		assert.True(t, strings.HasSuffix(err.Error(), ": "+tt.want), err)
	}
}
