package parquet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

const sample = `2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA
2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK
`

// convert converts a text and returns the file.
func convert(tb testing.TB, text string, opts *ConvertOptions) ([]byte, flowlog.Stats) {
	var b bytes.Buffer
	stats, err := Convert(tb.Context(), &b, strings.NewReader(text), opts)
	require.NoError(tb, err)
	return b.Bytes(), stats
}

func TestConvert(t *testing.T) {
	want := flowlog.Stats{Lines: 5, Records: 5, NoData: 1, SkipData: 1, Bytes: int64(len(sample))}
	wantLines := strings.Split(strings.TrimSpace(sample), "\n")
	for name, text := range map[string]string{
		"text":            sample,
		"gzip":            string(gzipped(t, []byte(sample))),
		"gzip of members": string(gzipped(t, []byte(sample[:300]))) + string(gzipped(t, []byte(sample[300:]))), // case 56
	} {
		for _, workers := range []int{0, 1, 2} {
			t.Run(fmt.Sprint(name, workers), func(t *testing.T) {
				data, stats := convert(t, text, &ConvertOptions{Options: Options{Workers: workers}})
				assert.Equal(t, want, stats)
				assert.Equal(t, wantLines, lines(t, data, nil))
				r := open(t, data, nil)
				for key, want := range map[string]string{"vpcflow.lines": "5", "vpcflow.records": "5", "vpcflow.nodata": "1", "vpcflow.skipdata": "1", "vpcflow.bad": "0", "vpcflow.bytes": fmt.Sprint(len(sample))} {
					got, _ := r.Metadata(key)
					assert.Equal(t, want, got, key)
				}
			})
		}
	}
}

// The file is that of a Writer, with any number of workers and any source.
func TestConvertDeterministic(t *testing.T) {
	text := sampleText(5000, false)
	want := write(t, flowlog.V2, &Options{RowGroupRows: 1200}, records(t, text, nil))
	want, wantRows := nil, rows(t, openFile(t, want))
	for _, workers := range []int{1, 2, 5} {
		for name, src := range map[string]io.Reader{
			"text":     bytes.NewReader(text),
			"one byte": iotest.OneByteReader(bytes.NewReader(text)),
			"with EOF": iotest.DataErrReader(bytes.NewReader(text)),
			"gzip":     iotest.HalfReader(bytes.NewReader(gzipped(t, text))),
		} {
			var b bytes.Buffer
			stats, err := Convert(t.Context(), &b, src, &ConvertOptions{Options: Options{Workers: workers, RowGroupRows: 1200}})
			require.NoError(t, err)
			assert.EqualValues(t, 5000, stats.Records)
			if want == nil {
				want = b.Bytes()
				assert.Equal(t, wantRows, rows(t, openFile(t, want)))
				checkStatistics(t, openFile(t, want))
			}
			assert.True(t, bytes.Equal(want, b.Bytes()), "%s, %d workers", name, workers)
		}
	}
}

func TestConvertFormats(t *testing.T) {
	for name, f := range formats(t) {
		t.Run(name, func(t *testing.T) {
			recs := makeRecords(t, f, 200)
			var b []byte
			var want []string
			for i := range recs {
				line := string(f.Append(nil, &recs[i]))
				want = append(want, line)
				b = append(append(b, line...), '\n')
			}
			data, stats := convert(t, f.Header()+"\n"+string(b), nil)
			assert.EqualValues(t, 200, stats.Records)
			assert.EqualValues(t, 201, stats.Lines)
			assert.True(t, f.Equal(open(t, data, nil).Format()))
			assert.Equal(t, want, lines(t, data, nil))

			data, _ = convert(t, string(b), &ConvertOptions{AppendOptions: AppendOptions{Format: f}}) // no header: case 26
			assert.Equal(t, want, lines(t, data, nil))
		})
	}
}

func TestConvertEmpty(t *testing.T) {
	for name, tt := range map[string]struct{ text, format string }{
		"nothing":     {"", flowlog.V2.Header()},
		"blank lines": {"\n\r\n  \n", flowlog.V2.Header()},
		"a header":    {"dstport srcaddr\n", "dstport srcaddr"},
		"gzip":        {string(gzipped(t, nil)), flowlog.V2.Header()},
	} {
		t.Run(name, func(t *testing.T) {
			data, stats := convert(t, tt.text, nil)
			assert.Zero(t, stats.Records)
			assert.Empty(t, lines(t, data, nil))
			assert.Equal(t, tt.format, open(t, data, nil).Format().Header())
			assert.Empty(t, openFile(t, data).RowGroups())
		})
	}
}

