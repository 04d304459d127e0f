package decode

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// columnDict is the dictionary of the current chunk.
type columnDict struct {
	hasDict  bool
	Held     int      // bytes taken from the budget for it, and for what is derived from its values
	dictInts []int64  // its numbers
	dictText string   // its texts or floating-point numbers, each after dictGap bytes
	dictEnds []uint32 // the end of each value in dictText
	dictGap  uint32   // size of the length before each text, in bytes
}

// readDict reads a dictionary page.
func (c *Column) readDict(h pageHeader, packed []byte) error {
	b, err := c.decompress(packed, h.full)
	if err != nil {
		return err
	}
	c.hasDict = true
	if h.encoding != format.Plain && h.encoding != plainDictionary {
		return fmt.Errorf("%w: dictionary in %v", pack.ErrUnsupported, h.encoding)
	}
	if !c.IsText() {
		if h.values > len(b)/c.width() {
			return errDict
		}
		if err := c.Hold(8 * h.values); err != nil {
			return err
		}
		c.Held = 8 * h.values
		c.dictInts = make([]int64, h.values)
		c.plainInts(c.dictInts, b)
		return nil
	}
	if h.values > len(b) {
		return errDict
	}
	// Four bytes for the end of each value, and one for whether it is within prefixes.
	if err := c.Hold(5*h.values + len(b)); err != nil {
		return err
	}
	c.Held = 5*h.values + len(b)
	c.dictEnds = make([]uint32, h.values)
	c.dictText, c.dictGap = string(b), 0
	if width := c.width(); width > 0 {
		if h.values > len(b)/width {
			return errDict
		}
		for i := range c.dictEnds {
			c.dictEnds[i] = uint32(width * (i + 1))
		}
		return nil
	}
	c.dictGap = 4
	at := 0
	for i := range c.dictEnds {
		if len(b)-at < 4 {
			return errDict
		}
		size := binary.LittleEndian.Uint32(b[at:])
		at += 4
		if uint64(size) > uint64(len(b)-at) {
			return errDict
		}
		at += int(size)
		c.dictEnds[i] = uint32(at)
	}
	return nil
}

// errDict is the error for a dictionary that ends too early.
var errDict = fmt.Errorf("%w: truncated dictionary", pack.ErrCorrupt)

// Dict returns text i of the dictionary.
func (c *Column) Dict(i uint32) string {
	start := uint32(0)
	if i > 0 {
		start = c.dictEnds[i-1]
	}
	return c.show(c.dictText[start+c.dictGap : c.dictEnds[i]])
}

// show returns a value as text. Decimals and floating-point numbers are still bytes.
func (c *Column) show(s string) string {
	switch c.Type {
	case format.ByteArray, format.FixedLenByteArray:
		if c.Meaning == Decimal && len(s) <= maxDecimal {
			return c.bytesText(s)
		}
	case format.Float:
		return floatText(float64(math.Float32frombits(uint32(pack.Load32(s, 0)))), 32)
	case format.Double:
		return floatText(math.Float64frombits(pack.Load64(s, 0)), 64)
	}
	return s
}

// DictLen returns the number of values in the dictionary.
func (c *Column) DictLen() int {
	if c.IsText() {
		return len(c.dictEnds)
	}
	return len(c.dictInts)
}
