package firehose

import (
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

// record is a part of a batch's buffer.
type record struct {
	start, end    int // offsets into the buffer
	lines         int
	code, message string // of the last attempt
}

func (r *record) size() int { return r.end - r.start }

// batch is the data of one call.
type batch struct {
	buf     []byte
	records []record // in the order of buf; once sent, those not yet accepted
	lost    []record // refused and not retried
}

// open starts a record and makes room for n bytes. It grows the buffer to at most limit;
// the built-in append could allocate more.
func (q *batch) open(n, limit int) {
	if need := len(q.buf) + n; need > cap(q.buf) {
		grown := make([]byte, len(q.buf), min(max(2*cap(q.buf), need), limit))
		copy(grown, q.buf)
		q.buf = grown
	}
	q.records = append(q.records, record{start: len(q.buf)})
}

// append adds data and its ending to the last record, for which open has made room.
func (q *batch) append(data, ending []byte) {
	n := len(q.buf)
	q.buf = q.buf[:n+len(data)+len(ending)]
	copy(q.buf[n:], data)
	for i, c := range ending { // mostly a single byte
		q.buf[n+len(data)+i] = c
	}
}

// held returns the number of lines and bytes that were not accepted.
func (q *batch) held() (lines, size int) {
	for _, records := range [][]record{q.records, q.lost} {
		for i := range records {
			lines += records[i].lines
			size += records[i].size()
		}
	}
	return lines, size
}

// input returns the records as the SDK takes them. They share the buffer.
func (q *batch) input() []types.Record {
	in := make([]types.Record, len(q.records))
	for i := range q.records {
		r := &q.records[i]
		in[i].Data = q.buf[r.start:r.end:r.end]
	}
	return in
}

// reset empties the batch. A large buffer is kept, because allocating a new one costs
// more than filling it. A small buffer is not, because test clients often keep the input
// of a call, and reuse would change it.
func (q *batch) reset() {
	if q.buf = q.buf[:0]; cap(q.buf) <= DefaultRecordBytes {
		q.buf = nil
	}
	q.records = q.records[:0]
	q.lost = q.lost[:0]
}
