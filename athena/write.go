package athena

import (
	"fmt"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// maxWritten is how many partitions one CREATE TABLE AS or INSERT INTO may
// write. See https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html.
const maxWritten = 100

// Compression is the codec of the Parquet files that Athena writes.
type Compression uint8

// The codecs. Gzip is the zero Compression, as it is Athena's default.
const (
	Gzip Compression = iota
	Snappy
	// Zstd is what Athena's page on compression lists for engine version 3; its
	// page on CREATE TABLE AS still names the other two alone.
	Zstd
)

var compressionNames = [...]string{Gzip: "GZIP", Snappy: "SNAPPY", Zstd: "ZSTD"}

// String returns Athena's name of the codec.
func (c Compression) String() string { return enumName(compressionNames[:], uint8(c)) }

// WriteOptions bounds and tunes what Athena writes. The zero value, as nil,
// writes all of the source.
type WriteOptions struct {
	// From and To bound the partitions of the source that are read, [From, To),
	// not the times of the records in them. So ranges that touch copy each object
	// once. Both must lie on bounds of the partitions written, or of the source's
	// if the target has none. A target with partitions needs both.
	From, To time.Time

	Compression Compression
}

// CreateAs returns the CREATE TABLE AS SELECT statement that makes the table
// and fills it from src: text to Parquet on Athena itself, whatever the size.
// At most one opts is used.
//
// The table must be Parquet, without partitions, or Explicit in the Firehose
// layout with a prefix of name= folders, such as
// "day=!{timestamp:yyyy-MM-dd}/"; it takes its partitions from those of src.
// Its columns are those of its own Format, which src must have. "-" becomes
// NULL. One statement writes at most 100 partitions: for more, Create the
// table and fill it with InsertFrom. Location must be empty, and the workgroup
// must not enforce an output location of its own.
//
// See https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html.
func (t *Table) CreateAs(src *Table, opts ...*WriteOptions) (string, error) {
	w, err := t.writing(src, opts)
	if err != nil {
		return "", err
	}
	if len(w.chunks) != 1 {
		return "", broken(ErrRange, "from and to", "", "must cover at most 100 partitions; Create the table and use InsertFrom")
	}
	props := []string{
		"format = 'PARQUET'",
		"write_compression = " + sqlString(w.Compression.String()),
		"external_location = " + sqlString(w.dst.location),
	}
	if len(w.dst.cols) > 0 {
		if t.Partitioning != Explicit {
			return "", broken(ErrLayout, "partitioning", t.Partitioning.String(), "must be explicit: CREATE TABLE AS keeps the partitions in the catalog")
		}
		names := make([]string, len(w.dst.cols))
		for i, c := range w.dst.cols {
			names[i] = c.name
		}
		props = append(props, "partitioned_by = ARRAY["+sqlStrings(names)+"]")
	}
	return fits("CREATE TABLE " + t.sqlName() + "\nWITH (\n  " + strings.Join(props, ",\n  ") + "\n) AS\n" + w.selectFrom(w.chunks[0]))
}

// InsertFrom returns INSERT INTO statements that fill the table, made by
// Create, from src, as CreateAs does, each with at most 100 partitions. Run
// again, they write again: INSERT INTO adds files and replaces none.
//
// The table may be Projected. See
// https://docs.aws.amazon.com/athena/latest/ug/insert-into.html.
func (t *Table) InsertFrom(src *Table, opts ...*WriteOptions) ([]string, error) {
	w, err := t.writing(src, opts)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range w.dst.columns {
		if c.place == "" {
			names = append(names, sqlIdent(c.name))
		}
	}
	for _, c := range w.dst.cols {
		names = append(names, sqlIdent(c.name))
	}
	head := "INSERT INTO " + t.sqlName() + " (" + strings.Join(names, ", ") + ")\n"
	out := make([]string, len(w.chunks))
	for i, chunk := range w.chunks {
		if out[i], err = fits(head + w.selectFrom(chunk)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Unload returns the UNLOAD statement that writes the table's columns, in the
// order of its Format and with "-" as NULL, as Parquet files into an empty
// folder. At most one opts is used.
//
// See https://docs.aws.amazon.com/athena/latest/ug/unload.html.
func (t *Table) Unload(location string, opts ...*WriteOptions) (string, error) {
	if err := checkLocation("unload location", location); err != nil {
		return "", err
	}
	dst := &Table{Name: t.Name, Location: location, Format: t.Format, Storage: Parquet}
	w, err := dst.writing(t, opts)
	if err != nil {
		return "", err
	}
	return fits("UNLOAD (\n" + w.selectFrom(w.chunks[0]) + "\n)\nTO " + sqlString(location) +
		"\nWITH (format = 'PARQUET', compression = " + sqlString(w.Compression.String()) + ")")
}

// writing is a target, a source and the ranges of the statements between them.
type writing struct {
	WriteOptions
	dst, src *table
	chunks   [][2]time.Time
	exprs    []string // of the target's columns, with their names
}

func (t *Table) writing(src *Table, opts []*WriteOptions) (*writing, error) {
	w := &writing{}
	if len(opts) > 0 && opts[0] != nil {
		w.WriteOptions = *opts[0]
	}
	var err error
	if w.dst, err = t.check(); err != nil {
		return nil, err
	}
	if src == nil {
		return nil, broken(ErrLayout, "source", "", "must not be nil")
	}
	if w.src, err = src.check(); err != nil {
		return nil, err
	}
	if err := checkEnum("compression", compressionNames[:], uint8(w.Compression)); err != nil {
		return nil, err
	}
	if t.Storage != Parquet {
		return nil, broken(ErrLayout, "storage", t.Storage.String(), "must be parquet, which alone keeps NULL apart from a text")
	}
	if len(w.dst.cols) > 0 && (t.Layout != Firehose || !w.dst.hive) {
		return nil, broken(ErrLayout, "layout", t.Layout.String(), "must be unpartitioned, or firehose with a prefix of name= folders: Athena writes no others")
	}
	if src.Layout.s3() && src.Partitioning == Projected && (len(src.Accounts) == 0 || len(src.Regions) == 0) {
		return nil, broken(ErrLayout, "source", src.Name, "must list its accounts and Regions, because it is projected")
	}
	if err := w.chop(); err != nil {
		return nil, err
	}
	return w, w.match()
}

// chop cuts the range into statements of at most 100 partitions.
func (w *writing) chop() error {
	if err := checkRange("from and to", w.From, w.To); err != nil {
		return err
	}
	bounded := !w.From.IsZero() || !w.To.IsZero()
	if len(w.dst.cols) == 0 && !bounded {
		w.chunks = [][2]time.Time{{}}
		return nil
	}
	if len(w.src.cols) == 0 {
		return broken(ErrLayout, "source layout", w.src.Layout.String(), "must have partitions of time")
	}
	fine := w.src.fine
	if len(w.dst.cols) > 0 {
		if w.From.IsZero() || w.To.IsZero() {
			return broken(ErrRange, "from and to", "", "must both be given for a table with partitions")
		}
		if fine < w.dst.fine {
			return broken(ErrLayout, "source layout", w.src.Layout.String(), "must name the time at least as finely as the table")
		}
		fine = w.dst.fine
	}
	for _, at := range []time.Time{w.From, w.To} {
		if !at.IsZero() && !truncate(at, fine).Equal(at) {
			return broken(ErrRange, "from and to", at.UTC().Format(time.RFC3339), "must lie on the start of a "+units[fine].name+" (UTC), so that ranges that touch copy each object once")
		}
	}
	if len(w.dst.cols) == 0 {
		w.chunks = [][2]time.Time{{w.From, w.To}}
		return nil
	}
	for from := w.From; from.Before(w.To); {
		to := from
		for n := 0; n < maxWritten && to.Before(w.To); n++ {
			to = next(to.UTC(), fine)
		}
		w.chunks = append(w.chunks, [2]time.Time{from, to})
		from = to
	}
	return nil
}

// match finds each column of the target in the source, by AWS's name.
func (w *writing) match() error {
	sources := make(map[string]tableColumn, len(w.src.columns))
	for _, c := range w.src.columns {
		sources[c.key] = c
	}
	for i, c := range w.dst.columns {
		if c.place != "" {
			continue
		}
		src, ok := sources[c.key]
		if !ok {
			return broken(ErrColumn, "column", w.dst.Format.Names()[i], "must be a column of the source")
		}
		w.exprs = append(w.exprs, alias(plain(src), c.name))
	}
	if len(w.exprs) == 0 {
		return broken(ErrColumn, "format", w.dst.Format.String(), "must have a column that is no partition")
	}
	for i := range w.dst.cols {
		w.exprs = append(w.exprs, alias(w.src.retime(&w.dst.cols[i]), w.dst.cols[i].name))
	}
	return nil
}

// plain returns a column with NULL where the log has no value.
func plain(c tableColumn) string {
	if c.field.Type() != flowlog.TypeString {
		return sqlIdent(c.name)
	}
	return orNull(sqlIdent(c.name))
}

// orNull writes a quoted column of strings with NULL where the log has no
// value.
func orNull(name string) string { return "NULLIF(NULLIF(" + name + ", '-'), '')" }

// retime writes a column of the time from the source's columns of the time.
func (c *table) retime(dst *column) string {
	var parts []string
	for _, item := range dst.pattern {
		if item.literal != "" {
			parts = append(parts, sqlString(item.literal))
			continue
		}
		for i := range c.cols {
			if c.cols[i].kind != timeColumn {
				continue
			}
			if at, width, ok := c.cols[i].pattern.offset(item.unit); ok {
				parts = append(parts, fmt.Sprintf("substr(%s, %d, %d)", sqlIdent(c.cols[i].name), at, width))
			}
		}
	}
	return strings.Join(parts, " || ")
}

// selectFrom writes the SELECT of one range.
func (w *writing) selectFrom(chunk [2]time.Time) string {
	lines := []string{
		"SELECT\n  " + strings.Join(w.exprs, ",\n  "),
		"FROM " + w.src.sqlName(),
	}
	return strings.Join(append(lines, conditions(w.src.within(chunk[0], chunk[1], 0))...), "\n")
}
