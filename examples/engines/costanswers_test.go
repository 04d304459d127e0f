package engines

import (
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The answers to the questions about money and about what is new, computed from
// the records alone.

// newSince returns the groups whose first record is new.
func (a *asked) newSince(where func(*flowlog.Record) bool, fields ...flowlog.Field) [][]string {
	since := a.Since
	switch {
	case !since.IsZero():
	case !a.To.IsZero():
		since = a.To.AddDate(0, 0, -7)
	default:
		since = time.Now().AddDate(0, 0, -7)
	}
	first := func(rs []*flowlog.Record) int64 {
		low := int64(rs[0].Start)
		for _, r := range rs {
			low = min(low, int64(r.Start))
		}
		return low
	}
	return a.group(fields, func(rs []*flowlog.Record) bool {
		return first(rs) >= since.Unix()
	}, func(a *asked, rs []*flowlog.Record) []string {
		return append([]string{fmt.Sprint(first(rs))}, counts(a, rs)...)
	}, where, 2)
}

// regular returns connections that are opened at even intervals.
func (a *asked) regular() [][]string {
	gaps := func(rs []*flowlog.Record) []float64 {
		var starts []int64
		for _, r := range rs {
			starts = append(starts, int64(r.Start))
		}
		slices.Sort(starts)
		starts = slices.Compact(starts)
		var out []float64
		for i := 1; i < len(starts); i++ {
			out = append(out, float64(starts[i]-starts[i-1]))
		}
		return out
	}
	mean := func(v []float64) float64 {
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum / float64(len(v))
	}
	return a.group(conversation, func(rs []*flowlog.Record) bool {
		g := gaps(rs)
		if len(g) < 10 {
			return false
		}
		m, sum := mean(g), 0.0
		for _, x := range g {
			sum += (x - m) * (x - m)
		}
		return math.Sqrt(sum/float64(len(g))) <= m/10
	}, func(_ *asked, rs []*flowlog.Record) []string {
		g := gaps(rs)
		return []string{fmt.Sprint(len(g)), fmt.Sprint(int64(math.Round(mean(g))))}
	}, a.and(a.opened, a.ours), 1)
}

// perHour returns the totals of each hour, the latest first.
func (a *asked) perHour() [][]string {
	groups := make(map[time.Time][]*flowlog.Record)
	for _, r := range a.selected(a.ours) {
		hour := r.Start.Time().UTC().Truncate(time.Hour)
		groups[hour] = append(groups[hour], r)
	}
	var rows [][]string
	for hour, rs := range groups {
		rows = append(rows, append([]string{hour.Format("2006-01-02 15:04:05.000")}, volume(a, rs)...))
	}
	slices.SortFunc(rows, func(x, y []string) int { return strings.Compare(y[0], x[0]) })
	return rows[:min(len(rows), a.limit())]
}

// keyed returns the groups with the most bytes by keys of text, of which one
// record may have several.
func (a *asked) keyed(width int, where func(*flowlog.Record) bool, keys func(*flowlog.Record) []string) [][]string {
	groups := make(map[string][]*flowlog.Record)
	for _, r := range a.selected(where) {
		for _, key := range keys(r) {
			groups[key] = append(groups[key], r)
		}
	}
	return a.rank(slices.Repeat(by(flowlog.FieldSrcAddr), width), groups, nil, volume, []int{a.bytesPlace()})
}

func (a *asked) crossZone() [][]string {
	zone := func(addr netip.Addr) string {
		for _, z := range a.Zones {
			if inside(z.Subnets, addr) {
				return z.ID
			}
		}
		return "-"
	}
	where := a.ours
	if a.vpc() && a.has(flowlog.FieldFlowDirection) {
		where = a.and(a.ours, func(r *flowlog.Record) bool { return r.FlowDirection == flowlog.Egress })
	}
	return a.keyed(2, where, func(r *flowlog.Record) []string {
		from, to := zone(r.SrcAddr), zone(r.DstAddr)
		switch {
		case len(a.Zones) > 0:
		case a.has(flowlog.FieldAZID):
			from, to = r.Value(flowlog.FieldAZID), r.Value(flowlog.FieldNextHopAZID)
		default:
			from, to = r.Value(flowlog.FieldTGWSrcAZID), r.Value(flowlog.FieldTGWDstAZID)
		}
		if from == "-" || to == "-" || from == to {
			return nil
		}
		return []string{from + " " + to}
	})
}

func (a *asked) nat() [][]string {
	ours := a.CIDRs
	if len(ours) == 0 {
		ours = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
	}
	other := func(addr netip.Addr) bool { return addr.IsValid() && !inside(ours, addr) }
	return a.keyed(1, nil, func(r *flowlog.Record) []string {
		switch {
		case !inside(ours, r.SrcAddr) || !inside(ours, r.DstAddr):
		case other(r.PktDstAddr):
			return []string{r.SrcAddr.String()}
		case other(r.PktSrcAddr):
			return []string{r.DstAddr.String()}
		}
		return nil
	})
}

func (a *asked) gatewayEndpoint() [][]string {
	return a.most(by(flowlog.FieldSrcAddr, flowlog.FieldPktDstAWSService, flowlog.FieldTrafficPath), a.and(a.ours, func(r *flowlog.Record) bool {
		service, path := r.Value(flowlog.FieldPktDstAWSService), r.Value(flowlog.FieldTrafficPath)
		return (service == "S3" || service == "DYNAMODB") && slices.Contains([]string{"1", "2", "8"}, path)
	}))
}

func (a *asked) byTag() [][]string {
	return a.keyed(2, a.ours, func(r *flowlog.Record) []string {
		var keys []string
		for _, f := range by(flowlog.FieldInstanceTag, flowlog.FieldInstanceTag2, flowlog.FieldInterfaceTag, flowlog.FieldInterfaceTag2, flowlog.FieldASGTag, flowlog.FieldASGTag2) {
			if v := r.Value(f); a.has(f) && v != "-" {
				keys = append(keys, f.String()+" "+v)
			}
		}
		return keys
	})
}

func (a *asked) lost() [][]string {
	return a.group(by(flowlog.FieldTGWAttachmentID), func(rs []*flowlog.Record) bool {
		sums := lostPackets(a, rs)
		return sums[len(sums)-1] != "0"
	}, lostPackets, a.ours, 5)
}

// lostPackets are the packets lost for each reason and in all.
func lostPackets(_ *asked, rs []*flowlog.Record) []string {
	var out []string
	all := new(big.Int)
	for _, f := range by(flowlog.FieldPacketsLostNoRoute, flowlog.FieldPacketsLostBlackhole, flowlog.FieldPacketsLostMTUExceeded, flowlog.FieldPacketsLostTTLExpired) {
		sum := new(big.Int)
		for _, r := range rs {
			if v, ok := r.Int(f); ok {
				sum.Add(sum, big.NewInt(v))
			}
		}
		out = append(out, sum.String())
		all.Add(all, sum)
	}
	return append(out, all.String())
}
