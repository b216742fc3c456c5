package discord

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Limits of files. Discord's own limit for one file is 10 MiB
// (https://discord.com/developers/docs/reference#uploading-files).
const (
	maxFile   = 10 << 20
	maxFiles  = 10
	maxForm   = 25 << 20
	maxStored = 32 << 20 // of all files that the World keeps
)

// upload is a file of a multipart body.
type upload struct {
	key  string // the n of files[n]
	name string
	typ  string
	data []byte
}

// uploads are the contents of attachments. They live as long as the process
// and within a bound; the oldest go first.
type uploads struct {
	order []string
	data  map[string][]byte
	size  int
}

func (s *uploads) put(id string, data []byte) {
	if s.data == nil {
		s.data = map[string][]byte{}
	}
	s.data[id] = data
	s.order = append(s.order, id)
	for s.size += len(data); s.size > maxStored; {
		oldest := s.order[0]
		s.size -= len(s.data[oldest])
		delete(s.data, oldest)
		s.order = slices.Delete(s.order, 0, 1)
	}
}

// Attachment is a file of a message. Its content is served as long as the
// World keeps it.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	Title       string `json:"title,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`

	key string // of the file that it came with
}

func (w *World) attachmentJSON(channel string, a Attachment) obj {
	url := w.base + "/attachments/" + channel + "/" + a.ID + "/" + a.Filename
	o := obj{"id": a.ID, "filename": a.Filename, "size": a.Size, "url": url, "proxy_url": url, "flags": 0}
	if a.Description != "" {
		o["description"] = a.Description
	}
	if a.Title != "" {
		o["title"] = a.Title
	}
	if a.ContentType != "" {
		o["content_type"] = a.ContentType
	}
	return o
}

func isMultipart(h http.Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "multipart/form-data")
}

// readForm takes a multipart body: payload_json and files[n].
func (q *request) readForm(rw http.ResponseWriter) *apiError {
	q.Body = http.MaxBytesReader(rw, q.Body, maxForm)
	form, err := q.MultipartReader()
	if err != nil {
		return refuse(400, 50035, "Invalid Form Body")
	}
	payload := []byte(nil)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return q.decode(payload)
		}
		if err != nil {
			return badForm(err)
		}
		limit := int64(maxFile)
		if part.FormName() == "payload_json" {
			limit = maxBody
		}
		raw, err := io.ReadAll(io.LimitReader(part, limit+1))
		switch {
		case err != nil:
			return badForm(err)
		case int64(len(raw)) > limit:
			return errTooLarge()
		case part.FormName() == "payload_json":
			payload = raw
			continue
		}
		if e := q.file(part, raw); e != nil {
			return e
		}
	}
}

func errTooLarge() *apiError {
	return refuse(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
}

func badForm(err error) *apiError {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errTooLarge()
	}
	return refuse(400, 50035, "Invalid Form Body")
}

// file takes one file in; the name of its field is files[n].
func (q *request) file(part *multipart.Part, raw []byte) *apiError {
	key, ok := strings.CutPrefix(part.FormName(), "files[")
	key, closed := strings.CutSuffix(key, "]")
	name := fileName(part.FileName())
	if _, err := strconv.ParseUint(key, 10, 64); !ok || !closed || err != nil || name == "" {
		p := &problems{}
		p.at("files").add("BASE_TYPE_INVALID", "A file is sent as files[n] with a file name.")
		return errForm(p)
	}
	if len(q.files) >= maxFiles {
		return refuse(400, 30015, "Maximum number of attachments in a message reached (10)")
	}
	if slices.ContainsFunc(q.files, func(f upload) bool { return f.key == key }) {
		return refuse(400, 50035, "Invalid Form Body: two files have the same number")
	}
	typ, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil {
		typ = ""
	}
	q.files = append(q.files, upload{key: key, name: name, typ: typ, data: raw})
	return nil
}

// fileName keeps of a name what is safe in a URL, as Discord does.
func fileName(s string) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '_'
		case r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, s)
	return strings.TrimLeft(out[:min(len(out), 255)], ".")
}

// serveAttachment answers the content of an attachment, as a download: what a
// bot uploads is not to be run as a page.
func (w *World) serveAttachment(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	m, a := w.attachment(r.PathValue("channel"), r.PathValue("attachment"))
	data, ok := w.files.data[a.ID]
	w.mu.Unlock()
	if m == nil || !ok {
		http.NotFound(rw, r)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Filename}))
	_, _ = rw.Write(data)
}

func (w *World) attachment(channel, id string) (*Message, Attachment) {
	for _, m := range w.st.Messages[channel] {
		for _, a := range m.Attachments {
			if a.ID == id {
				return m, a
			}
		}
	}
	return nil, Attachment{}
}
