package answer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Question is the direction of the connections that are asked for.
type Question uint8

// The questions. The zero Question is that of the article.
const (
	Outbound Question = iota // which ports do we open outbound?
	Inbound                  // which of our ports do others open?
	Internal                 // which ports do we open on each other?

	// SourcePorts is the question of the article alone: from which ports do we send?
	// There are no rows, and several times less is to be done.
	SourcePorts
)

var (
	questions  = []string{"outbound", "inbound", "internal", "source-ports"}
	directions = []traffic.Direction{traffic.Outbound, traffic.Inbound, traffic.Internal, traffic.DirectionUnknown}
	headings   = []string{"ports we open outbound", "our ports that others open", "ports we open on each other", ""}
)

// String returns "outbound", "inbound", "internal" or "source-ports".
func (q Question) String() string { return questions[q] }

// MarshalText returns what String returns. It never fails.
func (q Question) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText takes what String returns.
func (q *Question) UnmarshalText(text []byte) error { return parse(questions, q, text) }

// By is what rows are grouped by, besides the service.
type By uint8

// The groups. An address, interface or instance is ours; a peer is the address
// on the other side.
const (
	Service By = iota
	Address
	Interface
	Instance
	Peer
	HourOf
)

var groups = []string{"service", "address", "interface", "instance", "peer", "hour"}

// String returns the name as -by takes it.
func (b By) String() string { return groups[b] }

// MarshalText returns what String returns. It never fails.
func (b By) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText takes what String returns.
func (b *By) UnmarshalText(text []byte) error { return parse(groups, b, text) }

func parse[T ~uint8](names []string, v *T, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("want one of %s", strings.Join(names, ", "))
	}
	*v = T(i)
	return nil
}
