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

// Options say what a Server is. The zero value, and a nil *Options, are a
// Server on which every stream exists and nothing goes wrong.
type Options struct {
	// Streams are the streams there are. If there are none, every well-formed
	// name is a stream that keeps its records in memory.
	Streams []Stream
	// Faults are what goes wrong; see also Server.Script, SetFaults, SetDown.
	Faults Faults
	// Clock is the time. Nil is the real one.
	Clock *Clock
	// Account and Region appear in ARNs and texts. Empty is 123456789012 and
	// us-east-1.
	Account, Region string
}

// Server is a Firehose. It is an http.Handler, to be served by whatever the
// test likes, or by itself after Start. The zero Server is ready for use. A
// Server is safe for concurrent use.
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

// NewServer returns a Server. The error is about Options that no stream can
// have.
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
		return fmt.Errorf("firehosetest: stream %s is given twice", cfg.Name)
	}
	s.streams[cfg.Name] = st
	return nil
}

// Start listens on a loopback port and returns the URL, which is the endpoint
// to give to a client, for example in AWS_ENDPOINT_URL_FIREHOSE. A Server that
// listens already goes on.
func (s *Server) Start() string {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		s.server = httptest.NewServer(s)
	}
	return s.server.URL
}

// URL returns the URL the Server listens on, "" if it does not.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return ""
	}
	return s.server.URL
}

// Client returns the SDK's client for a Server that listens, with credentials
// that mean nothing. The functions change its options.
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
// served and delivers what is buffered. The error is of the deliveries that
// failed.
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

// Deliver delivers what is buffered, however little and young. The error is of
// the deliveries that failed; what they were to deliver stays buffered.
func (s *Server) Deliver() error {
	var errs []error
	for _, st := range s.all() {
		errs = append(errs, st.flush(s))
	}
	return errors.Join(errs...)
}

// SetFaults replaces what goes wrong all the time and starts its random
// numbers anew.
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

// Script sets what happens to the calls that come next, one Fault each; the
// zero Fault serves a call. Then Faults go on. It adds to a script that has
// not come to its end.
func (s *Server) Script(faults ...Fault) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.script = append(s.script, faults...)
}

// SetDown begins or ends an outage: all calls are throttled, and do not use up
// the script.
func (s *Server) SetDown(down bool) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.down = down
}

// Stats returns what the stream has seen; all zero if there is no such stream.
func (s *Server) Stats(stream string) Stats {
	st := s.peek(stream)
	if st == nil {
		return Stats{}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stats
}

// Records returns the records that the stream has taken and kept, in the order
// of their arrival. The Data must not be changed.
func (s *Server) Records(stream string) []Record {
	st := s.peek(stream)
	if st == nil {
		return nil
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.records)
}

// Data returns the records that the stream has taken and kept, put together as
// in an object.
func (s *Server) Data(stream string) []byte {
	var b []byte
	for _, r := range s.Records(stream) {
		b = append(b, r.Data...)
	}
	return b
}

// peek returns a stream that has been configured or used.
func (s *Server) peek(name string) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[name]
}

// stream returns the stream of a well-formed name, nil if there is none.
func (s *Server) stream(name string) *stream {
	if st := s.peek(name); st != nil || len(s.opts.Streams) > 0 {
		return st
	}
	// Losing a race to another call is fine: the stream is there then.
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

// tick delivers what the Clock has made due.
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
