// Package traffic tells what flow log records mean: who opened a connection, to
// which service, and whether it left our networks.
//
// A record says that packets went from a source to a destination. It does not
// say which of the two is the client, and both directions of a connection have
// records of their own. A [Classifier] infers the client and the server of each
// record, a [Tally] adds up what the records of a service, an address or any
// other key have in common, and [Networks] hold the addresses that are ours and
// the names of others.
//
// # The rule
//
// The first line that fits a record decides which end is the client:
//
//	record                                         client                       Evidence
//	TCP, tcp-flags with SYN and without ACK        the source; Flow.Opening     TCPFlags
//	TCP, tcp-flags with SYN and ACK                the destination              TCPFlags
//	both ports, not both 0                         the end with the higher      PortNumbers
//	                                               port; the source if the
//	                                               ports are equal
//	anything else, such as ICMP                    the source                   NoEvidence
//
// The first two lines hold for VPC flow logs only. A transit gateway reports
// ACK for every segment, so its flags do not tell who opened a connection.
//
// An address is ours if it is in [Classifier.Ours]. If that is nil, an address
// is ours if it is private (see [Private]), or if flow-direction shows it to be
// the interface's own: the source of an egress record and the destination of an
// ingress record. The flow-direction of a transit gateway is the gateway's, so
// there it is ignored.
//
// The direction is seen from our networks, from client to server:
//
//	client   server   Direction
//	ours     other    Outbound
//	other    ours     Inbound
//	ours     ours     Internal
//	other    other    External
//	one of the addresses is absent   DirectionUnknown
//
// A record belongs to a connection that we open outbound if its Direction is
// Outbound, it is FromClient, it was accepted, and it is Opening where the
// record has the flags to say so. [OpenedOutbound] is this condition.
//
// # What each kind of log can tell
//
//	log                         connections              client and server         our addresses without Ours
//	VPC with tcp-flags          counted: one Opening     by SYN where a record     private; with flow-direction
//	                            for each connection,     has it, otherwise by      also public and IPv6
//	                            more if SYN is resent    ports                     addresses of interfaces
//	                            in a later interval
//	VPC without tcp-flags       not told from records:   by ports                  the same
//	(default format, version 2) a long connection has
//	                            many records
//	transit gateway             not told from records    by ports                  private
//
// A service on a port above its client's port is taken for the client where
// only ports tell. UDP, which has no flags, always depends on ports. ICMP
// records do not say which end sent the request.
//
// A NAT gateway and other interfaces in the middle have records of both legs of
// a connection. [Classifier.PacketAddrs] takes the addresses of the packets
// instead of those of the interface.
//
// See https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html for
// the fields.
package traffic
