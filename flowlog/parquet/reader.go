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
	// Fields are the fields to read, all if zero. The columns of other fields,
	// and then also columns of unknown name, are not touched: what they take
	// in the file is neither read nor decompressed, and records do not have
	// them.
	Fields flowlog.FieldSet

	// Within keeps those records only whose addresses lie in one of the
	// prefixes, for each field it names. The test is made once for each
	// address of a dictionary, not for each record, so this is several times
	// faster than testing records. A record without the field is left out. The
	// fields need not be in Fields, but must be of KindAddr. A field that the
	// file does not have leaves out every record.
	Within map[flowlog.Field][]netip.Prefix

	// MaxMemory bounds what the pages and dictionaries held at one time may
	// take in bytes, 512 MiB if zero. Files of this package, and of AWS, take
	// a few MiB per column. A file that would take more is an error that wraps
	// ErrUnsupported.
	MaxMemory int
}

const defaultMaxMemory = 512 << 20

// Reader reads records from a Parquet file of flow logs: of this package, as
// AWS delivers them, or as other tools write them.
//
// Columns are known by their names, with underscores or hyphens, whatever their
// order. A null leaves the field out; in files of other tools an empty text, "-"
// and "None" do too, because they differ. A number may stand in a column of 32 or
// 64 bits, be a whole number in floating point , or be text; a time may be
// a TIMESTAMP of any unit, of which the second is taken. Columns of unknown name go to
// Record.Extra, white space in their values percent-encoded. Nested columns of unknown
// name are skipped; Format does not have them. A column of a field that is nested, or a
// DECIMAL, DATE or TIME where there is to be a number, is an error of NewReader that wraps
// ErrUnsupported, unless ReaderOptions leaves it out.
//
// A Reader is not safe for concurrent use; any number of them may read one
// file. Split makes several of one.
type Reader struct {
	src     io.ReaderAt
	opts    ReaderOptions
	meta    *decode.FileMeta
	format  *flowlog.Format
	all     []readColumn  // of the file
	columns []*readColumn // that are read
	unknown []*readColumn // of these, those of unknown name
	filters []*readColumn
	unpack  decode.Decompressor
	budget  int

	block    *recordBlock
	bindings []binding        // of columns to the block
	fields   flowlog.FieldSet // of columns
	taken    int              // records of the block that were handed out
	ready    int              // records of the block that are filled

	extra    []string // of a row: the values of unknown columns
	group    int      // next row group
	end      int      // the row group after the last one to be read
	left     int64    // rows left in the row group, behind the batch
	row      int64    // first row of the batch, from 0
	n        int      // rows of the batch
	selected []int    // rows of the batch that are to be read
	pos      int      // in selected
	err      error
}

// NewReader returns a Reader of the Parquet file in r, which is size bytes long.
// Nil options read everything. NewReader reads and checks the footer. An error
// wraps ErrCorrupt, ErrUnsupported, or, for invalid options, ErrOptions; or it
// is the error of r.
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
			return fmt.Errorf("parquet: %w: Within names %q, which is no address", ErrOptions, field)
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

// Format returns the format of the file: its columns, in order, whichever of
// them are read.
func (r *Reader) Format() *flowlog.Format { return r.format }

// Rows returns the number of rows in the file, whichever of them are read.
func (r *Reader) Rows() int64 { return r.meta.Rows }

// Metadata returns the value of a key of the file's metadata. A Writer writes
// "vpcflow.format", "vpcflow.version", and the counts "vpcflow.records",
// "vpcflow.nodata" and "vpcflow.skipdata"; Convert also those of its source,
// "vpcflow.lines", "vpcflow.bad" and "vpcflow.bytes".
func (r *Reader) Metadata(key string) (value string, ok bool) {
	value, ok = r.meta.Keys[key]
	return value, ok
}

// nextBatch decodes the next rows.
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

// openGroup begins the next row group.
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
		c.matches, c.addrs, c.texts = nil, nil, nil
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

// match fills selected with the rows of the batch that pass the filters.
func (r *Reader) match(n int) {
	r.selected = pack.Resize(r.selected, n)
	for i := range r.selected {
		r.selected[i] = i
	}
	for _, c := range r.filters {
		r.selected = c.match(r.selected)
	}
}

// Close ends the reading and lets go of memory. It does not close the
// underlying file. Every further Read returns ErrClosed; closing again does
// nothing.
func (r *Reader) Close() error {
	if r.unpack.Zstd != nil {
		r.unpack.Zstd.Close()
	}
	*r = Reader{meta: r.meta, format: r.format, block: new(recordBlock), err: ErrClosed}
	return nil
}
