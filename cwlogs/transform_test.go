package cwlogs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// A stream is a fake of Firehose with a transformation function. It exchanges JSON
// with the function, and has the limits and failure handling of the service.
type stream struct {
	t         *testing.T
	delivered bytes.Buffer // the destination
	failed    bytes.Buffer // objects under processing-failed/
	dropped   int
	calls     int
	bytes     int // of the last response
}

const firehoseLimit = 6 << 20 // Lambda's 6 MB, either way

// deliver invokes fn with the records in one event.
func (s *stream) deliver(fn func(*Batch, []byte) ([]byte, error), records ...[]byte) events.KinesisFirehoseResponse {
	s.t.Helper()
	var e events.KinesisFirehoseEvent
	for i, data := range records {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{
			RecordID: fmt.Sprintf("4954698663013521455328621%031d", i), Data: data})
	}
	ask, err := json.Marshal(e)
	require.NoError(s.t, err)
	e = events.KinesisFirehoseEvent{}
	require.NoError(s.t, json.Unmarshal(ask, &e))

	s.calls++
	answer, err := json.Marshal(Transform(e, fn))
	require.NoError(s.t, err)
	require.LessOrEqual(s.t, len(answer), MaxResponseBytes)
	require.Less(s.t, MaxResponseBytes, firehoseLimit)
	s.bytes = len(answer)

	// Case 110: Firehose fails every record whose id is missing.
	var res events.KinesisFirehoseResponse
	require.NoError(s.t, json.Unmarshal(answer, &res))
	require.Len(s.t, res.Records, len(records))
	for i, r := range res.Records {
		require.Equal(s.t, e.Records[i].RecordID, r.RecordID)
		switch r.Result {
		case events.KinesisFirehoseTransformedStateOk:
			require.NotEmpty(s.t, r.Data)
			s.delivered.Write(r.Data) // without a delimiter
		case events.KinesisFirehoseTransformedStateDropped:
			require.Empty(s.t, r.Data)
			s.dropped++
		case events.KinesisFirehoseTransformedStateProcessingFailed:
			require.Empty(s.t, r.Data)
			fmt.Fprintf(&s.failed, `{"attemptsMade":1,"errorCode":"Lambda.ProcessingFailedStatus","rawData":%q}`+"\n",
				base64.StdEncoding.EncodeToString(records[i]))
		default:
			s.t.Fatalf("result %q", r.Result)
		}
	}
	return res
}

// replay returns the lines of the failed records.
func (s *stream) replay() []string {
	s.t.Helper()
	var lines []string
	var d Decoder
	sc := bufio.NewScanner(&s.failed)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var object struct{ RawData []byte }
		require.NoError(s.t, json.Unmarshal(sc.Bytes(), &object))
		batches, err := all(s.t, &d, object.RawData)
		require.NoError(s.t, err)
		for _, b := range batches {
			for _, e := range b.Events {
				lines = append(lines, e.Message)
			}
		}
	}
	require.NoError(s.t, sc.Err())
	return lines
}

func results(res events.KinesisFirehoseResponse) []string {
	var out []string
	for _, r := range res.Records {
		out = append(out, r.Result)
	}
	return out
}

