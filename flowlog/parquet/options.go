package parquet

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Compression is the codec of the pages of a file.
type Compression uint8

// The codecs. Zstd is the zero Compression. Athena engine version 3, Trino,
// Spark, DuckDB, Arrow, Polars and parquet-java decode all four.
const (
	Zstd         Compression = iota // smallest files, nearly as fast as Snappy
	Snappy                          // fast, with larger files
	Gzip                            // the codec of the files AWS delivers; slow to write
	Uncompressed                    // no compression
)

// compressions holds the names of the codecs.
var compressions = []string{Zstd: "zstd", Snappy: "snappy", Gzip: "gzip", Uncompressed: "none"}

// String returns the name of the codec: "zstd", "snappy", "gzip" or "none".
func (c Compression) String() string {
	if int(c) < len(compressions) {
		return compressions[c]
	}
	return fmt.Sprintf("Compression(%d)", uint8(c))
}

// codec returns the number of the codec in the Parquet format.
func (c Compression) codec() format.CompressionCodec {
	switch c {
	case Snappy:
		return format.Snappy
	case Gzip:
		return format.Gzip
	case Uncompressed:
		return format.Uncompressed
	}
	return format.Zstd
}

// MarshalText implements encoding.TextMarshaler. It returns the text of String,
// or an error that wraps ErrOptions if c is not one of the constants.
func (c Compression) MarshalText() ([]byte, error) {
	if int(c) >= len(compressions) {
		return nil, fmt.Errorf("parquet: %w: %v", ErrOptions, c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler. It accepts the names that
// String returns, in upper or lower case. Any other text is an error that wraps
// ErrOptions.
func (c *Compression) UnmarshalText(text []byte) error {
	i := slices.Index(compressions, strings.ToLower(string(text)))
	if i < 0 {
		return fmt.Errorf("parquet: %w: codec %.32q, want one of %s", ErrOptions, text, strings.Join(compressions, ", "))
	}
	*c = Compression(i)
	return nil
}

// Options says how a file is written. The zero Options, or a nil pointer, is the
// default and suits Athena.
type Options struct {
	// Compression is the codec of the pages. The default is Zstd.
	Compression Compression

	// RowGroupRows is the maximum number of rows in a row group. The default,
	// for zero, is 524,288; the maximum is 16,777,216. Larger row groups make
	// smaller files and need more memory. A row group ends earlier when it
	// reaches RowGroupBytes.
	RowGroupRows int

	// RowGroupBytes is the number of bytes in memory at which a row group ends.
	// The default, for zero, is 128 MiB; the maximum is 1 GiB. A row group also
	// ends when its texts reach a quarter of RowGroupBytes or 32 MiB, whichever
	// is more. A text that repeats counts once. The limit bounds memory if rows
	// are wide.
	RowGroupBytes int

	// Workers is the approximate number of processors to use. The default, for
	// zero, is GOMAXPROCS. One adds records, and the others encode and compress
	// columns. With 1, Writer and Convert do all work in the goroutine that
	// calls them, and hold one row group instead of two.
	Workers int

	// Sort sorts the rows of each row group by the fields of SortBy. The sort
	// is stable. Sorted files are smaller, and queries that filter by the first
	// field read fewer pages.
	Sort bool

	// SortBy is the order for Sort, the most significant field first. The
	// default is interface-id, start. Fields that the format does not have are
	// skipped.
	SortBy []flowlog.Field

	// BloomFilters are the fields that get a bloom filter in each row group.
	// With one, a query for a single value can skip row groups. The default is
	// none. They are most useful for srcaddr and dstaddr. A field that is not
	// of flowlog.TypeString is an error. Fields that the format does not have
	// are skipped.
	BloomFilters flowlog.FieldSet
}

const (
	defaultRowGroupRows  = 1 << 19
	defaultRowGroupBytes = 128 << 20
	maxRowGroupRows      = 1 << 24
	maxRowGroupBytes     = 1 << 30
)

// defaultSort makes the smallest files: it groups the records of an interface,
// in the order of time.
var defaultSort = []flowlog.Field{flowlog.FieldInterfaceID, flowlog.FieldStart}

// check returns the options with the defaults filled in, or an error that wraps
// ErrOptions if one is invalid.
func (o *Options) check() (Options, error) {
	var v Options
	if o != nil {
		v = *o
	}
	switch {
	case int(v.Compression) >= len(compressions):
		return v, fmt.Errorf("parquet: %w: %v", ErrOptions, v.Compression)
	case v.RowGroupRows < 0 || v.RowGroupRows > maxRowGroupRows:
		return v, fmt.Errorf("parquet: %w: RowGroupRows %d, want at most %d", ErrOptions, v.RowGroupRows, maxRowGroupRows)
	case v.RowGroupBytes < 0 || v.RowGroupBytes > maxRowGroupBytes:
		return v, fmt.Errorf("parquet: %w: RowGroupBytes %d, want at most %d", ErrOptions, v.RowGroupBytes, maxRowGroupBytes)
	case v.Workers < 0:
		return v, fmt.Errorf("parquet: %w: Workers %d", ErrOptions, v.Workers)
	}
	for f := range v.BloomFilters.All() {
		if f.Type() != flowlog.TypeString {
			return v, fmt.Errorf("parquet: %w: bloom filter for %q: the field is a number", ErrOptions, f)
		}
	}
	if v.RowGroupRows == 0 {
		v.RowGroupRows = defaultRowGroupRows
	}
	if v.RowGroupBytes == 0 {
		v.RowGroupBytes = defaultRowGroupBytes
	}
	if v.Workers == 0 {
		v.Workers = runtime.GOMAXPROCS(0)
	}
	if len(v.SortBy) == 0 {
		v.SortBy = defaultSort
	}
	return v, nil
}
