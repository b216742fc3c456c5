package output

import (
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/term"
)

// Terminal returns whether w is a terminal and how wide it is.
func Terminal(w io.Writer) (width int, ok bool) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// Colors says whether colours may be used: on a terminal that is not dumb, and
// where NO_COLOR is not set to anything.
func Colors(terminal bool, noColor, termName string) bool {
	return terminal && noColor == "" && termName != "dumb"
}

// Progress says on stderr that something goes on, once it took longer than a
// second; only on a terminal. The returned function takes the line back.
func (p *Printer) Progress(what string) (done func()) {
	if !p.ShowProgress || p.Quiet {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		began := time.Now()
		t := time.NewTicker(time.Second)
		defer t.Stop()
		shown := false
		for {
			select {
			case <-t.C:
				shown = true
				_, _ = fmt.Fprintf(p.err, "\r\x1b[K%s… %s", what, Span(time.Since(began)))
			case <-stop:
				if shown {
					_, _ = io.WriteString(p.err, "\r\x1b[K")
				}
				return
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(stop) })
		<-stopped
	}
}