// Cases 38, 39: bad lines are passed to OnBad and counted, and the others are in the
// file.
func TestConvertBad(t *testing.T) {
	text := strings.Replace(sample, "20641", "70000", 1) + "garbage\n" + sample
	var bad []string
	opts := &ConvertOptions{AppendOptions: AppendOptions{OnBad: func(e *flowlog.ParseError) error {
		bad = append(bad, fmt.Sprint(e.Line, " ", e.Column, " ", e.Field, " ", e.Value))
		return nil
	}}}
	data, stats := convert(t, text, opts)
	assert.Equal(t, []string{"1 65 srcport 70000", "6 1  garbage"}, bad)
	assert.EqualValues(t, 2, stats.Bad)
	assert.EqualValues(t, 9, stats.Records)
	assert.EqualValues(t, 11, stats.Lines)
	assert.Len(t, lines(t, data, nil), 9)
	got, _ := open(t, data, nil).Metadata("vpcflow.bad")
	assert.Equal(t, "2", got)

	data, stats = convert(t, text, nil)
	assert.EqualValues(t, 2, stats.Bad)
	assert.Len(t, lines(t, data, nil), 9)

	errStop := errors.New("stop")
	_, err := Convert(t.Context(), io.Discard, strings.NewReader(text), &ConvertOptions{AppendOptions: AppendOptions{OnBad: func(*flowlog.ParseError) error { return errStop }}})
	assert.Equal(t, errStop, err)
}

// A record that cannot be in the file has its line number in the log, also if the
// line has several documents.
func TestConvertBadLine(t *testing.T) {
	line := strings.TrimSpace(strings.SplitAfter(sample, "\n")[0])
	object := `{"message":"` + line + `"}`
	text := "\n" + object + object + `{"message":"` + strings.Replace(line, "eni-", "eni-\xff", 1) + `"}` + "\n" + line + "\n"
	var bad []int
	_, stats := convert(t, text, &ConvertOptions{AppendOptions: AppendOptions{OnBad: func(e *flowlog.ParseError) error {
		assert.ErrorIs(t, e, ErrUTF8)
		bad = append(bad, e.Line)
		return nil
	}}})
	assert.Equal(t, []int{2}, bad)
	assert.EqualValues(t, 3, stats.Records)
}

// A second header line changes the columns of the lines after it. Those lines are
// in the file if it has their columns. A line with a value for another column is
// passed to OnBad.
func TestConvertSecondHeader(t *testing.T) {
	text := "srcaddr dstport new-a new-b\n10.0.0.1 1 a b\n" +
		"new_b dstport\nB 2\n" +
		"dstport bytes new-a\n3 - A\n4 5 A\n" +
		"new-c dstport\nc 6\n- 7\n"
	var bad []string
	data, stats := convert(t, text, &ConvertOptions{AppendOptions: AppendOptions{OnBad: func(e *flowlog.ParseError) error {
		bad = append(bad, e.Error())
		assert.ErrorIs(t, e, ErrColumn)
		return nil
	}}})
	assert.Equal(t, []string{"10.0.0.1 1 a b", "- 2 - B", "- 3 A -", "- 7 - -"}, lines(t, data, nil))
	assert.Equal(t, []string{`flowlog: line 7, bytes, "5": no such column in the file`, `flowlog: line 9, "c": no such column in the file`}, bad)
	assert.EqualValues(t, 2, stats.Bad)
	assert.EqualValues(t, 4, stats.Records)
}

// Case 55: a truncated log is an error after its good lines.
func TestConvertTruncated(t *testing.T) {
	text := sampleText(2000, false)
	data := gzipped(t, text)
	for _, n := range []int{1, 5, 15, len(data) / 2, len(data) - 1} {
		var b bytes.Buffer
		stats, err := Convert(t.Context(), &b, bytes.NewReader(data[:n]), nil)
		if n == 1 { // a byte of text
			require.NoError(t, err)
			assert.EqualValues(t, 1, stats.Bad)
			continue
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
		assert.ErrorContains(t, err, "parquet: convert: ")
		_, err = NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()), nil)
		assert.Error(t, err, "no footer, no file")
		if n == len(data)-1 {
			assert.EqualValues(t, 2000, stats.Records)
		}
	}
	_, err := Convert(t.Context(), io.Discard, iotest.ErrReader(errFull), nil)
	assert.ErrorIs(t, err, errFull)
}

func TestConvertWriteError(t *testing.T) {
	text := sampleText(3000, false)
	for _, left := range []int{0, 3, 1000, 20000} {
		_, err := Convert(t.Context(), &limitWriter{left}, bytes.NewReader(text), &ConvertOptions{Options: Options{RowGroupRows: 500}})
		assert.ErrorIs(t, err, errFull)
	}
	_, err := Convert(t.Context(), io.Discard, bytes.NewReader(text), &ConvertOptions{Options: Options{Workers: -1}})
	assert.ErrorIs(t, err, ErrOptions)
}

