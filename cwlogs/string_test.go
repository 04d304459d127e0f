package cwlogs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every byte at every offset of strings with lengths around those of the unrolled
// loops.
func TestPlain(t *testing.T) {
	for n := range 75 {
		for at := range n {
			for c := range 256 {
				b := []byte(strings.Repeat("~", n) + `" }`)
				b[at] = byte(c)
				text := string(b)
				special := c < ' ' || c >= 0x80 || c == '\\'
				end, length := n, n
				switch {
				case c == '"':
					end, length = at, at
				case special:
					end, length = at, -1
				}
				if plainEnd(text, 0) != end || plainLen(text) != length {
					t.Fatalf("%q: end %d, length %d", text, plainEnd(text, 0), plainLen(text))
				}
			}
		}
		plain := strings.Repeat("a", n)
		require.Equal(t, n, plainEnd(plain, 0))
		require.Equal(t, -1, plainLen(plain), "not closed")
		require.Equal(t, n, plainLen(plain+`"`))
	}
}

func TestDigits13(t *testing.T) {
	for _, want := range []int64{1000000000000, 1432826855000, 1234567890123, 9876543210987, 9999999999999} {
		got, ok := digits13(fmt.Sprint(want) + ",")
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
	for at := range 13 {
		for c := range 256 {
			b := []byte("1234567890123,")
			b[at] = byte(c)
			_, ok := digits13(string(b))
			require.Equal(t, '0' <= c && c <= '9' && (at > 0 || c > '0'), ok, "%q", b)
		}
	}
}
