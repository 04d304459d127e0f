package athena

import (
	"fmt"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

const (
	// maxWritten is how many partitions one CREATE TABLE AS or INSERT INTO may
	// write. See https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html.
	maxWritten = 100

	// maxStatements is the maximum number of statements that one call returns.
	maxStatements = 1000
)

// Compression is the codec of the Parquet files that Athena writes.
type Compression uint8

// The codecs. Gzip is the zero Compression, as it is Athena's default.
const (
	Gzip Compression = iota
	Snappy
	// Zstd is listed for engine version 3 on Athena's page on compression. Its
	// page on CREATE TABLE AS names only the other two.
	Zstd
)

var compressionNames = [...]string{Gzip: "GZIP", Snappy: "SNAPPY", Zstd: "ZSTD"}

// String returns Athena's name of the codec.
func (c Compression) String() string { return enumName(compressionNames[:], uint8(c)) }

// WriteOptions bounds and tunes what Athena writes. The zero value, like nil,
// writes all of the source.
type WriteOptions struct {
	// From and To bound the partitions of the source that are read, [From, To),
	// not the times of the records in them, so that consecutive ranges copy each
	// object once. Each must be the start of a partition of the target, or of the
	// source if the target has none. A target with partitions needs both.
	From, To time.Time

	// Key is the fields that identify a record for MergeFrom; it must contain start.
	// If it is empty, all columns do. With a smaller key, one of the records with the
	// same key is kept: the smallest in the order of the columns.
	Key []flowlog.Field

	Compression Compression
}

// CreateAs returns the CREATE TABLE AS SELECT statement that makes the table
// and fills it from src: text to Parquet on Athena itself, whatever the size.
// A nil opts is the zero WriteOptions.
//
// The table must be Iceberg, or Parquet, either without partitions, or Explicit in the
// Firehose layout with a prefix of name= folders, such as
// "day=!{timestamp:yyyy-MM-dd}/"; it takes its partitions from those of src.
// Its columns are those of its own Format, which src must have. "-" becomes
// NULL. One statement writes at most 100 partitions: for more, Create the table
// and fill it with InsertFrom.
//
// Location must be empty. It must neither contain the location of src nor be in
// it, so that src never reads its own copy. The workgroup must not enforce an output
// location.
//
// See https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html.
func (t *Table) CreateAs(src *Table, opts *WriteOptions) (string, error) {
	w, err := t.writing(src, opts)
	if err != nil {
		return "", err
	}
	if len(w.chunks) != 1 {
		return "", broken(ErrRange, "from and to", "", "must cover at most 100 partitions; for more, use Create and InsertFrom")
	}
	if t.iceberg() {
		return w.createAs(w.icebergProperties())
	}
	props := []string{
		"format = 'PARQUET'",
		"write_compression = " + sqlString(w.opts.Compression.String()),
		"external_location = " + sqlString(w.dst.plan.location),
	}
	if len(w.dst.plan.cols) > 0 {
		if t.Partitioning != Explicit {
			return "", broken(ErrLayout, "partitioning", t.Partitioning.String(), "must be explicit: CREATE TABLE AS keeps the partitions in the catalog")
		}
		names := make([]string, len(w.dst.plan.cols))
		for i, c := range w.dst.plan.cols {
			names[i] = c.name
		}
		props = append(props, "partitioned_by = ARRAY["+sqlStrings(names)+"]")
	}
	return w.createAs(props)
}

// createAs returns the CREATE TABLE AS SELECT statement with properties.
func (w *writing) createAs(props []string) (string, error) {
	return fits("CREATE TABLE " + w.dst.table.sqlName() + "\nWITH (\n  " + strings.Join(props, ",\n  ") + "\n) AS\n" + w.selectFrom(w.chunks[0], ""))
}

// InsertFrom returns INSERT INTO statements that fill the table, made by
// Create, from src, as CreateAs does, each with at most 100 partitions and at
// most 1,000 of them. Run again, they write again: INSERT INTO adds files and
// replaces none.
//
// The table may be Projected. See
// https://docs.aws.amazon.com/athena/latest/ug/insert-into.html.
func (t *Table) InsertFrom(src *Table, opts *WriteOptions) ([]string, error) {
	w, err := t.writing(src, opts)
	if err != nil {
		return nil, err
	}
	head := "INSERT INTO " + t.sqlName() + " (" + join(w.names()) + ")\n"
	out := make([]string, len(w.chunks))
	for i, chunk := range w.chunks {
		if out[i], err = fits(head + w.selectFrom(chunk, "")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Unload returns the UNLOAD statement that writes the table's columns, in the
// order of its Format and with "-" as NULL, as Parquet files into an empty
// folder, which must neither contain the table's location nor be in it. A nil opts
// is the zero WriteOptions.
//
// See https://docs.aws.amazon.com/athena/latest/ug/unload.html.
func (t *Table) Unload(location string, opts *WriteOptions) (string, error) {
	if err := checkLocation("unload location", location); err != nil {
		return "", err
	}
	dst := &Table{Name: t.Name, Location: location, Format: t.Format, Storage: Parquet}
	w, err := dst.writing(t, opts)
	if err != nil {
		return "", err
	}
	return fits("UNLOAD (\n" + w.selectFrom(w.chunks[0], "") + "\n)\nTO " + sqlString(location) +
		"\nWITH (format = 'PARQUET', compression = " + sqlString(w.opts.Compression.String()) + ")")
}

// writing is a target, a source and the ranges of the statements between them.
type writing struct {
	opts     WriteOptions
	dst, src *checked
	chunks   [][2]time.Time // the ranges, one for each statement
	exprs    []string       // the target's columns in terms of the source's
}

// writing checks what is written, and from where to where.
func (t *Table) writing(src *Table, opts *WriteOptions) (*writing, error) {
	w := &writing{}
	if opts != nil {
		w.opts = *opts
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
	if err := checkEnum("compression", compressionNames[:], uint8(w.opts.Compression)); err != nil {
		return nil, err
	}
	if t.Storage != Parquet && !t.iceberg() {
		return nil, broken(ErrLayout, "storage", t.Storage.String(), "must be parquet or iceberg: text cannot tell NULL from a value")
	}
	if len(w.dst.plan.cols) > 0 && (t.Layout != Firehose || !w.dst.plan.hive) {
		return nil, broken(ErrLayout, "layout", t.Layout.String(), "must be unpartitioned, or firehose with a prefix of name= folders: Athena writes no others")
	}
	if from, to := w.src.plan.location, w.dst.plan.location; !t.s3Tables() && !src.s3Tables() && (strings.HasPrefix(from, to) || strings.HasPrefix(to, from)) {
		return nil, broken(ErrLocation, "location", to, "must neither hold the source's location "+from+" nor lie in it: the source would read its own copy")
	}
	if src.Layout.s3() && src.Partitioning == Projected && (len(src.Accounts) == 0 || len(src.Regions) == 0) {
		return nil, broken(ErrLayout, "source", src.Name, "must list its accounts and Regions, because it is projected")
	}
	if err := w.chop(); err != nil {
		return nil, err
	}
	return w, w.match()
}

// chop splits the range into statements of at most 100 partitions.
func (w *writing) chop() error {
	from, to := w.opts.From, w.opts.To
	if err := checkRange("from and to", from, to); err != nil {
		return err
	}
	t := w.dst.table
	parted := len(w.dst.plan.cols) > 0 || t.iceberg() && len(w.src.plan.cols) > 0
	if !parted && from.IsZero() && to.IsZero() {
		w.chunks = [][2]time.Time{{}}
		return nil
	}
	if len(w.src.plan.cols) == 0 {
		return broken(ErrLayout, "source layout", w.src.table.Layout.String(), "must have partitions of time")
	}
	if parted && (from.IsZero() || to.IsZero()) {
		return broken(ErrRange, "from and to", "", "must both be given for a table with partitions")
	}
	fine, atMost, err := w.steps()
	if err != nil {
		return err
	}
	for _, at := range []time.Time{from, to} {
		if !at.IsZero() && !truncate(at, fine).Equal(at) {
			return broken(ErrRange, "from and to", at.UTC().Format(time.RFC3339), "must lie on the start of a "+units[fine].name+" (UTC), so that ranges that touch copy each object once")
		}
	}
	if !parted {
		w.chunks = [][2]time.Time{{from, to}}
		return nil
	}
	for from.Before(to) {
		if len(w.chunks) == maxStatements {
			return broken(ErrRange, "from and to", "", "must need at most 1,000 statements of up to 100 partitions each")
		}
		end := from
		for n := 0; n < atMost && end.Before(to); n++ {
			end = next(end.UTC(), fine)
		}
		w.chunks = append(w.chunks, [2]time.Time{from, end})
		from = end
	}
	return nil
}

// steps returns the unit of the bounds of statements, and how many of it one
// statement may cover.
func (w *writing) steps() (fine unit, atMost int, err error) {
	src := w.src.plan.fine
	switch t := w.dst.table; {
	case t.iceberg():
		// Folders of the source are named for the time of arrival, and contain flows
		// that start earlier: leave room for their partitions.
		switch period := t.period(); {
		case src >= period:
			return period, maxWritten / 2, nil
		case src == period-1: // a month of days, or a day of hours
			return src, 1, nil
		}
	case len(w.dst.plan.cols) == 0:
		return src, 1, nil
	case src >= w.dst.plan.fine:
		return w.dst.plan.fine, maxWritten, nil
	}
	return 0, 0, broken(ErrLayout, "source layout", w.src.table.Layout.String(), "must name the time at least as finely as the table")
}

// match finds each column of the target in the source, by AWS's name.
func (w *writing) match() error {
	sources := make(map[string]fileColumn, len(w.src.columns))
	for _, c := range w.src.columns {
		sources[c.key] = c
	}
	for i, c := range w.dst.columns {
		if c.place != "" {
			continue
		}
		src, ok := sources[c.key]
		if !ok {
			return broken(ErrColumn, "column", w.dst.table.Format.Names()[i], "must be a column of the source")
		}
		w.exprs = append(w.exprs, alias(w.convert(src, c), c.name))
	}
	if len(w.exprs) == 0 {
		return broken(ErrColumn, "format", w.dst.table.Format.String(), "must have a column that is no partition")
	}
	for i := range w.dst.plan.cols {
		c := &w.dst.plan.cols[i]
		w.exprs = append(w.exprs, alias(w.src.retime(c), c.name))
	}
	return nil
}

// convert returns a column of the source as the target has it.
func (w *writing) convert(src, dst fileColumn) string {
	from, to := w.src.table.isTime(src), w.dst.table.isTime(dst)
	switch {
	case to && !from:
		return toTimestamp(sqlIdent(src.name), 6)
	case from && !to:
		return unixSeconds(sqlIdent(src.name))
	}
	return plain(src)
}

// names returns the quoted names of the columns that are written.
func (w *writing) names() []string {
	var names []string
	for _, c := range w.dst.columns {
		if c.place == "" {
			names = append(names, sqlIdent(c.name))
		}
	}
	for _, c := range w.dst.plan.cols {
		names = append(names, sqlIdent(c.name))
	}
	return names
}

// retime returns a partition column of the target in terms of the source's.
func (c *checked) retime(dst *partitionColumn) string {
	var parts []string
	for _, item := range dst.pattern {
		if item.literal != "" {
			parts = append(parts, sqlString(item.literal))
			continue
		}
		for i := range c.plan.cols {
			if c.plan.cols[i].kind != timeColumn {
				continue
			}
			if at, width, ok := c.plan.cols[i].pattern.offset(item.unit); ok {
				parts = append(parts, fmt.Sprintf("substr(%s, %d, %d)", sqlIdent(c.plan.cols[i].name), at, width))
			}
		}
	}
	return strings.Join(parts, " || ")
}

// selectFrom returns the SELECT of one range. The quantifier is DISTINCT or nothing.
func (w *writing) selectFrom(chunk [2]time.Time, quantifier string) string {
	lines := []string{
		strings.TrimSpace("SELECT "+quantifier) + "\n  " + strings.Join(w.exprs, ",\n  "),
		"FROM " + w.src.table.sqlName(),
	}
	return strings.Join(append(lines, conditions(w.src.within(chunk[0], chunk[1], 0))...), "\n")
}
