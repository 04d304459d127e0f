package pack

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Parquet encodes levels and dictionary indices as a hybrid of run lengths and
// bit packing. A run is a header and its values. An even header is twice the
// length of a run of one value. An odd header is twice the number of groups of
// eight packed values, plus one. See
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE.

// minRun is the length of the shortest run that is written as one. Shorter runs
// between packed values make the compressed page larger.
const minRun = 64

// IndexWidth returns the width in bits of the indices into a dictionary of n
// values. Widths above 4 are whole bytes: the page is larger, but compresses to
// less.
func IndexWidth(n int) int {
	if n <= 1 {
		return 0
	}
	w := bits.Len(uint(n - 1))
	if w <= 4 {
		return w
	}
	return (w + 7) &^ 7
}

// AppendHybrid appends values in the hybrid encoding. The width is at most 32
// bits.
func AppendHybrid(b []byte, values []uint32, width int) []byte {
	if width == 0 {
		return binary.AppendUvarint(b, uint64(len(values))<<1)
	}
	for start := 0; start < len(values); {
		// Packed values are in groups of eight, so a run begins at a multiple
		// of eight from here.
		at, run := start, 0
		for ; at+minRun <= len(values); at += 8 {
			// This check rejects almost everything that is not a run.
			if v := values[at]; v != values[at+minRun-1] || v != values[at+minRun/2] {
				continue
			}
			if run = runLength(values[at:]); run >= minRun {
				break
			}
		}
		if at+minRun > len(values) {
			at = len(values)
		}
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

// runLength returns the number of equal values at the start of s.
func runLength(s []uint32) int {
	for i, v := range s {
		if v != s[0] {
			return i
		}
	}
	return len(s)
}

// appendPacked appends one run of packed values, padded with zeros to a multiple
// of eight values.
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
		for len(values) >= 8 && width <= 8 {
			var acc uint64
			for i, v := range values[:8] {
				acc |= uint64(v) << (i * width & 63)
			}
			b = append(b, byte(acc), byte(acc>>8), byte(acc>>16), byte(acc>>24), byte(acc>>32), byte(acc>>40), byte(acc>>48), byte(acc>>56))
			b = b[:len(b)-8+width]
			values = values[8:]
		}
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

// Hybrid decodes the hybrid encoding. Set B to the encoded bytes and Width to
// the width of the values in bits.
type Hybrid struct {
	B      []byte // bytes after the current run
	Width  int
	value  uint32 // the value of the current run of one value
	run    int    // values left in that run
	packed []byte // the current packed run
	at     int    // where its next value is, in bits
	left   int    // values left in it
}

// errIndices is the error of indices and levels that end too early, or of a
// value with more than Width bits.
var errIndices = fmt.Errorf("%w: indices or levels truncated or too wide", ErrCorrupt)

// Read fills dst with the next values. It returns an error that wraps ErrCorrupt
// if there are fewer.
func (h *Hybrid) Read(dst []uint32) error {
	for len(dst) > 0 {
		switch {
		case h.run > 0:
			n := min(h.run, len(dst))
			for i := range dst[:n] {
				dst[i] = h.value
			}
			h.run -= n
			dst = dst[n:]
		case h.left > 0:
			n := min(h.left, len(dst))
			if err := h.unpack(dst[:n]); err != nil {
				return err
			}
			h.left -= n
			dst = dst[n:]
		default:
			if err := h.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadNulls is Read for n levels of one bit, those of the rows from the given one on. It
// adds the rows whose level is 0 to nulls, which must have room for them, and returns the
// number of the others.
func (h *Hybrid) ReadNulls(nulls Bitmap, row, n int) (present int, err error) {
	for end := row + n; row < end; {
		k := min(end-row, 64)
		var zeros uint64 // of the next k levels
		switch {
		case h.run > 0:
			if h.value != 0 {
				k = end - row
			}
			k = min(k, h.run)
			h.run -= k
			zeros = uint64(h.value) - 1
		case h.left > 0:
			if h.at>>3 >= len(h.packed) {
				return 0, errIndices
			}
			if b := h.packed[h.at>>3:]; len(b) >= 8 {
				k = min(k, 64-h.at&7)
				zeros = ^binary.LittleEndian.Uint64(b) >> (h.at & 7)
			} else {
				k = min(k, 8-h.at&7)
				zeros = ^uint64(b[0]) >> (h.at & 7)
			}
			k = min(k, h.left)
			h.left -= k
			h.at += k
		default:
			if err := h.next(); err != nil {
				return 0, err
			}
			continue
		}
		present += k
		if zeros &= 1<<k - 1; zeros != 0 {
			present -= bits.OnesCount64(zeros)
			nulls.set(row, zeros)
		}
		row += k
	}
	return present, nil
}

// next reads the header of a run.
func (h *Hybrid) next() error {
	head, n := binary.Uvarint(h.B)
	if n <= 0 || head>>1 > math.MaxInt32 {
		return errIndices
	}
	h.B = h.B[n:]
	if head&1 != 0 {
		if head>>1 > math.MaxInt32/32 {
			return errIndices
		}
		groups := int(head >> 1)
		n := min(groups*h.Width, len(h.B))
		h.packed, h.B = h.B[:n], h.B[n:]
		h.left, h.at = groups*8, 0
		return nil
	}
	h.run, h.value = int(head>>1), 0
	n = (h.Width + 7) / 8
	if n > len(h.B) {
		return errIndices
	}
	for i, c := range h.B[:n] {
		h.value |= uint32(c) << (8 * i)
	}
	h.B = h.B[n:]
	if uint64(h.value)>>h.Width != 0 {
		return errIndices
	}
	return nil
}

// unpack fills dst with the next packed values. The last run of a page may lack
// the bytes of its padding.
func (h *Hybrid) unpack(dst []uint32) error {
	width := h.Width
	if width == 0 {
		clear(dst)
		return nil
	}
	if h.at+width*len(dst) > 8*len(h.packed) {
		return errIndices
	}
	b := h.packed[h.at>>3:]
	shift := h.at & 7
	h.at += width * len(dst)
	switch width {
	case 8:
		for ; len(dst) >= 8; b, dst = b[8:], dst[8:] {
			v, d := binary.LittleEndian.Uint64(b), dst[:8]
			d[0], d[1], d[2], d[3] = uint32(v&0xff), uint32(v>>8&0xff), uint32(v>>16&0xff), uint32(v>>24&0xff)
			d[4], d[5], d[6], d[7] = uint32(v>>32&0xff), uint32(v>>40&0xff), uint32(v>>48&0xff), uint32(v>>56)
		}
	case 16:
		for ; len(dst) >= 4; b, dst = b[8:], dst[4:] {
			v, d := binary.LittleEndian.Uint64(b), dst[:4]
			d[0], d[1], d[2], d[3] = uint32(v&0xffff), uint32(v>>16&0xffff), uint32(v>>32&0xffff), uint32(v>>48)
		}
	}
	// A value and the bits before it in its byte are in eight bytes, if there are as many.
	whole := 0
	if len(b) >= 8 {
		whole = min(len(dst), max(0, (8*(len(b)-8)-shift)/width+1))
	}
	mask := uint64(1)<<width - 1
	at, w := uint(shift), uint(width)
	i := 0
	for each := 56 / width; each > 1 && i+each <= whole; i += each { // of each eight bytes
		v := binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7)
		for k := range dst[i : i+each] {
			dst[i+k] = uint32(v & mask)
			v >>= w & 63
		}
		at += uint(each) * w
	}
	for ; i < whole; i++ {
		dst[i] = uint32(binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7) & mask)
		at += w
	}
	for ; i < len(dst); i++ {
		var v uint64
		for k, c := range b[at>>3 : (at+w+7)>>3] {
			v |= uint64(c) << (8 * k)
		}
		dst[i] = uint32(v >> (at & 7) & mask)
		at += w
	}
	return nil
}
