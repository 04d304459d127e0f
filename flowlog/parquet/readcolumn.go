package parquet

import (
	"net/netip"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// readColumn is a column of the file and what becomes of it.
type readColumn struct {
	decode.Column
	index   int // in the file
	field   flowlog.Field
	own     bool    // the file is one of this package: all that is not null is a value
	read    bool    // its values are wanted in records
	within  *within // its values must pass this, if it is not nil
	matches []uint8 // of each value of the dictionary, 1 if it does
	// What values of the dictionary have been found to be; the zero Addr or an empty text
	// where nobody looked yet. One of the two is used.
	addrs []netip.Addr
	texts []string
}

// isNull reports whether a row of the batch is null.
func (c *readColumn) isNull(i int) bool { return c.Batch.Nulls && c.Batch.Levels[i] == 0 }

// none reports whether a text stands for no value, in a file of somebody else:
// ours have null for that, and a tag may well be "None".
func (c *readColumn) none(s string) bool { return !c.own && (s == "" || s == "-" || s == "None") }

// setText gives the record the value of a column of text.
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

// setInt gives the record the value of a column of numbers.
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

// extra returns the value of a column of unknown name as it is in Record.Extra.
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
	case strings.ContainsAny(s, " \t\r\n"): // it would be two values in a record
		return blanks.Replace(s)
	}
	return s
}

// blanks percent-encodes white space, as AWS does in the values of tags.
var blanks = strings.NewReplacer(" ", "%20", "\t", "%09", "\r", "%0D", "\n", "%0A")

// keep makes room for what the values of the dictionary are, unless that would
// take more memory than there may be.
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