func TestTransform(t *testing.T) {
	const lines = line1 + "\n" + line2 + "\n"
	for name, tt := range map[string]struct {
		in     []byte
		result string
		out    string
	}{
		"data":                       {zip(t, dataDoc), "Ok", lines},
		"plain":                      {[]byte(dataDoc), "Ok", lines},
		"case 72 control":            {zip(t, controlDoc), "Dropped", ""},
		"case 71 control and data":   {zip(t, controlDoc+dataDoc+controlDoc), "Ok", lines},
		"members":                    {slices.Concat(zip(t, dataDoc), zip(t, controlDoc), zip(t, dataDoc)), "Ok", lines + lines},
		"cases 51, 83 vended":        {[]byte(`{"message":"` + line1 + `"}`), "Ok", line1 + "\n"},
		"vended with newline":        {[]byte(`{"message":"` + line1 + `\n"}` + "\n"), "Ok", line1 + "\n"},
		"case 85 JSON messages":      {[]byte(event(`"message":"{\"a\":1}"`)), "Ok", "{\"a\":1}\n"},
		"case 86 no events":          {[]byte(`{"messageType":"DATA_MESSAGE","logEvents":[]}`), "Dropped", ""},
		"case 86 null message":       {[]byte(event(`"message":null`)), "Ok", "\n"},
		"case 86 empty":              {nil, "ProcessingFailed", ""},
		"case 74 unknown type":       {[]byte(`{"messageType":"NEW","logEvents":[{"message":"m"}]}`), "ProcessingFailed", ""},
		"case 74 unknown among data": {[]byte(dataDoc + `{}`), "ProcessingFailed", ""},
		"case 75 wrong CRC":          {broken(zip(t, dataDoc), -8), "ProcessingFailed", ""},
		"case 75 cut":                {zip(t, dataDoc)[:100], "ProcessingFailed", ""},
		"not JSON":                   {[]byte(line1), "ProcessingFailed", ""},
		"fault after good ones":      {[]byte(dataDoc + dataDoc + "]"), "ProcessingFailed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, fn := range []func(*Batch, []byte) ([]byte, error){nil, (*Batch).AppendLines} {
				s := stream{t: t}
				// Between two others, which it must not affect.
				res := s.deliver(fn, zip(t, dataDoc), tt.in, zip(t, dataDoc))
				assert.Equal(t, []string{"Ok", tt.result, "Ok"}, results(res))
				assert.Equal(t, lines+tt.out+lines, s.delivered.String())
			}
		})
	}
}

// Case 112: all records fail, or there are none.
func TestTransformNothing(t *testing.T) {
	s := stream{t: t}
	assert.Equal(t, []string{"ProcessingFailed", "ProcessingFailed"}, results(s.deliver(nil, []byte("x"), nil)))
	answer, err := json.Marshal(Transform(events.KinesisFirehoseEvent{}, nil))
	require.NoError(t, err)
	assert.JSONEq(t, `{"records":[]}`, string(answer))
}

func TestTransformFunc(t *testing.T) {
	t.Run("only data reaches it", func(t *testing.T) {
		var types []MessageType
		s := stream{t: t}
		s.deliver(func(b *Batch, dst []byte) ([]byte, error) {
			assert.Empty(t, dst)
			types = append(types, b.Type)
			return append(dst, "x"...), nil
		}, []byte(controlDoc+dataDoc), []byte(`{"messageType":"NEW"}`))
		assert.Equal(t, []MessageType{DataMessage}, types)
	})
	t.Run("newline added once", func(t *testing.T) {
		s := stream{t: t}
		s.deliver(func(b *Batch, dst []byte) ([]byte, error) {
			return append(dst, b.Events[0].Message...), nil
		}, []byte(`{"message":"a"}{"message":"b\n"}`), []byte(`{"message":"c"}`))
		assert.Equal(t, "a\nb\nc\n", s.delivered.String())
	})
	t.Run("nothing is dropped", func(t *testing.T) {
		s := stream{t: t}
		res := s.deliver(func(_ *Batch, dst []byte) ([]byte, error) { return dst, nil }, []byte(dataDoc), []byte(dataDoc))
		assert.Equal(t, []string{"Dropped", "Dropped"}, results(res))
	})
	t.Run("an error fails the record alone", func(t *testing.T) {
		s := stream{t: t}
		res := s.deliver(func(b *Batch, dst []byte) ([]byte, error) {
			if len(b.Events) == 1 {
				return append(dst, "half"...), errors.New("no")
			}
			return b.AppendLines(dst)
		}, []byte(dataDoc), []byte(dataDoc+`{"message":"m"}`), []byte(dataDoc))
		assert.Equal(t, []string{"Ok", "ProcessingFailed", "Ok"}, results(res))
		assert.Equal(t, []string{line1, line2, "m"}, s.replay(), "the original, whole")
	})
	t.Run("memory of its own stays as it is", func(t *testing.T) {
		own := []byte("own\n")
		n := 0
		s := stream{t: t}
		s.deliver(func(b *Batch, dst []byte) ([]byte, error) {
			if n++; n%2 == 1 {
				return own, nil
			}
			return append(dst, "other\n"...), nil
		}, []byte(dataDoc+dataDoc), []byte(dataDoc+dataDoc))
		assert.Equal(t, "own\nother\nown\nother\n", s.delivered.String())
		assert.Equal(t, "own\n", string(own))
	})
}

