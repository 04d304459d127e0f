package engines

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// asked is a log and what is asked about it. Its methods answer the questions
// of athena.Table.Queries from the records alone.
type asked struct {
	*flowTable
	athena.Params
	records []flowlog.Record
}

// answers is the answer to each question, by its name.
var answers = map[string]func(*asked) [][]string{
	"SourcePorts": func(a *asked) [][]string {
		return a.group(by(flowlog.FieldSrcPort), nil, counts, func(r *flowlog.Record) bool {
			return len(a.CIDRs) == 0 || inside(a.CIDRs, r.SrcAddr)
		}, 1)
	},
	"OutboundPorts": func(a *asked) [][]string {
		return a.group(by(flowlog.FieldDstPort, flowlog.FieldProtocol), nil, counts, a.outbound, 1)
	},
	"RejectedPorts": func(a *asked) [][]string {
		return a.group(by(flowlog.FieldDstPort, flowlog.FieldProtocol), nil, func(a *asked, rs []*flowlog.Record) []string {
			out := counts(a, rs)
			if a.has(flowlog.FieldSrcAddr) {
				out = append(out, distinct(rs, flowlog.FieldSrcAddr))
			}
			return out
		}, a.and(rejected, a.ours), 1)
	},
	"TopTalkers": func(a *asked) [][]string {
		fields := by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr)
		for _, f := range by(flowlog.FieldDstPort, flowlog.FieldProtocol) {
			if a.has(f) {
				fields = append(fields, f)
			}
		}
		return a.most(fields, a.ours)
	},
	"PortScans": func(a *asked) [][]string {
		least := a.Ports
		if least == 0 {
			least = 20
		}
		return a.group(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr), func(rs []*flowlog.Record) bool {
			return number(distinct(rs, flowlog.FieldDstPort)) >= int64(least)
		}, func(a *asked, rs []*flowlog.Record) []string {
			out := append([]string{distinct(rs, flowlog.FieldDstPort)}, counts(a, rs)...)
			if a.has(flowlog.FieldAction) {
				out = append(out, count(rs, rejected))
			}
			return out
		}, a.and(a.opened, a.ours), 1)
	},
	"NewPorts": func(a *asked) [][]string {
		return a.newSince(a.and(a.opened, a.ours, notRejected), flowlog.FieldDstPort, flowlog.FieldProtocol)
	},
	"LogStatus": func(a *asked) [][]string {
		totals := func(a *asked, rs []*flowlog.Record) []string {
			var out []string
			for _, s := range []flowlog.LogStatus{flowlog.OK, flowlog.NoData, flowlog.SkipData} {
				out = append(out, count(rs, func(r *flowlog.Record) bool { return r.LogStatus == s }))
			}
			return append(out, counts(a, rs)...)
		}
		if !a.has(flowlog.FieldInterfaceID) {
			return a.all(totals, nil)
		}
		// Every record is in a group: those without an interface are one of their
		// own, which comes after the interfaces that lost as much.
		groups := make(map[string][]*flowlog.Record)
		for _, r := range a.selected(nil) {
			name := null
			if r.Has(flowlog.FieldInterfaceID) {
				name = r.InterfaceID
			}
			groups[name] = append(groups[name], r)
		}
		// Those that lost most first: SKIPDATA is the third total, NODATA the second.
		return a.rank(by(flowlog.FieldInterfaceID), groups, nil, totals, []int{3, 2})
	},
	"NewDestinations": func(a *asked) [][]string {
		return a.newSince(a.and(a.outbound, a.ours), flowlog.FieldDstAddr)
	},
	"NewInstancePorts": func(a *asked) [][]string {
		return a.newSince(a.and(a.outbound, a.ours), flowlog.FieldInstanceID, flowlog.FieldDstPort, flowlog.FieldProtocol)
	},
	"RegularCallers":       (*asked).regular,
	"BytesPerHour":         (*asked).perHour,
	"CrossZoneBytes":       (*asked).crossZone,
	"NATBytes":             (*asked).nat,
	"GatewayEndpointBytes": (*asked).gatewayEndpoint,
	"BytesByTag":           (*asked).byTag,
	"BytesByECSService": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldECSClusterName, flowlog.FieldECSServiceName), a.ours)
	},
	"BytesByNextHop": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldNextHopInterfaceType, flowlog.FieldNextHopInterfaceID), a.ours)
	},
	"BytesByPath":   func(a *asked) [][]string { return a.most(by(flowlog.FieldTrafficPath), a.ours) },
	"RejectReasons": func(a *asked) [][]string { return a.most(by(flowlog.FieldRejectReason), a.ours) },
	"LostPackets":   (*asked).lost,
	"VpcFlowLogsAcceptedTraffic": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort), a.and(tcp, a.ours, accepted))
	},
	"VpcFlowLogsAdminPortTraffic": func(a *asked) [][]string {
		admin := []uint16{2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000}
		return a.most(by(flowlog.FieldSrcAddr), a.and(a.ours, func(r *flowlog.Record) bool { return slices.Contains(admin, r.SrcPort) }))
	},
	"VpcFlowLogsIPv4Traffic": func(a *asked) [][]string { return a.family("IPv4") },
	"VpcFlowLogsIPv6Traffic": func(a *asked) [][]string { return a.family("IPv6") },
	"VpcFlowLogsRejectedTCPTraffic": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort), a.and(tcp, a.ours, rejected))
	},
	"VpcFlowLogsRejectedTraffic": func(a *asked) [][]string { return a.most(conversation, a.and(a.ours, rejected)) },
	"VpcFlowLogsSshRdpTraffic": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldSrcPort, flowlog.FieldDstPort),
			a.and(a.ours, func(r *flowlog.Record) bool {
				return r.SrcPort == 22 || r.SrcPort == 3389 || r.DstPort == 22 || r.DstPort == 3389
			}))
	},
	"VpcFlowLogsTopTalkers": func(a *asked) [][]string {
		return a.talkers(flowlog.FieldSrcAddr, flowlog.FieldDstAddr)
	},
	"VpcFlowLogsTopTalkersPacketLevel": func(a *asked) [][]string {
		return a.talkers(flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr)
	},
	"VpcFlowLogsTopTalkingInstances": func(a *asked) [][]string { return a.most(by(flowlog.FieldInstanceID), a.ours) },
	"VpcFlowLogsTopTalkingSubnets":   func(a *asked) [][]string { return a.most(by(flowlog.FieldSubnetID), a.ours) },
	"VpcFlowLogsTopTCPTraffic": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort), a.and(tcp, a.ours, a.from))
	},
	"VpcFlowLogsTotalBytesTransferred": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr), a.ours)
	},
	"VpcFlowLogsTotalBytesTransferredPacketLevel": func(a *asked) [][]string {
		return a.most(by(flowlog.FieldPktSrcAddr, flowlog.FieldPktDstAddr), a.ours)
	},
	"VpcFlowLogsTrafficFrmSrcAddr": func(a *asked) [][]string { return a.most(conversation, a.and(a.ours, a.from)) },
	"VpcFlowLogsTrafficToDstAddr": func(a *asked) [][]string {
		return a.most(conversation, a.and(a.ours, func(r *flowlog.Record) bool {
			return !a.Destination.IsValid() || r.DstAddr == a.Destination
		}))
	},
}

