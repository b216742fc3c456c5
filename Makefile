# Everything that is done to this project has a name here: `make help`.
# Recipes are short; what is longer stands in build/.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory

GO        ?= go
# PKG narrows test, test-short and lint to some packages.
PKG       ?= ./...
# TEST_TIMEOUT ends a package's tests that hang, with their stacks printed.
TEST_TIMEOUT ?= 8m
# RERUN is how often a Go test that failed is run again before the run fails (docs/adr/0022);
# 0 never does, for hunting.
RERUN     ?= 2
FUZZTIME  ?= 10s
# RAPID_SEED and E2E_SEED are what the properties and the kills of test and
# test-short are drawn from: a gate that draws anew says something else each time.
# make proof looks further.
RAPID_SEED ?= 20261123
E2E_SEED   ?= 20261123
# SEED is what `make proof` draws its random runs from; 0 draws one and prints it.
SEED      ?= 0
# DURATION is for how long `make chaos` hurts a cluster.
DURATION  ?= 5m
# SOAK is how many minutes `make soak` takes.
SOAK      ?= 30

# What the linker writes into the programs.
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT    := $(shell git rev-parse HEAD 2>/dev/null)
DATE      := $(shell git show -s --format=%cI HEAD 2>/dev/null)
LDFLAGS   := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

# Tools are built once for a Go release, from pinned versions, and kept.
GOLANGCI_VERSION   := v2.15.0
GOFUMPT_VERSION    := v0.12.0
GORELEASER_VERSION := v2.16.0
TOOLS      := .cache/tools/$(shell $(GO) env GOVERSION)
GOLANGCI   := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint
GOFUMPT    := $(TOOLS)/gofumpt-$(GOFUMPT_VERSION)/gofumpt
GORELEASER := $(TOOLS)/goreleaser-$(GORELEASER_VERSION)/goreleaser
TESTSUM    := .cache/bin/testsum
# What passed only when it was run again stands in .cache/unstable, for .ci/run.
TESTED      = $(TESTSUM) -rerun $(RERUN) -unstable .cache/unstable $(GO) test -json

GOFILES = git ls-files --cached --others --exclude-standard -- '*.go'

.PHONY: help
help: ## Show what can be made
	@awk 'BEGIN {FS = ":.*## "; print "Usage: make TARGET [NAME=value]\n"} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

##@ Build and run

.PHONY: deps
deps: ## Install what the tests need beside Go (by apt or brew, where missing)
	@build/deps.sh

.PHONY: build
build: ## Build every program of cmd/ into bin/
	@mkdir -p bin
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

.PHONY: run-sandbox
run-sandbox: build ## Run the daemon against the simulators, no account needed (ARGS="--listen 127.0.0.1:8080")
	bin/platformd --sandbox $(ARGS)

.PHONY: cluster
cluster: deps build ## Run every role as processes of its own on a private PostgreSQL and Redis (ARGS="--audio 5")
	@$(GO) build -o .cache/bin/cluster ./build/cluster
	@.cache/bin/cluster --bin bin $(ARGS)

.PHONY: clean
clean: ## Remove what was built; tools and caches stay (clean-all removes those too)
	rm -rf bin dist

.PHONY: clean-all
clean-all: clean ## Remove the tools and caches as well
	rm -rf .cache

##@ Test

.PHONY: test
test: deps ## Everything that must pass: formatting, vet, lint, drift, scripts, all tests with -race
	@build/steps.sh fmt-check vet lint generate-check test-scripts test-race

test-race test-short: export RAPID_SEED := $(RAPID_SEED)
test-race test-short: export E2E_SEED := $(E2E_SEED)

.PHONY: test-race
test-race: $(TESTSUM) ## All Go tests with the race detector (PKG=./internal/event/...)
	$(TESTED) -race -timeout $(TEST_TIMEOUT) -- $(PKG)

.PHONY: test-short
test-short: $(TESTSUM) ## All Go tests with -short, without the race detector: for while you work
	$(TESTED) -short -timeout $(TEST_TIMEOUT) -- $(PKG)

.PHONY: test-scripts
test-scripts: ## The tests of install.sh, and the links of the documents
	@sh install.test.sh
	@build/links.sh

.PHONY: fuzz
fuzz: ## Every fuzz target for FUZZTIME (PKG=./internal/event/...)
	@build/fuzz.sh '$(FUZZTIME)' $(PKG)

.PHONY: bench
bench: build ## Measure against the goals: a table, and bench/results.json (ONLY=name)
	$(GO) build -trimpath -o bin/bench/ ./bench/barebot ./bench/floor
	$(GO) run ./bench -only '$(ONLY)'

.PHONY: soak
soak: build ## Commands, voice changes and faults for SOAK minutes: memory must stay flat (SOAK=30)
	$(GO) run ./bench/soak -minutes '$(SOAK)'

.PHONY: chaos
chaos: deps ## Random faults on a cluster, by a seed that is printed (SEED=n DURATION=10m)
	CHAOS_DURATION='$(DURATION)' E2E_SEED='$(filter-out 0,$(SEED))' $(GO) test -count=1 -timeout 0 -v -run '^TestChaos$$' ./internal/e2e

.PHONY: proof
proof: deps build ## The long counts and the foreign peers: docs/PROOF.md (SEED=n ONLY=part)
	@build/proof.sh '$(SEED)' '$(ONLY)'

##@ Source

.PHONY: fmt
fmt: $(GOFUMPT) ## Format the Go files
	@$(GOFILES) | xargs $(GOFUMPT) -w

.PHONY: fmt-check
fmt-check: $(GOFUMPT) ## Refuse Go files that are not formatted
	@bad=$$($(GOFILES) | xargs $(GOFUMPT) -l); \
		if [ -n "$$bad" ]; then printf 'not formatted (make fmt does it):\n%s\n' "$$bad" >&2; exit 1; fi

.PHONY: vet
vet: ## go vet
	$(GO) vet $(PKG)

.PHONY: lint
lint: $(GOLANGCI) ## golangci-lint with the rules of .golangci.yml
	$(GOLANGCI) run $(PKG)

.PHONY: generate
generate: ## Write the files that are derived from code anew
	@build/generate.sh

.PHONY: generate-check
generate-check: ## Refuse derived files that are not what the code says
	@build/generate.sh --check

.PHONY: release-check
release-check: $(GORELEASER) ## Check .goreleaser.yaml and build a release without publishing it
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean

# Each tool has a directory with its version in the name: another version or
# another Go release is another file.
$(GOLANGCI):
	@build/tool.sh $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
$(GOFUMPT):
	@build/tool.sh $@ mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
$(GORELEASER):
	@build/tool.sh $@ github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)

$(TESTSUM): $(wildcard build/testsum/*.go)
	@mkdir -p $(@D)
	$(GO) build -o $@ ./build/testsum
