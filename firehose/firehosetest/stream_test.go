package firehosetest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

var morning = time.Date(2026, 11, 23, 6, 24, 59, 0, time.UTC)

// objects collects the objects that a stream delivers.
type objects struct {
	mu  sync.Mutex
	all []*firehosetest.Object
}

func (o *objects) add(obj *firehosetest.Object) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, obj)
	return nil
}

func (o *objects) get() []*firehosetest.Object {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all
}

func (o *objects) bodies(t *testing.T) []string {
	var got []string
	for _, obj := range o.get() {
		got = append(got, gunzip(t, obj.Body))
	}
	return got
}

func gunzip(t *testing.T, data []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	plain, err := io.ReadAll(z)
	require.NoError(t, err)
	return string(plain)
}

// put sends records to the handler directly, without a network.
func put(t *testing.T, s *firehosetest.Server, data ...string) {
	t.Helper()
	type record struct{ Data []byte }
	in := struct {
		DeliveryStreamName string
		Records            []record
	}{DeliveryStreamName: "s"}
	for _, d := range data {
		in.Records = append(in.Records, record{[]byte(d)})
	}
	body, err := json.Marshal(in)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", "Firehose_20150804.PutRecordBatch")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
}

func server(t *testing.T, clock *firehosetest.Clock, cfg firehosetest.Stream) *firehosetest.Server {
	t.Helper()
	cfg.Name = "s"
	s, err := firehosetest.NewServer(&firehosetest.Options{Clock: clock, Streams: []firehosetest.Stream{cfg}})
	require.NoError(t, err)
	return s
}

// Objects are delivered at a size or an age, whichever comes first. Their records are
// concatenated in the order of arrival.
func TestBuffering(t *testing.T) {
	var got objects
	clock := firehosetest.NewClock(morning)
	s := server(t, clock, firehosetest.Stream{OnObject: got.add, BufferBytes: 10, BufferInterval: time.Minute})
	put(t, s, "aaaa", "bbbbb")
	assert.Empty(t, got.get())
	put(t, s, "c", "dddddddddddd", "e\n")
	assert.Equal(t, []string{"aaaabbbbbc", "dddddddddddd"}, got.bodies(t))

	clock.Advance(59 * time.Second)
	put(t, s, "f")
	assert.Len(t, got.get(), 2)
	clock.Advance(time.Second)
	assert.Equal(t, []string{"aaaabbbbbc", "dddddddddddd", "e\nf"}, got.bodies(t))
	clock.Advance(time.Hour)
	assert.Len(t, got.get(), 3, "nothing buffered, nothing delivered")

	put(t, s, "g")
	require.NoError(t, s.Deliver())
	require.NoError(t, s.Close())
	require.Len(t, got.get(), 4)
	assert.Equal(t, 2, got.get()[2].Records)
	assert.Equal(t, morning, got.get()[2].Arrived)
	assert.Equal(t, "s", got.get()[2].Stream)
	st := s.Stats("s")
	assert.Equal(t, int64(4), st.Objects)
	assert.Equal(t, int64(len(got.get()[0].Body)+len(got.get()[1].Body)+len(got.get()[2].Body)+len(got.get()[3].Body)), st.ObjectBytes)
	assert.Nil(t, s.Records("s"), "delivered records are not kept")
}

// Without a Clock, objects are delivered by real time.
func TestBufferingInRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got objects
		s := server(t, nil, firehosetest.Stream{OnObject: got.add, BufferBytes: 10})
		start := time.Now()
		put(t, s, "aaaaaaaaaa") // delivered by its size, with the timer running
		time.Sleep(time.Second)
		put(t, s, "b")
		time.Sleep(300*time.Second - 1)
		synctest.Wait()
		assert.Len(t, got.get(), 1)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		require.Len(t, got.get(), 2)
		assert.Equal(t, start.Add(time.Second).Unix(), got.get()[1].Arrived.Unix())
		require.NoError(t, s.Close())
		assert.Len(t, got.get(), 2)
	})
}

// A delivery by the timer that failed is tried again.
func TestFailedDeliveryInRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got objects
		start := time.Now()
		s := server(t, nil, firehosetest.Stream{BufferInterval: time.Minute, OnObject: func(o *firehosetest.Object) error {
			if time.Since(start) < 90*time.Second {
				return errors.New("no such bucket")
			}
			return got.add(o)
		}})
		put(t, s, "a")
		time.Sleep(2*time.Minute - 1)
		synctest.Wait()
		assert.Empty(t, got.get())
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		assert.Equal(t, []string{"a"}, got.bodies(t))
		require.NoError(t, s.Close())
	})
}

