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
	// addrs are the addresses that values of the dictionary have been found to
	// be; the zero Addr where nobody looked yet.
	addrs []netip.Addr
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
	code := c.Batch.Codes[i]
	if int(code) < len(c.addrs) && c.addrs[code].IsValid() {
		return rec.SetAddr(c.field, c.addrs[code])
	}
	s := c.At(code)
	if c.none(s) {
		return nil
	}
	err := rec.Set(c.field, s)
	if err == nil && int(code) < len(c.addrs) {
		c.addrs[code], _ = rec.Addr(c.field)
	}
	return err
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

// keepAddrs makes room for the addresses of the dictionary, unless that would
// take more memory than there may be.
func (c *readColumn) keepAddrs() {
	n := c.DictLen()
	if len(c.addrs) == n || c.field.Kind() != flowlog.KindAddr || !c.IsText() {
		return
	}
	const addrSize = 24 // of a netip.Addr
	size := addrSize * n
	if c.Hold(size) != nil {
		return
	}
	c.Held += size
	c.addrs = make([]netip.Addr, n)
}
