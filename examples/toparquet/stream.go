package main

import (
	"context"
	"io"
)

// stream reads a log that may let its reader wait for as long as it likes:
// standard input, a pipe, a device. A Read ends when ctx is done, with its
// cause. What it waited in, to open or to read, cannot be interrupted for every
// kind of file: the goroutine that does so is left behind, until that call
// returns or the process ends. Close ends the reading likewise.
func stream(ctx context.Context, open func() (io.ReadCloser, error)) io.ReadCloser {
	r, w := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = w.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer stop()
		src, err := open()
		if err == nil {
			defer src.Close()
			_, err = io.Copy(w, src)
		}
		_ = w.CloseWithError(err) // the end, if it is nil
	}()
	return r
}
