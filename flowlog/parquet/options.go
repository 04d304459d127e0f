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

// The codecs. Zstd is the zero Compression. Athena's engine version 3, Trino,
// Spark, DuckDB and every other reader in use decode all four.
const (
	Zstd         Compression = iota // smallest and nearly as fast as Snappy
	Snappy                          // fast; larger
	Gzip                            // what AWS delivers; slow to write
	Uncompressed                    // no codec
)

// compressions holds the text forms, by number.
var compressions = []string{Zstd: "zstd", Snappy: "snappy", Gzip: "gzip", Uncompressed: "none"}

// String returns the codec's name: "zstd", "snappy", "gzip" or "none".
func (c Compression) String() string {
	if int(c) < len(compressions) {
		return compressions[c]
	}
	return fmt.Sprintf("Compression(%d)", uint8(c))
}

// codec returns the codec's number in the file.
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

// MarshalText returns what String returns. A value that is no codec is an
// error.
func (c Compression) MarshalText() ([]byte, error) {
	if int(c) >= len(compressions) {
		return nil, fmt.Errorf("parquet: %w: %v", ErrOptions, c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText takes what String returns, in any case, for flags and
// configuration. Any other text is an error that wraps ErrOptions.
func (c *Compression) UnmarshalText(text []byte) error {
	i := slices.Index(compressions, strings.ToLower(string(text)))
	if i < 0 {
		return fmt.Errorf("parquet: %w: codec %.32q, want one of %s", ErrOptions, text, strings.Join(compressions, ", "))
	}
	*c = Compression(i)
	return nil
}

// Options says how a file is written. The zero Options, or a nil pointer, is
// good for Athena.
type Options struct {
	// Compression is the codec of the pages, Zstd if zero.
	Compression Compression

	// RowGroupRows is the most rows of a row group, 524,288 if zero.
	// Larger row groups make smaller files; memory grows with them. A row
	// group also ends early when its values would take more than
	// RowGroupBytes.
	RowGroupRows int

	// RowGroupBytes is the most memory the values of one row group may take
	// before they are encoded, 128 MiB if zero and 1 GiB at most; their texts may
	// take a quarter of it, or 32 MiB if that is more. It bounds memory where rows are wide. A text that
	// repeats counts once.
	RowGroupBytes int

	// Workers is about how many processors to keep busy, GOMAXPROCS if zero: one
	// with the records, the others with encoding and compressing columns. With 1,
	// Writer and Convert do everything in the goroutine that calls them, and hold
	// one row group instead of two.
	Workers int

	// Sort sorts the rows inside each row group by the fields of SortBy. The
	// order of rows that compare equal is kept. Sorted files are smaller, and
	// queries that filter by the first field read fewer pages.
	Sort bool

	// SortBy is the order of Sort: interface-id, then start, if it is empty.
	// Fields the format does not have are passed over.
	SortBy []flowlog.Field

	// BloomFilters are the fields that get a bloom filter in each row group,
	// so that a query for one address can skip row groups. None if zero;
	// srcaddr and dstaddr are the ones worth it. Only fields of TypeString can
	// have one. Fields the format does not have are passed over.
	BloomFilters flowlog.FieldSet
}

const (
	defaultRowGroupRows  = 1 << 19
	defaultRowGroupBytes = 128 << 20
	maxRowGroupRows      = 1 << 24
	maxRowGroupBytes     = 1 << 30
)

// defaultSort is the order that makes flow logs smallest: it puts what one
// interface saw side by side, in the order of time.
var defaultSort = []flowlog.Field{flowlog.FieldInterfaceID, flowlog.FieldStart}

// check returns the options with the defaults filled in, and an error that
// wraps ErrOptions for what cannot be meant.
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
			return v, fmt.Errorf("parquet: %w: a bloom filter of %q, which is a number", ErrOptions, f)
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
