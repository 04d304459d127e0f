package flowlog

import (
	"encoding"
	"encoding/json"
	"fmt"
	"strconv"
)

// Action tells whether the traffic was accepted or rejected. The list of values is
// open: a value that AWS adds later is kept unchanged.
type Action string

// The actions AWS documents.
const (
	Accept Action = "ACCEPT"
	Reject Action = "REJECT"
)

// String returns the action as AWS writes it.
func (a Action) String() string { return string(a) }

// LogStatus tells whether a record describes a flow. The list of values is open.
type LogStatus string

// The statuses AWS documents.
const (
	OK       LogStatus = "OK"       // the record describes a flow
	NoData   LogStatus = "NODATA"   // no traffic in the aggregation interval
	SkipData LogStatus = "SKIPDATA" // AWS skipped records in the interval; one record can stand for several flows
)

// String returns the status as AWS writes it.
func (s LogStatus) String() string { return string(s) }

// FlowDirection is the direction of a flow as seen from its network interface. The
// list of values is open.
type FlowDirection string

// The directions AWS documents.
const (
	Ingress FlowDirection = "ingress"
	Egress  FlowDirection = "egress"
)

// String returns the direction as AWS writes it.
func (d FlowDirection) String() string { return string(d) }

// TrafficPath is the path that egress traffic takes to its destination. The list of
// codes is open: any int32 is kept, and a code without a name prints as a number.
type TrafficPath int32

// The paths AWS documents.
const (
	PathSameVPC               TrafficPath = iota + 1 // another resource in the VPC
	PathInternetOrEndpoint                           // an internet gateway or a gateway VPC endpoint
	PathVirtualPrivateGateway                        // a virtual private gateway
	PathIntraRegionPeering                           // a VPC peering connection in the Region
	PathInterRegionPeering                           // a VPC peering connection between Regions
	PathLocalOrWavelengthZone                        // a Local Zone or Wavelength Zone
	PathGatewayEndpoint                              // a gateway VPC endpoint
	PathInternetGateway                              // an internet gateway
)

// trafficPaths holds the names of the paths, indexed by code.
var trafficPaths = []string{
	PathSameVPC:               "same-vpc",
	PathInternetOrEndpoint:    "internet-gateway-or-gateway-endpoint",
	PathVirtualPrivateGateway: "virtual-private-gateway",
	PathIntraRegionPeering:    "intra-region-peering",
	PathInterRegionPeering:    "inter-region-peering",
	PathLocalOrWavelengthZone: "local-or-wavelength-zone",
	PathGatewayEndpoint:       "gateway-endpoint",
	PathInternetGateway:       "internet-gateway",
}

// String returns the name of the path, such as "internet-gateway", or its number if
// it has no name. The names are those of this package; AWS has numbers only.
func (p TrafficPath) String() string { return codeString(trafficPaths, int32(p)) }

// AppendText appends the result of String. It never fails.
func (p TrafficPath) AppendText(b []byte) ([]byte, error) { return append(b, p.String()...), nil }

// MarshalText returns the result of String. It never fails.
func (p TrafficPath) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText accepts the name or the number. The error is a *ParseError.
func (p *TrafficPath) UnmarshalText(text []byte) error {
	v, err := parseCode(FieldTrafficPath, trafficPaths, string(text))
	if err == nil {
		*p = TrafficPath(v)
	}
	return err
}

// MarshalJSON returns a JSON number. It never fails.
func (p TrafficPath) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, int64(p), 10), nil }

// UnmarshalJSON accepts a JSON number, or a string as UnmarshalText does.
func (p *TrafficPath) UnmarshalJSON(data []byte) error { return unmarshalNumber(p, data) }

// EncryptionStatus tells whether traffic was encrypted. The list of codes is open: any
// int32 is kept, and a code without a name prints as a number.
//
// The zero value is NotEncrypted. A record without the field has the zero value too,
// so check Record.Has(FieldEncryptionStatus) first.
type EncryptionStatus int32

// The statuses AWS documents.
const (
	NotEncrypted         EncryptionStatus = iota // not encrypted; also the zero value, see Record.Has
	NitroEncrypted                               // encrypted by the Nitro system
	ApplicationEncrypted                         // encrypted by the application
	BothEncrypted                                // encrypted by both
)

// encryptionStatuses holds the names of the statuses, indexed by code.
var encryptionStatuses = []string{
	NotEncrypted:         "not-encrypted",
	NitroEncrypted:       "nitro",
	ApplicationEncrypted: "application",
	BothEncrypted:        "nitro-and-application",
}

// String returns the name of the status, such as "nitro", or its number if it has no
// name. The names are those of this package; AWS has numbers only.
func (s EncryptionStatus) String() string { return codeString(encryptionStatuses, int32(s)) }

// AppendText appends the result of String. It never fails.
func (s EncryptionStatus) AppendText(b []byte) ([]byte, error) {
	return append(b, s.String()...), nil
}

// MarshalText returns the result of String. It never fails.
func (s EncryptionStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the name or the number. The error is a *ParseError.
func (s *EncryptionStatus) UnmarshalText(text []byte) error {
	v, err := parseCode(FieldEncryptionStatus, encryptionStatuses, string(text))
	if err == nil {
		*s = EncryptionStatus(v)
	}
	return err
}

// MarshalJSON returns a JSON number. It never fails.
func (s EncryptionStatus) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, int64(s), 10), nil
}

// UnmarshalJSON accepts a JSON number, or a string as UnmarshalText does.
func (s *EncryptionStatus) UnmarshalJSON(data []byte) error { return unmarshalNumber(s, data) }

// codeString returns the name of code v, or its number if it has no name.
func codeString(names []string, v int32) string {
	if v >= 0 && int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return strconv.Itoa(int(v))
}

// parseCode is the inverse of codeString. It also accepts the number of a code that
// has a name. f is the field to report in an error.
func parseCode(f Field, names []string, s string) (int32, error) {
	for i, n := range names {
		if n != "" && n == s {
			return int32(i), nil
		}
	}
	v, err := parseInt(s, 32)
	if err != nil {
		return 0, &ParseError{Field: f, Value: clip(s), Err: err}
	}
	return int32(v), nil
}

// unmarshalNumber unmarshals a JSON number or JSON string into v with UnmarshalText.
// It ignores null, as encoding/json does.
func unmarshalNumber(v encoding.TextUnmarshaler, data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if len(data) > 0 && data[0] == '"' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("flowlog: JSON: %w", err)
		}
		data = []byte(s)
	}
	return v.UnmarshalText(data)
}