const uuidRE = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`

// Objects have the names and the metadata that Firehose gives them.
func TestObjects(t *testing.T) {
	for _, tt := range []struct {
		name     string
		cfg      firehosetest.Stream
		key      string
		encoding string
	}{
		{"defaults", firehosetest.Stream{}, `2026/11/23/06/s-1-2026-11-23-06-24-59-` + uuidRE + `\.gz`, "gzip"},
		{"uncompressed", firehosetest.Stream{Uncompressed: true}, `2026/11/23/06/s-1-2026-11-23-06-24-59-` + uuidRE, ""},
		{"extension", firehosetest.Stream{Extension: ".log.gz"}, `2026/11/23/06/s-1-2026-11-23-06-24-59-` + uuidRE + `\.log\.gz`, "gzip"},
		{"uncompressed with extension", firehosetest.Stream{Uncompressed: true, Extension: ".log"}, `2026/11/23/06/s-1-2026-11-23-06-24-59-` + uuidRE + `\.log`, ""},
		{"prefix in a time zone", firehosetest.Stream{Prefix: "logs/!{timestamp:yyyy/MM/dd/HH}/", ErrorPrefix: "!{firehose:error-output-type}/", TimeZone: "Asia/Tokyo"},
			`logs/2026/11/23/15/s-1-2026-11-23-06-24-59-` + uuidRE + `\.gz`, "gzip"},
		{"default prefix in a time zone", firehosetest.Stream{TimeZone: "America/New_York"}, `2026/11/23/01/s-1-2026-11-23-06-24-59-` + uuidRE + `\.gz`, "gzip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got objects
			tt.cfg.OnObject = got.add
			s := server(t, firehosetest.NewClock(morning), tt.cfg)
			put(t, s, "a\n", "b")
			require.NoError(t, s.Deliver())
			require.Len(t, got.get(), 1)
			assert.Regexp(t, "^"+tt.key+"$", got.get()[0].Key)
			assert.Equal(t, tt.encoding, got.get()[0].ContentEncoding)
			assert.Equal(t, "application/octet-stream", got.get()[0].ContentType)
			if tt.encoding == "" {
				assert.Equal(t, "a\nb", string(got.get()[0].Body))
			} else {
				assert.Equal(t, "a\nb", gunzip(t, got.get()[0].Body))
			}
		})
	}
}

// A directory gets complete files, named by the objects' keys.
func TestDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bucket")
	s := server(t, firehosetest.NewClock(morning), firehosetest.Stream{Dir: dir, BufferBytes: 4, AppendDelimiter: true})
	put(t, s, "one", "two", "three")
	put(t, s, "four")
	require.NoError(t, s.Close())
	var all []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			rel, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			assert.Regexp(t, `^2026/11/23/06/s-1-2026-11-23-06-24-59-`+uuidRE+`\.gz$`, filepath.ToSlash(rel))
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			all = append(all, gunzip(t, data))
		}
		return nil
	}))
	assert.ElementsMatch(t, []string{"one\n", "two\n", "three\n", "four\n"}, all)
}

// A key cannot leave the directory. Data that cannot be delivered is kept until it can be.
func TestFailedDelivery(t *testing.T) {
	t.Run("key outside", func(t *testing.T) {
		s := server(t, nil, firehosetest.Stream{Dir: t.TempDir(), Prefix: "../"})
		put(t, s, "a")
		require.ErrorContains(t, s.Deliver(), "leaves the directory")
	})
	t.Run("directory that is a file", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(name, nil, 0o600))
		s := server(t, nil, firehosetest.Stream{Dir: name})
		put(t, s, "a")
		require.Error(t, s.Deliver())
	})
	t.Run("again", func(t *testing.T) {
		var got objects
		broken := true
		clock := firehosetest.NewClock(morning)
		s := server(t, clock, firehosetest.Stream{BufferBytes: 2, OnObject: func(o *firehosetest.Object) error {
			if broken {
				return errors.New("no such bucket")
			}
			return got.add(o)
		}})
		put(t, s, "a", "bb")
		clock.Advance(time.Hour)
		require.EqualError(t, s.Deliver(), "firehosetest: stream s: delivery: no such bucket")
		assert.Zero(t, s.Stats("s").Objects)
		broken = false
		put(t, s, "c")
		assert.Empty(t, got.get(), "not with every record")
		put(t, s, "d")
		assert.Equal(t, []string{"abbcd"}, got.bodies(t))
		assert.Equal(t, morning, got.get()[0].Arrived)
	})
}

// An S3 endpoint gets objects with metadata through the SDK's client.
func TestS3(t *testing.T) {
	type request struct{ method, path, contentType, contentEncoding, body string }
	var got []request
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got = append(got, request{r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), gunzip(t, body)})
	}))
	defer endpoint.Close()
	client := s3.New(s3.Options{BaseEndpoint: &endpoint.URL, UsePathStyle: true, Region: "us-east-1", Credentials: aws.AnonymousCredentials{}})
	s := server(t, firehosetest.NewClock(morning), firehosetest.Stream{S3: client, Bucket: "bucket", Prefix: "logs/"})
	put(t, s, "a\n", "b\n")
	require.NoError(t, s.Close())
	require.Len(t, got, 1)
	assert.Regexp(t, `^/bucket/logs/2026/11/23/06/s-1-2026-11-23-06-24-59-`+uuidRE+`\.gz$`, got[0].path)
	got[0].path = ""
	assert.Equal(t, request{"PUT", "", "application/octet-stream", "gzip", "a\nb\n"}, got[0])
}

// A transformation changes, drops or fails records. Failed records are delivered below the
// error prefix, unchanged.
func TestTransform(t *testing.T) {
	var got objects
	clock := firehosetest.NewClock(morning)
	s := server(t, clock, firehosetest.Stream{
		OnObject: got.add, Prefix: "ok/", ErrorPrefix: "failed/!{firehose:error-output-type}/!{timestamp:yyyy}/",
		Transform: func(data []byte) ([]byte, error) {
			switch string(data) {
			case "drop":
				return nil, nil
			case "bad":
				return nil, errors.New("cannot read it")
			}
			return []byte(strings.ToUpper(string(data))), nil
		},
	})
	put(t, s, "a", "bad", "drop", "b")
	clock.Advance(5 * time.Minute)
	require.Len(t, got.get(), 2)
	assert.Regexp(t, `^ok/2026/11/23/06/s-1-`, got.get()[0].Key)
	assert.Regexp(t, `^failed/processing-failed/2026/s-1-`, got.get()[1].Key)
	assert.Equal(t, []bool{false, true}, []bool{got.get()[0].Failed, got.get()[1].Failed})
	assert.Equal(t, []string{"AB", `{"rawData":"YmFk","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"ProcessingFailed status set for record","attemptsMade":1,` +
		`"arrivalTimestamp":1795415099000,"attemptEndingTimestamp":1795415099000,"lambdaARN":"arn:aws:lambda:us-east-1:123456789012:function:transform"}` + "\n"}, got.bodies(t))
	st := s.Stats("s")
	assert.Equal(t, []int64{4, 1, 1, 2}, []int64{st.Records, st.Dropped, st.Failed, st.Objects})
}

