package flowlog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const (
	// blockSize is how much text is read at a time: large enough for the
	// costs of a block to vanish, small enough that a caller who keeps one
	// record does not pin much.
	blockSize = 64 << 10
	// defaultMaxLine is the longest line if Reader.MaxLine is zero.
	defaultMaxLine = 1 << 20
)

// lines cuts a stream, plain or gzip, into lines. A line that begins with a
// brace is cut after each JSON object too, because what flow logs put straight
// to Firehose has no newline between objects.
//
// The stream is read into buf; the part read is made a string once, and lines
// are substrings of it.
type lines struct {
	src   *bufio.Reader
	gzip  *gzip.Reader
	text  io.Reader // src, or gzip; nil until the first read
	max   int
	buf   []byte // the tail of block that is no whole line yet, and what was read after it
	block string
	pos   int // start of the next line in block

	num    int   // lines ended so far
	column int   // bytes of the current line before pos, if an object was cut off it
	skip   bool  // in the rest of a line that was too long
	eof    bool  // text has ended: block is all there is
	err    error // why text ended, nil for io.EOF
	stats  struct{ lines, bytes int64 }
}

func (l *lines) reset(src io.Reader, max int) {
	if l.src == nil {
		l.src = bufio.NewReaderSize(src, blockSize/2)
	} else {
		l.src.Reset(src)
	}
	if max <= 0 {
		max = defaultMaxLine
	}
	*l = lines{src: l.src, gzip: l.gzip, max: max, buf: l.buf[:0]}
	if cap(l.buf) > 4*blockSize {
		l.buf = nil // one huge line need not be paid for for ever
	}
}

// open tells gzip from plain text by its first bytes, whatever the name of the
// file was.
func (l *lines) open() error {
	l.text = l.src
	magic, err := l.src.Peek(2)
	if err != nil && err != io.EOF {
		return err
	}
	if string(magic) != "\x1f\x8b" {
		return nil
	}
	if l.gzip == nil {
		l.gzip, err = gzip.NewReader(l.src)
	} else {
		err = l.gzip.Reset(l.src)
	}
	if err != nil {
		return noEOF(err)
	}
	l.text = l.gzip
	return nil
}

// line is one line without its end, and its place in the stream.
type line struct {
	text   string
	num    int // from 1
	column int // bytes of the line before text, if an object was cut off it
}

// next returns the next line. A line that is too long is returned cut, with
// ErrLineTooLong; the next call goes on behind it. At the end of the stream the
// error is io.EOF, or why the stream could not be read to its end. The text
// after the last line end is then no line: it may be half of one.
func (l *lines) next() (line, error) {
	for {
		if l.pos < len(l.block) {
			rest := l.block[l.pos:]
			n, newline := cutLine(rest)
			if l.skip {
				n = strings.IndexByte(rest, '\n')
				newline = n >= 0
			}
			at := line{rest, l.num + 1, l.column}
			switch {
			case l.skip:
				if l.skip = n < 0; l.skip {
					n = len(rest)
				}
				l.advance(n, newline)
				continue
			case n >= 0 && n <= l.max:
				at.text = rest[:n]
				l.advance(n, newline)
				if n == 0 && at.column > 0 {
					continue // the line end behind an object
				}
				l.stats.lines++
				return at, nil
			case n >= 0 || len(rest) > l.max:
				if l.skip = n < 0; l.skip {
					n = len(rest)
				}
				at.text = rest[:min(n, maxQuote)]
				l.advance(n, newline)
				l.stats.lines++
				return at, ErrLineTooLong
			case l.eof && l.err == nil:
				l.advance(len(rest), false)
				l.stats.lines++
				return at, nil
			}
		}
		if l.eof && l.err != nil {
			return line{}, l.err
		}
		if l.eof {
			return line{}, io.EOF
		}
		l.fill()
	}
}

// advance passes n bytes and the newline behind them.
func (l *lines) advance(n int, newline bool) {
	l.pos += n
	l.column += n
	if newline {
		l.pos++
		l.num++
		l.column = 0
		n++
	}
	l.stats.bytes += int64(n)
}

// cutLine returns the length of the first line of s and whether a newline
// stands behind it: there is none after an object that another one follows. It
// returns -1 if s holds no whole line.
func cutLine(s string) (n int, newline bool) {
	if s[0] != '{' {
		n = strings.IndexByte(s, '\n')
		return n, n >= 0
	}
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			return i, true // a broken object: its line is bad, the next one is not
		case quoted:
			if c == '\\' && i+1 < len(s) && s[i+1] != '\n' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				end := i + 1
				for end < len(s) && (separator(s[end]) || s[end] == '\r') {
					end++
				}
				if end < len(s) && s[end] == '\n' {
					return end, true
				}
				return i + 1, false
			}
		}
	}
	return -1, false
}

// fill reads on until block holds more text, of which at least one line may be
// whole, or the stream has ended.
func (l *lines) fill() {
	if l.text == nil {
		if err := l.open(); err != nil {
			l.end(err)
			return
		}
	}
	l.buf = append(l.buf[:0], l.block[l.pos:]...)
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
		} else if n == 0 {
			if empty++; empty == 100 {
				l.end(io.ErrNoProgress)
			}
		}
		if l.eof || len(l.buf) > l.max || bytes.IndexByte(fresh, '\n') >= 0 || bytes.IndexByte(fresh, '}') >= 0 {
			l.block = string(l.buf)
			return
		}
	}
}

// end notes that the text has ended, and why.
func (l *lines) end(err error) {
	l.eof = true
	if !errors.Is(err, io.EOF) {
		l.err = err
	}
	l.block = string(l.buf)
}

// noEOF turns the end of a stream, where there should be more, into an error.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
