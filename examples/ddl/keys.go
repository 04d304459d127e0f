package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/vpcflow/vpcflow/athena"
)

// maxLine is the maximum length of a line in bytes. A key of S3 has up to 1,024
// bytes, three times as many if it is percent-encoded.
const maxLine = 64 << 10

// partitions reads keys and returns the statements that add their partitions. It
// skips keys outside the layout, with a warning.
func (c *command) partitions() ([]string, error) {
	var parts []athena.Partition
	seen := make(map[athena.Partition]bool)
	lines := bufio.NewScanner(c.in)
	lines.Buffer(nil, maxLine)
	lines.Split(splitKeys)
	for lines.Scan() {
		key := keyOf(lines.Text())
		if key == "" {
			continue
		}
		p, err := c.table.Partition(key)
		var rule *athena.RuleError
		if errors.As(err, &rule) && errors.Is(err, athena.ErrKey) {
			c.Print(fmt.Sprintf("skipped: %v", err))
			continue
		}
		if err != nil {
			return nil, err
		}
		if !seen[p] {
			seen[p] = true
			parts = append(parts, p)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return c.table.AddPartitions(parts...)
}

// splitKeys is a bufio.SplitFunc for keys that end at a tab or a newline: aws
// s3api list-objects-v2 --output text prints up to 1,000 keys on a line.
func splitKeys(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexAny(data, "\t\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// listed matches a line of aws s3 ls --recursive.
var listed = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ (.+)$`)

// keyOf returns the key in a line of aws s3 ls --recursive, or the line itself.
func keyOf(line string) string {
	line = strings.TrimSuffix(line, "\r")
	if m := listed.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return line
}
