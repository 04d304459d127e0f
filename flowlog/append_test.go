package flowlog

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendInt(t *testing.T) {
	check := func(v int64) {
		require.Equal(t, "x"+strconv.FormatInt(v, 10), string(appendInt([]byte("x"), v)))
	}
	for v := int64(-1000); v < 100_000; v++ {
		check(v)
	}
	for p := int64(1); p > 0 && p <= math.MaxInt64/10; p *= 10 {
		for d := int64(-2); d <= 2; d++ {
			check(p + d)
			check(-p + d)
		}
	}
	for bit := range 64 {
		for d := int64(-2); d <= 2; d++ {
			check(int64(uint64(1)<<bit) + d)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		check(int64(rng.Uint64() >> rng.IntN(64)))
	}
}

func TestAppendAddr(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 100_000 {
		a := netip.AddrFrom4([4]byte{byte(rng.IntN(256)), byte(rng.IntN(256)), byte(rng.IntN(256)), byte(rng.IntN(256))})
		require.Equal(t, "x"+a.String(), string(appendAddr([]byte("x"), a)))
	}
	for _, s := range []string{"::", "::1", "2001:db8::1", "::ffff:1.2.3.4", "fe80::1%eth0"} {
		assert.Equal(t, s, string(appendAddr(nil, netip.MustParseAddr(s))))
	}
	assert.Equal(t, "-", string(appendAddr(nil, netip.Addr{})))
}

// TestAppendIsIdentity checks that Append restores lines as AWS writes them byte for byte.
func TestAppendIsIdentity(t *testing.T) {
	for _, d := range smallDataSets() {
		t.Run(d.name, func(t *testing.T) {
			var r Record
			buf := []byte("before ")
			for _, line := range d.lines {
				require.NoError(t, d.format.Decode(&r, line))
				buf = d.format.Append(buf[:len("before ")], &r)
				require.Equal(t, "before "+line, string(buf))
			}
		})
	}
}

// TestAppendElsewhere writes records in a format that they were not decoded with.
func TestAppendElsewhere(t *testing.T) {
	r := parse(t, lineA)
	for format, want := range map[string]string{
		"srcaddr vpc-id bytes":           "172.31.16.139 - 4249",
		"new-a srcport new-b":            "- 20641 -",
		"tgw-id":                         "-",
		"log-status action version":      "OK ACCEPT 2",
		"packets-lost-no-route protocol": "- 6",
	} {
		assert.Equal(t, want, string(mustParse(t, format).Append(nil, &r)))
	}
	t.Run("unknown columns take Extra in turn", func(t *testing.T) {
		for extra, want := range map[string]string{
			"": "2 - - -", "a": "2 a - -", "a b c": "2 a b c", "a b c d": "2 a b c", "- - c": "2 - - c", " a  b\tc ": "2 a b c",
		} {
			r := Record{Fields: FieldSetOf(FieldVersion), Version: 2, Extra: extra}
			assert.Equal(t, want, string(mustParse(t, "version x y z").Append(nil, &r)), "%q", extra)
		}
	})
	t.Run("filled by hand", func(t *testing.T) {
		// These are in Fields, but their members are zero.
		r := Record{Fields: V2.FieldSet()}
		assert.Equal(t, "0 - - - - 0 0 0 0 0 0 0 - -", r.String())
		// These are not in Fields.
		r = Record{AccountID: "1", SrcPort: 5}
		assert.Equal(t, strings.TrimSpace(strings.Repeat("- ", 14)), r.String())
		r = Record{Fields: FieldSetOf(FieldBytes), Bytes: -1}
		assert.Equal(t, "-1", r.Value(FieldBytes))
	})
}
