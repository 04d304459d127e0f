package flowlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

const (
	// blockSize is how much text is read at a time: large enough for the
	// costs of a block to vanish, small enough that a caller who keeps one
	// record does not pin much.
	blockSize = 64 << 10
	// defaultMaxLine is the longest line if Reader.MaxLine is zero.
	defaultMaxLine = 1 << 20
	// byteOrderMark may stand before the text of a file, and so before any
	// line of concatenated files.
	byteOrderMark = "\ufeff"
)

// lines cuts a stream, plain or gzip, into lines. A line that begins with a
// brace is cut after each JSON object too, because what flow logs put straight
// to Firehose has no newline between objects.
//
// The stream is read into buf; the part read is made a string once, or used as
// one, and lines are substrings of it.
type lines struct {
	src    *bufio.Reader
	unpack gunzip.Unpacker
	text   io.Reader // decompressed; nil until the first read
	max    int
	reuse  bool   // block is buf, and changes when more is read
	buf    []byte // the tail of block that is no whole line yet, and what was read after it
	block  string
	pos    int   // start of the next line in block
	base   int64 // bytes of the stream before block
	count  int64 // lines returned

	num    int    // lines ended so far
	last   int    // number of the line returned last
	column int    // bytes of the current line before pos
	search search // how far the end of the current line has been looked for
	skip   bool   // in the rest of a line that was too long
	eof    bool   // text has ended: block is all there is
	err    error  // why text ended, nil for io.EOF
}

// close forgets the stream and keeps the buffers.
func (l *lines) close() {
	*l = lines{src: l.src, unpack: l.unpack, buf: l.buf[:0]}
	if cap(l.buf) > 4*blockSize {
		l.buf = nil // one huge line need not be paid for for ever
	}
}

// open begins with a stream.
func (l *lines) open(src io.Reader, max int, reuse bool) {
	if l.src == nil {
		l.src = bufio.NewReaderSize(src, blockSize/2)
	} else {
		l.src.Reset(src)
	}
	if max <= 0 {
		max = defaultMaxLine
	}
	l.max, l.reuse = max, reuse
}

// line is one line without its end, and its place in the stream.
type line struct {
	text   string
	num    int // from 1
	column int // bytes of the line before text, if objects were cut off it
}

// next returns the next line. A line that is too long is returned cut, with
// ErrLineTooLong; the next call goes on behind it. At the end of the stream the
// error is io.EOF, or why the stream could not be read to its end. The text
// after the last line end is then no line: it may be half of one.
func (l *lines) next() (line, error) {
	for {
		if rest := l.block[l.pos:]; rest != "" {
			n, newline := l.search.end(rest)
			if n < 0 && l.eof && l.err == nil && (l.skip || len(rest) <= l.max) {
				n = len(rest)
			}
			at := line{rest, l.num + 1, l.column}
			switch {
			case l.skip:
				if n < 0 {
					l.advance(len(rest), false)
					l.search.at = 0
					continue
				}
				l.skip = false
				l.advance(n, newline)
				continue
			case n >= 0 && n <= l.max:
				at.text = rest[:n]
				l.advance(n, newline)
				if at.column > 0 && blank(at.text) {
					continue // only the line end behind an object
				}
				l.count++
				l.last = at.num
				return at, nil
			case n >= 0 || len(rest) > l.max:
				at.text = rest[:min(l.max, maxQuote)]
				l.count++
				l.last = at.num
				if n >= 0 {
					l.advance(n, newline)
				} else {
					l.skip = true // the search goes on in the next call
				}
				return at, ErrLineTooLong
			}
		}
		if l.eof {
			if l.err != nil {
				return line{}, l.err
			}
			return line{}, io.EOF
		}
		l.fill()
	}
}

// advance passes the n bytes of a line and the newline behind them.
func (l *lines) advance(n int, newline bool) {
	l.pos += n
	l.column += n
	if newline {
		l.pos++
		l.num++
		l.column = 0
	}
	if !l.skip {
		l.search = search{}
	}
}

// blank reports whether a line is white space.
func blank(s string) bool { return strings.TrimLeft(s, space) == "" }

