package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
)

// output is what a Parquet file is written to: standard output, or a file that
// gets its name when it is complete.
type output struct {
	w    io.Writer
	path string   // empty for standard output
	file *os.File // under a name of its own
	n    int64
	err  error       // of a Write
	stop atomic.Bool // nothing more is to be written
}

var errStopped = errors.New("given up")

// create opens an output that no file has the name of yet.
func create(path string) (*output, error) {
	if err := absent(path); err != nil {
		return nil, err
	}
	dir, name := filepath.Split(path)
	f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf(".%s.%08x.tmp", name, rand.Uint32())), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, plain(path, err)
	}
	return &output{w: f, path: path, file: f}, nil
}

// absent returns an error if there is a file of that name.
func absent(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fmt.Errorf("%s: %w: it is not written over", path, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return plain(path, err)
	}
	return nil
}

// Write writes, unless the output has been given up: so that the footer of a
// file that lacks records cannot make it look complete.
func (o *output) Write(p []byte) (int, error) {
	if o.stop.Load() {
		return 0, errStopped
	}
	n, err := o.w.Write(p)
	o.n += int64(n)
	o.err = err
	return n, err
}

// discard ends an output that did not become complete. There is nothing to do
// for one that did.
func (o *output) discard() {
	o.stop.Store(true)
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}

// complete gives the file its name. A link does not replace a file that has
// appeared meanwhile; where the file system has no links, it is looked for.
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