// endless is an endless log.
type endless struct {
	text []byte
	n    int
	on   func(n int)
}

func (e *endless) Read(b []byte) (int, error) {
	k := copy(b, e.text[e.n%len(e.text):])
	e.n += k
	if e.on != nil {
		e.on(e.n)
	}
	return k, nil
}

func TestConvertCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, workers := range []int{1, 2} {
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		src := &endless{text: sampleText(1000, false), on: func(n int) {
			if n > 40<<20 { // more than is read ahead
				cancel(cause)
			}
		}}
		stats, err := Convert(ctx, io.Discard, src, &ConvertOptions{Options: Options{Workers: workers, RowGroupRows: 1000}})
		assert.ErrorIs(t, err, cause)
		assert.Positive(t, stats.Records)

		// A cause of io.EOF is not the end of the log.
		ctx, cancel = context.WithCancelCause(t.Context())
		src.n = 0
		cause = io.EOF
		_, err = Convert(ctx, io.Discard, src, &ConvertOptions{Options: Options{Workers: workers, RowGroupRows: 1000}})
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		cancel(nil)

		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		src.on = nil
		_, err = Convert(ctx, io.Discard, src, nil)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		stop()
	}
	// No goroutine is left.
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// Convert ends when the context does, also if the input has no record, or arrives
// in small pieces.
func TestConvertCancelOdd(t *testing.T) {
	endless := func(text string) io.Reader {
		return readerFunc(func(b []byte) (int, error) {
			for i := range b {
				b[i] = text[i%len(text)]
			}
			return len(b) - len(b)%len(text), nil
		})
	}
	line := sample[:strings.IndexByte(sample, '\n')+1]
	for name, src := range map[string]func() io.Reader{
		"blank lines": func() io.Reader { return endless("\n") },
		"a long line": func() io.Reader { return endless("x") },
		"headers":     func() io.Reader { return endless("version srcaddr\n") },
		"slow": func() io.Reader {
			return readerFunc(func(b []byte) (int, error) {
				time.Sleep(5 * time.Millisecond)
				return copy(b, line), nil
			})
		},
		"blank lines in gzip": func() io.Reader {
			z, w := io.Pipe()
			t.Cleanup(func() { _ = z.Close() })
			go func() {
				g := gzip.NewWriter(w)
				for blank := make([]byte, 1<<16); ; {
					if _, err := g.Write(blank); err != nil {
						return
					}
				}
			}()
			return z
		},
	} {
		for _, workers := range []int{1, 2} {
			t.Run(fmt.Sprint(name, workers), func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
				defer stop()
				start := time.Now()
				_, err := Convert(ctx, io.Discard, src(), &ConvertOptions{Options: Options{Workers: workers}})
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Less(t, time.Since(start), 5*time.Second)
			})
		}
	}
}

// readerFunc is a function that implements io.Reader.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// A source that returns no bytes, or panics, has the same effect on Convert as
// without other goroutines. So has a destination that panics.
func TestConvertOddReaders(t *testing.T) {
	for _, workers := range []int{1, 2} {
		opts := &ConvertOptions{Options: Options{Workers: workers}}
		n := 0
		stats, err := Convert(t.Context(), io.Discard, readerFunc(func(b []byte) (int, error) {
			if n++; n == 1 {
				return copy(b, sample), nil
			}
			return 0, nil
		}), opts)
		assert.ErrorIs(t, err, io.ErrNoProgress)
		assert.Positive(t, stats.Records)
		assert.PanicsWithValue(t, "read", func() {
			_, _ = Convert(t.Context(), io.Discard, readerFunc(func([]byte) (int, error) { panic("read") }), opts)
		})
		assert.PanicsWithValue(t, "write", func() {
			_, _ = Convert(t.Context(), writerFunc(func([]byte) (int, error) { panic("write") }), strings.NewReader(sample), opts)
		})
	}
}

// writerFunc is a function that implements io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestConvertProgress(t *testing.T) {
	for name, text := range map[string][]byte{
		"records":     sampleText(3*progressLines+10, false),
		"blank lines": bytes.Repeat([]byte("\n"), 3*progressLines+10),
	} {
		t.Run(name, func(t *testing.T) {
			var seen []int64
			stats, err := Convert(t.Context(), io.Discard, bytes.NewReader(text), &ConvertOptions{AppendOptions: AppendOptions{OnProgress: func(s flowlog.Stats) { seen = append(seen, s.Lines) }}})
			require.NoError(t, err)
			require.Greater(t, len(seen), 1)
			assert.True(t, slices.IsSorted(seen))
			assert.Len(t, slices.Compact(slices.Clone(seen)), len(seen), "each call has news")
			assert.Equal(t, stats.Lines, seen[len(seen)-1])
		})
	}
	var last flowlog.Stats
	calls := 0
	stats, err := Convert(t.Context(), io.Discard, strings.NewReader(sample), &ConvertOptions{AppendOptions: AppendOptions{OnProgress: func(s flowlog.Stats) { last = s; calls++ }}})
	require.NoError(t, err)
	assert.Equal(t, 1, calls)
	assert.Equal(t, stats, last)
}

