package flowlog

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseMessage(t *testing.T) {
	for object, want := range map[string]string{
		`{"message":""}`:                                     "",
		`{"message":"2 x"}`:                                  "2 x",
		`{"message": "2 x"}`:                                 "2 x",
		` {"message":"2 x"}`[1:] + " ":                       "2 x",
		`{"a":1,"message":"2 x","b":{"message":"no"}}`:       "2 x",
		`{"message":"one","message":"two"}`:                  "two",
		`{"message":"a\"b\\c\/d\b\f\n\r\t\u00e9\u20ac"}`:     "a\"b\\c/d\b\f\n\r\té€",
		`{"message":"\ud83d\ude00\ud83d\ud83d\ude00\ud83d"}`: "😀\ufffd😀\ufffd",
		`{"message":"\ude00\ud83dx\ud83d\u0041"}`:            "\ufffd\ufffdx\ufffdA",
		`{"mess\u0061ge":"2 x"}`:                             "2 x",
		"{\"message\":\"\xff\xfe\"}":                         "\xff\xfe",
		"{\"message\":\"\xff\\u0041\"}":                      "\xffA",
	} {
		t.Run(object, func(t *testing.T) {
			m, err := parseMessage(object)
			require.NoError(t, err)
			assert.Equal(t, want, m.line)
		})
	}
	for _, bad := range []string{`{}`, `{"message":1}`, `{"message":null}`, `{"message":["x"]}`, `{"Message":"x"}`, `{"message":"x","message":2}`, `{"message":"x"`, `{"message":"\x"}`, `{message:"x"}`, `{`} {
		t.Run("bad "+bad, func(t *testing.T) {
			_, err := parseMessage(bad)
			assert.ErrorIs(t, err, ErrFormat)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// TestMessageOffset checks the offset in the object of each byte of a line.
func TestMessageOffset(t *testing.T) {
	for _, object := range []string{
		`{"message":"2 x y"}`,
		`{"a":"message","message" : "2 x y"}`,
		`{"message":"\u0032 x\u0020\u0079"}`,
		`{"message":"\ud83d\ude00\"\\é\ud83d z"}`,
	} {
		m, err := parseMessage(object)
		require.NoError(t, err)
		for i := range len(m.line) {
			at := m.offset(i)
			// The text before the offset, decoded as JSON, is the line up to n.
			text, _ := unescape(object[m.start:at], math.MaxInt)
			require.GreaterOrEqual(t, len(text), i, object)
			require.True(t, strings.HasPrefix(m.line, text), object)
		}
		assert.Equal(t, m.start, m.offset(0))
	}
}

// TestUnescape compares unescape with encoding/json.
func TestUnescape(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	parts := []string{"a", "xyde00", "é", "😀", `\n`, `\"`, `\\`, `\/`, `\t`, `\b`, `\f`, `\r`, `\u0041`, `\u20AC`, `\ud83d`, `\ude00`, `\uD83D\uDE00`, `\uffff`, `\u0000`}
	for range 20_000 {
		var b strings.Builder
		for range rng.IntN(8) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		var want string
		require.NoError(t, json.Unmarshal([]byte(`"`+b.String()+`"`), &want))
		got, n := unescape(b.String(), math.MaxInt)
		require.Equal(t, want, got, b.String())
		require.Equal(t, b.Len(), n)
	}
}

func TestCutExportTime(t *testing.T) {
	for line, want := range map[string]string{
		"2025-02-25T12:25:04.000Z 2 1": "2 1", "2025-02-25T12:25:04Z 2 1": "2 1", "2025-02-25T12:25:04.123456789Z\t2 1": "2 1",
		"2025-02-25T12:25:04.000Z ": "", "2025-02-25T12:25:04.Z x": "x",
	} {
		rest, ok := cutExportTime(line)
		assert.True(t, ok, line)
		assert.Equal(t, want, rest)
	}
	for _, line := range []string{
		"", "2025-02-25T12:25:04.000Z", "2025-02-25T12:25:04.000Zx", "2025-02-25T12:25:04.000 x", "2025-02-25 12:25:04Z x", "2025-02-25T12:25:04", "2025-02-25T12:25:04.",
		"2025-02-25T12:25:04+00:00 x", "x025-02-25T12:25:04Z x", "20250225T122504Z x y z 1 2 3", "2 123456789010 eni-1", "eni-T-----T",
	} {
		_, ok := cutExportTime(line)
		assert.False(t, ok, line)
	}
}
