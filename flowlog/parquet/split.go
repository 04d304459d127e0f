package parquet

import (
	"fmt"
	"io"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/decode"
)

// Split divides the unread rows into at most n Readers of consecutive row groups, in order
// and with about as many rows each, so that each can be read by its own goroutine. It
// returns at least one Reader, and at most one for each row group. The first continues at
// the current row. All have the options of r, and each may use MaxMemory. The io.ReaderAt of
// the file must allow concurrent calls, as an os.File does.
//
// Split closes r. The Readers must be closed. If n is below 1 the error wraps ErrOptions; if
// r cannot be read on, it is the error of Read. Then r is left as it is.
func (r *Reader) Split(n int) ([]*Reader, error) {
	if n < 1 {
		return nil, fmt.Errorf("parquet: %w: Split into %d", ErrOptions, n)
	}
	if r.err != nil && r.err != io.EOF {
		return nil, r.err
	}
	rows := make([]int64, 0, r.end-r.group)
	total := r.left
	for _, g := range r.meta.Groups[r.group:r.end] {
		rows = append(rows, g.Rows)
		total += g.Rows
	}
	n = min(n, len(rows)+1) // more would find no row group
	// Row group i goes to the part in which its middle lies.
	var starts []int // the first row groups of the parts after the first
	at := r.left
	for i, count := range rows {
		part := int((at + count/2) * int64(n) / max(total, 1))
		at += count
		if part > len(starts) && (i > 0 || r.left > 0) { // otherwise it is in the last part
			starts = append(starts, r.group+i)
		}
	}
	readers := []*Reader{nil} // for the first part
	for i, start := range starts {
		next, err := newReader(r.src, r.meta, r.opts)
		if err != nil {
			for _, made := range readers[1:] {
				_ = made.Close()
			}
			return nil, err
		}
		next.group, next.end = start, r.end
		if i+1 < len(starts) {
			next.end = starts[i+1]
		}
		for _, g := range r.meta.Groups[:start] {
			next.row += g.Rows
		}
		readers = append(readers, next)
	}
	readers[0] = r.move()
	if len(starts) > 0 {
		readers[0].end = starts[0]
	}
	return readers, nil
}

// move returns a Reader that goes on where r is, and closes r.
func (r *Reader) move() *Reader {
	to := new(Reader)
	*to = *r
	for i := range to.all {
		to.all[i].Budget, to.all[i].Column.Unpack = &to.budget, &to.unpack
	}
	r.unpack = decode.Decompressor{}
	_ = r.Close()
	return to
}
