NODE := node_modules/node/bin/node
TS := $(NODE) -r ./tools/swc-ext.cjs
CLUSTERS ?= 1
MODE ?= standalone
MINUTES ?= 3

# Nothing here ever touches a cluster of yours.
unexport KUBECONFIG
.PHONY: help setup all ground demo test up down check fuzz bench soak conformance
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install and build what the rest needs; the others do it by themselves
	@node tools/setup.mjs

all: ## Build also what nothing waits for: a registry, the renderer of Helm, and helm; `make setup` leaves it to the background
	@node tools/setup.mjs --all

demo: setup ## Show a push becoming a healthy rollout (DEMO_EXIT=1 leaves when done)
	@$(TS) test/demo/main.ts

test: all ## Run all tests: units, then those on real servers, then end to end (MODE=standalone or processes: all in that one)
	@$(NODE) tools/test.mjs $(ARGS)

up: setup ## Run the mesh in the background (CLUSTERS=1, MODE=standalone or processes) and write .run/mesh.env
	@$(TS) test/rig/src/up/main.ts up --clusters='$(CLUSTERS)' --mode='$(MODE)'

down: ## Stop what `make up` started and remove its state
	@test ! -d .run || $(TS) test/rig/src/up/main.ts down

ground:
	@node tools/setup.mjs --no-bundle

check: ground ## Check types, lint, import walls, format and unused code
	@$(NODE) tools/check.mjs

fuzz: ground ## Try the properties of the specs with random input for MINUTES=3, from SEED; FOR names a part of a spec's path
	@MINUTES='$(MINUTES)' SEED='$(SEED)' FOR='$(FOR)' $(NODE) tools/fuzz.mjs

bench: all ## Measure speed and processor time per deployment
	@$(TS) test/bench/main.ts

soak: setup ## Deploy twice a second for MINUTES=60 while processes are killed and objects drift; account for everything
	@$(TS) test/soak/main.ts

conformance: ground ## Count which statements of the specification a passing test shows
	@$(NODE) tools/conformance.mjs
