package firehosetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
)

// Options configure a Server. With the zero value or a nil *Options, every stream exists
// and nothing fails.
type Options struct {
	// Streams are the streams that exist. If it is empty, every valid name is a
	// stream that keeps its records in memory.
	Streams []Stream
	// Faults are the failures; see also Server.Script, SetFaults and SetDown.
	Faults Faults
	// Clock is the time. Nil is the real one.
	Clock *Clock
	// CheckDates sends the Server's time in the Date header of each answer, as the
	// service does. It refuses calls that were signed more than five minutes before or
	// after that time with InvalidSignatureException. To make the client's clock wrong,
	// use a Clock that is an hour ahead. Refused calls are not in Stats, and faults do
	// not apply to them.
	CheckDates bool
	// Account and Region are those of ARNs and error texts. Empty is 123456789012 and
	// us-east-1.
	Account, Region string
}

// Server is a Firehose. It is an http.Handler, which a test can serve itself or with
// Start. The zero Server is ready for use. A Server is safe for concurrent
// use.
type Server struct {
	opts Options
	once sync.Once
	ctx  context.Context // ends with Close
	stop context.CancelFunc

	mu      sync.Mutex
	streams map[string]*stream
	server  *httptest.Server
	calls   int64
	nextID  int64

	faultMu sync.Mutex
	faults  Faults
	script  []Fault
	down    bool
	random  *rand.Rand

	bodies sync.Pool // *[]byte, the bodies of requests
}

// NewServer returns a Server that does not listen. It returns an error if the
// Options are invalid.
func NewServer(opts *Options) (*Server, error) {
	s := new(Server)
	if opts != nil {
		s.opts = *opts
	}
	s.init()
	for _, cfg := range s.opts.Streams {
		if err := s.addStream(cfg); err != nil {
			return nil, err
		}
	}
	if err := s.SetFaults(s.opts.Faults); err != nil {
		return nil, err
	}
	return s, nil
}

// Start returns a Server that listens on a loopback port until Close.
func Start(opts *Options) (*Server, error) {
	s, err := NewServer(opts)
	if err != nil {
		return nil, err
	}
	s.Start()
	return s, nil
}

// init makes the zero Server ready.
func (s *Server) init() {
	s.once.Do(func() {
		s.ctx, s.stop = context.WithCancel(context.Background())
		if s.opts.Account == "" {
			s.opts.Account = "123456789012"
		}
		if s.opts.Region == "" {
			s.opts.Region = "us-east-1"
		}
		s.streams = make(map[string]*stream)
		s.random = rand.New(rand.NewPCG(0, 0))
		if s.opts.Clock != nil {
			s.opts.Clock.watch(s.tick)
		}
	})
}

func (s *Server) addStream(cfg Stream) error {
	st, err := newStream(cfg, s.now())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[cfg.Name] != nil {
		return fmt.Errorf("firehosetest: stream %s is configured twice", cfg.Name)
	}
	s.streams[cfg.Name] = st
	return nil
}

// Start listens on a loopback port and returns the URL. It is the endpoint to give
// to a client, for example in AWS_ENDPOINT_URL_FIREHOSE. If the Server already
// listens, Start only returns the URL.
func (s *Server) Start() string {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		s.server = httptest.NewServer(s)
	}
	return s.server.URL
}

// URL returns the URL that the Server listens on, or "" if it does not listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return ""
	}
	return s.server.URL
}

// Client returns an SDK client for a Server that listens, with made-up
// credentials. The functions change its options.
func (s *Server) Client(optFns ...func(*firehose.Options)) *firehose.Client {
	s.init()
	return firehose.New(firehose.Options{
		BaseEndpoint: aws.String(s.URL()),
		Region:       s.opts.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}, optFns...)
}

// Close ends hanging calls, stops listening, waits for the calls that are being
// served and delivers the buffers. It returns the errors of failed deliveries.
func (s *Server) Close() error {
	s.init()
	s.stop()
	s.mu.Lock()
	server := s.server
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		server.Close()
	}
	return s.Deliver()
}

// Deliver delivers the buffers now, whatever their size and age. It returns the
// errors of failed deliveries; their records stay buffered.
func (s *Server) Deliver() error {
	var errs []error
	for _, st := range s.all() {
		errs = append(errs, st.flush(s))
	}
	return errors.Join(errs...)
}

// SetFaults replaces the Faults and starts a new sequence of random numbers from
// their Seed.
func (s *Server) SetFaults(f Faults) error {
	s.init()
	total := f.CallRate
	rates := []float64{f.RecordRate, f.CallRate}
	for _, r := range f.Calls {
		rates = append(rates, r.Share)
		total += r.Share
	}
	if slices.Min(rates) < 0 || slices.Max(rates) > 1 || total > 1 {
		return errors.New("firehosetest: shares of faults must be between 0 and 1")
	}
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.faults = f
	s.random = rand.New(rand.NewPCG(f.Seed, 0))
	return nil
}

// Script sets the faults of the next calls, one Fault for each call. A call with the zero
// Fault is served. After the script, Faults apply again. A second Script is appended to the
// first.
func (s *Server) Script(faults ...Fault) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.script = append(s.script, faults...)
}

// SetDown begins or ends an outage. During an outage all calls are throttled and
// the script does not advance.
func (s *Server) SetDown(down bool) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.down = down
}

// Stats returns the counts of a stream, or zeros if there is no such stream.
func (s *Server) Stats(stream string) Stats {
	st := s.peek(stream)
	if st == nil {
		return Stats{}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stats
}

// Records returns the records that the stream has kept, in the order of arrival.
// The caller must not change their Data.
func (s *Server) Records(stream string) []Record {
	st := s.peek(stream)
	if st == nil {
		return nil
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.records)
}

// Data returns the data of the records that the stream has kept, concatenated as in an
// object.
func (s *Server) Data(stream string) []byte {
	var b []byte
	for _, r := range s.Records(stream) {
		b = append(b, r.Data...)
	}
	return b
}

// peek returns a stream that has been configured or used, or nil.
func (s *Server) peek(name string) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[name]
}

// stream returns the stream of a valid name, or nil if there is none.
func (s *Server) stream(name string) *stream {
	if st := s.peek(name); st != nil || len(s.opts.Streams) > 0 {
		return st
	}
	// Another call may have added the stream meanwhile.
	_ = s.addStream(Stream{Name: name})
	return s.peek(name)
}

func (s *Server) all() []*stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*stream
	for _, st := range s.streams {
		all = append(all, st)
	}
	slices.SortFunc(all, func(a, b *stream) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// tick delivers the buffers that are due after a change of the Clock.
func (s *Server) tick() {
	for _, st := range s.all() {
		st.mu.Lock()
		st.due(s)
		st.mu.Unlock()
	}
}

func (s *Server) now() time.Time {
	if s.opts.Clock != nil {
		return s.opts.Clock.Now()
	}
	return time.Now()
}

var _ http.Handler = (*Server)(nil)
