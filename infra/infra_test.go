package infra_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/atrilhq/platform/internal/observe"
)

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rules is a file of Prometheus' rules.
type rules struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []rule `yaml:"rules"`
	} `yaml:"groups"`
}

type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alerts(t *testing.T) []rule {
	t.Helper()
	var f rules
	dec := yaml.NewDecoder(strings.NewReader(string(read(t, "prometheus/alerts.yaml"))))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		t.Fatal(err)
	}
	var out []rule
	for _, g := range f.Groups {
		out = append(out, g.Rules...)
	}
	if len(out) == 0 {
		t.Fatal("no alerts")
	}
	return out
}

func TestAlertsFireAndStayQuiet(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatal("promtool is not in PATH: make deps installs it")
	}
	out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", "prometheus/alerts_test.yaml").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tests := string(read(t, "prometheus/alerts_test.yaml"))
	for _, r := range alerts(t) {
		for _, how := range []string{" fires", " stays quiet"} {
			if !strings.Contains(tests, "name: "+r.Alert+how+"\n") {
				t.Errorf("no test in which %s%s", r.Alert, how)
			}
		}
	}
}

func TestAlertsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, r := range alerts(t) {
		if s := r.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		book := r.Annotations["runbook"]
		if r.Annotations["summary"] == "" || r.Annotations["do"] == "" || !strings.HasPrefix(book, "docs/RUNBOOKS/") {
			t.Errorf("%s: %v", r.Alert, r.Annotations)
			continue
		}
		if _, err := os.Stat("../" + book); err != nil {
			t.Errorf("%s: %v", r.Alert, err)
		}
		if !strings.Contains(string(read(t, "../docs/RUNBOOKS/README.md")), r.Alert) {
			t.Errorf("%s is not in docs/RUNBOOKS/README.md", r.Alert)
		}
	}
}

// ours finds names of metrics.
var ours = regexp.MustCompile(`\b(?:platformd|db_client|http_server|messaging)_[a-z_]+`)

// TestMetricsExist compares what alerts and dashboard ask for with what a daemon has.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	known := observe.NewMetrics("", "").Names()
	var dashboard struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(read(t, "grafana/platform.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	asked := map[string]string{}
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			asked[p.Title] += " " + q.Expr
		}
	}
	for _, r := range alerts(t) {
		asked[r.Alert] = r.Expr
	}
	used := 0
	for where, expr := range asked {
		for _, name := range ours.FindAllString(expr, -1) {
			used++
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				name = strings.TrimSuffix(name, suffix)
			}
			if !slices.Contains(known, name) && name != "db_operation_name" && name != "messaging_destination_name" {
				t.Errorf("%s asks for %s, which no daemon has", where, name)
			}
		}
	}
	if used < 20 {
		t.Errorf("only %d metrics found: is the pattern right?", used)
	}
}
