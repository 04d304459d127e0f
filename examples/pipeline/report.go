package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
)

// report is the result of a run. -json prints its JSON.
type report struct {
	LinesIn         int64               `json:"lines_in"`         // lines of the log
	Events          int64               `json:"events"`           // log events made from them
	ControlMessages int64               `json:"control_messages"` // sent between the events
	Firehose        firehoseReport      `json:"firehose"`         // the counts of the forwarder
	Objects         int                 `json:"objects"`          // number of delivered objects
	LinesOut        int64               `json:"lines_out"`        // lines in the objects
	Lost            int64               `json:"lost"`             // lines of the log that are not in the objects
	Parquet         parquetReport       `json:"parquet"`
	SourcePorts     []answer.SourcePort `json:"source_ports"`
	OutboundPorts   []outboundPort      `json:"outbound_ports"`

	source *source
	answer *answer.Answer
	dir    string
	took   time.Duration

	payloads, invocations, forwarded, accepted int64
	served                                     firehosetest.Stats // the counts of Firehose
	objectBytes                                int64
	in, out                                    census
	oneByOne                                   int64 // billed bytes if each line were a record
}

type firehoseReport struct {
	Calls       int64 `json:"calls"`
	Records     int64 `json:"records"`
	Bytes       int64 `json:"bytes"`
	BilledBytes int64 `json:"billed_bytes"`
	Retried     int64 `json:"retried"`
}

type parquetReport struct {
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

// checkCounts compares the counts of the stages up to Firehose. If lines differ,
// checkObjects returns a more precise error.
func (r *report) checkCounts() error {
	st := &r.served
	for _, c := range []struct {
		what      string
		want, got int64
	}{
		{"lines of the log and log events", r.LinesIn, r.Events},
		{"payloads and invocations", r.payloads + r.ControlMessages, r.invocations},
		{"log events and lines the forwarder had", r.Events, r.forwarded},
		{"lines the forwarder had and lines Firehose accepted", r.forwarded, r.accepted},
		{"records the forwarder and Firehose counted", r.Firehose.Records, st.Records},
		{"bytes the forwarder and Firehose counted", r.Firehose.Bytes, st.Bytes},
		{"billed bytes the forwarder and Firehose counted", r.Firehose.BilledBytes, st.BilledBytes},
		{"calls the forwarder and Firehose counted", r.Firehose.Calls, st.Calls},
	} {
		if c.want != c.got {
			return fmt.Errorf("%s: %d and %d", c.what, c.want, c.got)
		}
	}
	return nil
}

// checkObjects compares the lines of the objects with those of the log.
func (r *report) checkObjects(ctx context.Context, src *source, s3 *objects) error {
	err := s3.lines(ctx, func(line []byte, _ place) error {
		r.out.add(line)
		r.oneByOne += (int64(len(line)+1) + firehose.BillingBytes - 1) / firehose.BillingBytes * firehose.BillingBytes
		return nil
	})
	if err != nil {
		return err
	}
	r.LinesOut = r.out.n
	if r.in.equal(&r.out) {
		return nil
	}
	d, err := compare(&r.in, &r.out,
		func(fn func([]byte, place) error) error {
			return src.lines(ctx, func(line string, at place, _ *flowlog.Record) error { return fn([]byte(line), at) })
		},
		func(fn func([]byte, place) error) error { return s3.lines(ctx, fn) })
	if err != nil {
		return err
	}
	r.Lost = d.lost
	return fmt.Errorf("the objects differ from the log: %v", d)
}

// ifCounted returns the report if lines were lost, and nil otherwise.
func (r *report) ifCounted() *report {
	if r.Lost == 0 {
		return nil
	}
	r.setPorts(&answer.Answer{})
	return r
}

// outboundPort has the number of outbound connections to a port.
type outboundPort struct {
	Port     uint16           `json:"port"`
	Protocol flowlog.Protocol `json:"protocol"`
	Count    int64            `json:"count"`
}

// setPorts sets the lists of the JSON. They are never null.
func (r *report) setPorts(a *answer.Answer) {
	r.SourcePorts = append([]answer.SourcePort{}, a.SourcePorts...)
	r.OutboundPorts = make([]outboundPort, len(a.Ports))
	for i, p := range a.Ports {
		r.OutboundPorts[i] = outboundPort{p.Port, p.Protocol, p.Count}
	}
}

func (r *report) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (r *report) writeText(w io.Writer) error {
	names := make([]string, len(r.source.parts))
	for i, p := range r.source.parts {
		names[i] = p.name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", strings.Join(names, ", "))
	if err := r.stages(&b); err != nil {
		return err
	}
	if r.answer != nil {
		if err := r.tables(&b, cli.Width(w)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// stages writes the number of lines at each stage.
func (r *report) stages(b *strings.Builder) error {
	t := cli.NewTable("stage", " lines", "")
	n, counted := cli.Count, cli.Counted
	row := func(stage string, lines int64, notes ...string) {
		t.Row(stage, n(lines), strings.Join(notes, ", "))
	}
	st := r.source.stats
	row("log", r.LinesIn, n(st.NoData)+" NODATA", n(st.SkipData)+" SKIPDATA", n(st.Bad)+" not parsed")
	row("subscription", r.Events, "in "+counted(r.payloads, "payload"), counted(r.ControlMessages, "control message")+" between them")
	row("forwarder", r.forwarded, "in "+counted(r.invocations, "invocation"))
	sent := []string{"in " + counted(r.Firehose.Records, "record"), counted(r.Firehose.Calls, "call")}
	if st := &r.served; st.RefusedCalls+st.RefusedRecords > 0 {
		sent = append(sent, n(st.RefusedCalls)+" of them refused", counted(r.Firehose.Retried, "record")+" sent again")
	}
	row("Firehose", r.accepted, sent...)
	row("S3", r.LinesOut, "in "+counted(int64(r.Objects), "object"), counted(r.objectBytes, "byte"))
	if r.answer != nil {
		row("Parquet", r.Parquet.Rows, "as rows", counted(r.Parquet.Bytes, "byte"))
	}
	row("lost", r.Lost)
	_, err := t.WriteTo(b)
	return err
}

// tables writes the cost and the answer.
func (r *report) tables(b *strings.Builder, width int) error {
	n := cli.Count
	times := func(billed int64) string {
		return fmt.Sprintf("%.3f", float64(billed)/float64(max(1, r.Firehose.Bytes)))
	}
	b.WriteByte('\n')
	cost := cli.NewTable("billed by Firehose", " bytes", " times raw")
	cost.Row("raw", n(r.Firehose.Bytes), times(r.Firehose.Bytes))
	cost.Row("lines packed into records", n(r.Firehose.BilledBytes), times(r.Firehose.BilledBytes))
	cost.Row("a record for each line", n(r.oneByOne), times(r.oneByOne))
	if _, err := cost.WriteTo(b); err != nil {
		return err
	}
	b.WriteByte('\n')
	if err := r.answer.WriteTable(b, width); err != nil {
		return err
	}
	if r.dir != "" {
		fmt.Fprintf(b, "\nkept in %s: %s and %s\n", cli.Quote(r.dir), objectsDir, parquetFile)
	}
	fmt.Fprintf(b, "\n%.1f s\n", r.took.Seconds())
	return nil
}
