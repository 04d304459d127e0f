// Package encode is the writing half of the Parquet format. It sorts and encodes
// the vectors of a row group into chunks, and writes chunks, page index, bloom
// filters and footer. It knows nothing of flow logs.
//
// Thrift, delta encoding, bloom filters and hashes come from parquet-go. Pages,
// dictionaries and statistics are our own, because parquet-go cannot write
// values that are already numbered by a dictionary. A conversion that built a
// parquet-go Value for each value took 1.6 times as long.
package encode
