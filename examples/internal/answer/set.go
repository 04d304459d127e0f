package answer

import "iter"

// set holds counts by key: in a slice while there are few, then in a map. Most
// rows have few members.
type set[K comparable] struct {
	few  []entry[K]
	many map[K]*count
}

type entry[K comparable] struct {
	key K
	count
}

// count is what a member of a row has.
type count struct{ count, bytes int64 }

// maxFew is how many members are looked for one after the other.
const maxFew = 8

// add adds to a member. It reports false if the member is new and room says that
// there is no room for it.
func (s *set[K]) add(key K, n count, room func() bool) bool {
	c := s.get(key)
	if c == nil {
		if !room() {
			return false
		}
		c = s.insert(key)
	}
	c.count += n.count
	c.bytes += n.bytes
	return true
}

func (s *set[K]) get(key K) *count {
	if s.many != nil {
		return s.many[key]
	}
	for i := range s.few {
		if s.few[i].key == key {
			return &s.few[i].count
		}
	}
	return nil
}

func (s *set[K]) insert(key K) *count {
	if s.many == nil && len(s.few) < maxFew {
		s.few = append(s.few, entry[K]{key: key})
		return &s.few[len(s.few)-1].count
	}
	if s.many == nil {
		s.many = make(map[K]*count)
		for _, e := range s.few {
			s.many[e.key] = &count{e.count.count, e.bytes}
		}
		s.few = nil
	}
	c := new(count)
	s.many[key] = c
	return c
}

func (s *set[K]) len() int { return len(s.few) + len(s.many) }

// all yields the members in any order.
func (s *set[K]) all() iter.Seq2[K, count] {
	return func(yield func(K, count) bool) {
		for _, e := range s.few {
			if !yield(e.key, e.count) {
				return
			}
		}
		for k, c := range s.many {
			if !yield(k, *c) {
				return
			}
		}
	}
}
