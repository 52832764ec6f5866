# Every target does its own set-up: packages where package-lock.json has changed, the build where sources have.
# Needs Node 20.19 or newer, npm and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

ROOMS    := beam io pipelines producers runners schema serving transforms
SOURCES  := $(shell find $(wildcard $(ROOMS)) -name '*.ts') $(shell find dashboard -type f)
CLI      := node dist/bundle/cli.js

PACKAGES := node_modules/.installed
BUILT    := dist/.built

# Nodes that the tests are run on by `make test-nodes`, from npm's packages of Node's binaries.
NODES    := 20.19.0 22 24

.PHONY: help run demo test test-nodes lint bench bench-stream verify verify-stream verify-gcp bench-gcs build clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(BUILT) ## Compute the funnel of the sample into out/funnel.duckdb and print the summary
	@mkdir -p out
	@$(CLI) run --input samples/2019-Oct.sample.csv --output duckdb:out/funnel.duckdb

demo: $(BUILT) out/demo.csv ## Generate two months of a shop with incidents, and find them
	@$(CLI) run --input out/demo.csv --output duckdb:out/demo.duckdb
	@echo
	@echo "What was hidden in the data stands in out/demo.csv.truth.json"

out/demo.csv: | $(BUILT)
	@mkdir -p out
	@$(CLI) generate --events 2000000 --days 61 --seed 1 --incidents 6 --out $@

test: $(BUILT) ## Run all tests
	@npx --no-install jest $(JEST_FLAGS)

test-nodes: $(BUILT) ## Run all tests on Node 20.19, 22 and 24, downloaded by npm into out/nodes
	@for version in $(NODES); do scripts/test-on-node "$$version" || exit 1; done

.PHONY: conformance conformance-golden
CASES    := test/conformance/cases
WORKERS  := 0

conformance: $(BUILT) ## Hold the local runner against Beam's Java runner, on the cases of CASES=FOLDER-OR-FILE
	@node test/conformance/run.js --workers $(WORKERS) $(CASES)

conformance-golden: $(PACKAGES) ## Ask Beam's Java runner again what it does with the conformance cases (needs Maven)
	@test/conformance/golden

lint: $(PACKAGES) ## Check format, lint and types
	@npx --no-install biome ci .
	@npm run --silent typecheck

bench: $(BUILT) ## Measure against DuckDB SQL and Polars (needs python3; writes bench/results)
	@bench/setup.sh
	@node bench/run.js

bench-gcs: $(BUILT) ## Measure ranged reads from a local Cloud Storage beside a plain download
	@scripts/install-fake-gcs
	@node bench/gcs.js

.PHONY: bench-portable

bench-portable: $(BUILT) ## Measure the whole job on Prism and Flink beside Beam Python, all of which this installs
	@node bench/portable.js

bench-stream: $(BUILT) ## Measure streams: from memory, and against the Pub/Sub emulator beside a client that only acks
	@node bench/stream_memory.js
	@node bench/stream.js

.PHONY: bench-report bench-api

bench-api: $(BUILT) ## Measure the HTTP API under 200 requests a second while its stream writes 2,000 events a second, against the Pub/Sub emulator
	@node bench/api.js

bench-report: $(BUILT) ## Measure the report's page: its size, how long it takes to make, and its first paint in Chromium, which this installs
	@node bench/page.js

.PHONY: fuzz-api

fuzz-api: $(BUILT) ## Try the HTTP API with requests made of its OpenAPI document, by Schemathesis, which this installs (needs Python 3.10)
	@scripts/fuzz-api

verify: lint ## Check format, lint and types, then run all tests, 10,000 random streams among them
	@FUNNELPULSE_STREAMS=10000 $(MAKE) --no-print-directory test

verify-stream: $(BUILT) ## Kill a stream of 200,000 events at every point of a commit and at 20 other moments; 300,000 messages through the emulator
	@FUNNELPULSE_KILL_EVENTS=200000 FUNNELPULSE_KILLS=20 npx --no-install jest test/streaming/kill
	@FUNNELPULSE_STREAM_EVENTS=300000 FUNNELPULSE_STREAM_KILLS=10 FUNNELPULSE_STREAM_FREEZE_S=30 FUNNELPULSE_STREAM_OUTAGE_S=30 FUNNELPULSE_STREAM_LOCK_S=20 npx --no-install jest --runInBand test/e2e/stream test/io/pubsub

.PHONY: terraform-schema terraform-test plan apply destroy

terraform-schema: $(BUILT) ## Write the tables' columns for Terraform again, after a change of schema/tables.ts
	@node scripts/terraform-schema.js

terraform-test: ## Check terraform/ against the real provider, which is downloaded: validate and test (needs Terraform 1.11)
	@scripts/terraform-test

# Of ENV (dev, prod), in project PROJECT; REGION, STATE_BUCKET and DATA are in terraform/README.md.
export ENV PROJECT REGION STATE_BUCKET DATA

