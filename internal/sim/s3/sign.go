package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	stamp     = "20060102T150405Z"
	unsigned  = "UNSIGNED-PAYLOAD"
	// skew is by how much the clock of who asks may differ.
	skew = 15 * time.Minute
)

// signed returns what is wrong with the signature of a request, nil for nothing.
func (s *Server) signed(r *http.Request) *problem {
	kind, fields, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if kind == "" {
		return &problem{http.StatusForbidden, "AccessDenied"}
	}
	given := map[string]string{}
	for f := range strings.SplitSeq(fields, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
		given[k] = v
	}
	scope := strings.Split(given["Credential"], "/")
	if kind != algorithm || len(scope) != 5 || scope[3] != "s3" || scope[4] != "aws4_request" {
		return &problem{http.StatusBadRequest, "AuthorizationHeaderMalformed"}
	}
	at, err := time.Parse(stamp, r.Header.Get("X-Amz-Date"))
	switch {
	case scope[0] != s.access:
		return &problem{http.StatusForbidden, "InvalidAccessKeyId"}
	case scope[2] != s.region:
		return &problem{http.StatusBadRequest, "AuthorizationHeaderMalformed"}
	case err != nil || at.Format("20060102") != scope[1]:
		return &problem{http.StatusForbidden, "AccessDenied"}
	case s.now().Sub(at).Abs() > skew:
		return &problem{http.StatusForbidden, "RequestTimeTooSkewed"}
	}
	names := strings.Split(given["SignedHeaders"], ";")
	if !slices.Contains(names, "host") || !slices.Contains(names, "x-amz-content-sha256") || !slices.IsSorted(names) {
		return &problem{http.StatusForbidden, "AccessDenied"}
	}
	text := strings.Join([]string{algorithm, at.Format(stamp), strings.Join(scope[1:], "/"), hexSum([]byte(canonical(r, names)))}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range scope[1:] {
		key = keyed(key, part)
	}
	if want := hex.EncodeToString(keyed(key, text)); subtle.ConstantTimeCompare([]byte(want), []byte(given["Signature"])) != 1 {
		return &problem{http.StatusForbidden, "SignatureDoesNotMatch"}
	}
	return nil
}

func keyed(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSum(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// canonical is a request as it is signed.
func canonical(r *http.Request, names []string) string {
	var b strings.Builder
	for _, line := range []string{r.Method, escaped(r.URL.Path, true), query(r.URL.Query())} {
		b.WriteString(line + "\n")
	}
	for _, name := range names {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
		}
		b.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + r.Header.Get("X-Amz-Content-Sha256"))
	return b.String()
}

func query(q url.Values) string {
	var parts []string
	for k, values := range q {
		for _, v := range values {
			parts = append(parts, escaped(k, false)+"="+escaped(v, false))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

// escaped is text as Signature Version 4 escapes it.
func escaped(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~", c) >= 0, c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
