// Package encode is the writing half of the Parquet format: it sorts and encodes the vectors
// of a row group into chunks, and writes chunks, page index, bloom filters and footer. It
// knows no flow log.
//
// Thrift, differences, bloom filters and hashes are parquet-go's. Pages, dictionaries and
// statistics are our own: parquet-go has no way to be given ready dictionary codes, and
// a conversion that builds a Value for each took 1.6 times as long.
package encode
