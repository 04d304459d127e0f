package athena

import "slices"

// Storage is how a table's files are written and what reads them.
type Storage uint8

// The storages. Text is the zero Storage.
const (
	// Text is lines of values with one space between, as AWS delivers them,
	// read by LazySimpleSerDe. Columns match by position.
	Text Storage = iota
	// Regex is the same lines read by RegexSerDe, as in the article. A run of
	// blanks separates values as one blank does. A line with too few values is all
	// NULL; values after the last column are ignored. It is slower than Text.
	Regex
	// Parquet is what AWS delivers on request and flowlog/parquet writes.
	// Columns match by name.
	Parquet
	// Iceberg is a table that Athena, Spark, Trino, Redshift and Flink share. It is
	// filled by CreateAs, InsertFrom and MergeFrom, and partitioned by the day or
	// hour of the start of the flow. start and end are timestamps in UTC, and
	// absent values are NULL. Its Layout is Unpartitioned.
	// See https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html.
	Iceberg
)

var storageNames = [...]string{Text: "text", Regex: "regex", Parquet: "parquet", Iceberg: "iceberg"}

// Naming is how a table's columns are named.
type Naming uint8

// The namings. AWSNames is the zero Naming.
const (
	// AWSNames are AWS's names with underscores: srcaddr, srcport, log_status.
	AWSNames Naming = iota
	// ArticleNames are those of the article "Analyzing VPC Flow Logs with
	// Amazon Kinesis Firehose, Amazon Athena, and Amazon QuickSight" on the AWS
	// Big Data Blog: sourceaddress, sourceport, logstatus. The partition column of
	// a Firehose table is ingestdatetime. Fields that the article does not have
	// follow its rule: AWS's name without hyphens.
	ArticleNames
)

var namingNames = [...]string{AWSNames: "aws", ArticleNames: "article"}

// Partitioning is how Athena learns a table's partitions.
type Partitioning uint8

// The ways of partitioning. Projected is the zero Partitioning.
const (
	// Projected lets Athena compute the partitions from the table's properties, so
	// that nothing has to be added or dropped. Only Athena knows them; SHOW
	// PARTITIONS, Spark and Redshift Spectrum do not.
	// See https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html.
	Projected Partitioning = iota
	// Explicit keeps the partitions in the catalog, where AddPartitions, Repair
	// and InsertFrom put them.
	Explicit
)

var partitioningNames = [...]string{Projected: "projected", Explicit: "explicit"}

// Header says whether each text file begins with a header line.
type Header uint8

// The choices. HeaderAuto is the zero Header.
const (
	// HeaderAuto is HeaderLine for the S3 layouts and for a location that names
	// AWSLogs, and NoHeader otherwise: flow logs delivered to S3 have a header
	// line, what Firehose writes has none.
	HeaderAuto Header = iota
	HeaderLine
	NoHeader
)

var headerNames = [...]string{HeaderAuto: "auto", HeaderLine: "line", NoHeader: "none"}

// Layout is how the folders below a table's location are named.
type Layout uint8

// The layouts. Unpartitioned is the zero Layout.
const (
	// Unpartitioned is one folder: every query reads all of it.
	Unpartitioned Layout = iota
	// Firehose is what Firehose writes: yyyy/MM/dd/HH/ of the time of arrival
	// (UTC), or the folders of Table.Prefix.
	Firehose
	// S3Daily to S3HiveHourly are those of flow logs delivered to S3, below
	// AWSLogs/: by account, by Region, and by day or hour. Folders are named for
	// values or, in the Hive-compatible layouts, for names and values.
	// See https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html.
	S3Daily
	S3Hourly
	S3HiveDaily
	S3HiveHourly
)

var layoutNames = [...]string{
	Unpartitioned: "unpartitioned",
	Firehose:      "firehose",
	S3Daily:       "s3-daily",
	S3Hourly:      "s3-hourly",
	S3HiveDaily:   "s3-hive-daily",
	S3HiveHourly:  "s3-hive-hourly",
}

// Layouts returns all layouts in the order of the constants.
func Layouts() []Layout {
	s := make([]Layout, len(layoutNames))
	for i := range s {
		s[i] = Layout(i)
	}
	return s
}

// s3 reports whether AWS delivers flow logs to S3 in the layout.
func (l Layout) s3() bool { return l >= S3Daily && l <= S3HiveHourly }

// String returns the storage's name: "text", "regex", "parquet" or "iceberg".
func (s Storage) String() string { return enumName(storageNames[:], uint8(s)) }

// String returns the naming's name: "aws" or "article".
func (n Naming) String() string { return enumName(namingNames[:], uint8(n)) }

// String returns "projected" or "explicit".
func (p Partitioning) String() string { return enumName(partitioningNames[:], uint8(p)) }

// String returns "auto", "line" or "none".
func (h Header) String() string { return enumName(headerNames[:], uint8(h)) }

// String returns the layout's name, such as "firehose" or "s3-hive-daily".
func (l Layout) String() string { return enumName(layoutNames[:], uint8(l)) }

// MarshalText returns what String returns.
func (s Storage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText returns what String returns.
func (n Naming) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// MarshalText returns what String returns.
func (p Partitioning) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalText returns what String returns.
func (h Header) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// MarshalText returns what String returns.
func (l Layout) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes what String returns.
func (s *Storage) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(s), "storage", storageNames[:], text)
}

// UnmarshalText takes what String returns.
func (n *Naming) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(n), "naming", namingNames[:], text)
}

// UnmarshalText takes what String returns.
func (p *Partitioning) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(p), "partitioning", partitioningNames[:], text)
}

// UnmarshalText takes what String returns.
func (h *Header) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(h), "header", headerNames[:], text)
}

// UnmarshalText takes what String returns.
func (l *Layout) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(l), "layout", layoutNames[:], text)
}

func enumName(names []string, v uint8) string {
	if int(v) < len(names) {
		return names[v]
	}
	return "?"
}

func parseEnum(v *uint8, what string, names []string, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return broken(ErrLayout, what, string(text), "must be one of "+join(names))
	}
	*v = uint8(i)
	return nil
}

// checkEnum returns an error for a value that is none of the constants.
func checkEnum(what string, names []string, v uint8) error {
	if int(v) >= len(names) {
		return broken(ErrLayout, what, "", "must be one of "+join(names))
	}
	return nil
}
