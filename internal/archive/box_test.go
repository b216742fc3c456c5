package archive_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/sim/s3"
)

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI-not-a-real-one"
)

// box is an archive that a test can reach behind its back.
type box struct {
	*archive.Archive

	// at is where its files are, as paths show it.
	at     string
	spoil  func(path string, raw []byte)
	remove func(path string)
}

// each runs a test on every kind of place. What open returns is empty.
func each(t *testing.T, f func(t *testing.T, open func(archive.Limits) *box)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		f(t, func(l archive.Limits) *box {
			a, dir := open(t, l)
			return &box{
				Archive: a, at: dir,
				spoil: func(path string, raw []byte) {
					if err := os.WriteFile(path, raw, 0o600); err != nil {
						t.Fatal(err)
					}
				},
				remove: func(path string) {
					if err := os.Remove(path); err != nil {
						t.Fatal(err)
					}
				},
			}
		})
	})
	t.Run("s3", func(t *testing.T) {
		f(t, func(l archive.Limits) *box {
			sim, o := storage(t)
			a, err := archive.OpenS3(t.Context(), o, l)
			if err != nil {
				t.Fatal(err)
			}
			key := func(path string) string { return strings.TrimPrefix(path, "s3://kept/") }
			return &box{
				Archive: a, at: "s3://kept/some/where",
				// The bytes are others, what was said of them stays.
				spoil: func(path string, raw []byte) {
					was, ok := sim.Get("kept", key(path))
					if !ok {
						t.Fatalf("there is no %s", path)
					}
					sim.Put("kept", key(path), s3.Object{Body: raw, Meta: was.Meta, At: time.Now()})
				},
				remove: func(path string) { sim.Delete("kept", key(path)) },
			}
		})
	})
}

// storage is S3-compatible storage with an empty bucket, until the test ends.
func storage(t *testing.T) (*s3.Server, archive.S3) {
	t.Helper()
	sim := s3.New(s3.Options{AccessKey: accessKey, SecretKey: secretKey, Region: "eu-test-1", Buckets: []string{"kept"}})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, archive.S3{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), Plain: true, Region: "eu-test-1", Bucket: "kept", Prefix: "some/where",
		AccessKey: accessKey, SecretKey: secret.New(secretKey),
	}
}