var conversation = by(flowlog.FieldSrcAddr, flowlog.FieldDstAddr, flowlog.FieldDstPort, flowlog.FieldProtocol)

func prefixes(s ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(s))
	for i := range s {
		out[i] = netip.MustParsePrefix(s[i])
	}
	return out
}

func by(fields ...flowlog.Field) []flowlog.Field { return fields }

func inside(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

func tcp(r *flowlog.Record) bool      { return r.Has(flowlog.FieldProtocol) && r.Protocol == 6 }
func accepted(r *flowlog.Record) bool { return r.Action == flowlog.Accept }
func rejected(r *flowlog.Record) bool { return r.Action == flowlog.Reject }
func notRejected(r *flowlog.Record) bool {
	return r.Action == flowlog.Accept || !r.Has(flowlog.FieldAction)
}

// has reports whether the format has a field.
func (a *asked) has(f flowlog.Field) bool { return a.Format.FieldSet().Has(f) }

// vpc reports whether the format is of a VPC's log.
func (a *asked) vpc() bool {
	return !slices.ContainsFunc(a.Format.Fields(), func(f flowlog.Field) bool { return f != 0 && !f.VPC() })
}

// classify returns the meaning of a record, as package traffic has it.
func (a *asked) classify(r *flowlog.Record) (traffic.Flow, bool) {
	var c traffic.Classifier
	if len(a.CIDRs) > 0 {
		c.Ours = traffic.NewNetworks(a.CIDRs...)
	}
	return c.Classify(r)
}

// opened reports whether the source of a flow opened the connection.
func (a *asked) opened(r *flowlog.Record) bool {
	f, ok := a.classify(r)
	return ok && traffic.Opened(r, f)
}

// outbound reports whether we opened the connection, to others.
func (a *asked) outbound(r *flowlog.Record) bool {
	f, ok := a.classify(r)
	return ok && traffic.OpenedOutbound(r, f)
}

// ours reports whether a flow is from or to the given addresses.
func (a *asked) ours(r *flowlog.Record) bool {
	return len(a.CIDRs) == 0 || inside(a.CIDRs, r.SrcAddr) || inside(a.CIDRs, r.DstAddr)
}

func (a *asked) from(r *flowlog.Record) bool { return !a.Source.IsValid() || r.SrcAddr == a.Source }

func (a *asked) and(conditions ...func(*flowlog.Record) bool) func(*flowlog.Record) bool {
	return func(r *flowlog.Record) bool {
		for _, c := range conditions {
			if !c(r) {
				return false
			}
		}
		return true
	}
}

// selected returns the records within the bounds of the question.
func (a *asked) selected(where func(*flowlog.Record) bool) []*flowlog.Record {
	var out []*flowlog.Record
	s3 := strings.HasPrefix(a.Layout.String(), "s3-")
	for i := range a.records {
		r := &a.records[i]
		account, reg := r.AccountID, r.Value(flowlog.FieldRegion)
		if s3 { // who delivered it, see flowLog.deliver
			account, reg = accounts[i%len(accounts)], region
		}
		at := r.Start.Time()
		switch {
		case !a.From.IsZero() && at.Before(a.From), !a.To.IsZero() && !at.Before(a.To),
			len(a.Params.Accounts) > 0 && !slices.Contains(a.Params.Accounts, account),
			len(a.Params.Regions) > 0 && !slices.Contains(a.Params.Regions, reg),
			where != nil && !where(r):
			continue
		}
		out = append(out, r)
	}
	return out
}

// all returns the one row of totals over all selected records.
func (a *asked) all(totals func(*asked, []*flowlog.Record) []string, where func(*flowlog.Record) bool) [][]string {
	return [][]string{totals(a, a.selected(where))}
}

// group returns the groups of the selected records: the fields they are
// grouped by, then the totals. The largest come first, by the totals whose
// places, from 1, are given; ties are in the order of the fields. A record
// without one of the fields is in no group.
func (a *asked) group(fields []flowlog.Field, having func([]*flowlog.Record) bool, totals func(*asked, []*flowlog.Record) []string, where func(*flowlog.Record) bool, order ...int) [][]string {
	groups := make(map[string][]*flowlog.Record)
	for _, r := range a.selected(where) {
		key := make([]string, len(fields))
		for i, f := range fields {
			key[i] = r.Value(f)
		}
		if !slices.Contains(key, "-") {
			k := strings.Join(key, " ")
			groups[k] = append(groups[k], r)
		}
	}
	return a.rank(fields, groups, having, totals, order)
}

// rank returns the first rows of groups.
func (a *asked) rank(fields []flowlog.Field, groups map[string][]*flowlog.Record, having func([]*flowlog.Record) bool, totals func(*asked, []*flowlog.Record) []string, order []int) [][]string {
	var rows [][]string
	for key, rs := range groups {
		if having == nil || having(rs) {
			rows = append(rows, append(strings.Split(key, " "), totals(a, rs)...))
		}
	}
	slices.SortFunc(rows, func(x, y []string) int {
		for _, place := range order {
			i := len(fields) + place - 1
			if c := big0(y[i]).Cmp(big0(x[i])); c != 0 {
				return c
			}
		}
		for i, f := range fields {
			var c int
			switch {
			case f.Type() != flowlog.TypeString:
				c = big0(x[i]).Cmp(big0(y[i]))
			case x[i] == y[i]:
			case x[i] == null:
				c = 1
			case y[i] == null:
				c = -1
			default:
				c = strings.Compare(x[i], y[i])
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return rows[:min(a.limit(), len(rows))]
}

func (a *asked) limit() int {
	if a.Limit == 0 {
		return 10
	}
	return a.Limit
}

// most returns the groups with the most bytes, or flows without bytes.
func (a *asked) most(fields []flowlog.Field, where func(*flowlog.Record) bool) [][]string {
	return a.group(fields, nil, volume, where, a.bytesPlace())
}

// bytesPlace is the place of the bytes among the totals of volume.
func (a *asked) bytesPlace() int {
	if !a.has(flowlog.FieldBytes) {
		return 1
	}
	return len(volume(a, nil))
}

// talkers returns the addresses with the most bytes on either side.
func (a *asked) talkers(sides ...flowlog.Field) [][]string {
	groups := make(map[string][]*flowlog.Record)
	for _, r := range a.selected(a.ours) {
		for _, f := range sides {
			if v := r.Value(f); v != "-" {
				groups[v] = append(groups[v], r)
			}
		}
	}
	return a.rank(sides[:1], groups, nil, volume, []int{a.bytesPlace()})
}

// family returns the totals of one IP version.
func (a *asked) family(name string) [][]string {
	return a.all(volume, a.and(a.ours, func(r *flowlog.Record) bool {
		if a.has(flowlog.FieldType) {
			return r.Value(flowlog.FieldType) == name
		}
		return r.SrcAddr.IsValid() && r.SrcAddr.Is4() == (name == "IPv4")
	}))
}

// counts is the number of records.
func counts(_ *asked, rs []*flowlog.Record) []string { return []string{fmt.Sprint(len(rs))} }

// volume is the number of records, packets and bytes.
func volume(a *asked, rs []*flowlog.Record) []string {
	out := counts(a, rs)
	for _, f := range by(flowlog.FieldPackets, flowlog.FieldBytes) {
		if !a.has(f) {
			continue
		}
		sum, n := new(big.Int), 0
		for _, r := range rs {
			if v, ok := r.Int(f); ok {
				sum.Add(sum, big.NewInt(v))
				n++
			}
		}
		if n == 0 {
			out = append(out, null)
		} else {
			out = append(out, sum.String())
		}
	}
	return out
}

func count(rs []*flowlog.Record, what func(*flowlog.Record) bool) string {
	n := 0
	for _, r := range rs {
		if what(r) {
			n++
		}
	}
	return fmt.Sprint(n)
}

// distinct is the number of different values of a field.
func distinct(rs []*flowlog.Record, f flowlog.Field) string {
	seen := make(map[string]bool)
	for _, r := range rs {
		if v := r.Value(f); v != "-" {
			seen[v] = true
		}
	}
	return fmt.Sprint(len(seen))
}

func number(s string) int64 { return big0(s).Int64() }

// big0 returns a number, -1 for null: nulls come last.
func big0(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return big.NewInt(-1)
	}
	return n
}

// TestAnswers checks that every question has an answer to be compared with.
func TestAnswers(t *testing.T) {
	all := athena.Questions()
	assert.Len(t, answers, len(all))
	for _, q := range all {
		assert.Contains(t, answers, q.Name)
	}
}