func TestTransformerOnFailed(t *testing.T) {
	no := errors.New("no")
	failed := map[string]error{}
	var order []string
	tr := Transformer{
		Append: func(b *Batch, dst []byte) ([]byte, error) {
			switch b.Events[0].Message {
			case "no":
				return nil, no
			case "large":
				return make([]byte, MaxResponseBytes), nil
			}
			return b.AppendLines(dst)
		},
		OnFailed: func(id string, err error) { failed[id] = err; order = append(order, id) },
		MaxBytes: int64(len(dataDoc)),
	}
	var e events.KinesisFirehoseEvent
	for _, r := range [][2]string{
		{"ok", dataDoc}, {"control", controlDoc}, {"case 76", dataDoc + " "}, {"no", `{"message":"no"}`}, {"large", `{"message":"large"}`},
		{"type", `{"messageType":"NEW"}`}, {"cut", dataDoc[:50]}, {"ok", dataDoc},
	} {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{RecordID: r[0], Data: []byte(r[1])})
	}
	res := tr.Transform(e)
	want := []string{"case 76", "no", "large", "type", "cut"}
	assert.Equal(t, want, order)
	assert.Equal(t, []string{"Ok", "Dropped", "ProcessingFailed", "ProcessingFailed", "ProcessingFailed",
		"ProcessingFailed", "ProcessingFailed", "Ok"}, results(res))
	assert.ErrorIs(t, failed["case 76"], ErrTooLarge)
	assert.ErrorIs(t, failed["no"], no)
	assert.ErrorIs(t, failed["large"], ErrNoRoom)
	assert.ErrorIs(t, failed["type"], ErrFormat)
	assert.ErrorIs(t, failed["cut"], ErrFormat)
}

// Cases 109, 111: a record that does not fit is written unchanged under the error
// prefix, and the others are delivered, with one invocation. Together they have
// every line once.
func TestTransformTooLarge(t *testing.T) {
	var records [][]byte
	want := map[string]int{}
	usual, large := payload(t, 2000), payload(t, 40_000) // large does not fit by itself
	for i := range 24 {
		text := usual
		if i == 7 {
			text = large
		}
		text = strings.ReplaceAll(text, "eni-1235b8ca123456789 ", fmt.Sprintf("eni-%017d ", i))
		records = append(records, zip(t, text), zip(t, controlDoc))
		batches, err := all(t, new(Decoder), []byte(text))
		require.NoError(t, err)
		for _, e := range batches[0].Events {
			want[e.Message]++
		}
	}
	s := stream{t: t}
	res := s.deliver(nil, records...)

	count := map[string]int{}
	for _, r := range results(res) {
		count[r]++
	}
	assert.Equal(t, 24, count["Dropped"])
	assert.Equal(t, "ProcessingFailed", res.Records[14].Result)
	assert.Equal(t, "Ok", res.Records[16].Result, "a smaller record after it still fits")
	assert.Greater(t, count["Ok"], 15)
	assert.Greater(t, count["ProcessingFailed"], 2)
	assert.Greater(t, s.bytes, MaxResponseBytes-400_000, "the room is used")

	got := map[string]int{}
	lines := strings.SplitAfter(s.delivered.String(), "\n")
	assert.Empty(t, lines[len(lines)-1], "the last line is whole")
	for _, l := range lines[:len(lines)-1] {
		got[strings.TrimSuffix(l, "\n")]++
	}
	for _, l := range s.replay() {
		got[l]++
	}
	assert.Equal(t, want, got)
	assert.Equal(t, 1, s.calls)
}

