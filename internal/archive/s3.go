package archive

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what servers of S3 compare what they received with
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	// digestKey is the metadata of an object that says what its bytes are.
	digestKey = "Sha256"
	// maxObject is the most that an object may have, in bytes. A file has at most
	// 64 MiB and a line before it is compressed, which never makes it much longer.
	maxObject = 128 << 20
	// giveUp is how long one object is written for.
	giveUp = 5 * time.Minute
)

// bucket is a place on S3-compatible storage. An object is written by one
// request, so it is there whole or not at all.
type bucket struct {
	core   *minio.Core
	bucket string
	// prefix stands before every name; it is empty or ends in a slash.
	prefix string
}

func (b *bucket) show(name string) string { return "s3://" + b.bucket + "/" + b.prefix + name }

func (b *bucket) list(ctx context.Context) (out []entry, err error) {
	for o := range b.core.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if o.Err != nil {
			return nil, b.refused(o.Err, "archive.Files", b.show(""))
		}
		if isFile(o.Key) {
			out = append(out, entry{name: strings.TrimPrefix(o.Key, b.prefix), regular: true})
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "archive.Files", "the archive was not read to its end")
	}
	return out, nil
}

func (b *bucket) open(ctx context.Context, name string) (io.ReadCloser, error) {
	body, info, _, err := b.core.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.refused(err, "archive.Read", b.show(name))
	}
	return &object{body: body, hash: sha256.New(), want: info.UserMetadata[digestKey]}, nil
}

// object reads an object and compares its bytes with what was sent once.
type object struct {
	body io.ReadCloser
	hash hash.Hash
	// want is the digest in hexadecimal digits, empty for an object that
	// somebody put there without it: then the sums within the file are all.
	want string
}

// Read fails with a *lost where the server does not give the rest, and otherwise
// at the end where the bytes are not those that were written.
func (o *object) Read(p []byte) (int, error) {
	n, err := o.body.Read(p)
	_, _ = o.hash.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF):
		if got := hex.EncodeToString(o.hash.Sum(nil)); o.want != "" && got != o.want {
			return n, errors.New("its bytes are not those that were written: their SHA-256 is another")
		}
	case err != nil:
		return n, &lost{err}
	}
	return n, err
}

// Close gives the connection back.
func (o *object) Close() error { return o.body.Close() }

func (b *bucket) create(context.Context) (draft, error) { return &objectDraft{to: b}, nil }

// objectDraft keeps an object until it is whole: a request says how long it is,
// and what its bytes are, before it sends them.
type objectDraft struct {
	to   *bucket
	body bytes.Buffer
}

// Write appends. Errors: Invalid for an object that gets too large.
func (d *objectDraft) Write(p []byte) (int, error) {
	if d.body.Len()+len(p) > maxObject {
		return 0, fault.New(fault.Invalid, "archive.Append", "the object is larger than 128 MiB")
	}
	return d.body.Write(p)
}

func (d *objectDraft) discard() { d.body = bytes.Buffer{} }

func (d *objectDraft) finish(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	raw := d.body.Bytes()
	sum, check := sha256.Sum256(raw), md5.Sum(raw) //nolint:gosec // as above
	digest := hex.EncodeToString(sum[:])
	_, err := d.to.core.PutObject(ctx, d.to.bucket, d.to.prefix+name, bytes.NewReader(raw), int64(len(raw)),
		base64.StdEncoding.EncodeToString(check[:]), digest, minio.PutObjectOptions{
			ContentType: "application/zstd", UserMetadata: map[string]string{digestKey: digest},
			// The digest is of the whole body and is signed with the request.
			DisableContentSha256: true, DisableMultipart: true,
		})
	if err != nil {
		return d.to.refused(err, "archive.Finish", d.to.show(name))
	}
	return nil
}

// sweep has nothing to do: what is not whole is not there.
func (b *bucket) sweep(context.Context, time.Time) error { return nil }
