package s3

import (
	"crypto/md5" //nolint:gosec // what the protocol names objects' bytes by
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// maxKey is how long a key may be, in bytes.
const maxKey = 1024

func (s *Server) object(w http.ResponseWriter, r *http.Request, bucket, key string, body []byte) {
	if len(key) > maxKey {
		refuse(w, r, problem{http.StatusBadRequest, "KeyTooLongError"})
		return
	}
	if len(r.URL.RawQuery) > 0 && r.URL.Query().Has("uploads") || r.URL.Query().Has("uploadId") {
		refuse(w, r, problem{http.StatusNotImplemented, "NotImplemented"})
		return
	}
	switch r.Method {
	case http.MethodPut:
		s.put(w, r, bucket, key, body)
	case http.MethodGet, http.MethodHead:
		s.get(w, r, bucket, key)
	case http.MethodDelete:
		s.Delete(bucket, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, r, problem{http.StatusMethodNotAllowed, "MethodNotAllowed"})
	}
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, bucket, key string, body []byte) {
	sum := md5.Sum(body) //nolint:gosec // as above
	if want := r.Header.Get("Content-Md5"); want != "" && want != base64.StdEncoding.EncodeToString(sum[:]) {
		refuse(w, r, problem{http.StatusBadRequest, "BadDigest"})
		return
	}
	o := Object{Body: body, Meta: map[string]string{}, At: s.now().UTC()}
	for k := range r.Header {
		if strings.HasPrefix(k, "X-Amz-Meta-") || k == "Content-Type" {
			o.Meta[k] = r.Header.Get(k)
		}
	}
	s.Put(bucket, key, o)
	w.Header().Set("Etag", o.etag())
	w.WriteHeader(http.StatusOK)
}

func (o Object) etag() string {
	sum := md5.Sum(o.Body) //nolint:gosec // as above
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, bucket, key string) {
	o, ok := s.Get(bucket, key)
	if !ok {
		refuse(w, r, problem{http.StatusNotFound, "NoSuchKey"})
		return
	}
	n := int64(len(o.Body))
	from, to, whole, ok := span(r.Header.Get("Range"), n)
	if !ok {
		refuse(w, r, problem{http.StatusRequestedRangeNotSatisfiable, "InvalidRange"})
		return
	}
	h := w.Header()
	for k, v := range o.Meta {
		h.Set(k, v)
	}
	h.Set("Etag", o.etag())
	h.Set("Last-Modified", o.At.Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(to-from, 10))
	status := http.StatusOK
	if !whole {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, n))
		status = http.StatusPartialContent
	}
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(o.Body[from:to])
	}
}
