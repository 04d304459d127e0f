package flowlog

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTCPFlags encodes and decodes every combination of the named flags as text, with and
// without unnamed bits.
func TestTCPFlags(t *testing.T) {
	for _, unnamed := range []TCPFlags{0, 64, 128, 64 | 128, 1 << 20, math.MaxInt32 &^ 63} {
		for i := range 64 {
			f := TCPFlags(i) | unnamed
			s := f.String()
			var got TCPFlags
			require.NoError(t, got.UnmarshalText([]byte(s)), s)
			require.Equal(t, f, got, s)
			require.NoError(t, got.UnmarshalText([]byte(strings.ToLower(s))), s)
			require.Equal(t, f, got, s)
			require.NoError(t, got.UnmarshalText([]byte(strconv.Itoa(int(f)))), s)
			require.Equal(t, f, got, s)
			text, err := f.AppendText([]byte("SYN|"))
			require.NoError(t, err)
			require.Equal(t, "SYN|"+s, string(text))
			text, err = f.MarshalText()
			require.NoError(t, err)
			require.Equal(t, s, string(text))

			for flag, name := range map[TCPFlags]string{FIN: "FIN", SYN: "SYN", RST: "RST", PSH: "PSH", ACK: "ACK", URG: "URG"} {
				require.Equal(t, f&flag != 0, f.Has(flag))
				require.Equal(t, f.Has(flag), strings.Contains(s, name), s)
			}
		}
	}
}

func TestTCPFlagsString(t *testing.T) {
	for f, want := range map[TCPFlags]string{
		0: "0", 1: "FIN", 2: "SYN", 3: "FIN|SYN", 4: "RST", 16: "ACK", 18: "SYN|ACK", 19: "FIN|SYN|ACK",
		63: "FIN|SYN|RST|PSH|ACK|URG", 64: "64", 66: "SYN|64", 194: "SYN|192",
		-1: "-1", math.MinInt32: "-2147483648", math.MaxInt32: "FIN|SYN|RST|PSH|ACK|URG|2147483584",
	} {
		t.Run(want, func(t *testing.T) {
			assert.Equal(t, want, f.String())
			var got TCPFlags
			require.NoError(t, got.UnmarshalText([]byte(want)))
			assert.Equal(t, f, got)
		})
	}
	assert.True(t, (SYN | ACK).Has(SYN|ACK))
	assert.False(t, SYN.Has(SYN|ACK))
	assert.True(t, SYN.Has(0))
}

func TestTCPFlagsErrors(t *testing.T) {
	for s, cause := range map[string]error{
		"": strconv.ErrSyntax, "SYN|": strconv.ErrSyntax, "|SYN": strconv.ErrSyntax, "SYN ACK": strconv.ErrSyntax, "SYN,ACK": strconv.ErrSyntax,
		"SINN": strconv.ErrSyntax, "+2": strconv.ErrSyntax, "0x2": strconv.ErrSyntax, "2147483648": strconv.ErrRange,
	} {
		t.Run(s, func(t *testing.T) {
			f := RST
			err := f.UnmarshalText([]byte(s))
			assert.ErrorIs(t, err, cause)
			assert.Equal(t, RST, f)
			var pe *ParseError
			require.ErrorAs(t, err, &pe)
			assert.Equal(t, FieldTCPFlags, pe.Field)
		})
	}
}
