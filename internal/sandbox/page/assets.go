package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// asset is a file of the page as it is sent.
type asset struct {
	kind   string
	tag    string
	plain  []byte
	packed []byte // nil where packing saves nothing
}

// kinds are the media types of what the page is made of. A file of another kind
// is not served.
var kinds = map[string]string{ //nolint:gochecknoglobals // a table
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// load reads the files of the page, by their path below Path.
func load(files fs.FS) (map[string]*asset, error) {
	out := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kinds[path.Ext(name)] == "" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a, err := newAsset(kinds[path.Ext(name)], raw)
		if err != nil {
			return err
		}
		out[name] = a
		if name == index {
			out[""] = a
		}
		return nil
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "page.load", "the files of the page cannot be read")
	}
	return out, nil
}

func newAsset(kind string, raw []byte) (*asset, error) {
	sum := sha256.Sum256(raw)
	a := &asset{kind: kind, tag: hex.EncodeToString(sum[:8]), plain: raw}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() < len(raw) {
		a.packed = b.Bytes()
	}
	return a, nil
}

// ServeHTTP sends the file. A browser asks each time whether it still has the
// right one: a daemon of another version may stand at the same address.
func (a *asset) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	body, tag := a.plain, a.tag
	if a.packed != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body, tag = a.packed, a.tag+"-gzip"
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip reads Accept-Encoding
// (https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding).
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q := strings.ReplaceAll(params, " ", "")
		return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
	}
	return false
}
