package parquet

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/encode"
)

// Writer writes records to a Parquet file.
//
// Records gather in memory until they make a row group, which is then encoded,
// compressed and written while the next one gathers. Two row groups are in
// memory at most, or one if there is one worker only, whatever is written in all;
// what grows with the file is its footer, by some 100 bytes per column and row
// group and as many for every 32,768 rows.
//
// Columns stand in the order of the format. A field the record does not carry
// is null. Fields the format does not have are left out, as Format.Append does;
// columns of unknown name take the values of Record.Extra in turn.
//
// A Writer is not safe for concurrent use. It writes to the underlying writer in
// another goroutine, one call at a time, between a Write or Flush and the next
// one that has to wait, or Close; unless there is one worker only.
type Writer struct {
	dst     io.Writer
	format  *flowlog.Format // nil until it is known
	columns []column
	opts    Options
	file    *encode.FileWriter
	group   *rowGroup      // being filled
	spare   *rowGroup      // for when group is being encoded
	sortBy  []int          // columns
	bloom   []bool         // of each column
	busy    sync.WaitGroup // the goroutine that encodes and writes
	free    chan struct{}  // closed when it has ended
	written atomic.Int64
	encode  encodeState // of that goroutine while it runs
	stats   flowlog.Stats
	source  bool  // stats have counts of a source of text
	closing bool  // no record follows
	err     error // of the last use, and all that follow
}

// encodeState is what encoding row groups needs and keeps.
type encodeState struct {
	encoders []*encode.Encoder
	chunks   []encode.Chunk
	hints    []encode.Hint
	sorter   encode.Sorter
	err      error
	panicked any  // what the underlying writer panicked with
	exited   bool // it called runtime.Goexit
}

// NewWriter returns a Writer of a file of the given format to w. If the format
// is nil, the first log that is appended gives it, and it is flowlog.V2 if
// records are written first. Nothing is written before the first row group is full or
// Close is called. Options that cannot be meant, and an empty Format, are an
// error of the first call that can return one.
//
// The Writer must be closed: the footer makes the file.
func NewWriter(w io.Writer, f *flowlog.Format, opts *Options) *Writer {
	pw := &Writer{dst: w}
	if pw.opts, pw.err = opts.check(); pw.err == nil && f != nil {
		pw.err = pw.begin(f)
	}
	return pw
}

// begin gives the Writer its format, if it has none yet.
func (w *Writer) begin(f *flowlog.Format) error {
	if w.err != nil || w.format != nil {
		return w.err
	}
	if f.Len() == 0 {
		w.err = fmt.Errorf("parquet: %w: a format without columns", ErrOptions)
		return w.err
	}
	w.format, w.columns = f, columnsOf(f)
	w.file = encode.NewFileWriter(w.dst, specs(w.columns), createdBy())
	w.group = newRowGroup(w.columns, &w.opts)
	w.encode.chunks = make([]encode.Chunk, len(w.columns))
	w.encode.hints = make([]encode.Hint, len(w.columns))
	place := make(map[flowlog.Field]int)
	for i, c := range w.columns {
		place[c.field] = i
		w.bloom = append(w.bloom, c.field != 0 && w.opts.BloomFilters.Has(c.field))
	}
	if w.opts.Sort {
		for _, f := range w.opts.SortBy {
			if i, ok := place[f]; ok && f != 0 && !slices.Contains(w.sortBy, i) {
				w.sortBy = append(w.sortBy, i)
			}
		}
	}
	return nil
}

// Write adds one record. It copies what it needs of r.
//
// A record with text that is not UTF-8 is a *flowlog.ParseError with the cause
// ErrUTF8. It is not added, and the Writer goes on. Any other error is final: it
// says why the file cannot be written, and every further call returns it again.
func (w *Writer) Write(r *flowlog.Record) error {
	if w.err != nil || w.format == nil {
		if err := w.begin(flowlog.V2); err != nil {
			return err
		}
	}
	if err := w.group.add(r); err != nil {
		return err
	}
	w.stats.AddRecord(r)
	if w.group.rows >= w.opts.RowGroupRows || w.group.full(w.opts.RowGroupBytes) {
		return w.Flush()
	}
	return nil
}

// Flush ends the row group, unless it is empty, and hands it on to be written.
// It does not wait for that, unless the row group before is not written yet.
// Small row groups make large, slow files: Flush is for the ends of parts that
// belong together, not for every few records.
func (w *Writer) Flush() error {
	if w.err != nil || w.format == nil || w.group.rows == 0 {
		return w.err
	}
	if err := w.wait(); err != nil {
		return err
	}
	full := w.group
	if w.opts.Workers == 1 {
		w.writeRowGroup(full)
		full.reset()
		return w.wait()
	}
	if w.spare == nil {
		w.spare = newRowGroup(w.columns, &w.opts)
		w.spare.grow(full.rows)
	}
	w.group, w.spare = w.spare, full
	w.group.reset()
	free := make(chan struct{})
	w.free = free
	w.busy.Go(func() {
		defer close(free)
		returned := false
		defer func() {
			if !returned {
				w.encode.panicked = recover()
				w.encode.exited = w.encode.panicked == nil
			}
		}()
		w.writeRowGroup(full)
		returned = true
	})
	return nil
}

