// Package pack holds what the writing and the reading half of the Parquet format
// share: run lengths and bit packing, the vector that holds a column of a row
// group, its dictionary, sets of rows, and the causes of errors. It knows nothing
// of flow logs.
//
// Two parts are our own although parquet-go has them. The decoder of run lengths
// in parquet-go (encoding/rle) returns all values of a page at once and trusts
// the count in a run's header, so a hostile page of six bytes takes gigabytes.
// The decoder here returns a batch at a time and allocates nothing. The
// dictionaries of parquet-go take one Value for each row. The dictionary here
// takes texts, is several times faster, and detects columns without
// repetition.
package pack
