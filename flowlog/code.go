package flowlog

import (
	"encoding"
	"encoding/json"
	"fmt"
	"strconv"
)

// Action is what was done with the traffic. The list is open: a value that AWS
// adds is kept as it is.
type Action string

// The actions AWS documents.
const (
	Accept Action = "ACCEPT"
	Reject Action = "REJECT"
)

// String returns the action as AWS writes it.
func (a Action) String() string { return string(a) }

// LogStatus says whether a record holds a flow. The list is open.
type LogStatus string

// The statuses AWS documents.
const (
	OK       LogStatus = "OK"       // the record holds a flow
	NoData   LogStatus = "NODATA"   // there was no traffic in the interval
	SkipData LogStatus = "SKIPDATA" // records of the interval were skipped; it can stand for several flows
)

// String returns the status as AWS writes it.
func (s LogStatus) String() string { return string(s) }

// FlowDirection is the direction of a flow, seen from its interface. The list is
// open.
type FlowDirection string

// The directions AWS documents.
const (
	Ingress FlowDirection = "ingress"
	Egress  FlowDirection = "egress"
)

// String returns the direction as AWS writes it.
func (d FlowDirection) String() string { return string(d) }

// TrafficPath is the path of egress traffic. The list is open: any int32 is
// kept, and one without a name is written as its number.
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

// trafficPaths holds the names of the paths, by number.
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

// String returns the path in words, such as "internet-gateway", or its number
// if it has none.
func (p TrafficPath) String() string { return codeString(trafficPaths, int32(p)) }

// AppendText appends what String returns. It never fails.
func (p TrafficPath) AppendText(b []byte) ([]byte, error) { return append(b, p.String()...), nil }

// MarshalText returns what String returns. It never fails.
func (p TrafficPath) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText accepts what String returns, or the number. The error is a
// *ParseError.
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

// EncryptionStatus says whether traffic was encrypted. The list is open: any
// int32 is kept, and one without a name is written as its number.
//
// Its zero value is NotEncrypted, which is also what the member of a record
// without the field holds. Only a record that has FieldEncryptionStatus says
// that its traffic was not encrypted.
type EncryptionStatus int32

// The statuses AWS documents.
const (
	NotEncrypted         EncryptionStatus = iota // not encrypted; also the zero value, see Record.Has
	NitroEncrypted                               // by the Nitro system
	ApplicationEncrypted                         // by the application
	BothEncrypted                                // by both
)

// encryptionStatuses holds the names of the statuses, by number.
var encryptionStatuses = []string{
	NotEncrypted:         "not-encrypted",
	NitroEncrypted:       "nitro",
	ApplicationEncrypted: "application",
	BothEncrypted:        "nitro-and-application",
}

// String returns the status in words, such as "nitro", or its number if it has
// none.
func (s EncryptionStatus) String() string { return codeString(encryptionStatuses, int32(s)) }

// AppendText appends what String returns. It never fails.
func (s EncryptionStatus) AppendText(b []byte) ([]byte, error) {
	return append(b, s.String()...), nil
}

// MarshalText returns what String returns. It never fails.
func (s EncryptionStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts what String returns, or the number. The error is a
// *ParseError.
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

// codeString returns the name of a code, or its number.
func codeString(names []string, v int32) string {
	if v >= 0 && int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return strconv.Itoa(int(v))
}

// parseCode returns the code that codeString returns s for. f is for the error.
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

// unmarshalNumber unmarshals the text of a JSON number or JSON string into v.
// null changes nothing, as in encoding/json.
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
