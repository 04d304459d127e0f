package parquet

import (
	"encoding/binary"
	"fmt"
)

// errDelta is the error of differences that end too early or make no sense.
var errDelta = fmt.Errorf("%w: bad DELTA_BINARY_PACKED values", ErrCorrupt)

// deltaReader reads numbers that are written as packed differences: blocks of
// miniblocks, each of its own width. It keeps one number, whatever the header
// says of how many there are. See
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC.
type deltaReader struct {
	b      []byte
	block  int    // numbers of a block
	mini   int    // numbers of a miniblock
	total  int    // numbers left
	last   int64  // the last number
	first  bool   // last is not read yet
	min    int64  // of the block
	widths []byte // of the miniblocks left in the block
	left   int    // numbers left in the miniblock
	packed []byte // rest of the miniblock
	width  int
	acc    uint64 // bits of it, the next ones lowest
	bits   int    // in acc
}

// newDeltaReader reads the header of the differences at the start of b, which
// may be of at most max numbers.
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

// uvarint reads a number; one that is cut short is zero, which no header may
// have first.
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
	if d.total == 0 {
		return 0, errDelta
	}
	d.total--
	if d.first {
		d.first = false
		return d.last, nil
	}
	if d.left == 0 {
		if err := d.nextMini(); err != nil {
			return 0, err
		}
	}
	d.left--
	v, err := d.unpack()
	if err != nil {
		return 0, err
	}
	d.last += d.min + int64(v)
	return d.last, nil
}

// nextMini begins the next miniblock, and the next block before it if need be.
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
	// The last miniblock of a page may be cut where its numbers end.
	n := min(d.mini/8*d.width, len(d.b))
	d.packed, d.b = d.b[:n], d.b[n:]
	d.left, d.acc, d.bits = d.mini, 0, 0
	return nil
}

// unpack returns the next packed number.
func (d *deltaReader) unpack() (uint64, error) {
	var v uint64
	got := 0
	for got < d.width {
		if d.bits == 0 {
			switch {
			case len(d.packed) >= 8:
				d.acc, d.bits = binary.LittleEndian.Uint64(d.packed), 64
				d.packed = d.packed[8:]
			case len(d.packed) > 0:
				d.acc, d.bits = uint64(d.packed[0]), 8
				d.packed = d.packed[1:]
			default:
				return 0, errDelta
			}
		}
		n := min(d.width-got, d.bits)
		v |= d.acc & (1<<n - 1) << got
		d.acc >>= n
		d.bits -= n
		got += n
	}
	return v, nil
}

// end passes over all numbers and returns what stands behind them.
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
	// Miniblocks of the last block that hold no number have no bytes, but for
	// what a careless writer gave them a width for.
	return d.b, nil
}
