package pack

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDictionary(t *testing.T) {
	var d Dictionary
	for round := range 3 { // reused
		d.reset()
		want := make(map[string]uint32)
		rnd := rand.New(rand.NewPCG(uint64(round), 1))
		for range 5000 {
			// Texts of all lengths: the hash function depends on the length.
			s := strings.Repeat("x", rnd.IntN(40)) + fmt.Sprint(rnd.IntN(30))
			if rnd.IntN(50) == 0 {
				s = string(rune('a' + rnd.IntN(3)))
			}
			n, ok := want[s]
			var got uint32
			if rnd.IntN(2) == 0 {
				got = d.add(s)
			} else {
				was := len(d.Arena)
				d.Arena = append(d.Arena, s...)
				got = d.addTail(was)
			}
			if !ok {
				n = uint32(len(want))
				want[s] = n
			}
			require.Equal(t, n, got, s)
			require.Equal(t, s, string(d.Text(got)))
		}
		for range 5000 {
			a := netip.AddrFrom4([4]byte{10, byte(rnd.Uint32()), 0, byte(rnd.IntN(20))})
			n, ok := want[a.String()]
			b := a.As4()
			one := []uint32{uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])}
			d.addV4s(one)
			got := one[0]
			if !ok {
				n = uint32(len(want))
				want[a.String()] = n
			}
			require.Equal(t, n, got)
			require.Equal(t, a.String(), string(d.Text(got)))
		}
		assert.Equal(t, len(want), d.Len())
	}
}

// If nothing repeats, the dictionary becomes flat, and sooner in the next row group.
func TestDictionaryFlat(t *testing.T) {
	var d Dictionary
	d.reset()
	flatAt := func(text func(i int) string) int {
		for i := range 3 * FlatCheck {
			d.add(text(i))
			if d.Flat {
				return i + 1
			}
		}
		return 0
	}
	distinct := func(i int) string { return fmt.Sprint("x", i) }
	repeated := func(i int) string { return fmt.Sprint("x", i%1000) }
	assert.Equal(t, FlatCheck, flatAt(distinct))
	assert.Equal(t, uint32(FlatCheck), d.add("x0"), "seen before, and numbered anew")
	d.reset()
	assert.Equal(t, flatAgain, flatAt(distinct))
	d.reset()
	assert.Zero(t, flatAt(repeated))
	d.reset()
	assert.Equal(t, FlatCheck, flatAt(distinct))
}

func TestPrefix(t *testing.T) {
	texts := []string{"", "\x00", "a", "a\x00", "ab", "abcdefg", "abcdefgh", "abcdefghi", "b", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"}
	for _, a := range texts {
		for _, b := range texts {
			want := bytes.Compare([]byte(a), []byte(b))
			if got := cmp.Compare(Prefix([]byte(a)), Prefix([]byte(b))); got != 0 {
				assert.Equal(t, want, got, "%q %q", a, b)
			}
		}
	}
}

// After undo, a dictionary is the same as one that never had the text.
func TestDictionaryUndo(t *testing.T) {
	var d, want Dictionary
	d.reset()
	want.reset()
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		s := fmt.Sprint("text ", rnd.IntN(5000))
		if rnd.IntN(2) == 0 {
			was := d.Len()
			d.add(s)
			if d.Len() > was {
				d.undo()
			}
			continue
		}
		require.Equal(t, want.add(s), d.add(s), s)
	}
	require.Equal(t, want.Len(), d.Len())
	require.Equal(t, want.Arena, d.Arena)
	for n := range uint32(d.Len()) {
		require.Equal(t, n, d.add(string(want.Text(n))), "each is found")
	}
}
