package firehosetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Limits of a prefix.
// https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
const (
	prefixLimit    = 1024 // as configured
	evaluatedLimit = 512
)

// defaultTimestamp is what Firehose appends to a prefix without a timestamp.
const defaultTimestamp = "yyyy/MM/dd/HH/"

// prefix is a compiled Stream.Prefix or Stream.ErrorPrefix.
type prefix struct {
	parts     []prefixPart
	timestamp bool // has a !{timestamp:…}
	random    bool // has a !{firehose:random-string}
	errorType bool // has a !{firehose:error-output-type}
}

// prefixPart appends its text for an object whose first record arrived at t.
type prefixPart func(b []byte, t time.Time, errorType string) []byte

// parsePrefix compiles s.
func parsePrefix(s string) (*prefix, error) {
	if len(s) > prefixLimit {
		return nil, fmt.Errorf("prefix has %d characters, the limit is %d", len(s), prefixLimit)
	}
	p := new(prefix)
	for s != "" {
		text, rest, found := strings.Cut(s, "!{")
		if text != "" {
			p.literal(text)
		}
		if !found {
			break
		}
		expr, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("prefix expression !{%s is not closed", rest)
		}
		if err := p.expression(expr); err != nil {
			return nil, err
		}
		s = after
	}
	return p, nil
}

func (p *prefix) literal(text string) {
	p.parts = append(p.parts, func(b []byte, _ time.Time, _ string) []byte { return append(b, text...) })
}

func (p *prefix) expression(expr string) error {
	namespace, value, _ := strings.Cut(expr, ":")
	switch {
	case namespace == "timestamp":
		format, err := parseDateTime(value)
		if err != nil {
			return fmt.Errorf("prefix expression !{%s}: %w", expr, err)
		}
		p.timestamp = true
		p.parts = append(p.parts, func(b []byte, t time.Time, _ string) []byte { return format.append(b, t) })
	case namespace == "firehose" && value == "random-string":
		p.random = true
		p.parts = append(p.parts, func(b []byte, _ time.Time, _ string) []byte { return append(b, rand.Text()[:11]...) })
	case namespace == "firehose" && value == "error-output-type":
		p.errorType = true
		p.parts = append(p.parts, func(b []byte, _ time.Time, errorType string) []byte { return append(b, errorType...) })
	case namespace == "partitionKeyFromQuery" || namespace == "partitionKeyFromLambda":
		return fmt.Errorf("prefix expression !{%s}: dynamic partitioning is not supported", expr)
	default:
		return fmt.Errorf("prefix expression !{%s} is not known", expr)
	}
	return nil
}

// evaluate returns the prefix of an object whose first record arrived at t.
func (p *prefix) evaluate(t time.Time, errorType string) (string, error) {
	var b []byte
	for _, part := range p.parts {
		b = part(b, t, errorType)
	}
	if len(b) > evaluatedLimit {
		return "", fmt.Errorf("prefix evaluates to %d characters, the limit is %d", len(b), evaluatedLimit)
	}
	return string(b), nil
}

// parsePrefixes compiles the two prefixes of a stream and checks them by the service's
// rules. It appends the timestamp that the service appends.
func parsePrefixes(data, failed string) (*prefix, *prefix, error) {
	p, err := parsePrefix(data)
	if err != nil {
		return nil, nil, err
	}
	if p.errorType {
		return nil, nil, errors.New("a Prefix cannot contain !{firehose:error-output-type}, only an ErrorPrefix can")
	}
	if failed == "" {
		if p.timestamp || p.random {
			return nil, nil, errors.New("a Prefix with expressions needs an ErrorPrefix")
		}
		failed = "!{firehose:error-output-type}/"
	}
	e, err := parsePrefix(failed)
	if err != nil {
		return nil, nil, err
	}
	if !e.errorType {
		return nil, nil, errors.New("an ErrorPrefix must contain !{firehose:error-output-type}")
	}
	for _, q := range []*prefix{p, e} {
		if !q.timestamp {
			if err := q.expression("timestamp:" + defaultTimestamp); err != nil {
				return nil, nil, err
			}
		}
	}
	return p, e, nil
}
