package cwlogs

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

func TestDecode(t *testing.T) {
	data, control := zip(t, dataDoc), zip(t, controlDoc)
	for name, tt := range map[string]struct {
		in   []byte
		want []*Batch
	}{
		"plain":                             {[]byte(dataDoc), []*Batch{dataBatch}},
		"gzip":                              {data, []*Batch{dataBatch}},
		"case 72 control message":           {control, []*Batch{controlBatch}},
		"case 70 documents glued":           {zip(t, dataDoc+dataDoc+dataDoc), []*Batch{dataBatch, dataBatch, dataBatch}},
		"case 71 control and data glued":    {zip(t, controlDoc+dataDoc), []*Batch{controlBatch, dataBatch}},
		"case 70 documents with newlines":   {zip(t, "\n"+dataDoc+"\r\n \t"+controlDoc+"\n"), []*Batch{dataBatch, controlBatch}},
		"case 82 members, control and data": {slices.Concat(control, data, data), []*Batch{controlBatch, dataBatch, dataBatch}},
		"case 82 plain, control and data":   {[]byte(controlDoc + dataDoc), []*Batch{controlBatch, dataBatch}},
		"document across members":           {slices.Concat(zip(t, dataDoc[:100]), zip(t, ""), zip(t, dataDoc[100:])), []*Batch{dataBatch}},
		"cases 51, 83 vended records": {[]byte(`{"message":"a"}{"message":"b"}`), []*Batch{
			{Type: DataMessage, Events: []Event{{Message: "a"}}}, {Type: DataMessage, Events: []Event{{Message: "b"}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			for range 2 { // reused
				got, err := all(t, &d, tt.in)
				require.NoError(t, err)
				assert.Equal(t, tt.want, got)
			}
		})
	}
}

// lambda decodes data, which is base64, with DecodeLambda.
func lambda(d *Decoder, data string) (batches []*Batch, last error) {
	var e events.CloudwatchLogsEvent
	e.AWSLogs.Data = data
	for b, err := range d.DecodeLambda(e) {
		if err != nil {
			last = err
		} else {
			batches = append(batches, b)
		}
	}
	return batches, last
}

func TestDecodeLambda(t *testing.T) {
	data := zip(t, controlDoc+dataDoc)
	text := base64.StdEncoding.EncodeToString(data)
	var lines bytes.Buffer
	w := base64.NewEncoder(base64.StdEncoding, &lines)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, in := range map[string]string{
		"plain":       text,
		"line breaks": text[:1] + "\r\n" + text[1:77] + "\n" + text[77:] + "\n",
		"streamed":    lines.String(),
		"not gzip":    base64.StdEncoding.EncodeToString([]byte(controlDoc + dataDoc)),
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			got, err := lambda(&d, in)
			require.NoError(t, err)
			assert.Equal(t, []*Batch{controlBatch, dataBatch}, got)
		})
	}
}

// Base64 of every length decodes, with and without padding and line breaks.
func TestDecodeLambdaLengths(t *testing.T) {
	var d Decoder
	for n := 3*chunkSize/4 - 50; n < 3*chunkSize/4+50; n++ {
		message := strings.Repeat("x", n)
		text := base64.StdEncoding.EncodeToString([]byte(event(`"message":"` + message + `"`)))
		for _, in := range []string{text, text[:chunkSize-3] + "\n" + text[chunkSize-3:]} {
			got, err := lambda(&d, in)
			require.NoError(t, err)
			require.Equal(t, message, got[0].Events[0].Message)
		}
	}
}

// Case 86: empty input, invalid base64, and input that is not gzip.
func TestDecodeLambdaRefused(t *testing.T) {
	text := base64.StdEncoding.EncodeToString(zip(t, payload(t, 2000)))
	require.Greater(t, len(text), chunkSize)
	for name, tt := range map[string]struct {
		in    string
		stage Stage
		at    int64
		cause error
	}{
		"empty":                    {"", StageJSON, 0, io.ErrUnexpectedEOF},
		"blank":                    {"\n", StageJSON, 0, io.ErrUnexpectedEOF},
		"not base64":               {"{}", StageBase64, 0, base64.CorruptInputError(0)},
		"URL encoding":             {"____", StageBase64, 0, base64.CorruptInputError(0)},
		"cut":                      {text[:len(text)/8*4+1], StageBase64, -1, nil},
		"wrong byte far in":        {text[:chunkSize+8] + "*" + text[chunkSize+9:], StageBase64, chunkSize + 8, base64.CorruptInputError(chunkSize + 8)},
		"padding in between":       {text[:40] + "====" + text[40:], StageBase64, 40, base64.CorruptInputError(40)},
		"padding at a chunk's end": {text[:chunkSize-4] + "AA==" + text[chunkSize:], StageBase64, chunkSize, base64.CorruptInputError(chunkSize)},
		"text":                     {base64.StdEncoding.EncodeToString([]byte("hello")), StageJSON, 0, nil},
		"twice base64":             {base64.StdEncoding.EncodeToString([]byte(text)), StageJSON, 0, nil},
		"gzip cut":                 {text[:len(text)/8*4], StageGzip, int64(len(text) / 8 * 3), io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			got, err := lambda(&d, tt.in)
			assert.Empty(t, got)
			var de *DecodeError
			require.ErrorAs(t, err, &de)
			require.ErrorIs(t, err, ErrFormat)
			assert.Equal(t, tt.stage, de.Stage, "%v", err)
			assert.Equal(t, 1, de.Document)
			if tt.at >= 0 {
				assert.Equal(t, tt.at, de.Offset, "%v", err)
			}
			if tt.cause != nil {
				assert.ErrorIs(t, err, tt.cause)
			}

			// encoding/base64 returns the same error.
			if tt.stage == StageBase64 {
				_, err = base64.StdEncoding.DecodeString(tt.in)
				assert.Error(t, err)
			}
		})
	}
}

