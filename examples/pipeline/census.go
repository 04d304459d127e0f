package main

import (
	"fmt"
	"hash/maphash"
)

// A census is a summary of a multiset of lines. Two censuses are equal if they
// have the same lines, each as often, in any order. A census takes the same memory
// for any number of lines: it adds up their 128-bit hashes in buckets. If two
// censuses differ, the different lines are in the buckets that differ.
type census struct {
	n       int64 // number of lines
	buckets [bucketCount]sum
}

const bucketCount = 1 << 12

// sum is the sum of the hashes of the lines in a bucket. Different lines have the
// same sum with a probability of 2^-128.
type sum struct{ a, b uint64 }

// hash is the hash of a line.
type hash struct{ a, b uint64 }

func (h hash) bucket() int { return int(h.a % bucketCount) }

// The seeds are random, so that nobody can choose lines that collide.
var seedA, seedB = maphash.MakeSeed(), maphash.MakeSeed()

func hashOf(line []byte) hash {
	return hash{maphash.Bytes(seedA, line), maphash.Bytes(seedB, line)}
}

func newCensus() *census { return new(census) }

// add adds a line.
func (c *census) add(line []byte) {
	h := hashOf(line)
	s := &c.buckets[h.bucket()]
	s.a += h.a
	s.b += h.b
	c.n++
}

// equal reports whether both have the same lines.
func (c *census) equal(d *census) bool { return *c == *d }

// walk calls fn with each line of a set, always in the same order.
type walk func(fn func(line []byte, at place) error) error

// difference is the difference between the lines that went in and the lines that
// came out.
type difference struct {
	lost  int64 // lines that did not come out as often as they went in
	extra int64 // lines that came out more often than they went in

	line    string // the first such line that went in, or else the first that came out
	at      place  // of line
	in, out int64  // how often line went in and came out
}

// String describes the first line that differs.
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

// passes is the number of passes in which compare finds the lines that differ.
// Each pass handles a part of the buckets, so that it keeps only a part of the
// lines in memory.
const passes = 16

// compare returns the difference between two sets of lines whose censuses differ.
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
			// The index of an entry is that in the set with e.in > 0, or else in
			// the other.
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

// entry has the number of times that a line is in each set.
type entry struct {
	index   int64 // of the line in the first set that has it
	in, out int64
}

// differ reports whether the buckets of a pass differ.
func differ(in, out *census, pass int) bool {
	for b := pass; b < bucketCount; b += passes {
		if in.buckets[b] != out.buckets[b] {
			return true
		}
	}
	return false
}

// tally counts the wanted lines of a set. of returns the counter of an entry.
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

// find sets d.line and d.at to the line with an index.
func (d *difference) find(w walk, wanted int64) error {
	index := int64(-1)
	return w(func(line []byte, at place) error {
		if index++; index == wanted {
			d.line, d.at = string(line), at
		}
		return nil
	})
}
