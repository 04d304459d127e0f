package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/ports"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// scan reads all that the paths name.
type scan struct {
	*options
	stdin    io.Reader
	progress *cli.Progress

	mu      sync.Mutex
	files   int
	total   flowlog.Stats
	counter *ports.Counter
	errs    []fileError
	done    int64 // bytes
}

// fileError is what is wrong with a file.
type fileError struct {
	index int
	err   error
}

// job is a file to read.
type job struct {
	index int
	path  string
	size  int64
}

// run reads everything, several files side by side, and returns what went
// wrong, in the order of the files.
func (s *scan) run(ctx context.Context) []error {
	s.counter = ports.NewCounter(flowlog.V2, s.cidrs)
	jobs, size := s.list()
	queue := make(chan job)
	var workers sync.WaitGroup
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			w := &worker{scan: s, reader: flowlog.NewReader(nil, nil), counter: ports.NewCounter(flowlog.V2, s.cidrs)}
			w.reader.ReuseText = true // nothing of a record is kept
			for j := range queue {
				w.stats = flowlog.Stats{}
				err := w.file(ctx, j.path)
				s.settle(j, err, w.stats, size)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.counter.Merge(w.counter)
		})
	}
	for _, j := range jobs {
		if ctx.Err() != nil {
			break
		}
		queue <- j
	}
	close(queue)
	workers.Wait()
	slices.SortFunc(s.errs, func(a, b fileError) int { return cmp.Compare(a.index, b.index) })
	errs := make([]error, len(s.errs))
	for i, e := range s.errs {
		errs[i] = e.err
	}
	return errs
}

// settle takes down what came of a file.
func (s *scan) settle(j job, err error, st flowlog.Stats, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.errs = append(s.errs, fileError{j.index, fmt.Errorf("%s: %w", j.path, err)})
	}
	s.files++
	s.total.Add(st)
	s.done += j.size
	s.progress.Set("read", s.done, size)
}

// list returns the files of the paths, and their size.
func (s *scan) list() (jobs []job, size int64) {
	add := func(path string, n int64) {
		jobs = append(jobs, job{len(jobs), path, n})
		size += n
	}
	for _, path := range s.paths {
		if path == "-" {
			add(path, 0)
			continue
		}
		err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case p != path && strings.IndexAny(d.Name(), "._") == 0:
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir():
				return nil
			}
			info, err := d.Info()
			if err == nil {
				add(p, info.Size())
			}
			return err
		})
		if err != nil {
			s.errs = append(s.errs, fileError{len(jobs), err})
		}
	}
	return jobs, size
}

// worker reads one file at a time.
type worker struct {
	*scan
	reader  *flowlog.Reader
	counter *ports.Counter
	format  *flowlog.Format // that the counter knows of
	stats   flowlog.Stats   // of the file
}

// file reads a file, which is Parquet or text.
func (w *worker) file(ctx context.Context, path string) error {
	if path == "-" {
		b := bufio.NewReader(w.stdin)
		if magic, _ := b.Peek(4); !isParquet(magic) {
			return w.text(ctx, b)
		}
		return w.spooled(ctx, b)
	}
	f, err := os.Open(path)
	if err != nil {
		return errors.Unwrap(err) // the path is named by who asks
	}
	defer f.Close()
	var magic [4]byte
	n, _ := f.ReadAt(magic[:], 0) // a file that cannot be read is found out below
	if isParquet(magic[:n]) {
		return w.parquet(ctx, f)
	}
	return w.text(ctx, f)
}

func isParquet(magic []byte) bool { return string(magic) == "PAR1" }

// spooled reads Parquet from a stream: it has to be read from its end.
func (w *worker) spooled(ctx context.Context, r io.Reader) error {
	f, err := os.CreateTemp("", "ports-*.parquet")
	if err != nil {
		return err
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return w.parquet(ctx, f)
}

// text reads a text log.
func (w *worker) text(ctx context.Context, r io.Reader) error {
	w.reader.Reset(r, w.scan.format)
	var first *flowlog.ParseError
	defer func() { w.stats = w.reader.Stats() }()
	for rec, err := range w.reader.All() {
		if err != nil {
			pe, ok := errors.AsType[*flowlog.ParseError](err)
			if !ok {
				return err
			}
			if first == nil {
				first = pe
			}
			continue
		}
		w.use(w.reader.Format())
		w.counter.Add(rec)
		if w.reader.Stats().Records%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if st := w.reader.Stats(); st.Records == 0 && st.Bad > 0 {
		return fmt.Errorf("not a flow log: %w", first)
	}
	return nil
}

// parquet reads a Parquet file.
func (w *worker) parquet(ctx context.Context, f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	r, err := parquet.NewReader(f, size, &parquet.ReaderOptions{Fields: ports.Fields.With(flowlog.FieldLogStatus)})
	if err != nil {
		return err
	}
	defer r.Close()
	w.use(r.Format())
	for rec, err := range r.All() {
		if err != nil {
			return err
		}
		w.counter.Add(rec)
		w.stats.AddRecord(rec)
		if w.stats.Records%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// use tells the counter of the format of the records that follow.
func (w *worker) use(f *flowlog.Format) {
	if f != w.format {
		w.counter.SetFormat(f)
		w.format = f
	}
}
