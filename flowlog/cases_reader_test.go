package flowlog

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// TestReaderCases tests the cases about reading a stream. Cases 57 and 59, about memory, are
// in TestMemory. The cases about listing buckets and about Parquet are in other packages.
func TestReaderCases(t *testing.T) {
	t.Run("case 54: lines of more than 64 KiB", func(t *testing.T) {
		long := with(lineA, 1, strings.Repeat("x", 200_000))
		r := NewReader(strings.NewReader(lineA+"\n"+long+"\n"+strings.Repeat("y", defaultMaxLine+1)+"\n"+lineB+"\n"), nil)
		got, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, long, "3:1 : " + strings.Repeat("y", 64) + ": line too long", lineB}, got)
	})
	t.Run("case 55: a truncated file is never complete", func(t *testing.T) {
		z := gz(t, strings.Repeat(lineA+"\n", 1000))
		r := NewReader(bytes.NewReader(z[:len(z)/2]), nil)
		got, end := drain(t, r)
		assert.ErrorIs(t, end, io.ErrUnexpectedEOF)
		assert.NotEmpty(t, got)
		assert.Less(t, len(got), 1000)
		assert.EqualValues(t, len(got), r.Stats().Records, "the good lines come first")
		assert.Zero(t, r.Stats().Bad)
	})
	t.Run("case 56: concatenated members", func(t *testing.T) {
		z := gz(t, headerV2+"\n"+lineA+"\n", headerV2+"\n"+lineB+"\n", "", lineN+"\n")
		got, end := drain(t, NewReader(bytes.NewReader(z), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, lineB, lineN}, got)
		z = gz(t, `{"message":"`+lineA+`"}`, `{"message":"`+lineB+`"}{"message":"`+lineN+`"}`)
		got, end = drain(t, NewReader(bytes.NewReader(z), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineA, lineB, lineN}, got)
	})
	t.Run("case 58: the source is read in large pieces", func(t *testing.T) {
		z := gz(t, strings.Repeat(lineA+"\n"+lineB+"\n", 10_000))
		src := &countingReader{src: bytes.NewReader(z)}
		_, end := drain(t, NewReader(src, nil))
		require.NoError(t, end)
		assert.LessOrEqual(t, src.reads, len(z)/(blockSize/2)+3)
	})
	t.Run("case 62: one odd object does not spoil the next", func(t *testing.T) {
		r := NewReader(strings.NewReader("PK\x03\x04 something else entirely"), nil)
		_, end := drain(t, r)
		require.NoError(t, end)
		assert.EqualValues(t, 1, r.Stats().Bad)
		r.Reset(bytes.NewReader(gz(t, lineA+"\n")), nil)
		got, end := drain(t, r)
		require.NoError(t, end)
		assert.Equal(t, []string{lineA}, got)
	})
	t.Run("case 67: where to resume", func(t *testing.T) {
		text := lineA + "\n" + lineB + "\n" + lineN + "\n"
		r := NewReader(strings.NewReader(text), nil)
		var rec Record
		require.NoError(t, r.Read(&rec))
		require.NoError(t, r.Read(&rec))
		got, end := drain(t, NewReader(strings.NewReader(text[r.Stats().Bytes:]), nil))
		require.NoError(t, end)
		assert.Equal(t, []string{lineN}, got, "Stats.Bytes is where the next line starts")
	})
	t.Run("case 69: no records, no counters", func(t *testing.T) {
		n := 0
		for range NewReader(strings.NewReader(""), nil).All() {
			n++
		}
		assert.Zero(t, n)
		var packets int64
		for rec, err := range NewReader(strings.NewReader(lineN+"\n"+lineS), nil).All() {
			require.NoError(t, err)
			v, ok := rec.Int(FieldPackets)
			assert.False(t, ok)
			packets += v
		}
		assert.Zero(t, packets)
	})
}

// countingReader counts the calls of Read.
type countingReader struct {
	src   io.Reader
	reads int
}

func (r *countingReader) Read(p []byte) (int, error) {
	r.reads++
	return r.src.Read(p)
}
