// Package parquet writes and reads flow logs as Parquet files. The files have
// the columns of the files that AWS delivers. They are smaller and faster to
// query than text: Athena reads, and charges for, only the columns that a query
// names.
//
// Convert makes a file from a log, and a Writer from records. A Reader reads the
// records of a file, whichever program wrote it.
//
// # The file
//
// A file has the columns of its flowlog.Format, in that order. The name of a
// column is flowlog.Field.Column: the name AWS uses, with underscores. All
// columns are optional. The types are those of
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html:
//
//	flowlog.TypeInt32    INT32, annotated INT(32, signed)
//	flowlog.TypeInt64    INT64, annotated INT(64, signed)
//	flowlog.TypeString   BYTE_ARRAY, annotated STRING (UTF8)
//
// A "-" in the log is a null in the file, in columns of every type. Zero is
// zero. AWS does not document what its files have for "-", so a Reader treats
// null, "", "-" and "None" alike. Columns whose names this version of flowlog
// does not know are STRING columns. Query engines ignore the case of column
// names. If an unknown column has the name of another column in a different
// case, a number is appended to its name, and the metadata of the file keeps the
// original spelling for the Reader. Text is written as it is in the log. A
// record with text that is not UTF-8 is an error, because some readers refuse a
// file with such text. AWS does not write it.
//
// Rows keep the order of the log, unless Options.Sort is set. A row group has up
// to Options.RowGroupRows rows, a page 32,768. Each column of a row group is
// written with the encoding that makes one of its pages smallest: a dictionary
// (RLE_DICTIONARY), differences (DELTA_BINARY_PACKED), or the values themselves
// (PLAIN for numbers, DELTA_LENGTH_BYTE_ARRAY for text). Data pages are of
// version 1. Athena engine version 3, Trino, Spark 3.3 and later, DuckDB, Arrow,
// Polars and parquet-java read all of these.
//
// Each column of a row group has statistics: minimum, maximum and null count.
// The page index (column index and offset index) has the same for each page.
// Every page has a checksum. If a column has a value of more than 1,024 bytes
// in a row group, it has no minimum and maximum there. Bloom filters are
// optional.
//
// The metadata has the format string, the version of this library, and the
// counts of the source; see Reader.Metadata.
//
// # Memory
//
// A Writer holds up to two row groups before encoding, each bounded by
// Options.RowGroupRows and Options.RowGroupBytes, and one after encoding. With
// the default options and the default format this is about 200 MB, and 50 MB
// with row groups of 122,880 rows, whatever the size of the log. A Reader holds
// one page and one dictionary for each column it reads.
//
// # Untrusted files
//
// A Reader checks every size and count of a file before it allocates memory. A
// file that is truncated, altered or malicious is an error that wraps ErrCorrupt
// or ErrUnsupported, never a panic. Reading it takes no more memory than
// ReaderOptions.MaxMemory and a small multiple of the size of the footer.
//
// A Reader accepts data pages of both versions, the encodings above and
// DELTA_BYTE_ARRAY, and pages that are compressed with zstd, snappy or gzip, or
// not compressed. Nested columns and encryption are errors. So is a column of
// type BOOLEAN or INT96, if it is to be read.
package parquet
