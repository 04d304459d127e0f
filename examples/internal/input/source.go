// Package input finds and opens the logs that are the arguments of a command. An
// argument is
//
//   - a file, or anything else that can be read, such as a pipe;
//   - a folder: all regular files, and links to files, in it and in its subfolders,
//     in the order of their names;
//   - "-", standard input;
//   - s3://bucket/prefix/ for all objects below the prefix, or s3://bucket/key.
//
// The kind of a log is detected by its content, not by its name. It is text;
// Parquet; or the documents of a CloudWatch Logs subscription, as in an object that
// Firehose wrote without a transformation. Each may be compressed with gzip, zstd
// or bzip2, also several times.
//
// Other files in a folder or below a prefix are skipped and counted: names that
// begin with "." or "_", empty files, objects with which AWS services test their
// permissions, objects of other services below AWSLogs, JSON that is not a log, and
// files that are not regular.
package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// A Source finds logs. Set its fields before the first call.
type Source struct {
	Stdin io.Reader // read for "-"

	// Since and Until select objects below a prefix and files in a folder by their
	// time of delivery. It is the time in the name, or else in the folders, of the
	// key or path. Files without a time are selected. A zero time is no limit.
	// Records can be some minutes older than their object.
	Since, Until time.Time

	// S3 is the client for s3:// arguments. If it is nil, NewS3 makes one when it
	// is needed.
	S3 S3

	skipped skipped
}

// A Log is a log that is not open yet.
type Log struct {
	Name   string // a path, s3://bucket/key, or "-"
	Size   int64  // bytes, as stored; 0 if unknown
	Stream bool   // it can be read only once, and may block
	Found  bool   // it was found in a folder or below a prefix, and is not an argument

	// OnRead, if set before Open, is called with the number of bytes of each read,
	// before decompression.
	OnRead func(n int)

	open   func(ctx context.Context) (io.ReadCloser, error)
	source *Source
}

// Logs returns the logs of the arguments, in order. If an argument or a folder
// cannot be listed, Logs yields an error with its name, and goes on with the
// others. When the context is done, the sequence ends.
func (s *Source) Logs(ctx context.Context, args []string) iter.Seq2[*Log, error] {
	return func(yield func(*Log, error) bool) {
		stdin := false
		for _, arg := range args {
			var logs iter.Seq2[*Log, error]
			switch {
			case arg == "-" && stdin:
				continue
			case arg == "-":
				stdin = true
				logs = one(s.standardInput())
			case strings.HasPrefix(arg, "s3://"):
				logs = s.objects(ctx, arg)
			default:
				logs = s.files(ctx, arg)
			}
			for l, err := range logs {
				if ctx.Err() != nil || !yield(l, err) {
					return
				}
			}
		}
	}
}

func one(l *Log) iter.Seq2[*Log, error] {
	return func(yield func(*Log, error) bool) { yield(l, nil) }
}

func (s *Source) standardInput() *Log {
	return &Log{Name: "-", Stream: true, source: s, open: func(ctx context.Context) (io.ReadCloser, error) {
		if s.Stdin == nil {
			return nil, errors.New("no standard input")
		}
		return Interruptible(ctx, s.Stdin), nil
	}}
}

// file returns the log of a file.
func (s *Source) file(name string, size int64, found bool) *Log {
	return &Log{Name: name, Size: size, Found: found, source: s, open: func(context.Context) (io.ReadCloser, error) {
		return os.Open(name)
	}}
}

// files returns the logs of a path.
func (s *Source) files(ctx context.Context, name string) iter.Seq2[*Log, error] {
	return func(yield func(*Log, error) bool) {
		st, err := os.Stat(name) // follows a link
		switch {
		case err != nil:
			yield(nil, cli.PathError(name, err))
		case st.IsDir():
			s.walk(ctx, name, os.DirFS(name), yield)
		case !st.Mode().IsRegular():
			yield(&Log{Name: name, Stream: true, source: s, open: func(ctx context.Context) (io.ReadCloser, error) {
				return stream(ctx, func() (io.ReadCloser, error) { return os.Open(name) }), nil
			}}, nil)
		default:
			yield(s.file(name, st.Size(), false), nil)
		}
	}
}

// walk finds the logs in a folder and in its subfolders. It does not follow links
// to folders, which may be cyclic.
func (s *Source) walk(ctx context.Context, root string, folder fs.FS, yield func(*Log, error) bool) {
	_ = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		local := filepath.Join(root, filepath.FromSlash(name))
		key := filepath.ToSlash(local)
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			if !yield(nil, cli.PathError(local, err)) {
				return fs.SkipAll
			}
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case name == ".":
			return nil
		}
		if d.IsDir() {
			if why := s.skipFolder(key + "/"); why != 0 || isHidden(d.Name()) {
				s.skipped.add(firstOf(why, hidden))
				return fs.SkipDir
			}
			return nil
		}
		if why := s.skipKey(key); why != 0 {
			s.skipped.add(why)
			return nil
		}
		st, err := fs.Stat(folder, name) // follows a link
		switch {
		case errors.Is(err, fs.ErrNotExist) && d.Type() == fs.ModeSymlink:
			err = fmt.Errorf("dangling link: %w", fs.ErrNotExist)
			fallthrough
		case err != nil:
			if !yield(nil, cli.PathError(local, err)) {
				return fs.SkipAll
			}
		case !st.Mode().IsRegular():
			s.skipped.add(notRegular)
		case st.Size() == 0:
			s.skipped.add(isEmpty)
		case !yield(s.file(local, st.Size(), true), nil):
			return fs.SkipAll
		}
		return nil
	})
}

// skipKey returns the reason for which an object or a file is skipped, or 0.
func (s *Source) skipKey(key string) reason {
	name := path.Base(key)
	switch {
	case isHidden(name):
		return hidden
	case isMarker(name):
		return marker
	case otherService(key):
		return foreign
	case !s.inTime(key):
		return outOfTime
	}
	return 0
}

// skipFolder returns the reason for which a folder is skipped, or 0. Its key ends in
// a slash.
func (s *Source) skipFolder(key string) reason {
	switch {
	case otherService(key):
		return foreign
	case !s.inTime(key):
		return outOfTime
	}
	return 0
}
