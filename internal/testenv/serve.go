package testenv

import "errors"

// Serve starts a private PostgreSQL with an empty database and a private Redis
// for a program that is no test, and returns their addresses. They end with stop,
// or with the process however that ends. Errors: where one is not installed or
// does not start.
func Serve() (database, redis string, stop func() error, err error) {
	p, err := newPostgres()
	if err != nil {
		return "", "", nil, err
	}
	if err := p.exec("CREATE DATABASE platform TEMPLATE template0"); err != nil {
		return "", "", nil, errors.Join(err, p.pipe.Close())
	}
	r, err := newRedis(nil)
	if err != nil {
		return "", "", nil, errors.Join(err, p.pipe.Close())
	}
	return p.url("platform"), r.URL(), func() error { r.stop(); return p.pipe.Close() }, nil
}
