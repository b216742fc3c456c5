package s3

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxBody is how large an object may be, in bytes.
const maxBody = 256 << 20

// Options says who may come in and what is there.
type Options struct {
	// AccessKey and SecretKey are the only ones that are accepted.
	AccessKey, SecretKey string
	// Region is what requests have to be signed for; us-east-1 where it is empty.
	Region string
	// Buckets are there from the beginning.
	Buckets []string
	// Now is the server's clock; time.Now where it is nil.
	Now func() time.Time
}

// Object is what is kept under a key.
type Object struct {
	Body []byte
	// Meta are the headers that came with it and go with it, the content type and
	// those that begin with X-Amz-Meta-.
	Meta map[string]string
	At   time.Time
}

// Fault is what goes wrong with the next requests that it is for.
type Fault struct {
	// Method is that of the requests, empty for all; Key a part of the path that
	// they must have.
	Method, Key string
	// Times is how often, 1 where it is 0.
	Times int
	// Status and Code answer instead of the server, where Status is set. Late does
	// what was asked for before that.
	Status int
	Code   string
	Late   bool
	// Cut ends the connection after so many bytes of the body, where Status is 0.
	Cut int
}

// Server is the storage, to be served over HTTP. It is safe for concurrent use.
type Server struct {
	access, secret, region string
	now                    func() time.Time

	mu      sync.Mutex
	buckets map[string]map[string]Object
	faults  []Fault
	seen    []string
}

// New returns storage without objects.
func New(o Options) *Server {
	s := &Server{access: o.AccessKey, secret: o.SecretKey, region: cmp.Or(o.Region, "us-east-1"), now: o.Now, buckets: map[string]map[string]Object{}}
	if s.now == nil {
		s.now = time.Now
	}
	for _, b := range o.Buckets {
		s.buckets[b] = map[string]Object{}
	}
	return s
}

// Keys returns the names of a bucket's objects, sorted.
func (s *Server) Keys(bucket string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.buckets[bucket]))
}

// Get returns an object, ok being false where there is none.
func (s *Server) Get(bucket, key string) (o Object, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok = s.buckets[bucket][key]
	return o, ok
}

// Put stores an object as it is, as somebody does behind the archive's back.
func (s *Server) Put(bucket, key string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[bucket][key] = o
}

// Delete removes an object.
func (s *Server) Delete(bucket, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.buckets[bucket], key)
}

// Break makes something go wrong.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(1, f.Times)
	s.faults = append(s.faults, f)
}

// Seen returns the method and path of each request that came.
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// fault takes the fault that a request is for, nil for none.
func (s *Server) fault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	i := slices.IndexFunc(s.faults, func(f Fault) bool {
		return (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Key)
	})
	if i < 0 {
		return nil
	}
	f := s.faults[i]
	if s.faults[i].Times--; s.faults[i].Times == 0 {
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return &f
}
