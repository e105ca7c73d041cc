# The daily commands of the house; `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --universal \
	--python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header
PYTHON ?= $(shell tools/find_python.sh)
WORKERS ?= 3
RUNS ?= 5x100
REFEREE_INPUT ?= var/referee-input

# Stamps say what is installed; a command does only what they show to be missing. The browser
# libraries come with npm's own; without them pages have no script, which is no reason to stop.
INSTALLER := $(VENV)/installer.stamp
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/development.stamp
BROWSER_LIBRARIES := node_modules/.package-lock.json
CHROMIUM := $(VENV)/chromium.stamp

.PHONY: help
help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(RUNTIME) $(BROWSER_LIBRARIES)  ## Start Kontorhaus with its demo company on http://127.0.0.1:8080
	@bin/kontorhaus run

.PHONY: setup
setup: $(DEVELOPMENT) $(BROWSER_LIBRARIES)  ## Install everything that developing needs into .venv

.PHONY: test
test: $(DEVELOPMENT) $(BROWSER_LIBRARIES) $(CHROMIUM)  ## Run all tests (WORKERS=3 at a time)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: lint
lint: $(DEVELOPMENT)  ## Check style, types, import contracts and the house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/house_check.py

.PHONY: fmt
fmt: $(DEVELOPMENT)  ## Format the code and repair what can be repaired by itself
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

.PHONY: fuzz
fuzz: $(DEVELOPMENT)  ## Send each API what its document allows and forbids (RUNS=5x100)
	@KONTORHAUS_FUZZ=$(RUNS) $(BIN)/python -m pytest -v --show-capture=no \
		tests/contracts/test_schemas.py

.PHONY: bench
bench: $(DEVELOPMENT)  ## Measure the hot paths against their peers
	@for script in benchmarks/[a-z]*.py; do PYTHONPATH=. $(BIN)/python "$$script"; done

# What is judged comes from the matrix of invoices, from the end-to-end test and from a demo in a
# home that is thrown away.
.PHONY: referee
referee: $(DEVELOPMENT)  ## Let the Mustang validator judge every PDF and XML (needs Java)
	@rm -rf $(REFEREE_INPUT)
	@KONTORHAUS_KEEP=$(CURDIR)/$(REFEREE_INPUT)/matrix \
		$(BIN)/python -m pytest -q tests/rules/test_invoice_matrix.py
	@KONTORHAUS_KEEP=$(CURDIR)/$(REFEREE_INPUT)/e2e \
		$(BIN)/python -m pytest tests/e2e/test_main_job.py
	@home=$$(mktemp -d); chmod 755 "$$home"; trap 'rm -rf "$$home"' EXIT; \
		KONTORHAUS_HOME="$$home/home" KONTORHAUS_DEMO_ACCESS="$$home/access.json" \
		bin/kontorhaus demo --documents $(REFEREE_INPUT)/demo
	@$(BIN)/python tools/referee.py $(REFEREE_INPUT)

.PHONY: lock
lock: $(DEVELOPMENT)  ## Compile the lock files anew from pyproject.toml
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --extra dev --output-file requirements-dev.lock

.PHONY: clean
clean:  ## Remove what commands have made, except data and .venv
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist var/referee*
	@find kontorhaus tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The installer is uv, in the version and with the hashes of the lock file.
$(INSTALLER): requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Kontorhaus needs Python 3.11 or newer." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| tools/system_packages.sh python3-venv
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@awk '/^[^ #]/ { mine = /^uv==/ } mine' requirements-dev.lock > $(VENV)/installer.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/installer.txt
	@touch $@

$(RUNTIME): requirements.lock | $(INSTALLER)
	@$(UV) install --quiet --require-hashes -r requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock requirements.lock $(INSTALLER)
	@$(UV) sync --quiet --require-hashes requirements-dev.lock
	@touch $(RUNTIME) $@

$(BROWSER_LIBRARIES): package-lock.json tools/fetch_browser_libraries.py | $(RUNTIME)
	@$(BIN)/python tools/fetch_browser_libraries.py
	@touch -c $@

# Without Chromium the browser tests are skipped, and say so.
$(CHROMIUM): | $(INSTALLER)
	@command -v chromium chromium-browser google-chrome >/dev/null \
		|| tools/system_packages.sh chromium || true
	@touch $@
