package parquet

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// refWriter writes records with the writer of parquet-go. The tests compare Writer
// with it.
type refWriter struct {
	format  *flowlog.Format
	columns []column
	w       *parquet.Writer //lint:ignore SA1019 takes rows of values, which the generic writer does not
	row     parquet.Row
	rows    int
	opts    Options
	stats   flowlog.Stats
	source  bool
	err     error
}

// newRefWriter returns a refWriter of the format f to w. A nil f is flowlog.V2.
func newRefWriter(w io.Writer, f *flowlog.Format, opts *Options) *refWriter {
	if f == nil {
		f = flowlog.V2
	}
	o, err := opts.check()
	pw := &refWriter{format: f, columns: columnsOf(f), opts: o, err: err}
	// "" becomes null, and minimums and maximums are not truncated.
	codecs := []compress.Codec{Zstd: &parquet.Zstd, Snappy: &parquet.Snappy, Gzip: &parquet.Gzip, Uncompressed: &parquet.Uncompressed}
	if err == nil {
		pw.w = parquet.NewWriter(w, refSchema(pw.columns),
			parquet.Compression(codecs[o.Compression]),
			parquet.DataPageVersion(1),
			parquet.DataPageStatistics(true),
			parquet.CreatedBy(module, libraryVersion(), "0"))
	}
	return pw
}

// group is a parquet.Group with an order of columns.
type group struct {
	parquet.Group
	fields []parquet.Field
}

func (g group) Fields() []parquet.Field { return g.fields }

func refSchema(columns []column) *parquet.Schema {
	g := group{Group: parquet.Group{}}
	for _, c := range columns {
		var n parquet.Node
		switch c.Type {
		case format.Int32:
			n = parquet.Int(32)
		case format.Int64:
			n = parquet.Int(64)
		default:
			n = parquet.String()
		}
		g.Group[c.Name] = parquet.Encoded(parquet.Optional(n), &parquet.RLEDictionary)
	}
	byName := make(map[string]parquet.Field)
	for _, f := range g.Group.Fields() {
		byName[f.Name()] = f
	}
	for _, c := range columns {
		g.fields = append(g.fields, byName[c.Name])
	}
	return parquet.NewSchema("flow_log", g)
}

// Write adds one record.
func (w *refWriter) Write(r *flowlog.Record) error {
	if w.err != nil {
		return w.err
	}
	w.row = w.row[:0]
	extra := strings.Fields(r.Extra)
	for i, c := range w.columns {
		v := parquet.Value{}
		switch {
		case c.field == 0:
			if c.extra < len(extra) && extra[c.extra] != "-" {
				v = parquet.ByteArrayValue([]byte(extra[c.extra]))
			}
		case !r.Has(c.field):
		case c.Type == format.Int32:
			n, _ := r.Int(c.field)
			v = parquet.Int32Value(int32(n))
		case c.Type == format.Int64:
			n, _ := r.Int(c.field)
			v = parquet.Int64Value(n)
		default:
			if s := r.Value(c.field); s != "-" {
				v = parquet.ByteArrayValue([]byte(s))
			}
		}
		level := 1
		if v.IsNull() {
			level = 0
		}
		w.row = append(w.row, v.Level(0, level, i))
	}
	if _, err := w.w.WriteRows([]parquet.Row{w.row}); err != nil {
		w.err = fmt.Errorf("parquet: write: %w", err)
		return w.err
	}
	w.stats.Records++
	switch r.LogStatus {
	case flowlog.NoData:
		w.stats.NoData++
	case flowlog.SkipData:
		w.stats.SkipData++
	}
	if w.rows++; w.rows >= w.opts.RowGroupRows {
		return w.Flush()
	}
	return nil
}

// Flush ends the row group.
func (w *refWriter) Flush() error {
	if w.err != nil {
		return w.err
	}
	w.rows = 0
	if err := w.w.Flush(); err != nil {
		w.err = fmt.Errorf("parquet: write: %w", err)
	}
	return w.err
}

// Close writes the footer. It does not close the underlying writer.
func (w *refWriter) Close() error {
	if w.err == ErrClosed {
		return nil
	}
	if w.err != nil {
		return w.err
	}
	for _, kv := range w.metadata() {
		w.w.SetKeyValueMetadata(kv[0], kv[1])
	}
	if err := w.w.Close(); err != nil {
		w.err = fmt.Errorf("parquet: write: %w", err)
		return w.err
	}
	w.err = ErrClosed
	return nil
}

// metadata returns the key-value pairs of the footer.
func (w *refWriter) metadata() [][2]string {
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

// writeRef returns a file with the records, written with parquet-go.
func writeRef(tb testing.TB, f *flowlog.Format, opts *Options, records []flowlog.Record) []byte {
	var b bytes.Buffer
	w := newRefWriter(&b, f, opts)
	for i := range records {
		require.NoError(tb, w.Write(&records[i]))
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}
