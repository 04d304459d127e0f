// Package decode is the reading half of the Parquet format: it reads and checks a footer, and
// decodes columns batch by batch, within a budget of memory. It knows no flow log.
//
// Two parts are our own although parquet-go has them, because files are not trusted. Its Thrift
// decoder allocates what the header of a list claims, and five bytes can claim gigabytes. Its
// decoder of differences allocates for the count in the header of a page. The ones here take
// memory only for what they have read.
package decode
