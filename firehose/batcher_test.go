package firehose

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPacking(t *testing.T) {
	small := Options{RecordBytes: 10, BatchBytes: 40, BatchRecords: 3}
	for _, tt := range []struct {
		name string
		opts Options
		add  []string
		want string // the calls, as fakeClient.String returns them
	}{
		{"lines share a record up to its last byte", small, []string{"aaaa", "bbbb", "c"}, "aaaa\nbbbb\n|c\n||"},
		{"a line that does not fit starts a record", small, []string{"aaaa", "bbbbb"}, "aaaa\n|bbbbb\n||"},
		{"a long line is a record of its own", small, []string{"a", "bbbbbbbbbbbb", "c"}, "a\n|bbbbbbbbbbbb\n|c\n||"},
		{"records up to the limit", small, []string{"aaaaaaaaa", "bbbbbbbbb", "ccccccccc", "d"}, "aaaaaaaaa\n|bbbbbbbbb\n|ccccccccc\n||d\n||"},
		{"bytes up to the limit", Options{RecordBytes: 10, BatchBytes: 20}, []string{"aaaaaaaaa", "bbbbbbbbb", "c"}, "aaaaaaaaa\n|bbbbbbbbb\n||c\n||"},
		{"too little is left for a record", Options{RecordBytes: 10, BatchBytes: 25}, []string{"aaaaaaaaa", "bbbbbbbbb", "cccc"}, "aaaaaaaaa\n|bbbbbbbbb\n||cccc\n||"},
		{"RecordBytes follows BatchBytes", Options{BatchBytes: 10}, []string{"aaaa", "bbbb", "cccc"}, "aaaa\nbbbb\n||cccc\n||"},
		{"no second delimiter", small, []string{"aaaa\n", "b"}, "aaaa\nb\n||"},
		{"lines inside are left alone", small, []string{"a\nb", "c\n\nd\n"}, "a\nb\nc\n\nd\n||"},
		{"lines inside stay together", small, []string{"aaaa", "b\nc\nd\n"}, "aaaa\n|b\nc\nd\n||"},
		{"lines inside are divided at delimiters", small, []string{"aaaa\nbbbb\ncccc\ndddddddddddd\ne"}, "aaaa\nbbbb\n|cccc\n|dddddddddddd\n||e\n||"},
		{"empty data adds nothing", small, []string{"", "a", ""}, "a\n||"},
		{"an empty line is a line", small, []string{"\n", "a"}, "\na\n||"},
		{"nothing", small, nil, ""},
		{"no delimiter", Options{RecordBytes: 10, Delimiter: []byte{}}, []string{"aaaa", "b\n", "cccccc"}, "aaaab\n|cccccc||"},
		{"long delimiter", Options{RecordBytes: 10, Delimiter: []byte("\r\n")}, []string{"aa", "bb\r\n", "c\n", "d\r\ne"}, "aa\r\nbb\r\n|c\n\r\nd\r\ne\r\n||"},
		{"lines per record", Options{RecordLines: 2}, []string{"a", "b", "c", "d\ne\nf", "g\nh"}, "a\nb\n|c\nd\n|e\nf\n|g\nh\n||"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, add := range []struct {
				name string
				fn   func(*Batcher, string) error
			}{
				{"Add", func(b *Batcher, s string) error { return b.Add(t.Context(), []byte(s)) }},
				{"AddString", func(b *Batcher, s string) error { return b.AddString(t.Context(), s) }},
			} {
				c := &fakeClient{t: t}
				b := NewBatcher(c, "s", &tt.opts)
				for _, s := range tt.add {
					require.NoError(t, add.fn(b, s))
				}
				require.NoError(t, b.Flush(t.Context()))
				assert.Equal(t, tt.want, c.String(), add.name)
			}
		})
	}
}

// A batch that is full to its last byte or record is sent by the Add that fills it.
func TestAddSendsWhenALimitIsReached(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts Options
	}{
		{"bytes", Options{RecordBytes: 4, BatchBytes: 8}},
		{"records", Options{RecordBytes: 4, BatchRecords: 2}},
		{"records of lines", Options{RecordLines: 1, BatchRecords: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeClient{t: t}
			b := NewBatcher(c, "s", &tt.opts)
			require.NoError(t, b.AddString(t.Context(), "aaa"))
			assert.Empty(t, c.calls)
			require.NoError(t, b.AddString(t.Context(), "bbb"))
			assert.Equal(t, "aaa\n|bbb\n||", c.String())
			require.NoError(t, b.Flush(t.Context()))
			assert.Len(t, c.calls, 1)
		})
	}
}

