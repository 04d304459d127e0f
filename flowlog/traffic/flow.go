package traffic

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog"
)

// Direction is the direction of a connection, from its client to its server, as
// seen from our networks.
type Direction uint8

// The directions. The zero Direction is that of a flow of which an address is
// not known.
const (
	DirectionUnknown Direction = iota
	Outbound                   // the client is ours, the server is not
	Inbound                    // the server is ours, the client is not
	Internal                   // both are ours
	External                   // neither is ours
)

var directions = []string{"unknown", "outbound", "inbound", "internal", "external"}

// String returns the direction in lower case, such as "outbound".
func (d Direction) String() string { return name(directions, d) }

// MarshalText returns what String returns. It never fails.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes what String returns.
func (d *Direction) UnmarshalText(text []byte) error { return parse(directions, d, text) }

// Evidence is how the client of a flow was told from its server.
type Evidence uint8

// The kinds of evidence, the weakest first.
const (
	NoEvidence  Evidence = iota // the source of the packets is taken for the client
	PortNumbers                 // the lower port is the server's
	TCPFlags                    // SYN without ACK comes from the client, SYN with ACK from the server
)

var evidences = []string{"none", "port-numbers", "tcp-flags"}

// String returns "none", "port-numbers" or "tcp-flags".
func (e Evidence) String() string { return name(evidences, e) }

// MarshalText returns what String returns. It never fails.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText takes what String returns.
func (e *Evidence) UnmarshalText(text []byte) error { return parse(evidences, e, text) }

func name[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return strconv.Itoa(int(v))
}

func parse[T ~uint8](names []string, v *T, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return &ParseError{Value: clip(string(text)), Err: fmt.Errorf("want one of %s", strings.Join(names, ", "))}
	}
	*v = T(i)
	return nil
}

// Service is what a server offers: a port of a protocol, or a protocol that has
// no ports.
type Service struct {
	Port     uint16           `json:"port"`
	Protocol flowlog.Protocol `json:"protocol"`
}

// sctp and the others are the protocols with ports that have no constant in
// package flowlog.
const (
	dccp    flowlog.Protocol = 33
	sctp    flowlog.Protocol = 132
	udpLite flowlog.Protocol = 136
)

// String returns the service as "443/TCP". A protocol without ports is "ICMP",
// and a port of an unknown protocol is "443".
func (s Service) String() string {
	switch s.Protocol {
	case flowlog.TCP, flowlog.UDP, dccp, sctp, udpLite:
	case 0:
		if s.Port != 0 {
			return strconv.Itoa(int(s.Port))
		}
		return s.Protocol.String()
	default:
		if s.Port == 0 {
			return s.Protocol.String()
		}
	}
	return strconv.Itoa(int(s.Port)) + "/" + s.Protocol.String()
}

// ParseService reads what [Service.String] returns. The name of the protocol is
// read by [flowlog.ParseProtocol]. The error is a *ParseError.
func ParseService(text string) (Service, error) {
	port, protocol, both := strings.Cut(text, "/")
	if !both {
		if p, err := strconv.ParseUint(text, 10, 16); err == nil && p > 0 {
			return Service{Port: uint16(p)}, nil
		}
		port, protocol = "0", text
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return Service{}, &ParseError{Value: clip(text), Err: ErrService}
	}
	p, err := flowlog.ParseProtocol(protocol)
	if err != nil {
		return Service{}, &ParseError{Value: clip(text), Err: ErrService}
	}
	return Service{uint16(n), p}, nil
}

// Flow is the meaning of a record. Addresses and ports that the record does not
// have are zero. IPv4 addresses mapped into IPv6 are IPv4.
type Flow struct {
	Client, Server         netip.Addr
	ClientPort, ServerPort uint16
	Protocol               flowlog.Protocol
	Direction              Direction
	FromClient             bool // the record's packets went from client to server
	Opening                bool // the record shows the connection being opened: SYN without the ACK of an answer
	Evidence               Evidence
}

// Service returns the service that the client uses.
func (f Flow) Service() Service { return Service{f.ServerPort, f.Protocol} }

// Opened reports whether a record, classified as f, stands for a connection
// that f.Client opened: f is FromClient, the service is known (dstport and
// protocol are in the record), and where the record has the flags to show an
// opening it does. With flags that is one record for each connection; without
// flags, every record from the client.
func Opened(r *flowlog.Record, f Flow) bool {
	return f.FromClient && (f.Opening || !hasFlags(r)) && r.Has(flowlog.FieldDstPort) && r.Has(flowlog.FieldProtocol)
}

// OpenedOutbound reports whether a record, classified as f, stands for a
// connection that we opened outbound: it is [Opened], its Direction is Outbound,
// and the record was not rejected. A record without an action, as in the logs of
// transit gateways, counts as accepted.
func OpenedOutbound(r *flowlog.Record, f Flow) bool {
	return f.Direction == Outbound && (r.Action == flowlog.Accept || !r.Has(flowlog.FieldAction)) && Opened(r, f)
}
