package flowlog

import (
	"encoding/json"
	"fmt"
	"strings"
)

// message returns the line inside {"message":"…"}, the form in which flow logs
// come that AWS puts straight to Firehose, and where it starts in s. Other keys
// are passed over. The result is a substring of s unless it holds escapes.
func message(s string) (line string, column int, err error) {
	const head = `{"message":"`
	if strings.HasPrefix(s, head) {
		rest := s[len(head):]
		if n := strings.IndexAny(rest, `"\`); n >= 0 && rest[n:] == `"}` {
			return rest[:n], len(head), nil
		}
	}
	var v struct {
		Message *string `json:"message"`
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if v.Message == nil {
		return "", 0, fmt.Errorf("%w: a JSON object without a message", ErrFormat)
	}
	return *v.Message, 0, nil
}

// cutExportTime takes the leading time off a line that a CloudWatch Logs export
// task wrote, such as "2025-02-25T12:25:04.000Z 2 123456789012 …". It reports
// false for any other line.
func cutExportTime(line string) (rest string, ok bool) {
	const layout = "0000-00-00T00:00:00"
	if len(line) < len(layout)+2 || line[4] != '-' || line[10] != 'T' {
		return "", false
	}
	for i := range len(layout) {
		if c := line[i]; layout[i] == '0' && (c < '0' || c > '9') || layout[i] != '0' && c != layout[i] {
			return "", false
		}
	}
	i := len(layout)
	if line[i] == '.' {
		for i++; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		}
	}
	if i+1 >= len(line) || line[i] != 'Z' || !separator(line[i+1]) {
		return "", false
	}
	return line[i+2:], true
}
