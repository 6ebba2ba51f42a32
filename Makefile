# Everything that a developer or an operator does with a checkout. The work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help build up down down-volumes logs demo test lint bench bench-long proof
MAKEFLAGS += --no-print-directory

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@printf '\nSTACK=compose|embedded|servers chooses what `make up` starts, INGEST_PORT (8080) where it listens.\n'

build: ## build the programs: artifacts/publish/NAME/NAME
	@scripts/build

up: ## build and start the pipeline, send a first event and show it as stored
	@scripts/up

down: ## stop what `make up` started; the data stays
	@scripts/down

down-volumes: ## stop, and remove the data of the compose stack
	@scripts/down --volumes

logs: ## follow the logs of what `make up` started
	@scripts/logs

demo: ## send sample traffic to the running pipeline and show what became of it
	@scripts/demo

test: ## run all tests; the last line is `N passed, N failed, N skipped`
	@scripts/test

lint: ## check the format, and build with warnings as errors
	@scripts/lint

bench: ## measure, each figure beside its floor, in less than ten minutes; BENCH="--scale 0.02" for a glance, BENCH="--only drain,hot" for some
	@scripts/bench $(BENCH)

bench-long: ## the drain of 1,000,000 events, and memory after 3,600,000
	@scripts/bench long $(BENCH)

proof: ## break everything under load on real servers and audit what is stored: docs/proof.md; PROOF=... for its options
	@scripts/proof $(PROOF)
