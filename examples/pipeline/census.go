package main

import (
	"fmt"
	"hash/maphash"
)

// A census tells whether two sets of lines are the same, in any order, each line
// as often in one as in the other. It takes the same memory for any number of
// lines: it adds up their 128-bit hashes, in buckets. Where two censuses differ,
// the lines at fault are in the buckets that differ.
type census struct {
	n       int64
	buckets [bucketCount]sum
}

const bucketCount = 1 << 12

// sum is the sum of the hashes of lines. An added or missing line changes it,
// except with a probability of 2^-128.
type sum struct{ a, b uint64 }

// hash is of one line.
type hash struct{ a, b uint64 }

func (h hash) bucket() int { return int(h.a % bucketCount) }

// Each process has seeds of its own, so that nobody can make lines that collide.
var seedA, seedB = maphash.MakeSeed(), maphash.MakeSeed()

func hashOf(line []byte) hash {
	return hash{maphash.Bytes(seedA, line), maphash.Bytes(seedB, line)}
}

func newCensus() *census { return new(census) }

// add counts a line.
func (c *census) add(line []byte) {
	h := hashOf(line)
	s := &c.buckets[h.bucket()]
	s.a += h.a
	s.b += h.b
	c.n++
}

// equal reports whether both have counted the same lines.
func (c *census) equal(d *census) bool { return *c == *d }

// walk calls fn with each line. Each walk has the same lines in the same order.
type walk func(fn func(line []byte, at place) error) error

// difference is how what came out differs from what went in.
type difference struct {
	lost  int64 // lines that went in, and came out less often or not at all
	extra int64 // lines that came out, and went in less often or not at all

	line    string // the first line that went in and is lost or there too often; else the first that is extra
	at      place
	in, out int64 // how often that line went in and came out
}

// String names the first line at fault.
func (d *difference) String() string {
	text := d.line
	if len(text) > 160 {
		text = text[:160] + "…"
	}
	var what string
	switch {
	case d.in == 0:
		what = fmt.Sprintf("%s was never sent", d.at)
	case d.out == 0:
		what = fmt.Sprintf("%s did not come out", d.at)
	default:
		what = fmt.Sprintf("%s, which went in %d times, came out %d times", d.at, d.in, d.out)
	}
	return fmt.Sprintf("%s: %q (%d lines lost, %d lines too many)", what, text, d.lost, d.extra)
}

// passes is how many passes find the lines at fault. Each looks at its share of
// the buckets, and keeps at most that share of the lines.
const passes = 16

// compare finds how two sets of lines differ whose censuses differ.
func compare(in, out *census, walkIn, walkOut walk) (*difference, error) {
	d := new(difference)
	firstIn, firstOut := int64(-1), int64(-1)
	for pass := range passes {
		counts := map[hash]*entry{}
		wanted := func(h hash) bool {
			b := h.bucket()
			return b%passes == pass && in.buckets[b] != out.buckets[b]
		}
		if !differ(in, out, pass) {
			continue
		}
		if err := tally(walkIn, wanted, counts, func(e *entry) *int64 { return &e.in }); err != nil {
			return nil, err
		}
		if err := tally(walkOut, wanted, counts, func(e *entry) *int64 { return &e.out }); err != nil {
			return nil, err
		}
		for _, e := range counts {
			switch {
			case e.in == e.out:
				continue
			case e.in > e.out:
				d.lost += e.in - e.out
			default:
				d.extra += e.out - e.in
			}
			// An entry has its place in the set where it was seen first.
			if e.in > 0 && (firstIn < 0 || e.index < firstIn) {
				firstIn, d.in, d.out = e.index, e.in, e.out
			}
			if e.in == 0 && (firstOut < 0 || e.index < firstOut) {
				firstOut = e.index
			}
		}
	}
	switch {
	case firstIn >= 0:
		return d, d.find(walkIn, firstIn)
	case firstOut >= 0:
		return d, d.find(walkOut, firstOut)
	}
	return d, nil
}

// entry is how often a line is in both sets.
type entry struct {
	index   int64 // of the line in the set where it was seen first
	in, out int64
}

// differ reports whether there is anything to look for in a pass.
func differ(in, out *census, pass int) bool {
	for b := pass; b < bucketCount; b += passes {
		if in.buckets[b] != out.buckets[b] {
			return true
		}
	}
	return false
}

// tally counts the wanted lines of a set.
func tally(w walk, wanted func(hash) bool, counts map[hash]*entry, of func(*entry) *int64) error {
	index := int64(-1)
	return w(func(line []byte, _ place) error {
		index++
		h := hashOf(line)
		if !wanted(h) {
			return nil
		}
		e := counts[h]
		if e == nil {
			e = &entry{index: index}
			counts[h] = e
		}
		*of(e)++
		return nil
	})
}

// find fills in the line with an index.
func (d *difference) find(w walk, wanted int64) error {
	index := int64(-1)
	return w(func(line []byte, at place) error {
		if index++; index == wanted {
			d.line, d.at = string(line), at
		}
		return nil
	})
}
