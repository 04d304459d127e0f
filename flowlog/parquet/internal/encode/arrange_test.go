package encode

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// keySorter gives the order of slices.Sort, whichever bits of the keys differ.
func TestKeySorter(t *testing.T) {
	const low = 18
	rnd := rand.New(rand.NewPCG(1, 2))
	var s keySorter
	for _, n := range []int{0, 1, fewKeys, fewKeys + 1, 1 << 12, 1 << low} {
		for _, mask := range []uint64{0, 1, 1 << 45, 0x7ff, 0xff<<3 | 1<<40, 1<<46 - 1} {
			s.keys = s.keys[:0]
			for i := range n {
				s.keys = append(s.keys, (0x155<<30|rnd.Uint64())&mask<<low|uint64(i))
			}
			want := slices.Clone(s.keys)
			slices.Sort(want)
			s.sort(low)
			require.Equal(t, want, s.keys, "%d keys, mask %x", n, mask)
		}
	}
}
