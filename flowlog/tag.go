package flowlog

import (
	"fmt"
	"net/url"
)

// UnescapeTag decodes the percent-encoded value of a tag field: instance-tag,
// interface-tag, asg-tag, and the second of each. AWS encodes tag values so that
// they contain no space; a record holds them as they are in the log. A "+" is a
// plus sign. An invalid escape is an error, and value is returned unchanged.
//
// AWS does not document whether it encodes a tag value that is "-". A "-" in
// the log is an absent field.
func UnescapeTag(value string) (string, error) {
	s, err := url.PathUnescape(value)
	if err != nil {
		return value, fmt.Errorf("flowlog: tag: %w", err)
	}
	return s, nil
}
