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

// output is the destination of a Parquet file: standard output, or a file that is
// renamed when it is complete.
type output struct {
	w    io.Writer
	path string      // empty for standard output
	file *os.File    // the file, which has a temporary name; nil for standard output
	n    int64       // bytes written
	err  error       // of the last Write
	stop atomic.Bool // Write fails
}

var errStopped = errors.New("toparquet: output stopped")

// create returns an output for a path. It returns an error if the file exists.
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

// absent returns an error if a file exists.
func absent(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fmt.Errorf("%s: %w and is not overwritten", cli.Quote(path), fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return cli.PathError(path, err)
	}
	return nil
}

// Write implements io.Writer. It fails if the output is stopped, so that a footer
// does not make a file with missing records look complete.
func (o *output) Write(p []byte) (int, error) {
	if o.stop.Load() {
		return 0, errStopped
	}
	n, err := o.w.Write(p)
	o.n += int64(n)
	o.err = err
	return n, err
}

// discard removes the file, unless it is complete.
func (o *output) discard() {
	o.stop.Store(true)
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}

// complete gives the file its name. It uses a link, which does not replace a file
// created in the meantime. On file systems without links it checks the name
// first.
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
