package main

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// byteSize is the value of a flag for a number of bytes.
type byteSize int64

func (s *byteSize) String() string {
	switch n := int64(*s); {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "MiB"
	default:
		return strconv.FormatInt(n, 10)
	}
}

// Set accepts values such as 1024, 64k, 128MiB or 1g. Units are powers of 1,024.
// They may be in upper or lower case, with or without "b" or "ib".
func (s *byteSize) Set(text string) error {
	digits := strings.TrimRight(strings.ToLower(text), "kmgib")
	unit := strings.ToLower(text[len(digits):])
	shift := 0
	if unit != "" && unit != "b" {
		shift = 10 * (1 + strings.IndexByte("kmg", unit[0]))
		if rest := unit[1:]; shift == 0 || rest != "" && rest != "b" && rest != "ib" {
			return errors.New("unknown unit; want 128MiB or a number of bytes")
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return errors.New("want 128MiB or a number of bytes")
	}
	*s = byteSize(n << shift)
	return nil
}

// sortFlag is the value of -sort, with or without fields.
type sortFlag parquet.Options

func (s *sortFlag) String() string   { return "" }
func (s *sortFlag) IsBoolFlag() bool { return true }

func (s *sortFlag) Set(text string) error {
	s.Sort, s.SortBy = text != "false", nil
	if text == "true" || text == "false" {
		return nil
	}
	for name := range strings.SplitSeq(text, ",") {
		f, err := flowlog.ParseField(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		s.SortBy = append(s.SortBy, f)
	}
	return nil
}
