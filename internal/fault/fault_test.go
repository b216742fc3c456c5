package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
)

func TestCodeSurvivesWrapping(t *testing.T) {
	base := fault.New(fault.NotFound, "store.Guild", "guild 7 is not known")
	err := fmt.Errorf("loading: %w", base)
	if got := fault.CodeOf(err); got != fault.NotFound {
		t.Fatalf("code = %q", got)
	}
	if !errors.Is(err, fault.Of(fault.NotFound)) || errors.Is(err, fault.Of(fault.Invalid)) {
		t.Fatal("errors.Is must go by the code")
	}
	outer := fault.Wrap(err, fault.Unavailable, "role.Run", "cannot start")
	if got := fault.CodeOf(outer); got != fault.Unavailable {
		t.Fatalf("the outermost failure decides, got %q", got)
	}
}

func TestShowKeepsTheCauseInside(t *testing.T) {
	secret := errors.New("password=hunter2")
	msg, hint := fault.Show(fault.Wrap(secret, fault.Unavailable, "db.Open", "the database does not answer").WithHint("platformctl doctor"))
	if msg != "the database does not answer" || hint != "platformctl doctor" {
		t.Fatalf("got %q, %q", msg, hint)
	}
	if msg, _ := fault.Show(secret); msg != "an internal error happened" {
		t.Fatalf("a foreign error shows %q", msg)
	}
	if msg, _ := fault.Show(fault.Of(fault.Unknown)); msg != "unknown outcome" {
		t.Fatalf("a bare code shows %q", msg)
	}
}

func TestErrorForLogs(t *testing.T) {
	err := fault.Wrap(errors.New("cause"), fault.Internal, "a.B", "what failed")
	if got, want := err.Error(), "a.B: what failed: cause"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	if got := fault.CodeOf(nil); got != "" {
		t.Fatalf("nil has code %q", got)
	}
	if got := fault.CodeOf(errors.New("x")); got != fault.Internal {
		t.Fatalf("a foreign error has code %q", got)
	}
}
