package cli

import (
	"fmt"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/output"
)

const (
	exitOK          = 0
	exitInternal    = 1
	exitInterrupted = 130
)

// exits is the one map from faults to exit codes.
var exits = map[fault.Code]int{
	fault.Internal:        exitInternal,
	fault.Invalid:         2,
	fault.NotFound:        3,
	fault.Unauthenticated: 4,
	fault.Conflict:        5,
	fault.Denied:          6,
	fault.Quota:           6,
	fault.Unavailable:     7,
	fault.Pending:         8,
	fault.Unknown:         8,
}

// ExitCode returns the exit code of an error; 0 for none.
func ExitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if n, ok := exits[fault.CodeOf(err)]; ok {
		return n
	}
	return exitInternal
}

// complain says on stderr what failed and why, the next step and the name of
// the request.
func (k *kit) complain(err error) {
	message, hint := fault.Show(err)
	label := k.say("error") + ":"
	if _, terminal := output.Terminal(k.Stderr); output.Colors(terminal, k.env("NO_COLOR"), k.env("TERM")) {
		label = "\x1b[31m" + label + "\x1b[0m"
	}
	_, _ = fmt.Fprintln(k.Stderr, label, output.Harmless(k.say(message)))
	if hint != "" {
		_, _ = fmt.Fprintln(k.Stderr, k.say("next")+":", output.Harmless(k.say(hint)))
	}
	if id := problem.RequestID(err); id != "" {
		_, _ = fmt.Fprintln(k.Stderr, k.say("request")+":", output.Harmless(id))
	}
}
