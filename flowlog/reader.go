package flowlog

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Reader reads records in whatever shape they are delivered:
//
//   - plain text or gzip, told apart by content; all members of a gzip stream,
//     so concatenated objects too;
//   - with header lines or without: at the top, repeated, or midway with another
//     format, which then is in force for the lines that follow;
//   - lines that end in LF or CRLF, or at the end of the stream; blank lines, a
//     byte-order mark, tabs, runs of spaces;
//   - {"message":"…"} objects, with a newline between or without, as flow logs
//     put straight to Firehose have them;
//   - lines with a leading time, as CloudWatch Logs export tasks write them.
//
// A bad line never ends the stream: Read returns a *ParseError for it and goes
// on with the next. NODATA and SKIPDATA lines are records.
//
// A Reader reads 64 KiB at a time and makes that text a string once. Records
// share it: a caller who keeps one record, or one of its strings, keeps those
// 64 KiB in memory; strings.Clone frees it, and ReuseText does without. Its own memory is bounded by
// MaxLine, however large the stream is once it is decompressed.
//
// A Reader is not safe for concurrent use.
type Reader struct {
	// MaxLine is the longest line in bytes, 1 MiB if zero. A longer one is a
	// *ParseError with ErrLineTooLong, for that line alone. Set it before the
	// first Read.
	MaxLine int

	// ReuseText lets the next Read overwrite the text of the records before: their
	// strings are good until then, and strings.Clone makes one to keep. Whoever
	// only counts or copies then reads a stream of any size without an allocation,
	// and faster. Errors may be kept all the same. Set it before the first Read.
	//
	// Beware of maps: m[rec.InterfaceID]++ keeps the text, even if m has the key
	// already. See the example.
	ReuseText bool

	src     io.Reader
	format  *Format
	header  string // the header line that format comes from, "" if it comes from elsewhere
	origin  formatOrigin
	lines   lines
	started bool
	stats   Stats
	err     error // what ended the stream
}

// NewReader returns a Reader of src. If f is nil the format is taken from the
// header line, and is V2 if there is none: records in CloudWatch Logs and
// Firehose have no header, so their format must be given unless it is the
// default.
//
// A header line in the text wins over f. It is a line of names alone, of which
// one has to be known, or half of them if the line could be a record of the
// format in force. Names this version does not know become columns whose values
// are in Record.Extra.
func NewReader(src io.Reader, f *Format) *Reader {
	r := &Reader{}
	r.Reset(src, f)
	return r
}

// Reset makes the Reader read src as if it were new, but keeps its buffers,
// MaxLine and ReuseText.
func (r *Reader) Reset(src io.Reader, f *Format) {
	origin := originCaller
	if f == nil {
		f, origin = V2, originDefault
	}
	*r = Reader{MaxLine: r.MaxLine, ReuseText: r.ReuseText, src: src, format: f, origin: origin, lines: r.lines}
	r.lines.close()
}

// Format returns the format in force: of the last header line, or else the one
// the Reader was given, or else V2.
func (r *Reader) Format() *Format { return r.format }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats {
	s := r.stats
	s.Lines, s.Bytes = r.lines.count, r.lines.base+int64(r.lines.pos)
	return s
}

// Line returns the number, from 1, of the line that the last Read was about, 0
// before the first.
func (r *Reader) Line() int { return r.lines.last }

// All returns an iterator over the rest of the records; it can be used once.
// For a bad line it yields a *ParseError, with the record as far as it could
// be read, and the loop may go on. Any other error is the last thing it yields;
// the end of the stream is none.
//
// The record is the same one each time. Its strings may be kept, unless ReuseText
// is set; the record itself must be copied.
func (r *Reader) All() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		var recs [1]Record
		rec := &recs[0]
		for {
			clear(recs[:]) // which is faster than to assign Record{}
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

// Read reads the next record into rec, all of which it resets.
//
// A *ParseError is about one line: the next Read goes on behind it. At the end
// of the stream the error is io.EOF. Any other error says why the stream could
// not be read to its end, and every further Read returns it again: a truncated
// or corrupt gzip stream is such an error, after the last whole line of it.
func (r *Reader) Read(rec *Record) error {
	*rec = Record{}
	return r.next(rec)
}

// next is Read into an empty record.
func (r *Reader) next(rec *Record) error {
	if r.lines.decodePlain(rec, r.format) {
		r.stats.AddRecord(rec)
		return nil
	}
	return r.read(rec)
}

// read is Read for a line that is not plainly a record, or not in the block.
func (r *Reader) read(rec *Record) error {
	if !r.started {
		r.started = true
		r.lines.open(r.src, r.MaxLine, r.ReuseText)
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

// decodePlain reads the next line into rec, which is empty, if it is in the block
// and plainly a record: one that the fast paths of Decode take, without a leading
// time and nothing that Reader.decode would take for something else. Otherwise it
// reports false and has not moved; rec may hold anything.
func (l *lines) decodePlain(rec *Record, f *Format) bool {
	rest := l.block[l.pos:]
	if l.skip || len(rest) < 16 || rest[0] == '{' || rest[0] >= 0x80 || rest[10] == 'T' && rest[4] == '-' {
		return false
	}
	n := strings.IndexByte(rest, '\n')
	if uint(n) > uint(l.max) || !f.decodeQuick(rec, rest[:n]) {
		return false
	}
	if mayBeHeader(rest) && !rec.Fields.overlaps(typed) {
		return false
	}
	l.pos += n + 1
	l.num++
	l.last = l.num
	l.column = 0
	l.count++
	return true
}

// decode reads one line into rec. It reports false for a line that is no
// record; without an error it is not bad either.
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
			e.origin = r.origin
		}
	}
	return err == nil, err
}

// readHeader makes the format of a header line, of the given number, the current
// one. It reports false if the line is not a header.
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
