package flowlog

import (
	"fmt"
	"net/url"
)

// UnescapeTag decodes the value of a tag field (instance-tag, interface-tag, asg-tag
// and their seconds). AWS percent-encodes tag values so that they hold no
// space; a record keeps them as they are in the log. A "+" is a plus. A bad
// escape is an error, and the value is returned as it is.
//
// Whether AWS encodes a tag value that is a lone "-" is not documented; a bare
// "-" in the log is an absent field.
func UnescapeTag(value string) (string, error) {
	s, err := url.PathUnescape(value)
	if err != nil {
		return value, fmt.Errorf("flowlog: tag: %w", err)
	}
	return s, nil
}
