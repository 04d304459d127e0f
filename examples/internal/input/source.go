// Package input finds the logs that the arguments of a command name, and opens
// them whatever they are packed in. An argument is
//
//   - a file, or anything else that can be read, such as a pipe;
//   - a folder: all regular files in it and in the folders below, and links to
//     files, in the order of their names;
//   - "-", standard input;
//   - s3://bucket/prefix/ for all objects below the prefix, or s3://bucket/key.
//
// A log is told by its content, not by its name: text, plain or compressed with
// gzip, zstd or bzip2, also more than once; Parquet; or the documents of a
// CloudWatch Logs subscription, as an object that Firehose wrote without a
// transformation holds them.
//
// What lies beside logs in a folder or below a prefix is skipped and counted:
// names that begin with "." or "_", empty files, objects that AWS services wrote
// to test their permissions, objects of other services below AWSLogs, JSON that
// is no log, what is no regular file.
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

// A Source finds logs. Its fields are set before the first call.
type Source struct {
	Stdin io.Reader // read for "-"

	// Since and Until choose among the objects of a prefix and the files of a
	// folder, by the time of delivery that is in their key or path: that in the
	// name of the object, else that of its folder. A zero time is no bound; what
	// has no time in its path is taken. Records can be some minutes older than
	// their object.
	Since, Until time.Time

	// S3 is the client for s3:// arguments. If it is nil, one is made with the
	// SDK's usual configuration when it is needed.
	S3 S3

	skipped skipped
}

// A Log is something to read.
type Log struct {
	Name   string // a path, s3://bucket/key, or "-"
	Size   int64  // in bytes, as it lies there; 0 if it is not known
	Stream bool   // it can be read only once, and may block
	Found  bool   // in a folder or below a prefix; false if it is an argument

	// OnRead, if it is set before Open, is called with the number of bytes of
	// each read, before they are decompressed.
	OnRead func(n int)

	open   func(ctx context.Context) (io.ReadCloser, error)
	source *Source
}

// Logs returns the logs of the arguments in order. An argument, or a folder in
// one, that cannot be listed is an error with its name; the others follow. When
// the context is done the logs end.
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
		return stream(ctx, func() (io.ReadCloser, error) { return io.NopCloser(s.Stdin), nil }), nil
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
		st, err := os.Stat(name) // of what a link leads to
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

// walk finds the logs in a folder and in those below it. A link to a folder is
// not followed: it may lead to a folder that it is in.
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
		st, err := fs.Stat(folder, name) // of what a link leads to
		switch {
		case errors.Is(err, fs.ErrNotExist) && d.Type() == fs.ModeSymlink:
			err = fmt.Errorf("the link leads nowhere: %w", fs.ErrNotExist)
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

// skipKey returns why an object or a file is skipped for its key, if it is.
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

// skipFolder returns why a folder, whose key ends in a slash, is skipped.
func (s *Source) skipFolder(key string) reason {
	switch {
	case otherService(key):
		return foreign
	case !s.inTime(key):
		return outOfTime
	}
	return 0
}
