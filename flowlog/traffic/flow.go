package traffic

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Direction is the direction of a connection, from client to server, as seen from our
// networks.
type Direction uint8

// The directions.
const (
	DirectionUnknown Direction = iota // an address is absent
	Outbound                          // the client is ours, the server is not
	Inbound                           // the server is ours, the client is not
	Internal                          // both are ours
	External                          // neither is ours
)

// directions holds the names of the directions.
var directions = []string{"unknown", "outbound", "inbound", "internal", "external"}

// String returns the name in lower case, such as "outbound".
func (d Direction) String() string { return name(directions, d) }

// MarshalText returns what String returns. It never fails.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts a name that String returns. The error is a *ParseError.
func (d *Direction) UnmarshalText(text []byte) error { return parse(directions, d, text) }

// Evidence tells how the client of a flow was determined.
type Evidence uint8

// The kinds of evidence, from the weakest to the strongest.
const (
	NoEvidence  Evidence = iota // none: the source of the packets is assumed to be the client
	PortNumbers                 // the lower port is that of the server
	TCPFlags                    // SYN without ACK comes from the client, SYN with ACK from the server
)

// evidences holds the names of the kinds of evidence.
var evidences = []string{"none", "port-numbers", "tcp-flags"}

// String returns "none", "port-numbers" or "tcp-flags".
func (e Evidence) String() string { return name(evidences, e) }

// MarshalText returns what String returns. It never fails.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText accepts a name that String returns. The error is a *ParseError.
func (e *Evidence) UnmarshalText(text []byte) error { return parse(evidences, e, text) }

// name returns the name of v, or its number if it has none.
func name[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return strconv.Itoa(int(v))
}

// parse sets v to the value with the name text.
func parse[T ~uint8](names []string, v *T, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return &ParseError{Value: clip(string(text)), Err: fmt.Errorf("want one of %s", strings.Join(names, ", "))}
	}
	*v = T(i)
	return nil
}

// Service is a port of a protocol, or a protocol without ports.
type Service struct {
	Port     uint16           `json:"port"`
	Protocol flowlog.Protocol `json:"protocol"`
}

// The protocols with ports that have no constant in package flowlog.
const (
	dccp    flowlog.Protocol = 33
	sctp    flowlog.Protocol = 132
	udpLite flowlog.Protocol = 136
)

// String returns the service as port and protocol, such as "443/TCP". For a protocol
// without ports it returns the protocol, such as "ICMP", or "0/253" if that has no name. A
// port with protocol 0, as in a record without the protocol, is only the port, such as "443".
func (s Service) String() string {
	switch s.Protocol {
	case flowlog.TCP, flowlog.UDP, dccp, sctp, udpLite:
	case 0:
		if s.Port != 0 {
			return strconv.Itoa(int(s.Port))
		}
		return s.Protocol.String()
	default:
		if name := s.Protocol.String(); s.Port == 0 && name != strconv.Itoa(int(s.Protocol)) {
			return name
		}
	}
	return strconv.Itoa(int(s.Port)) + "/" + s.Protocol.String()
}

// ParseService parses the result of [Service.String]. The protocol may be any text that
// [flowlog.ParseProtocol] accepts. The error is a *ParseError that wraps ErrService.
func ParseService(text string) (Service, error) {
	port, protocol, both := strings.Cut(text, "/")
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil:
		n, protocol = 0, text // a protocol, such as ICMP or A/N
	case !both:
		return Service{Port: uint16(n)}, nil
	}
	p, err := flowlog.ParseProtocol(protocol)
	if err != nil {
		return Service{}, &ParseError{Value: clip(text), Err: ErrService}
	}
	return Service{uint16(n), p}, nil
}

// Flow is the interpretation of a record. Addresses and ports that the record does not
// have are zero. IPv4 addresses that are mapped into IPv6 are returned as IPv4.
type Flow struct {
	Client, Server         netip.Addr
	ClientPort, ServerPort uint16
	Protocol               flowlog.Protocol
	Direction              Direction
	FromClient             bool // the packets of the record went from client to server
	Opening                bool // the record shows the start of the connection: SYN without ACK
	Evidence               Evidence
}

// Service returns the server's port and the protocol.
func (f Flow) Service() Service { return Service{f.ServerPort, f.Protocol} }

// Opened reports whether a record, classified as f, stands for a connection that f.Client
// opened: f is FromClient, the record has dstport and protocol, and if it has TCP flags
// that show the start of a connection, f is Opening. With flags this is one record for
// each connection. Without flags it is every record from the client.
func Opened(r *flowlog.Record, f Flow) bool {
	return f.FromClient && (f.Opening || !hasFlags(r)) && r.Has(flowlog.FieldDstPort) && r.Has(flowlog.FieldProtocol)
}

// OpenedOutbound reports whether a record, classified as f, stands for an outbound
// connection that we opened: it is [Opened], its Direction is Outbound and its action is
// ACCEPT. A record without an action, as in transit gateway flow logs, counts as accepted.
func OpenedOutbound(r *flowlog.Record, f Flow) bool {
	return f.Direction == Outbound && (r.Action == flowlog.Accept || !r.Has(flowlog.FieldAction)) && Opened(r, f)
}
