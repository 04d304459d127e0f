package input

import (
	"context"
	"io"
)

// stream reads what may block for any length of time: standard input, a pipe, a
// device. A Read ends when ctx is done, with its cause. A call that opens or
// reads the source cannot be interrupted for every kind of file: its goroutine
// stays until that call returns or the process ends. Close ends the reading in
// the same way.
func stream(ctx context.Context, open func() (io.ReadCloser, error)) io.ReadCloser {
	r, w := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = w.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer stop()
		src, err := open()
		if err == nil {
			defer src.Close()
			_, err = io.CopyBuffer(w, onlyReader{src}, make([]byte, 64<<10))
		}
		_ = w.CloseWithError(err) // the end, if it is nil
	}()
	return r
}

// onlyReader hides WriteTo, which would not use the buffer.
type onlyReader struct{ io.Reader }

// watched is a reader that ends when its context is done, and counts.
type watched struct {
	ctx    context.Context
	r      io.Reader
	onRead func(n int) // may be nil
}

func (w *watched) Read(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.r.Read(p)
	if w.onRead != nil && n > 0 {
		w.onRead(n)
	}
	return n, err
}

// watchedAt is watched for reads at an offset.
type watchedAt struct {
	ctx    context.Context
	r      io.ReaderAt
	onRead func(n int)
}

func (w *watchedAt) ReadAt(p []byte, off int64) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.r.ReadAt(p, off)
	if w.onRead != nil && n > 0 {
		w.onRead(n)
	}
	return n, err
}
