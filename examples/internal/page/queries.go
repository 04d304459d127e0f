package page

import (
	"errors"
	"net/netip"
	"time"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
)

// A Query is an Athena query for the data of a view.
type Query struct {
	View        string // "new", "times", "ports", "matrix", "peers" or "rejects"
	Name        string
	Description string
	SQL         string
}

// views are the views for the queries of package athena.
var views = map[string]string{
	"BytesPerHour":  "times",
	"OutboundPorts": "ports",
	"TopTalkers":    "peers",
	"RejectedPorts": "rejects",
	"PortScans":     "rejects",
}

// newViews are the views for queries that compare with an earlier time.
var newViews = map[string]string{
	"NewPorts":         "new",
	"NewInstancePorts": "matrix",
	"NewDestinations":  "peers",
}

// Queries returns the queries for the views of an answer. They query a table named
// vpc_flow_logs with the log. Queries whose fields the format does not have are
// omitted. A nil format is the default format. If the times of the answer are not a
// range, the queries are about any time.
func Queries(a *answer.Answer, f *flowlog.Format, cidrs []netip.Prefix) ([]Query, error) {
	if f == nil {
		f = flowlog.V2
	}
	t := athena.Table{Name: "vpc_flow_logs", Location: "s3://amzn-s3-demo-bucket/", Format: f, Layout: athena.Unpartitioned}
	p := athena.Params{CIDRs: cidrs, From: a.First}
	if !a.Last.IsZero() {
		p.To = a.Last.Add(time.Second)
	}
	out, err := appendQueries(nil, &t, p, views)
	if errors.Is(err, athena.ErrRange) { // times of the log are wrong, such as an end before the start
		p.From, p.To = time.Time{}, time.Time{}
		out, err = appendQueries(nil, &t, p, views)
	}
	if err == nil && a.Baseline != nil && a.Baseline.First.Before(a.Baseline.Last) && a.Baseline.Last.Before(p.To) {
		p.From, p.Since = a.Baseline.First, a.Baseline.Last
		out, err = appendQueries(out, &t, p, newViews)
	}
	return out, err
}

func appendQueries(out []Query, t *athena.Table, p athena.Params, views map[string]string) ([]Query, error) {
	all, err := t.Queries(p)
	for _, q := range all {
		if view := views[q.Name]; view != "" {
			out = append(out, Query{view, q.Name, q.Description, q.SQL})
		}
	}
	return out, err
}