// search finds the end of a line piece by piece, so that no byte of a long line
// is looked at twice.
type search struct {
	at      int // bytes of the line looked at
	shape   shape
	depth   int  // open braces
	quoted  bool // in a JSON string
	escaped bool // behind a backslash in it
}

// shape is what a line turned out to be.
type shape uint8

const (
	unknownShape shape = iota // nothing but white space so far
	plainShape
	objectShape
)

// end returns the length of the line at the start of s and whether a newline
// stands behind it: there is none behind an object, which ends a line by itself.
// It returns -1 if s holds no whole line; the next call then takes s with more
// behind it.
func (f *search) end(s string) (n int, newline bool) {
	if f.shape == unknownShape {
		f.begin(s)
	}
	switch f.shape {
	case plainShape:
		if n := strings.IndexByte(s[f.at:], '\n'); n >= 0 {
			return f.at + n, true
		}
		f.at = len(s)
	case objectShape:
		for ; f.at < len(s); f.at++ {
			switch c := s[f.at]; {
			case c == '\n':
				return f.at, true // a broken object: its line is bad, the next one is not
			case f.escaped:
				f.escaped = false
			case f.quoted:
				f.escaped, f.quoted = c == '\\', c != '"'
			case c == '"':
				f.quoted = true
				text, _, closed := strings.Cut(s[f.at+1:], `"`)
				if closed && strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '\n') < 0 {
					f.at += len(text) // a string without escapes, passed over at once
				}
			case c == '{':
				f.depth++
			case c == '}':
				if f.depth--; f.depth == 0 {
					return f.at + 1, false
				}
			}
		}
	}
	return -1, false
}

// begin finds the shape of a line, unless s is too short to tell.
func (f *search) begin(s string) {
	if f.at == 0 {
		if len(s) < len(byteOrderMark) && strings.HasPrefix(byteOrderMark, s) {
			return
		}
		if strings.HasPrefix(s, byteOrderMark) {
			f.at = len(byteOrderMark)
		}
	}
	for f.at < len(s) && (separator(s[f.at]) || s[f.at] == '\r') {
		f.at++
	}
	if f.at < len(s) {
		f.shape = plainShape
		if s[f.at] == '{' {
			f.shape = objectShape
		}
	}
}

// fill reads on until block holds more text, of which at least one line may be
// whole, or the stream has ended.
func (l *lines) fill() {
	if l.text == nil {
		text, err := l.unpack.Text(l.src)
		if err != nil {
			l.end(err)
			return
		}
		l.text = text
	}
	l.buf = append(l.buf[:0], l.block[l.pos:]...)
	l.base += int64(l.pos)
	l.block, l.pos = "", 0
	for empty := 0; ; {
		if cap(l.buf)-len(l.buf) < blockSize/2 {
			l.buf = append(make([]byte, 0, 2*len(l.buf)+blockSize), l.buf...)
		}
		n, err := l.text.Read(l.buf[len(l.buf):cap(l.buf)])
		fresh := l.buf[len(l.buf) : len(l.buf)+n]
		l.buf = l.buf[:len(l.buf)+n]
		if err != nil {
			l.end(err)
			return
		}
		if n > 0 {
			empty = 0
		} else if empty++; empty == 100 {
			l.end(io.ErrNoProgress)
			return
		}
		if l.skip || len(l.buf) > l.max || bytes.IndexByte(fresh, '\n') >= 0 || bytes.IndexByte(fresh, '}') >= 0 {
			l.show()
			return
		}
	}
}

// show makes what was read the block.
func (l *lines) show() {
	if l.reuse {
		l.block = view(l.buf)
	} else {
		l.block = string(l.buf)
	}
}

// end notes that the text has ended, and why. The end of a stream is io.EOF
// alone: one that is wrapped says that there should have been more.
func (l *lines) end(err error) {
	l.eof = true
	if err != io.EOF {
		l.err = noEOF(err)
	}
	l.show()
}

// noEOF turns an end of the stream, where there should be more, into an error
// nobody takes for the end.
func noEOF(err error) error {
	switch {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %v", io.ErrUnexpectedEOF, err)
	}
	return err
}
