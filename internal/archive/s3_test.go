package archive_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/sim/s3"
)

func TestStorageThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*archive.S3)
		code   fault.Code
		says   string
	}{
		"no bucket named":    {func(o *archive.S3) { o.Bucket = "" }, fault.Invalid, "needs a bucket"},
		"no keys":            {func(o *archive.S3) { o.SecretKey = secret.Text{} }, fault.Invalid, "secret key"},
		"no such bucket":     {func(o *archive.S3) { o.Bucket = "other" }, fault.NotFound, "no bucket other"},
		"another access key": {func(o *archive.S3) { o.AccessKey = "SOMEBODY" }, fault.Denied, "s3://kept/some/where/"},
		"another secret key": {func(o *archive.S3) { o.SecretKey = secret.New("hunter2hunter2") }, fault.Denied, "s3://kept/some/where/"},
		"another region":     {func(o *archive.S3) { o.Region = "us-east-1" }, fault.Invalid, "s3://kept/some/where/"},
		"no such endpoint":   {func(o *archive.S3) { o.Endpoint = "http://x/y" }, fault.Invalid, "endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := storage(t)
			c.change(&o)
			_, err := archive.OpenS3(t.Context(), o, archive.Limits{})
			message, hint := fault.Show(err)
			if fault.CodeOf(err) != c.code || !strings.Contains(message, c.says) || hint == "" && c.code != fault.Invalid {
				t.Errorf("got %v", err)
			}
			for _, s := range []string{secretKey, "hunter2"} {
				if err != nil && strings.Contains(err.Error()+message+hint, s) {
					t.Errorf("the secret key is in %v", err)
				}
			}
		})
	}
}

// An archive whose storage is away for a while is opened all the same.
func TestStorageThatIsAway(t *testing.T) {
	sim, o := storage(t)
	sim.Break(s3.Fault{Times: 3, Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable"})
	a, err := archive.OpenS3(t.Context(), o, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, 1, 5)
	if got, err := read(t, a, 0); err != nil || len(got) != 5 {
		t.Errorf("got %v, %v", got, err)
	}
}

// An object is there whole or not at all, and a request that failed is repeated.
func TestAnObjectAppearsWhole(t *testing.T) {
	sim, o := storage(t)
	a, err := archive.OpenS3(t.Context(), o, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(row(1)); err != nil {
		t.Fatal(err)
	}
	if keys := sim.Keys("kept"); len(keys) != 0 {
		t.Errorf("there is %v", keys)
	}
	sim.Break(s3.Fault{Method: http.MethodPut, Status: http.StatusForbidden, Code: "AccessDenied"})
	if _, err := w.Finish(t.Context()); fault.CodeOf(err) != fault.Denied {
		t.Errorf("it was written: %v", err)
	}
	if keys := sim.Keys("kept"); len(keys) != 0 {
		t.Errorf("there is %v", keys)
	}
	// The first answer gets lost, the second time it is the same object.
	sim.Break(s3.Fault{Method: http.MethodPut, Status: http.StatusInternalServerError, Code: "InternalError", Late: true})
	f := write(t, a, 1, 9)
	if keys := sim.Keys("kept"); len(keys) != 1 || "s3://kept/"+keys[0] != f.Path {
		t.Errorf("there is %v, want %s", keys, f.Path)
	}
	if got, err := read(t, a, 0); err != nil || !slices.Equal(got, series(1, 9)) {
		t.Errorf("got %v, %v", got, err)
	}
	kept, _ := sim.Get("kept", strings.TrimPrefix(f.Path, "s3://kept/"))
	if len(kept.Meta["X-Amz-Meta-Sha256"]) != 64 || kept.Meta["Content-Type"] != "application/zstd" {
		t.Errorf("it has %v", kept.Meta)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w, err = a.Create(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(row(10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := w.Finish(ctx); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("one that was given up: %v", err)
	}
}

// A connection that breaks says nothing about the object: it is not called damaged.
func TestAConnectionThatBreaksIsNoDamage(t *testing.T) {
	sim, o := storage(t)
	a, err := archive.OpenS3(t.Context(), o, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f := write(t, a, 1, 400)
	for _, n := range []int{0, 1, 200} {
		sim.Break(s3.Fault{Method: http.MethodGet, Key: ".zst", Cut: n, Times: 3})
		_, err := read(t, a, 0)
		for range 3 { // a client may have tried again itself
			if err == nil {
				t.Fatal("all of it was read")
			}
			if message, hint := fault.Show(err); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(message, f.Path) || hint == "" {
				t.Errorf("after %d bytes: %v", n, err)
			}
			if _, err = read(t, a, 0); err == nil {
				break
			}
		}
	}
	if got, err := read(t, a, 0); err != nil || len(got) != 400 {
		t.Errorf("got %d, %v", len(got), err)
	}
	sim.Delete("kept", strings.TrimPrefix(f.Path, "s3://kept/"))
	if _, err := f.Check(t.Context(), 1, "event-1"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an object that is gone: %v", err)
	}
}

// Bytes that are a file of the same events and not those that were written are
// not believed, and an object without a digest is read by its own sums.
func TestTheDigestOfAnObject(t *testing.T) {
	sim, o := storage(t)
	a, err := archive.OpenS3(t.Context(), o, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f := write(t, a, 1, 3)
	key := strings.TrimPrefix(f.Path, "s3://kept/")
	was, _ := sim.Get("kept", key)
	forged := packed(t, strings.ReplaceAll(text(t, 1, 2, 3), "tenant", "nobody"))
	sim.Put("kept", key, s3.Object{Body: forged, Meta: was.Meta, At: time.Now()})
	_, err = f.Check(t.Context(), 1, "event-1")
	if message, _ := fault.Show(err); fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, f.Path) || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("other bytes: %v", err)
	}
	sim.Put("kept", key, s3.Object{Body: bytes.Clone(was.Body), At: time.Now()})
	if same, err := f.Check(t.Context(), 1, "event-1"); err != nil || !same {
		t.Errorf("without a digest: %v, %v", same, err)
	}
}

// What else is in the bucket does not disturb, and many files are listed.
func TestABucketThatIsSharedAndFull(t *testing.T) {
	sim, o := storage(t)
	a, err := archive.OpenS3(t.Context(), o, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f := write(t, a, 1, 1)
	kept, _ := sim.Get("kept", strings.TrimPrefix(f.Path, "s3://kept/"))
	for _, key := range []string{"journal-x", "some/README", "some/where/README", "some/whereelse/journal-y", "some/where/2026/notes.txt"} {
		sim.Put("kept", key, s3.Object{Body: []byte("x")})
	}
	for seq := int64(2); seq <= 2_100; seq++ {
		name := strings.ReplaceAll(strings.TrimPrefix(f.Path, "s3://kept/"), "00000000000000000001", strings.Repeat("0", 16)+string([]byte{
			byte('0' + seq/1000), byte('0' + seq/100%10), byte('0' + seq/10%10), byte('0' + seq%10),
		}))
		sim.Put("kept", name, kept)
	}
	all, err := a.Files(t.Context())
	if err != nil || len(all) != 2_100 || all[2_099].Last != 2_100 {
		t.Errorf("there are %d files, %v", len(all), err)
	}
	if err := a.Sweep(t.Context(), time.Now().Add(100*time.Hour)); err != nil || len(sim.Keys("kept")) != 2_105 {
		t.Errorf("something was removed, %v", err)
	}
	sim.Put("kept", "some/where/journal-none", s3.Object{})
	if _, err := a.Files(t.Context()); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "s3://kept/some/where/journal-none") {
		t.Errorf("a name that is none: %v", err)
	}
}
