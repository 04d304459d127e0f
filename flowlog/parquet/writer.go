package parquet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/internal/ahead"
	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/encode"
)

// Writer writes records to a Parquet file.
//
// A Writer collects records in memory until they fill a row group. It then
// encodes, compresses and writes that row group in another goroutine while the
// next one fills. It holds at most two row groups in memory, or one if
// Options.Workers is 1. Only the footer grows with the file: by about 100 bytes
// for each column of a row group, and by about as much for each page of 32,768
// rows.
//
// Columns have the order of the format. A field that a record does not have is
// null. A field that the format does not have is not written, as in
// flowlog.Format.Append. Columns with unknown names take the values of
// flowlog.Record.Extra in order.
//
// A Writer is not safe for concurrent use. Unless Options.Workers is 1, it calls
// the underlying writer from another goroutine, one call at a time, also after
// Write, Flush or Append has returned. It does not after Close has returned.
type Writer struct {
	dst     io.Writer
	format  *flowlog.Format // nil until the first record or log sets it
	columns []column        // of format
	opts    Options         // with the defaults filled in
	file    *encode.FileWriter
	rec     *flowlog.Record // the record that is being added, to which group and spare are bound
	own     flowlog.Record  // the record of Write; Append uses that of its loop
	group   *rowGroup       // takes the next record
	spare   *rowGroup       // being written, or empty; nil before the first Flush
	sortBy  []int           // indices of columns, the most significant first
	bloom   []bool          // for each column, whether it gets a bloom filter

	background sync.WaitGroup // counts the goroutine that writes a row group
	encode     encodeState    // used by that goroutine only, while it runs
	written    atomic.Int64   // bytes

	stats   flowlog.Stats
	source  bool  // Append was called: stats have counts of lines
	closing bool  // Close was called: no record follows
	err     error // returned by every further call
}

// encodeState is the memory that encoding row groups reuses, and its result.
type encodeState struct {
	encoders []*encode.Encoder // one for each worker
	chunks   []encode.Chunk    // one for each column
	hints    []encode.Hint     // one for each column
	sorter   encode.Sorter
	err      error         // of the last row group
	end      ahead.Outcome // a panic or runtime.Goexit of the underlying writer
}

// NewWriter returns a Writer that writes a file of the format f to w. If f is
// nil, the first log passed to Append sets the format; if Write comes first, it
// is flowlog.V2. Nothing is written before the first row group is full, or Flush
// or Close is called. The first call that returns an error reports invalid
// options and a format without columns.
//
// Without Close the file has no footer and cannot be read.
func NewWriter(w io.Writer, f *flowlog.Format, opts *Options) *Writer {
	pw := &Writer{dst: w}
	pw.rec = &pw.own
	if pw.opts, pw.err = opts.check(); pw.err == nil && f != nil {
		pw.err = pw.begin(f)
	}
	return pw
}

// begin sets the format, unless it is set.
func (w *Writer) begin(f *flowlog.Format) error {
	if w.err != nil || w.format != nil {
		return w.err
	}
	if f.Len() == 0 {
		w.err = fmt.Errorf("parquet: %w: the format has no columns", ErrOptions)
		return w.err
	}
	w.format, w.columns = f, columnsOf(f)
	w.file = encode.NewFileWriter(w.dst, specs(w.columns), createdBy())
	w.group = newRowGroup(w.columns, &w.opts, w.rec)
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

// Write adds one record. It does not keep r or its strings.
//
// If the record has text that is not UTF-8, Write returns a *flowlog.ParseError
// with the cause ErrUTF8. The record is then not added, and the Writer can be
// used further. After any other error the file cannot be completed, and every
// further call returns that error.
func (w *Writer) Write(r *flowlog.Record) error {
	if w.err != nil || w.format == nil {
		if err := w.begin(flowlog.V2); err != nil {
			return err
		}
	}
	w.use(&w.own)
	w.own = *r
	err := w.add()
	w.own = flowlog.Record{}
	return err
}

// use makes rec the record that add adds.
func (w *Writer) use(rec *flowlog.Record) {
	if rec == w.rec {
		return
	}
	w.rec = rec
	for _, g := range []*rowGroup{w.group, w.spare} {
		if g != nil {
			g.bind(rec)
		}
	}
}

// add adds the record w.rec.
func (w *Writer) add() error {
	if err := w.group.add(); err != nil {
		return err
	}
	w.stats.AddRecord(w.rec)
	if w.group.rows >= w.opts.RowGroupRows || w.group.full(w.opts.RowGroupBytes) {
		return w.Flush()
	}
	return nil
}

// Flush ends the row group, unless it is empty, and starts to write it. It waits
// until the row group before is written, and not for this one unless
// Options.Workers is 1. Small row groups make files large and slow to read, so
// call Flush only between large parts of the data.
func (w *Writer) Flush() error {
	if w.err != nil || w.format == nil || w.group.rows == 0 {
		return w.err
	}
	if err := w.wait(); err != nil {
		return err
	}
	full := w.group
	if w.opts.Workers == 1 {
		w.err = ErrClosed // it remains if the underlying writer panics
		w.writeRowGroup(full)
		w.err = nil
		full.reset()
		return w.wait()
	}
	if w.spare == nil {
		w.spare = newRowGroup(w.columns, &w.opts, w.rec)
		w.spare.grow(full.rows)
	}
	w.group, w.spare = w.spare, full
	w.group.reset()
	w.background.Go(func() {
		w.encode.end.Record(func() { w.writeRowGroup(full) })
	})
	return nil
}

// wait waits until no row group is being written. It panics or exits if the
// underlying writer did.
func (w *Writer) wait() error {
	w.background.Wait()
	if end := w.encode.end; end.Failed() {
		w.encode.end = ahead.Outcome{}
		w.err = ErrClosed
		end.Repeat()
	}
	if w.err == nil {
		w.err = w.encode.err
	}
	return w.err
}

// Written returns the number of bytes written so far. It is safe for concurrent
// use.
func (w *Writer) Written() int64 { return w.written.Load() }

// Rows returns the number of records added so far.
func (w *Writer) Rows() int64 { return w.stats.Records }

// Close writes the last row group and the footer. It does not close the
// underlying writer. When Close returns, no goroutine of the Writer is left. A
// second call does nothing.
func (w *Writer) Close() error {
	if w.err == ErrClosed {
		return nil
	}
	err := w.begin(flowlog.V2)
	if err == nil {
		err = w.wait() // encodeChunks reads closing
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
	w.err = ErrClosed // also if the underlying writer panics
	if err := w.file.Close(w.metadata()); err != nil {
		w.err = err
		return err
	}
	w.written.Store(w.file.Offset)
	w.group, w.spare, w.encode = nil, nil, encodeState{}
	return nil
}

// abandon stops the Writer without writing a footer, unless it is closed.
func (w *Writer) abandon() {
	w.background.Wait()
	w.group, w.spare, w.encode = nil, nil, encodeState{}
	w.err = ErrClosed
}

// addSource adds the counts of a log to those of the file. Write has counted
// its records.
func (w *Writer) addSource(s flowlog.Stats) {
	w.source = true
	w.stats.Lines += s.Lines
	w.stats.Bad += s.Bad
	w.stats.Bytes += s.Bytes
}

// writeRowGroup encodes and writes a row group. It stores its error in
// w.encode.err.
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

// encodeChunks encodes the columns in parallel. Unless the Writer is closing,
// one of the workers is the goroutine that fills the next row group.
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

// writeChunks writes the encoded chunks, and then their bloom filters.
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
