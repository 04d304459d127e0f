package decode

import (
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

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
			assert.ErrorIs(t, err, pack.ErrCorrupt)
			_, err = newDeltaReader(b, max(n-1, 0))
			if n == 0 {
				continue
			}
			assert.ErrorIs(t, err, pack.ErrCorrupt)
		}
	}
}
