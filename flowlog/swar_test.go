package flowlog

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAddresses compares parsing and printing of addresses with netip.
func TestAddresses(t *testing.T) {
	f := mustParse(t, "version srcaddr bytes")
	for text, canonical := range map[string]string{
		"0.0.0.0": "", "255.255.255.255": "", "1.20.255.0": "", "::": "", "::1": "", "2001:db8::1": "", "2001:db8:1234:a100:8d6e:3477:df66:f105": "",
		"::ffff:1.2.3.4": "", "fe80::1%eth0": "",
		"2001:DB8::A": "2001:db8::a", "2001:db8:0:0:0:0:0:1": "2001:db8::1", "::ffff:102:304": "::ffff:1.2.3.4", "2001:0db8::0001": "2001:db8::1",
	} {
		t.Run(text, func(t *testing.T) {
			var r Record
			line := "5 " + text + " 1"
			require.NoError(t, f.Decode(&r, line))
			assert.Equal(t, netip.MustParseAddr(text), r.SrcAddr)
			if canonical == "" {
				canonical = text
			}
			assert.Equal(t, "5 "+canonical+" 1", string(f.Append(nil, &r)))
		})
	}
	t.Run("every octet", func(t *testing.T) {
		for i := range 256 {
			for _, a := range []string{"%d.0.1.22", "0.%d.1.22", "0.1.%d.22", "0.1.22.%d", "255.255.255.%d", "%d.255.255.255"} {
				text := fmt.Sprintf(a, i)
				var r Record
				line := "5 " + text + " 1"
				require.True(t, f.decodeFast(&r, "5 "+text+" 1"), line)
				require.Equal(t, text, r.SrcAddr.String())
				require.Equal(t, line, string(f.Append(nil, &r)))
			}
		}
	})
}

// TestDigits compares digits with strconv for every length, at the start of a line and at
// larger offsets.
func TestDigits(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 50_000 {
		before := strings.Repeat("x", rng.IntN(20))
		number := strconv.FormatUint(rng.Uint64()>>rng.IntN(64), 10)
		if rng.IntN(4) == 0 {
			number = strings.Repeat("0", rng.IntN(4)) + number
		}
		if rng.IntN(8) == 0 {
			at := rng.IntN(len(number))
			number = number[:at] + string(rune(interesting[rng.IntN(len(interesting))])) + number[at+1:]
		}
		s := before + number + strings.Repeat("y", rng.IntN(4))
		got, ok := digits(s, len(before), len(before)+len(number))
		want, err := strconv.ParseUint(number, 10, 64)
		require.Equal(t, err == nil && len(number) <= 16, ok, "%q", number)
		if ok {
			require.Equal(t, want, got, "%q", number)
		}
	}
	_, ok := digits("12345678", 3, 3)
	assert.False(t, ok, "an empty text is not a number")
}

// TestSpaceMask checks that each byte up to ' ' has a bit, and the end of the line too, and
// that no other byte has one except a "!" after such a byte.
func TestSpaceMask(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 5000 {
		b := make([]byte, 8+rng.IntN(200))
		for i := range b {
			b[i] = interesting[rng.IntN(len(interesting))]
		}
		s := string(b)
		for base := 0; base <= len(s); base += 64 {
			m := spaceMask(s, base)
			for k := range 64 {
				i := base + k
				has := m>>k&1 != 0
				switch {
				case i > len(s):
					require.False(t, has)
				case i == len(s):
					require.True(t, has)
				case s[i] <= ' ':
					require.True(t, has, "%q %d", s, i)
				case s[i] != '!':
					require.False(t, has, "%q %d", s, i)
				}
			}
		}
	}
}
