// Package answer answers which ports we open outbound, and related questions, from
// the records of flow logs. Package flowlog/traffic has the rule.
//
// A Counter counts records and returns an Answer. It has a row for each service,
// with the number of connections, the addresses of both sides, and the times.
// "ports -json" prints the Answer. The table, the CSV and the HTML page are made
// from it.
package answer

import (
	"math"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Version is the version of the JSON.
const Version = 1

// Answer is the answer to a question about logs. Lists are sorted, with the most
// important row first.
type Answer struct {
	Version  int   `json:"version"`
	Files    int   `json:"files"`
	Records  int64 `json:"records"`  // records of the logs, at any time
	NoData   int64 `json:"nodata"`   // of the records
	SkipData int64 `json:"skipdata"` // of the records
	Bad      int64 `json:"bad"`      // lines that do not parse

	Question Question `json:"question"`           // the question: "outbound", "inbound", "internal" or "source-ports"
	Rejected bool     `json:"rejected,omitempty"` // the rows count rejected records, not accepted ones
	By       By       `json:"by"`                 // the group of the rows, besides the service
	Ours     string   `json:"ours"`               // which addresses are ours, in words

	First    time.Time        `json:"first,omitzero"` // the earliest start of a flow
	Last     time.Time        `json:"last,omitzero"`  // the latest end of a flow
	Flows    int64            `json:"flows"`          // records with a flow, in the selected time; for source-ports, those we sent
	NoSide   int64            `json:"no_side"`        // flows without an address of ours
	Evidence map[string]int64 `json:"evidence"`       // counted records, by the evidence for the client

	SourcePorts []SourcePort `json:"source_ports"` // source ports of our addresses, the question of the article
	Ports       []Row        `json:"-"`            // the rows; their name in the JSON depends on the question, such as "outbound_ports"
	Gone        []Key        `json:"gone,omitempty"`
	Limits      []string     `json:"limits,omitempty"` // what was omitted to limit memory, in words

	SourcePortsMore int   `json:"source_ports_more,omitempty"` // source ports omitted by -top
	PortsMore       int   `json:"more,omitempty"`              // rows omitted by -top
	Rest            Total `json:"rest,omitzero"`               // sum of the omitted rows
	New             int   `json:"new,omitempty"`               // new rows, with a baseline
	Baseline        *Span `json:"baseline,omitempty"`          // the time of the baseline; nil without one

	// The rest is only for the page.

	Hours    []Hour        `json:"-"` // in order, without empty ones
	Bucket   time.Duration `json:"-"` // the length of each of Hours: an hour, or more if there are very many
	Peers    []Member      `json:"-"` // addresses of others, by number of connections
	Machines []string      `json:"-"` // the columns of Row.Machines: instances, or interfaces, or our addresses
	Rejects  []Member      `json:"-"` // sources of rejected records in any direction

	PeersMore, MachinesMore, RejectsMore int `json:"-"` // numbers of omitted members
}

// Span is the time from First to Last.
type Span struct {
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// SourcePort has the number of records with a source port.
type SourcePort struct {
	Port  uint16 `json:"port"`
	Count int64  `json:"count"`
}

// Key is the key of a row: a service and, with -by, a group.
type Key struct {
	Port     uint16           `json:"port"`
	Protocol flowlog.Protocol `json:"protocol"`
	By       string           `json:"by,omitempty"` // an address, an id, or an hour in RFC 3339
}

// Service returns the service.
func (k Key) Service() traffic.Service {
	return traffic.Service{Port: k.Port, Protocol: k.Protocol}
}

// Total is a sum over records.
type Total struct {
	Count       int64 `json:"count"`       // records that count as the opening of a connection
	Connections int64 `json:"connections"` // of these, those whose TCP flags show the opening; 0 without flags
	Records     int64 `json:"records"`     // records of the flows, in both directions
	Packets     int64 `json:"packets"`     // of these records
	Bytes       int64 `json:"bytes"`       // of these records
}

// Add adds the sums of o to t.
func (t *Total) Add(o Total) {
	t.Count += o.Count
	t.Connections += o.Connections
	t.Records += o.Records
	t.Packets = sum(t.Packets, o.Packets)
	t.Bytes = sum(t.Bytes, o.Bytes)
}

// sum returns a+b, or the largest int64 if the sum overflows. a and b must not be
// negative.
func sum(a, b int64) int64 {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxInt64
}

// Row has the counts of a service.
type Row struct {
	Key
	Total
	Name     string    `json:"name,omitempty"`  // the usual service on the port, such as "https"
	Label    string    `json:"label,omitempty"` // the name of By, from -names
	Accepted int64     `json:"accepted"`        // records with the action ACCEPT
	Rejected int64     `json:"rejected"`        // records with the action REJECT
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Evidence string    `json:"evidence"` // "tcp-flags", "port-numbers", "none", or several with ", "
	New      *bool     `json:"new,omitempty"`

	Sources     int      `json:"sources"`                // our addresses
	Interfaces  int      `json:"interfaces,omitempty"`   // our interfaces, if the log has them
	Instances   int      `json:"instances,omitempty"`    // our instances, if they are known
	Peers       int      `json:"peers"`                  // addresses of others
	AtLeast     bool     `json:"at_least,omitempty"`     // the four numbers are lower bounds: lists were truncated
	Middle      int64    `json:"middle,omitempty"`       // the part of Count from interfaces in the middle, such as a NAT gateway
	SourceList  []Member `json:"source_list"`            // the first of our addresses
	PeerList    []Member `json:"peer_list"`              // the first of the addresses of others
	MachineList []Member `json:"machine_list,omitempty"` // the first of our instances or interfaces, if they are known

	Machines []int64 `json:"-"` // Count for each of Answer.Machines; nil after the first 500 rows
	Hours    []int64 `json:"-"` // Count for each of Answer.Hours; nil after the first 500 rows

	id uint32 // number of the row in the Counter
}

// Member is an address, or an id, with its counts.
type Member struct {
	ID       string   `json:"id"`             // an address, or the id of an instance or interface
	Name     string   `json:"name,omitempty"` // from -names
	Count    int64    `json:"count"`          // as Total.Count; for a source of rejected records, the records
	Bytes    int64    `json:"bytes"`
	Services []string `json:"-"` // the first few, such as "443/TCP"
	More     int      `json:"-"` // number of further services
}

// Hour has the counts of an hour.
type Hour struct {
	Start              time.Time
	Accepted, Rejected int64 // records in the direction of the question
	Bytes              int64 // of the accepted records
}
