package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/secret"
)

const canary = "canary-7f3a"

func TestNothingPrintsIt(t *testing.T) {
	s := secret.New(canary)
	holder := struct {
		Token secret.Text
		In    []secret.Text
	}{s, []secret.Text{s}}
	hidden := struct{ s secret.Text }{s}
	if out := fmt.Sprintf("%v %+v %#v %v", hidden, hidden, hidden, &hidden); strings.Contains(out, canary) {
		t.Errorf("a field that is not exported shows it: %s", out)
	}
	raw, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", s, "holder", holder)
	for _, out := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s %q %v %+v %#v %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, holder),
		string(raw), log.String(), fmt.Errorf("failed: %v", s).Error(),
	} {
		if strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
			t.Errorf("it is shown in %q", out)
		}
		if !strings.Contains(out, secret.Redacted) {
			t.Errorf("nothing stands in its place in %q", out)
		}
	}
}

func TestItIsThereForWhoAsks(t *testing.T) {
	s := secret.New(canary)
	if s.Reveal() != canary || s.Empty() || !s.Equal(canary) || s.Equal("canary") {
		t.Error("the value is not what was hidden")
	}
	if s != secret.New(canary) || s == secret.New("other") {
		t.Error("secrets compare by their values")
	}
	if none := secret.New(""); !none.Empty() || none.String() != "" {
		t.Error("no secret is shown as one")
	}
}
