package parquet

import (
	"encoding/binary"
	"math/bits"
)

// The hybrid of run lengths and bit packing, in which Parquet writes levels and
// dictionary indices. A run is a header and its values: an even header is
// twice the length of a run of one value, an odd one twice the number of groups
// of eight packed values. See
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE.

// minRun is the shortest run written as one. Shorter ones would break up packed
// values, and with them what the codec finds in those.
const minRun = 64

// indexWidth returns the width in bits in which the indices of a dictionary are
// written. Above 4 bits that is a whole number of bytes: the codec that follows
// sees the values in place, which more than pays for the bits.
func indexWidth(n int) int {
	if n <= 1 {
		return 0
	}
	w := bits.Len(uint(n - 1))
	if w <= 4 {
		return w
	}
	return (w + 7) &^ 7
}

// appendHybrid appends values of a width of at most 32 bits.
func appendHybrid(b []byte, values []uint32, width int) []byte {
	if width == 0 {
		return binary.AppendUvarint(b, uint64(len(values))<<1)
	}
	for start := 0; start < len(values); {
		// Packed values go in groups of eight, so a run begins at a multiple
		// of eight from here.
		at, run := start, 0
		for at < len(values) {
			if run = runLength(values[at:]); run >= minRun {
				break
			}
			at += max(8, (run-1)&^7)
		}
		at = min(at, len(values))
		if at > start {
			b = appendPacked(b, values[start:at], width)
		}
		if start = at; start < len(values) {
			b = binary.AppendUvarint(b, uint64(run)<<1)
			for i := 0; i < width; i += 8 {
				b = append(b, byte(values[start]>>i))
			}
			start += run
		}
	}
	return b
}

// runLength returns how many values at the start of s are equal.
func runLength(s []uint32) int {
	for i, v := range s {
		if v != s[0] {
			return i
		}
	}
	return len(s)
}

// appendPacked appends one run of packed values, filled up with zeros to a
// multiple of eight.
func appendPacked(b []byte, values []uint32, width int) []byte {
	groups := (len(values) + 7) / 8
	b = binary.AppendUvarint(b, uint64(groups)<<1|1)
	end := len(b) + groups*width
	switch width {
	case 8:
		for _, v := range values {
			b = append(b, byte(v))
		}
	case 16:
		for _, v := range values {
			b = append(b, byte(v), byte(v>>8))
		}
	default:
		var acc uint64
		n := 0
		for _, v := range values {
			acc |= uint64(v) << n
			for n += width; n >= 8; n -= 8 {
				b = append(b, byte(acc))
				acc >>= 8
			}
		}
		if n > 0 {
			b = append(b, byte(acc))
		}
	}
	for len(b) < end {
		b = append(b, 0)
	}
	return b
}
