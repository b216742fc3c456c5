package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/sim/s3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// storage is a simulator with a bucket, and a client that others wrote.
func storage(t *testing.T, change func(*s3.Options, *minio.Options)) (*s3.Server, *minio.Core, string) {
	t.Helper()
	so := s3.Options{AccessKey: "AKID", SecretKey: "a secret/with+signs", Buckets: []string{"bucket"}}
	transport := &http.Transport{DisableKeepAlives: true}
	mo := minio.Options{Creds: credentials.NewStaticV4("AKID", "a secret/with+signs", ""), Region: "us-east-1", BucketLookup: minio.BucketLookupPath, Transport: transport, MaxRetries: 1}
	if change != nil {
		change(&so, &mo)
	}
	sim := s3.New(so)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	core, err := minio.NewCore(strings.TrimPrefix(server.URL, "http://"), &mo)
	if err != nil {
		t.Fatal(err)
	}
	return sim, core, server.URL
}

func put(ctx context.Context, c *minio.Core, key, body string) error {
	_, err := c.PutObject(ctx, "bucket", key, strings.NewReader(body), int64(len(body)), "", "", minio.PutObjectOptions{
		DisableContentSha256: true, UserMetadata: map[string]string{"Who": "me"}, ContentType: "text/plain",
	})
	return err
}

func code(err error) string {
	if r, ok := errors.AsType[minio.ErrorResponse](err); ok {
		return r.Code
	}
	return fmt.Sprint(err)
}

func TestObjects(t *testing.T) {
	sim, c, _ := storage(t, nil)
	ctx := t.Context()
	for _, key := range []string{"a", "dir/name with spaces+and=signs", "ünïcode/ñ", "~x_y-z.0"} {
		if err := put(ctx, c, key, "0123456789"); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		body, info, _, err := c.GetObject(ctx, "bucket", key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		got, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil || string(got) != "0123456789" || info.UserMetadata["Who"] != "me" || info.Size != 10 {
			t.Errorf("%s: %q, %+v, %v", key, got, info, err)
		}
		if info, err := c.StatObject(ctx, "bucket", key, minio.StatObjectOptions{}); err != nil || info.Size != 10 || info.ContentType != "text/plain" {
			t.Errorf("%s: %+v, %v", key, info, err)
		}
		if err := c.RemoveObject(ctx, "bucket", key, minio.RemoveObjectOptions{}); err != nil {
			t.Error(err)
		}
		if _, _, _, err := c.GetObject(ctx, "bucket", key, minio.GetObjectOptions{}); code(err) != "NoSuchKey" {
			t.Errorf("%s: it is still there: %v", key, err)
		}
	}
	if keys := sim.Keys("bucket"); len(keys) != 0 {
		t.Errorf("there is %v", keys)
	}
	if _, _, _, err := c.GetObject(ctx, "other", "a", minio.GetObjectOptions{}); code(err) != "NoSuchBucket" {
		t.Errorf("another bucket: %v", err)
	}
	if _, err := c.NewMultipartUpload(ctx, "bucket", "a", minio.PutObjectOptions{}); code(err) != "NotImplemented" {
		t.Errorf("in several parts: %v", err)
	}
}

func TestRanges(t *testing.T) {
	_, c, _ := storage(t, nil)
	if err := put(t.Context(), c, "a", "0123456789"); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		header, want, fails string
	}{
		{"bytes=0-3", "0123", ""},
		{"bytes=8-", "89", ""},
		{"bytes=-2", "89", ""},
		{"bytes=5-99", "56789", ""},
		{"bytes=-99", "0123456789", ""},
		{"bytes=10-", "", "InvalidRange"},
		{"bytes=5-3", "0123456789", ""},
		{"words=1-2", "0123456789", ""},
		{"bytes=0-1,3-4", "0123456789", ""},
		{"bytes=x-y", "0123456789", ""},
	} {
		var o minio.GetObjectOptions
		o.Set("Range", r.header)
		body, _, _, err := c.GetObject(t.Context(), "bucket", "a", o)
		if r.fails != "" {
			if code(err) != r.fails {
				t.Errorf("%s: %v", r.header, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", r.header, err)
			continue
		}
		got, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil || string(got) != r.want {
			t.Errorf("%s: %q, %v", r.header, got, err)
		}
	}
}

func TestLists(t *testing.T) {
	sim, c, _ := storage(t, nil)
	var all []string
	for i := range 25 {
		key := fmt.Sprintf("p/%d/k %02d", i%3, i)
		all = append(all, key)
		sim.Put("bucket", key, s3.Object{Body: bytes.Repeat([]byte{'x'}, i)})
	}
	sim.Put("bucket", "q", s3.Object{})
	slices.Sort(all)
	for _, most := range []int{1, 4, 25, 1000} {
		var got []string
		for o := range c.ListObjectsIter(t.Context(), "bucket", minio.ListObjectsOptions{Prefix: "p/", Recursive: true, MaxKeys: most}) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			got = append(got, o.Key)
		}
		if !slices.Equal(got, all) {
			t.Errorf("%d at a time: %v", most, got)
		}
	}
	var got []string
	for o := range c.ListObjectsIter(t.Context(), "bucket", minio.ListObjectsOptions{MaxKeys: 1}) {
		got = append(got, o.Key)
	}
	if !slices.Equal(got, []string{"p/", "q"}) {
		t.Errorf("by the first slash: %v", got)
	}
	got = nil
	for o := range c.ListObjectsIter(t.Context(), "bucket", minio.ListObjectsOptions{StartAfter: all[20], Recursive: true}) {
		got = append(got, o.Key)
	}
	if !slices.Equal(got, append(slices.Clone(all[21:]), "q")) {
		t.Errorf("behind one: %v", got)
	}
}

func TestWhoMayComeIn(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*s3.Options, *minio.Options)
		want   string
	}{
		"another key":    {func(_ *s3.Options, o *minio.Options) { o.Creds = credentials.NewStaticV4("X", "y", "") }, "InvalidAccessKeyId"},
		"another secret": {func(_ *s3.Options, o *minio.Options) { o.Creds = credentials.NewStaticV4("AKID", "y", "") }, "SignatureDoesNotMatch"},
		"nobody":         {func(_ *s3.Options, o *minio.Options) { o.Creds = credentials.NewStaticV4("", "", "") }, "AccessDenied"},
		"another region": {func(_ *s3.Options, o *minio.Options) { o.Region = "eu-west-1" }, "AuthorizationHeaderMalformed"},
		"a wrong clock": {func(o *s3.Options, _ *minio.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Hour) }
		}, "RequestTimeTooSkewed"},
	} {
		t.Run(name, func(t *testing.T) {
			sim, core, _ := storage(t, c.change)
			if err := put(t.Context(), core, "a", "x"); code(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if len(sim.Keys("bucket")) != 0 || len(sim.Seen()) == 0 {
				t.Errorf("it was let in: %v", sim.Seen())
			}
		})
	}
}

