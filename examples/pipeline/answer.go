package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/page"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// answer makes a Parquet file from the objects and counts the ports in it. It
// returns an error if the file does not have the records of the log, or gives a
// different answer than the log.
func (o *options) answer(ctx context.Context, src *source, s3 *objects, path string, r *report) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	stats, err := parquet.Convert(ctx, file, s3.reader(), &parquet.ConvertOptions{AppendOptions: parquet.AppendOptions{
		Format:     src.format,
		OnProgress: func(st flowlog.Stats) { o.stage.set("converting to Parquet", st.Records, src.stats.Records) },
	}})
	if err != nil {
		return err
	}
	if stats.Records != src.stats.Records || stats.Bad != src.stats.Bad {
		return fmt.Errorf("the log has %d records and %d lines that do not parse; the objects have %d and %d",
			src.stats.Records, src.stats.Bad, stats.Records, stats.Bad)
	}
	size, err := file.Seek(0, 2)
	if err != nil {
		return err
	}
	r.Parquet.Bytes = size
	pr, err := parquet.NewReader(file, size, nil)
	if err != nil {
		return err
	}
	defer pr.Close()

	counter := answer.NewCounter(&answer.Options{CIDRs: o.cidrs})
	records := newCensus()
	var line []byte
	for rec, err := range pr.All() {
		if err != nil {
			return err
		}
		if r.Parquet.Rows++; r.Parquet.Rows%4096 == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			o.stage.set("asking the Parquet file", r.Parquet.Rows, src.stats.Records)
		}
		counter.Add(rec)
		line = src.format.Append(line[:0], rec)
		records.add(line)
	}
	if err := src.checkRecords(ctx, records, file, size); err != nil {
		return err
	}
	fromLog, err := src.answer.Answer(answer.View{})
	if err != nil {
		return err
	}
	all, err := counter.Answer(answer.View{})
	if err != nil {
		return err
	}
	if !equal(all, fromLog) {
		return errors.New("the Parquet file gives a different answer than the log")
	}
	if r.answer, err = counter.Answer(answer.View{Top: o.top}); err != nil {
		return err
	}
	if len(o.cidrs) == 0 && !slices.Contains(src.format.Fields(), flowlog.FieldFlowDirection) {
		r.answer.Ours = "private addresses" // no record has the field that could show others
	}
	st := src.stats
	r.answer.Files, r.answer.Records, r.answer.NoData, r.answer.SkipData, r.answer.Bad = r.Objects, st.Records, st.NoData, st.SkipData, st.Bad
	r.setPorts(r.answer)
	return nil
}

// equal reports whether two answers with all rows have the same counts. If lists
// were truncated to limit memory, their rows depend on the order of the records,
// and only the source ports are compared.
func equal(a, b *answer.Answer) bool {
	if !slices.Equal(a.SourcePorts, b.SourcePorts) || a.Flows != b.Flows || a.NoSide != b.NoSide {
		return false
	}
	if len(a.Limits) > 0 {
		return true
	}
	return slices.EqualFunc(a.Ports, b.Ports, func(x, y answer.Row) bool {
		return x.Key == y.Key && x.Total == y.Total && x.Accepted == y.Accepted && x.Rejected == y.Rejected && x.Sources == y.Sources && x.Peers == y.Peers
	})
}

// writePage writes the answer as an HTML page.
func (o *options) writePage(cmd *cli.Command, src *source, a *answer.Answer) error {
	queries, err := page.Queries(a, src.format, o.cidrs)
	if err != nil {
		return err
	}
	return cmd.WriteFile(o.html, func(w io.Writer) error { return page.Write(w, a, queries) })
}

// checkRecords compares the records of a Parquet file with those of the log.
func (s *source) checkRecords(ctx context.Context, records *census, file *os.File, size int64) error {
	if records.equal(s.records) {
		return nil
	}
	var buf []byte
	d, err := compare(s.records, records,
		func(fn func([]byte, place) error) error {
			return s.lines(ctx, func(line string, at place, rec *flowlog.Record) error {
				if rec == nil {
					return nil
				}
				buf = s.format.Append(buf[:0], rec)
				return fn(buf, at)
			})
		},
		func(fn func([]byte, place) error) error {
			pr, err := parquet.NewReader(file, size, nil)
			if err != nil {
				return err
			}
			defer pr.Close()
			at := place{name: parquetFile}
			for rec, err := range pr.All() {
				if err != nil {
					return err
				}
				at.line++
				buf = s.format.Append(buf[:0], rec)
				if err := fn(buf, at); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	return fmt.Errorf("the Parquet file differs from the log: %v", d)
}
