package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog"
)

// input is a log to convert.
type input struct {
	path   string          // "-" for standard input
	size   int64           // in bytes, 0 for a stream
	format *flowlog.Format // of its records, nil if it has none
	stream bool            // it can be read once, and may block: no regular file
	opened io.ReadCloser   // a stream that was probed, from its start
}

var (
	errNoLog   = errors.New("not a flow log")
	errParquet = errors.New("this is Parquet already")
	errProbe   = fmt.Errorf("no record in its first %d MiB", maxProbe>>20)
)

// list returns the logs of the paths. What cannot be looked at is an error; the
// others are listed all the same.
func list(ctx context.Context, paths []string) (inputs []*input, errs []error) {
	stdin := false
	for _, path := range paths {
		if path == "-" {
			if !stdin {
				inputs = append(inputs, &input{path: path, stream: true})
			}
			stdin = true
			continue
		}
		st, err := os.Stat(path) // of what a link leads to
		switch {
		case err != nil:
			errs = append(errs, plain(path, err))
		case st.IsDir():
			found, failed := walk(ctx, path, os.DirFS(path))
			inputs, errs = append(inputs, found...), append(errs, failed...)
		case st.Mode().IsRegular():
			inputs = append(inputs, &input{path: path, size: st.Size()})
		default:
			inputs = append(inputs, &input{path: path, stream: true})
		}
	}
	return inputs, errs
}

// walk returns the logs in a folder and in those below it: all regular files, and
// links to some, but for the names that are left out. A link to a folder is not
// followed, because it may lead to a folder that it is in; and what is no file,
// such as a pipe, is nobody's log.
func walk(ctx context.Context, root string, folder fs.FS) (inputs []*input, errs []error) {
	_ = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		path := filepath.Join(root, filepath.FromSlash(name))
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			errs = append(errs, plain(path, err))
			return fs.SkipDir
		case name == ".":
			return nil
		case strings.IndexAny(d.Name(), "._") == 0:
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case filepath.Ext(name) == ".parquet", !d.Type().IsRegular() && d.Type() != fs.ModeSymlink:
			return nil
		}
		st, err := fs.Stat(folder, name) // of what a link leads to
		if err != nil {
			errs = append(errs, plain(path, err))
		} else if st.Mode().IsRegular() {
			inputs = append(inputs, &input{path: path, size: st.Size()})
		}
		return nil
	})
	return inputs, errs
}

// plain names the path that the user knows a file by, once, and leaves out which
// call failed, of what name.
func plain(path string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	} else if le, ok := errors.AsType[*os.LinkError](err); ok {
		err = le.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// maxProbe is how much of a log is read to find its first record, and of a
// stream is kept meanwhile. In a log of any use it is the first or second line.
const maxProbe = 4 << 20

// probe finds the format of the log, up to its first record.
func (in *input) probe(ctx context.Context, stdin io.Reader, format *flowlog.Format) error {
	if in.stream {
		return in.probeStream(ctx, stdin, format)
	}
	f, err := os.Open(in.path)
	if err != nil {
		return err
	}
	defer f.Close()
	return in.probeReader(ctx, f, format)
}

// probeStream is probe for what can be read only once.
func (in *input) probeStream(ctx context.Context, stdin io.Reader, format *flowlog.Format) error {
	src := stream(ctx, func() (io.ReadCloser, error) {
		if in.path == "-" {
			return io.NopCloser(stdin), nil
		}
		return os.Open(in.path)
	})
	var head bytes.Buffer
	if err := in.probeReader(ctx, io.TeeReader(src, &head), format); err != nil {
		_ = src.Close()
		return err
	}
	in.opened = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&head, src), src}
	return nil
}

func (in *input) probeReader(ctx context.Context, src io.Reader, format *flowlog.Format) error {
	b := bufio.NewReader(&start{ctx, src, maxProbe})
	if magic, _ := b.Peek(4); string(magic) == "PAR1" {
		return errParquet
	}
	r := flowlog.NewReader(b, format)
	var first *flowlog.ParseError
	for _, err := range r.All() {
		pe, bad := errors.AsType[*flowlog.ParseError](err)
		switch {
		case err == nil:
			in.format = r.Format()
			return nil
		case errors.Is(err, errProbe):
			return fmt.Errorf("%w: %w", errNoLog, errProbe)
		case !bad:
			return err
		case first == nil:
			first = pe
		}
	}
	if first != nil {
		return fmt.Errorf("%w: %w", errNoLog, first)
	}
	return nil
}

// start is the first bytes of a log. At their end the error is errProbe.
type start struct {
	ctx  context.Context
	r    io.Reader
	left int
}

func (s *start) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	if s.left == 0 {
		return 0, errProbe
	}
	n, err := s.r.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

// open returns the log, from its start. Its reads move the progress on.
func (in *input) open(m *meter) (io.ReadCloser, error) {
	src := in.opened
	if !in.stream {
		f, err := os.Open(in.path)
		if err != nil {
			return nil, err
		}
		src = f
	}
	return struct {
		io.Reader
		io.Closer
	}{&measured{src, m}, src}, nil
}

// meter counts the bytes read of all inputs.
type meter struct {
	progress *cli.Progress
	done     atomic.Int64
	total    int64
}

type measured struct {
	r io.Reader
	m *meter
}

func (r *measured) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.m.progress.Set("converted", r.m.done.Add(int64(n)), r.m.total)
	return n, err
}
