// Package engines checks what the library writes with the engines that will
// read it: DuckDB, pyarrow, polars, the reference Java reader, Spark with
// Hive, Hive's own parser, Trino and an S3 server.
//
// It is a module of its own, so that no user of the library ever sees these
// dependencies. The script run installs the engines and runs the tests; the
// program race compares speed.
package engines
