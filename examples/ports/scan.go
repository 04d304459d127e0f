package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/examples/internal/input"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// scan reads the logs of the paths.
type scan struct {
	*options
	logs     *input.Source
	progress *cli.Progress
	read     atomic.Int64 // bytes read so far
	text     *sections    // parses text logs

	mu      sync.Mutex
	files   int
	total   flowlog.Stats
	counter *answer.Counter
	seen    *flowlog.Format // of the first log
	lacking error           // the reason for which a Parquet file was read without bytes and packets
	bad     logError        // of the first line that does not parse, in the first log with one
	errs    []logError
}

// logError is the error of a log.
type logError struct {
	index int
	err   error
}

// delivery is the maximum time between the start of a record and its delivery.
const delivery = time.Hour

func newScan(o *options, stdin io.Reader, progress *cli.Progress) *scan {
	s := &scan{options: o, progress: progress, counter: answer.NewCounter(&o.ask)}
	s.logs = &input.Source{Stdin: stdin, Since: o.ask.Since}
	if !o.ask.Until.IsZero() {
		s.logs.Until = o.ask.Until.Add(delivery)
	}
	return s
}

// job is a log to read.
type job struct {
	index int
	log   *input.Log
}

// waiting is the number of objects that are read from S3 at a time. Their readers
// mostly wait.
const waiting = 8

// run reads all logs, several at a time, and returns the errors in the order of the
// logs.
func (s *scan) run(ctx context.Context) []error {
	readers := runtime.GOMAXPROCS(0)
	if slices.ContainsFunc(s.paths, func(p string) bool { return strings.HasPrefix(p, "s3://") }) {
		readers = max(readers, waiting)
	}
	queue := make(chan job)
	s.text = newSections(runtime.GOMAXPROCS(0), readers, &s.ask, s.merge)
	var workers sync.WaitGroup
	start := func() {
		workers.Go(func() {
			w := &worker{scan: s}
			for j := range queue {
				w.stats, w.badLine = flowlog.Stats{}, nil
				err := w.log(ctx, j.log)
				if w.badLine != nil {
					w.badLine = j.log.Error(w.badLine)
				}
				s.settle(logError{j.index, err}, logError{j.index, w.badLine}, w.stats)
			}
			if w.own != nil {
				s.merge(w.own)
			}
			for _, p := range w.others {
				s.merge(p)
			}
		})
	}
	index, started := 0, 0
	for l, err := range s.logs.Logs(ctx, s.paths) {
		if index++; err != nil {
			s.fail(index, err)
			continue
		}
		if started < readers {
			started++
			start()
		}
		queue <- job{index, l}
	}
	close(queue)
	workers.Wait()
	s.text.close()
	slices.SortStableFunc(s.errs, func(a, b logError) int { return cmp.Compare(a.index, b.index) })
	errs := make([]error, len(s.errs))
	for i, e := range s.errs {
		errs[i] = e.err
	}
	return errs
}

// merge adds the counts of a parser.
func (s *scan) merge(p *parser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counter.Merge(p.counter)
}

func (s *scan) fail(index int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, logError{index, err})
}