// Records are kept if the stream has no destination or Keep is set.
func TestKeep(t *testing.T) {
	var seen []string
	seer := func(data []byte) { seen = append(seen, string(data)) }
	for _, tt := range []struct {
		name string
		cfg  firehosetest.Stream
		kept bool
	}{
		{"nothing else", firehosetest.Stream{}, true},
		{"delivered", firehosetest.Stream{Dir: t.TempDir()}, false},
		{"delivered and kept", firehosetest.Stream{Dir: t.TempDir(), Keep: true}, true},
		{"seen", firehosetest.Stream{OnRecord: seer}, false},
		{"seen and kept", firehosetest.Stream{OnRecord: seer, Keep: true}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen = nil
			s := server(t, nil, tt.cfg)
			put(t, s, "a", "b")
			assert.Equal(t, tt.kept, len(s.Records("s")) == 2)
			assert.Equal(t, tt.kept, string(s.Data("s")) == "ab")
			assert.Equal(t, tt.cfg.OnRecord != nil, len(seen) == 2)
			assert.Equal(t, int64(2), s.Stats("s").Records)
			require.NoError(t, s.Close())
		})
	}
	s := server(t, nil, firehosetest.Stream{})
	assert.Nil(t, s.Records("other"))
	assert.Zero(t, s.Stats("other"))
}

func TestBadStreams(t *testing.T) {
	client := s3.New(s3.Options{Region: "us-east-1"})
	for _, tt := range []struct {
		name    string
		streams []firehosetest.Stream
		want    string
	}{
		{"no name", []firehosetest.Stream{{}}, `name ""`},
		{"bad name", []firehosetest.Stream{{Name: "a b"}}, `name "a b"`},
		{"twice", []firehosetest.Stream{{Name: "a"}, {Name: "a"}}, "twice"},
		{"no bucket", []firehosetest.Stream{{Name: "a", S3: client}}, "set together"},
		{"no client", []firehosetest.Stream{{Name: "a", Bucket: "b"}}, "set together"},
		{"BufferBytes", []firehosetest.Stream{{Name: "a", BufferBytes: 129 << 20}}, "BufferBytes"},
		{"BufferInterval", []firehosetest.Stream{{Name: "a", BufferInterval: time.Hour}}, "BufferInterval"},
		{"negative", []firehosetest.Stream{{Name: "a", BufferBytes: -1}}, "BufferBytes"},
		{"prefix", []firehosetest.Stream{{Name: "a", Prefix: "!{x}"}}, "not known"},
		{"zone", []firehosetest.Stream{{Name: "a", TimeZone: "Mars/Olympus"}}, "Mars/Olympus"},
	} {
		_, err := firehosetest.NewServer(&firehosetest.Options{Streams: tt.streams})
		require.ErrorContains(t, err, tt.want, tt.name)
		_, err = firehosetest.Start(&firehosetest.Options{Streams: tt.streams})
		require.ErrorContains(t, err, tt.want, tt.name)
	}
}
