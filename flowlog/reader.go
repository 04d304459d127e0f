package flowlog

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Reader reads the records of a flow log. It accepts every form in which AWS
// delivers flow logs:
//
//   - plain text or gzip, detected from the content;
//   - with or without header lines: at the top, repeated, or later in the log with
//     another format, which then applies to the lines after it;
//   - lines that end in LF or CRLF, or at the end of the stream; blank lines,
//     byte-order marks, tabs and runs of spaces;
//   - {"message":"…"} objects, with or without a newline between them, as in flow
//     logs that are published directly to Firehose;
//   - lines with a leading timestamp, as CloudWatch Logs export tasks write them.
//
// A gzip stream may have any number of members, so concatenated objects are read
// as one log. A log that was compressed more than once is decompressed up to three
// times; a fourth layer of gzip is an error, and no record is read. Zero bytes
// after a member are padding and are ignored. Other data after the last member is
// an error, which Read returns after the records of all members. As with any error
// of the stream, text after the last newline is then not read as a record.
//
// A bad line does not end the stream: Read returns a *ParseError for it, and the
// next Read continues with the next line. NODATA and SKIPDATA lines are records.
//
// A Reader reads about 64 KiB of text at a time and converts it to one string,
// which the strings of its records share. A caller that keeps a record, or one of
// its strings, keeps that whole text in memory; strings.Clone makes a small copy,
// and ReuseText avoids the allocation. The memory of the Reader itself is bounded
// by MaxLine and what ReadAhead takes, whatever the decompressed size of the stream.
//
// A Reader is not safe for concurrent use.
type Reader struct {
	// MaxLine is the maximum length of a line in bytes, 1 MiB if zero. For a
	// longer line Read returns a *ParseError that wraps ErrLineTooLong; the lines
	// after it are read as usual. Set MaxLine before the first Read.
	MaxLine int

	// ReuseText lets each Read overwrite the text of earlier records. The strings
	// of a record are then valid only until the next Read; strings.Clone makes a
	// copy to keep. This is faster, and reading allocates no memory per record.
	// Errors remain valid. Set ReuseText before the first Read.
	//
	// Never assign to a map under a string of a record, as m[rec.InterfaceID]++ does,
	// not even if the map has the key already: the map may keep the string. Look the
	// value up and change it through a pointer; clone the string of a new key.
	ReuseText bool

	// ReadAhead lets a loop over All decompress a gzip log in a goroutine, while the
	// loop parses on another processor. Up to 1 MiB of text is kept for it. For a
	// regular *os.File, a *bytes.Reader and a *strings.Reader, All does so anyway if
	// there is more than one processor. For other sources, such as a pipe or a
	// connection, it must be asked for, because a loop that ends early then waits for
	// the Read of the source that is under way. Set ReadAhead before the first Read.
	ReadAhead bool

	src     io.Reader
	format  *Format      // format of the current line
	header  string       // header line that format was read from, "" if none
	origin  formatOrigin // where format comes from, for error texts
	lines   lines
	started bool  // lines is open
	stats   Stats // without Lines and Bytes, which lines counts
	err     error // error that ended the stream
}

// NewReader returns a Reader that reads from src. f is the format of the lines
// before the first header line, V2 if nil. Records in CloudWatch Logs and Firehose
// have no header line, so their format must be given unless it is V2.
//
// A header line replaces the format, even one given as f. A header line consists
// of field names. At least one of them must be known, or half of them if the line
// is also a valid record of the current format. Unknown names become columns whose
// values are in Record.Extra.
func NewReader(src io.Reader, f *Format) *Reader {
	r := &Reader{}
	r.Reset(src, f)
	return r
}

// Reset discards the state of the Reader and makes it read from src, like
// NewReader. It keeps the buffers, MaxLine, ReuseText and ReadAhead.
func (r *Reader) Reset(src io.Reader, f *Format) {
	origin := originCaller
	if f == nil {
		f, origin = V2, originDefault
	}
	*r = Reader{MaxLine: r.MaxLine, ReuseText: r.ReuseText, ReadAhead: r.ReadAhead, src: src, format: f, origin: origin, lines: r.lines}
	r.lines.close()
}

// Format returns the current format: that of the last header line, or the one given
// to NewReader or Reset if there was no header line yet.
func (r *Reader) Format() *Format { return r.format }

// Stats returns the counts of what has been read so far. Bytes counts decompressed
// text.
func (r *Reader) Stats() Stats {
	s := r.stats
	s.Lines, s.Bytes = r.lines.count, r.lines.base+int64(r.lines.pos)
	return s
}

// Line returns the line number, starting at 1, of the last record or *ParseError.
// It returns 0 before the first Read.
func (r *Reader) Line() int { return r.lines.last }

// All returns a single-use iterator over the remaining records. For a bad line it
// yields a *ParseError together with the fields that could be read, and the loop
// may continue. After any other error the iteration ends. The end of the stream is
// not an error and is not yielded.
//
// All yields the same *Record each time, so the record must be copied to keep it.
// Its strings may be kept unless ReuseText is set. The loop may change the record with
// Set, SetInt and SetAddr. If it assigns to a member without updating Fields, it must
// restore the member before the next step.
//
// While the loop runs, another goroutine may read a gzip log, see ReadAhead; it has
// ended when the loop has. The source must not be used in the loop.
func (r *Reader) All() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		r.lines.ahead.start()
		defer r.lines.ahead.stop()
		var recs [1]Record
		rec := &recs[0]
		for {
			if rec.Fields != V2.set || rec.Extra != "" || !r.format.v2 { // else it is overwritten
				clear(recs[:]) // faster than assigning Record{}
			}
			err := r.next(rec)
			if err == io.EOF {
				return
			}
			if !yield(rec, err) {
				return
			}
			if err != nil {
				if _, ok := errors.AsType[*ParseError](err); !ok {
					return
				}
			}
		}
	}
}

