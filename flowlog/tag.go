package flowlog

import (
	"fmt"
	"net/url"
)

// UnescapeTag decodes the percent-encoded value of a tag field: instance-tag,
// interface-tag and asg-tag, and instance-tag-2, interface-tag-2 and asg-tag-2. AWS
// encodes tag values so that they contain no spaces, and a Record holds the encoded
// value. A "+" stands for itself. For an invalid escape, UnescapeTag returns value
// unchanged and an error.
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
