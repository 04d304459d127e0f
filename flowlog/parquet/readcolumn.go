package parquet

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// readColumn is a column of the file, and how its values become values of records.
type readColumn struct {
	decode.Column
	index   int // index in the file
	field   flowlog.Field
	own     bool    // this package wrote the file: "None" is a value
	read    bool    // records get its values
	within  *within // filter for its values, nil if there is none
	matches []uint8 // by value of the dictionary: 1 if it passes within
	// What follows are values of the dictionary, by index, if there is memory for them.
	// texts are those of KindText, empty if Record.Set has not judged them. addrs are IPv4
	// addresses, or if below maxOthers, one more than an index in others. 0 is an address
	// that Record.Set has not judged. ports are those of KindPort, if all are in the range.
	kept   bool // they have been prepared
	texts  []string
	addrs  [][4]byte
	others []netip.Addr
	ports  []uint16
}

// maxOthers is the maximum number of addresses of a dictionary that are kept as others. The
// IPv4 addresses below it are for networks that have no address yet.
const maxOthers = 1 << 24

// isNull reports whether a row of the batch is null.
func (c *readColumn) isNull(i int) bool { return c.Batch.Nulls.Has(i) }

// none reports whether a text means that there is no value. In files of this package "None"
// is a value, because a tag may be "None".
func (c *readColumn) none(s string) bool { return s == "" || s == "-" || s == "None" && !c.own }

// setText sets the field of rec to the value of a row, for a column of text.
func (c *readColumn) setText(rec *flowlog.Record, i int) error {
	if c.isNull(i) {
		return nil
	}
	s := c.At(c.Batch.Codes[i])
	if c.none(s) {
		return nil
	}
	return rec.Set(c.field, s)
}

// setInt sets the field of rec to the value of a row, for a column of numbers.
func (c *readColumn) setInt(rec *flowlog.Record, i int) error {
	if c.isNull(i) {
		return nil
	}
	v := c.Number(i)
	switch {
	case c.field.Type() == flowlog.TypeString:
		return rec.Set(c.field, c.Text(v))
	case c.Meaning == decode.Timestamp:
		v = c.Seconds(v)
	}
	return rec.SetInt(c.field, v)
}

// extra returns the value of a row as Record.Extra has it, for a column of unknown name.
func (c *readColumn) extra(i int) string {
	if c.isNull(i) {
		return "-"
	}
	if !c.IsText() {
		return c.Text(c.Number(i))
	}
	s := c.At(c.Batch.Codes[i])
	switch {
	case c.none(s):
		return "-"
	case strings.ContainsAny(s, " \t\r\n"): // it would become two values
		return blanks.Replace(s)
	}
	return s
}

// blanks percent-encodes white space, as AWS does in the values of tags.
var blanks = strings.NewReplacer(" ", "%20", "\t", "%09", "\r", "%0D", "\n", "%0A")

// keepAddr keeps what the value of a code is, if the memory budget allows it.
func (c *readColumn) keepAddr(code uint32, a netip.Addr) {
	const addrSize = 2 * 24 // append may allocate twice what it needs
	if int(code) < len(c.addrs) && len(c.others) < maxOthers-1 && c.hold(addrSize) {
		c.others = append(c.others, a)
		binary.BigEndian.PutUint32(c.addrs[code][:], uint32(len(c.others)))
	}
}

// hold takes memory for values of the dictionary from the budget. It reports false if there
// is not enough.
func (c *readColumn) hold(size int) bool {
	if c.Hold(size) != nil {
		return false
	}
	c.Held += size
	return true
}