// Case 59: memory does not grow with the log.
func TestConvertMemory(t *testing.T) {
	heap := func(text int) uint64 {
		var most uint64
		src := &endless{text: sampleText(1000, false)}
		src.on = func(n int) {
			if n%(1<<20) < 1<<15 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapSys-m.HeapReleased)
			}
		}
		_, err := Convert(t.Context(), io.Discard, io.LimitReader(src, int64(text)), &ConvertOptions{Options: Options{RowGroupRows: 10000}})
		require.NoError(t, err)
		return most
	}
	small := heap(4 << 20)
	large := heap(32 << 20)
	assert.Less(t, large, small+small/2+8<<20)
}

func TestAppend(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, nil, nil)
	first, err := w.Append(t.Context(), strings.NewReader(sample), nil)
	require.NoError(t, err)
	second, err := w.Append(t.Context(), bytes.NewReader(gzipped(t, []byte(flowlog.V2.Header()+"\n"+sample))), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 5, first.Lines)
	assert.EqualValues(t, 6, second.Lines)

	// A log with other columns: nothing is added, and the Writer can be used.
	none, err := w.Append(t.Context(), strings.NewReader("dstport vpc-id\n1 vpc-1\n"), nil)
	require.ErrorIs(t, err, ErrColumn)
	assert.Zero(t, none)
	third, err := w.Append(t.Context(), strings.NewReader("dstport srcport\n1 2\n"), nil)
	require.NoError(t, err, "columns the file has")
	assert.EqualValues(t, 1, third.Records)

	// A truncated log: the records before the error are in the file.
	_, err = w.Append(t.Context(), bytes.NewReader(gzipped(t, []byte(sample))[:150]), nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)

	require.NoError(t, w.Close())
	all := strings.Split(strings.TrimSpace(sample), "\n")
	want := append(append(append([]string{}, all...), all...), "- - - - - 2 1 - - - - - - -")
	got := lines(t, b.Bytes(), nil)
	require.GreaterOrEqual(t, len(got), len(want))
	assert.Equal(t, want, got[:len(want)])
	n, _ := open(t, b.Bytes(), nil).Metadata("vpcflow.records")
	assert.Equal(t, fmt.Sprint(len(got)), n)

	_, err = w.Append(t.Context(), strings.NewReader(sample), nil)
	assert.ErrorIs(t, err, ErrClosed)
}

// Convert gives the same result for any compression and any number of workers.
func TestConvertLayersOfGzip(t *testing.T) {
	for file, want := range map[string]int64{"double.log.gz": 2, "padded.log.gz": 1} {
		data, err := os.ReadFile(filepath.Join("..", "testdata", file))
		require.NoError(t, err)
		var all []flowlog.Stats
		for _, workers := range []int{1, 2, 4} {
			stats, err := Convert(t.Context(), io.Discard, bytes.NewReader(data), &ConvertOptions{Options: Options{Workers: workers}})
			require.NoError(t, err, file)
			assert.Zero(t, stats.Bad, file)
			assert.GreaterOrEqual(t, stats.Records, want, file)
			all = append(all, stats)
		}
		assert.Equal(t, all[0], all[1], file)
		assert.Equal(t, all[0], all[2], file)
	}
}

// OnBad may write a record in place of a bad line.
func TestWriteInOnBad(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(sample, "\n"), "\n")
	instead, err := flowlog.Parse(lines[1])
	require.NoError(t, err)
	var b bytes.Buffer
	w := NewWriter(&b, flowlog.V2, &Options{RowGroupRows: 2})
	for range 2 {
		_, err = w.Append(t.Context(), strings.NewReader(lines[1]+"\nx\n"+lines[2]+"\ny\n"), &AppendOptions{OnBad: func(*flowlog.ParseError) error { return w.Write(&instead) }})
		require.NoError(t, err)
	}
	require.NoError(t, w.Write(&instead))
	require.NoError(t, w.Close())
	var got []string
	for _, rec := range read(t, b.Bytes(), nil) {
		got = append(got, rec.String())
	}
	part := []string{lines[1], lines[1], lines[2], lines[1]}
	assert.Equal(t, append(append(slices.Clone(part), part...), lines[1]), got)
}
