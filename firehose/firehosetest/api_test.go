package firehosetest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// start returns a Server that listens until the test ends.
func start(t testing.TB, opts *firehosetest.Options) *firehosetest.Server {
	t.Helper()
	s, err := firehosetest.Start(opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// once returns a client of s that makes one attempt.
func once(s *firehosetest.Server) *sdk.Client {
	return s.Client(func(o *sdk.Options) { o.Retryer = aws.NopRetryer{} })
}

func records(data ...string) []types.Record {
	r := make([]types.Record, len(data))
	for i := range data {
		r[i].Data = []byte(data[i])
	}
	return r
}

func putBatch(ctx context.Context, c *sdk.Client, stream string, data ...string) (*sdk.PutRecordBatchOutput, error) {
	return c.PutRecordBatch(ctx, &sdk.PutRecordBatchInput{DeliveryStreamName: &stream, Records: records(data...)})
}

// The zero Server serves the protocol byte for byte.
func TestWire(t *testing.T) {
	for _, tt := range []struct {
		name, target, body string
		status             int
		answer             string // with RecordIds and times replaced
	}{
		{"PutRecord", "PutRecord", `{"DeliveryStreamName":"s","Record":{"Data":"YQo="}}`, 200, `{"Encrypted":false,"RecordId":"ID"}`},
		{"PutRecordBatch", "PutRecordBatch", `{"DeliveryStreamName":"s","Records":[{"Data":"YQo="},{"Data":""}]}`, 200,
			`{"Encrypted":false,"FailedPutCount":0,"RequestResponses":[{"RecordId":"ID"},{"RecordId":"ID"}]}`},
		{"not JSON", "PutRecord", `{"DeliveryStreamName"`, 400, `{"__type":"SerializationException"}`},
		{"not base64", "PutRecord", `{"DeliveryStreamName":"s","Record":{"Data":"?"}}`, 400, `{"__type":"SerializationException"}`},
		{"not a string", "PutRecord", `{"DeliveryStreamName":1,"Record":{"Data":""}}`, 400, `{"__type":"SerializationException"}`},
		{"unknown operation", "PutRecords", `{}`, 400, `{"__type":"UnknownOperationException"}`},
		{"nothing", "PutRecord", `{}`, 400,
			`{"__type":"ValidationException","message":"2 validation errors detected: Value null at 'deliveryStreamName' failed to satisfy constraint: Member must not be null; Value null at 'record' failed to satisfy constraint: Member must not be null"}`},
		{"no data", "PutRecord", `{"DeliveryStreamName":"s","Record":{}}`, 400,
			`{"__type":"ValidationException","message":"1 validation error detected: Value null at 'record.data' failed to satisfy constraint: Member must not be null"}`},
		{"no records", "PutRecordBatch", `{"DeliveryStreamName":"s"}`, 400,
			`{"__type":"ValidationException","message":"1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null"}`},
		{"empty records", "PutRecordBatch", `{"DeliveryStreamName":"s","Records":[]}`, 400,
			`{"__type":"ValidationException","message":"1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"}`},
		{"bad name", "PutRecord", `{"DeliveryStreamName":"a b","Record":{"Data":""}}`, 400,
			`{"__type":"ValidationException","message":"1 validation error detected: Value 'a b' at 'deliveryStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s firehosetest.Server
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			r.Header.Set("X-Amz-Target", "Firehose_20150804."+tt.target)
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			assert.Equal(t, tt.status, w.Code)
			assert.Equal(t, "application/x-amz-json-1.1", w.Header().Get("Content-Type"))
			assert.Len(t, w.Header().Get("X-Amzn-Requestid"), 36)
			body := w.Body.String()
			for _, r := range s.Records("s") {
				assert.Contains(t, body, r.ID)
				body = strings.Replace(body, r.ID, "ID", 1)
			}
			assert.Equal(t, tt.answer, body)
		})
	}
	t.Run("other methods and targets", func(t *testing.T) {
		var s firehosetest.Server
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodGet, "/", nil),
			httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")),
		} {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			assert.Equal(t, http.StatusBadRequest, w.Code)
			assert.JSONEq(t, `{"__type":"UnknownOperationException"}`, w.Body.String())
		}
	})
	t.Run("a body without end", func(t *testing.T) {
		var s firehosetest.Server
		r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, 1<<30))
		r.Header.Set("X-Amz-Target", "Firehose_20150804.PutRecord")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// The limits are those of the service, to the byte, and the SDK gets the errors it knows.
func TestLimits(t *testing.T) {
	s := start(t, &firehosetest.Options{Streams: []firehosetest.Stream{{Name: "s"}, {Name: "logs-only", FromLogsOnly: true}}})
	big := strings.Repeat("x", 1024001)
	many := func(n int, data string) []string {
		d := make([]string, n)
		for i := range d {
			d[i] = data
		}
		return d
	}
	for _, tt := range []struct {
		name, stream string
		data         []string
		code, text   string
	}{
		{"500 records", "s", many(500, "x"), "", ""},
		{"501 records", "s", many(501, "x"), "ValidationException", "length less than or equal to 500"},
		{"largest record", "s", many(1, big[:1024000]), "", ""},
		{"larger record", "s", []string{"a", big}, "ValidationException",
			"Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000"},
		{"empty record", "s", many(1, ""), "", ""},
		{"4 MiB", "s", append(many(4, big[:1024000]), big[:98304]), "", ""},
		{"4 MiB and a byte", "s", append(many(4, big[:1024000]), big[:98305]), "InvalidArgumentException", "Records size exceeds 4 MB limit"},
		{"no such stream", "other", many(1, "x"), "ResourceNotFoundException", "Firehose other not found under account 123456789012."},
		{"long name", strings.Repeat("s", 65), many(1, "x"), "ValidationException", "length less than or equal to 64"},
		{"decompressing stream", "logs-only", many(1, "x"), "InvalidSourceException", "Only requests from CloudWatch Logs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := putBatch(t.Context(), once(s), tt.stream, tt.data...)
			if tt.code == "" {
				require.NoError(t, err)
				assert.Zero(t, *out.FailedPutCount)
				assert.Len(t, out.RequestResponses, len(tt.data))
				return
			}
			var api smithy.APIError
			require.ErrorAs(t, err, &api)
			assert.Equal(t, tt.code, api.ErrorCode())
			assert.Contains(t, api.ErrorMessage(), tt.text)
		})
	}
	var notFound *types.ResourceNotFoundException
	_, err := putBatch(t.Context(), once(s), "other", "x")
	require.ErrorAs(t, err, &notFound)
	var invalid *types.InvalidArgumentException
	_, err = putBatch(t.Context(), once(s), "s", append(many(4, big[:1024000]), big[:98305])...)
	require.ErrorAs(t, err, &invalid)
}

func TestPutRecord(t *testing.T) {
	s := start(t, nil)
	out, err := s.Client().PutRecord(t.Context(), &sdk.PutRecordInput{DeliveryStreamName: aws.String("any"), Record: &records("one")[0]})
	require.NoError(t, err)
	got := s.Records("any")
	require.Len(t, got, 1)
	assert.Equal(t, "one", string(got[0].Data))
	assert.Equal(t, got[0].ID, *out.RecordId)
	assert.Equal(t, int64(1), got[0].Call)
	assert.WithinDuration(t, time.Now(), got[0].Arrived, time.Minute)
	assert.Equal(t, firehosetest.Stats{Calls: 1, Records: 1, Bytes: 3, BilledBytes: 5120}, s.Stats("any"))

	// With PutRecord a refused record is an error of the call.
	s.Script(firehosetest.RefuseRecords(0))
	_, err = once(s).PutRecord(t.Context(), &sdk.PutRecordInput{DeliveryStreamName: aws.String("any"), Record: &records("two")[0]})
	var unavailable *types.ServiceUnavailableException
	require.ErrorAs(t, err, &unavailable)
	assert.Equal(t, "Slow down.", unavailable.ErrorMessage())
	assert.Equal(t, "one", string(s.Data("any")))
}

func TestDescribeDeliveryStream(t *testing.T) {
	clock := firehosetest.NewClock(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC))
	s := start(t, &firehosetest.Options{Clock: clock, Account: "111122223333", Region: "eu-central-1", Streams: []firehosetest.Stream{{
		Name: "s", Prefix: "logs/", TimeZone: "Europe/Berlin", BufferBytes: 64 << 20, BufferInterval: time.Minute,
	}}})
	out, err := s.Client().DescribeDeliveryStream(t.Context(), &sdk.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("s")})
	require.NoError(t, err)
	d := out.DeliveryStreamDescription
	assert.Equal(t, "arn:aws:firehose:eu-central-1:111122223333:deliverystream/s", *d.DeliveryStreamARN)
	assert.Equal(t, types.DeliveryStreamStatusActive, d.DeliveryStreamStatus)
	assert.Equal(t, types.DeliveryStreamTypeDirectPut, d.DeliveryStreamType)
	assert.Equal(t, clock.Now(), d.CreateTimestamp.UTC())
	require.Len(t, d.Destinations, 1)
	e := d.Destinations[0].ExtendedS3DestinationDescription
	assert.Equal(t, "logs/", *e.Prefix)
	assert.Equal(t, "Europe/Berlin", *e.CustomTimeZone)
	assert.Equal(t, types.CompressionFormatGzip, e.CompressionFormat)
	assert.Equal(t, int32(64), *e.BufferingHints.SizeInMBs)
	assert.Equal(t, int32(60), *e.BufferingHints.IntervalInSeconds)

	_, err = s.Client().DescribeDeliveryStream(t.Context(), &sdk.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("other")})
	var notFound *types.ResourceNotFoundException
	require.ErrorAs(t, err, &notFound)
	assert.Equal(t, "Firehose other under account 111122223333 not found.", notFound.ErrorMessage())
}

// FuzzServe gives the Server any body. It answers, and accepts only the records of a valid
// call.
func FuzzServe(f *testing.F) {
	f.Add(true, []byte(`{"DeliveryStreamName":"s","Record":{"Data":"YQo="}}`))
	f.Add(false, []byte(`{"DeliveryStreamName":"s","Records":[{"Data":"YQo="},{"Data":""}]}`))
	f.Add(false, []byte(`{"DeliveryStreamName":"s","Records":[null]}`))
	f.Add(false, []byte(`[]`))
	f.Fuzz(func(t *testing.T, single bool, body []byte) {
		var s firehosetest.Server
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Amz-Target", "Firehose_20150804.PutRecord"+map[bool]string{false: "Batch"}[single])
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Contains(t, []int{200, 400}, w.Code)
		require.True(t, json.Valid(w.Body.Bytes()))
		require.Equal(t, strconv.Itoa(w.Body.Len()), w.Header().Get("Content-Length"))
		if w.Code != 200 {
			var e struct {
				Type string `json:"__type"`
			}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
			require.NotEmpty(t, e.Type)
		}
	})
}

// BenchmarkPutRecordBatch measures the Server's part of a full call.
func BenchmarkPutRecordBatch(b *testing.B) {
	data := bytes.Repeat([]byte("x"), 102400)
	one := `{"Data":"` + base64.StdEncoding.EncodeToString(data) + `"}`
	body := `{"DeliveryStreamName":"s","Records":[` + strings.Repeat(one+",", 39) + one + `]}`
	s, err := firehosetest.NewServer(&firehosetest.Options{Streams: []firehosetest.Stream{{Name: "s", OnRecord: func([]byte) {}}}})
	require.NoError(b, err)
	b.SetBytes(40 * 102400)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "Firehose_20150804.PutRecordBatch")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(b, 200, w.Code)
	}
}
