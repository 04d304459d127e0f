package cwlogs

import (
	"bytes"
	stdgzip "compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// broken returns a copy of b with one bit flipped in the byte at i. A negative i
// counts from the end.
func broken(b []byte, i int) []byte {
	b = slices.Clone(b)
	if i < 0 {
		i += len(b)
	}
	b[i] ^= 0x10
	return b
}

// fullHeader returns a gzip member with all optional fields of a header.
func fullHeader(t *testing.T, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name, w.Comment, w.Extra = "name", "comment", []byte("extra")
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// Case 75: an invalid gzip member is an error. Nothing of it is delivered, but
// the member before it is.
func TestGzipRefused(t *testing.T) {
	first, last := zip(t, controlDoc), zip(t, dataDoc)
	for name, tt := range map[string]struct {
		in    []byte
		cause error
		at    int // -1: somewhere in the member
	}{
		"wrong CRC":              {broken(last, -8), gzip.ErrChecksum, len(last)},
		"wrong CRC, high byte":   {broken(last, -5), gzip.ErrChecksum, len(last)},
		"wrong length":           {broken(last, -4), gzip.ErrChecksum, len(last)},
		"wrong length, 2 GiB on": {broken(last, -1), gzip.ErrChecksum, len(last)},
		"no trailer":             {last[:len(last)-8], io.ErrUnexpectedEOF, len(last) - 8},
		"trailer cut":            {last[:len(last)-1], io.ErrUnexpectedEOF, len(last) - 1},
		"deflate cut":            {last[:len(last)/2], io.ErrUnexpectedEOF, len(last) / 2},
		"header cut":             {last[:5], io.ErrUnexpectedEOF, 5},
		"header cut in its name": {fullHeader(t, dataDoc)[:20], io.ErrUnexpectedEOF, 20},
		"header of another kind": {append([]byte{0x1f, 0x8b, 7}, last[3:]...), gzip.ErrHeader, -1},
		"bytes after":            {append(slices.Clone(last), 0), gzip.ErrHeader, len(last)},
		"many bytes after":       {append(slices.Clone(last), make([]byte, 100)...), gzip.ErrHeader, len(last)},
		"JSON after":             {append(slices.Clone(last), dataDoc...), gzip.ErrHeader, len(last)},
		"deflate broken":         {append(slices.Clone(last[:10]), 7, 0, 0, 0, 0, 0, 0, 0, 0, 0), flate.CorruptInputError(0), -1},
	} {
		t.Run(name, func(t *testing.T) {
			for _, before := range [][]byte{nil, first} {
				var d Decoder
				got, err := all(t, &d, slices.Concat(before, tt.in))
				var de *DecodeError
				require.ErrorAs(t, err, &de)
				require.ErrorIs(t, err, ErrFormat)
				assert.Equal(t, StageGzip, de.Stage)
				if _, ok := tt.cause.(flate.CorruptInputError); ok {
					var corrupt flate.CorruptInputError
					assert.ErrorAs(t, err, &corrupt)
				} else {
					assert.ErrorIs(t, err, tt.cause)
				}
				if tt.at >= 0 {
					assert.Equal(t, len(before)+tt.at, int(de.Offset))
				}
				var want []*Batch
				if before != nil {
					want = []*Batch{controlBatch}
				}
				if strings.HasSuffix(name, "after") { // the member itself is fine
					want = append(want, dataBatch)
				}
				assert.Equal(t, want, got)
				assert.Equal(t, len(want)+1, de.Document)

				// The Decoder still works.
				got, err = all(t, &d, first)
				require.NoError(t, err)
				assert.Equal(t, []*Batch{controlBatch}, got)
			}
		})
	}
}

func TestGzipHeader(t *testing.T) {
	data := fullHeader(t, dataDoc)
	var d Decoder
	got, err := all(t, &d, slices.Concat(data, data))
	require.NoError(t, err)
	assert.Equal(t, []*Batch{dataBatch, dataBatch}, got)
}

// A payload of two members, truncated at every byte. Whole members are delivered,
// and the rest is an error.
func TestGzipCut(t *testing.T) {
	first, last := fullHeader(t, controlDoc), fullHeader(t, dataDoc)
	data := slices.Concat(first, last)
	var d Decoder
	for cut := range len(data) {
		got, err := all(t, &d, data[:cut])
		if cut == len(first) {
			require.NoError(t, err)
			assert.Equal(t, []*Batch{controlBatch}, got)
			continue
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d", cut)
		require.ErrorIs(t, err, ErrFormat)
		if cut < len(first) {
			assert.Empty(t, got)
			continue
		}
		assert.Equal(t, []*Batch{controlBatch}, got)
	}
}

// A payload with one bit flipped, for each bit, is an error without a Batch. If
// the bit has no meaning, the Batches are unchanged.
func TestGzipBits(t *testing.T) {
	data := zip(t, dataDoc)
	var d Decoder
	fine := 0
	for bit := range 8 * len(data) {
		in := slices.Clone(data)
		in[bit/8] ^= 1 << (bit % 8)
		got, err := all(t, &d, in)
		if err != nil {
			require.Empty(t, got)
			require.ErrorIs(t, err, ErrFormat)
			continue
		}
		require.Equal(t, []*Batch{dataBatch}, got)
		fine++
	}
	// The time, the operating system and other bits of the header are ignored.
	assert.LessOrEqual(t, fine, 8*8)
}

// allocated returns the number of bytes that f allocates.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// bomb returns a gzip member whose text is head, n times the byte fill, and tail.
// Its size is about a thousandth of n.
func bomb(t testing.TB, head string, fill byte, n int, tail string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	require.NoError(t, err)
	_, err = io.WriteString(w, head)
	require.NoError(t, err)
	block := bytes.Repeat([]byte{fill}, 1<<20)
	for n > 0 {
		m, err := w.Write(block[:min(n, len(block))])
		require.NoError(t, err)
		n -= m
	}
	_, err = io.WriteString(w, tail)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// Case 76: a payload that decompresses to more than the limit is an error, and
// takes much less memory than the limit.
func TestGzipBomb(t *testing.T) {
	doc := `{"messageType":"DATA_MESSAGE","logEvents":[{"message":"`
	message := bomb(t, doc, 'a', DefaultMaxBytes, `"}]}`)
	require.Less(t, len(message)*900, DefaultMaxBytes)
	lying := slices.Clone(message) // as if it were small
	binary.LittleEndian.PutUint32(lying[len(lying)-4:], 100)
	for name, data := range map[string][]byte{
		"message":            message,
		"lies of its length": lying,
		"after another":      slices.Concat(zip(t, dataDoc), message),
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			var got []*Batch
			var err error
			size := allocated(func() { got, err = all(t, &d, data) })
			require.ErrorIs(t, err, ErrTooLarge)
			assert.NotErrorIs(t, err, ErrFormat)
			assert.ErrorContains(t, err, "payload too large: more than 67108864 bytes of text")
			var de *DecodeError
			require.ErrorAs(t, err, &de)
			assert.Equal(t, StageGzip, de.Stage)
			if name == "after another" {
				assert.Equal(t, []*Batch{dataBatch}, got)
			} else {
				assert.Empty(t, got)
			}
			// 32 times the payload, twice while growing, and the readers.
			assert.Less(t, size, int64(DefaultMaxBytes/8))
		})
	}
}

// A compression ratio of a thousand is valid within the limit.
func TestGzipDense(t *testing.T) {
	const n = 8 << 20
	data := bomb(t, `{"message":"`, 'a', n, `"}`)
	var d Decoder
	var got []*Batch
	var err error
	size := allocated(func() { got, err = all(t, &d, data) })
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Len(t, got[0].Events[0].Message, n)
	assert.Less(t, size, int64(2*n), "measured first, so it is allocated once")
}

func TestMaxBytes(t *testing.T) {
	text := controlDoc + dataDoc
	for name, data := range map[string][]byte{
		"plain":   []byte(text),
		"gzip":    zip(t, text),
		"members": slices.Concat(zip(t, controlDoc), zip(t, dataDoc)),
	} {
		t.Run(name, func(t *testing.T) {
			d := Decoder{MaxBytes: int64(len(text))}
			got, err := all(t, &d, data)
			require.NoError(t, err)
			assert.Len(t, got, 2)

			for limit := int64(len(text)) - 1; limit > 0; limit -= 7 {
				d.MaxBytes = limit
				got, err = all(t, &d, data)
				require.ErrorIs(t, err, ErrTooLarge)
				assert.NotErrorIs(t, err, ErrFormat)
				// The first document is delivered if its member is verified.
				if name != "gzip" && limit >= int64(len(controlDoc)) {
					assert.Equal(t, []*Batch{controlBatch}, got)
				} else {
					assert.Empty(t, got)
				}
			}
		})
	}
	for _, limit := range []int64{0, -1, 1<<63 - 1} {
		d := Decoder{MaxBytes: limit}
		got, err := all(t, &d, zip(t, text))
		require.NoError(t, err)
		assert.Len(t, got, 2)
	}
}

// FuzzGzip compares Decode of any bytes as gzip with the standard library: both
// succeed or both fail.
func FuzzGzip(f *testing.F) {
	data := zip(f, dataDoc)
	f.Add(data)
	f.Add(slices.Concat(data, data))
	f.Add(broken(data, -8))
	f.Add(data[:len(data)-3])
	f.Add(zip(f, ""))
	f.Add([]byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00name"))
	var d Decoder
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || data[0] != gzipID {
			return // not gzip
		}
		got, err := all(t, &d, data)
		if errors.Is(err, gzip.ErrHeader) {
			return // reserved flags, which the standard library ignores and RFC 1952 forbids
		}
		var text []byte
		r, gzErr := stdgzip.NewReader(bytes.NewReader(data))
		if gzErr == nil {
			text, gzErr = io.ReadAll(r)
		}
		if gzErr != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		want, wantErr := reference(string(text))
		require.Equal(t, wantErr == nil, err == nil)
		require.Equal(t, want, got)
	})
}
