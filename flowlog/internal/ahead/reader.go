// Package ahead reads a stream in a goroutine of its own, while another goroutine uses
// the text. flowlog and flowlog/parquet use it to decompress a log on one processor and
// to parse it on another.
package ahead

import (
	"context"
	"io"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

// BlockSize is the number of bytes that a Reader reads at a time.
const BlockSize = 128 << 10

// Reader is an io.Reader of a stream. Between Start and Stop, a goroutine reads the
// stream; at other times Read does.
//
// The goroutine fills blocks and sends them to full; Read returns used blocks through
// free. The number of blocks bounds the memory: the goroutine waits when all are full.
type Reader struct {
	ctx  context.Context
	src  io.Reader
	full chan block    // filled blocks, in the order of the stream
	free chan []byte   // empty blocks; nil is a block that is not allocated yet
	stop chan struct{} // closed by Stop; nil if the goroutine was not started
	done chan struct{} // closed when the goroutine has ended
	rest []byte        // the text of the current block that Read has not returned
	used []byte        // the current block, whole
	err  error         // returned once rest is empty
}

// block is a part of the text, and what follows it.
type block struct {
	text []byte
	err  error   // the error after text, io.EOF at the end of the stream
	end  Outcome // a panic or runtime.Goexit of the source
}

// New returns a Reader of src, which reads at most the given number of blocks ahead.
// When ctx is done, Read returns its cause.
func New(ctx context.Context, src io.Reader, blocks int) *Reader {
	r := &Reader{
		ctx:  ctx,
		src:  src,
		full: make(chan block, blocks+1), // and one for an end without text
		free: make(chan []byte, blocks),
	}
	for range blocks {
		r.free <- nil // most logs are short and need few blocks
	}
	return r
}

// Start starts the goroutine, which ends at the end of the stream or after Stop. It does
// nothing if the goroutine was started before and not stopped.
func (r *Reader) Start() {
	if r.stop != nil {
		return
	}
	r.stop, r.done = make(chan struct{}), make(chan struct{})
	go r.run()
}

// Stop ends the goroutine. It waits for the Read of the source that is under way.
// Afterwards Read returns what the goroutine has read, and then continues to read src.
func (r *Reader) Stop() {
	if r.stop != nil {
		close(r.stop)
		<-r.done
		r.stop = nil
	}
}

// Reset stops the goroutine and makes r read src. It keeps the blocks.
func (r *Reader) Reset(src io.Reader) {
	r.Stop()
	r.recycle()
	for len(r.full) > 0 {
		r.used = (<-r.full).text
		r.recycle()
	}
	r.src, r.rest, r.err = src, nil, nil
}

// recycle gives the current block back.
func (r *Reader) recycle() {
	if cap(r.used) > 0 {
		r.free <- r.used[:cap(r.used)]
	}
	r.used = nil
}

// run fills blocks until the stream ends or Stop is called. Its sends to full never
// block: full has room for all blocks.
func (r *Reader) run() {
	defer close(r.done)
	var end Outcome
	defer func() { // also after runtime.Goexit
		if end.Failed() {
			r.full <- block{end: end}
		}
	}()
	end.Record(r.fill)
}

// fill is run, without the handling of panics.
func (r *Reader) fill() {
	var b []byte
	defer func() {
		if b != nil { // the source panicked or exited
			r.free <- b
		}
	}()
	var err error
	for empty := 0; ; {
		if b == nil {
			select {
			case <-r.stop:
				return // even if there is an empty block
			default:
			}
			select {
			case <-r.stop:
				return
			case b = <-r.free:
			}
			if b == nil {
				b = make([]byte, BlockSize)
			}
		}
		n := 0
		// Full blocks are cheaper to hand over. But a slow source, such as a
		// pipe, returns a few bytes at a time: those must not wait for more.
		for err == nil && n < len(b)/2 {
			var k int
			k, err = r.src.Read(b[n:])
			n += k
			if k < len(b)/8 {
				break
			}
		}
		switch {
		case n > 0:
			empty = 0
		case err == nil:
			if empty++; empty < 100 {
				continue
			}
			err = io.ErrNoProgress
		}
		r.full <- block{text: b[:n], err: err}
		if b = nil; err != nil {
			return
		}
	}
}

// Read reads the next text. It returns the context's cause when the context is done,
// and panics or exits if the source did.
func (r *Reader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.recycle()
		if r.stop == nil && len(r.full) == 0 {
			return r.src.Read(b)
		}
		select {
		case <-r.ctx.Done():
			return 0, gunzip.NoEOF(context.Cause(r.ctx))
		case next := <-r.full:
			next.end.Repeat()
			r.rest, r.used, r.err = next.text, next.text, next.err
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
