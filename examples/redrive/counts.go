package main

import (
	"io"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// counts are the numbers of lines in messages, as the Batcher counts them: an empty
// message is one line. Header lines are sent too, because they have the format of the
// lines after them, but are counted apart.
type counts struct{ lines, headers int64 }

func (r *redrive) count(messages []string) (c counts) {
	for _, m := range messages {
		n, headers := int64(1), int64(0)
		for line := range strings.Lines(m) {
			if r.isHeader(line) {
				headers++
			}
		}
		if m != "" {
			n = int64(strings.Count(strings.TrimSuffix(m, "\n"), "\n") + 1)
		}
		c.lines, c.headers = c.lines+n-headers, c.headers+headers
	}
	return c
}

// isHeader reports whether flowlog reads a line as a header line: it is not blank, and
// neither a record nor an error.
func (r *redrive) isHeader(line string) bool {
	if c := line[0] | 0x20; (c < 'a' || c > 'z') && line[0] != '$' {
		return false
	}
	r.reader.Reset(strings.NewReader(line), nil)
	return r.reader.Read(new(flowlog.Record)) == io.EOF
}

func (c counts) minus(d counts) counts { return counts{c.lines - d.lines, c.headers - d.headers} }

func (c counts) plus(d counts) counts { return counts{c.lines + d.lines, c.headers + d.headers} }
