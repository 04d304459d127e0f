package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/flowlog"
)

// sectionSize is the size of the text of a section, in bytes.
const sectionSize = 1 << 20

// A section is whole lines of a log that are parsed independently of the others.
type section struct {
	text   []byte
	line   int64 // number of lines before it in the log
	format *flowlog.Format
	log    *sectioned
}

// sectioned is a text log that is read in sections.
type sectioned struct {
	pending sync.WaitGroup // sections that are not parsed yet

	format *flowlog.Format // at its start; nil is the default

	mu    sync.Mutex
	stats flowlog.Stats
	first *flowlog.ParseError // the error with the lowest line number
}

// done adds the result of a section. before is the number of lines before it.
func (s *sectioned) done(st flowlog.Stats, first *flowlog.ParseError, before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Add(st)
	if first == nil {
		return
	}
	first.Line += int(before)
	if s.first == nil || first.Line < s.first.Line {
		s.first = first
	}
}

// A parser parses sections of any logs. Each goroutine has one.
type parser struct {
	reader  *flowlog.Reader
	counter *answer.Counter
}

func newParser(o *answer.Options) *parser {
	p := &parser{reader: flowlog.NewReader(nil, nil), counter: answer.NewCounter(o)}
	p.reader.ReuseText = true // the Counter keeps no text
	return p
}

// parse counts the records of a text. It returns the error of the first line that does
// not parse, and an error of src.
func (p *parser) parse(src io.Reader, f *flowlog.Format) (first *flowlog.ParseError, err error) {
	p.reader.Reset(src, f)
	for rec, err := range p.reader.All() {
		if err != nil {
			pe, ok := errors.AsType[*flowlog.ParseError](err)
			if !ok {
				return first, err
			}
			if first == nil {
				first = pe
			}
			continue
		}
		p.counter.Add(rec)
	}
	return first, nil
}

// sections parses sections until there are no more.
func (p *parser) sections(queue <-chan section, free chan<- []byte) {
	for s := range queue {
		first, _ := p.parse(bytes.NewReader(s.text), s.format) // a bytes.Reader returns no error
		s.log.done(p.reader.Stats(), first, s.line)
		free <- s.text[:cap(s.text)]
		s.log.pending.Done()
	}
}

// sections parse text logs on all processors.
type sections struct {
	queue chan section
	free  chan []byte // unused buffers
	done  sync.WaitGroup
}

// newSections starts n parsers. At the end it calls finish with each. There are enough
// buffers for the parsers and the readers.
func newSections(n, readers int, o *answer.Options, finish func(*parser)) *sections {
	s := &sections{queue: make(chan section), free: make(chan []byte, 2*n+readers)}
	for range cap(s.free) {
		s.free <- nil
	}
	for range n {
		s.done.Go(func() {
			p := newParser(o)
			p.sections(s.queue, s.free)
			finish(p)
		})
	}
	return s
}

// close waits for the parsers.
func (s *sections) close() {
	close(s.queue)
	s.done.Wait()
}

// rest is the part of a log that is not parsed in sections.
type rest struct {
	src    io.Reader
	line   int64 // number of lines before it
	format *flowlog.Format
}

// split reads a log and queues its sections. It stops before a line that may change the
// format of the lines after it, and returns the rest of the log, or nil if there is
// none. All lines before it begin as records whose first field is a number, or repeat
// the header line.
func (s *sections) split(ctx context.Context, l *sectioned, src io.Reader, f *flowlog.Format) *rest {
	var header, kept []byte // kept is the beginning of a line
	var lines int64
	for first := true; ; first = false {
		var buf []byte
		select {
		case buf = <-s.free:
		case <-ctx.Done():
			return &rest{failing{context.Cause(ctx)}, lines, f}
		}
		if buf == nil {
			buf = make([]byte, sectionSize)
		}
		n := copy(buf, kept)
		m, err := fill(src, buf[n:])
		text := buf[:n+m]
		end := len(text)
		if err == nil {
			end = bytes.LastIndexByte(text, '\n') + 1
		}
		ended := err == io.EOF
		ok := (err == nil || ended) && (end > 0 || ended)
		if first && ok {
			f, header, ok = opening(text[:end], f)
			l.format = f
		}
		var count int64
		if ok {
			count, ok = plainLines(text[:end], header)
		}
		switch {
		case !ok:
			if err != nil && !ended {
				src = failing{err}
			}
			text = bytes.Clone(text)
			s.free <- buf
			return &rest{io.MultiReader(bytes.NewReader(text), src), lines, f}
		case end > 0:
			kept = append(kept[:0], text[end:]...)
			l.pending.Add(1)
			s.queue <- section{text[:end], lines, f, l}
		default:
			s.free <- buf
		}
		if lines += count; ended {
			return nil
		}
	}
}

// fill reads until buf is full. Unlike io.ReadFull, it returns the error of the reader
// unchanged.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	if n == len(buf) {
		return n, nil
	}
	return n, err
}

// failing is a reader that returns an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// opening examines the first line of a log. It returns the format of the log, the header
// line, if there is one, and whether lines that begin with a number or "-" are records.
// A nil format is the default.
func opening(text []byte, f *flowlog.Format) (format *flowlog.Format, header []byte, ok bool) {
	if !startsRecord(text) {
		i := bytes.IndexByte(text, '\n') + 1
		header = bytes.Clone(text[:i])
		r := flowlog.NewReader(bytes.NewReader(header), f)
		for range r.All() {
			return f, nil, false // not a header line
		}
		if len(header) == 0 {
			return f, nil, false
		}
		if g := r.Format(); g != flowlog.V2 {
			f = g
		}
	}
	known := f
	if known == nil {
		known = flowlog.V2
	}
	fields := known.Fields()
	return f, header, fields[0] != 0 && fields[0].Type() != flowlog.TypeString
}

// plainLines returns the number of lines of a text. It returns false if a line is not the
// header line and does not begin as a record.
func plainLines(text, header []byte) (n int64, ok bool) {
	for len(text) > 0 {
		blank := text[0] == '\n' || bytes.HasPrefix(text, []byte("\r\n"))
		if !startsRecord(text) && !blank && (len(header) == 0 || !bytes.HasPrefix(text, header)) {
			return n, false
		}
		n++
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			break
		}
		text = text[i+1:]
	}
	return n, true
}

func startsRecord(text []byte) bool {
	return len(text) > 0 && (text[0] >= '0' && text[0] <= '9' || text[0] == '-')
}