func TestRecordLimit(t *testing.T) {
	line := strings.Repeat("x", MaxRecordBytes)
	for _, tt := range []struct {
		name string
		opts Options
		data string
		ok   bool
	}{
		// The limit is 1,024,000 bytes with the newline.
		{"the newline counts", Options{}, line, false},
		{"at the limit", Options{}, line[:MaxRecordBytes-1], true},
		{"at the limit with its own newline", Options{}, line[:MaxRecordBytes-1] + "\n", true},
		{"above the limit with its own newline", Options{}, line + "\n", false},
		{"at the limit without delimiter", Options{Delimiter: []byte{}}, line, true},
		{"above the limit without delimiter", Options{Delimiter: []byte{}}, line + "x", false},
		{"the limit of BatchBytes", Options{BatchBytes: 100}, line[:99], true},
		{"above the limit of BatchBytes", Options{BatchBytes: 100}, line[:100], false},
		{"one line of many", Options{}, "a\n" + line + "\nb", false},
		{"many lines beyond the limit", Options{}, strings.Repeat("a line\n", MaxRecordBytes/6), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeClient{t: t}
			b := NewBatcher(c, "s", &tt.opts)
			require.NoError(t, b.AddString(t.Context(), "before"))
			err := b.AddString(t.Context(), tt.data)
			// All of the data is refused, and nothing else is affected.
			require.NoError(t, b.AddString(t.Context(), "after"))
			require.NoError(t, b.Flush(t.Context()))
			got := strings.Join(c.accepted, "")
			end := string(b.pack.opts.Delimiter)
			want := "before" + end + "after" + end
			if tt.ok {
				require.NoError(t, err)
				want = "before" + end + strings.TrimSuffix(tt.data, end) + end + "after" + end
			} else {
				require.ErrorIs(t, err, ErrRecordTooLarge)
				assert.NotContains(t, err.Error(), "xxx")
			}
			assert.True(t, want == got, "%d bytes delivered, want %d", len(got), len(want))
		})
	}
}

// A call ends before the record that would make it too large, and after 500 records.
func TestBatchLimit(t *testing.T) {
	for _, tt := range []struct {
		name  string
		sizes []int // of lines, newline included
		calls []int // records per call
	}{
		{"below 4 MiB", []int{1024000, 1024000, 1024000, 1024000, 98303}, []int{5}},
		{"at 4 MiB", []int{1024000, 1024000, 1024000, 1024000, 98304}, []int{5}},
		{"above 4 MiB", []int{1024000, 1024000, 1024000, 1024000, 98305}, []int{4, 1}},
		{"large ones only", []int{1024000, 1024000, 1024000, 1024000, 1024000}, []int{4, 1}},
		{"a small one first", []int{100, 1024000, 1024000, 1024000, 1024000, 98204}, []int{6}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeClient{t: t}
			b := NewBatcher(c, "s", &Options{RecordBytes: MaxRecordBytes, BatchBytes: MaxBatchBytes})
			for _, n := range tt.sizes {
				require.NoError(t, b.AddString(t.Context(), strings.Repeat("x", n-1)))
			}
			require.NoError(t, b.Flush(t.Context()))
			var got []int
			for _, records := range c.calls {
				got = append(got, len(records))
			}
			assert.Equal(t, tt.calls, got)
		})
	}
	for _, n := range []int{499, 500, 501} {
		t.Run(fmt.Sprint(n, " records"), func(t *testing.T) {
			c := &fakeClient{t: t}
			b := NewBatcher(c, "s", &Options{RecordLines: 1})
			for range n {
				require.NoError(t, b.AddString(t.Context(), "x"))
			}
			require.NoError(t, b.Flush(t.Context()))
			assert.Len(t, c.calls, (n+499)/500)
		})
	}
}

