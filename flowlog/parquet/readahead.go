package parquet

import (
	"bufio"
	"context"
	"io"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

const (
	aheadBlock  = 128 << 10 // bytes of text in a block
	aheadBlocks = 128       // blocks in memory at most, 16 MiB
)

// readAhead reads a log, and decompresses it if it is gzip, in a goroutine of
// its own. It is an io.Reader of the text.
//
// Decompressing is the slowest step of Convert, so it must not stop while the
// reader of the text waits for a row group to be encoded. The goroutine fills
// blocks and sends them to full; Read returns used blocks through free. The
// number of blocks bounds the memory: the goroutine waits when all are full.
// close stops the goroutine and waits for it.
type readAhead struct {
	ctx  context.Context
	full chan block    // filled blocks, in the order of the log
	free chan []byte   // empty blocks; nil is a block that is not allocated yet
	stop chan struct{} // closed by close
	done chan struct{} // closed when the goroutine has ended
	rest []byte        // the text of the current block that Read has not returned
	used []byte        // the current block, whole
	err  error         // returned once rest is empty
}

// block is a part of the text, and what follows it.
type block struct {
	text []byte
	err  error   // the error after text, io.EOF at the end of the log
	end  outcome // a panic or runtime.Goexit of the source
}

func newReadAhead(ctx context.Context, src io.Reader) *readAhead {
	a := &readAhead{
		ctx:  ctx,
		full: make(chan block, aheadBlocks+1), // and one for an end without text
		free: make(chan []byte, aheadBlocks),
		stop: make(chan struct{}),
		done: make(chan struct{}),
	}
	for range aheadBlocks {
		a.free <- nil // most logs are short and need few blocks
	}
	go a.run(src)
	return a
}

// run fills blocks until the log ends or close is called. Its sends to full
// never block: full has room for all blocks.
func (a *readAhead) run(src io.Reader) {
	defer close(a.done)
	var end outcome
	defer func() { // also after runtime.Goexit
		if end.failed() {
			a.full <- block{end: end}
		}
	}()
	end.record(func() { a.fill(src) })
}

// fill is run, without the handling of panics.
func (a *readAhead) fill(src io.Reader) {
	var unpack gunzip.Unpacker
	text, err := unpack.Text(bufio.NewReaderSize(src, aheadBlock))
	var b []byte
	for empty := 0; ; {
		if b == nil {
			select {
			case <-a.stop:
				return
			case b = <-a.free:
			}
			if b == nil {
				b = make([]byte, aheadBlock)
			}
		}
		n := 0
		// Full blocks are cheaper to hand over. But a slow source, such as a
		// pipe, returns a few bytes at a time: those must not wait for more.
		for err == nil && n < len(b)/2 {
			var k int
			k, err = text.Read(b[n:])
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
		a.full <- block{text: b[:n], err: err}
		if b = nil; err != nil {
			return
		}
	}
}

// Read reads the next text. It returns the context's cause when the context is
// done, and panics or exits if the source did.
func (a *readAhead) Read(b []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.used != nil {
			a.free <- a.used
			a.used = nil
		}
		select {
		case <-a.ctx.Done():
			return 0, context.Cause(a.ctx)
		case next := <-a.full:
			next.end.repeat()
			a.rest, a.used, a.err = next.text, next.text[:cap(next.text)], next.err
		}
	}
	n := copy(b, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// close ends the goroutine and waits for it.
func (a *readAhead) close() {
	close(a.stop)
	<-a.done
}
