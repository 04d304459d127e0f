package parquet

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomRuns returns values below 1<<width in runs of all lengths.
func randomRuns(rnd *rand.Rand, n, width int) []uint32 {
	s := []uint32{}
	for len(s) < n {
		v := uint32(rnd.Uint64() & (1<<width - 1))
		run := 1
		if rnd.IntN(3) == 0 {
			run = 1 + rnd.IntN(300)
		}
		for range min(run, n-len(s)) {
			s = append(s, v)
		}
	}
	return s
}

func TestHybrid(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for width := 0; width <= 32; width++ {
		for _, n := range []int{0, 1, 7, 8, 9, 63, 64, 65, 1000, 5000} {
			values := randomRuns(rnd, n, width)
			b := appendHybrid(nil, values, width)
			for _, step := range []int{1, 3, 1000, 5000} {
				h := hybrid{b: b, width: width}
				got := make([]uint32, n)
				for from := 0; from < n; from += step {
					require.NoError(t, h.read(got[from:min(from+step, n)]))
				}
				require.Equal(t, values, got, "width %d, %d values", width, n)
			}
			if n >= 1000 && width > 0 {
				h := hybrid{b: b[:len(b)/2], width: width}
				assert.ErrorIs(t, h.read(make([]uint32, n)), ErrCorrupt)
			}
		}
	}
}

func TestIndexWidth(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 2, 16: 4, 17: 8, 256: 8, 257: 16, 65536: 16, 65537: 24, 1 << 24: 24} {
		assert.Equal(t, want, indexWidth(n), n)
	}
}

func TestDelta(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 128, 129, 130, 1000} {
		for shift := 0; shift < 64; shift += 7 {
			values := make([]int64, n)
			for i := range values {
				values[i] = int64(rnd.Uint64()) >> shift
			}
			b, err := new(delta.BinaryPackedEncoding).EncodeInt64(nil, values)
			require.NoError(t, err)
			d, err := newDeltaReader(append(b, "rest"...), n)
			require.NoError(t, err)
			rest, err := d.end()
			require.NoError(t, err)
			assert.Equal(t, "rest", string(rest))
			for i, v := range values {
				got, err := d.next()
				require.NoError(t, err)
				require.Equal(t, v, got, "%d of %d", i, n)
			}
			_, err = d.next()
			assert.ErrorIs(t, err, ErrCorrupt)
			_, err = newDeltaReader(b, max(n-1, 0))
			if n == 0 {
				continue
			}
			assert.ErrorIs(t, err, ErrCorrupt)
		}
	}
}

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
