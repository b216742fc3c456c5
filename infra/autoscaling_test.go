package infra_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/atrilhq/platform/internal/observe"
)

// adapter is what an adapter for Prometheus reads.
type adapter struct {
	Rules []struct {
		SeriesQuery string `json:"seriesQuery"`
		Resources   struct {
			Overrides map[string]struct {
				Resource string `json:"resource"`
			} `json:"overrides"`
		} `json:"resources"`
		Name struct {
			Matches string `json:"matches"`
			As      string `json:"as"`
		} `json:"name"`
		MetricsQuery string `json:"metricsQuery"`
	} `json:"rules"`
}

// TestAutoscalerHasItsMetric follows what the autoscaler asks for back to the
// daemon: the adapter gives it, by pod, and a daemon has it.
func TestAutoscalerHasItsMetric(t *testing.T) {
	t.Parallel()
	a, known, asked := strict[adapter](t, read(t, "prometheus/adapter.yaml")), observe.NewMetrics("", "").Names(), 0
	for _, s := range build(t).scalers {
		for _, m := range s.Spec.Metrics {
			if m.Pods == nil {
				continue
			}
			asked++
			name := m.Pods.Metric.Name
			if !slices.Contains(known, name) {
				t.Errorf("%s asks for %s, which no daemon has", s.Name, name)
			}
			if m.Pods.Metric.Selector == nil || m.Pods.Metric.Selector.MatchLabels["messaging_destination_name"] != "streams" {
				t.Errorf("%s does not say which lag it means", s.Name)
			}
			gives := false
			for _, r := range a.Rules {
				if r.Name.As != name || !regexp.MustCompile("^(?:"+r.Name.Matches+")$").MatchString(name) || !strings.HasPrefix(r.SeriesQuery, name+"{") {
					continue
				}
				gives = r.Resources.Overrides["pod"].Resource == "pod" && r.Resources.Overrides["namespace"].Resource == "namespace" &&
					strings.Contains(r.MetricsQuery, "<<.Series>>{<<.LabelMatchers>>}")
			}
			if !gives {
				t.Errorf("no adapter gives %s", name)
			}
		}
	}
	if asked != 1 {
		t.Errorf("%d metrics of pods are asked for", asked)
	}
}

// discovery is how Prometheus asks Kubernetes.
var discovery = regexp.MustCompile(`(?m)^    kubernetes_sd_configs:\n(?:      .*\n)+`)

// TestPrometheusFindsThePods compares how it looks for pods with what they say.
func TestPrometheusFindsThePods(t *testing.T) {
	t.Parallel()
	// Not every promtool was built with Kubernetes; the rest is checked by all.
	text := discovery.ReplaceAllString(string(read(t, "prometheus/kubernetes.yaml")), "    static_configs: [{targets: [127.0.0.1:9464]}]\n")
	file := filepath.Join(t.TempDir(), "kubernetes.yaml")
	for _, one := range []string{"alerts.yaml", "kubernetes.yaml"} {
		content := read(t, "prometheus/"+one)
		if one == "kubernetes.yaml" {
			content = []byte(text)
		}
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), one), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "config", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var f struct {
		Scrape []struct {
			Relabel []struct {
				Source []string `json:"source_labels"`
				Regex  string   `json:"regex"`
				Target string   `json:"target_label"`
			} `json:"relabel_configs"`
		} `json:"scrape_configs"`
	}
	if err := yaml.Unmarshal(read(t, "prometheus/kubernetes.yaml"), &f); err != nil {
		t.Fatal(err)
	}
	keeps, targets := map[string]string{}, []string{}
	for _, r := range f.Scrape[0].Relabel {
		keeps[r.Source[0]] = r.Regex
		targets = append(targets, r.Target)
	}
	pods := build(t).pods
	for _, role := range roles {
		pod := pods[role]
		if pod.Annotations["prometheus.io/scrape"] != keeps["__meta_kubernetes_pod_annotation_prometheus_io_scrape"] {
			t.Errorf("%s is not scraped", role)
		}
		if pod.Spec.Containers[0].Ports[0].Name != keeps["__meta_kubernetes_pod_container_port_name"] {
			t.Errorf("%s is scraped at another port", role)
		}
	}
	for _, want := range []string{"namespace", "pod"} {
		if !slices.Contains(targets, want) {
			t.Errorf("nothing says the %s", want)
		}
	}
}
