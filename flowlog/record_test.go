package flowlog

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSetValue sets every field, checks Value, Int and Addr, and removes the field again.
func TestSetValue(t *testing.T) {
	for f := range Fields() {
		t.Run(f.String(), func(t *testing.T) {
			var r Record
			value := sampleValue(f)
			require.NoError(t, r.Set(f, value))
			assert.True(t, r.Has(f))
			assert.Equal(t, FieldSetOf(f), r.Fields)
			assert.Equal(t, value, r.Value(f))
			assert.Equal(t, "x"+value, string(r.AppendValue([]byte("x"), f)))
			n, isInt := r.Int(f)
			assert.Equal(t, f.Type() != TypeString, isInt)
			a, isAddr := r.Addr(f)
			assert.Equal(t, f.Kind() == KindAddr, isAddr)
			switch {
			case isInt:
				assert.Equal(t, value, strconv.FormatInt(n, 10))
				var s Record
				require.NoError(t, s.SetInt(f, n))
				assert.Equal(t, r, s)
			case isAddr:
				assert.Equal(t, netip.MustParseAddr(value), a)
				var s Record
				require.NoError(t, s.SetAddr(f, a))
				assert.Equal(t, r, s)
				assert.ErrorIs(t, s.SetAddr(f, netip.Addr{}), ErrAddr)
				assert.ErrorIs(t, s.SetAddr(f, netip.MustParseAddr("fe80::1%a b")), strconv.ErrSyntax)
				assert.Equal(t, r, s, "unchanged")
			}
			if !isInt {
				assert.ErrorIs(t, r.SetInt(f, 1), strconv.ErrSyntax)
			}
			if !isAddr {
				assert.ErrorIs(t, r.SetAddr(f, netip.IPv6Loopback()), strconv.ErrSyntax)
			}
			for other := range Fields() {
				if other != f {
					assert.Equal(t, "-", r.Value(other))
				}
			}
			require.NoError(t, r.Set(f, "-"))
			assert.Zero(t, r, "a dash removes the field and its value")
		})
	}
}

// TestSetErrors checks that a rejected value leaves the record unchanged.
func TestSetErrors(t *testing.T) {
	full := fullRecord(t)
	for f := range Fields() {
		values := []string{"", " ", "a b", "a\tb", "a\nb", "a\r", " 1", "1 "}
		switch f.Kind() {
		case KindText:
		case KindAddr:
			values = append(values, "x", "1.2.3", "1.2.3.4/24", "01.2.3.4", "::g")
		default:
			values = append(values, "x", "+1", "1.0", "0x1", "99999999999999999999", "--1")
		}
		for _, v := range values {
			r := full
			err := r.Set(f, v)
			var pe *ParseError
			require.ErrorAs(t, err, &pe, "%s %q", f, v)
			assert.Equal(t, []any{0, 0, f, v}, []any{pe.Line, pe.Column, pe.Field, pe.Value})
			assert.Equal(t, full, r)
		}
	}
}

// TestSetIsDecode checks that Set accepts the values that Decode accepts, with the same result.
func TestSetIsDecode(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	letters := []byte("0123456789.:-+xaf\x00\x01\x7f\xff%\"")
	for f := range Fields() {
		format, err := NewFormat(f)
		require.NoError(t, err)
		for range 300 {
			b := make([]byte, 1+rng.IntN(12))
			for i := range b {
				b[i] = letters[rng.IntN(len(letters))]
			}
			var set, decoded Record
			errSet, errDecode := set.Set(f, string(b)), format.Decode(&decoded, string(b))
			require.Equal(t, errDecode == nil, errSet == nil, "%s %q: %v, %v", f, b, errDecode, errSet)
			require.Equal(t, decoded, set)
		}
	}
}

// TestRecordIsComparable compares records with == and uses them as keys of a map.
func TestRecordIsComparable(t *testing.T) {
	a, b := parse(t, lineA), parse(t, lineA)
	assert.True(t, a == b)
	b.Bytes++
	assert.False(t, a == b)
	assert.Len(t, map[Record]int{a: 1, b: 2, parse(t, lineA): 3}, 2)
	absent, zero := parse(t, with(lineA, 5, "-")), parse(t, with(lineA, 5, "0"))
	assert.NotEqual(t, absent, zero, "absent is not zero")
}

