package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Bucket is where an archive on S3-compatible storage is, as archive.url says.
type Bucket struct {
	// Endpoint is host or host:port, Amazon's own where it is empty. Plain is true
	// where it speaks HTTP without TLS, which is for this machine only.
	Endpoint string
	Plain    bool
	Region   string
	// Name is the bucket's, Prefix a path without a slash at its ends.
	Name, Prefix string
	// Virtual puts the bucket into the host's name.
	Virtual bool
}

var (
	bucketPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixesPattern = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
	areaPattern     = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// Archived says whether events are put into an archive.
func (c Config) Archived() bool { return c.Archive.URL != "" || c.Retention.Archive != "" }

// ArchiveDir returns the directory of the archive, empty where it is none.
func (c Config) ArchiveDir() string {
	switch {
	case c.Archive.URL == "":
		return c.Retention.Archive
	case isBucket(c.Archive.URL):
		return ""
	}
	return c.Archive.URL
}

// ArchiveBucket returns where the archive on S3-compatible storage is; ok is
// false where it is none.
func (c Config) ArchiveBucket() (b Bucket, ok bool) {
	if !isBucket(c.Archive.URL) {
		return b, false
	}
	b, err := parseBucket(c.Archive.URL)
	return b, err == nil
}

func isBucket(s string) bool { return strings.Contains(s, "://") }

// parseBucket never repeats the address: somebody may have put keys into it.
func parseBucket(s string) (b Bucket, err error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return b, errors.New("is not an address")
	case u.Scheme != "s3":
		return b, errors.New("is neither a path nor an address that begins with s3://")
	case u.User != nil:
		return b, errors.New("has keys in it, which belong into archive.access_key and archive.secret_key_file")
	case !bucketPattern.MatchString(u.Host) || strings.Contains(u.Host, ".."):
		return b, errors.New("has no name of a bucket behind s3://")
	case u.Fragment != "":
		return b, errors.New("has a # in it")
	}
	b = Bucket{Name: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if len(b.Prefix) > 256 || (b.Prefix != "" && !prefixesPattern.MatchString(b.Prefix)) {
		return b, errors.New("has a prefix with other signs than letters, digits, dots, dashes and slashes, or a long one")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return b, errors.New("has a ? with something behind it that cannot be read")
	}
	for _, k := range slices.Sorted(maps.Keys(q)) {
		v := q.Get(k)
		switch {
		case len(q[k]) > 1:
			return b, fmt.Errorf("has %s twice", quote(k))
		case k == "endpoint":
			if err := b.endpoint(v); err != nil {
				return b, err
			}
		case k == "region" && areaPattern.MatchString(v):
			b.Region = v
		case k == "style" && (v == "path" || v == "host"):
			b.Virtual = v == "host"
		case k == "region" || k == "style":
			return b, fmt.Errorf("has a %s that is none", k)
		default:
			return b, fmt.Errorf("has %s behind its ?, where endpoint, region and style can be", quote(k))
		}
	}
	return b, nil
}

func (b *Bucket) endpoint(s string) error {
	host := s
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		if scheme != "http" && scheme != "https" {
			return errors.New("has an endpoint that is neither http nor https")
		}
		host, b.Plain = strings.TrimSuffix(rest, "/"), scheme == "http"
	}
	at := host
	if !strings.Contains(at, ":") || strings.HasSuffix(at, "]") {
		at += ":443"
	}
	if err := checkAddress(at, false); err != nil || host == "" {
		return errors.New("has an endpoint that is no host or host:port")
	}
	if b.Plain && !loopback(host) {
		return errors.New("has an endpoint without TLS that is not on this machine")
	}
	b.Endpoint = host
	return nil
}

// checkArchive looks at where events go.
func (l *loader) checkArchive(c *Config) {
	const key = "archive.url"
	f, _ := l.field(key)
	bad := func(key, what, allowed string) { l.problem(key, c.origin(key), what, allowed) }
	if a := c.Retention.Archive; a != "" && !filepath.IsAbs(a) {
		old, _ := l.field("retention.archive")
		bad("retention.archive", "is not an absolute path", old.allowed())
	}
	switch {
	case c.Archive.URL == "":
		return
	case c.Retention.Archive != "":
		bad(key, "is set, and retention.archive, which is its former name, too", "one of them")
	case !isBucket(c.Archive.URL):
		if !filepath.IsAbs(c.Archive.URL) {
			bad(key, "is not an absolute path", f.allowed())
		}
		return
	}
	if _, err := parseBucket(c.Archive.URL); err != nil {
		bad(key, err.Error(), f.allowed())
		return
	}
	if k := c.Archive.AccessKey; k == "" || len(k) > 128 || strings.ContainsAny(k, " /,=") {
		bad("archive.access_key", "is missing, or is no name of a key", "the name of the access key, beside its secret in archive.secret_key_file")
	}
	c.Archive.SecretKey = l.secret("archive", "secret_key", c.origin("archive.secret_key"), c.Archive.SecretKey, c.Archive.SecretKeyFile)
}
