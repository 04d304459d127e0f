// Package parquet writes and reads flow logs as Parquet files, with the columns
// AWS's own files have, small and fast enough to be worth it: a query in Athena
// pays for the bytes of the columns it names.
//
// Convert makes a file of a log, Writer one of records, Reader reads records
// from a file, whoever wrote it.
//
// # The file
//
// A file has one column per column of the flowlog.Format, in its order, named
// as flowlog.Field.Column has it: AWS's name with underscores. All columns are
// optional. Their types are the three AWS documents in
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html:
//
//	flowlog.TypeInt32    INT32, annotated INT(32, signed)
//	flowlog.TypeInt64    INT64, annotated INT(64, signed)
//	flowlog.TypeString   BYTE_ARRAY, annotated STRING (UTF8)
//
// A "-" in the log is a null in the file, in columns of every type; zero is
// zero. What AWS's own files have for "-" is not documented, so the Reader takes
// null, "", "-" and "None" alike. Columns whose names this version of flowlog
// does not know are STRING columns. Engines take names for equal that differ in
// case; where an unknown column would so clash with another, a number is put
// behind its name, and the file's metadata tells the Reader how it was spelled.
// Text is written as it is in the log. Text that is not UTF-8, which AWS does
// not write, is refused record by record: some readers would refuse the file.
//
// Rows keep the order of the log unless a sort is asked for. Rows are in row
// groups of up to Options.RowGroupRows, columns in pages of 32,768 rows. Each
// column of a row group is written in the way that makes it smallest, judged by
// a page of it: as indices into a dictionary (RLE_DICTIONARY), as differences
// (DELTA_BINARY_PACKED), or one behind the other (PLAIN, or
// DELTA_LENGTH_BYTE_ARRAY for text). All of these, in data pages of version 1,
// are read by Athena's engine version 3, Trino, Spark from 3.3, DuckDB, Arrow,
// Polars and parquet-java.
//
// Row groups have minimum, maximum and null count of each column, pages have
// them in the page index (column index and offset index), and every page has a
// checksum. A column with a value of more than 1,024 bytes has no minimum and
// maximum in its row group. Bloom filters are optional.
//
// The metadata has the format string, the version of this library, and the
// counts of the source; see Reader.Metadata.
//
// # Memory
//
// A Writer holds up to two row groups before they are encoded, each bounded by
// RowGroupRows and RowGroupBytes, and one as it is encoded: some 200 MB with the
// default options and the default format, 50 MB with row groups of 122,880 rows,
// whatever the size of the log. A Reader holds one page and one dictionary for
// each column it reads.
//
// # Files that cannot be trusted
//
// The Reader believes nothing a file claims before it has seen it: a file that
// is cut, altered or made to harm is an error that wraps ErrCorrupt or
// ErrUnsupported, never a panic, and takes no more memory than
// ReaderOptions.MaxMemory and a small multiple of the file's footer.
//
// It reads data pages of both versions, the encodings above and
// DELTA_BYTE_ARRAY, compressed with zstd, snappy, gzip or not at all. Nested
// columns, encryption, and columns of type BOOLEAN or INT96 that are to be read
// are errors.
package parquet
