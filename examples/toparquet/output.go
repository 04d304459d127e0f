package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// output is what a Parquet file is written to: standard output, or a file that
// gets its name when it is complete.
type output struct {
	w    io.Writer
	path string      // empty for standard output
	file *os.File    // under a temporary name
	n    int64       // bytes written
	err  error       // of a Write
	stop atomic.Bool // nothing more is to be written
}

var errStopped = errors.New("toparquet: output stopped")

// create opens an output under a path where there is no file yet.
func create(path string) (*output, error) {
	if err := absent(path); err != nil {
		return nil, err
	}
	f, err := cli.CreateTemp(path)
	if err != nil {
		return nil, cli.PathError(path, err)
	}
	return &output{w: f, path: path, file: f}, nil
}

// absent returns an error if there is a file of that name.
func absent(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fmt.Errorf("%s: %w and is not overwritten", cli.Quote(path), fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return cli.PathError(path, err)
	}
	return nil
}

// Write writes, unless the output has been stopped: a footer must not make a
// file that lacks records look complete.
func (o *output) Write(p []byte) (int, error) {
	if o.stop.Load() {
		return 0, errStopped
	}
	n, err := o.w.Write(p)
	o.n += int64(n)
	o.err = err
	return n, err
}

// discard removes an output that is not complete. It does nothing for one that
// is.
func (o *output) discard() {
	o.stop.Store(true)
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}

// complete gives the file its name. A link does not replace a file that has
// appeared meanwhile. On file systems without links the name is checked first.
func (o *output) complete() error {
	if o.file == nil {
		return nil
	}
	if err := o.file.Close(); err != nil {
		return err
	}
	err := os.Link(o.file.Name(), o.path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return absent(o.path)
	case err != nil:
		if err := absent(o.path); err != nil {
			return err
		}
		err = os.Rename(o.file.Name(), o.path)
	default:
		err = os.Remove(o.file.Name())
	}
	o.file = nil
	return err
}
