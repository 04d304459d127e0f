package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/ports"
)

// answer is what -json prints.
type answer struct {
	Files         int                   `json:"files"`
	Records       int64                 `json:"records"`
	NoData        int64                 `json:"nodata"`
	SkipData      int64                 `json:"skipdata"`
	Bad           int64                 `json:"bad"` // lines that do not parse
	SourcePorts   []ports.SourceCount   `json:"source_ports"`
	OutboundPorts []ports.OutboundCount `json:"outbound_ports"`
}

// write prints the answer.
func (s *scan) write(w io.Writer) error {
	a := &answer{
		Files:         s.files,
		Records:       s.total.Records,
		NoData:        s.total.NoData,
		SkipData:      s.total.SkipData,
		Bad:           s.total.Bad,
		SourcePorts:   s.counter.Source(s.top),
		OutboundPorts: s.counter.Outbound(s.top),
	}
	switch {
	case s.json:
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(a)
	case s.html:
		return s.writePage(w, a)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", a.summary())
	if err := ports.WriteTables(&b, a.SourcePorts, len(s.counter.Source(0)), a.OutboundPorts, len(s.counter.Outbound(0))); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary says in one line what was read.
func (a *answer) summary() string {
	parts := []string{cli.Counted(a.Records, "record") + " in " + cli.Counted(int64(a.Files), "file")}
	for _, part := range []struct {
		n    int64
		what string
	}{{a.NoData, "NODATA"}, {a.SkipData, "SKIPDATA"}, {a.Bad, "not parsed"}} {
		if part.n > 0 {
			parts = append(parts, cli.Count(part.n)+" "+part.what)
		}
	}
	return strings.Join(parts, ", ")
}

//go:embed page.html
var pageText string

// page is what the template of the HTML page is given.
type page struct {
	Summary string
	Ours    string
	Charts  []chart
}

// chart is a bar chart, drawn as SVG. All lengths are in its own units.
type chart struct {
	Title, Note string
	Height      int
	Bars        []bar
}

type bar struct {
	Label, Service, Count string
	Y, TextY              int
	Width                 float64
}

const (
	barHeight = 26
	barWidth  = 420.0 // of the largest
)

func (s *scan) writePage(w io.Writer, a *answer) error {
	cidrs := make([]string, len(s.cidrs))
	for i, c := range s.cidrs {
		cidrs[i] = c.String()
	}
	outbound := newChart("Ports we open outbound", len(s.counter.Outbound(0))-len(a.OutboundPorts))
	for _, o := range a.OutboundPorts {
		outbound.add(fmt.Sprintf("%d/%v", o.Port.Port, o.Protocol), ports.Service(o.Port.Port), o.Count, a.OutboundPorts[0].Count)
	}
	source := newChart("Source ports of our addresses", len(s.counter.Source(0))-len(a.SourcePorts))
	for _, p := range a.SourcePorts {
		source.add(strconv.Itoa(int(p.Port)), ports.Service(p.Port), p.Count, a.SourcePorts[0].Count)
	}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, page{a.summary(), strings.Join(cidrs, ", "), []chart{*outbound, *source}})
}

func newChart(title string, more int) *chart {
	c := &chart{Title: title}
	if more > 0 {
		c.Note = "and " + cli.Count(int64(more)) + " more"
	}
	return c
}

func (c *chart) add(label, service string, n, largest int64) {
	c.Bars = append(c.Bars, bar{
		Label: label, Service: service, Count: cli.Count(n),
		Y: c.Height, TextY: c.Height + barHeight*2/3,
		Width: max(1, barWidth*float64(n)/float64(largest)),
	})
	c.Height += barHeight
}
