package infra_test

import (
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/atrilhq/platform/internal/config"
)

// cluster is what infra/kubernetes/all makes.
type cluster struct {
	pods     map[string]corev1.PodTemplateSpec // by the name of what makes them
	labels   map[string]map[string]string      // what their owners select
	budgets  []policyv1.PodDisruptionBudget
	scalers  []autoscalingv2.HorizontalPodAutoscaler
	policies []networkingv1.NetworkPolicy
	services []corev1.Service
	configs  map[string]corev1.ConfigMap
	secrets  map[string]corev1.Secret
}

func build(t *testing.T) cluster {
	t.Helper()
	res, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "kubernetes/all")
	if err != nil {
		t.Fatal(err)
	}
	c := cluster{
		pods: map[string]corev1.PodTemplateSpec{}, labels: map[string]map[string]string{},
		configs: map[string]corev1.ConfigMap{}, secrets: map[string]corev1.Secret{},
	}
	for _, r := range res.Resources() {
		raw, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		switch r.GetKind() {
		case "Deployment":
			d := strict[appsv1.Deployment](t, raw)
			c.pods[d.Name], c.labels[d.Name] = d.Spec.Template, d.Spec.Selector.MatchLabels
		case "StatefulSet":
			s := strict[appsv1.StatefulSet](t, raw)
			c.pods[s.Name], c.labels[s.Name] = s.Spec.Template, s.Spec.Selector.MatchLabels
		case "PodDisruptionBudget":
			c.budgets = append(c.budgets, strict[policyv1.PodDisruptionBudget](t, raw))
		case "HorizontalPodAutoscaler":
			c.scalers = append(c.scalers, strict[autoscalingv2.HorizontalPodAutoscaler](t, raw))
		case "NetworkPolicy":
			c.policies = append(c.policies, strict[networkingv1.NetworkPolicy](t, raw))
		case "Service":
			c.services = append(c.services, strict[corev1.Service](t, raw))
		case "ConfigMap":
			m := strict[corev1.ConfigMap](t, raw)
			c.configs[m.Name] = m
		case "Secret":
			s := strict[corev1.Secret](t, raw)
			c.secrets[s.Name] = s
		case "Namespace":
			strict[corev1.Namespace](t, raw)
		case "ServiceAccount":
			strict[corev1.ServiceAccount](t, raw)
		default:
			t.Errorf("nobody decodes a %s", r.GetKind())
		}
	}
	return c
}

// strict decodes and refuses fields that the type does not have.
func strict[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var v T
	if err := yaml.UnmarshalStrict(raw, &v); err != nil {
		t.Errorf("%v\n%s", err, raw)
	}
	return v
}

// roles are the processes of the platform.
var roles = []string{"api", "audio", "gateway", "worker"}

func TestKubernetesIsWhole(t *testing.T) {
	t.Parallel()
	c := build(t)
	if got := slices.Sorted(maps.Keys(c.pods)); !slices.Equal(got, []string{"api", "audio", "gateway", "lavalink", "postgres", "redis", "worker"}) {
		t.Fatalf("%v", got)
	}
	selects := func(labels map[string]string) (hit []string) {
		for name, pod := range c.pods {
			if len(labels) > 0 && holds(pod.Labels, labels) {
				hit = append(hit, name)
			}
		}
		return hit
	}
	for name, labels := range c.labels {
		if got := selects(labels); !slices.Equal(got, []string{name}) {
			t.Errorf("%s selects the pods of %v", name, got)
		}
	}
	var guarded []string
	for _, b := range c.budgets {
		guarded = append(guarded, selects(b.Spec.Selector.MatchLabels)...)
	}
	if slices.Sort(guarded); !slices.Equal(guarded, roles) {
		t.Errorf("disruption budgets for %v", guarded)
	}
	for _, s := range c.services {
		hit := selects(s.Spec.Selector)
		if len(hit) != 1 {
			t.Errorf("the service %s leads to %v", s.Name, hit)
			continue
		}
		ports := c.pods[hit[0]].Spec.Containers[0].Ports
		for _, p := range s.Spec.Ports {
			if !slices.ContainsFunc(ports, func(q corev1.ContainerPort) bool { return q.Name == p.TargetPort.StrVal }) {
				t.Errorf("the service %s names the port %s", s.Name, p.TargetPort.StrVal)
			}
		}
	}
	for _, s := range c.scalers {
		if c.pods[s.Spec.ScaleTargetRef.Name].Spec.Containers == nil || s.Name == "audio" && s.Spec.MaxReplicas > 16 {
			t.Errorf("%s scales to %d: more than there are partitions", s.Name, s.Spec.MaxReplicas)
		}
	}
	if len(c.policies) < 2 {
		t.Error("everybody may reach everything")
	}
}