plan: ## Show what `make apply` would change on Google Cloud: ENV=dev PROJECT=my-project
	@scripts/provision plan

apply: ## Make buckets, topics, tables, accounts and alerts on Google Cloud: ENV=dev PROJECT=my-project
	@scripts/provision apply

destroy: ## Remove all of that but the data; with DATA=delete the data, too: ENV=dev PROJECT=my-project
	@scripts/provision destroy

.PHONY: run-dataflow status drain delete
# docs/dataflow.md has them all.
export BUCKET INPUT NAME DATASET JOB TIMESTAMP_ATTRIBUTE DRY_RUN ARGS

run-dataflow: $(BUILT) ## Run on Google Dataflow: PROJECT= REGION= BUCKET= INPUT=gs://… or pubsub://…; DRY_RUN=1 only writes out/dataflow
	@IMAGE='$(if $(filter file,$(origin IMAGE)),,$(IMAGE))' scripts/dataflow run

status: $(BUILT) ## Show Dataflow's active jobs, or JOB=: PROJECT= REGION=
	@scripts/dataflow status

drain: $(BUILT) ## End a stream on Dataflow when what it has read is worked off: PROJECT= REGION= JOB=
	@scripts/dataflow drain

delete: $(BUILT) ## Cancel a job of Dataflow and delete its files in Cloud Storage: PROJECT= REGION= JOB=
	@scripts/dataflow delete

verify-gcp: $(BUILT) ## All tests of Cloud Storage, BigQuery and Terraform, against local servers, which this installs
	@scripts/install-fake-gcs
	@scripts/install-local-bigquery >/dev/null
	@npx --no-install jest --maxWorkers=2 test/io/bigquery test/io/gcs test/io/wire test/e2e/bigquery test/e2e/stream/bigquery test/e2e/gcs test/e2e/dataflow test/streaming/bigquery test/pipelines/dataflow test/pipelines/serving test/runners/dataflow test/schema test/terraform

.PHONY: image image-check

# Name of the worker's image, and what it is built on (Dockerfile).
IMAGE ?= funnelpulse-worker
BASE  ?= node:22.21.0-bookworm-slim

image: ## Build the worker's container image, with docker: IMAGE=europe-west1-docker.pkg.dev/my-project/images/worker:1
	@command -v docker >/dev/null || { echo 'docker is not there. make image-check shows without it what the image would hold' >&2; exit 1; }
	@docker build --build-arg BASE=$(BASE) --tag $(IMAGE) .

image-check: $(BUILT) ## Put together what the worker's image holds, in out/image, and boot it, without docker
	@scripts/image-tree out/image
	@FUNNELPULSE_IMAGE=out/image npx --no-install jest test/runners/container

.PHONY: prism flink verify-portable

prism: ## Start Prism, a Beam job server for tests, on localhost:8073 (installed with Go into out/)
	@exec "$$(scripts/install-prism)" --job_port=8073 --serve_http=false

flink: ## Start a Flink of its own with Beam's job server, on localhost:8099 (installed with Maven into out/)
	@exec scripts/flink/start "$$(scripts/install-flink)" 8099

verify-portable: $(BUILT) ## The harness under 1,000 random schedules; small graphs, conformance cases, the sample and a shop on Prism and Flink, in containers' trees too, all of which this installs
	@scripts/install-prism >/dev/null
	@scripts/install-flink >/dev/null
	@scripts/image-tree out/image
	@FUNNELPULSE_IMAGE=out/image FUNNELPULSE_SCHEDULES=1000 FUNNELPULSE_PRISM_CASES=all FUNNELPULSE_PRISM_EVENTS=200000 npx --no-install jest --maxWorkers=2 test/runners/harness test/runners/portable test/runners/container test/conformance/prism test/e2e/prism test/e2e/flink test/e2e/container

.PHONY: verify-ui

verify-ui: $(BUILT) ## All that people look at: report, dashboard and a running stream's page in a real browser, the HTTP API with a fuzzer, alerts, all of which this installs
	@scripts/install-chromium >/dev/null
	@FUNNELPULSE_LIVE_ROUNDS=30 npx --no-install jest --maxWorkers=2 test/browser test/dashboard test/serving test/pipelines/serving test/io/alerts test/io/duckdb test/io/attached_file test/e2e/report test/e2e/serve test/e2e/alert test/e2e/dashboard_bundle test/e2e/stream/serve test/e2e/stream/alerts
	@scripts/fuzz-api

build: $(BUILT) ## Compile into dist/

clean: ## Remove what was built, installed and computed
	rm -rf dist out node_modules coverage transforms/kernel/*.wasm

$(PACKAGES): package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error("Node 20.19 or newer is needed; this is " + process.version); process.exit(1); }'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(PACKAGES) $(SOURCES) tsconfig.json tsconfig.build.json
	@npm run --silent build
	@touch $@