// settle adds the result of a log: its error, and that of its first line that does not
// parse.
func (s *scan) settle(log, bad logError, st flowlog.Stats) {
	if errors.Is(log.err, input.ErrSkipped) {
		return
	}
	if log.err != nil {
		s.fail(log.index, log.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad.err != nil && (s.bad.err == nil || bad.index < s.bad.index) {
		s.bad = bad
	}
	s.files++
	s.total.Add(st)
}

// answer returns the answer with the counts of the scan, or an error of the baseline.
func (s *scan) answer(v answer.View) (*answer.Answer, error) {
	a, err := s.counter.Answer(v)
	a.Files, a.Records, a.NoData, a.SkipData, a.Bad = s.files, s.total.Records, s.total.NoData, s.total.SkipData, s.total.Bad
	return a, err
}

// worker reads one log at a time.
type worker struct {
	*scan
	own    *parser       // for logs that are not read in sections; nil until there is one
	others []*parser     // for further parts of Parquet files
	stats  flowlog.Stats // of the current log

	badLine error // of its first line that does not parse
}

// parser returns the parser of the worker.
func (w *worker) parser() *parser {
	if w.own == nil {
		w.own = newParser(&w.ask)
	}
	return w.own
}

// log reads a log.
func (w *worker) log(ctx context.Context, l *input.Log) error {
	l.OnRead = func(n int) { w.progress.Set("bytes read", w.read.Add(int64(n)), 0) }
	c, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if c.Parquet != nil {
		err = w.parquet(ctx, c)
	} else {
		err = w.lines(ctx, c)
	}
	if err != nil {
		return l.Error(err)
	}
	return nil
}

// lines reads a text log.
func (w *worker) lines(ctx context.Context, src io.Reader) (err error) {
	l := new(sectioned)
	rest := w.text.split(ctx, l, src, w.format)
	l.pending.Wait()
	format := cmp.Or(l.format, flowlog.V2)
	if rest != nil {
		p := w.parser()
		var first *flowlog.ParseError
		first, err = p.parse(rest.src, rest.format)
		format = p.reader.Format()
		l.done(p.reader.Stats(), first, rest.line)
	}
	if w.stats = l.stats; err != nil {
		return err
	}
	if l.stats.Records == 0 && l.stats.Bad > 0 {
		return fmt.Errorf("not a flow log: %w", l.first)
	}
	if l.first != nil {
		w.badLine = l.first
	}
	w.use(format)
	return nil
}

// parquet reads a Parquet file.
func (w *worker) parquet(ctx context.Context, c *input.Content) error {
	opts := &parquet.ReaderOptions{Fields: w.ask.Fields()}
	r, err := parquet.NewReader(c.Parquet, c.Size, opts)
	if errors.Is(err, parquet.ErrUnsupported) { // maybe of a column that the answer does not need
		opts.Fields = opts.Fields.Without(flowlog.FieldBytes).Without(flowlog.FieldPackets)
		if reader, again := parquet.NewReader(c.Parquet, c.Size, opts); again == nil {
			w.lack(err)
			r, err = reader, nil
		}
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(r.Format().Fields(), func(f flowlog.Field) bool { return f != 0 }) {
		return errors.Join(errors.New("not a flow log: no column of a flow log"), r.Close())
	}
	counts, counted := statsOf(r)
	again := false
	if sources := w.ask.Sources(r.Format()); sources != nil && counted {
		opts.Within, again = map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: sources}, true
		opts.Fields = opts.Fields.Without(flowlog.FieldSrcAddr) // AddOurs does not need it
	}
	if fields := gatewayFields(r.Format()); fields.Len() > 0 {
		opts.Fields, again = opts.Fields.Union(fields), true
	}
	if again {
		_ = r.Close()
		if r, err = parquet.NewReader(c.Parquet, c.Size, opts); err != nil {
			return err
		}
	}
	parts, err := r.Split(runtime.GOMAXPROCS(0))
	if err != nil {
		return errors.Join(err, r.Close())
	}
	errs, stats := make([]error, len(parts)), make([]flowlog.Stats, len(parts))
	first := make([]*flowlog.ParseError, len(parts))
	var others sync.WaitGroup
	for i, part := range parts {
		if i == 0 {
			continue
		}
		if len(w.others) < i {
			w.others = append(w.others, newParser(&w.ask))
		}
		others.Go(func() { stats[i], first[i], errs[i] = w.others[i-1].rows(ctx, part, opts.Within != nil) })
	}
	stats[0], first[0], errs[0] = w.parser().rows(ctx, parts[0], opts.Within != nil)
	others.Wait()
	for _, st := range stats {
		w.stats.Add(st)
	}
	if opts.Within != nil {
		w.stats = counts
	}
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	if w.stats.Records == 0 && w.stats.Bad > 0 {
		return fmt.Errorf("not a flow log: %w", cmp.Or(first...))
	}
	if pe := cmp.Or(first...); pe != nil {
		w.badLine = pe
	}
	w.use(r.Format())
	return nil
}

// gatewayFields returns the fields by which a Counter tells the records of a transit
// gateway, if the format does not have those of answer.Options.Fields.
func gatewayFields(f *flowlog.Format) (fields flowlog.FieldSet) {
	for _, field := range f.Fields() {
		if field != 0 && !field.VPC() {
			fields = fields.With(field)
		}
	}
	if fields.Has(flowlog.FieldTGWID) || fields.Has(flowlog.FieldResourceType) {
		return flowlog.FieldSet{}
	}
	return fields
}

// statsOf returns the counts in the metadata of a file, and whether the file has them.
func statsOf(r *parquet.Reader) (st flowlog.Stats, ok bool) {
	for key, n := range map[string]*int64{"vpcflow.records": &st.Records, "vpcflow.nodata": &st.NoData, "vpcflow.skipdata": &st.SkipData} {
		text, _ := r.Metadata(key)
		var err error
		if *n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return flowlog.Stats{}, false
		}
	}
	return st, st.Records == r.Rows()
}

// rows counts the records of a Parquet file, or of a part of one. If ours is true, their
// sources are ours. It returns the error of the first row that is not a record, and an
// error of the file.
func (p *parser) rows(ctx context.Context, r *parquet.Reader, ours bool) (st flowlog.Stats, first *flowlog.ParseError, err error) {
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			pe, bad := errors.AsType[*flowlog.ParseError](err)
			if !bad {
				return st, first, err
			}
			st.Bad++
			first = cmp.Or(first, pe)
			continue
		}
		if ours {
			p.counter.AddOurs(rec)
		} else {
			p.counter.Add(rec)
		}
		st.AddRecord(rec)
		if st.Records%4096 == 0 && ctx.Err() != nil {
			return st, first, context.Cause(ctx)
		}
	}
	return st, first, nil
}

// lack records that a Parquet file is read without bytes and packets.
func (w *worker) lack(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lacking == nil {
		w.lacking = err
	}
}

// use records the format of a log, for the queries of the page.
func (w *worker) use(f *flowlog.Format) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = f
	}
}
