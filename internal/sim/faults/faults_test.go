package faults_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

func TestCheckCompletesAndRefuses(t *testing.T) {
	t.Parallel()
	f := faults.Fault{Name: "node.slow_load", Args: []faults.Arg{
		{Name: "node", Required: true, Help: "a node's name"},
		{Name: "delay", Default: "2s"},
		{Name: "mode", Values: []string{"slow", "fail"}},
	}}
	for name, c := range map[string]struct {
		args, want map[string]string
		refused    bool
	}{
		"defaults":        {args: map[string]string{"node": "one"}, want: map[string]string{"node": "one", "delay": "2s"}},
		"all":             {args: map[string]string{"node": "one", "delay": "1s", "mode": "fail"}, want: map[string]string{"node": "one", "delay": "1s", "mode": "fail"}},
		"missing":         {args: map[string]string{"delay": "1s"}, refused: true},
		"not a value":     {args: map[string]string{"node": "one", "mode": "loud"}, refused: true},
		"not an argument": {args: map[string]string{"node": "one", "volume": "3"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := f.Check(c.args)
			if c.refused {
				if fault.CodeOf(err) != fault.Invalid {
					t.Fatalf("got %v, want it refused as invalid", err)
				}
				return
			}
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("got %v, %v; want %v", got, err, c.want)
			}
			for k, v := range c.want {
				if got[k] != v {
					t.Errorf("%s is %q, want %q", k, got[k], v)
				}
			}
		})
	}
}