// TestParse compares Parse with V2.Decode.
func TestParse(t *testing.T) {
	r, err := Parse(lineA)
	require.NoError(t, err)
	assert.Equal(t, lineA, r.String())
	assert.Equal(t, V2.Fields(), slices.Collect(r.Fields.All()))
	_, err = Parse("")
	assert.ErrorIs(t, err, ErrFieldCount)
}

// TestBreaksLine checks that white space is found at every offset, and nothing else.
func TestBreaksLine(t *testing.T) {
	for n := range 40 {
		text := strings.Repeat("!", n) // spaces reports "!" after a space too
		assert.False(t, breaksLine(text))
		for i := range n {
			for c := range 256 {
				s := text[:i] + string([]byte{byte(c)}) + text[i+1:]
				require.Equal(t, strings.ContainsAny(s, " \t\r\n"), breaksLine(s), "%q", s)
			}
		}
	}
}

func TestHasFlow(t *testing.T) {
	const bare = "version account-id interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
	const gateway = "version resource-type tgw-id srcaddr dstaddr packets-lost-no-route log-status"
	for _, tt := range []struct {
		name   string
		format string // V2 if empty
		line   string
		want   bool
	}{
		{"OK", "", "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1 2 ACCEPT OK", true},
		{"NODATA", "", "2 123456789010 eni-1 - - - - - - - 1 2 - NODATA", false},
		{"SKIPDATA", "", "2 123456789010 eni-1 - - - - - - - 1 2 - SKIPDATA", false},
		{"NODATA with values", "", "2 123456789010 eni-1 10.0.0.1 10.0.0.2 0 0 6 0 0 1 2 - NODATA", false},
		{"status absent, flow", "", "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1 2 ACCEPT -", true},
		{"status absent, no flow", "", "2 123456789010 eni-1 - - - - - - - 1 2 - -", false},
		{"no status, flow", bare, "3 123456789010 eni-1 vpc-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1 2 ACCEPT", true},
		{"no status, no flow", bare, "3 123456789010 eni-1 vpc-1 - - - - - - - 1 2 -", false},
		{"zeros are values", "interface-id protocol bytes", "eni-1 0 -", true},
		{"NAT gateway's six fields", "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- eni-1 - - 10.0.0.1 -", true},
		{"action alone", "interface-id action", "eni-1 REJECT", true},
		{"no action", "interface-id action", "eni-1 -", false},
		{"nothing that could tell", "interface-id start end", "eni-1 1 2", false},
		{"status alone", "interface-id log-status", "eni-1 OK", true},
		{"transit gateway OK", gateway, "6 TransitGateway tgw-1 10.0.0.1 10.0.0.2 0 OK", true},
		{"transit gateway NODATA", gateway, "6 TransitGateway tgw-1 - - - NODATA", false},
		{"transit gateway SKIPDATA", gateway, "6 TransitGateway tgw-1 - - - SKIPDATA", false},
		{"Cloud WAN", "srcaddr core-network-id log-status", "10.0.0.1 core-network-1 INCOMPLETEDATA", true},
		{"Cloud WAN, only unknown columns", "core-network-id log-status", "core-network-1 INCOMPLETEDATA", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := V2
			if tt.format != "" {
				f, _ = ParseFormat(tt.format) // names may be unknown
			}
			var r Record
			require.NoError(t, f.Decode(&r, tt.line))
			assert.Equal(t, tt.want, r.HasFlow())
		})
	}
	assert.False(t, new(Record).HasFlow())
}

func TestLookup(t *testing.T) {
	var r Record
	_, ok := r.Lookup(FieldEncryptionStatus)
	assert.False(t, ok, "absent, although the member equals NotEncrypted")
	require.NoError(t, r.Set(FieldEncryptionStatus, "0"))
	value, ok := r.Lookup(FieldEncryptionStatus)
	assert.True(t, ok)
	assert.Equal(t, "0", value)
	value, ok = r.Lookup(0)
	assert.False(t, ok)
	assert.Empty(t, value)
}
