package input

import (
	"context"
	"io"
)

// Interruptible returns a reader of r, which may block. When ctx is done, Read returns
// its cause. A goroutine reads r until then, or until r ends.
func Interruptible(ctx context.Context, r io.Reader) io.ReadCloser {
	return stream(ctx, func() (io.ReadCloser, error) { return io.NopCloser(r), nil })
}

// stream returns a reader of a source that may block: standard input, a pipe or a
// device. When ctx is done, Read returns its cause. Opening or reading some kinds
// of files cannot be interrupted; the goroutine for such a call stays until the call
// returns or the process ends. Close has the same effect as the end of ctx.
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
		_ = w.CloseWithError(err) // io.EOF if err is nil
	}()
	return r
}

// onlyReader hides WriteTo, which would not use the buffer.
type onlyReader struct{ io.Reader }

// watched is a reader that fails when its context is done, and reports the bytes
// read.
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

// watchedAt is watched for an io.ReaderAt.
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
