package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/gzip"
)

// objects are the objects of the bucket, which are files.
type objects struct {
	dir   string
	keys  []string // paths relative to dir, sorted
	bytes int64    // of all objects
}

func listObjects(dir string) (*objects, error) {
	o := &objects{dir: dir}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		key, err := filepath.Rel(dir, path)
		o.keys = append(o.keys, filepath.ToSlash(key))
		o.bytes += info.Size()
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // Firehose had nothing to deliver
	}
	slices.Sort(o.keys)
	return o, err
}

// lines calls fn with each line of the objects.
func (o *objects) lines(ctx context.Context, fn func(line []byte, at place) error) error {
	for _, key := range o.keys {
		if err := o.objectLines(ctx, key, fn); err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) objectLines(ctx context.Context, key string, fn func(line []byte, at place) error) error {
	f, err := os.Open(filepath.Join(o.dir, filepath.FromSlash(key)))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return lines(ctx, z, key, fn)
}

// reader returns a reader of the concatenated objects. It has one file open at a
// time.
func (o *objects) reader() io.Reader {
	all := make([]io.Reader, len(o.keys))
	for i, key := range o.keys {
		all[i] = &lazyFile{path: filepath.Join(o.dir, filepath.FromSlash(key))}
	}
	return io.MultiReader(all...)
}

// lazyFile is a file that is opened by the first Read and closed at its end.
type lazyFile struct {
	path string
	file *os.File
}

func (l *lazyFile) Read(p []byte) (int, error) {
	if l.file == nil {
		f, err := os.Open(l.path)
		if err != nil {
			return 0, err
		}
		l.file = f
	}
	n, err := l.file.Read(p)
	if err != nil {
		_ = l.file.Close()
	}
	return n, err
}