// The base64 of a small event, truncated at every length, is an error.
func TestDecodeLambdaCut(t *testing.T) {
	text := base64.StdEncoding.EncodeToString(zip(t, dataDoc))
	var d Decoder
	for cut := range len(text) {
		got, err := lambda(&d, text[:cut])
		require.ErrorIs(t, err, ErrFormat, "%d", cut)
		require.Empty(t, got)
		var corrupt base64.CorruptInputError
		if cut%4 == 0 {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d", cut)
		} else {
			require.ErrorAs(t, err, &corrupt, "%d", cut)
		}
	}
}

// Case 81: the data of a Kinesis record is gzip. If it is still base64, the error
// says so.
func TestDecodeKinesis(t *testing.T) {
	var e events.KinesisEvent
	require.NoError(t, json.Unmarshal([]byte(`{"Records":[{"kinesis":{"data":"`+
		base64.StdEncoding.EncodeToString(zip(t, dataDoc))+`"}}]}`), &e))
	var d Decoder
	got, err := all(t, &d, e.Records[0].Kinesis.Data)
	require.NoError(t, err)
	assert.Equal(t, []*Batch{dataBatch}, got)

	_, err = all(t, &d, []byte(base64.StdEncoding.EncodeToString(e.Records[0].Kinesis.Data)))
	require.ErrorIs(t, err, ErrFormat)
	assert.ErrorContains(t, err, "expected an object, found 'H'")
}

// Case 86: an empty payload is an error.
func TestDecodeEmpty(t *testing.T) {
	var d Decoder
	for name, in := range map[string][]byte{
		"nil": nil, "empty": {}, "space": []byte(" \n"), "gzip of nothing": zip(t, ""), "gzip of space": zip(t, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all(t, &d, in)
			assert.Empty(t, got)
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.ErrorContains(t, err, "no document")
		})
	}
}

// The loop may be left early, and a second range decodes again.
func TestDecodeStops(t *testing.T) {
	var d Decoder
	seq := d.Decode([]byte(controlDoc + dataDoc + "broken"))
	for range 2 {
		for b, err := range seq {
			require.NoError(t, err)
			assert.Equal(t, controlBatch, b)
			break
		}
	}
	n := 0
	for _, err := range seq {
		if n++; err != nil {
			break
		}
	}
	assert.Equal(t, 3, n)

	next, stop := iter.Pull2(seq)
	b, err, ok := next()
	require.True(t, ok)
	require.NoError(t, err)
	assert.Equal(t, controlBatch, b)
	stop()
}

// Batches belong to the caller. They do not change when the Decoder decodes
// another payload, even between two Batches of one, or when the input changes.
func TestDecodeOwnership(t *testing.T) {
	escaped := strings.ReplaceAll(dataDoc, " ", `\u0020`)
	in := []byte(dataDoc + escaped + controlDoc)
	var d Decoder
	var got []*Batch
	for b, err := range d.Decode(in) {
		require.NoError(t, err)
		got = append(got, b)
		clear(in)
		for _, other := range [][]byte{[]byte(strings.Repeat(event(`"message":"\tx"`), 5)), zip(t, payload(t, 50))} {
			for b, err := range d.Decode(other) {
				require.NoError(t, err)
				b.Events[0].Message = "changed"
				_ = append(b.Events, Event{Message: "added"})
				_ = append(b.SubscriptionFilters, "added")
			}
		}
	}
	assert.Equal(t, []*Batch{dataBatch, dataBatch, controlBatch}, got)
}

// The memory of a Decoder does not grow with the payloads.
func TestDecoderKeepsLittle(t *testing.T) {
	text := payload(t, 15_000)
	text = text[:len(text)-1] + `,"x":[` + strings.Repeat(`"y",`, keepBytes/3) + `1]}`
	r := rand.New(rand.NewPCG(7, 8))
	var random [2 << 20]byte
	for i := range random { // does not compress
		random[i] = byte(r.IntN(26)) + 'a'
	}
	var d Decoder
	for _, text := range []string{text, `{"message":"` + string(random[:]) + `"}`, dataDoc} {
		for range 2 {
			got, err := lambda(&d, base64.StdEncoding.EncodeToString(zip(t, text)))
			require.NoError(t, err)
			require.Len(t, got, 1)
			assert.LessOrEqual(t, cap(d.raw), keepBytes)
			assert.LessOrEqual(t, cap(d.json), keepBytes)
			assert.LessOrEqual(t, cap(d.member.chunk), chunkSize)
			assert.Zero(t, d.text, "the text is let go")
			assert.Zero(t, d.events, "events are let go")
		}
	}
}

func TestDecoderAllocs(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want float64
	}{
		"usual":    {payload(t, 5000), 3},
		"indented": {indentText(payload(t, 500)), 3},
		// encoding/json uses a sync.Pool, which drops items under -race.
		"with unknown objects": {strings.ReplaceAll(payload(t, 500), `"timestamp"`, `"x":{"y":[1]},"timestamp"`), 500},
		"escapes":              {strings.ReplaceAll(payload(t, 5000), " ", `\t`), 20},
	} {
		t.Run(name, func(t *testing.T) {
			e := lambdaEvent(t, tt.text)
			var d Decoder
			allocs := testing.AllocsPerRun(10, func() {
				for _, err := range d.DecodeLambda(e) {
					if err != nil {
						t.Fatal(err)
					}
				}
			})
			assert.LessOrEqual(t, allocs, tt.want)
		})
	}
}
