// Package flowlogtest generates realistic flow logs for tests, benchmarks and
// demonstrations of programs that read flow logs.
//
// A log has the records of a small VPC over one hour. The VPC has the prefixes 10.0.0.0/16
// and 2001:db8:1::/48. Application servers open connections to the internet, to a database
// and to a cache. Web servers and a bastion host accept connections from the internet. Scans
// from the internet are rejected. The frequencies of hosts and addresses follow Zipf's law.
// A connection has two records, one for each direction, in each aggregation interval and on
// each interface that it passes. About one record in 10 is rejected, one in 33 is IPv6, and
// one in 250 is NODATA or SKIPDATA.
//
// The records have values for fields of every version of VPC flow logs and of transit
// gateway flow logs. The format selects the fields that are written.
package flowlogtest
