# Tocsin's commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

STRICT := --explicit-target-dependency-import-check error
RELEASE := --scratch-path .build-release -c release $(STRICT)
TOCSIN := .build-release/release/tocsin
DATA ?= data
PORT ?= 7700
FUZZ_SECONDS ?= 600

# A test that crashes is told of, and ends; it does not wait for somebody to look at it.
export SWIFT_BACKTRACE := interactive=no

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 18

run: release  ## install what is missing, build, start Tocsin with a simulated intrusion on http://127.0.0.1:7700
	@$(TOCSIN) serve --data $(DATA) --port $(PORT) --simulate

release:  ## build the release binary
	@scripts/bootstrap
	@echo "build: release (the first time takes 12 to 20 minutes on two cores)"
	@swift build $(RELEASE) --product tocsin

build:  ## build everything for debugging
	@scripts/bootstrap
	swift build --build-tests $(STRICT)

test:  ## install what is missing and run the whole test suite
	@scripts/bootstrap --test
	swift build --build-tests $(STRICT)
	@scripts/test-suite

test-all: test  ## the test suite, then the random comparisons and crashes in their large numbers
	TOCSIN_RANDOM_QUERIES=20000 swift test --skip-build --no-parallel --filter 'composed at random'
	TOCSIN_INCREMENTAL_SEEDS=25 swift test --skip-build --no-parallel --filter 'rules composed at random find the same'
	TOCSIN_STREAM_SEEDS=10 swift test --skip-build --no-parallel --filter 'the stream makes the alerts of the schedule'
	TOCSIN_MONTH_DAYS=30 swift test --skip-build --no-parallel --filter 'hidden in a month of noise'
	TOCSIN_GROUPING_SEEDS=10 swift test --skip-build --no-parallel --filter 'interleavings and restarts change no incident'
	TOCSIN_KILL_ROUNDS=100 swift test --skip-build --no-parallel --filter 'what was acknowledged before kill -9'
	TOCSIN_SCHEMA_EXAMPLES=10 swift test --skip-build --no-parallel --filter 'generated requests'

lint:  ## check format, structure, scripts and content
	@scripts/lint

format:  ## format the sources in place
	swift format -i -r Sources Tests Benchmarks Fuzzing Package.swift

bench: release  ## run all benchmarks (figures: docs/performance.md)
	@scripts/bench

bench-ingest: release  ## run the ingest benchmarks: NDJSON beside DuckDB's read_json, syslog beside rsyslog
	@scripts/bench ingest
	@scripts/bench syslog

bench-kql: release  ## run the KQL benchmark over 5 million events
	@swift build $(RELEASE) --product kql-benchmark
	@scripts/bench kql

bench-detect: release  ## run the benchmark of detection: SigmaHQ's rules beside pySigma and SQLite
	@swift build $(RELEASE) --product detection-benchmark
	@scripts/bench detect

bench-casebook:  ## fill a casebook with 100,000 incidents and 1,000,000 alerts, and measure its pages and changes (INCIDENTS="10000 100000")
	@swift build $(RELEASE) --product casebook-benchmark
	@scripts/bench casebook $(INCIDENTS)

bench-rules:  ## run rules every hour over 14 days, reading all and reading what is new (EVENTS=5000000)
	@swift build $(RELEASE) --product rules-benchmark
	@scripts/bench rules $(EVENTS)

bench-fusion:  ## play simulated months with hidden intrusions through fusion and the queue (SEEDS="101 102")
	@swift build $(RELEASE) --product fusion-benchmark
	@.build-release/release/fusion-benchmark $(SEEDS)

fuzz:  ## fuzz the KQL parser, binder and runtime, then the readers of logs (FUZZ_SECONDS=600 each)
	@scripts/bootstrap
	@scripts/fuzz $(FUZZ_SECONDS) kql
	@scripts/fuzz $(FUZZ_SECONDS) text

generate:  ## renew generated documents
	@scripts/target-graph > docs/target-graph.txt
	@swift build --product tocsin $(STRICT)
	@.build/debug/tocsin kql reference > docs/kql.md
	@.build/debug/tocsin rule reference > docs/content.md
	@scripts/api-reference > docs/api-reference.md

clean:  ## remove what was built (not data/, not .deps/)
	rm -rf .build .build-release .build-fuzz

.PHONY: help run release build test test-all lint format bench bench-ingest bench-kql bench-detect bench-casebook bench-rules bench-fusion fuzz \
	generate clean