// meddler changes a request after it was signed.
type meddler struct {
	http.RoundTripper

	change func(*http.Request)
}

func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	m.change(r)
	return m.RoundTripper.RoundTrip(r)
}

func TestWhatWasSignedCannotBeChanged(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"the path":   func(r *http.Request) { r.URL.Path += "x" },
		"the query":  func(r *http.Request) { r.URL.RawQuery = "acl=" },
		"the method": func(r *http.Request) { r.Method = http.MethodDelete },
		"a header":   func(r *http.Request) { r.Header.Set("X-Amz-Meta-Who", "you") },
		"the digest": func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64)) },
		"the time":   func(r *http.Request) { r.Header.Set("X-Amz-Date", "20000101T000000Z") },
		"no time":    func(r *http.Request) { r.Header.Del("X-Amz-Date") },
		"the names": func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "host;", "", 1))
		},
		"the scope": func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/s3/", "/iam/", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			sim, core, _ := storage(t, func(_ *s3.Options, o *minio.Options) { o.Transport = meddler{o.Transport, change} })
			if err := put(t.Context(), core, "a", "x"); err == nil {
				t.Error("it was taken")
			}
			if len(sim.Keys("bucket")) != 0 || len(sim.Seen()) == 0 {
				t.Errorf("there is %v after %v", sim.Keys("bucket"), sim.Seen())
			}
		})
	}
}

func TestBodiesAreWhatTheirDigestsSay(t *testing.T) {
	_, c, _ := storage(t, nil)
	send := func(md5, sha string) error {
		_, err := c.PutObject(t.Context(), "bucket", "a", strings.NewReader("hello"), 5, md5, sha, minio.PutObjectOptions{DisableContentSha256: true})
		return err
	}
	const right = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	if err := send("XUFAKrxLKna5cZ2REBfFkg==", right); err != nil {
		t.Error(err)
	}
	if err := send("XUFAKrxLKna5cZ2REBfFkA==", right); code(err) != "BadDigest" {
		t.Errorf("another MD5: %v", err)
	}
	if err := send("", strings.Replace(right, "2", "3", 1)); code(err) != "XAmzContentSHA256Mismatch" {
		t.Errorf("another SHA-256: %v", err)
	}
}

func TestFaults(t *testing.T) {
	sim, c, _ := storage(t, nil)
	ctx := t.Context()
	sim.Break(s3.Fault{Method: http.MethodPut, Key: "one", Status: 503, Code: "SlowDown"})
	if err := put(ctx, c, "other", "x"); err != nil {
		t.Error(err)
	}
	if err := put(ctx, c, "one", "x"); code(err) != "SlowDown" || len(sim.Keys("bucket")) != 1 {
		t.Errorf("got %v, and there is %v", err, sim.Keys("bucket"))
	}
	sim.Break(s3.Fault{Method: http.MethodPut, Status: 500, Code: "InternalError", Late: true})
	if err := put(ctx, c, "late", "x"); code(err) != "InternalError" || !slices.Contains(sim.Keys("bucket"), "late") {
		t.Errorf("got %v, and there is %v", err, sim.Keys("bucket"))
	}
	if err := put(ctx, c, "long", strings.Repeat("x", 50_000)); err != nil {
		t.Fatal(err)
	}
	sim.Break(s3.Fault{Method: http.MethodGet, Cut: 7})
	body, _, _, err := c.GetObject(ctx, "bucket", "long", minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if _ = body.Close(); err == nil || len(got) != 7 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	sim.Delete("bucket", "long")
	if _, ok := sim.Get("bucket", "long"); ok {
		t.Error("it is still there")
	}
}
