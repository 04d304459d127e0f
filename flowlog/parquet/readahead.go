package parquet

import (
	"bufio"
	"context"
	"io"
	"runtime"

	"github.com/vpcflow/vpcflow/flowlog/internal/gunzip"
)

const (
	// aheadBlock is how much text is handed over at a time, and aheadBlocks
	// how many blocks there are at most: enough to decompress on while who reads
	// the text has to wait for a row group to be encoded.
	aheadBlock  = 128 << 10
	aheadBlocks = 256
)

// readAhead reads a log, and decompresses it if it is gzip, in a goroutine of
// its own, a few blocks ahead of who reads the text.
type readAhead struct {
	ctx context.Context
	// busy returns a channel that is closed when the processor that the reader of
	// the text needs is free, nil if it is.
	busy func() <-chan struct{}
	half chan struct{} // half of the blocks were full
	full chan block    // read, not used yet
	free chan []byte   // used
	stop chan struct{} // closed when no more is wanted
	done chan struct{} // closed when the goroutine has ended
	b    []byte        // rest of the block in use
	used []byte        // the block in use
	err  error         // behind it
}

// block is text, and the error after it, or how the source of the log ended the
// goroutine instead of returning.
type block struct {
	b        []byte
	err      error
	panicked any
	exited   bool // by runtime.Goexit
}

func newReadAhead(ctx context.Context, src io.Reader, busy func() <-chan struct{}) *readAhead {
	a := &readAhead{
		ctx:  ctx,
		busy: busy,
		half: make(chan struct{}, 1),
		full: make(chan block, aheadBlocks+1),
		free: make(chan []byte, aheadBlocks),
		stop: make(chan struct{}),
		done: make(chan struct{}),
	}
	for range aheadBlocks {
		a.free <- nil // to be made when it is needed: most logs are short
	}
	go a.run(src)
	return a
}

// run reads until the log ends or nobody wants more. There is room in full for
// all that it sends: no more than there are blocks, and one before the first.
func (a *readAhead) run(src io.Reader) {
	defer close(a.done)
	returned := false
	defer func() {
		if !returned {
			p := recover()
			a.full <- block{panicked: p, exited: p == nil}
		}
	}()
	a.read(src)
	returned = true
}

// read is run, without what follows when src does not return.
func (a *readAhead) read(src io.Reader) {
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
		// A pipe gives a little at a time; whole blocks are cheaper to hand
		// over, but what is there must not wait for what is not.
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
		a.full <- block{b: b[:n], err: err}
		if b = nil; err != nil {
			return
		}
		if len(a.full) >= aheadBlocks/2 {
			select {
			case a.half <- struct{}{}:
			default:
			}
		}
	}
}

// Read reads the next text. It waits no longer than until the context is done.
func (a *readAhead) Read(b []byte) (int, error) {
	for len(a.b) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.used != nil {
			a.free <- a.used
			a.used = nil
		}
		a.wait()
		select {
		case <-a.ctx.Done():
			return 0, context.Cause(a.ctx)
		case next := <-a.full:
			if next.panicked != nil {
				panic(next.panicked)
			}
			if next.exited {
				runtime.Goexit()
			}
			a.b, a.used, a.err = next.b, next.b[:cap(next.b)], next.err
		}
	}
	n := copy(b, a.b)
	a.b = a.b[n:]
	return n, nil
}

// wait leaves the processors to others while they are short. Decompressing takes
// longest, so it must not stand still: who reads the text waits until there is a
// lot of it, or the processor it needs is free.
func (a *readAhead) wait() {
	free := a.busy()
	if free == nil || len(a.full) >= aheadBlocks/2 {
		return
	}
	select {
	case <-free:
	case <-a.half:
	case <-a.done:
	case <-a.ctx.Done():
	}
}

// close ends the goroutine and waits for it.
func (a *readAhead) close() {
	close(a.stop)
	<-a.done
}
