// Package traffic interprets flow log records: which end opened a connection, to which
// service, and whether the connection left our networks.
//
// A record states that packets went from a source to a destination. It does not state
// which of the two is the client, and each direction of a connection has its own records.
// A [Classifier] infers the client and the server of each record. A [Tally] sums the
// records by a key, such as a service or an address. [Networks] is a set of prefixes with
// names, for the addresses that are ours and for the names of others.
//
// # The rule
//
// The first matching line of this table determines the client. The last column is
// [Flow.Evidence]:
//
//	record                                         client                       Evidence
//	TCP, tcp-flags with SYN and without ACK        the source; Flow.Opening     TCPFlags
//	TCP, tcp-flags with SYN and ACK                the destination              TCPFlags
//	both ports, not both 0                         the end with the higher      PortNumbers
//	                                               port; the source if the
//	                                               ports are equal
//	anything else, such as ICMP                    the source                   NoEvidence
//
// The first two lines apply to VPC flow logs only. A transit gateway reports ACK for
// every segment, so its flags do not show which end opened a connection.
//
// An address is ours if it is in [Classifier.Ours]. If Ours is nil, an address is ours if
// it is private (see [Private]) or if flow-direction shows that it belongs to the network
// interface: the source of an egress record and the destination of an ingress record. The
// flow-direction of a transit gateway record is relative to the gateway and is ignored.
//
// The direction of a connection is seen from our networks:
//
//	client   server   Direction
//	ours     other    Outbound
//	other    ours     Inbound
//	ours     ours     Internal
//	other    other    External
//	one of the addresses is absent   DirectionUnknown
//
// [OpenedOutbound] reports whether a record stands for an outbound connection that we
// opened: its Direction is Outbound, it is FromClient, it was accepted, and, if the log
// has TCP flags, it is Opening.
//
// # What each kind of log shows
//
//	log                         connections              client and server         our addresses without Ours
//	VPC with tcp-flags          counted: one Opening     by SYN where a record     private; with flow-direction
//	                            for each connection,     has it, otherwise by      also public and IPv6
//	                            more if SYN is resent    ports                     addresses of interfaces
//	                            in a later interval
//	VPC without tcp-flags       not counted:             by ports                  the same
//	(default format, version 2) a long connection has
//	                            many records
//	transit gateway             not counted              by ports                  private
//
// Where only ports are available, a service on a higher port than its client is mistaken
// for the client. UDP has no flags and always depends on ports. ICMP records do not show
// which end sent the request.
//
// A NAT gateway and other interfaces on the path have records of both legs of a
// connection. [Classifier.PacketAddrs] selects the addresses in the packets instead of
// those of the interface.
//
// See https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html for
// the fields.
package traffic
