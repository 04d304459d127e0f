package pack

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomRuns returns values below 1<<width in runs of different lengths.
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
			b := AppendHybrid(nil, values, width)
			for _, step := range []int{1, 3, 1000, 5000} {
				h := Hybrid{B: b, Width: width}
				got := make([]uint32, n)
				for from := 0; from < n; from += step {
					require.NoError(t, h.Read(got[from:min(from+step, n)]))
				}
				require.Equal(t, values, got, "width %d, %d values", width, n)
			}
			if n >= 1000 && width > 0 {
				h := Hybrid{B: b[:len(b)/2], Width: width}
				assert.ErrorIs(t, h.Read(make([]uint32, n)), ErrCorrupt)
			}
		}
	}
}

func TestReadNulls(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		values := randomRuns(rnd, 3000, 1)
		for _, step := range []int{1, 7, 100, 3000} {
			h := Hybrid{B: AppendHybrid(nil, values, 1), Width: 1}
			got, ones := make(Bitmap, (len(values)+63)/64), 0
			for from := 0; from < len(values); from += step {
				n, err := h.ReadNulls(got, from, min(step, len(values)-from))
				require.NoError(t, err)
				ones += n
			}
			want, last := 0, -1
			for row, v := range values {
				want += int(v)
				require.Equal(t, v == 0, got.Has(row))
				if last >= 0 {
					require.Equal(t, last, got.Before(row))
				}
				if v == 0 {
					last = row
				}
			}
			require.Equal(t, want, ones)
		}
	}
	for _, short := range [][]byte{{8, 1}, {3}, {}} {
		_, err := (&Hybrid{B: short, Width: 1}).ReadNulls(make(Bitmap, 1), 0, 5)
		assert.ErrorIs(t, err, ErrCorrupt)
	}
}

func TestIndexWidth(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 2, 16: 4, 17: 8, 256: 8, 257: 16, 65536: 16, 65537: 24, 1 << 24: 24} {
		assert.Equal(t, want, IndexWidth(n), n)
	}
}