// A response of exactly the maximum size is returned, and not a byte more.
func TestTransformLimit(t *testing.T) {
	answer := func(sizes ...int) (events.KinesisFirehoseResponse, int) {
		s := stream{t: t}
		i := 0
		records := slices.Repeat([][]byte{[]byte(`{"message":"m"}`)}, len(sizes))
		res := s.deliver(func(_ *Batch, dst []byte) ([]byte, error) {
			dst = append(dst, make([]byte, sizes[i])...)
			dst[len(dst)-1] = '\n'
			i++
			return dst, nil
		}, records...)
		return res, s.bytes
	}
	_, one := answer(3)
	room := (MaxResponseBytes - len(",") - one) / 4 * 3 // what may come on top
	res, size := answer(3 + room)
	assert.Equal(t, "Ok", res.Records[0].Result)
	assert.Greater(t, size, MaxResponseBytes-len(",")-4)
	res, _ = answer(3 + room + 1)
	assert.Equal(t, "ProcessingFailed", res.Records[0].Result)

	for _, sizes := range [][]int{{3_000_000, 3_000_000, 3}, {5_000_000, 3, 3}} {
		res, _ = answer(sizes...)
		assert.Contains(t, results(res), "ProcessingFailed")
		assert.Equal(t, "Ok", res.Records[2].Result)
	}
}

// Record ids are returned unchanged, whatever they contain.
func TestTransformIDs(t *testing.T) {
	var e events.KinesisFirehoseEvent
	for _, id := range []string{"", "same", "same", "<&>\u2028\"", strings.Repeat("x", 1000)} {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{RecordID: id, Data: []byte(controlDoc)})
	}
	for i, r := range Transform(e, nil).Records {
		assert.Equal(t, e.Records[i].RecordID, r.RecordID)
		assert.Equal(t, "Dropped", r.Result)
	}
}

// Vended records are many and small. A default buffer of them fits.
func TestTransformVended(t *testing.T) {
	var records [][]byte
	var want strings.Builder
	for _, l := range lines(8000) {
		records = append(records, []byte(`{"message":"`+l+`"}`))
		want.WriteString(l + "\n")
	}
	s := stream{t: t}
	s.deliver(nil, records...)
	assert.Equal(t, want.String(), s.delivered.String())
	assert.Zero(t, s.failed.Len())
}

// When the context is done, the remaining records fail, and earlier results are
// kept.
func TestTransformContext(t *testing.T) {
	late := errors.New("late")
	ctx, cancel := context.WithCancelCause(t.Context())
	var failed []error
	n := 0
	tr := Transformer{
		Append: func(b *Batch, dst []byte) ([]byte, error) {
			if n++; n == 2 {
				cancel(late)
			}
			return b.AppendLines(dst)
		},
		OnFailed: func(_ string, err error) { failed = append(failed, err) },
	}
	var e events.KinesisFirehoseEvent
	for range 4 {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{Data: []byte(dataDoc)})
	}
	res := tr.TransformContext(ctx, e)
	assert.Equal(t, []string{"Ok", "Ok", "ProcessingFailed", "ProcessingFailed"}, results(res))
	assert.Equal(t, []error{late, late}, failed)
}

func BenchmarkTransform(b *testing.B) {
	text := payload(b, 5000)
	data := zip(b, text)
	var e events.KinesisFirehoseEvent
	for range 4 {
		e.Records = append(e.Records, events.KinesisFirehoseEventRecord{RecordID: "1", Data: data})
	}
	b.ReportAllocs()
	b.SetBytes(int64(4 * len(text)))
	for b.Loop() {
		if res := Transform(e, nil); res.Records[3].Result != "Ok" {
			b.Fatal(res.Records[3].Result)
		}
	}
}
