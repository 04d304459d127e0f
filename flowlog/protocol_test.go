package flowlog

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestProtocols encodes and decodes each of the 256 protocols as text and as JSON.
func TestProtocols(t *testing.T) {
	seen := map[string]Protocol{}
	for i := range 256 {
		p := Protocol(i)
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			name := p.String()
			require.NotEmpty(t, name)
			assert.NotContains(t, seen, strings.ToLower(name), "each name belongs to one protocol")
			seen[strings.ToLower(name)] = p

			for _, s := range []string{name, strings.ToLower(name), strings.ToUpper(name), strconv.Itoa(i)} {
				got, err := ParseProtocol(s)
				require.NoError(t, err, s)
				assert.Equal(t, p, got, s)
			}

			text, err := p.MarshalText()
			require.NoError(t, err)
			assert.Equal(t, name, string(text))
			text, err = p.AppendText([]byte("x"))
			require.NoError(t, err)
			assert.Equal(t, "x"+name, string(text))
			var got Protocol
			require.NoError(t, got.UnmarshalText([]byte(name)))
			assert.Equal(t, p, got)

			data, err := json.Marshal(p)
			require.NoError(t, err)
			assert.Equal(t, strconv.Itoa(i), string(data), "JSON keeps the number")
			for _, s := range []string{string(data), strconv.Quote(name), strconv.Quote(strconv.Itoa(i))} {
				got = 0
				require.NoError(t, json.Unmarshal([]byte(s), &got), s)
				assert.Equal(t, p, got, s)
			}
			// The key of a map has the text form.
			data, err = json.Marshal(map[Protocol]int{p: 1})
			require.NoError(t, err)
			var m map[Protocol]int
			require.NoError(t, json.Unmarshal(data, &m))
			assert.Equal(t, map[Protocol]int{p: 1}, m)
		})
	}
}

func TestProtocolNames(t *testing.T) {
	for p, want := range map[Protocol]string{
		ICMP: "ICMP", TCP: "TCP", UDP: "UDP", ICMPv6: "IPv6-ICMP", 47: "GRE", 50: "ESP", 107: "A/N", 132: "SCTP",
		// Without a keyword all forms are the number.
		61: "61", 63: "63", 68: "68", 99: "99", 114: "114", 147: "147", 252: "252", 253: "253", 254: "254",
	} {
		assert.Equal(t, want, p.String())
	}
}

func TestParseProtocolErrors(t *testing.T) {
	for s, cause := range map[string]error{
		"": strconv.ErrSyntax, "tcpp": strconv.ErrSyntax, "-1": strconv.ErrSyntax, "+6": strconv.ErrSyntax,
		"256": strconv.ErrRange, "99999999999999999999": strconv.ErrRange, "0x6": strconv.ErrSyntax, " 6": strconv.ErrSyntax,
	} {
		t.Run(s, func(t *testing.T) {
			p := TCP
			err := p.UnmarshalText([]byte(s))
			var pe *ParseError
			require.ErrorAs(t, err, &pe)
			assert.ErrorIs(t, err, cause)
			assert.Equal(t, FieldProtocol, pe.Field)
			assert.Equal(t, s, pe.Value)
			assert.Equal(t, TCP, p, "an error leaves the value unchanged")
		})
	}
}

// TestNumbersFromJSON checks UnmarshalJSON of all numeric types.
func TestNumbersFromJSON(t *testing.T) {
	type all struct {
		P Protocol
		F TCPFlags
		T TrafficPath
		E EncryptionStatus
		S Timestamp
	}
	start := all{6, 18, 8, 1, 1_418_530_010}
	t.Run("round trip", func(t *testing.T) {
		data, err := json.Marshal(start)
		require.NoError(t, err)
		assert.JSONEq(t, `{"P":6,"F":18,"T":8,"E":1,"S":1418530010}`, string(data))
		var got all
		require.NoError(t, json.Unmarshal(data, &got))
		assert.Equal(t, start, got)
	})
	t.Run("null changes nothing", func(t *testing.T) {
		got := start
		require.NoError(t, json.Unmarshal([]byte(`{"P":null,"F":null,"T":null,"E":null,"S":null}`), &got))
		assert.Equal(t, start, got)
	})
	t.Run("escapes", func(t *testing.T) {
		var got all
		require.NoError(t, json.Unmarshal([]byte(`{"P":"A\/N","F":"\u0053YN","T":"same\u002dvpc"}`), &got))
		assert.Equal(t, all{P: 107, F: SYN, T: PathSameVPC}, got)
	})
	for _, bad := range []string{`true`, `{}`, `[]`, `1.5`, `1e3`, `""`, `" 1"`, `"+1"`, `1e400`, strconv.FormatInt(math.MaxInt64, 10) + "0"} {
		for _, key := range []string{"P", "F", "T", "E", "S"} {
			t.Run(key+bad, func(t *testing.T) {
				got := start
				err := json.Unmarshal([]byte(`{"`+key+`":`+bad+`}`), &got)
				var pe *ParseError
				require.ErrorAs(t, err, &pe)
				assert.Equal(t, start, got)
			})
		}
	}
	for _, v := range []json.Unmarshaler{new(Protocol), new(TCPFlags), new(TrafficPath), new(EncryptionStatus), new(Timestamp)} {
		for _, bad := range []string{``, `"`, `"1`, `"\x"`, `nul`} {
			assert.Error(t, v.UnmarshalJSON([]byte(bad)), "%T %s", v, bad)
		}
	}
}