// Read resets rec and reads the next record into it.
//
// A *ParseError concerns one line: rec holds the fields that could be read, and the
// next Read continues after that line. At the end of the stream the error is
// io.EOF. Any other error means that the stream could not be read to its end, for
// example because it is a truncated or corrupt gzip stream. Read returns it after
// the last complete line, and again on every further call.
func (r *Reader) Read(rec *Record) error {
	*rec = Record{}
	return r.next(rec)
}

// next is Read for an empty record.
func (r *Reader) next(rec *Record) error {
	if r.decodePlain(rec) {
		r.stats.AddRecord(rec)
		return nil
	}
	return r.read(rec)
}

// read is the slow path of Read: it handles what decodePlain does not.
func (r *Reader) read(rec *Record) error {
	if !r.started {
		r.started = true
		r.lines.open(r.src, r.MaxLine, r.ReuseText, r.ReadAhead)
	}
	for r.err == nil {
		l, err := r.lines.next()
		switch {
		case err == nil:
			ok, err := r.decode(rec, l)
			if ok {
				r.stats.AddRecord(rec)
				return nil
			}
			if err != nil {
				r.stats.Bad++
				return err
			}
		case err == ErrLineTooLong:
			*rec = Record{}
			r.stats.Bad++
			return &ParseError{Line: l.num, Column: l.column + 1, Value: clip(l.text), Err: err}
		case err == io.EOF:
			r.err = err
		default:
			r.err = fmt.Errorf("flowlog: after line %d: %w", r.lines.num, err)
		}
	}
	*rec = Record{}
	return r.err
}

// decodePlain is the fast path of Read. It decodes the next line into rec, which is
// empty, if the line is complete in the current block and the fast paths of
// Format.Decode accept it as it is. Otherwise it reports false and consumes
// nothing; rec then has an undefined value.
func (r *Reader) decodePlain(rec *Record) bool {
	l := &r.lines
	rest := l.block[l.pos:]
	if l.skip || len(rest) < minPlain || mayBeMarked(rest) || mayHaveExportTime(rest) {
		return false
	}
	n := strings.IndexByte(rest, '\n')
	if uint(n) > uint(l.max) || !r.format.decodeQuick(rec, rest[:n]) {
		return false
	}
	if mayBeHeader(rest) && !rec.Fields.overlaps(typed) {
		return false
	}
	l.take(n)
	return true
}

// minPlain is the least number of bytes that decodePlain looks at.
const minPlain = 16

// mayBeMarked reports whether a line may start with a JSON object or with a
// byte-order mark.
func mayBeMarked(s string) bool { return s[0] == '{' || s[0] >= 0x80 }

// mayHaveExportTime reports whether a line of at least minPlain bytes may start
// with a timestamp such as 2024-05-01T00:00:00.000Z. It accepts all lines for which
// cutExportTime finds one.
func mayHaveExportTime(s string) bool { return s[10] == 'T' && s[4] == '-' }

// decode decodes one line into rec. It reports false if the line is not a record;
// if the error is nil too, the line is blank or a header.
func (r *Reader) decode(rec *Record, l line) (bool, error) {
	text := strings.TrimLeft(strings.TrimPrefix(l.text, byteOrderMark), space)
	if text == "" {
		return false, nil
	}
	l.column += len(l.text) - len(text)
	m := message{line: text}
	if text[0] == '{' {
		var err error
		if m, err = parseMessage(text); err != nil {
			*rec = Record{}
			return false, &ParseError{Line: l.num, Column: l.column + 1, Value: clip(text), Err: err}
		}
	}
	text = m.line
	if rest, ok := cutExportTime(text); ok {
		text = rest
	}
	text = strings.TrimLeft(text, space)
	cut := len(m.line) - len(text)
	if text = strings.TrimRight(text, space); text == "" {
		return false, nil
	}
	err := r.format.Decode(rec, text)
	if mayBeHeader(text) && (text == r.header || r.readHeader(l.num, text, err == nil)) {
		return false, nil
	}
	if pe, ok := err.(*ParseError); ok {
		pe.Line = l.num
		pe.Column = l.column + m.offset(pe.Column-1+cut) + 1
		if e, ok := pe.Err.(*fieldCountError); ok {
			if e.origin = r.origin; e.origin == originDefault && r.stats.Records > 0 {
				e.origin = originFits
			}
		}
	}
	return err == nil, err
}

// readHeader makes the format of the header line text the current one. num is the
// line number. It reports false if text is not a header line.
func (r *Reader) readHeader(num int, text string, isRecord bool) bool {
	f := header(text, isRecord)
	if f == nil {
		return false
	}
	r.header, r.origin = strings.Clone(text), formatOrigin(num)
	if !f.Equal(r.format) {
		r.format = f
	}
	return true
}
