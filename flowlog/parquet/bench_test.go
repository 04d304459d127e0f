package parquet

import (
	"bytes"
	"io"
	"net/netip"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// benchLines is the number of lines of the benchmarks.
const benchLines = 122880

func gzipped(tb testing.TB, text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(text)
	require.NoError(tb, err)
	require.NoError(tb, z.Close())
	return b.Bytes()
}

func records(tb testing.TB, text []byte, f *flowlog.Format) []flowlog.Record {
	var s []flowlog.Record
	for r, err := range flowlog.NewReader(bytes.NewReader(text), f).All() {
		require.NoError(tb, err)
		s = append(s, *r)
	}
	return s
}

func BenchmarkConvert(b *testing.B) {
	for _, data := range []struct {
		name     string
		distinct bool
	}{{"zipf", false}, {"distinct", true}} {
		text := sampleText(benchLines, data.distinct)
		packed := gzipped(b, text)
		b.Run(data.name+"/gunzip", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				z, err := gzip.NewReader(bytes.NewReader(packed))
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, z)
				require.NoError(b, err)
			}
		})
		b.Run(data.name+"/parse", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for _, err := range flowlog.NewReader(bytes.NewReader(text), nil).All() {
					require.NoError(b, err)
				}
			}
		})
		recs := records(b, text, nil)
		b.Run(data.name+"/gather", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			g := newRowGroup(columnsOf(flowlog.V2), &Options{RowGroupRows: defaultRowGroupRows, RowGroupBytes: defaultRowGroupBytes}, new(flowlog.Record))
			for b.Loop() {
				g.reset()
				for i := range recs {
					*g.rec = recs[i]
					if err := g.add(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(data.name+"/encode", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			w := NewWriter(io.Discard, flowlog.V2, &Options{Workers: 1})
			for b.Loop() {
				b.StopTimer()
				w.group.reset()
				for i := range recs {
					*w.rec = recs[i]
					if err := w.group.add(); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				require.NoError(b, w.encodeChunks(w.group, nil))
			}
		})
		b.Run(data.name+"/all", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, err := Convert(b.Context(), io.Discard, bytes.NewReader(packed), nil)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkRead reads a file. MB/s are those of the text it was made from.
func BenchmarkRead(b *testing.B) {
	const lines = 4 * benchLines
	text := sampleText(lines, false)
	var data bytes.Buffer
	_, err := Convert(b.Context(), &data, bytes.NewReader(text), nil)
	require.NoError(b, err)
	within := map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {netip.MustParsePrefix("10.0.0.0/16")}}
	for _, bench := range []struct {
		name string
		opts ReaderOptions
	}{
		{"all", ReaderOptions{}},
		{"two", ReaderOptions{Fields: flowlog.FieldSetOf(flowlog.FieldSrcAddr, flowlog.FieldDstPort)}},
		{"within", ReaderOptions{Fields: flowlog.FieldSetOf(flowlog.FieldDstPort), Within: within}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				n := 0
				for _, err := range open(b, data.Bytes(), &bench.opts).All() {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n == 0 || bench.opts.Within == nil && n != lines {
					b.Fatal(n, "records")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/row")
		})
	}
}
