package encode

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArrange(t *testing.T) {
	for _, n := range []int{0, 1, 10, hotValues, hotValues + 1, 5000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, uint64(n)))
			counts := make([]uint32, n)
			numbers := make([]uint32, n)
			for i := range counts {
				counts[i] = 1 + uint32(rnd.ExpFloat64()*100)*rnd.Uint32N(2)*uint32(1+i%3*3000)
				numbers[i] = uint32(i)
			}
			arrange(numbers, counts)
			seen := make(map[uint32]bool)
			for i, x := range numbers {
				assert.False(t, seen[x])
				seen[x] = true
				switch {
				case i == 0 || i == hotValues:
				case i < hotValues:
					assert.GreaterOrEqual(t, counts[numbers[i-1]], counts[x], "the most frequent first")
				default:
					assert.Less(t, numbers[i-1], x, "the rest in order")
				}
			}
			assert.Len(t, seen, n)
		})
	}
}

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
