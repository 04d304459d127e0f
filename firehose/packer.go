package firehose

import (
	"bytes"
	"fmt"
	"iter"
)

// packer packs lines into the records of a batch. A Batcher or a lane owns it and takes
// the batch when it is full.
type packer struct {
	opts     *Options // resolved
	cur      *batch   // the batch being filled
	room     int      // bytes left in the open record, 0 if none is open
	lineRoom int      // lines left in it
}

// measure returns the number of lines in data, which is not empty, and the delimiter if
// data does not end with it.
func (o *Options) measure(data []byte) (lines int, ending []byte) {
	if len(o.Delimiter) == 0 {
		return 1, nil
	}
	if len(o.Delimiter) == 1 {
		switch bytes.IndexByte(data, o.Delimiter[0]) {
		case -1:
			return 1, o.Delimiter
		case len(data) - 1:
			return 1, nil
		}
	}
	lines = bytes.Count(data, o.Delimiter)
	if rest := len(data) - len(o.Delimiter); rest >= 0 && string(data[rest:]) == string(o.Delimiter) {
		return lines, nil
	}
	return lines + 1, o.Delimiter
}

// whole reports whether data of n bytes goes into one record.
func (o *Options) whole(n, lines int) bool {
	return lines == 1 || n <= o.RecordBytes && lines <= o.RecordLines
}

// checkData returns an error if a line of data is too long. n is the size of data with the
// last delimiter.
func (o *Options) checkData(data []byte, n, lines int) error {
	switch {
	case lines == 1:
		return o.checkLine(n, 1)
	case !o.whole(n, lines):
		return o.checkLines(data)
	}
	return nil
}

// checkLine returns an error if a line of n bytes, delimiter included, is too long.
func (o *Options) checkLine(n, number int) error {
	if limit := o.lineLimit(); n > limit {
		return fmt.Errorf("%w: line %d has %d bytes with its delimiter, the limit is %d", ErrRecordTooLarge, number, n, limit)
	}
	return nil
}

// checkLines calls checkLine for each line of data.
func (o *Options) checkLines(data []byte) error {
	number := 0
	for line := range o.split(data) {
		number++
		_, ending := o.measure(line)
		if err := o.checkLine(len(line)+len(ending), number); err != nil {
			return err
		}
	}
	return nil
}

// split yields the lines of data with their delimiters.
func (o *Options) split(data []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := len(data)
			if i := bytes.Index(data, o.Delimiter); i >= 0 {
				n = i + len(o.Delimiter)
			}
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// fits reports whether the open record has room.
func (p *packer) fits(n, lines int) bool { return n <= p.room && lines <= p.lineRoom }

// open opens a record for at least n bytes. It returns false if the batch has no room for
// it.
func (p *packer) open(n int) bool {
	rest := p.opts.BatchBytes - len(p.cur.buf)
	if len(p.cur.records) == p.opts.BatchRecords || n > rest || rest < p.opts.BatchBytes && rest < min(BillingBytes, p.opts.RecordBytes) {
		return false
	}
	size := p.opts.RecordBytes
	if rest < size {
		// The last record of a call takes whole billing steps. The bytes that are left
		// would cost a step of their own here; in the next call they do not.
		size = rest
		if size >= BillingBytes {
			size -= size % BillingBytes
		}
	}
	size = max(size, n)
	p.finish()
	p.cur.open(size, p.opts.BatchBytes)
	p.room, p.lineRoom = size, p.opts.RecordLines
	return true
}

// put adds data to the open record, which has room for it. It reports whether the batch is
// then full.
func (p *packer) put(data, ending []byte, lines int) (full bool) {
	p.cur.append(data, ending)
	p.room -= len(data) + len(ending)
	p.lineRoom -= lines
	if p.room > 0 && p.lineRoom > 0 {
		return false
	}
	return len(p.cur.buf) >= p.opts.BatchBytes || len(p.cur.records) >= p.opts.BatchRecords
}

// finish sets the end and the lines of the last record, which put leaves unset. The record
// stays open.
func (p *packer) finish() {
	if n := len(p.cur.records); n > 0 {
		r := &p.cur.records[n-1]
		r.end, r.lines = len(p.cur.buf), p.opts.RecordLines-p.lineRoom
	}
}

// take returns the batch and replaces it with next, which may be nil.
func (p *packer) take(next *batch) *batch {
	p.finish()
	q := p.cur
	p.cur, p.room, p.lineRoom = next, 0, 0
	return q
}
