package redis_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/testenv"
)

// encrypted listens with TLS in front of a server's socket, and returns its
// address and what a client needs to trust it.
func encrypted(t *testing.T, socket string) (string, *tls.Config) {
	t.Helper()
	certified := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	t.Cleanup(certified.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", socket)
			if err != nil {
				_ = in.Close()
				continue
			}
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				wg.Go(func() {
					_, _ = io.Copy(way[0], way[1])
					_ = way[0].Close()
					_ = way[1].Close()
				})
			}
		}
	})
	transport, _ := certified.Client().Transport.(*http.Transport)
	return l.Addr().String(), transport.TLSClientConfig
}

func TestTLS(t *testing.T) {
	address, trust := encrypted(t, strings.TrimPrefix(testenv.Redis(t), "unix://"))
	b := open(t, redis.Options{URL: "rediss://" + address, TLS: trust})
	s := b.Subscribe("t", 1)
	if err := b.Publish(within(t), "t", bus.Message{Kind: "hello"}); err != nil {
		t.Fatal(err)
	}
	if m := <-s.C(); m.Kind != "hello" {
		t.Fatalf("got %v", m)
	}
	for name, url := range map[string]string{
		"a certificate that nobody vouches for": "rediss://u:hunter2@" + address,
		"no TLS where the server wants it":      "redis://u:hunter2@" + address,
	} {
		_, err := redis.Open(t.Context(), redis.Options{URL: url})
		if !errors.Is(err, fault.Of(fault.Unavailable)) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
