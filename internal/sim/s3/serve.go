package s3

import (
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// problem is an answer that refuses.
type problem struct {
	status int
	code   string
}

// ServeHTTP answers a request with the bucket in the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.fault(r)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // who asked is gone
	}
	if f != nil && f.Status != 0 {
		if f.Late && s.signed(r) == nil {
			s.answer(discarded{http.Header{}}, r, body)
		}
		refuse(w, r, problem{f.Status, f.Code})
		return
	}
	if p := s.signed(r); p != nil {
		refuse(w, r, *p)
		return
	}
	if f != nil {
		s.answer(&cut{ResponseWriter: w, left: f.Cut}, r, body)
		// net/http ends the connection of a handler that panics with this.
		panic(http.ErrAbortHandler)
	}
	s.answer(w, r, body)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	_, there := s.buckets[bucket]
	s.mu.Unlock()
	sum := r.Header.Get("X-Amz-Content-Sha256")
	switch {
	case !there:
		refuse(w, r, problem{http.StatusNotFound, "NoSuchBucket"})
	case len(body) > maxBody:
		refuse(w, r, problem{http.StatusBadRequest, "EntityTooLarge"})
	case sum != unsigned && sum != hexSum(body):
		refuse(w, r, problem{http.StatusBadRequest, "XAmzContentSHA256Mismatch"})
	case key == "" && r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		s.list(w, r, bucket)
	case key == "":
		refuse(w, r, problem{http.StatusNotImplemented, "NotImplemented"})
	default:
		s.object(w, r, bucket, key, body)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, p problem) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(p.status)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName  xml.Name `xml:"Error"`
		Code     string
		Message  string
		Resource string
	}{Code: p.code, Message: "refused by the simulator", Resource: r.URL.Path})
}

// cut writes headers and the first bytes of a body.
type cut struct {
	http.ResponseWriter

	left int
}

// Write writes what is left to be written.
func (c *cut) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	if _, err := c.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	return len(p), nil
}

// discarded is an answer that does not arrive.
type discarded struct{ header http.Header }

// Header is what nobody sees.
func (d discarded) Header() http.Header { return d.header }

// Write takes everything.
func (discarded) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader takes any status.
func (discarded) WriteHeader(int) {}

// span reads a Range header: one range of bytes of a body of n. whole is true
// where there is none that is understood, which is to be ignored then.
func span(header string, n int64) (from, to int64, whole, ok bool) {
	text, isBytes := strings.CutPrefix(header, "bytes=")
	a, b, two := strings.Cut(text, "-")
	if !isBytes || !two || strings.Contains(text, ",") {
		return 0, n, true, true
	}
	from, errA := strconv.ParseInt(a, 10, 64)
	to, errB := strconv.ParseInt(b, 10, 64)
	switch {
	case a == "" && errB == nil && to > 0:
		return max(0, n-to), n, false, n > 0
	case errA != nil || from < 0 || (b != "" && (errB != nil || to < from)):
		return 0, n, true, true
	case b == "":
		to = n - 1
	}
	return from, min(to, n-1) + 1, false, from < n
}
