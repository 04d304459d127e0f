package athena

import (
	"errors"
	"strconv"
	"strings"
)

// RuleError says which part of a table, a partition, a key or a question breaks which
// rule. Every error of this package is a *RuleError. With an error, no statement is
// returned.
type RuleError struct {
	What  string // the part: "table name", "location", "partition account"
	Value string // its value, a copy cut at 64 bytes
	Rule  string // the rule that it breaks, in words
	Err   error  // one of the package's sentinels
}

// The kinds of rules, for errors.Is.
var (
	ErrName      = errors.New("athena: invalid name")      // of a table, a database or a view
	ErrLocation  = errors.New("athena: invalid location")  // not s3://bucket/folder/, or inside the layout
	ErrFormat    = errors.New("athena: invalid format")    // no format, or one without columns
	ErrColumn    = errors.New("athena: invalid column")    // a column twice, or one the source lacks
	ErrLayout    = errors.New("athena: invalid layout")    // a layout, prefix, storage or option that does not allow it
	ErrPartition = errors.New("athena: invalid partition") // a partition the layout does not have
	ErrRange     = errors.New("athena: invalid range")     // ends before it starts, or covers or lists too much
	ErrKey       = errors.New("athena: invalid key")       // not the key of a delivered object
	ErrQuery     = errors.New("athena: invalid query")     // a parameter of a question
)

// Error returns one line: the part, its value quoted, and the rule.
func (e *RuleError) Error() string {
	s := "athena: " + e.What
	if e.Value != "" {
		s += " " + strconv.Quote(e.Value)
	}
	return s + ": " + e.Rule
}

// Unwrap returns the kind of the rule.
func (e *RuleError) Unwrap() error { return e.Err }

// broken returns a *RuleError.
func broken(kind error, what, value, rule string) error {
	return &RuleError{What: what, Value: clip(value), Rule: rule, Err: kind}
}

// clip returns a copy of a value, cut at 64 bytes, so that an error keeps no
// input in memory and does not fill a log.
func clip(s string) string {
	const most = 64
	if len(s) > most {
		return s[:most-3] + "..."
	}
	return strings.Clone(s)
}
