package flowlog

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTag(t *testing.T) {
	for encoded, want := range map[string]string{
		"":                      "",
		"web":                   "web",
		"web%20server":          "web server",
		"a%2Db":                 "a-b",
		"a%2db":                 "a-b",
		"%2D":                   "-",
		"-":                     "-",
		"50%25":                 "50%",
		"a+b":                   "a+b", // a plus sign is not a space
		"caf%C3%A9":             "café",
		"%E2%9C%93":             "✓",
		"%00":                   "\x00",
		"%FF":                   "\xff",
		"key%3Dvalue%2Ca%2F%3A": "key=value,a/:",
	} {
		t.Run(encoded, func(t *testing.T) {
			got, err := UnescapeTag(encoded)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	for _, bad := range []string{"%", "%2", "%zz", "a%2", "%%", "%2G", "caf%C3%"} {
		t.Run("bad "+bad, func(t *testing.T) {
			got, err := UnescapeTag(bad)
			var escape url.EscapeError
			assert.ErrorAs(t, err, &escape)
			assert.Equal(t, bad, got, "the value is returned unchanged")
		})
	}
	// Each escape decodes to its byte.
	for c := range 256 {
		got, err := UnescapeTag("%" + strconv.FormatInt(0x100|int64(c), 16)[1:])
		require.NoError(t, err)
		assert.Equal(t, string([]byte{byte(c)}), got)
	}
}
