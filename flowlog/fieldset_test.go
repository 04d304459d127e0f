package flowlog

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFieldSet compares sets with a map.
func TestFieldSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var set FieldSet
	model := map[Field]bool{}
	for range 5000 {
		f := Field(rng.IntN(80)) // some of these are not fields
		if rng.IntN(2) == 0 {
			set = set.With(f)
			if f != 0 && f < fieldEnd {
				model[f] = true
			}
		} else {
			set = set.Without(f)
			delete(model, f)
		}
		require.Equal(t, len(model), set.Len())
		var want []Field
		for f := range Fields() {
			require.Equal(t, model[f], set.Has(f))
			if model[f] {
				want = append(want, f)
			}
		}
		require.Equal(t, want, slices.Collect(set.All()))
		require.Equal(t, set, FieldSetOf(want...))
	}
}

func TestFieldSetAlgebra(t *testing.T) {
	a := FieldSetOf(FieldVersion, FieldBytes, FieldTGWID)
	b := FieldSetOf(FieldBytes, FieldPacketsLostTTLExpired)
	assert.Equal(t, FieldSetOf(FieldVersion, FieldBytes, FieldTGWID, FieldPacketsLostTTLExpired), a.Union(b))
	assert.True(t, a.Union(b).Contains(a))
	assert.True(t, a.Union(b).Contains(b))
	assert.False(t, a.Contains(b))
	assert.True(t, a.Contains(FieldSet{}))
	assert.True(t, a.overlaps(b))
	assert.False(t, a.Without(FieldBytes).overlaps(b))
	assert.Equal(t, a, a.With(0).With(fieldEnd).With(255).Without(0).Without(255))
	assert.Equal(t, a, FieldSetOf(FieldTGWID, FieldBytes, FieldVersion), "the order of additions does not matter")
	assert.Zero(t, FieldSet{}.Len())
	for f := range a.All() {
		assert.Equal(t, FieldVersion, f)
		break
	}
	for _, f := range []Field{0, 73, 127, 128, 200, 255} {
		assert.False(t, FieldSetOf(slices.Collect(Fields())...).Has(f))
	}
}
