# Rapport. Needs Python 3.11 or newer with venv, and make; everything else comes from the locked requirements.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements
ENVIRONMENT := $(STAMP)
PEERS := .venv/peers/.requirements
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run test lint types bench soak reset lock messages assets

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(ENVIRONMENT) ## Start the whole platform with its demonstration (PORT=8001 make run: on another port)
	@exec $(BIN)/python -m devtools.run

test: $(ENVIRONMENT) lint types assets ## Check everything: linters, types, then all tests (browser included)
	@$(PYTEST) -n 3 --dist loadgroup --all-templates

lint: $(ENVIRONMENT) ## Look for mistakes in code and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet

types: $(ENVIRONMENT) ## Check the types
	@$(BIN)/mypy

bench: $(ENVIRONMENT) $(PEERS) ## Measure beside other ways to do it (figures go to benchmarks/)
	@$(BIN)/python -m benchmarks

soak: $(ENVIRONMENT) assets ## Run what takes long: kills, outages, a thousand commits, forecasts of ten registers, long wandering
	@$(PYTEST) -m soak

assets: $(ENVIRONMENT) ## Build the style sheet
	@$(BIN)/python -m devtools.assets

reset: ## Forget all local data (asks first; YES=1 make reset: does not)
	@$(PYTHON) -m devtools.reset

lock: ## Pin the newest versions the requirements allow, by hash
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --strip-extras --no-header -o requirements.txt requirements.in
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --strip-extras --no-header -o requirements-dev.txt requirements-dev.in
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --strip-extras --no-header -o benchmarks/requirements.txt benchmarks/requirements.in

messages: $(ENVIRONMENT) ## Collect the strings to translate
	@$(BIN)/python manage.py makemessages --all --no-location --ignore=node_modules

# The stamp holds the lock's digest: a changed date alone installs nothing.
$(STAMP): requirements-dev.txt
	@$(PYTHON) -m devtools.environment

$(PEERS): benchmarks/requirements.txt | $(STAMP)
	@$(PYTHON) -m devtools.environment peers