func holds(labels, want map[string]string) bool {
	for k, v := range want {
		if labels[k] != v {
			return false
		}
	}
	return true
}

func TestKubernetesRunsThePlatform(t *testing.T) {
	t.Parallel()
	c := build(t)
	for _, role := range roles {
		pod := c.pods[role].Spec
		box := pod.Containers[0]
		cfg := c.load(t, pod)
		if !slices.Equal(cfg.Roles, []string{role}) {
			t.Errorf("%s runs %v", role, cfg.Roles)
		}
		if grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; grace <= cfg.Timeouts.Shutdown {
			t.Errorf("%s is killed after %v and needs %v", role, grace, cfg.Timeouts.Shutdown)
		}
		_, port, _ := net.SplitHostPort(cfg.Operations.Listen)
		if !cfg.Operations.AllowRemote || port != "9464" {
			t.Errorf("%s: probes do not reach %s", role, cfg.Operations.Listen)
		}
		for what, probe := range map[string]*corev1.Probe{"live": box.LivenessProbe, "ready": box.ReadinessProbe, "start": box.StartupProbe} {
			if probe == nil || probe.HTTPGet.Port.StrVal != "operations" {
				t.Errorf("%s has no %s probe", role, what)
			}
		}
		sec := box.SecurityContext
		if !*sec.ReadOnlyRootFilesystem || *sec.AllowPrivilegeEscalation || !slices.Contains(sec.Capabilities.Drop, "ALL") || !*pod.SecurityContext.RunAsNonRoot {
			t.Errorf("%s may do more than it has to", role)
		}
		if box.Resources.Limits.Memory().IsZero() {
			t.Errorf("%s may take all memory", role)
		}
		if (role == "api") != (cfg.Listen == "0.0.0.0:8080") {
			t.Errorf("%s listens on %q", role, cfg.Listen)
		}
	}
}

// load loads the configuration as the pod's process would, with the files of its
// volumes in a directory of the test.
func (c cluster) load(t *testing.T, pod corev1.PodSpec) config.Config {
	t.Helper()
	box := pod.Containers[0]
	dir := t.TempDir()
	var file, secrets string
	for _, v := range pod.Volumes {
		switch {
		case v.ConfigMap != nil:
			file = c.configs[v.ConfigMap.Name].Data["platform.yaml"]
		case v.Secret != nil:
			for _, item := range v.Secret.Items {
				put(t, dir+"/"+item.Path, string(c.secrets[v.Secret.SecretName].Data[item.Key]))
			}
			for _, m := range box.VolumeMounts {
				if m.Name == v.Name {
					secrets = m.MountPath
				}
			}
		}
	}
	put(t, dir+"/platform.yaml", strings.ReplaceAll(file, secrets, dir))
	var env []string
	for _, e := range box.Env {
		ref := e.ValueFrom.SecretKeyRef
		value, ok := c.secrets[ref.Name].Data[ref.Key]
		if !ok {
			t.Errorf("%s: the secret %s has no %s", e.Name, ref.Name, ref.Key)
		}
		env = append(env, e.Name+"="+string(value))
	}
	return loadArgs(t, dir+"/platform.yaml", env, box.Args)
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
