package traffic

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/netip"
)

// awsRanges is the content of AWS's ip-ranges.json.
type awsRanges struct {
	Prefixes     []awsRange `json:"prefixes"`
	IPv6Prefixes []awsRange `json:"ipv6_prefixes"`
}

// awsRange is one prefix of ip-ranges.json. It has either IPv4 or IPv6.
type awsRange struct {
	IPv4    string `json:"ip_prefix"`
	IPv6    string `json:"ipv6_prefix"`
	Region  string `json:"region"`
	Service string `json:"service"`
}

// ReadAWSRanges reads the address ranges that AWS publishes as ip-ranges.json.
// The name of a prefix is its service and Region, such as "S3 eu-west-1" or
// "CLOUDFRONT GLOBAL".
//
// AWS lists many prefixes under several services. The name of such a prefix is its most
// specific service, which is the one with the fewest prefixes. EC2 is used only if there is
// no other, and AMAZON, which has all prefixes, only if EC2 does not have the prefix either.
//
// The error is a *ParseError, or wraps the error of r. It wraps ErrFormat if the input is
// not an ip-ranges file or has no prefixes, and ErrTooLarge if the input has more than
// MaxInput bytes.
//
// See https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html.
func ReadAWSRanges(r io.Reader) (*Networks, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var file awsRanges
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, jsonError(data, 0, err)
	}
	all := append(file.Prefixes, file.IPv6Prefixes...)
	if len(all) == 0 {
		return nil, &ParseError{Err: wrap(ErrFormat, "no prefixes of AWS")}
	}
	sizes := make(map[string]int) // number of prefixes of each service
	for _, p := range all {
		sizes[p.Service]++
	}
	n := new(Networks)
	best := make(map[netip.Prefix]string) // most specific service of each prefix
	for _, p := range all {
		text := cmp.Or(p.IPv4, p.IPv6)
		prefix, err := parsePrefix(text)
		if err == nil && p.Service == "" {
			err = ErrName
		}
		if err != nil {
			line := 0
			if text != "" {
				line = lineAt(data, int64(bytes.Index(data, []byte(text))))
			}
			return nil, &ParseError{Line: line, Value: clip(text), Err: err}
		}
		if old, ok := best[prefix]; ok && !moreSpecific(p.Service, old, sizes) {
			continue
		}
		best[prefix] = p.Service
		name := p.Service
		if p.Region != "" {
			name += " " + p.Region
		}
		n.Add(prefix, name)
	}
	return n, nil
}

// moreSpecific reports whether service a is more specific than b. sizes holds the number
// of prefixes of each service.
func moreSpecific(a, b string, sizes map[string]int) bool {
	general := func(s string) int {
		switch s {
		case "AMAZON":
			return 2
		case "EC2":
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(general(a), general(b)), cmp.Compare(sizes[a], sizes[b]), cmp.Compare(a, b)) < 0
}
