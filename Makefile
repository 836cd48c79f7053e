# One verb a line. `make up` and `make test` are all that a fresh machine with Python 3.11 and make needs.

.DEFAULT_GOAL := list
SHELL := /bin/bash -o pipefail
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
# Debian packages that the tests need, installed where they are missing and this is root.
DEBIAN := curl
# What bayon is measured beside; a bench leaves out what is missing, and says so.
DEBIAN_BENCH := prometheus victoria-metrics
GENERATORS := bayon.wire.generate_shapes bayon.reference.generate_reference

.NOTPARALLEL:
.PHONY: list up setup test checks lint fix types layers fresh generate record tests bench lock setup-test debian

list:  ## Show these commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/  make \1\t\2/' | column -ts $$'\t'

up: setup  ## Serve on http://127.0.0.1:4566, data in ./data
	@exec $(BIN)/bayon up

setup: $(STAMPS)/setup  ## Prepare everything in .venv

test: setup-test checks tests  ## Run every check, as CI does

checks: lint types layers fresh

lint: setup  ## Check style and spelling
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/codespell

fix: setup  ## Mend what can be mended by itself
	$(BIN)/ruff check --fix src tests bench
	$(BIN)/ruff format src tests bench

types: setup  ## Check types
	$(BIN)/mypy

layers: setup  ## Check that no layer imports from above
	$(BIN)/lint-imports

fresh: setup  ## Check that what is generated is what would be generated
	@for module in $(GENERATORS); do echo "$(BIN)/python -m $$module --check"; $(BIN)/python -m $$module --check || exit 1; done

generate: setup  ## Write again what is generated
	@for module in $(GENERATORS); do echo "$(BIN)/python -m $$module"; $(BIN)/python -m $$module || exit 1; done

record: setup  ## Draw again the pictures that tests compare with; look at the difference
	BAYON_RECORD=1 $(BIN)/pytest -q tests/test_widgets.py

tests: setup-test  ## Run the tests only; PYTEST="-k name" chooses some
	$(BIN)/pytest -n 2 $(PYTEST)

bench: setup  ## Measure, and print one table
	@bash .ci/debian $(DEBIAN_BENCH) || true
	$(BIN)/python -m bench

lock: setup  ## Compile requirements.lock from pyproject.toml
	$(BIN)/pip-compile --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --no-header -o requirements.lock pyproject.toml

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bayon needs Python 3.11 or newer: make setup PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || bash .ci/debian python3-venv
	$(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/setup: $(STAMPS)/venv requirements.lock pyproject.toml
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup-test: setup debian $(STAMPS)/node

debian:
	@test -z "$(DEBIAN)" || bash .ci/debian $(DEBIAN) || true

# The JavaScript clients of the tests, once there are some.
$(STAMPS)/node: $(STAMPS)/setup $(wildcard tests/js/package-lock.json)
	@bash .ci/node
	@if [ -f tests/js/package-lock.json ]; then cd tests/js && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-fund --no-audit; fi
	@touch $@
