package parquet

import (
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
	own     bool    // this package wrote the file: everything that is not null is a value
	read    bool    // records get its values
	within  *within // filter for its values, nil if there is none
	matches []uint8 // by value of the dictionary: 1 if it passes within
	// Parsed values of the dictionary, by index. A zero Addr or an empty text has not
	// been parsed. Columns of addresses use addrs, other columns of text use texts.
	addrs []netip.Addr
	texts []string
}

// isNull reports whether a row of the batch is null.
func (c *readColumn) isNull(i int) bool { return c.Batch.Nulls && c.Batch.Levels[i] == 0 }

// none reports whether a text means that there is no value. In files of this package only
// null does, because a tag may be "None".
func (c *readColumn) none(s string) bool { return !c.own && (s == "" || s == "-" || s == "None") }

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
	case s == "" || c.none(s):
		return "-"
	case strings.ContainsAny(s, " \t\r\n"): // it would become two values
		return blanks.Replace(s)
	}
	return s
}

// blanks percent-encodes white space, as AWS does in the values of tags.
var blanks = strings.NewReplacer(" ", "%20", "\t", "%09", "\r", "%0D", "\n", "%0A")

// keep allocates addrs or texts for the dictionary, if the memory budget allows it.
func (c *readColumn) keep() {
	const addrSize, textSize = 24, 16 // of a netip.Addr and of a string
	n := c.DictLen()
	isAddr := c.field.Kind() == flowlog.KindAddr
	if max(len(c.addrs), len(c.texts)) == n || c.field.Type() != flowlog.TypeString {
		return
	}
	size := textSize * n
	if isAddr {
		size = addrSize * n
	}
	if c.Hold(size) != nil {
		return
	}
	c.Held += size
	if isAddr {
		c.addrs = make([]netip.Addr, n)
	} else {
		c.texts = make([]string, n)
	}
}
