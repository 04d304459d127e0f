// Package pack holds what the writing and the reading half of the Parquet format
// share: run lengths and bit packing, the vector in which a column is gathered, its
// dictionary, sets of rows, and the causes of errors. It knows no flow log.
//
// Two parts are our own although parquet-go has them. Its decoder of run lengths
// (encoding/rle) returns all values of a page at once and believes the count in a run's
// header, so that a hostile page of six bytes takes gigabytes; the one here decodes a batch
// at a time and takes no memory for what is claimed. Its dictionaries take one Value for
// each row; the one here numbers texts where they stand, several times faster, and says
// when nothing repeats.
package pack