// For 300,000 lines the billed size is at most 1.002 times the size of the data, and for
// 5,000 lines at a time at most 1.05 times, with at most one call more than necessary.
func TestBill(t *testing.T) {
	lines := slices.Repeat(flowLines(10000), 30)
	for _, tt := range []struct {
		name  string
		flush int // lines at a time
		bill  float64
	}{
		{"one flush", len(lines), 1.002},
		{"5,000 at a time", 5000, 1.05},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := NewBatcher(newInstant(), "s", nil)
			for part := range slices.Chunk(lines, tt.flush) {
				addEach(t, b, part)
				require.NoError(t, b.Flush(t.Context()))
			}
			st := b.Stats()
			assert.Equal(t, int64(len(lines)), st.Lines)
			assert.LessOrEqual(t, float64(st.BilledBytes)/float64(st.Bytes), tt.bill)
			assert.LessOrEqual(t, st.Calls, (st.Bytes+MaxBatchBytes-1)/MaxBatchBytes+int64(len(lines)/tt.flush))
			t.Logf("billed %.4f times %d bytes, %d records, %d calls", float64(st.BilledBytes)/float64(st.Bytes), st.Bytes, st.Records, st.Calls)
		})
	}
}

func TestStatsWithoutFaults(t *testing.T) {
	c := &fakeClient{t: t}
	b := NewBatcher(c, "s", &Options{RecordBytes: 10, BatchRecords: 3})
	for _, s := range []string{"aaaa", "bbbb", "cc\n", strings.Repeat("d", 5120), "e\nf", ""} {
		require.NoError(t, b.AddString(t.Context(), s))
	}
	lines, size := b.Buffered()
	assert.Equal(t, []int{2, 4}, []int{lines, size})
	assert.Equal(t, Stats{Lines: 4, Records: 3, Calls: 1, Bytes: 5134, BilledBytes: 5120 + 5120 + 10240}, b.Stats())
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, Stats{Lines: 6, Records: 4, Calls: 2, Bytes: 5138, BilledBytes: 5 * 5120}, b.Stats())
	lines, size = b.Buffered()
	assert.Equal(t, []int{0, 0}, []int{lines, size})
}

// The caller may change the data after Add.
func TestAddCopies(t *testing.T) {
	c := &fakeClient{t: t}
	b := NewBatcher(c, "s", nil)
	data := []byte("one")
	require.NoError(t, b.Add(t.Context(), data))
	copy(data, "two")
	require.NoError(t, b.Flush(t.Context()))
	assert.Equal(t, []string{"one\n"}, c.accepted)
}

func TestAddDoesNotAllocate(t *testing.T) {
	b := NewBatcher(newInstant(), "s", nil)
	line := flowLines(1)[0]
	data := []byte(line)
	addEach(t, b, slices.Repeat([]string{line}, 100000)) // the buffers have grown
	// 1,000 lines per run, so that even the few allocations of a call would show.
	for name, add := range map[string]func() error{
		"Add":       func() error { return b.Add(t.Context(), data) },
		"AddString": func() error { return b.AddString(t.Context(), line) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, b.Flush(t.Context()))
			assert.Zero(t, testing.AllocsPerRun(20, func() {
				for range 1000 {
					if add() != nil {
						t.Fail()
					}
				}
			}))
		})
	}
}

// Memory is bounded by BatchBytes for each call that may be in flight.
func TestMemory(t *testing.T) {
	for _, n := range []int{1, 3} {
		b := NewBatcher(newInstant(), "s", &Options{BatchBytes: 1 << 20, Concurrency: n})
		for part := range slices.Chunk(slices.Repeat(flowLines(5000), 10), 100) {
			addEach(t, b, part)
			require.LessOrEqual(t, held(b), n<<20)
		}
		require.NoError(t, b.Flush(t.Context()))
		assert.LessOrEqual(t, held(b), n<<20)
	}
}

func held(b *Batcher) int {
	size := cap(b.pack.cur.buf)
	for _, q := range append(b.full[:len(b.full):len(b.full)], b.free...) {
		size += cap(q.buf)
	}
	return size
}

