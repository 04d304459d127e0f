package flowlog

import (
	"bufio"
	"bytes"
	"io"
	"runtime"
	"strings"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

const (
	// blockSize is the number of bytes of text read at a time. It is large enough
	// to make the cost per block negligible, and small because a caller that keeps
	// one record keeps its block in memory.
	blockSize = 64 << 10
	// defaultMaxLine is the maximum length of a line if Reader.MaxLine is zero.
	defaultMaxLine = 1 << 20
	// byteOrderMark may precede the text of a file, and so any line of
	// concatenated files.
	byteOrderMark = "\ufeff"
)

// lines splits a stream, plain or gzip, into lines. A line that starts with a brace
// is also split after each JSON object, because flow logs published directly to
// Firehose have no newline between objects.
//
// The stream is read into buf and converted to the string block, of which the lines
// are substrings.
type lines struct {
	src    *bufio.Reader
	unpack gunzip.Unpacker
	text   io.Reader // decompressed stream, nil before the first read
	ahead  readAhead // reads the stream while a loop of All runs
	max    int       // maximum length of a line, in bytes
	reuse  bool      // block shares the memory of buf
	buf    []byte    // bytes of block
	block  string    // text that lines are substrings of
	pos    int       // start of the next line in block
	base   int64     // bytes of text before block
	count  int64     // lines returned

	num    int    // newlines consumed
	last   int    // number of the last returned line
	column int    // bytes before pos in the current line
	search search // search for the end of the current line
	skip   bool   // the rest of a line that is too long is being skipped
	eof    bool   // text has ended; block is the rest of it
	err    error  // why text ended, nil for io.EOF
}

// close drops the stream and keeps the buffers.
func (l *lines) close() {
	l.ahead.close()
	*l = lines{src: l.src, unpack: l.unpack, ahead: l.ahead, buf: l.buf[:0]}
	if cap(l.buf) > 4*blockSize {
		l.buf = nil // do not keep the memory of one very long line
	}
}

// open starts reading src. max is the maximum length of a line.
func (l *lines) open(src io.Reader, max int, reuse, ahead bool) {
	if l.src == nil {
		l.src = bufio.NewReaderSize(src, blockSize/2)
	} else {
		l.src.Reset(src)
	}
	if max <= 0 {
		max = defaultMaxLine
	}
	l.max, l.reuse = max, reuse
	l.ahead.useful = (ahead || isQuick(src)) && runtime.GOMAXPROCS(0) > 1
}

// line is one line, or one JSON object of a line, and its position in the stream.
type line struct {
	text   string // without the newline
	num    int    // line number, starting at 1
	column int    // bytes of the line before text
}

// take consumes a line of n bytes and its newline, as next does.
func (l *lines) take(n int) {
	l.pos += n + 1
	l.num++
	l.last = l.num
	l.column = 0
	l.count++
}

// next returns the next line. For a line that is too long it returns the start of
// the line and ErrLineTooLong; the following call continues with the next line. At
// the end of the stream the error is io.EOF, or the reason why the stream could not
// be read to its end. In the latter case the text after the last newline is not
// returned, because it may be an incomplete line.
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
					continue // the end of the line after its last object
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

// advance consumes n bytes, and the newline after them if newline is set.
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

// search finds the end of a line. It keeps its state between calls, so each byte of
// a long line is examined once.
type search struct {
	at      int // bytes of the line examined so far
	shape   shape
	depth   int  // open braces
	quoted  bool // at is inside a JSON string
	escaped bool // at is after a backslash in a JSON string
}

// shape tells how the end of a line is found.
type shape uint8

const (
	unknownShape shape = iota // only white space so far
	plainShape
	objectShape
)

// end returns the length of the line at the start of s, and whether it ends in a
// newline. A JSON object ends without one. If s has no complete line, end returns
// -1; the next call takes the same text with more appended.
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
				return f.at, true // an incomplete object: only this line is bad
			case f.escaped:
				f.escaped = false
			case f.quoted:
				f.escaped, f.quoted = c == '\\', c != '"'
			case c == '"':
				f.quoted = true
				text, _, closed := strings.Cut(s[f.at+1:], `"`)
				if closed && strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '\n') < 0 {
					f.at += len(text) // skip a string without escapes
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

// begin determines the shape of the line at the start of s, unless s is too short.
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

// fill reads more text into block, until it may contain a complete line or the
// stream has ended.
func (l *lines) fill() {
	if l.text == nil {
		text, err := l.unpack.Text(l.src)
		if err != nil {
			l.end(err)
			return
		}
		l.text = text
		l.ahead.useful = l.ahead.useful && text != io.Reader(l.src) // it is gzip
	} else if l.ahead.useful && l.ahead.loop {
		l.text = l.ahead.open(l.text)
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

// show makes buf the block.
func (l *lines) show() {
	if l.reuse {
		l.block = view(l.buf)
	} else {
		l.block = string(l.buf)
	}
}

// end records that the text has ended with err. Only io.EOF itself is the regular
// end of a stream; an error that wraps io.EOF means that data is missing.
func (l *lines) end(err error) {
	l.eof = true
	if err != io.EOF {
		l.err = gunzip.NoEOF(err)
	}
	l.show()
}
