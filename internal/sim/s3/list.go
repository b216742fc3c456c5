package s3

import (
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

type listed struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	MaxKeys               int
	KeyCount              int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listedObject
	CommonPrefixes        []listedPrefix
}

type listedObject struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
	StorageClass string
}

type listedPrefix struct{ Prefix string }

// list answers ListObjectsV2.
func (s *Server) list(w http.ResponseWriter, r *http.Request, bucket string) {
	q := r.URL.Query()
	most := 1000
	if text := q.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			refuse(w, r, problem{http.StatusBadRequest, "InvalidArgument"})
			return
		}
		most = min(most, n)
	}
	after := q.Get("start-after")
	if token := q.Get("continuation-token"); token != "" {
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			refuse(w, r, problem{http.StatusBadRequest, "InvalidArgument"})
			return
		}
		after = string(raw)
	}
	out := listed{Name: bucket, Prefix: q.Get("prefix"), Delimiter: q.Get("delimiter"), EncodingType: q.Get("encoding-type"), MaxKeys: most}
	show := func(s string) string { return s }
	if out.EncodingType == "url" {
		show = url.QueryEscape
	}
	last := after
	for _, key := range s.Keys(bucket) {
		if !strings.HasPrefix(key, out.Prefix) || key <= after {
			continue
		}
		group, isGroup := key, false
		if out.Delimiter != "" {
			if i := strings.Index(key[len(out.Prefix):], out.Delimiter); i >= 0 {
				group, isGroup = key[:len(out.Prefix)+i+len(out.Delimiter)], true
			}
		}
		if isGroup && (strings.HasPrefix(after, group) || slices.Contains(out.CommonPrefixes, listedPrefix{show(group)})) {
			last = key
			continue
		}
		if out.KeyCount == most {
			out.IsTruncated = true
			out.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(last))
			break
		}
		out.KeyCount++
		last = key
		if isGroup {
			out.CommonPrefixes = append(out.CommonPrefixes, listedPrefix{show(group)})
			continue
		}
		if o, ok := s.Get(bucket, key); ok {
			out.Contents = append(out.Contents, listedObject{
				Key: show(key), LastModified: o.At.Format(time.RFC3339), ETag: o.etag(), Size: len(o.Body), StorageClass: "STANDARD",
			})
		}
	}
	out.Prefix, out.Delimiter = show(out.Prefix), show(out.Delimiter)
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(out)
}
