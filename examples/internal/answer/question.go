package answer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Question is what an Answer is about.
type Question uint8

// The questions. The zero Question is Outbound.
const (
	Outbound Question = iota // which ports do we open outbound?
	Inbound                  // which of our ports do others open?
	Internal                 // which ports do we open on each other?

	// SourcePorts is only the question of the article: from which ports do we send?
	// Its Answer has no rows, and counting is several times faster.
	SourcePorts
)

var (
	questions  = []string{"outbound", "inbound", "internal", "source-ports"}
	directions = []traffic.Direction{traffic.Outbound, traffic.Inbound, traffic.Internal, traffic.DirectionUnknown}
	headings   = []string{"ports we open outbound", "our ports that others open", "ports we open on each other", ""}
)

// String returns "outbound", "inbound", "internal" or "source-ports".
func (q Question) String() string { return questions[q] }

// MarshalText implements encoding.TextMarshaler. It never fails.
func (q Question) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler, for the texts of String.
func (q *Question) UnmarshalText(text []byte) error { return parse(questions, q, text) }

// By is the group of the rows, besides the service.
type By uint8

// The groups. Addresses, interfaces and instances are ours. A peer is the address of
// the other side.
const (
	Service By = iota
	Address
	Interface
	Instance
	Peer
	HourOf
)

var groups = []string{"service", "address", "interface", "instance", "peer", "hour"}

// String returns the name of the group, as in the flag -by.
func (b By) String() string { return groups[b] }

// MarshalText implements encoding.TextMarshaler. It never fails.
func (b By) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler, for the texts of String.
func (b *By) UnmarshalText(text []byte) error { return parse(groups, b, text) }

func parse[T ~uint8](names []string, v *T, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("want one of %s", strings.Join(names, ", "))
	}
	*v = T(i)
	return nil
}
