// Package parquet writes and reads flow logs as Parquet files with the columns
// of AWS's own: one per field, named with underscores, INT32, INT64 or STRING,
// all optional, null where the log has "-".
package parquet
