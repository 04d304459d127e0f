package page

import "time"

// Data is what a page shows. Lists are in the order they are shown in; the page
// shows the first of each and sums up the rest.
type Data struct {
	Question string // the title; "Which ports do we open outbound?" if empty
	By       string // what a row of Ports is; "service" if empty
	Verb     string // what sources do: "opens" if empty
	Read     string // what was read, such as "1,234 records in 3 files"
	Inferred string // how client and server were told apart
	Notes    []string

	Ours     []string  // our prefixes
	From, To time.Time // of the records
	Baseline time.Time // when the earlier answer ends that New is measured against
	Compared bool      // there is an earlier answer

	Records, OtherSides int64 // all, and those with no side of ours

	Times   []Bucket
	Ports   []Port
	Peers   []Peer
	Rejects []Reject
	Matrix  Matrix
	Gone    []string // services of the earlier answer that this one lacks

	// What the lists above leave out, for callers that cut them.
	MorePorts, MorePeers, MoreRejects More

	Queries []Query
}

// A Bucket is the traffic of a period, in records. Buckets follow each other
// without gaps.
type Bucket struct {
	Start              time.Time
	Accepted, Rejected int64
}

// A Port is a service, or what else the answer was grouped by.
type Port struct {
	Service string // "443/TCP"
	Name    string // "https"; may be empty
	New     bool   // it is not in the earlier answer

	Connections int64 // -1 if the log does not tell connections
	Records     int64
	Accepted    int64
	Rejected    int64
	Packets     int64
	Bytes       int64

	Sources, Peers         int64    // how many
	SourceNames, PeerNames []string // some of them, the first ones first
	First, Last            time.Time
	Evidence               string
	Series                 []int64 // the records in each of Data.Times
}

// A Peer is an address that we open connections to.
type Peer struct {
	Address, Name string
	New           bool
	Services      []string
	Sources       int64 // how many of our addresses
	Connections   int64 // -1 if the log does not tell connections
	Records       int64
	Bytes         int64
}

// A Reject is an address whose packets were rejected.
type Reject struct {
	Address, Name string
	Services      []string
	Peers         int64 // how many addresses it tried
	Records       int64
}

// A Matrix tells which instance opens which port.
type Matrix struct {
	Kind      string   // what a column is: "instance", "interface" or "address"
	Instances []string // columns
	Ports     []string // rows
	Count     [][]int64
}

// More is what a list leaves out.
type More struct{ Rows, Connections, Records, Bytes int64 }

// A Query is a statement that asks for the same on Athena.
type Query struct {
	View        string // the view it belongs to, one of the constants
	Name        string
	Description string
	SQL         string
}

// The views that have queries.
const (
	ViewTimes   = "times"
	ViewPorts   = "ports"
	ViewPeers   = "peers"
	ViewRejects = "rejects"
	ViewMatrix  = "matrix"
	ViewNew     = "new"
)

// The most that the lists of a page show.
const (
	maxTimes     = 96
	maxPorts     = 100
	maxPeers     = 50
	maxRejects   = 50
	maxInstances = 12
	maxMatrix    = 20 // ports of the matrix
	maxList      = 6  // names in a cell, notes, prefixes
	maxNew       = 20
	maxText      = 64   // characters of a value of a log
	maxSentence  = 400  // bytes of a note
	maxSQL       = 6000 // bytes of a query

	maxPage = 300_000 // bytes; lists are shown shorter until the page is smaller
)
