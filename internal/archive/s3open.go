package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// S3 says where an archive on S3-compatible storage is.
type S3 struct {
	// Endpoint is host or host:port; Amazon's own where it is empty.
	Endpoint string
	// Plain speaks HTTP without TLS, for storage on this machine.
	Plain bool
	// Region is what requests are signed for, us-east-1 where it is empty.
	Region string
	// Bucket has the objects, Prefix stands before their names: empty, or a path
	// without a slash at its beginning.
	Bucket, Prefix string
	// Virtual puts the bucket into the host's name. Amazon's own endpoint always
	// has it there.
	Virtual bool
	// AccessKey and SecretKey sign requests; Session is set for temporary ones.
	AccessKey          string
	SecretKey, Session secret.Text
}

// amazon is the endpoint where none is named.
const amazon = "s3.amazonaws.com"

// OpenS3 returns the archive in a bucket, which must be there. Errors: Invalid
// for a place that cannot be; NotFound where there is no such bucket; Denied
// where the keys are not accepted. A server that does not answer is no error
// here: the archive can be used as soon as it does.
func OpenS3(ctx context.Context, o S3, l Limits) (*Archive, error) {
	const op = "archive.OpenS3"
	if o.Bucket == "" || o.AccessKey == "" || o.SecretKey.Empty() {
		return nil, fault.New(fault.Invalid, op, "the archive on S3 needs a bucket, an access key and a secret key")
	}
	style := minio.BucketLookupPath
	if o.Virtual || o.Endpoint == "" {
		style = minio.BucketLookupDNS
	}
	core, err := minio.NewCore(cmp.Or(o.Endpoint, amazon), &minio.Options{
		Creds:  credentials.NewStaticV4(o.AccessKey, o.SecretKey.Reveal(), o.Session.Reveal()),
		Secure: !o.Plain, Region: cmp.Or(o.Region, "us-east-1"), BucketLookup: style, MaxRetries: 3,
		// What hangs is given up; how long a body takes depends on its length.
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute, DisableCompression: true,
			// A file is read or written every few minutes at most.
			DisableKeepAlives: true,
		},
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "the endpoint of the archive on S3 cannot be used").
			WithHint("an endpoint is host or host:port")
	}
	prefix := strings.Trim(o.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	b := &bucket{core: core, bucket: o.Bucket, prefix: prefix}
	look, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for first := range core.ListObjectsIter(look, o.Bucket, minio.ListObjectsOptions{Prefix: prefix, MaxKeys: 1, Recursive: true}) {
		err := b.refused(first.Err, op, b.show(""))
		if code := fault.CodeOf(err); err != nil && code != fault.Unavailable {
			return nil, err
		}
		break // whether it may be read is known
	}
	return &Archive{place: b, limits: l.withDefaults()}, nil
}

// refused is a fault about what was asked for. What a server says may quote the
// request, so only its code is kept; where none answered, the error of the network.
func (b *bucket) refused(err error, op, what string) error {
	if err == nil {
		return nil
	}
	said, ok := errors.AsType[minio.ErrorResponse](err)
	if !ok {
		return fault.Wrap(err, fault.Unavailable, op, "the archive's storage does not answer for "+what).
			WithHint("look at archive.url and whether the storage can be reached")
	}
	cause := fmt.Errorf("the storage said %d %s", said.StatusCode, said.Code)
	switch {
	case said.Code == "NoSuchBucket":
		return fault.Wrap(cause, fault.NotFound, op, "there is no bucket "+b.bucket).WithHint("make the bucket, or name another one in archive.url")
	case said.Code == "NoSuchKey":
		return fault.Wrap(cause, fault.NotFound, op, what+" is not there any more").WithHint("put the object back where it was")
	case said.Code == "RequestTimeTooSkewed":
		return fault.Wrap(cause, fault.Denied, op, "the storage refuses "+what+": this machine's clock is wrong").WithHint("set the clock")
	case said.StatusCode == http.StatusForbidden || said.StatusCode == http.StatusUnauthorized:
		return fault.Wrap(cause, fault.Denied, op, "the storage refuses "+what).
			WithHint("look at archive.access_key and its secret key, and let them list, read and write below the prefix")
	case said.StatusCode >= 400 && said.StatusCode < 500 && said.StatusCode != http.StatusTooManyRequests && said.StatusCode != http.StatusRequestTimeout:
		return fault.Wrap(cause, fault.Invalid, op, "the storage does not take the request for "+what).
			WithHint("look at bucket, region and endpoint in archive.url")
	}
	return fault.Wrap(cause, fault.Unavailable, op, "the storage cannot serve "+what+" now").WithHint("it is tried again")
}
