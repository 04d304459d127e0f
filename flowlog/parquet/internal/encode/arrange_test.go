package encode

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
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
