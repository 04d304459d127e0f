package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/flowlog"
)

// source is a log to convert.
type source struct {
	*input.Log
	format *flowlog.Format // of the first record, nil if there is none
	read   int64           // bytes read since the log was last opened
	opened io.ReadCloser   // a stream after probe, from its start
}

var (
	errNoLog   = errors.New("not a flow log")
	errParquet = errors.New("already Parquet")
	errProbe   = fmt.Errorf("no record in its first %d MiB", maxProbe>>20)
)

// maxProbe is the maximum number of bytes of text in which probe looks for a
// record. For a stream they are kept in memory. The first record of a log is
// usually in line 1 or 2.
const maxProbe = 4 << 20

// probe finds the format of the log, which is that of its first record. A stream
// stays open.
func (s *source) probe(ctx context.Context, format *flowlog.Format, m *meter) error {
	src, err := s.openText(ctx, m)
	if err != nil {
		return err
	}
	var head bytes.Buffer
	if err := s.probeText(io.TeeReader(&start{src, maxProbe}, &head), format); err != nil || !s.Stream {
		_ = src.Close()
		m.done -= s.read
		return s.named(err)
	}
	s.opened = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&head, src), src}
	return nil
}

func (s *source) probeText(src io.Reader, format *flowlog.Format) error {
	r := flowlog.NewReader(src, format)
	var first *flowlog.ParseError
	for _, err := range r.All() {
		pe, bad := errors.AsType[*flowlog.ParseError](err)
		switch {
		case err == nil:
			s.format = r.Format()
			return nil
		case errors.Is(err, errProbe):
			return fmt.Errorf("%w: %w", errNoLog, errProbe)
		case !bad:
			return err
		case first == nil:
			first = pe
		}
	}
	if first != nil {
		return fmt.Errorf("%w: %w", errNoLog, first)
	}
	return nil
}

// start reads the first bytes of a log, and then returns errProbe.
type start struct {
	r    io.Reader
	left int // bytes
}

func (s *start) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, errProbe
	}
	n, err := s.r.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

// open returns the text of the log, from its start.
func (s *source) open(ctx context.Context, m *meter) (io.ReadCloser, error) {
	if src := s.opened; src != nil {
		s.opened = nil
		return src, nil
	}
	return s.openText(ctx, m)
}

func (s *source) openText(ctx context.Context, m *meter) (io.ReadCloser, error) {
	s.read = 0
	s.OnRead = func(n int) {
		s.read += int64(n)
		m.add(n)
	}
	c, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	if c.Parquet != nil {
		return nil, errors.Join(s.named(errParquet), c.Close())
	}
	return c, nil
}

// named adds the name of the log to an error. It returns nil for nil.
func (s *source) named(err error) error {
	if err == nil {
		return nil
	}
	return s.Error(err)
}

// meter shows the progress of reading all logs. One log is read at a time.
type meter struct {
	progress *cli.Progress
	done     int64 // bytes read
	total    int64 // bytes of all logs, 0 if unknown
}

func (m *meter) add(n int) {
	m.done += int64(n)
	m.progress.Set("converted", m.done, m.total)
}
