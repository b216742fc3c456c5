// Command releasefixture serves a directory as a page of releases on loopback,
// for install.test.sh: releasefixture DIRECTORY VERSION. It prints its address and
// leads /releases/latest to the version, as the real page does.
package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// lifetime is how long it serves at most, should nobody stop it.
const lifetime = 2 * time.Minute

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: releasefixture DIRECTORY VERSION")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "releasefixture:", err)
		os.Exit(1)
	}
}

func run(dir, version string) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /releases/latest", http.RedirectHandler("/releases/tag/"+version, http.StatusFound))
	mux.HandleFunc("GET /releases/tag/", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /releases/", http.StripPrefix("/releases/", http.FileServer(http.Dir(dir))))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := time.AfterFunc(lifetime, func() { _ = srv.Close() })
	defer stop.Stop()
	if _, err := fmt.Printf("http://%s\n", ln.Addr()); err != nil { //nolint:forbidigo // its address is what it is asked for
		return err
	}
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
