package flowlog

import (
	"iter"
	"math/bits"
)

// FieldSet is a set of fields. The zero FieldSet is empty. Sets are immutable and can
// be compared with ==.
type FieldSet struct {
	lo, hi uint64 // bit f of lo, or bit f-64 of hi, is set for each field f
}

// FieldSetOf returns the set of the given fields. Values that are not fields are
// ignored.
func FieldSetOf(fields ...Field) FieldSet {
	var s FieldSet
	for _, f := range fields {
		s = s.With(f)
	}
	return s
}

// Has reports whether f is in the set.
func (s FieldSet) Has(f Field) bool {
	if f < 64 {
		return s.lo>>f&1 != 0
	}
	return s.hi>>(f-64)&1 != 0
}

// With returns the set with f added. It returns s if f is not a field.
func (s FieldSet) With(f Field) FieldSet {
	b := bit(f)
	return FieldSet{s.lo | b.lo, s.hi | b.hi}
}

// Without returns the set with f removed.
func (s FieldSet) Without(f Field) FieldSet {
	b := bit(f)
	return FieldSet{s.lo &^ b.lo, s.hi &^ b.hi}
}

// Union returns the set of the fields that are in s, in t or in both.
func (s FieldSet) Union(t FieldSet) FieldSet { return FieldSet{s.lo | t.lo, s.hi | t.hi} }

// Contains reports whether every field of t is in s.
func (s FieldSet) Contains(t FieldSet) bool { return t.lo&^s.lo == 0 && t.hi&^s.hi == 0 }

// overlaps reports whether any field is in both sets.
func (s FieldSet) overlaps(t FieldSet) bool { return s.lo&t.lo|s.hi&t.hi != 0 }

// Len returns the number of fields in the set.
func (s FieldSet) Len() int { return bits.OnesCount64(s.lo) + bits.OnesCount64(s.hi) }

// All returns an iterator over the fields of the set in the order of the constants.
func (s FieldSet) All() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for s != (FieldSet{}) {
			f := s.first()
			s = s.Without(f)
			if !yield(f) {
				return
			}
		}
	}
}

// first returns the first field of the set, which must not be empty.
func (s FieldSet) first() Field {
	if s.lo != 0 {
		return Field(bits.TrailingZeros64(s.lo))
	}
	return Field(64 + bits.TrailingZeros64(s.hi))
}

// bit returns the set of f alone, or the empty set if f is not a field.
func bit(f Field) FieldSet {
	if f == 0 || f >= fieldEnd {
		return FieldSet{}
	}
	if f < 64 {
		return FieldSet{lo: 1 << f}
	}
	return FieldSet{hi: 1 << (f - 64)}
}
