// Package flowlogtest generates realistic flow logs, for tests, benchmarks and
// demonstrations of programs that read them.
//
// A log has the records of a small VPC over one hour. The VPC is 10.0.0.0/16
// and 2001:db8:1::/48. Application servers open connections to the internet, to
// a database and to a cache; web servers and a bastion host accept connections
// from the internet; scanners are rejected. Hosts and addresses repeat with
// Zipf's frequencies. Each connection leaves two records, one for each
// direction, in each interval that it lasts and on each interface that it
// passes. About one record in ten is rejected, one in 33 is IPv6, and one in
// 250 is NODATA or SKIPDATA.
//
// The records have values for the fields of every version of VPC flow logs and
// of transit gateway flow logs; a format selects from them.
package flowlogtest
