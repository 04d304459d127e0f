// Package answer asks flow logs which ports we open outbound, and the
// neighbouring questions, by the rule of package flowlog/traffic.
//
// A Counter takes records, and gives an Answer: a row for each service, with
// how often, from where, to whom and when. The Answer is what "ports -json"
// prints, and what the table, the CSV and the HTML page are made from.
package answer

import (
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Version is the version of the JSON.
const Version = 1

// Answer is what is known about a log. Lists are sorted, the first row being the
// one that matters most.
type Answer struct {
	Version  int   `json:"version"`
	Files    int   `json:"files"`
	Records  int64 `json:"records"`  // in the logs, within the time asked for or not
	NoData   int64 `json:"nodata"`   // of these
	SkipData int64 `json:"skipdata"` // of these
	Bad      int64 `json:"bad"`      // lines that do not parse

	Question Question `json:"question"`           // the question: "outbound", "inbound", "internal" or "source-ports"
	Rejected bool     `json:"rejected,omitempty"` // whether rejected records were asked for, not accepted ones
	By       By       `json:"by"`                 // what the rows are grouped by, besides the service
	Ours     string   `json:"ours"`               // whose addresses are ours, in words

	First    time.Time        `json:"first,omitzero"` // the earliest start of a flow
	Last     time.Time        `json:"last,omitzero"`  // the latest end of a flow
	Flows    int64            `json:"flows"`          // records with a flow, within the time asked for; for source-ports, those we sent
	NoSide   int64            `json:"no_side"`        // of these, those without an address of ours
	Evidence map[string]int64 `json:"evidence"`       // counted records by how the client was told from the server

	SourcePorts []SourcePort `json:"source_ports"` // the article's question: source ports of our addresses
	Ports       []Row        `json:"-"`            // under the name of the question: "outbound_ports"
	Gone        []Key        `json:"gone,omitempty"`
	Limits      []string     `json:"limits,omitempty"` // what was left out to bound memory, in sentences

	SourcePortsMore int   `json:"source_ports_more,omitempty"` // how many source ports -top left out
	PortsMore       int   `json:"more,omitempty"`              // how many rows -top left out
	Rest            Total `json:"rest,omitzero"`               // sums of the rows that were left out
	New             int   `json:"new,omitempty"`               // how many rows are new, with a baseline
	Baseline        *Span `json:"baseline,omitempty"`          // the time of the log compared with; nil without one

	// What only the page shows.

	Hours    []Hour        `json:"-"` // in order, without those in which nothing was counted
	Bucket   time.Duration `json:"-"` // the length of each of Hours: an hour, unless there are very many
	Peers    []Member      `json:"-"` // addresses of others, the most connections first
	Machines []string      `json:"-"` // the columns of Row.Machines: instances, else interfaces, else our addresses
	Rejects  []Member      `json:"-"` // sources of rejected records of any direction

	PeersMore, MachinesMore, RejectsMore int `json:"-"` // how many are left out
}

// Span is a time from First to Last.
type Span struct {
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// SourcePort is how many records have a source port.
type SourcePort struct {
	Port  uint16 `json:"port"`
	Count int64  `json:"count"`
}

// Key is what a row is about: a service, and with -by what it is grouped by.
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
	Count       int64 `json:"count"`       // records that stand for a connection being opened
	Connections int64 `json:"connections"` // of these, those whose TCP flags show it; 0 where no flags tell
	Records     int64 `json:"records"`     // records of the flows, in both directions
	Packets     int64 `json:"packets"`     // of these records
	Bytes       int64 `json:"bytes"`       // of these records
}

func (t *Total) add(o Total) {
	t.Count += o.Count
	t.Connections += o.Connections
	t.Records += o.Records
	t.Packets += o.Packets
	t.Bytes += o.Bytes
}

// Row is what is known about a service.
type Row struct {
	Key
	Total
	Name     string    `json:"name,omitempty"`  // what usually is on the port, such as "https"
	Label    string    `json:"label,omitempty"` // the name of By, from -names
	Accepted int64     `json:"accepted"`        // records with the action ACCEPT
	Rejected int64     `json:"rejected"`        // records with the action REJECT
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Evidence string    `json:"evidence"` // "tcp-flags", "port-numbers", "none", or several with ", "
	New      *bool     `json:"new,omitempty"`

	Sources     int      `json:"sources"`                // our addresses
	Interfaces  int      `json:"interfaces,omitempty"`   // our interfaces, where the log has them
	Instances   int      `json:"instances,omitempty"`    // our instances, where they are known
	Peers       int      `json:"peers"`                  // addresses of others
	AtLeast     bool     `json:"at_least,omitempty"`     // the four are lower bounds: lists were cut
	Middle      int64    `json:"middle,omitempty"`       // of Count, those seen at an interface in the middle, such as a NAT gateway
	SourceList  []Member `json:"source_list"`            // the first of our addresses
	PeerList    []Member `json:"peer_list"`              // the first of the addresses of others
	MachineList []Member `json:"machine_list,omitempty"` // the first of our instances, or interfaces, where they are known

	Machines []int64 `json:"-"` // Count for each of Answer.Machines; nil after the first 500 rows
	Hours    []int64 `json:"-"` // Count for each of Answer.Hours; nil after the first 500 rows

	id uint32 // of the row it was made from
}

// Member is an address or an id among others.
type Member struct {
	ID       string   `json:"id"`             // an address, or the id of an instance or interface
	Name     string   `json:"name,omitempty"` // from -names
	Count    int64    `json:"count"`          // as Total.Count; records for a source of rejected records
	Bytes    int64    `json:"bytes"`
	Services []string `json:"-"` // the first few, such as "443/TCP"
	More     int      `json:"-"` // how many more services
}

// Hour is what was counted in an hour.
type Hour struct {
	Start              time.Time
	Accepted, Rejected int64 // records of the direction asked for
	Bytes              int64 // of the accepted ones
}
