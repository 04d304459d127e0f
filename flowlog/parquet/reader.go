package parquet

import (
	"fmt"
	"io"
	"net/netip"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// ReaderOptions says what a Reader reads. The zero ReaderOptions, or a nil
// pointer, reads everything.
type ReaderOptions struct {
	// Fields are the fields to read, all if zero. If it is set, columns of other
	// fields and of unknown names are neither read nor decompressed, and records
	// do not have them.
	Fields flowlog.FieldSet

	// Within keeps only the records whose addresses are in one of the prefixes,
	// for each field that it names. The test is made once for each address of a
	// dictionary, not for each record, so it is several times faster than testing
	// records. A record without the field is dropped. The fields must be of
	// KindAddr and need not be in Fields. If the file does not have a field, all
	// records are dropped.
	Within map[flowlog.Field][]netip.Prefix

	// MaxMemory is the maximum size in bytes of all pages and dictionaries held at
	// one time, 512 MiB if zero. Files of this package and of AWS need a few MiB
	// per column. A file that needs more is an error that wraps ErrUnsupported.
	MaxMemory int
}

const defaultMaxMemory = 512 << 20

// Reader reads records from a Parquet file of flow logs, written by this package, by AWS or
// by other tools.
//
// Columns are found by name, with underscores or hyphens, in any order. A null means that
// the field is absent. So do an empty text, "-" and "None" in files of other tools, which
// write different things for it. A number may be an integer of 32 or 64 bits, an integral
// floating-point number, or text. A time may also be a TIMESTAMP of any unit, rounded down
// to seconds.
//
// Columns of unknown names go to Record.Extra, with white space percent-encoded; Format has
// their names. Nested columns of unknown names are skipped, and Format does not have them.
// If the column of a field is nested, or is a DECIMAL, DATE or TIME where a number is
// expected, NewReader returns an error that wraps ErrUnsupported, unless ReaderOptions
// leaves the field out.
//
// A Reader is not safe for concurrent use, but any number of Readers may read one file. Use
// Split to divide a Reader.
type Reader struct {
	src     io.ReaderAt
	opts    ReaderOptions
	meta    *decode.FileMeta
	format  *flowlog.Format
	all     []readColumn  // columns of the file
	columns []*readColumn // columns to read
	unknown []*readColumn // columns to read that have unknown names
	filters []*readColumn
	unpack  decode.Decompressor
	budget  int

	block    *recordBlock
	bindings []binding        // columns to read that have fields, bound to the block
	fields   flowlog.FieldSet // their fields
	taken    int              // records of the block that were handed out
	ready    int              // records of the block that are filled

	extra    []string // values of the unknown columns in a row
	group    int      // next row group
	end      int      // row group after the last one to read
	left     int64    // rows left in the row group after the batch
	row      int64    // first row of the batch, counted from 0
	n        int      // rows in the batch
	selected []int    // rows of the batch that pass the filters
	pos      int      // element of selected after the block
	err      error
}

// NewReader returns a Reader of the Parquet file in r, which has size bytes. It reads and
// checks the footer. A nil opts reads everything. The error wraps ErrCorrupt,
// ErrUnsupported or, for invalid options, ErrOptions, or it is the error of r.
func NewReader(r io.ReaderAt, size int64, opts *ReaderOptions) (*Reader, error) {
	var o ReaderOptions
	if opts != nil {
		o = *opts
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMaxMemory
	}
	if o.MaxMemory < 0 {
		return nil, fmt.Errorf("parquet: %w: MaxMemory %d", ErrOptions, o.MaxMemory)
	}
	meta, err := decode.ReadFileMeta(r, size)
	if err != nil {
		return nil, fmt.Errorf("parquet: open: %w", err)
	}
	return newReader(r, meta, o)
}

// newReader returns a Reader of a file whose footer has been read.
func newReader(r io.ReaderAt, meta *decode.FileMeta, o ReaderOptions) (*Reader, error) {
	pr := &Reader{src: r, opts: o, meta: meta, block: new(recordBlock), end: len(meta.Groups), budget: o.MaxMemory}
	var own bool
	var err error
	pr.format, pr.all, own, err = formatOf(meta)
	if err != nil {
		return nil, fmt.Errorf("parquet: open: %w", err)
	}
	for i := range pr.all {
		c := &pr.all[i]
		c.own = own
		c.Leaf, c.Src, c.Budget, c.Column.Unpack = meta.Columns[c.index], r, &pr.budget, &pr.unpack
		c.read = o.Fields == flowlog.FieldSet{} || c.field != 0 && o.Fields.Has(c.field)
		if c.read {
			if err := c.check(); err != nil {
				return nil, err
			}
			pr.columns = append(pr.columns, c)
			if c.field == 0 {
				pr.unknown = append(pr.unknown, c)
				continue
			}
			pr.bindings = append(pr.bindings, bind(c, pr.block))
			pr.fields = pr.fields.With(c.field)
		}
	}
	if err := pr.filter(o.Within); err != nil {
		return nil, err
	}
	return pr, nil
}

// filter sets up ReaderOptions.Within.
func (r *Reader) filter(within map[flowlog.Field][]netip.Prefix) error {
	for field, prefixes := range within {
		if field.Kind() != flowlog.KindAddr {
			return fmt.Errorf("parquet: %w: Within names %q, which is not an address", ErrOptions, field)
		}
		found := false
		for i := range r.all {
			c := &r.all[i]
			if c.field != field {
				continue
			}
			if err := c.check(); err != nil {
				return err
			}
			found = true
			c.within = newWithin(prefixes)
			r.filters = append(r.filters, c)
		}
		if !found {
			r.err = io.EOF
		}
	}
	return nil
}

// Format returns the format of the file: all its columns in order, whether they are read
// or not.
func (r *Reader) Format() *flowlog.Format { return r.format }

// Rows returns the number of rows in the file, whether they are read or not.
func (r *Reader) Rows() int64 { return r.meta.Rows }

// Metadata returns the value of a key in the metadata of the file, and whether the file has
// the key. A Writer writes "vpcflow.format", "vpcflow.version" and the counts
// "vpcflow.records", "vpcflow.nodata" and "vpcflow.skipdata". Convert also writes the counts
// of its source, "vpcflow.lines", "vpcflow.bad" and "vpcflow.bytes".
func (r *Reader) Metadata(key string) (value string, ok bool) {
	value, ok = r.meta.Keys[key]
	return value, ok
}

// nextBatch decodes the next rows and applies the filters.
func (r *Reader) nextBatch() error {
	r.row += int64(r.n)
	r.selected, r.pos = r.selected[:0], 0
	for r.left == 0 {
		if r.group == r.end {
			return io.EOF
		}
		if err := r.openGroup(); err != nil {
			return err
		}
	}
	n := int(min(r.left, decode.BatchRows))
	r.left -= int64(n)
	r.n = n
	for _, c := range r.filters {
		if err := r.readColumn(c, n); err != nil {
			return err
		}
	}
	r.match(n)
	for _, c := range r.columns {
		if c.within == nil {
			if err := r.readColumn(c, n); err != nil {
				return err
			}
		}
	}
	for i := range r.bindings {
		r.bindings[i].next()
	}
	return nil
}

// openGroup starts the next row group.
func (r *Reader) openGroup() error {
	g := &r.meta.Groups[r.group]
	r.group++
	r.left = g.Rows
	if g.Rows == 0 {
		return nil
	}
	for i := range r.all {
		c := &r.all[i]
		if !c.read && c.within == nil {
			continue
		}
		c.matches, c.kept, c.texts, c.addrs, c.others, c.ports = nil, false, nil, nil, nil, nil
		if err := c.Open(&g.Chunks[c.index]); err != nil {
			return fmt.Errorf("parquet: column %.64q: %w", c.Name, err)
		}
	}
	return nil
}

// readColumn decodes the next n rows of a column.
func (r *Reader) readColumn(c *readColumn, n int) error {
	if err := c.Column.Read(n); err != nil {
		return fmt.Errorf("parquet: row group %d, column %.64q: %w", r.group-1, c.Name, err)
	}
	return nil
}

// match sets selected to the rows of the batch that pass the filters.
func (r *Reader) match(n int) {
	all := cap(r.selected) >= n && len(r.filters) == 0 // it has all rows since an earlier batch
	if r.selected = pack.Resize(r.selected, n); all {
		return
	}
	for i := range r.selected {
		r.selected[i] = i
	}
	for _, c := range r.filters {
		r.selected = c.match(r.selected)
	}
}

// Close releases the memory of the Reader. It does not close the underlying file. Every
// further Read returns ErrClosed. Closing again does nothing. The error is always nil.
func (r *Reader) Close() error {
	if r.unpack.Zstd != nil {
		r.unpack.Zstd.Close()
	}
	*r = Reader{meta: r.meta, format: r.format, block: new(recordBlock), err: ErrClosed}
	return nil
}
