package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
)

// part is a file of the log, or the generated log.
type part struct {
	name string // for messages
	size int64  // of the file, in bytes
	open func() (io.ReadCloser, error)
}

// source is the log that goes in.
type source struct {
	parts   []part
	format  *flowlog.Format
	stats   flowlog.Stats
	answer  *answer.Counter // the answer, counted in the log itself
	records *census         // of the records, as lines of the format
}

// newSource returns the log of the options. It does not read it.
func newSource(o *options) (*source, error) {
	s := &source{records: newCensus(), format: o.format}
	if len(o.files) == 0 {
		if s.format == nil {
			s.format = flowlog.V2
		}
		name := fmt.Sprintf("sample of %d lines", o.lines)
		s.parts = []part{{name: name, open: func() (io.ReadCloser, error) {
			return io.NopCloser(flowlogtest.NewReader(s.format, o.lines, 2)), nil
		}}}
		return s, nil
	}
	for _, name := range o.files {
		st, err := os.Stat(name)
		shown := cli.Quote(name)
		switch {
		case err != nil:
			return nil, cli.PathError(name, err)
		case st.IsDir():
			return nil, fmt.Errorf("%s: is a directory", shown)
		case st.Mode().IsRegular() && st.Size() == 0:
			return nil, fmt.Errorf("%s: is empty", shown)
		case !st.Mode().IsRegular():
			return nil, fmt.Errorf("%s: is not a regular file, which can be read twice", shown)
		}
		s.parts = append(s.parts, part{shown, st.Size(), func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	return s, nil
}

// inspect reads the whole log. It finds errors in the log before anything is
// started, and counts the answer, to be compared with that of the Parquet file.
func (s *source) inspect(ctx context.Context, o *options) error {
	for i := range s.parts {
		p := &s.parts[i]
		o.stage.set("reading "+p.name, int64(i), int64(len(s.parts)))
		if err := s.inspectPart(ctx, o, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (s *source) inspectPart(ctx context.Context, o *options, p *part) error {
	t, err := p.text(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	r := flowlog.NewReader(t, s.format)
	var first, last *flowlog.ParseError
	var status flowlog.LogStatus
	var line []byte
	for rec, err := range r.All() {
		if r.Stats().Lines%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if pe, ok := errors.AsType[*flowlog.ParseError](err); ok {
			if last = pe; first == nil {
				first = pe
			}
			continue
		}
		if err != nil {
			return damaged(err)
		}
		if s.answer == nil {
			s.format = r.Format()
			s.answer = answer.NewCounter(&answer.Options{CIDRs: o.cidrs})
		} else if r.Format() != s.format && !r.Format().Equal(s.format) {
			return fmt.Errorf("line %d has other columns than the lines before it; all lines must have the same, because Firehose delivers no header lines", r.Stats().Lines)
		}
		s.answer.Add(rec)
		line = s.format.Append(line[:0], rec)
		s.records.add(line)
		status = rec.LogStatus
	}
	st := r.Stats()
	switch {
	case st.Records == 0 && first != nil:
		return fmt.Errorf("not a flow log: %w", first)
	case st.Records == 0:
		return errors.New("has no records")
	case !t.endsLine() && (last != nil && int64(last.Line) == st.Lines || brokenOff(s.format, status)):
		return fmt.Errorf("is truncated: it ends in line %d", st.Lines)
	}
	s.stats.Add(st)
	return nil
}

// brokenOff reports whether the last line of a file, which has no newline, is
// truncated in its log status.
func brokenOff(f *flowlog.Format, status flowlog.LogStatus) bool {
	fields := f.Fields()
	if fields[len(fields)-1] != flowlog.FieldLogStatus {
		return false
	}
	return status != flowlog.OK && status != flowlog.NoData && status != flowlog.SkipData
}

// damaged returns the error for a file that cannot be read to its end. The caller
// adds the name of the file.
func damaged(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("is truncated: %w", err)
	}
	return fmt.Errorf("is damaged: %w", err)
}

// text is the text of a part.
type text struct {
	*input.Content
	last byte // the last byte that was read
}

// text opens the part.
func (p *part) text(ctx context.Context) (*text, error) {
	file, err := p.open()
	if err != nil {
		return nil, damaged(err)
	}
	c, err := input.Unpack(ctx, file)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, damaged(err)
	case c.Parquet != nil:
		return nil, errors.Join(errors.New("is a Parquet file, want text"), c.Close())
	}
	return &text{Content: c}, nil
}

func (t *text) Read(p []byte) (int, error) {
	n, err := t.Content.Read(p)
	if n > 0 {
		t.last = p[n-1]
	}
	return n, err
}

// endsLine reports whether the text read so far ends in a newline.
func (t *text) endsLine() bool { return t.last == '\n' }

// maxLine is the maximum length of a line that Firehose accepts, in bytes without
// the newline.
const maxLine = firehose.MaxRecordBytes - 1

// place is the position of a line.
type place struct {
	name string // of the file
	line int64  // line number, from 1
}

func (p place) String() string { return fmt.Sprintf("line %d of %s", p.line, p.name) }

// lines calls fn with each line of a text that is not blank, without its newline,
// and its place. The line is valid until fn returns.
func lines(ctx context.Context, r io.Reader, name string, fn func(line []byte, at place) error) error {
	b := bufio.NewReaderSize(r, 64<<10)
	at := place{name: name}
	var long []byte
	for {
		line, err := b.ReadSlice('\n')
		if err == bufio.ErrBufferFull && len(long) <= maxLine {
			long = append(long, line...)
			continue
		}
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return fmt.Errorf("%s: %w", name, damaged(err))
		}
		at.line++
		if at.line%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if len(long) > 0 {
			line = append(long, line...)
			long = long[:0]
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte{'\n'}), []byte{'\r'})
		if len(line) > maxLine {
			return fmt.Errorf("%s is longer than %d bytes, the maximum of Firehose", at, maxLine)
		}
		if len(bytes.Trim(line, " \t\r")) > 0 {
			if ferr := fn(line, at); ferr != nil {
				return ferr
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// lines calls fn with each line of the log but header lines, unchanged, and its
// record, which is nil if the line does not parse. Both are valid until fn
// returns.
func (s *source) lines(ctx context.Context, fn func(line string, at place, rec *flowlog.Record) error) error {
	var rec flowlog.Record
	judge := flowlog.NewReader(nil, nil)
	for i := range s.parts {
		t, err := s.parts[i].text(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.parts[i].name, err)
		}
		err = lines(ctx, t, s.parts[i].name, func(b []byte, at place) error {
			line := string(b)
			if c := line[0]; '0' <= c && c <= '9' && s.format.Decode(&rec, line) == nil {
				return fn(line, at, &rec)
			}
			// The Reader handles all other lines, such as header lines.
			judge.Reset(strings.NewReader(line), s.format)
			switch err := judge.Read(&rec); {
			case err == io.EOF:
				return nil
			case err != nil:
				return fn(line, at, nil)
			}
			return fn(line, at, &rec)
		})
		_ = t.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
