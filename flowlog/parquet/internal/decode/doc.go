// Package decode is the reading half of the Parquet format. It reads and checks a footer, and
// decodes columns batch by batch within a memory budget. It does not know about flow logs.
//
// Files are not trusted, so two parts are our own although parquet-go has them. Its Thrift
// decoder allocates the length that the header of a list claims, and five bytes can claim
// gigabytes. Its delta decoder allocates for the count in a page header. The ones here only
// allocate memory for what they have read.
package decode
