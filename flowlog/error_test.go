package flowlog

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseErrorText(t *testing.T) {
	for want, e := range map[string]*ParseError{
		`flowlog: line 3, column 7, srcaddr, "x": not an IP address`: {Line: 3, Column: 7, Field: FieldSrcAddr, Value: "x", Err: ErrAddr},
		`flowlog: column 1, "x": wrong number of fields`:             {Column: 1, Value: "x", Err: ErrFieldCount},
		`flowlog: protocol, "": invalid syntax`:                      {Field: FieldProtocol, Err: strconv.ErrSyntax},
		`flowlog: line 1, column 1, "a\nb\x00\xff\"": line too long`: {Line: 1, Column: 1, Value: "a\nb\x00\xff\"", Err: ErrLineTooLong},
	} {
		assert.EqualError(t, e, want)
		assert.ErrorIs(t, e, e.Err)
	}
}

// TestParseErrorIsShort: an error neither keeps the line nor pours it into a log.
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
