package decode

import (
	"encoding/binary"
	"fmt"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// errDelta is the error for differences that end too early or are invalid.
var errDelta = fmt.Errorf("%w: bad DELTA_BINARY_PACKED values", pack.ErrCorrupt)

// deltaReader reads numbers that are stored as bit-packed differences, in blocks of
// miniblocks, each with its own width. It keeps only the last number in memory, whatever
// count the header claims. See
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC.
type deltaReader struct {
	b      []byte
	block  int    // numbers in a block
	mini   int    // numbers in a miniblock
	total  int    // numbers left in the page
	last   int64  // the last number, or the first one before it was returned
	first  bool   // the first number has not been returned
	min    int64  // minimum difference of the block
	widths []byte // widths of the miniblocks left in the block, in bits
	left   int    // numbers left in the miniblock
	packed []byte // the miniblock
	width  int    // width of its numbers, in bits
	at     int    // offset of its next number, in bits
}

// newDeltaReader reads the header at the start of b. There may be at most max numbers.
func newDeltaReader(b []byte, max int) (*deltaReader, error) {
	d := &deltaReader{b: b, first: true}
	block, minis, total := d.uvarint(), d.uvarint(), d.uvarint()
	last, n := binary.Varint(d.b)
	if n <= 0 || minis == 0 || block == 0 || block > 1<<16 || block%minis != 0 || block/minis%8 != 0 || total > uint64(max) {
		return nil, errDelta
	}
	d.b = d.b[n:]
	d.block, d.mini, d.total, d.last = int(block), int(block/minis), int(total), last
	return d, nil
}

// uvarint reads a number of the header. It returns 0 for a truncated one, which is not
// valid as the first number.
func (d *deltaReader) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b = nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// next returns the next number.
func (d *deltaReader) next() (int64, error) {
	var one [1]int64
	err := d.read(one[:])
	return one[0], err
}

// read fills dst with the next numbers.
func (d *deltaReader) read(dst []int64) error {
	if len(dst) > d.total {
		return errDelta
	}
	d.total -= len(dst)
	if d.first && len(dst) > 0 {
		d.first = false
		dst[0] = d.last
		dst = dst[1:]
	}
	for len(dst) > 0 {
		if d.left == 0 {
			if err := d.nextMini(); err != nil {
				return err
			}
		}
		n := min(d.left, len(dst))
		if err := d.unpack(dst[:n]); err != nil {
			return err
		}
		last := d.last
		for i, v := range dst[:n] {
			last += d.min + v
			dst[i] = last
		}
		d.last = last
		d.left -= n
		dst = dst[n:]
	}
	return nil
}

// nextMini starts the next miniblock, and the next block if necessary.
func (d *deltaReader) nextMini() error {
	if len(d.widths) == 0 {
		min, n := binary.Varint(d.b)
		if n <= 0 || len(d.b)-n < d.block/d.mini {
			return errDelta
		}
		d.min = min
		d.widths, d.b = d.b[n:n+d.block/d.mini], d.b[n+d.block/d.mini:]
	}
	d.width = int(d.widths[0])
	d.widths = d.widths[1:]
	if d.width > 64 {
		return errDelta
	}
	// The last miniblock of a page may end after its last number.
	n := min(d.mini/8*d.width, len(d.b))
	d.packed, d.b = d.b[:n], d.b[n:]
	d.left, d.at = d.mini, 0
	return nil
}

// unpack fills dst with the next packed differences of the miniblock.
func (d *deltaReader) unpack(dst []int64) error {
	if d.at+d.width*len(dst) > 8*len(d.packed) {
		return errDelta
	}
	mask := uint64(1)<<d.width - 1
	for i := 0; i < len(dst); {
		b, shift := d.packed[d.at>>3:], d.at&7
		if len(b) >= 8 && shift+d.width <= 64 {
			// All complete numbers of the word.
			word := binary.LittleEndian.Uint64(b) >> shift
			n := len(dst) - i
			if d.width > 0 {
				n = min(n, (64-shift)/d.width)
			}
			for k := range dst[i : i+n] {
				dst[i+k] = int64(word & mask)
				word >>= d.width
			}
			d.at += n * d.width
			i += n
			continue
		}
		var v uint64
		for have := -shift; have < d.width; have += 8 {
			if have < 0 {
				v = uint64(b[0]) >> shift
			} else {
				v |= uint64(b[0]) << have
			}
			b = b[1:]
		}
		dst[i] = int64(v & mask)
		d.at += d.width
		i++
	}
	return nil
}

// end skips all numbers and returns the bytes after them.
func (d deltaReader) end() ([]byte, error) {
	for d.total > 0 {
		if d.first || d.left > 0 {
			n := min(d.total, max(d.left, 1))
			if d.first {
				d.first, n = false, 1
			} else {
				d.left -= n
			}
			d.total -= n
			continue
		}
		if err := d.nextMini(); err != nil {
			return nil, err
		}
	}
	// Miniblocks of the last block that hold no number should have no bytes. Some
	// writers give them a width all the same.
	return d.b, nil
}