// FuzzPacking adds data with any small options. Every byte arrives once, in order and
// within the limits.
func FuzzPacking(f *testing.F) {
	f.Add([]byte("aaaa\x00bbbb\x00cc\n\x00\x00dddddddddddd\x00e\nf"), uint8(10), uint8(40), uint8(3), uint8(0))
	f.Add([]byte("a\x00b\x00c\x00d\ne\nf\x00g\nh"), uint8(0), uint8(0), uint8(0), uint8(2))
	f.Add([]byte("\n\n\n\x00\n"), uint8(2), uint8(3), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, script []byte, recordBytes, batchBytes, batchRecords, recordLines uint8) {
		opts := &Options{RecordBytes: int(recordBytes), BatchBytes: int(batchBytes), BatchRecords: int(batchRecords), RecordLines: int(recordLines)}
		c := &fakeClient{t: t}
		b := NewBatcher(c, "s", opts)
		if b.invalid != nil {
			require.ErrorIs(t, b.Add(t.Context(), script), ErrOptions)
			return
		}
		var want []byte
		lines := 0
		for data := range bytes.SplitSeq(script, []byte{0}) {
			if err := b.Add(t.Context(), data); err != nil {
				require.ErrorIs(t, err, ErrRecordTooLarge)
				continue
			}
			want = append(want, data...)
			if len(data) > 0 && data[len(data)-1] != '\n' {
				want = append(want, '\n')
			}
		}
		lines = bytes.Count(want, []byte{'\n'})
		require.NoError(t, b.Flush(t.Context()))
		require.Equal(t, string(want), strings.Join(c.accepted, ""))
		st := b.Stats()
		require.Equal(t, [3]int64{int64(lines), int64(len(want)), int64(len(c.accepted))}, [3]int64{st.Lines, st.Bytes, st.Records})
		for _, records := range c.calls {
			size := 0
			require.LessOrEqual(t, len(records), b.pack.opts.BatchRecords)
			for _, r := range records {
				size += len(r)
				n := strings.Count(r, "\n")
				require.True(t, n == 1 || len(r) <= b.pack.opts.RecordBytes)
				require.LessOrEqual(t, n, b.pack.opts.RecordLines)
			}
			require.LessOrEqual(t, size, b.pack.opts.BatchBytes)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	lines := flowLines(10000)
	var block []byte
	data := make([][]byte, len(lines))
	for i, l := range lines {
		data[i] = []byte(l)
		block = append(append(block, l...), '\n')
	}
	// The upper bound: the same lines are copied, and nothing else.
	b.Run("copy", func(b *testing.B) {
		buf := make([]byte, 0, MaxBatchBytes)
		b.SetBytes(int64(len(block)))
		for b.Loop() {
			for _, d := range data {
				if len(buf)+len(d) >= cap(buf) {
					buf = buf[:0]
				}
				buf = append(append(buf, d...), '\n')
			}
		}
		require.NotEmpty(b, buf)
	})
	for _, bb := range []struct {
		name string
		add  func(p *Batcher) error
	}{
		{"bytes", func(p *Batcher) error {
			for _, d := range data {
				if err := p.Add(b.Context(), d); err != nil {
					return err
				}
			}
			return nil
		}},
		{"string", func(p *Batcher) error {
			for _, s := range lines {
				if err := p.AddString(b.Context(), s); err != nil {
					return err
				}
			}
			return nil
		}},
		{"block", func(p *Batcher) error { return p.Add(b.Context(), block) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			p := NewBatcher(newInstant(), "s", nil)
			b.SetBytes(int64(len(block)))
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, bb.add(p))
			}
			require.NoError(b, p.Flush(b.Context()))
			require.Positive(b, p.Stats().Calls)
		})
	}
}

// After a panic of its client, a Batcher still returns the failures of other calls.
func TestBatcherPanicKeepsFailures(t *testing.T) {
	for name, concurrency := range map[string]int{"at the same time": 2, "earlier in the same Add": 1} {
		t.Run(name, func(t *testing.T) {
			panics := true
			b := NewBatcher(clientFunc(func(ctx context.Context, in *firehose.PutRecordBatchInput) (*firehose.PutRecordBatchOutput, error) {
				if string(in.Records[0].Data) == "b\n" && panics {
					panic("boom")
				}
				return refuseAll(ctx, in)
			}), "s", &Options{Concurrency: concurrency, BatchRecords: 1, RecordLines: 1, MaxAttempts: 1})
			assert.PanicsWithValue(t, "boom", func() { _ = b.AddString(t.Context(), "a\nb") })
			panics = false
			e := failedOf(t, b.Flush(t.Context()))
			assert.Equal(t, 2, e.Lines())
			assert.EqualValues(t, 2, b.Stats().Failed)
			require.NoError(t, b.Flush(t.Context()))
		})
	}
}
