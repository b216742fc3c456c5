package lavalink

// HandleRaw gives a link a message as if its socket had received it, so that a
// fuzz target need not open one.
func HandleRaw(l *Link, raw []byte) {
	if m, ok := l.read(raw); ok {
		l.handle(m, raw)
	}
}
