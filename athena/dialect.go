package athena

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Dialect is the SQL of an engine that answers questions.
type Dialect uint8

// The dialects. Athena is the zero Dialect.
const (
	// Athena is Athena's SQL, which is Trino's.
	Athena Dialect = iota
	// DuckDB asks the view that Table.DuckDBView makes over Text or Parquet files,
	// in S3 or in a local folder.
	DuckDB
)

var dialectNames = [...]string{Athena: "athena", DuckDB: "duckdb"}

// String returns "athena" or "duckdb".
func (d Dialect) String() string { return enumName(dialectNames[:], uint8(d)) }

// MarshalText returns what String returns.
func (d Dialect) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes what String returns.
func (d *Dialect) UnmarshalText(text []byte) error {
	return parseEnum((*uint8)(d), "dialect", dialectNames[:], text)
}

// check checks that a table can be asked in the dialect.
func (d Dialect) check(c *checked) error {
	if err := checkEnum("dialect", dialectNames[:], uint8(d)); err != nil || d == Athena {
		return err
	}
	if s := c.table.Storage; s != Text && s != Parquet {
		return broken(ErrLayout, "dialect", d.String(), "must be athena for the storage "+s.String()+": DuckDB reads text and Parquet tables")
	}
	if c.table.Catalog != "" {
		return broken(ErrLayout, "dialect", d.String(), "must be athena for a table in a catalog")
	}
	return c.checkHex()
}

// forms is what the questions say differently in each dialect.
type forms struct {
	// table returns the name of what is asked.
	table func(t *Table) string
	// address returns a column as an address, NULL where it holds none.
	address func(column string) string
	// within returns the condition that an address is in one of the prefixes.
	within func(prefixes []netip.Prefix, address string) string
	// is returns the condition that an address is a.
	is func(address string, a netip.Addr) string
	// bits returns the bits of a number that are in a mask.
	bits func(number string, mask int) string
	// timestamp returns a column of Unix seconds as a timestamp in UTC.
	timestamp func(column string) string
	// weekAgo is the Unix time seven days before the query runs.
	weekAgo string
	// pairs joins each row with pairs, as "tag"."field" and "tag"."value".
	pairs func(fields, values []string) string
}

var dialects = [...]forms{
	Athena: {
		table:     (*Table).sqlName,
		address:   func(column string) string { return "TRY_CAST(" + sqlIdent(column) + " AS IPADDRESS)" },
		within:    inPrefixes,
		is:        func(address string, a netip.Addr) string { return address + " = IPADDRESS " + sqlString(a.String()) },
		bits:      func(number string, mask int) string { return fmt.Sprintf("bitwise_and(%s, %d)", number, mask) },
		timestamp: func(column string) string { return toTimestamp(column, 3) },
		weekAgo:   "to_unixtime(current_timestamp - INTERVAL '7' DAY)",
		pairs: func(fields, values []string) string {
			return "UNNEST(ARRAY[" + sqlStrings(fields) + "], ARRAY[" + join(values) + `]) AS "tag" ("field", "value")`
		},
	},
	DuckDB: {
		table:   func(t *Table) string { return sqlIdent(strings.ToLower(t.Name)) },
		address: func(column string) string { return sqlIdent(column + hexSuffix) },
		within:  inHexPrefixes,
		is:      func(address string, a netip.Addr) string { return address + " = " + sqlString(hexAddr(a)) },
		bits:    func(number string, mask int) string { return fmt.Sprintf("(%s & %d)", number, mask) },
		timestamp: func(column string) string {
			return "epoch_ms(IF(" + column + " >= 100000000000, " + column + ", " + column + " * 1000))"
		},
		weekAgo: "epoch(current_timestamp) - " + strconv.Itoa(int(newFor.Seconds())),
		pairs: func(fields, values []string) string {
			s := make([]string, len(fields))
			for i := range s {
				s[i] = "{'field': " + sqlString(fields[i]) + ", 'value': " + values[i] + "}"
			}
			return "UNNEST([" + join(s) + `]) AS "tags" ("tag")`
		},
	},
}