// short returns a channel that is closed when there are processors enough for a
// row group to be filled while its text is decompressed; nil if there are. There
// are not while one of two encodes the row group before.
func (w *Writer) short() <-chan struct{} {
	if w.opts.Workers > 2 {
		return nil
	}
	return w.free
}

// wait waits until the row group that is being written is.
func (w *Writer) wait() error {
	w.busy.Wait()
	if p, exited := w.encode.panicked, w.encode.exited; p != nil || exited {
		w.encode.panicked, w.encode.exited = nil, false
		w.err = ErrClosed
		if exited {
			runtime.Goexit()
		}
		panic(p)
	}
	if w.err == nil {
		w.err = w.encode.err
	}
	return w.err
}

// Written returns how many bytes have been written so far. It may be called
// from any goroutine.
func (w *Writer) Written() int64 { return w.written.Load() }

// Rows returns how many records have been added so far.
func (w *Writer) Rows() int64 { return w.stats.Records }

// Close writes what is left and the footer. It does not close the underlying
// writer. After Close, or after an error, no goroutine of the Writer is left.
// Closing again does nothing.
func (w *Writer) Close() error {
	if w.err == ErrClosed {
		return nil
	}
	err := w.begin(flowlog.V2)
	if err == nil {
		err = w.wait() // for who reads closing
		w.closing = true
	}
	if err == nil {
		err = w.Flush()
	}
	if e := w.wait(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := w.file.Close(w.metadata()); err != nil {
		w.err = err
		return err
	}
	w.written.Store(w.file.Offset)
	w.group, w.spare, w.encode = nil, nil, encodeState{}
	w.err = ErrClosed
	return nil
}

// abandon ends the Writer without a footer, unless it is closed.
func (w *Writer) abandon() {
	w.busy.Wait()
	w.group, w.spare, w.encode = nil, nil, encodeState{}
	w.err = ErrClosed
}

// addSource counts in the source of records that were written.
func (w *Writer) addSource(s flowlog.Stats) {
	w.source = true
	w.stats.Lines += s.Lines
	w.stats.Bad += s.Bad
	w.stats.Bytes += s.Bytes
}

// writeRowGroup encodes and writes a row group. Its error is in encode.err.
func (w *Writer) writeRowGroup(g *rowGroup) {
	s := &w.encode
	var order []uint32
	var sorted thrift.Slice[format.SortingColumn]
	if len(w.sortBy) > 0 {
		order = s.sorter.Sort(g.vectors, g.rows, w.sortBy)
		for _, i := range w.sortBy {
			sorted = append(sorted, format.SortingColumn{ColumnIdx: int32(i)})
		}
	}
	if s.err = w.encodeChunks(g, order); s.err != nil {
		return
	}
	s.err = w.writeChunks(g.rows, sorted)
	w.written.Store(w.file.Offset)
}

// encodeChunks encodes the columns side by side. One worker is the goroutine that
// fills the next row group meanwhile, if there is one.
func (w *Writer) encodeChunks(g *rowGroup, order []uint32) error {
	workers := w.opts.Workers
	if !w.closing {
		workers = max(workers-1, 1)
	}
	workers = min(workers, len(g.vectors))
	for len(w.encode.encoders) < workers {
		comp, err := encode.NewCompressor(w.opts.Compression.codec())
		if err != nil {
			return err
		}
		w.encode.encoders = append(w.encode.encoders, &encode.Encoder{Comp: comp})
	}
	var next atomic.Int32
	errs := make([]error, workers)
	work := func(n int) {
		for errs[n] == nil {
			i := int(next.Add(1)) - 1
			if i >= len(g.vectors) {
				return
			}
			errs[n] = w.encode.encoders[n].Encode(&w.encode.chunks[i], &g.vectors[i], order, &w.encode.hints[i], w.bloom[i])
		}
	}
	var others sync.WaitGroup
	for n := 1; n < workers; n++ {
		others.Go(func() { work(n) })
	}
	work(0)
	others.Wait()
	return errors.Join(errs...)
}

// writeChunks writes the encoded chunks, then their bloom filters.
func (w *Writer) writeChunks(rows int, sorted thrift.Slice[format.SortingColumn]) error {
	if err := w.file.BeginRowGroup(rows, sorted); err != nil {
		return err
	}
	for i := range w.encode.chunks {
		if err := w.file.WriteChunk(&w.encode.chunks[i]); err != nil {
			return err
		}
	}
	for i := range w.encode.chunks {
		if filter := w.encode.chunks[i].Bloom; filter != nil {
			if err := w.file.WriteBloom(i, filter); err != nil {
				return err
			}
		}
	}
	return nil
}

// metadata returns the key-value pairs of the footer.
func (w *Writer) metadata() [][2]string {
	s := [][2]string{{keyFormat, w.format.String()}, {keyVersion, libraryVersion()}}
	count := func(key string, n int64) { s = append(s, [2]string{key, strconv.FormatInt(n, 10)}) }
	count(keyRecords, w.stats.Records)
	count(keyNoData, w.stats.NoData)
	count(keySkipData, w.stats.SkipData)
	if w.source {
		count(keyLines, w.stats.Lines)
		count(keyBad, w.stats.Bad)
		count(keyBytes, w.stats.Bytes)
	}
	return s
}
